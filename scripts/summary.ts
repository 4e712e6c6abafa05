// Writes the report of a year, month or week to a file: `npm run summary -- --year 2020 --format docx --out FILE`.
import { stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { readConfig } from '../src/config.ts'
import { systemActor } from '../src/platform/actor.ts'
import { systemClock, toInstant } from '../src/platform/clock.ts'
import { record } from '../src/platform/events.ts'
import { reportWriters, type ReportFormat } from '../src/reports/making.ts'
import { endOf, periodOf } from '../src/reports/periods.ts'
import { blocking, inOneSnapshot, makeSummary } from '../src/reports/summary.ts'
import { misused, readArguments } from './arguments.ts'
import { isInstalled, withInstallation } from './installation.ts'

const isFormat = (text: string): text is ReportFormat => Object.hasOwn(reportWriters, text)

const USAGE = `Usage: npm run summary -- --year 2020 | --month 2020-11 | --week 2020-W46
         [--format docx|xlsx|json] [--out FILE] [--as-of 2020-11-15T23:59:59+08:00]`

const { values } = readArguments(USAGE, {
  options: {
    year: { type: 'string' },
    month: { type: 'string' },
    week: { type: 'string' },
    format: { type: 'string', default: 'docx' },
    'as-of': { type: 'string' },
    out: { type: 'string' },
  },
})
const named = [values.year, values.month, values.week].filter((value) => value !== undefined)
const period = periodOf(named[0] ?? '')
const { format } = values
const asOf = values['as-of'] === undefined ? undefined : toInstant(values['as-of'])
const right =
  named.length === 1 &&
  period?.kind === (values.year ? 'year' : values.month ? 'month' : 'week') &&
  isFormat(format)
if (!right || (values['as-of'] !== undefined && asOf === undefined)) misused(USAGE)

// Before anything is counted: that takes a while.
const folder = dirname(resolve(values.out ?? 'here'))
const isFolder = await stat(folder).then(
  (found) => found.isDirectory(),
  () => false,
)
if (!isFolder) {
  progress(`没有文件夹${folder}，不能写入 · no such folder`)
  process.exit(2)
}

const own = readConfig()
// Beside an installation the demonstration keeps to its own folder; where there is nothing else, it is meant.
const demo = readConfig({ ...process.env, DATA_DIR: join(own.dataDir, 'demo') })
const installed = [own, demo].find(isInstalled)
if (installed === undefined) {
  progress(`${own.dataDir}没有数据库：请先运行 npm start 或 npm run demo · no database here yet`)
  process.exit(2)
}
if (installed === demo) progress(`用演示数据：${demo.dataDir} · from the demonstration`)

await withInstallation(async ({ config, db }) => {
  const now = systemClock.now()
  if (asOf !== undefined && asOf > now) throw new RangeError('--as-of lies in the future')
  const actor = systemActor('summary')
  const asked = { period, asOf: asOf ?? endOf(period, now), now }
  const { OFFICE_NAME: office, OFFICE_REGION: region } = config
  progress('正在计数……')
  const summary = await inOneSnapshot(db, (tx) => makeSummary(tx, actor, { ...asked, office, region }))
  progress(`共${summary.facts.length}个数，${summary.paragraphs.length}段，正在成文……`)
  const number = await db.transaction(async (tx) => {
    const data = { period: period.id, format, asOf: asked.asOf }
    return (
      await record(tx, actor, {
        subject: 'account',
        subjectId: actor.id,
        type: 'account.report-downloaded',
        data,
      })
    ).id
  })
  const written = await reportWriters[format](summary, number)
  const out = values.out ?? `${summary.title}.${format}`
  await writeFile(out, written)
  for (const { severity, zh, explained } of summary.findings)
    if (severity !== 'note' && explained === null)
      progress(`${severity === 'error' ? '错误' : '存疑'}：${zh}`)
  progress(`已写入${out}${blocking(summary).length === 0 ? '' : '；检查未通过，不能发布'}`)
}, installed)

function progress(line: string): void {
  process.stderr.write(`${line}\n`)
}
