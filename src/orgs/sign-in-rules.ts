// How often a sign-in may fail, and how long a session lasts.
import { plusHours, plusMs, type Instant } from '../platform/clock.ts'

/** Seconds that the n-th failure in a row locks; the last entry holds for all further ones, so no lock is for ever. */
export const lockout = {
  login: [0, 0, 0, 0, 300, 600, 900],
  /** An office may share one address: failures only, and successes give theirs back. */
  address: [...Array<number>(19).fill(0), 300, 600, 900],
  network: [...Array<number>(99).fill(0), 300, 600, 900],
} as const satisfies Record<string, readonly number[]>

/** Failures older than this are forgotten. */
export const FORGET_FAILURES_HOURS = 24

/** How many sessions one person may have at a time; a further one ends the oldest. */
export const PARALLEL_SESSIONS = 3

export const INITIAL_PASSWORD_HOURS = 24

export interface SessionLimits {
  idleMinutes: number
  absoluteHours: number
}

/** A session last seen before this moment has ended. */
export function idleSince(now: Instant, limits: SessionLimits): Instant {
  return plusMs(now, -limits.idleMinutes * 60_000)
}

export function sessionEnd(createdAt: Instant, limits: SessionLimits): Instant {
  return plusHours(createdAt, limits.absoluteHours)
}

/** A session seen before this moment is noted anew: at most once a minute, more often where the idle limit is short. */
export function untouchedSince(now: Instant, limits: SessionLimits): Instant {
  return plusMs(now, -Math.min(60_000, limits.idleMinutes * 6_000))
}
