// Limits in hours of office time: the sessions of a working day, and counting through them.
import { dayOf, epochMs, instantOf, plusMs, type Day, type Instant } from '../platform/clock.ts'
import { indexOf, isWorking, workdayAfter, type Calendar } from './days.ts'

/** Office time of a working day, in order: local times of day, `HH:mm`. */
export type OfficeHours = readonly { opens: string; closes: string }[]

export const OFFICE_HOURS: OfficeHours = [
  { opens: '09:00', closes: '12:00' },
  { opens: '13:30', closes: '17:30' },
]

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** Hours of office time on working days, make-up days included; what begins outside it starts to run when it opens next. */
export function addWorkingHours(
  calendar: Calendar,
  from: Instant,
  hours: number,
  office: OfficeHours = OFFICE_HOURS,
): Instant {
  if (!(hours > 0 && Number.isFinite(hours))) throw new RangeError(`no limit can be ${hours} hours`)
  const start = indexOf(calendar, dayOf(from))
  const wholeDay = sessionsOf(office)
  const today = isWorking(calendar.kinds[start] ?? 'restday') ? sessionsFrom(wholeDay, timeOfDay(from)) : []
  const needed = Math.round(hours * HOUR_MS)
  if (needed <= lengthOf(today)) return momentOf(dayOf(from), endWithin(today, needed))
  const left = needed - lengthOf(today)
  const fullDays = Math.ceil(left / lengthOf(wholeDay)) - 1
  const day = workdayAfter(calendar, start, fullDays + 1)
  return momentOf(day, endWithin(wholeDay, left - fullDays * lengthOf(wholeDay)))
}

/** Office time between two times of day (milliseconds since local midnight), in milliseconds. */
export function officeTimeBetween(office: OfficeHours, from: number, through: number): number {
  return sessionsOf(office).reduce(
    (sum, session) => sum + Math.max(0, Math.min(session.closes, through) - Math.max(session.opens, from)),
    0,
  )
}

/** Milliseconds since local midnight. */
export function timeOfDay(instant: Instant): number {
  return epochMs(instant) - epochMs(instantOf(dayOf(instant)))
}

interface Session {
  opens: number
  closes: number
}

function sessionsOf(office: OfficeHours): Session[] {
  return office.map(({ opens, closes }) => ({
    opens: minuteOf(opens) * MINUTE_MS,
    closes: minuteOf(closes) * MINUTE_MS,
  }))
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
}

function sessionsFrom(sessions: Session[], time: number): Session[] {
  return sessions
    .filter((session) => session.closes > time)
    .map(({ opens, closes }) => ({ opens: Math.max(opens, time), closes }))
}

function lengthOf(sessions: Session[]): number {
  return sessions.reduce((sum, { opens, closes }) => sum + closes - opens, 0)
}

/** The time of day at which so much office time has passed: the close of a session rather than the opening of the next. */
function endWithin(sessions: Session[], needed: number): number {
  let left = needed
  for (const { opens, closes } of sessions) {
    if (left <= closes - opens) return opens + left
    left -= closes - opens
  }
  throw new RangeError('more office time than the day has')
}

function momentOf(day: Day, time: number): Instant {
  return plusMs(instantOf(day), time)
}
