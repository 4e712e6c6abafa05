// The calendar as one value in memory: the kind of every day, and prefix sums over the working days.
import { plusDays, type Day } from '../platform/clock.ts'
import { Problem } from '../platform/problems.ts'

/** workday: an ordinary one; restday: a weekend; holiday: off by the notice, weekends in it included; makeup: 调休补班. */
export type DayKind = 'workday' | 'restday' | 'holiday' | 'makeup'

export interface CalendarDay {
  day: Day
  kind: DayKind
  /** The holiday, or the one that a make-up day pays for. */
  name: string | null
}

export interface CalendarYear {
  year: number
  status: 'published' | 'provisional'
  /** The calendar's version in which the year last changed. */
  version: number
  source: string
}

/**
 * Built by `calendarFrom`, never changed. Days are numbered from the first stored one; through the last stored year they
 * are as stored, after it as the statutory fixed dates alone can tell (`provisionalDay`).
 */
export interface Calendar {
  /** Stored years, ascending and without a gap. */
  readonly years: readonly CalendarYear[]
  /** Greatest version of a year: grows by one with every publication. */
  readonly version: number
  readonly days: readonly Day[]
  readonly kinds: readonly DayKind[]
  readonly names: readonly (string | null)[]
  /** Number of the first day since 1970-01-01. */
  readonly origin: number
  /** Index of the last day of the last published year: later days are provisional. */
  readonly lastPublished: number
  /** worked[i]: working days from the first day through day i. */
  readonly worked: Int32Array
  /** workdays[k]: index of the (k+1)-th working day. */
  readonly workdays: Int32Array
}

/** The last year that deadlines may reach; the database refuses later days as well. */
export const LAST_YEAR = 2100

const DAY_MS = 86_400_000

/**
 * Rows → Calendar. `years` ascending; `days` ascending, every day of those years exactly once.
 * Throws `calendar/not-loaded` without rows, a RangeError on rows with a gap.
 */
export function calendarFrom(years: readonly CalendarYear[], stored: readonly CalendarDay[]): Calendar {
  const first = years[0]
  if (first === undefined) throw new Problem('calendar/not-loaded')
  const storedThrough = first.year + years.length - 1
  const days = daysBetween(first.year, LAST_YEAR)
  const kinds: DayKind[] = []
  const names: (string | null)[] = []
  const worked = new Int32Array(days.length)
  const workdays = new Int32Array(days.length)
  let count = 0
  for (const [i, day] of days.entries()) {
    const known = Number(day.slice(0, 4)) <= storedThrough ? stored[i] : provisionalDay(day)
    if (known?.day !== day) throw new RangeError(`the stored calendar has a gap at ${day}`)
    kinds.push(known.kind)
    names.push(known.name)
    if (isWorking(known.kind)) workdays[count++] = i
    worked[i] = count
  }
  const published = years.findLast((year) => year.status === 'published')?.year ?? first.year - 1
  return {
    years,
    version: Math.max(...years.map((year) => year.version)),
    days,
    kinds,
    names,
    origin: dayNumber(`${first.year}-01-01`),
    lastPublished: dayNumber(`${published}-12-31`) - dayNumber(`${first.year}-01-01`),
    worked,
    workdays: workdays.slice(0, count),
  }
}

/** The rows of which `calendarFrom` makes the calendar again, elsewhere. */
export function storedOf({ years, days, kinds, names }: Calendar): {
  years: readonly CalendarYear[]
  days: CalendarDay[]
} {
  const last = years.at(-1)?.year ?? 0
  const stored = days.flatMap((day, i): CalendarDay[] => {
    const kind = kinds[i]
    return kind === undefined || Number(day.slice(0, 4)) > last ? [] : [{ day, kind, name: names[i] ?? null }]
  })
  return { years, days: stored }
}

/** Position of a day in the calendar; throws `calendar/day-not-covered` before the first and after the last one. */
export function indexOf(calendar: Calendar, day: Day): number {
  const index = dayNumber(day) - calendar.origin
  if (calendar.days[index] !== day) throw notCovered(calendar, day)
  return index
}

/** The n-th working day after the day at `index`; throws `calendar/day-not-covered` past the last year. */
export function workdayAfter(calendar: Calendar, index: number, n: number): Day {
  const target = calendar.workdays[(calendar.worked[index] ?? 0) + n - 1]
  if (target === undefined) throw notCovered(calendar, `${calendar.days[index]} + ${n} working days`)
  return dayAt(calendar, target)
}

export function dayAt(calendar: Calendar, index: number): Day {
  const day = calendar.days[index]
  if (day === undefined) throw notCovered(calendar, `day ${index}`)
  return day
}

export function notCovered(calendar: Calendar, day: string): Problem {
  const [first, last] = [calendar.days[0], calendar.days.at(-1)]
  return new Problem('calendar/day-not-covered', {
    detail: `${day} is not a day between ${first} and ${last}`,
    extras: { day, first, last },
  })
}

/** What `work` answers; where it leaves the calendar, the field at fault is the one at `pointer`. */
export function coveredBy<T>(pointer: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'calendar/day-not-covered') throw error
    const message = '日期超出工作日历范围'
    throw new Problem(error.code, { ...error.options, errors: [{ pointer, code: error.code, message }] })
  }
}

/** The days of one year, stored or provisional; throws `calendar/day-not-covered` outside the calendar. */
export function daysOf(calendar: Calendar, year: number): (CalendarDay & { provisional: boolean })[] {
  const from = indexOf(calendar, `${year}-01-01`)
  const through = indexOf(calendar, `${year}-12-31`)
  return calendar.days.slice(from, through + 1).map((day, offset) => ({
    day,
    kind: calendar.kinds[from + offset] ?? 'restday',
    name: calendar.names[from + offset] ?? null,
    provisional: from + offset > calendar.lastPublished,
  }))
}

/** Every day from 1 January of one year through 31 December of another. */
export function daysBetween(firstYear: number, lastYear: number): Day[] {
  const first = `${firstYear}-01-01`
  const length = dayNumber(`${lastYear}-12-31`) - dayNumber(first) + 1
  return Array.from({ length }, (_, i) => plusDays(first, i))
}

export function isWorking(kind: DayKind): boolean {
  return kind === 'workday' || kind === 'makeup'
}

const WEEKDAYS = ['周四', '周五', '周六', '周日', '周一', '周二', '周三'] as const // 1970-01-01 was a Thursday

export type Weekday = (typeof WEEKDAYS)[number]

export function weekdayOf(day: Day): Weekday {
  return WEEKDAYS[((dayNumber(day) % 7) + 7) % 7] ?? '周四'
}

export function isWeekend(day: Day): boolean {
  const weekday = weekdayOf(day)
  return weekday === '周六' || weekday === '周日'
}

/**
 * Holidays whose date the law itself fixes (全国年节及纪念日放假办法 art. 2; 5-2 since the revision in force from 2025):
 * what is known of a year without its notice. The lunar ones and 清明 are not among them.
 */
export function fixedHoliday(day: Day): string | null {
  const date = day.slice(5)
  if (date === '01-01') return '元旦'
  if (date === '05-01' || (date === '05-02' && day >= '2025')) return '劳动节'
  return date === '10-01' || date === '10-02' || date === '10-03' ? '国庆节' : null
}

function provisionalDay(day: Day): CalendarDay {
  const name = fixedHoliday(day)
  if (name !== null) return { day, kind: 'holiday', name }
  return { day, kind: isWeekend(day) ? 'restday' : 'workday', name: null }
}

function dayNumber(day: Day): number {
  return Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / DAY_MS
}
