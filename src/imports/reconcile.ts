// Lays a newer row of an order over what is held of it: what changes, and what stays as it was, and why. Pure.
import type { Calendar } from '../calendar/days.ts'
import { workdaysLeft } from '../calendar/rules.ts'
import type { Instant } from '../platform/clock.ts'
import { lateFrom, signLateFrom } from '../matters/deadlines.ts'
import type { FieldId } from './columns.ts'
import type { FindingCode } from './findings.ts'
import { clockOf, derive } from './history.ts'
import type { Known, StoredLeg } from './legs.ts'
import type { Extension, Order } from './order.ts'
import { isTooLate, promiseOf } from './promises.ts'
import { formOf, partNames, parts, withoutDigests, type Part, type Snapshot } from './snapshot.ts'

/** What is held of an order that nobody but imports has changed. */
export interface Held {
  matterId: string
  snapshot: Snapshot
  legs: readonly StoredLeg[]
  /** The last moment of which the file told that was imported last. */
  seenAt: Instant
  /** The moment of the import that is laid over it. */
  now: Instant
  office?: Known['office']
}

export interface Difference {
  part: Part
  /** Comparable forms; texts are digests. */
  old: string | boolean | null
  new: string | boolean | null
}

export interface Kept extends Difference {
  code: FindingCode
}

export interface Reconciled {
  order: Order
  changed: Difference[]
  kept: Kept[]
}

/** `has`: the newer file has this column. What a file leaves blank never takes anything away. */
export function reconcile(
  next: Order,
  held: Held,
  calendar: Calendar,
  has: (field: FieldId) => boolean,
): Reconciled {
  const kept = new Map<Part, FindingCode>()
  const keep = (code: FindingCode, ...which: readonly Part[]) => {
    for (const part of which) if (differs(next, held, part) && !kept.has(part)) kept.set(part, code)
  }
  const lead = held.legs.findLast((leg) => leg.role === 'lead' && leg.kind !== 'redo')
  const anew = lead !== undefined && beginsAnew(next, lead)
  const blank = partNames.filter(
    (part) => formOf(next, part) === null && formOf(held.snapshot, part) !== null,
  )
  for (const part of blank)
    if (!anew || !(OF_LEG as readonly Part[]).includes(part)) keep('merge/vanished', part)

  // Protection once given is not taken away by a file.
  if (held.snapshot.confidential === true && next.confidential === false)
    keep('merge/protection-kept', 'confidential')
  if (held.snapshot.accusedUnitIds.some((id) => !next.accusedUnitIds.includes(id)))
    keep('merge/protection-kept', 'accusedUnitIds')

  if (lead !== undefined) keepLeg(next, lead, keep)
  else keepFixed(next, held, keep)
  let order = merged(next, held, kept, lead, calendar)

  // Lateness once known is not undone: the cells that would do so are left out, as few as suffice.
  if (launders(order, held)) {
    for (const which of UNDOING) {
      const trial = new Map(kept)
      const base =
        which.includes('repliedAt') && held.snapshot.repliedAt === null ? [...which, ...AFTER_REPLY] : which
      for (const part of base) if (differs(next, held, part)) trial.set(part, 'merge/late-kept')
      const attempt = merged(next, held, trial, lead, calendar)
      if (launders(attempt, held)) continue
      for (const [part, code] of trial) kept.set(part, code)
      order = attempt
      break
    }
  }

  const early = AFTER_REPLY.filter((part) => {
    const at = order[part]
    // A unit speaks with the caller before it answers.
    const follows = part.endsWith('At') && part !== 'contactedAt'
    return typeof at === 'string' && follows && order.repliedAt !== null && at < order.repliedAt
  })
  if (early.length > 0) {
    keep('merge/order-kept', ...AFTER_REPLY)
    order = merged(next, held, kept, lead, calendar)
  }

  const changed = partNames.filter((part) => !kept.has(part) && differs(next, held, part))
  const difference = (part: Part) => ({ part, old: formOf(held.snapshot, part), new: formOf(next, part) })
  const told = [...kept].filter(([part, code]) => code !== 'merge/vanished' || has(parts[part]))
  return {
    order,
    changed: changed.map(difference),
    kept: told.map(([part, code]) => ({ ...difference(part), code })),
  }
}

const CLOCK = ['signedAt', 'extension', 'returnedAt', 'repliedAt'] as const satisfies Part[]
const PROMISE = ['dispatchedAt', 'givenSignDueAt', 'givenDueAt'] as const satisfies Part[]
const AFTER_REPLY = [
  ...([
    'acceptedAt',
    'reply',
    'contactedAt',
    'calledBackAt',
    'callResult',
    'rating',
    'ratedAt',
    'resolved',
  ] as const),
  ...(['screening', 'redo'] as const),
] satisfies Part[]
/** What one unit did is not done for the next, nor for the same one when it gets the order again. */
const OF_LEG = ['signedAt', 'repliedAt', 'acceptedAt', 'reply'] as const satisfies Part[]
/** What to leave out, the least first. */
const UNDOING: readonly Part[][] = [
  ['extension'],
  ['signedAt'],
  ['redo'],
  ['repliedAt'],
  ['returnedAt'],
  ['state'],
  ['signedAt', 'extension'],
  ['extension', 'repliedAt'],
  ['signedAt', 'extension', 'repliedAt', 'redo'],
  [...CLOCK, 'redo', 'state'],
]

function differs(next: Order, { snapshot }: Held, part: Part): boolean {
  return formOf(next, part) !== formOf(snapshot, part)
}

/** Another unit has the order now, or the same one has it again. */
function beginsAnew(next: Order, lead: StoredLeg): boolean {
  if (next.leadUnitId === null || next.dispatchedAt === null || isBefore(next, lead)) return false
  if (next.leadUnitId !== lead.unitId) return lead.outcome !== 'replied'
  const ended = lead.outcome === 'returned' || isReinstated(next, lead)
  return ended && next.dispatchedAt > lead.dispatchedAt
}

/** An older file tells of the unit that had the order before. */
function isBefore({ leadUnitId, dispatchedAt }: Order, lead: StoredLeg): boolean {
  return leadUnitId !== lead.unitId && dispatchedAt !== null && dispatchedAt < lead.dispatchedAt
}

/** The platform withdrew the order, and handles it again. */
function isReinstated({ state }: Order, { outcome }: StoredLeg): boolean {
  return outcome === 'terminated' && state !== null && state !== 'withdrawn'
}

/** A closed leg is never rewritten; an open one keeps its promise, unless it goes to another unit. */
function keepLeg(
  next: Order,
  lead: StoredLeg,
  keep: (code: FindingCode, ...which: readonly Part[]) => void,
): void {
  if (isBefore(next, lead)) {
    keep('merge/order-kept', ...PROMISE, ...CLOCK, ...AFTER_REPLY, 'leadUnitId', 'coUnitIds', 'state')
  } else if (lead.outcome === 'returned') {
    keep('merge/closed-kept', 'returnedAt')
  } else if (isReinstated(next, lead)) {
    // It goes on as a new leg.
  } else if (lead.outcome !== null) {
    keep('merge/closed-kept', ...PROMISE, ...CLOCK, 'leadUnitId', 'acceptedAt')
  } else if (next.leadUnitId === null || next.leadUnitId === lead.unitId) {
    keep('merge/promise-kept', ...PROMISE)
  }
}

/** What the office let pass while nobody had the order, it let pass: no file moves it, nor has it answered in time after all. */
function keepFixed(
  next: Order,
  { snapshot, seenAt, now }: Held,
  keep: (code: FindingCode, ...which: readonly Part[]) => void,
): void {
  const { givenDueAt, repliedAt } = snapshot
  if (givenDueAt === null || givenDueAt >= now) return
  if (repliedAt !== null && repliedAt <= givenDueAt) return
  if (next.dispatchedAt === null) keep('merge/late-kept', 'givenDueAt')
  const late = repliedAt !== null || givenDueAt < seenAt
  if (late && next.repliedAt !== null && next.repliedAt <= givenDueAt)
    keep('merge/late-kept', 'repliedAt', ...(repliedAt === null ? AFTER_REPLY : []))
}

function merged(
  next: Order,
  held: Held,
  kept: ReadonlyMap<Part, FindingCode>,
  lead: StoredLeg | undefined,
  calendar: Calendar,
): Order {
  const old = Object.fromEntries(
    [...kept.keys()].map((part) => [part, held.snapshot[part]]),
  ) as Partial<Order>
  const { snapshot } = held
  const order = {
    ...withoutDigests({ ...next, ...old }),
    accusedUnitIds: [...new Set([...snapshot.accusedUnitIds, ...next.accusedUnitIds])],
  }
  // A deadline that was given before anybody had the order holds for the unit that has it first, told again or not.
  if (lead === undefined && order.dispatchedAt !== null && kept.has('givenDueAt')) {
    const due = order.givenDueAt
    const dueAt = due !== null && due > order.dispatchedAt ? due : null
    const given = { dueAt, signDueAt: order.givenSignDueAt }
    return { ...order, promise: promiseOf(calendar, order.dispatchedAt, order, given) }
  }
  const goesOn = lead !== undefined && lead.outcome === null && lead.unitId === order.leadUnitId
  return goesOn && order.extension !== null && !kept.has('extension')
    ? { ...order, extension: extensionOf(order.extension, lead, calendar) }
    : order
}

/** An extension is measured against the promise of the leg, whatever the newer file calls the due time. */
function extensionOf(extension: Extension, lead: StoredLeg, calendar: Calendar): Extension | null {
  const { newDueAt } = extension
  if (newDueAt <= lead.dueAt) return null
  const workdays = workdaysLeft(calendar, lead.dueAt, newDueAt)
  return { ...extension, oldDueAt: lead.dueAt, workdays, tooLate: isTooLate(extension, lead.dueAt) }
}

/** Whether a leg that was known to be late would not have been late then. */
function launders(order: Order, held: Held): boolean {
  const { seenAt } = held
  const late = (from: Instant | null) => from !== null && from < seenAt
  const after = new Map(derive(order, held).legs.map((leg) => [leg.id, clockOf(leg)]))
  return held.legs.some((leg) => {
    const then = after.get(leg.id)
    if (then === undefined || leg.outcome !== null) return false
    return (
      (late(lateFrom(leg)) && !late(lateFrom(then))) || (late(signLateFrom(leg)) && !late(signLateFrom(then)))
    )
  })
}
