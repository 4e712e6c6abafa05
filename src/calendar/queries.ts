// Reads the calendar: once a version for arithmetic, and as lists for the office.
import type { Instant } from '../platform/clock.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { Problem } from '../platform/problems.ts'
import {
  calendarFrom,
  coveredBy,
  daysOf,
  type Calendar,
  type CalendarDay,
  type CalendarYear,
} from './days.ts'

interface Head {
  version: number
  writtenBy: string
  database: string
}

const readHead = statement<Head>(
  'calendar.head',
  `select version, xmin::text as "writtenBy", current_database() as database
   from calendar_years order by version desc, year desc limit 1`,
)
// One statement, so that days and versions come from one snapshot.
const readYears = statement<CalendarYear & Head & { days: CalendarDay[] | null }>(
  'calendar.read',
  `select year, status, version, source, xmin::text as "writtenBy", current_database() as database,
     (select json_agg(json_build_object('day', day, 'kind', kind, 'name', name) order by day)
      from calendar_days where day between make_date(year, 1, 1) and make_date(year, 12, 31)) as days
   from calendar_years order by year`,
)

const KEPT = 4
const calendars = new Map<string, Calendar>()

/**
 * The calendar as this pool or transaction sees it; one statement when its version is known to the process already.
 * Throws `calendar/not-loaded` while no year is stored.
 */
export async function readCalendar(db: Db): Promise<Calendar> {
  const [head] = await readHead(db)
  if (head === undefined) throw new Problem('calendar/not-loaded')
  return calendars.get(keyOf(head)) ?? keep(await readYears(db))
}

// Conflicts with the lock under which years are published, and with nothing else.
const keepYears = statement('calendar.keep', 'lock table calendar_years in row exclusive mode')

/**
 * The calendar for a promise: no year is published until the transaction ends, so that the deadlines which a publication
 * moves are all there when it looks for them.
 */
export async function holdCalendar(tx: Tx): Promise<Calendar> {
  const [, calendar] = await Promise.all([keepYears(tx), readCalendar(tx)])
  return calendar
}

/** A version may be written twice, the first time by a transaction that is rolled back: its number tells them apart. */
function keyOf({ version, writtenBy, database }: Head): string {
  return `${database}/${version}/${writtenBy}`
}

function keep(rows: Awaited<ReturnType<typeof readYears>>): Calendar {
  const years = rows.map(({ year, status, version, source }) => ({ year, status, version, source }))
  const calendar = calendarFrom(
    years,
    rows.flatMap((row) => row.days ?? []),
  )
  const head = rows.findLast((row) => row.version === calendar.version)
  if (head !== undefined) {
    calendars.set(keyOf(head), calendar)
    for (const old of [...calendars.keys()].slice(0, -KEPT)) calendars.delete(old)
  }
  return calendar
}

export interface ListedYear extends CalendarYear {
  loadedAt: Instant
  workdays: number
}

const listYearRows = statement<ListedYear>(
  'calendar.years',
  `select year, status, version, source, loaded_at as "loadedAt",
     (select count(*)::int from calendar_days
      where day between make_date(year, 1, 1) and make_date(year, 12, 31) and kind in ('workday', 'makeup')) as workdays
   from calendar_years order by year`,
)

/** The stored years, ascending, each with its number of working days. */
export function listYears(db: Db): Promise<ListedYear[]> {
  return listYearRows(db)
}

/** Every day of a year, provisional ones marked; throws `calendar/day-not-covered` outside the calendar. */
export async function listDays(db: Db, year: number): Promise<(CalendarDay & { provisional: boolean })[]> {
  const calendar = await readCalendar(db)
  return coveredBy('/query/year', () => daysOf(calendar, year))
}
