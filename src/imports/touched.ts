// What a newer row may still change on a matter that people here have handled since: what they left alone, and the call-back. Pure.
import type { Matter, MatterPatch } from '../matters/case.ts'
import type { State } from '../matters/workflow.ts'
import type { FieldId } from './columns.ts'
import type { Order } from './order.ts'
import { callBacksOf } from './outcome-rows.ts'
import type { Difference, Kept } from './reconcile.ts'
import { formOf, partNames, parts, type Part, type Snapshot } from './snapshot.ts'

export interface Touched {
  /** The order as it is known from now on, what was refused included: it is reported once. */
  order: Order
  patch: MatterPatch & { state?: State }
  callBacks: ReturnType<typeof callBacksOf>
  changed: Difference[]
  kept: Kept[]
}

const DESCRIBING = ['title', 'content', 'category', 'topic', 'regionCode'] as const satisfies Part[]
const CALL = ['calledBackAt', 'callResult', 'rating', 'ratedAt', 'resolved'] as const satisfies Part[]
/** Where our own record of a part stands on the matter. */
const OWN: Partial<Record<Part, keyof Matter>> = {
  signedAt: 'signedAt',
  repliedAt: 'firstRepliedAt',
  acceptedAt: 'firstAcceptedAt',
  contactedAt: 'contactedAt',
  givenDueAt: 'dueAt',
  leadUnitId: 'leadUnitId',
}

export function reconcileTouched(
  next: Order,
  snapshot: Snapshot,
  matter: Matter,
  has: (field: FieldId) => boolean,
): Touched {
  const told = partNames.filter((part) => formOf(next, part) !== null && has(parts[part]))
  const different = told.filter((part) => formOf(next, part) !== formOf(snapshot, part))
  const now = { ...next, ...pick(matter, DESCRIBING) } as Order
  const untouched = DESCRIBING.filter((part) => formOf(now, part) === formOf(snapshot, part))
  // A call of before the last answer, or our own call, was about what was answered then.
  const before = [matter.firstAcceptedAt, matter.submittedAt, matter.calledBackAt]
  const awaited = matter.state === 'reviewed' && before.every((at) => (next.calledBackAt ?? '') > (at ?? ''))
  // Confidence that is asked for, and units that are accused, hold from the moment that they are known.
  const protects = (part: Part) =>
    (part === 'confidential' && next.confidential === true) || part === 'accusedUnitIds'
  const taken = different.filter(
    (part) =>
      (untouched as Part[]).includes(part) || (awaited && (CALL as Part[]).includes(part)) || protects(part),
  )
  const isOwn = (part: Part) => {
    const own = OWN[part]
    return own !== undefined && matter[own] === next[part as keyof Order]
  }
  const refused = different.filter((part) => !taken.includes(part) && part !== 'state' && !isOwn(part))
  const difference = (part: Part) => ({ part, old: formOf(snapshot, part), new: formOf(next, part) })
  const called = taken.includes('calledBackAt') || taken.includes('callResult')
  const old = partNames.filter((part) => formOf(next, part) === null)
  const described = taken.filter((part) => (untouched as Part[]).includes(part))
  return {
    order: { ...next, ...pick(snapshot, old) },
    patch: {
      ...(pick(next, described) as MatterPatch),
      confidential: matter.confidential || next.confidential === true,
      accusedUnitIds: [...new Set([...matter.accusedUnitIds, ...next.accusedUnitIds])],
      ...(called ? calledBack(next, matter) : {}),
    },
    callBacks: called ? callBacksOf(next, matter.id, matter.redoneAt) : [],
    changed: taken.map(difference),
    kept: refused.map((part) => ({ ...difference(part), code: 'merge/touched' as const })),
  }
}

/** The same as the act of calling back. */
function calledBack(order: Order, matter: Matter): MatterPatch & { state: State } {
  if (order.callResult === 'missed') return { state: 'reviewed', missedCalls: matter.missedCalls + 1 }
  const ended = order.state === 'closed' || order.state === 'archived'
  return {
    state: ended ? 'closed' : 'rated',
    calledBackAt: order.calledBackAt,
    callResult: order.callResult,
    rating: order.rating,
    ratedAt: order.ratedAt,
    resolved: order.resolved,
    screenedOutAt: null,
    ...(ended ? { endedAt: order.ratedAt ?? order.calledBackAt } : {}),
  }
}

function pick<T extends object>(from: T, keys: readonly string[]): Partial<T> {
  return Object.fromEntries(keys.map((key) => [key, from[key as keyof T]])) as Partial<T>
}
