// When a message may be sent: quiet hours, the pause after a failure, and when to give up.
import { dayOf, instantOf, plusDays, plusMs, type Instant } from '../platform/clock.ts'

/** From `from` to `to`, local times of day `HH:mm`; over midnight where `from` is the later one. Equal: never. */
export interface QuietHours {
  from: string
  to: string
}

/** The moment at which quiet hours end, or undefined when it is not quiet now. `to` itself is no longer quiet. */
export function quietUntil(now: Instant, { from, to }: QuietHours): Instant | undefined {
  if (from === to) return undefined
  const time = now.slice(11, 16)
  const day = dayOf(now)
  if (from < to) return time >= from && time < to ? instantOf(day, `${to}:00`) : undefined
  if (time >= from) return instantOf(plusDays(day, 1), `${to}:00`)
  return time < to ? instantOf(day, `${to}:00`) : undefined
}

const MOST_ATTEMPTS = 8
const FIRST_PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 3_600_000

/** When to try again after so many failed attempts; undefined when it is given up. */
export function nextAttempt(now: Instant, attempts: number): Instant | undefined {
  if (attempts >= MOST_ATTEMPTS) return undefined
  return plusMs(now, Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS))
}
