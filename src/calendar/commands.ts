// Writes the calendar: the shipped years at the first start, then the years that the office publishes or amends.
import { systemActor, type Actor } from '../platform/actor.ts'
import { statement, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { Problem } from '../platform/problems.ts'
import type { CalendarDay, CalendarYear } from './days.ts'
import { readCalendar } from './queries.ts'
import { shippedDays, shippedYears, SHIPPED_SOURCE } from './shipped.ts'
import { planYear, type YearNotice, type YearPlan } from './years.ts'

/** The subject of the calendar's events: one chain for all years. */
const CALENDAR_ID = '00000000-0000-8000-8000-0000ca1e0da5'

const knownYears = statement<Pick<CalendarYear, 'year' | 'status' | 'version'>>(
  'calendar.known',
  'select year, status, version from calendar_years',
)
// Writers take turns, readers go on: the next version is the greatest plus one.
const lockYears = statement('calendar.lock', 'lock table calendar_years in share row exclusive mode')
const putYears = statement(
  'calendar.put-years',
  `insert into calendar_years (year, status, version, source, loaded_at)
   select y.year, y.status, $4, y.source, $5 from unnest($1::int[], $2::text[], $3::text[]) as y (year, status, source)
   on conflict (year) do update set status = excluded.status, version = excluded.version, source = excluded.source,
     loaded_at = excluded.loaded_at`,
)
const putDays = statement(
  'calendar.put-days',
  `insert into calendar_days as d (day, kind, name, source, version)
   select n.day, n.kind, n.name, n.source, $5
   from unnest($1::date[], $2::text[], $3::text[], $4::text[]) as n (day, kind, name, source)
   on conflict (day) do update set kind = excluded.kind, name = excluded.name, source = excluded.source,
     version = excluded.version
   where (d.kind, d.name) is distinct from (excluded.kind, excluded.name)`,
)

type PlacedYear = Omit<CalendarYear, 'version'> & { days: CalendarDay[] }

/**
 * Stores the shipped years that are missing or only provisional; years the office published stand as they are. Returns the
 * years stored, none on every start but the first and those after an upgrade with a new year, which is then an event like a
 * publication.
 */
export async function loadShippedYears(tx: Tx): Promise<number[]> {
  if (missingAmong(await knownYears(tx)).length === 0) return []
  await lockYears(tx)
  const known = await knownYears(tx)
  const missing = missingAmong(known)
  if (missing.length === 0) return []
  const version = Math.max(0, ...known.map((one) => one.version)) + 1
  const common = { status: 'published', source: SHIPPED_SOURCE } as const
  await place(
    tx,
    version,
    missing.map((year) => ({ ...common, year, days: shippedDays(year) })),
  )
  const actor = systemActor('calendar')
  if (known.length === 0) {
    const data = { first: missing[0], last: missing.at(-1), version, source: SHIPPED_SOURCE }
    await record(tx, actor, { subject: 'calendar', subjectId: CALENDAR_ID, type: 'calendar.loaded', data })
  } else {
    for (const year of missing) await recordYear(tx, actor, { ...common, year, version })
  }
  return missing
}

function missingAmong(known: Pick<CalendarYear, 'year' | 'status'>[]): number[] {
  const published = new Set(known.filter((one) => one.status === 'published').map((one) => one.year))
  return shippedYears().filter((year) => !published.has(year))
}

/**
 * Publishes a year, makes a provisional one final, or amends a published one; open deadlines move as a reaction to its event
 * `calendar.year-published`. Throws what `planYear` throws, `calendar/unchanged` when nothing would differ, and
 * `request/stale` when the calendar is no longer at the version `basedOn`.
 */
export async function publishYear(
  tx: Tx,
  actor: Actor,
  notice: YearNotice,
  basedOn?: number,
): Promise<YearPlan> {
  await lockYears(tx)
  const current = await readCalendar(tx)
  if (basedOn !== undefined && basedOn !== current.version) {
    throw new Problem('request/stale', { extras: { version: current.version } })
  }
  const plan = planYear(current, notice)
  const { year, status, source } = notice
  const standing = current.years.find((one) => one.year === year)
  if (plan.changes.length === 0 && standing?.status === status && standing.source === source) {
    throw new Problem('calendar/unchanged', { extras: { year } })
  }
  const { version } = plan.calendar
  await place(tx, version, [{ year, status, source, days: plan.days }])
  await recordYear(tx, actor, { year, status, version, source }, plan)
  return plan
}

async function place(tx: Tx, version: number, years: PlacedYear[]): Promise<void> {
  const days = years.flatMap(({ source, days: own }) => own.map((one) => ({ ...one, source })))
  tx.later(putYears, [
    years.map((one) => one.year),
    years.map((one) => one.status),
    years.map((one) => one.source),
    version,
    tx.now,
  ])
  await putDays(tx, [
    days.map((one) => one.day),
    days.map((one) => one.kind),
    days.map((one) => one.name),
    days.map((one) => one.source),
    version,
  ])
}

async function recordYear(tx: Tx, actor: Actor, year: CalendarYear, plan?: YearPlan): Promise<void> {
  const changed =
    plan === undefined ? {} : { workdays: plan.workdays, changed: plan.changes.map((one) => one.day) }
  const data = { ...year, ...changed }
  await record(tx, actor, {
    subject: 'calendar',
    subjectId: CALENDAR_ID,
    type: 'calendar.year-published',
    data,
  })
}
