// Scheduled reports as data: which there are, how an administrator changes them, and which periods are due.
import { randomUUIDv7 } from 'node:crypto'
import type { Actor } from '../platform/actor.ts'
import { dayOf, instantOf, plusDays, type Day, type Instant } from '../platform/clock.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { Problem } from '../platform/problems.ts'
import { insertRow } from '../platform/rows.ts'
import { periodOf, periodOn, type ReportKind, type ReportPeriod } from './periods.ts'
import type { ReportFormat } from './making.ts'
import { reportSchedules } from './schedule-tables.ts'

export interface ScheduleTerms {
  kind: ReportKind
  formats: ReportFormat[]
  /** Days after the period's last day; 1 is the day after. */
  afterDays: number
  /** Of that day, Asia/Shanghai. */
  hour: number
  /** Roles of the office whose holders are told. */
  roles: string[]
  enabled: boolean
}

export interface ReportSchedule extends ScheduleTerms {
  id: string
  version: number
  since: Instant
}

const SCHEDULE = `id, kind, formats, after_days as "afterDays", hour, roles, enabled, version, since`
const all = statement<ReportSchedule>(
  'schedules.all',
  `select ${SCHEDULE} from report_schedules order by since, id`,
)
const locked = statement<ReportSchedule>(
  'schedules.locked',
  `select ${SCHEDULE} from report_schedules where id = $1 for update`,
)
const change = statement(
  'schedules.change',
  `update report_schedules set kind = $2, formats = $3, after_days = $4, hour = $5, roles = $6, enabled = $7,
     since = $8, version = version + 1, at = $9, by_id = $10 where id = $1`,
)

export function listSchedules(db: Db): Promise<ReportSchedule[]> {
  return all(db)
}

export async function addSchedule(tx: Tx, actor: Actor, terms: ScheduleTerms): Promise<ReportSchedule> {
  const schedule = { ...terms, id: randomUUIDv7(), version: 1, since: tx.now }
  insertRow(tx, reportSchedules, { ...schedule, at: tx.now, by: actor.id })
  await told(tx, actor, schedule.id, null, terms)
  return schedule
}

/** Its kind stays: another kind is another schedule. Throws `report/no-schedule`, `request/stale`. */
export async function changeSchedule(
  tx: Tx,
  actor: Actor,
  id: string,
  version: number | undefined,
  given: { [K in Exclude<keyof ScheduleTerms, 'kind'>]?: ScheduleTerms[K] | undefined },
): Promise<ReportSchedule> {
  const [before] = await locked(tx, [id])
  if (before === undefined) throw new Problem('report/no-schedule')
  if (version !== before.version) throw new Problem('request/stale')
  const { kind, formats, afterDays, hour, roles, enabled } = before
  const old: ScheduleTerms = { kind, formats, afterDays, hour, roles, enabled }
  const terms = {
    ...old,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  }
  const values = [terms.kind, terms.formats, terms.afterDays, terms.hour, terms.roles, terms.enabled]
  // Whoever switches it on again wants what comes, not all that was left out.
  const since = terms.enabled && !before.enabled ? tx.now : before.since
  tx.later(change, [id, ...values, since, tx.now, actor.id])
  await told(tx, actor, id, old, terms)
  return { ...before, ...terms, since, version: before.version + 1 }
}

async function told(tx: Tx, actor: Actor, id: string, before: ScheduleTerms | null, after: ScheduleTerms) {
  await record(tx, actor, {
    ...{ subject: 'report-schedule', subjectId: id, type: 'report-schedule.set' },
    data: { before: before && { ...before }, after: { ...after } },
  })
}

/** When the report of a period is due. */
function dueAt({ afterDays, hour }: Pick<ScheduleTerms, 'afterDays' | 'hour'>, to: Day): Instant {
  return instantOf(plusDays(to, afterDays), `${String(hour).padStart(2, '0')}:00:00`)
}

/** However long the machine was off, no more periods than these are made up for. */
const MOST_MADE_UP = 60

/** Periods whose report is due by now, newest first: those that ended since the schedule was made. */
export function periodsDue(
  schedule: Pick<ReportSchedule, 'kind' | 'afterDays' | 'hour' | 'since'>,
  now: Instant,
): ReportPeriod[] {
  const found: ReportPeriod[] = []
  const since = dayOf(schedule.since)
  let period: ReportPeriod | undefined = periodOn(schedule.kind, dayOf(now))
  while (period !== undefined && period.to >= since && found.length < MOST_MADE_UP) {
    if (dueAt(schedule, period.to) <= now) found.push(period)
    period = periodOf(period.before.id)
  }
  return found
}
