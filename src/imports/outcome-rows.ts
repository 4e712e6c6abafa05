// The rows beside an imported matter: replies, extensions, returns, call-backs and screenings, as far as the platform tells. Pure.
import type { InferInsertModel } from 'drizzle-orm'
import type { NewLeg } from '../matters/case.ts'
import type * as tables from '../matters/record-tables.ts'
import { NOT_TOLD } from '../matters/terms.ts'
import type { Instant } from '../platform/clock.ts'
import { childId } from './ids.ts'
import type { Extension, Order } from './order.ts'

/** In the place of a person: somebody on the city platform, which does not say who. */
const PLATFORM = '00000000-0000-0000-0000-000000000003'

type Row<T extends 'replies' | 'extensions' | 'returnRequests' | 'callBacks' | 'screenings'> =
  InferInsertModel<(typeof tables)[T]>

/** Rows are told apart by the legs that they belong to; 1 is the reply to the redo. */
const rowOf = (leg: NewLeg | undefined) => (leg === undefined || leg.no === 1 ? 0 : leg.no)

const leadsIn = (legs: readonly NewLeg[]) =>
  legs.filter(({ role, kind }) => role === 'lead' && kind !== 'redo' && kind !== 'route')

/** The lead unit's leg at a moment; of what was before the first dispatch, the first. */
function leadAt(legs: readonly NewLeg[], at: Instant): NewLeg | undefined {
  const leads = leadsIn(legs)
  return leads.findLast(({ dispatchedAt }) => dispatchedAt <= at) ?? leads[0]
}

export function repliesOf(order: Order, matterId: string, legs: readonly NewLeg[]): Row<'replies'>[] {
  const { repliedAt, acceptedAt, redo } = order
  if (repliedAt === null) return []
  const lead = leadsIn(legs).at(-1)
  const row = {
    matterId,
    submittedBy: PLATFORM,
    contactedAt: order.contactedAt,
    facts: '',
    measures: '',
    result: order.reply ?? NOT_TOLD,
  }
  const first = {
    ...row,
    id: childId(matterId, 'reply', rowOf(lead)),
    legId: lead?.id ?? null,
    submittedAt: repliedAt,
    reviewedAt: acceptedAt,
    reviewedBy: acceptedAt === null ? null : PLATFORM,
    accepted: acceptedAt === null ? null : true,
  }
  if (redo === null || redo.repliedAt === null) return [first]
  const again = {
    ...row,
    id: childId(matterId, 'reply', 1),
    legId: legs.findLast((leg) => leg.kind === 'redo')?.id ?? null,
    submittedAt: redo.repliedAt,
    reviewedAt: redo.repliedAt,
    reviewedBy: PLATFORM,
    accepted: true,
    contactedAt: null,
  }
  return [first, again]
}

export function extensionsOf(
  { extension }: Order,
  matterId: string,
  legs: readonly NewLeg[],
): Row<'extensions'>[] {
  if (extension === null) return []
  const lead = leadAt(legs, extension.askedAt ?? extension.grantedAt)
  if (lead === undefined) return []
  return [
    {
      id: childId(matterId, 'extension', rowOf(lead)),
      matterId,
      legId: lead.id,
      askedAt: extension.askedAt ?? extension.grantedAt,
      askedBy: PLATFORM,
      reason: extension.reason ?? NOT_TOLD,
      workdays: extension.workdays,
      oldDueAt: extension.oldDueAt,
      newDueAt: extension.newDueAt,
      decidedAt: extension.grantedAt,
      decidedBy: null, // not the one who asked, and not told
      granted: true,
      decisionNote: extension.tooLate ? noteOf(extension) : null,
    },
  ]
}

function noteOf({ askedAt }: Extension): string {
  return askedAt === null ? '逾期批准，申请时间不明，不改变期限' : '逾期申请，不改变期限'
}

export function returnsOf(order: Order, matterId: string, legs: readonly NewLeg[]): Row<'returnRequests'>[] {
  const { returnedAt } = order
  if (returnedAt === null) return []
  const ended = legs.findLast(({ outcome, stoppedAt }) => outcome === 'returned' && stoppedAt === returnedAt)
  const lead = ended ?? leadAt(legs, returnedAt)
  if (lead === undefined) return []
  return [
    {
      id: childId(matterId, 'return', rowOf(lead)),
      matterId,
      legId: lead.id,
      askedAt: returnedAt,
      askedBy: PLATFORM,
      reason: order.returnReason ?? NOT_TOLD,
      decidedAt: returnedAt,
      decidedBy: null,
      granted: true,
    },
  ]
}

/** The call after a redo is another than the one before it, of which figures of before the redo tell. */
export function callBacksOf(
  order: Order,
  matterId: string,
  redoneAt: Instant | null = order.redo?.at ?? null,
): Row<'callBacks'>[] {
  const { calledBackAt, callResult, rating, resolved } = order
  if (calledBackAt === null || callResult === null) return []
  return [
    {
      id: childId(matterId, 'callBack', redoneAt !== null && calledBackAt > redoneAt ? 1 : 0),
      matterId,
      at: calledBackAt,
      by: PLATFORM,
      result: callResult,
      rating,
      resolved,
    },
  ]
}

export function screeningsOf({ screening, ratedAt }: Order, matterId: string): Row<'screenings'>[] {
  if (screening === null) return []
  const { upheld, at, reason } = screening
  return [
    {
      id: childId(matterId, 'screening'),
      matterId,
      askedAt: ratedAt ?? at,
      askedBy: PLATFORM,
      ground: 'platform',
      evidence: reason ?? NOT_TOLD,
      firstBy: null,
      firstAt: at,
      firstUpheld: upheld,
      secondBy: PLATFORM,
      secondAt: at,
      secondUpheld: upheld,
      secondNote: '市平台甄别',
      upheld,
    },
  ]
}
