// Measures what leaders read: the board with year on year, drill-down, a day's rollup, a full rebuild, the year's report.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Deps } from '../../src/deps.ts'
import { rebuild, recountDays } from '../../src/kpi/rollup.ts'
import { byHand } from './counting.ts'
import { load, type Measured } from './load.ts'

interface Bench {
  deps: Deps
  unit: (n: number) => string
  report: (line: string) => void
  compareTimes: (
    name: string,
    most: number,
    ours: () => Promise<unknown>,
    bare: () => Promise<unknown>,
  ) => Promise<void>
  /** Starts a script on the database and gives its port. */
  start: (script: string) => Promise<number>
  cookie: string
  url: string
  dataDir: string
  clients: number
  seconds: number
  rounds: number
}

const KEYS = { unit: 'lead_unit_id', day: 'dispatched_day', channel: 'channel' }
const BY_HAND = `create temp table by_hand on commit drop as ${byHand(KEYS, 'dispatched_day is not null')}`
/** The flags under which `npm run summary` runs. */
const AS_SUMMARY = ['--max-semi-space-size=4']
const YEAR = 'from=2020-01-01&to=2020-12-31'

export async function measureBoard(bench: Bench): Promise<void> {
  const { deps, report, url, dataDir } = bench
  const { db } = deps
  await timed(report, 'rebuild of the rollup', () => db.bulkTransaction((tx) => rebuild(tx)))
  await db.bulk((client) => client.query(`delete from outbox where job = 'rollup'`))
  await db.bulk((client) => client.query('vacuum analyze kpi_daily'))
  await timed(report, 'the same rows by a hand-written aggregate', () =>
    db.bulk((client) => client.query(BY_HAND)),
  )
  await measureDay(bench)
  await measureServed(bench)
  const script = fileURLToPath(new URL('report.ts', import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [...AS_SUMMARY, script, url], {
    encoding: 'utf8',
    env: { ...process.env, DATA_DIR: dataDir },
  })
  report(stdout.trim() || stderr.trim())
}

async function timed(report: (line: string) => void, name: string, run: () => Promise<unknown>) {
  const started = performance.now()
  await run()
  report(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

/** Keys of one day and of eight: what it costs grows with what is touched. */
async function measureDay({ deps: { db }, unit, report }: Bench): Promise<void> {
  const keys = (days: number) =>
    Array.from({ length: 64 }, (_, i) => unit(i + 1)).flatMap((unitId) =>
      Array.from({ length: days }, (__, d) => ({
        ...{ unitId, channel: 'hotline' },
        day: `2020-10-${String(d + 1).padStart(2, '0')}`,
      })),
    )
  const run = async (days: number) => {
    const started = performance.now()
    await db.bulkTransaction((tx) => recountDays(tx, keys(days)))
    return performance.now() - started
  }
  await run(1)
  const [one, eight] = [await run(1), await run(8)]
  report(
    `rollup of a day's keys, 64 units: ${one.toFixed(0)} ms; of eight days ${eight.toFixed(0)} ms (${(eight / one).toFixed(1)} times)`,
  )
}

async function measureServed({
  deps,
  start,
  cookie,
  clients,
  seconds,
  rounds,
  unit,
  report,
}: Bench): Promise<void> {
  const [service, floor] = [await start('server.ts'), await start('floor.ts')]
  const headers = { cookie, 'x-banjian': '1' }
  const get = (path: string) => () => ({ method: 'GET' as const, path, headers })
  const results: { ours: Measured; bare: Measured }[] = []
  for (let round = 0; round < rounds; round++) {
    results.push({
      bare: await load(floor, clients, seconds, get('/board')),
      ours: await load(service, clients, seconds, get(`/api/kpi/board?${YEAR}&groupBy=unit`)),
    })
  }
  const [median] = results
    .toSorted((a, b) => a.ours.rate / a.bare.rate - b.ours.rate / b.bare.rate)
    .slice(Math.floor(rounds / 2))
  if (median !== undefined) {
    const { ours, bare } = median
    const ratio = bare.rate / ours.rate
    const verdict = ratio <= 3 && ours.p99 < 50 ? 'reached' : 'MISSED'
    report(
      `the year's board, all metrics × 64 units with year on year: ${ratio.toFixed(2)} times a bare select (goal 3, p99 50 ms, ${verdict}) — ` +
        `${ours.rate.toFixed(0)}/s, p50 ${ours.p50.toFixed(1)} ms, p99 ${ours.p99.toFixed(1)} ms; bare ${bare.rate.toFixed(0)}/s, p99 ${bare.p99.toFixed(1)} ms`,
    )
  }
  const opened = async (whose: string, asking: number, next: (n: number) => string) => {
    const { rate, p50, p99 } = await load(service, asking, seconds, (n) => get(next(n))())
    report(
      `drill-down, a first page of 20 with its total, ${whose}: ${rate.toFixed(0)}/s, p50 ${p50.toFixed(1)} ms, ` +
        `p99 ${p99.toFixed(1)} ms (goal p99 20 ms, ${p99 < 20 ? 'reached' : 'MISSED'})`,
    )
  }
  // Pages that nobody has asked for before, one after the other; on which days they lie is read once a year and unit.
  for (const [whose, path] of Object.entries(lists(unit)))
    await opened(`${whose}, each for the first time, one client`, 1, (n) => path(n, n))
  for (const state of ['', ', while an event waits for the rollup']) {
    if (state !== '') await letOneWait(deps)
    for (const [whose, path] of Object.entries(lists(unit)))
      await opened(`${whose}${state}`, clients, (n) => path(n, 0))
  }
  const stock = await load(service, 1, seconds, get(`/api/kpi/stock?${YEAR}`))
  report(`the stock of every day of a year, one client: p50 ${stock.p50.toFixed(0)} ms`)
}

/** The figures that a leader opens, each of another unit or from another day on; with `time` no two are the same. */
function lists(unit: (n: number) => string): Record<string, (n: number, time: number) => string> {
  const two = (n: number) => String(n).padStart(2, '0')
  const path = (metric: string, n: number, time: number, more = '') =>
    `/api/kpi/matters?metric=${metric}&part=numerator&from=2020-${two((n % 12) + 1)}-${two((Math.floor(time / 12) % 28) + 1)}&to=2020-12-${two(31 - (Math.floor(time / 336) % 3))}${more}&limit=20`
  return {
    'a unit': (n, time) => path('M07', n, time, `&unit=${unit(1 + (n % 64))}`),
    'all of the office': (n, time) => path('M01', n, time),
    'what of the office came late': (n, time) => path('M07', n, time),
  }
}

/** As if an act had just been done: nothing that was counted before is given again. */
async function letOneWait({ db }: Deps): Promise<void> {
  await db.bulk((client) =>
    client.query(
      `insert into outbox (event_id, job, subject_id, at) select gen_random_uuid(), 'rollup', id, now() from matters
       where dispatched_day = '2020-06-15' limit 1`,
    ),
  )
}
