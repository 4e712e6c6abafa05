// Writes the year's report as Word and Excel on a prepared database, and prints how long that took and how much memory.
import { readConfig } from '../../src/config.ts'
import { openDeps } from '../../src/deps.ts'
import { systemActor } from '../../src/platform/actor.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { reportWriters } from '../../src/reports/making.ts'
import { endOf, periodOf } from '../../src/reports/periods.ts'
import { inOneSnapshot, makeSummary } from '../../src/reports/summary.ts'

const config = readConfig(process.env)
const deps = await openDeps(config, process.argv[2] ?? '')
const period = periodOf('2020')
if (period === undefined) throw new Error('no year')
const now = systemClock.now()
const { OFFICE_NAME: office, OFFICE_REGION: region } = config
const started = performance.now()
const asked = { period, asOf: endOf(period, now), now, office, region }
const summary = await inOneSnapshot(deps.db, (tx) => makeSummary(tx, systemActor('bench'), asked))
const counted = performance.now() - started
await reportWriters.docx(summary)
await reportWriters.xlsx(summary, 'bench')
const took = performance.now() - started
const megabytes = process.resourceUsage().maxRSS / 1024
await deps.close()
const verdict = took < 10_000 && megabytes < 300 ? 'reached' : 'MISSED'
process.stdout.write(
  `the year's report, docx and xlsx: ${(took / 1000).toFixed(1)} s (counting ${(counted / 1000).toFixed(1)} s), ${megabytes.toFixed(0)} MB ` +
    `(goal 10 s, 300 MB, ${verdict})\n`,
)
