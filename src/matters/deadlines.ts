// Which time limit holds for a dispatch, and what lateness follows from the legs of a matter.
import type { Calendar } from '../calendar/days.ts'
import { addWorkdays, due, isWorkday, type Limit } from '../calendar/rules.ts'
import { dayOf, instantOf, type Instant } from '../platform/clock.ts'
import type { Leg } from './case.ts'
import { policies, type LimitClass, type Policy } from './policies.ts'
import type { Urgency } from './terms.ts'

/** The policy in force on the day of an instant. */
export function policyAt(at: Instant): Policy {
  const day = dayOf(at)
  const found = policies.find((p) => p.from <= day && (p.to === null || day <= p.to))
  if (found === undefined) throw new RangeError(`no policy holds on ${day}`)
  return found
}

export interface Promised {
  policy: string
  limit: Limit
  signDueAt: Instant
  dueAt: Instant
  provisional: boolean
}

/** What a unit is promised to do by when if it gets a matter at `from`; the clock runs from dispatch, not from signing. */
export function promise(
  calendar: Calendar,
  from: Instant,
  matter: { category: string; urgency: string },
  limitClass: LimitClass,
  role: 'lead' | 'co' = 'lead',
): Promised {
  const policy = policyAt(from)
  const whole = handlingLimit(policy, matter, limitClass)
  const limit = role === 'co' ? coLimit(whole) : whole
  const sign = due(calendar, from, matter.urgency === 'normal' ? policy.sign.ordinary : policy.sign.urgent)
  const handle = due(calendar, from, limit)
  const signsFirst = sign.dueAt < handle.dueAt
  return {
    policy: policy.id,
    limit,
    // A two-hour order cannot be signed for later than it is due.
    signDueAt: signsFirst ? sign.dueAt : handle.dueAt,
    dueAt: handle.dueAt,
    provisional: handle.provisional || (signsFirst && sign.provisional),
  }
}

function handlingLimit(
  policy: Policy,
  matter: { category: string; urgency: string },
  limitClass: LimitClass,
): Limit {
  const urgency = matter.urgency as Urgency
  if (urgency === 'critical') return policy.critical
  if (urgency === 'urgent') return policy.urgent
  if (limitClass === 'complex') return policy.complex
  const limit = policy.handle[matter.category]
  if (limit === undefined) throw new RangeError(`policy ${policy.id} has no limit for ${matter.category}`)
  return limit
}

/** The limit that the policy gives a leg, also where its due time was fixed otherwise: by a superior, a platform, a merge. */
export function lawfulLimit(
  leg: Pick<Leg, 'limit' | 'dispatchedAt'>,
  matter: { category: string; urgency: string },
): { n: number; unit: string } {
  return leg.limit ?? handlingLimit(policyAt(leg.dispatchedAt), matter, 'ordinary')
}

/** A co-handling unit answers before the lead unit must: one working day less where the limit is in days. */
export function coLimit(limit: Limit): Limit {
  return limit.unit === 'workday' && limit.n > 1 ? { ...limit, n: limit.n - 1 } : limit
}

/** A promise that runs, with what a calendar needs to say when it ends. */
export interface RunningPromise {
  dispatchedAt: Instant
  policy: string
  /** Null where others fixed the due time: a superior, the city platform, the order that was merged into it. */
  limit: Limit | null
  dueAt: Instant
  effectiveDueAt: Instant
  signDueAt: Instant
  signedAt: Instant | null
  submittedAt: Instant | null
  provisional: boolean
  imported: boolean
  urgency: string
  /** The city platform fixed by when to sign. */
  signTold: boolean
  /** Working days that were granted on top of the limit. */
  extended: number
  /** A superior's deadline that had not passed when the leg began. */
  upstreamDueAt: Instant | null
}

export type DueAnew = Pick<Promised, 'dueAt' | 'signDueAt' | 'provisional'>

/** Recomputed from the dispatch, granted extensions laid on again: running it twice moves nothing twice. */
export function promisedBy(calendar: Calendar, leg: RunningPromise): DueAnew {
  const { limit, effectiveDueAt } = leg
  if (limit === null) {
    const signDueAt = signDue(calendar, leg, leg.dueAt)
    return { dueAt: effectiveDueAt, signDueAt, provisional: leg.provisional }
  }
  const lawful = due(calendar, leg.dispatchedAt, limit).dueAt
  const granted = leg.extended > 0 ? addWorkdays(calendar, lawful, leg.extended) : lawful
  const computed = earlier(granted, superiorsBound(leg))
  // A reply that waits for its review was given under the due time of its day, which is not drawn in behind it.
  const keeps = leg.submittedAt !== null && computed < effectiveDueAt
  const dueAt = keeps ? effectiveDueAt : computed
  const signDueAt = signDue(calendar, leg, earlier(lawful, superiorsBound(leg)))
  const uncertain = (at: Instant) => isWorkday(calendar, dayOf(at)).provisional
  const clockHours = limit.unit === 'hour' && leg.extended === 0
  const provisional = (!clockHours && uncertain(dueAt)) || (leg.signedAt === null && uncertain(signDueAt))
  return { dueAt, signDueAt, provisional }
}

/** No calendar carries a leg past its superior's deadline; what people granted beyond it is not taken back here. */
function superiorsBound({ upstreamDueAt, effectiveDueAt }: RunningPromise): Instant | null {
  return upstreamDueAt === null || upstreamDueAt > effectiveDueAt ? upstreamDueAt : effectiveDueAt
}

function earlier(at: Instant, bound: Instant | null): Instant {
  return bound !== null && bound < at ? bound : at
}

function signDue(calendar: Calendar, leg: RunningPromise, promised: Instant): Instant {
  const policy = policies.find(({ id }) => id === leg.policy)
  if (policy === undefined || leg.signedAt !== null || leg.signTold) return leg.signDueAt
  const urgent = leg.limit === null ? leg.urgency !== 'normal' : leg.limit.unit === 'hour'
  // A newer file may have told another urgency since: the deadline stays as it was promised.
  if (leg.imported && leg.limit === null && urgent === isWholeDay(leg.signDueAt)) return leg.signDueAt
  return earlier(
    due(calendar, leg.dispatchedAt, urgent ? policy.sign.urgent : policy.sign.ordinary).dueAt,
    promised,
  )
}

function isWholeDay(at: Instant): boolean {
  return at === instantOf(dayOf(at), '23:59:59.999')
}

/** A due time that moves away is warned of anew. */
export const unmarked = { warnedAt: null, redAt: null, overdueAt: null }

type Clock = Pick<Leg, 'effectiveDueAt' | 'submittedAt' | 'stoppedAt' | 'signDueAt' | 'signedAt'>

/** The moment from which a leg is late: its due, unless its clock stopped by then. The same rule as `legs.late_from`. */
export function lateFrom(leg: Clock): Instant | null {
  const stopped = leg.stoppedAt ?? leg.submittedAt
  return stopped !== null && stopped <= leg.effectiveDueAt ? null : leg.effectiveDueAt
}

/** The moment from which the signing of a leg is late. The same rule as `legs.sign_late_from`. */
export function signLateFrom(leg: Clock): Instant | null {
  const stopped = leg.signedAt ?? leg.stoppedAt
  return stopped !== null && stopped <= leg.signDueAt ? null : leg.signDueAt
}

/** The earliest lateness of any lead leg: no later leg, however punctual, removes it. */
export function lateness(legs: readonly (Clock & { role: string })[]): {
  lateFrom: Instant | null
  signLateFrom: Instant | null
} {
  const lead = legs.filter((leg) => leg.role === 'lead')
  return { lateFrom: earliest(lead.map(lateFrom)), signLateFrom: earliest(lead.map(signLateFrom)) }
}

function earliest(moments: (Instant | null)[]): Instant | null {
  return moments.reduce((least, m) => (m !== null && (least === null || m < least) ? m : least), null)
}
