// The legs of an imported order: the lead unit's, those of co-handling units, the redo; and what earlier files left. Pure.
import type { Instant } from '../platform/clock.ts'
import type { Leg, NewLeg } from '../matters/case.ts'
import { coLimit } from '../matters/deadlines.ts'
import type { LegOutcome } from '../matters/terms.ts'
import { childId } from './ids.ts'
import type { Extension, Order, Promise } from './order.ts'
import { isRedoUntold, isReturned, lastMoment, latest } from './states.ts'

/** A leg as the database has it. */
export type StoredLeg = Pick<
  Leg,
  | 'id'
  | 'no'
  | 'role'
  | 'kind'
  | 'unitId'
  | 'dispatchedAt'
  | 'policy'
  | 'limit'
  | 'signDueAt'
  | 'signedAt'
  | 'dueAt'
  | 'effectiveDueAt'
  | 'provisional'
  | 'submittedAt'
  | 'stoppedAt'
  | 'outcome'
  | 'extensions'
>

export interface Known {
  matterId: string
  /** The matter's legs from earlier imports, none of which people have touched. */
  legs: readonly StoredLeg[]
  /** The last moment of which earlier files tell: until then the unit held what it has now lost. */
  seenAt: Instant | null
  /** The moment of the import that tells of the order now; null for its first. */
  now: Instant | null
  /** What the office had to dispatch or answer by, and did not, while earlier files told of no unit. */
  office?: { unitId: string; dueAt: Instant } | null
}

/** Legs that the database has keep their id, number and promise; closed ones are left as they are. */
export function legsOf(order: Order, known: Known): NewLeg[] {
  const { matterId, legs: stored } = known
  const { dispatchedAt, leadUnitId, promise, redo } = order
  if (dispatchedAt === null || leadUnitId === null || promise === null) return stored.map(asLeg(matterId))
  const open = new Map(stored.map((leg) => [leg.id, leg]))
  const missed = stored.length === 0 ? missedBefore(order, dispatchedAt, promise, known) : []
  let last = Math.max(missed.length, ...stored.map((leg) => leg.no))

  /** The stored leg that goes on, taken once; undefined when a new one begins: also when it comes back to a unit. */
  const take = (role: string, kinds: readonly string[], unitId: string): StoredLeg | undefined => {
    const ended =
      order.state === 'withdrawn' || ((role === 'co' || kinds.includes('redo')) && order.acceptedAt !== null)
    const goesOn = ({ outcome }: StoredLeg) =>
      outcome !== 'redispatched' &&
      (outcome !== 'returned' || isReturned(order)) &&
      // Withdrawn and handled again, it goes on as a new leg.
      (outcome !== 'terminated' || ended)
    const found = [...open.values()].findLast(
      (leg) => leg.role === role && kinds.includes(leg.kind) && leg.unitId === unitId && goesOn(leg),
    )
    if (found !== undefined) open.delete(found.id)
    return found
  }
  const build = (before: StoredLeg | undefined, fresh: Fresh, facts: LegFacts): NewLeg => {
    if (before !== undefined && before.outcome !== null) return asLeg(matterId)(before)
    const base = before ?? { ...fresh, ...promised(fresh), id: '', no: 0 }
    const no = before?.no ?? (last += 1)
    return {
      ...asLeg(matterId)({ ...base, id: before?.id ?? childId(matterId, 'leg', no), no }),
      ...facts,
      effectiveDueAt: facts.effectiveDueAt ?? base.effectiveDueAt,
    }
  }

  const earlier = stored.some(
    (leg) => leg.role === 'lead' && !['redo', 'route'].includes(leg.kind) && leg.unitId !== leadUnitId,
  )
  const withdrawnAt = withdrawalOf(order, known)
  const before = take('lead', ['dispatch', 'redispatch'], leadUnitId)
  const kind = earlier ? 'redispatch' : 'dispatch'
  const fresh = {
    role: 'lead',
    kind,
    unitId: leadUnitId,
    dispatchedAt,
    promise,
    dueAt: promise.dueAt,
  } as const
  const lead = build(before, fresh, leadFacts(order, withdrawnAt))
  const co = order.coUnitIds.map((unitId) => {
    const at = { role: 'co', kind: 'co', unitId, dispatchedAt, promise, dueAt: promise.coDueAt } as const
    return build(take('co', ['co'], unitId), at, coFacts(order, withdrawnAt))
  })
  const again =
    redo === null || isRedoUntold(order)
      ? []
      : [
          build(
            take('lead', ['redo'], leadUnitId),
            {
              role: 'lead',
              kind: 'redo',
              unitId: leadUnitId,
              dispatchedAt: redo.at,
              promise: redo.promise,
              dueAt: redo.promise.dueAt,
            },
            // The platform tells no signing of a redo; the unit has it from that moment.
            { signedAt: redo.at, ...stop(redo.repliedAt, redo.repliedAt, 'replied') },
          ),
        ]
  const lost = [...open.values()].map((leg) => {
    const row = asLeg(matterId)(leg)
    if (leg.outcome !== null) return row
    const outcome: LegOutcome = leg.kind === 'redo' ? 'terminated' : 'redispatched'
    return {
      ...row,
      submittedAt: null,
      stoppedAt: leg.submittedAt ?? lossOf(leg, order, lead, known),
      outcome,
    }
  })
  return [...missed, ...lost, lead, ...co, ...again].toSorted((a, b) => a.no - b.no)
}

/**
 * As our own dispatch leaves it: a deadline that passed while nobody had the order was missed by the office. Nobody had it as
 * long as earlier files told of nobody, whenever the dispatch is said to have been.
 */
function missedBefore(
  { receivedAt }: Order,
  dispatchedAt: Instant,
  { policy }: Promise,
  { matterId, office, seenAt }: Known,
): NewLeg[] {
  const until = latest([dispatchedAt, seenAt])
  if (!office || office.dueAt >= until) return []
  const { unitId, dueAt } = office
  return [
    asLeg(matterId)({
      ...{ id: childId(matterId, 'leg', 1), no: 1, role: 'lead', kind: 'route', unitId, policy, limit: null },
      ...{ dispatchedAt: receivedAt, signDueAt: until, signedAt: null, dueAt, effectiveDueAt: dueAt },
      ...{ provisional: false, submittedAt: null, stoppedAt: until, outcome: 'routed', extensions: 0 },
    }),
  ]
}

/** The platform tells no moment of a withdrawal: a leg that was open before was so until now. */
function withdrawalOf(order: Order, { legs, now }: Known): Instant {
  const goesOn = legs.some(({ outcome }) => outcome === null)
  return latest([lastMoment(order), goesOn ? now : null])
}

/**
 * When a unit lost a leg of which the newer file no longer tells: to the next dispatch, or with the answer or the call that
 * followed; where the file tells of none of them, it had it until now. At least it had it as long as earlier files told.
 */
function lossOf(leg: StoredLeg, order: Order, lead: NewLeg, { seenAt, now }: Known): Instant {
  const ends = [lead.dispatchedAt, lead.stoppedAt ?? lead.submittedAt, order.calledBackAt]
  const told = ends.find((at) => at !== null && at !== undefined && at > leg.dispatchedAt)
  return latest([leg.dispatchedAt, leg.signedAt, seenAt, told ?? now])
}

interface Fresh {
  role: 'lead' | 'co'
  kind: 'dispatch' | 'redispatch' | 'redo' | 'co'
  unitId: string
  dispatchedAt: Instant
  promise: Promise
  dueAt: Instant
}

type LegFacts = Pick<NewLeg, 'signedAt' | 'submittedAt' | 'stoppedAt' | 'outcome'> & {
  /** Only when an extension moves it. */
  effectiveDueAt?: Instant
  extensions?: number
}

function promised({ promise, dueAt, role }: Fresh) {
  const { limit } = promise
  return {
    policy: promise.policy,
    limit: limit !== null && role === 'co' ? coLimit(limit) : limit,
    signDueAt: promise.signDueAt < dueAt ? promise.signDueAt : dueAt,
    signedAt: null,
    dueAt,
    effectiveDueAt: dueAt,
    provisional: promise.provisional,
    submittedAt: null,
    stoppedAt: null,
    outcome: null,
    extensions: 0,
  }
}

function leadFacts(order: Order, withdrawnAt: Instant): LegFacts {
  const { dispatchedAt, signedAt, repliedAt, acceptedAt, state } = order
  // What was granted to the unit before is not granted to this one.
  const isOwn = (each: Extension) => (each.askedAt ?? each.grantedAt) >= (dispatchedAt ?? '')
  const extension = order.extension !== null && isOwn(order.extension) ? order.extension : null
  const extended = extension === null ? {} : { extensions: 1 }
  const moved = extension === null || extension.tooLate ? {} : { effectiveDueAt: extension.newDueAt }
  const facts = { signedAt, ...extended, ...moved }
  if (isReturned(order)) return { ...facts, ...stop(null, order.returnedAt, 'returned') }
  if (acceptedAt !== null) return { ...facts, ...stop(repliedAt, repliedAt, 'replied') }
  if (state === 'withdrawn') return { ...facts, ...stop(repliedAt, repliedAt ?? withdrawnAt, 'terminated') }
  return { ...facts, submittedAt: repliedAt, stoppedAt: null, outcome: null }
}

/** The platform tells one signing and one reply for all units; co-handling ends with the lead unit's reply. */
function coFacts(order: Order, withdrawnAt: Instant): LegFacts {
  const { signedAt, acceptedAt, repliedAt, returnedAt, state } = order
  if (isReturned(order)) return { signedAt, ...stop(null, returnedAt, 'redispatched') }
  if (acceptedAt !== null) return { signedAt, ...stop(null, repliedAt, 'terminated') }
  if (state === 'withdrawn') return { signedAt, ...stop(null, withdrawnAt, 'terminated') }
  return { signedAt, submittedAt: null, stoppedAt: null, outcome: null }
}

function stop(submittedAt: Instant | null, stoppedAt: Instant | null, outcome: LegOutcome) {
  return { submittedAt, stoppedAt, outcome: stoppedAt === null ? null : outcome }
}

/** A stored leg as a row, without what only the database derives. */
function asLeg(matterId: string) {
  return (leg: StoredLeg): NewLeg => ({
    id: leg.id,
    matterId,
    no: leg.no,
    role: leg.role,
    kind: leg.kind,
    unitId: leg.unitId,
    dispatchedAt: leg.dispatchedAt,
    policy: leg.policy,
    limit: leg.limit,
    signDueAt: leg.signDueAt,
    signedAt: leg.signedAt,
    dueAt: leg.dueAt,
    effectiveDueAt: leg.effectiveDueAt,
    provisional: leg.provisional,
    submittedAt: leg.submittedAt,
    stoppedAt: leg.stoppedAt,
    outcome: leg.outcome,
    extensions: leg.extensions,
    imported: true,
  })
}
