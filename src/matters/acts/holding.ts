// What merges hold: the promises that a matter brings to what takes it, and the clocks of legs with and without them.
import type { Limit } from '../../calendar/rules.ts'
import type { Instant } from '../../platform/clock.ts'
import {
  calendarOf,
  type Case,
  type Change,
  type Leg,
  type Matter,
  type MergeHold,
  type Setting,
} from '../case.ts'
import { promise, promisedBy, unmarked } from '../deadlines.ts'

/** By when what takes a matter must answer for it, and the superior's deadline that comes with it. */
export type Brought = Pick<MergeHold, 'dueAt' | 'upstreamDueAt'>

/** What a matter whose lead leg is due then brings if it is merged at a moment. */
export function broughtBy({ upstreamDueAt }: Matter, dueAt: Instant | undefined, at: Instant): Brought {
  return { dueAt: earliest([dueAt, upstreamDueAt], at), upstreamDueAt: earliest([upstreamDueAt], at) }
}

/**
 * The earliest promise that still holds. It holds for both matters: joining a later one wins no time, also when a calendar year
 * is amended. One that was missed before is on the leg that missed it, and binds nobody anew.
 */
export function earliest(promises: readonly (Instant | null | undefined)[], now: Instant): Instant | null {
  const held = promises.filter((at): at is Instant => at !== null && at !== undefined && at > now)
  return held.toSorted()[0] ?? null
}

/** The lead leg that runs, and those of co-handling units. */
export const openLegsOf = ({ legs }: Case) => legs.filter(({ outcome }) => outcome === null)

/** Those legs that are due later, due then. */
export function drawnIn(legs: readonly Leg[], dueAt: Instant | null): NonNullable<Change['legs']> {
  if (dueAt === null) return []
  return legs
    .filter(({ effectiveDueAt }) => dueAt < effectiveDueAt)
    .map(({ id: legId }) => ({ id: legId, patch: { effectiveDueAt: dueAt, limit: null } }))
}

/** The due time and limit that a leg has by itself, whatever was merged into its matter. */
export function ownOf(subject: Case, leg: Leg): { ownDueAt: Instant; ownLimit: Leg['limit'] } {
  const hold = holdsOn(subject, leg)[0]
  return {
    ownDueAt: hold?.ownDueAt ?? leg.effectiveDueAt,
    ownLimit: hold === undefined ? leg.limit : hold.ownLimit,
  }
}

/** What was laid upon a leg, also before its matter was itself merged and that undone. */
export function holdsOn({ holds, legs }: Case, leg: Leg): MergeHold[] {
  return holds.filter(({ legId }) => legs.some((each) => each.id === legId && continues(leg, each)))
}

/** What is laid upon a matter and its legs by what is merged into it. */
export const running = ({ holds }: Case) => holds.filter(({ undoneAt }) => undoneAt === null)

/** The superior's deadline of a matter: its own and those that were brought, one merge after the other. */
export function superiorOf(subject: Case): Instant | null {
  const own = subject.holds[0]?.ownUpstreamDueAt ?? null
  return running(subject).reduce(
    (bound, { upstreamDueAt, at }) => earliest([upstreamDueAt, bound], at) ?? bound,
    own,
  )
}

/** A leg's clock as far as no merge that still holds draws it in, where it began under a merge or was drawn in by one. */
export function dueOf(subject: Case, leg: Leg, setting: Setting) {
  if (holdsOn(subject, leg).length > 0) return clockOf(subject, leg, setting)
  return unbound(subject, leg, setting) ?? anew(subject, leg, subject.matter.upstreamDueAt, setting)
}

/** A leg that began under a superior's deadline which left with what had brought it has the policy's limit now, or the deadline of another. */
export function unbound(subject: Case, leg: Leg, setting: Setting) {
  const { holds, matter } = subject
  const left = holds.some(
    ({ undoneAt, at, upstreamDueAt }) =>
      undoneAt !== null && at <= leg.dispatchedAt && upstreamDueAt === leg.effectiveDueAt,
  )
  if (!left || holdsOn(subject, leg).length > 0) return undefined
  const role = leg.role === 'co' ? 'co' : 'lead'
  const { limit } = promise(calendarOf(setting), leg.dispatchedAt, matter, 'ordinary', role)
  const own = anew(subject, { ...leg, limit }, matter.upstreamDueAt, setting)
  if (own.effectiveDueAt <= leg.effectiveDueAt) return undefined
  return { ...own, ...unmarked, limit: own.effectiveDueAt === matter.upstreamDueAt ? null : limit }
}

/** A leg's own clock, as far as no merge that still holds draws it in. */
export function clockOf(subject: Case, leg: Leg, setting: Setting) {
  const laid = holdsOn(subject, leg)
  const { ownDueAt, ownLimit } = ownOf(subject, leg)
  const asItWas = { ...leg, limit: ownLimit, effectiveDueAt: ownDueAt }
  const own = anew(subject, asItWas, laid[0]?.ownUpstreamDueAt ?? null, setting)
  const held = laid.filter(({ undoneAt }) => undoneAt === null).map(({ dueAt }) => dueAt)
  const least = earliest([own.effectiveDueAt, ...held], '') ?? own.effectiveDueAt
  // Undoing draws nothing in: what was granted meanwhile stays granted.
  const effectiveDueAt = least > leg.effectiveDueAt ? least : leg.effectiveDueAt
  const marks = effectiveDueAt > leg.effectiveDueAt ? unmarked : {}
  return least < own.effectiveDueAt && leg.limit === null
    ? { effectiveDueAt, ...marks }
    : { ...own, ...marks, effectiveDueAt, limit: ownLimit }
}

type Run = Pick<Leg, 'role' | 'unitId' | 'dispatchedAt'>

/** Whether a leg goes on where another was stopped. */
export const continues = (later: Run, leg: Run) =>
  later.role === leg.role && later.unitId === leg.unitId && later.dispatchedAt === leg.dispatchedAt

/** The due times of a leg by the calendar as it is now. */
function anew(subject: Case, leg: Leg, upstreamDueAt: Instant | null, setting: Setting) {
  const { effectiveDueAt, signDueAt, provisional, limit } = leg
  // As in `due-moves.ts`: what a superior, a platform or a merge fixed, no calendar of ours moves.
  if (limit === null || (leg.imported && leg.extensions > 0))
    return { effectiveDueAt, signDueAt, provisional }
  const granted = subject.granted.find((each) => continues(leg, each))
  const extended = leg.extensions > 0 ? (granted?.workdays ?? 0) : 0
  const { urgency } = subject.matter
  const bound = upstreamDueAt !== null && upstreamDueAt > leg.dispatchedAt ? upstreamDueAt : null
  const { dueAt, ...rest } = promisedBy(calendarOf(setting), {
    ...{ ...leg, limit: limit as Limit, extended, urgency },
    ...{ signTold: leg.imported, upstreamDueAt: bound },
  })
  return { effectiveDueAt: dueAt, ...rest }
}
