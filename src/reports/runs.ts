// Runs of scheduled reports: planned once for a period, taken by one worker at a time, tried again, kept, and told of.
import { randomUUID, randomUUIDv7 } from 'node:crypto'
import type { Config } from '../config.ts'
import { tellOffice } from '../notices/inbox.ts'
import { systemActor, type Actor } from '../platform/actor.ts'
import { plusMs, type Clock, type Instant } from '../platform/clock.ts'
import { statement, type Database, type Db, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import type { Files, StoredFile } from '../platform/files.ts'
import { describeError, type Log } from '../platform/log.ts'
import { problems } from '../platform/problems.data.ts'
import { Problem } from '../platform/problems.ts'
import { insertRow } from '../platform/rows.ts'
import { files as fileTable } from '../platform/tables.ts'
import { reportWriters, type ReportFormat } from './making.ts'
import { endOf, periodOf } from './periods.ts'
import { listSchedules, periodsDue } from './schedules.ts'
import { blocking, inOneSnapshot, makeSummary } from './summary.ts'

export const runStates = { waiting: '等待', running: '进行中', done: '完成', failed: '失败' } as const
export type RunState = keyof typeof runStates

export interface Run {
  id: string
  scheduleId: string
  period: string
  state: RunState
  attempts: number
  nextAt: Instant
  startedAt: Instant | null
  endedAt: Instant | null
  error: string | null
  files: { id: string; name: string; type: string; bytes: number }[]
}

const MINUTE = 60_000
/** A run that takes longer belonged to a worker that died. */
const LEASE = 15 * MINUTE
/** Waits between tries; after the last try the run has failed. */
const WAITS = [1, 5, 30, 120].map((minutes) => minutes * MINUTE)
const MOST_BYTES = 100_000_000

const plan = statement(
  'runs.plan',
  `insert into report_runs (id, schedule_id, period, state, next_at)
   select p.id, p.schedule_id, p.period, 'waiting', $4
   from unnest($1::uuid[], $2::uuid[], $3::text[]) as p(id, schedule_id, period)
   on conflict on constraint report_runs_once do nothing`,
)
interface Taken {
  id: string
  period: string
  attempts: number
  token: string
  formats: ReportFormat[]
  roles: string[]
}
const take = statement<Taken>(
  'runs.take',
  `update report_runs r set state = 'running', attempts = attempts + 1, token = $3, started_at = $1, next_at = $2, error = null
   from report_schedules s
   where s.id = r.schedule_id and r.id = (
     select id from report_runs where state in ('waiting', 'running') and next_at <= $1
     order by next_at, id limit 1 for update skip locked)
   returning r.id, r.period, r.attempts, r.token, s.formats, s.roles`,
)
const settle = statement<{ id: string }>(
  'runs.settle',
  `update report_runs set state = $3, next_at = $4, ended_at = $5, error = $6
   where id = $1 and token = $2 and state = 'running' returning id`,
)

export interface RunDeps {
  db: Database
  clock: Clock
  log: Log
  files: Files
  config: Config
}

/** Plans what is due and works on it until nothing is; any number of workers may do so at once. */
export async function runReports(deps: RunDeps, write = writeFiles): Promise<number> {
  const { db, clock } = deps
  await db.transaction((tx) => planDue(tx))
  for (let worked = 0; ; worked++) {
    const now = clock.now()
    const [run] = await db.transaction((tx) => take(tx, [now, plusMs(now, LEASE), randomUUID()]))
    if (run === undefined) return worked
    await work(deps, run, write)
  }
}

async function planDue(tx: Tx): Promise<void> {
  const due = (await listSchedules(tx)).flatMap((schedule) =>
    schedule.enabled
      ? periodsDue(schedule, tx.now).map(({ id: period }) => ({ id: schedule.id, period }))
      : [],
  )
  if (due.length === 0) return
  const ids = due.map(() => randomUUIDv7())
  tx.later(plan, [ids, due.map(({ id }) => id), due.map(({ period }) => period), tx.now])
}

async function work(deps: RunDeps, run: Taken, write: typeof writeFiles): Promise<void> {
  if (run.attempts > WAITS.length + 1) {
    const died = new Error('the worker died each time')
    return deps.db.transaction((tx) => postpone(tx, run, died))
  }
  try {
    const { title, written, faults } = await write(deps, run)
    await deps.db.transaction((tx) => finish(tx, run, { title, written, faults }))
  } catch (error) {
    deps.log.error({ job: 'reports', err: error }, 'a report failed')
    await deps.db.transaction((tx) => postpone(tx, run, error))
  }
}

interface Written {
  title: string
  written: StoredFile[]
  /** Findings that would stand in the way of publishing. */
  faults: number
}

/** With the eyes of the office: as of the period's end. Files of a try that broke off are found again by their content. */
export async function writeFiles(
  deps: RunDeps,
  run: Pick<Taken, 'id' | 'period' | 'formats'>,
): Promise<Written> {
  const { db, clock, files, config } = deps
  const period = periodOf(run.period)
  if (period === undefined) throw new Error(`no period ${run.period}`)
  const now = clock.now()
  const { OFFICE_NAME: office, OFFICE_REGION: region } = config
  const asked = { period, asOf: endOf(period, now), now, office, region }
  const summary = await inOneSnapshot(db, (tx) => makeSummary(tx, systemActor('reports'), asked))
  const written: StoredFile[] = []
  for (const format of run.formats) {
    const bytes = await reportWriters[format](summary, run.id)
    const name = `${summary.title}.${format}`
    written.push(await files.store(bytes, { name, maxBytes: MOST_BYTES, allow: [format] }))
  }
  return { title: summary.title, written, faults: blocking(summary).length }
}

async function finish(tx: Tx, run: Taken, { title, written, faults }: Written): Promise<void> {
  const actor = systemActor('reports')
  const [settled] = await settle(tx, [run.id, run.token, 'done', tx.now, tx.now, null])
  // Another worker took it over meanwhile, and tells of it.
  if (settled === undefined) return
  const rows = written.map((file) => ({
    ...{ id: randomUUIDv7(), purpose: 'export', subjectId: run.id, name: file.name, type: file.type },
    ...{ bytes: file.size, hash: file.hash, createdBy: actor.id, createdAt: tx.now },
  }))
  for (const row of rows) insertRow(tx, fileTable, row)
  const { id, type } = await record(tx, actor, {
    ...{ subject: 'report-run', subjectId: run.id, type: 'report-run.done' },
    data: { period: run.period, files: rows.map(({ id: file }) => file), faults },
  })
  const doubt = faults === 0 ? '' : `；检查发现${faults}处不能成立的数，不能发布`
  tellOffice(tx, { id, type, text: `${title}已生成${doubt}`, link: linkTo(run.id), roles: run.roles })
}

async function postpone(tx: Tx, run: Taken, error: unknown): Promise<void> {
  const wait = WAITS[run.attempts - 1]
  const failed = wait === undefined
  const next = failed ? tx.now : plusMs(tx.now, wait)
  const state = failed ? 'failed' : 'waiting'
  const [settled] = await settle(tx, [run.id, run.token, state, next, failed ? tx.now : null, causeOf(error)])
  if (settled === undefined || !failed) return
  const { id, type } = await record(tx, systemActor('reports'), {
    ...{ subject: 'report-run', subjectId: run.id, type: 'report-run.failed' },
    data: { period: run.period, attempts: run.attempts },
  })
  const label = periodOf(run.period)?.label ?? run.period
  const text = `${label}的报告未能生成，已试${run.attempts}次`
  tellOffice(tx, { id, type, text, link: linkTo(run.id), roles: run.roles })
  const link = `/api/reports/schedules/runs?id=${run.id}`
  tellOffice(tx, { id, type, text, link, roles: ['system-admin'] })
}

const linkTo = (run: string) => `/api/reports/runs?id=${run}`

/** What may be shown and kept: no message, which may quote values. The log has more. */
function causeOf(error: unknown): string {
  const { name, code, sqlState } = describeError(error)
  if (error instanceof Problem) return problems[error.code].zh
  return [name, code, sqlState].filter((part) => typeof part === 'string').join(' ')
}

const listed = statement<Run>(
  'runs.list',
  `select r.id, r.schedule_id as "scheduleId", r.period, r.state, r.attempts, r.next_at as "nextAt",
     r.started_at as "startedAt", r.ended_at as "endedAt", r.error,
     coalesce((select jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'type', f.type, 'bytes', f.bytes) order by f.name)
       from files f where f.subject_id = r.id and f.purpose = 'export' and f.removed_at is null), '[]') as files
   from report_runs r
   where ($1::uuid is null or r.id = $1) and ($2::text is null or r.period = $2) and ($3::uuid is null or r.id < $3)
   order by r.id desc limit $4`,
)

/** Newest first. */
export async function listRuns(
  db: Db,
  {
    id = null,
    period = null,
    limit,
    cursor = null,
  }: Partial<Record<'id' | 'period' | 'cursor', string | null>> & { limit: number },
): Promise<{ items: Run[]; next: string | null }> {
  const rows = await listed(db, [id, period, cursor, limit + 1])
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}

const revive = statement<{ state: RunState; period: string }>(
  'runs.locked',
  'select state, period from report_runs where id = $1 for update',
)
const again = statement(
  'runs.again',
  `update report_runs set state = 'waiting', attempts = 0, next_at = $2, ended_at = null where id = $1`,
)

/** Tries a failed run again. Throws `report/no-run`, `report/run-not-failed`. */
export async function tryAgain(tx: Tx, actor: Actor, id: string): Promise<void> {
  const [run] = await revive(tx, [id])
  if (run === undefined) throw new Problem('report/no-run')
  if (run.state !== 'failed') throw new Problem('report/run-not-failed')
  tx.later(again, [id, tx.now])
  await record(tx, actor, {
    ...{ subject: 'report-run', subjectId: id, type: 'report-run.again' },
    data: { period: run.period },
  })
}

const fileOf = statement<{ id: string; name: string; type: string; hash: string; period: string }>(
  'runs.file',
  `select f.id, f.name, f.type, f.hash, r.period from files f join report_runs r on r.id = f.subject_id
   where f.id = $1 and r.id = $2 and f.purpose = 'export' and f.removed_at is null`,
)

/** That the file is opened is recorded first. Throws `file/not-found`. */
export async function openRunFile(tx: Tx, actor: Actor, runId: string, fileId: string) {
  const [file] = await fileOf(tx, [fileId, runId])
  if (file === undefined) throw new Problem('file/not-found')
  const { period } = file
  await record(tx, actor, { subject: 'file', subjectId: fileId, type: 'file.downloaded', data: { period } })
  return file
}
