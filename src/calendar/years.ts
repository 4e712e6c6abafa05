// A year's arrangement as the office enters it from the notice: checked, compared with what stood before, made a calendar.
import type { Day } from '../platform/clock.ts'
import { Problem, type FieldError } from '../platform/problems.ts'
import {
  calendarFrom,
  daysBetween,
  daysOf,
  fixedHoliday,
  isWeekend,
  isWorking,
  type Calendar,
  type CalendarDay,
  type CalendarYear,
  type DayKind,
} from './days.ts'

export interface NamedDay {
  day: Day
  name: string
}

/** Either every day of the year, or what differs from Monday–Friday, as the notice prints it. */
export type Arrangement = { days: CalendarDay[] } | { holidays: NamedDay[]; makeups: NamedDay[] }

export type YearNotice = Omit<CalendarYear, 'version'> & Arrangement

export interface DayChange {
  day: Day
  before: Omit<CalendarDay, 'day'>
  after: Omit<CalendarDay, 'day'>
}

export interface YearPlan {
  days: CalendarDay[]
  workdays: number
  /** Against the stored year, or against the provisional days that stood in for it. */
  changes: DayChange[]
  /** The calendar as it is once the year is published. */
  calendar: Calendar
}

/** No year since 2004 has had fewer than 248 or more than 252 working days. */
const WORKDAYS = { least: 245, most: 255 }

/**
 * What publishing the notice would do; writes nothing. Throws `calendar/year-implausible` with every fault of the
 * arrangement, `calendar/year-out-of-order` for a year before the first or after a gap, `calendar/already-published` when a
 * published year would become provisional.
 */
export function planYear(calendar: Calendar, notice: YearNotice): YearPlan {
  const { year, status, source } = notice
  const first = calendar.years[0]?.year ?? year
  const next = first + calendar.years.length
  if (year < first || year > next) {
    throw new Problem('calendar/year-out-of-order', {
      detail: `${year} does not follow the stored years ${first}–${next - 1}`,
      extras: { year, first, next },
    })
  }
  const others = calendar.years.filter((one) => one.year !== year)
  const publishedAlready = calendar.years.some((one) => one.year >= year && one.status === 'published')
  if (status === 'provisional' && publishedAlready)
    throw new Problem('calendar/already-published', { extras: { year } })
  const earlier = others.find((one) => one.year < year && one.status === 'provisional')
  if (status === 'published' && earlier !== undefined) {
    throw new Problem('calendar/year-out-of-order', {
      detail: `${earlier.year} must be published before ${year}`,
      extras: { year, first, next: earlier.year },
    })
  }

  const days = yearDays(year, notice)
  const years = [...others, { year, status, source, version: calendar.version + 1 }].toSorted(
    (a, b) => a.year - b.year,
  )
  const stored = years.flatMap((one) => (one.year === year ? days : daysOf(calendar, one.year)))
  return {
    days,
    workdays: countWorkdays(days),
    changes: changesBetween(daysOf(calendar, year), days),
    calendar: calendarFrom(years, stored),
  }
}

/** The arrangement → every day of the year, ascending. Throws `calendar/year-implausible` with one error a fault. */
export function yearDays(year: number, arrangement: Arrangement): CalendarDay[] {
  const all = daysBetween(year, year)
  const entries = entriesOf(arrangement)
  const errors = faultsOf(year, new Set(all), entries)
  const given = new Map(entries.map(({ day, kind, name }) => [day, { kind, name }]))
  if ('days' in arrangement && given.size < all.length) {
    errors.push(fault('/body/days', 'incomplete', `应列出全年 ${all.length} 天`))
  }
  const days = all.map((day) => ({ day, ...(given.get(day) ?? ordinary(day)) }))
  if (errors.length === 0)
    errors.push(...implausible(year, days, 'days' in arrangement ? '/body/days' : '/body/holidays'))
  if (errors.length > 0) throw new Problem('calendar/year-implausible', { errors, extras: { year } })
  return days
}

type Entry = CalendarDay & { pointer: string }

function entriesOf(arrangement: Arrangement): Entry[] {
  if ('days' in arrangement) return arrangement.days.map((day, i) => ({ ...day, pointer: `/body/days/${i}` }))
  const { holidays, makeups } = arrangement
  return [
    ...holidays.map((day, i): Entry => ({ ...day, kind: 'holiday', pointer: `/body/holidays/${i}` })),
    ...makeups.map((day, i): Entry => ({ ...day, kind: 'makeup', pointer: `/body/makeups/${i}` })),
  ]
}

function faultsOf(year: number, all: ReadonlySet<Day>, entries: Entry[]): FieldError[] {
  const seen = new Set<Day>()
  return entries.flatMap(({ day, kind, name, pointer }) => {
    if (!all.has(day))
      return [fault(`${pointer}/day`, 'other-year', `${day} 不在 ${year} 年，跨年的日期请在其所属年度中调整`)]
    if (seen.has(day)) return [fault(`${pointer}/day`, 'twice', `${day} 重复`)]
    seen.add(day)
    if (!fitsWeekday(day, kind)) return [fault(`${pointer}/day`, 'weekday', weekdayFault[kind](day))]
    if ((kind === 'holiday' || kind === 'makeup') && (name === null || name.trim() === '')) {
      return [fault(`${pointer}/name`, 'unnamed', `${day} 应注明节日名称`)]
    }
    return []
  })
}

function fitsWeekday(day: Day, kind: DayKind): boolean {
  return kind === 'holiday' || isWeekend(day) === (kind !== 'workday')
}

const weekdayFault: Record<DayKind, (day: Day) => string> = {
  workday: (day) => `${day} 是周末，上班应记为补班`,
  makeup: (day) => `${day} 不是周末，无须补班`,
  restday: (day) => `${day} 不是周末，放假应记为节假日`,
  holiday: (day) => `${day} 可以放假`,
}

/** Statutory days off: 10 until 2007, 11 from 2008, 13 from 2025 (全国年节及纪念日放假办法, its three texts). */
function statutoryDays(year: number): number {
  if (year < 2008) return 10
  return year < 2025 ? 11 : 13
}

function implausible(year: number, days: CalendarDay[], pointer: string): FieldError[] {
  const errors = days
    .filter(({ day, kind }) => fixedHoliday(day) !== null && kind !== 'holiday')
    .map(({ day }) => fault(pointer, 'statutory', `${day}（${fixedHoliday(day)}）是法定节假日，未列入放假`))
  const holidays = days.filter((one) => one.kind === 'holiday').length
  if (holidays < statutoryDays(year)) {
    errors.push(fault(pointer, 'too-few', `放假共 ${holidays} 天，少于法定的 ${statutoryDays(year)} 天`))
  }
  const workdays = countWorkdays(days)
  if (workdays < WORKDAYS.least || workdays > WORKDAYS.most) {
    errors.push(
      fault(pointer, 'workdays', `全年工作日 ${workdays} 天，应在 ${WORKDAYS.least}–${WORKDAYS.most} 天之间`),
    )
  }
  return errors
}

function fault(pointer: string, code: string, message: string): FieldError {
  return { pointer, code, message }
}

function ordinary(day: Day): Omit<CalendarDay, 'day'> {
  return { kind: isWeekend(day) ? 'restday' : 'workday', name: null }
}

function countWorkdays(days: CalendarDay[]): number {
  return days.filter((one) => isWorking(one.kind)).length
}

function changesBetween(before: CalendarDay[], after: CalendarDay[]): DayChange[] {
  return after.flatMap(({ day, kind, name }, i) => {
    const old = before[i]
    if (old === undefined || (old.kind === kind && old.name === name)) return []
    return [{ day, before: { kind: old.kind, name: old.name }, after: { kind, name } }]
  })
}
