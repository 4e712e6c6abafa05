// Plausible moments: within office hours, on working days, near a day or between two moments. Seeded, so always the same.
import { dayAt, indexOf, isWorking, type Calendar } from '../../src/calendar/days.ts'
import { OFFICE_HOURS } from '../../src/calendar/office-hours.ts'
import { dayOf, epochMs, instantOf, plusMs, type Day, type Instant } from '../../src/platform/clock.ts'
import type { Rng } from '../../test/support/identity.ts'

const MINUTE = 60_000

/** Working days from one day through another; none when the first is later. */
export function workdaysFrom(calendar: Calendar, from: Day, to: Day): Day[] {
  const days: Day[] = []
  for (let i = indexOf(calendar, from); calendar.days[i] !== undefined && dayAt(calendar, i) <= to; i++) {
    if (isWorking(calendar.kinds[i] ?? 'restday')) days.push(dayAt(calendar, i))
  }
  return days
}

/** A moment of office time on a day, to the second. */
export function officeMoment(rng: Rng, day: Day): Instant {
  const sessions = OFFICE_HOURS.map(({ opens, closes }) => ({
    from: epochMs(instantOf(day, `${opens}:00`)),
    length: epochMs(instantOf(day, `${closes}:00`)) - epochMs(instantOf(day, `${opens}:00`)),
  }))
  let left = rng() * sessions.reduce((sum, { length }) => sum + length, 0)
  for (const { from, length } of sessions) {
    if (left < length) return toSecond(plusMs(instantOf(day), from + left - epochMs(instantOf(day))))
    left -= length
  }
  return instantOf(day, '17:29:00')
}

/** A moment strictly between two, to the second, early or late as `share` (0 to 1) tells. */
export function momentBetween(after: Instant, before: Instant, share: number): Instant {
  const span = epochMs(before) - epochMs(after)
  const at = toSecond(plusMs(after, span * Math.min(Math.max(share, 0.01), 0.99)))
  return at > after && at < before ? at : plusMs(after, Math.floor(span / 2))
}

/** So many minutes later, to the second. */
export function minutesAfter(rng: Rng, at: Instant, from: number, to: number): Instant {
  return toSecond(plusMs(at, (from + rng() * (to - from)) * MINUTE))
}

/**
 * A moment of office time after one and before another, on one of the working days between: with a `lean` below 1 rather
 * sooner, above 1 rather later. Where office time leaves no room, any moment between.
 */
export function officeMomentBetween(
  rng: Rng,
  calendar: Calendar,
  range: { after: Instant; until: Instant },
  lean = 1,
): Instant {
  const { after, until } = range
  const days = workdaysFrom(calendar, dayOf(after), dayOf(until))
  for (let attempt = 0; attempt < 8 && days.length > 0; attempt++) {
    const day = days[Math.floor(rng() ** (1 / lean) * days.length)] ?? dayOf(after)
    const at = officeMoment(rng, day)
    if (at > plusMs(after, MINUTE) && at < until) return at
  }
  return momentBetween(after, until, rng())
}

function toSecond(at: Instant): Instant {
  return `${at.slice(0, 19)}.000+08:00`
}
