// Deadline arithmetic: when a limit that began at some moment ends, and how much of it is left.
import { dayOf, instantOf, plusHours, type Day, type Instant } from '../platform/clock.ts'
import { dayAt, indexOf, isWorking, notCovered, workdayAfter, type Calendar, type DayKind } from './days.ts'
import { addWorkingHours, OFFICE_HOURS, type OfficeHours } from './office-hours.ts'

/**
 * A time limit. day: calendar days, rolled forward from a rest day; workday; hour: of the clock, day and night;
 * workhour: of office time. Days are whole and at least 1, hours positive.
 */
export interface Limit {
  n: number
  unit: LimitUnit
}

export const LIMIT_UNITS = ['workday', 'day', 'hour', 'workhour'] as const
export type LimitUnit = (typeof LIMIT_UNITS)[number]

export interface Due {
  /** The last moment inside the limit: what happens after it is late. */
  dueAt: Instant
  /** Rests on days whose year is not published yet. */
  provisional: boolean
  calendarVersion: number
}

/** What a day is. Throws `calendar/day-not-covered` outside the calendar. */
export function isWorkday(
  calendar: Calendar,
  day: Day,
): { workday: boolean; kind: DayKind; name: string | null; provisional: boolean } {
  const index = indexOf(calendar, day)
  const kind = calendar.kinds[index] ?? 'restday'
  return {
    workday: isWorking(kind),
    kind,
    name: calendar.names[index] ?? null,
    provisional: index > calendar.lastPublished,
  }
}

/**
 * The end of a limit that begins at `from`. A duration of clock hours never asks the calendar, so it is never provisional.
 * Throws `calendar/day-not-covered` when a day of it lies outside the calendar, a RangeError for an impossible limit.
 */
export function due(
  calendar: Calendar,
  from: Instant,
  limit: Limit,
  office: OfficeHours = OFFICE_HOURS,
): Due {
  const dueAt = endOf(calendar, from, limit, office)
  const asksCalendar = limit.unit !== 'hour'
  return {
    dueAt,
    provisional: asksCalendar && indexOf(calendar, dayOf(dueAt)) > calendar.lastPublished,
    calendarVersion: calendar.version,
  }
}

function endOf(calendar: Calendar, from: Instant, limit: Limit, office: OfficeHours): Instant {
  switch (limit.unit) {
    case 'workday':
      return addWorkdays(calendar, from, limit.n)
    case 'day':
      return addCalendarDays(calendar, from, limit.n, { rollForward: true })
    case 'hour':
      return addClockHours(from, limit.n)
    case 'workhour':
      return addWorkingHours(calendar, from, limit.n, office)
  }
}

/** The close of the n-th working day after the day of `from`, which is not counted (民法典 art. 201). */
export function addWorkdays(calendar: Calendar, from: Instant, n: number): Instant {
  demand(Number.isInteger(n) && n >= 1, n)
  return closeOf(workdayAfter(calendar, indexOf(calendar, dayOf(from)), n))
}

/**
 * The close of the n-th day after the day of `from`, which is not counted (民法典 art. 201). With `rollForward`, a limit
 * that would end on a rest day ends with the next working day (art. 203).
 */
export function addCalendarDays(
  calendar: Calendar,
  from: Instant,
  n: number,
  { rollForward }: { rollForward: boolean },
): Instant {
  demand(Number.isInteger(n) && n >= 1, n)
  const last = indexOf(calendar, dayOf(from)) + n
  const day = calendar.days[last]
  const kind = calendar.kinds[last]
  if (day === undefined || kind === undefined) throw notCovered(calendar, `${dayOf(from)} + ${n}`)
  return closeOf(rollForward && !isWorking(kind) ? workdayAfter(calendar, last, 1) : day)
}

/** Hours of the clock, day and night. */
export function addClockHours(from: Instant, n: number): Instant {
  demand(n > 0, n)
  return plusHours(from, n)
}

/**
 * Whole working days left: those after today through the day of `dueAt`; 0 on the last one. Past `dueAt` negative: −k in the
 * k-th working day of lateness, at least −1 from the first late moment.
 */
export function workdaysLeft(calendar: Calendar, now: Instant, dueAt: Instant): number {
  const today = workedThrough(calendar, dayOf(now))
  const end = workedThrough(calendar, dayOf(dueAt))
  return now > dueAt ? -Math.max(1, today - end) : end - today
}

/**
 * The first moment at which `workdaysLeft` is `left`: the opening (00:00) of the working day that is followed by so many through the
 * due day. It may lie before the limit began: a limit of one working day is yellow from its first
 * moment. Null for limits in hours, which have no yellow stage.
 */
export function yellowAt(calendar: Calendar, dueAt: Instant, unit: LimitUnit, left = 1): Instant | null {
  if (unit === 'hour' || unit === 'workhour') return null
  const index = calendar.workdays[workedThrough(calendar, dayOf(dueAt)) - 1 - left] ?? 0
  return instantOf(dayAt(calendar, index))
}

/**
 * Which deadlines another calendar moves: those whose `dueAt` is not what `from` and `limit` now give. Recomputes and never
 * shifts, so running it twice moves nothing twice; `dueAt` must be the promise itself, without granted extensions.
 */
export function dueMoves<Id>(
  calendar: Calendar,
  items: Iterable<{ id: Id; from: Instant; limit: Limit; dueAt: Instant }>,
  office: OfficeHours = OFFICE_HOURS,
): { id: Id; oldDue: Instant; newDue: Instant; provisional: boolean }[] {
  const moves = []
  for (const { id, from, limit, dueAt } of items) {
    const next = due(calendar, from, limit, office)
    if (next.dueAt !== dueAt)
      moves.push({ id, oldDue: dueAt, newDue: next.dueAt, provisional: next.provisional })
  }
  return moves
}

function workedThrough(calendar: Calendar, day: Day): number {
  return calendar.worked[indexOf(calendar, day)] ?? 0
}

/** A period ends at 24:00 of its last day (民法典 art. 203): the last moment of the day is the last inside it. */
function closeOf(day: Day): Instant {
  return instantOf(day, '23:59:59.999')
}

function demand(possible: boolean, n: number): void {
  if (!possible || !Number.isFinite(n)) throw new RangeError(`no limit can be ${n}`)
}
