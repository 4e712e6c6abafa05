// What an order of the platform becomes here: the matter's columns, its legs, and what was answered and rated. Pure.
import type { InferInsertModel } from 'drizzle-orm'
import { newCase, type Case, type MatterPatch, type NewLeg } from '../matters/case.ts'
import { lateness } from '../matters/deadlines.ts'
import type { Instant } from '../platform/clock.ts'
import { derived } from '../matters/rules.ts'
import type * as tables from '../matters/record-tables.ts'
import type { State } from '../matters/workflow.ts'
import { beginning } from '../platform/texts.ts'
import { actsOf, type ActLine } from './acts.ts'
import { legsOf, type Known } from './legs.ts'
import type { Order } from './order.ts'
import { callBacksOf, extensionsOf, repliesOf, returnsOf, screeningsOf } from './outcome-rows.ts'
import { stateOf } from './states.ts'

export interface History {
  matter: MatterPatch & { state: State }
  /** In the order of their numbers; legs that were there before keep id and number. */
  legs: NewLeg[]
  replies: InferInsertModel<typeof tables.replies>[]
  extensions: InferInsertModel<typeof tables.extensions>[]
  returnRequests: InferInsertModel<typeof tables.returnRequests>[]
  callBacks: InferInsertModel<typeof tables.callBacks>[]
  screenings: InferInsertModel<typeof tables.screenings>[]
  /** For the timeline. */
  acts: ActLine[]
}

export function derive(order: Order, known: Known): History {
  const legs = legsOf(order, known)
  // Until a unit has it, the platform's deadline is the office's own, and binds whom our desk sends it to.
  const upstreamDueAt = legs.length === 0 ? order.givenDueAt : null
  const acceptance = acceptanceOf(order, legs, upstreamDueAt)
  const called = order.calledBackAt !== null && order.callResult !== 'missed'
  return {
    matter: {
      ...textsOf(order, known),
      category: order.category ?? 'other',
      urgency: order.urgency ?? 'normal',
      topic: order.topic ?? 'other',
      regionCode: order.regionCode,
      confidential: order.confidential ?? false,
      accusedUnitIds: order.accusedUnitIds,
      receivedAt: order.receivedAt,
      upstreamDueAt,
      ...withoutLegs,
      ...derived(caseBefore(legs), { matter: {}, openLegs: legs }),
      ...acceptance,
      contactedAt: order.contactedAt,
      contactedOnTime: contactedOnTime(order, legs),
      extendedAt: order.extension?.grantedAt ?? null,
      returnedAt: order.returnedAt,
      returns: order.returnedAt === null ? 0 : 1,
      redoneAt: order.redo?.at ?? null,
      missedCalls: order.callResult === 'missed' ? 1 : 0,
      calledBackAt: called ? order.calledBackAt : null,
      callResult: called ? order.callResult : null,
      rating: order.rating,
      ratedAt: order.ratedAt,
      resolved: called ? order.resolved : null,
      screenedOutAt: order.screening?.upheld === true ? order.screening.at : null,
      ...stateOf(order, legs),
    },
    legs,
    replies: repliesOf(order, known.matterId, legs),
    extensions: extensionsOf(order, known.matterId, legs),
    returnRequests: returnsOf(order, known.matterId, legs),
    callBacks: callBacksOf(order, known.matterId),
    screenings: screeningsOf(order, known.matterId),
    acts: actsOf(order),
  }
}

const withoutLegs = {
  dispatchedAt: null,
  leadUnitId: null,
  leadLegId: null,
  unitIds: [],
  signedAt: null,
  signDueAt: null,
  signLateFrom: null,
  dueAt: null,
  provisional: false,
  submittedAt: null,
  lateFrom: null,
  leadLateFrom: null,
  leadSignedAt: null,
  leadSignLateFrom: null,
} satisfies MatterPatch

function caseBefore(legs: readonly NewLeg[]): Case {
  return newCase({ dispatchedAt: legs.find(({ kind }) => kind !== 'route')?.dispatchedAt ?? null })
}

/** What the first accepted reply settles; on time means that no lead leg up to then is late, nor the office without any. */
function acceptanceOf(order: Order, legs: History['legs'], upstreamDueAt: Instant | null): MatterPatch {
  const { acceptedAt, repliedAt } = order
  if (acceptedAt === null || repliedAt === null) {
    return { firstRepliedAt: null, firstAcceptedAt: null, firstOnTime: null, doneAt: null, publicReply: null }
  }
  return {
    firstRepliedAt: repliedAt,
    firstAcceptedAt: acceptedAt,
    firstOnTime: firstLate(legs) === null && (upstreamDueAt === null || repliedAt <= upstreamDueAt),
    doneAt: acceptedAt,
    publicReply: order.reply,
  }
}

export function clockOf(leg: NewLeg) {
  const { signedAt = null, submittedAt = null, stoppedAt = null, signDueAt, effectiveDueAt } = leg
  return { signedAt, submittedAt, stoppedAt, signDueAt, effectiveDueAt }
}

/** From when a leg up to the first accepted reply is late: of the redo nothing counts here. */
function firstLate(legs: History['legs']): Instant | null {
  const before = legs.filter((leg) => leg.kind !== 'redo')
  return lateness(before.map((leg) => ({ ...clockOf(leg), role: leg.role }))).lateFrom
}

/** Another unit's later limit does not make up for that of the first. */
function contactedOnTime({ contactedAt }: Order, legs: History['legs']): boolean | null {
  if (contactedAt === null) return null
  const lead = legs.findLast((leg) => leg.role === 'lead' && leg.kind !== 'redo')
  const until = firstLate(legs) ?? lead?.effectiveDueAt
  return until === undefined || contactedAt <= until
}

/** A text that a newer file leaves blank stays as it is; of a new matter it is taken from the other. */
function textsOf({ title, content }: Order, { seenAt }: Known): Pick<MatterPatch, 'title' | 'content'> {
  const texts = {
    title: title ?? (seenAt === null ? beginning(content?.split('\n', 1)[0] ?? '', 40) : null),
    content: content ?? (seenAt === null ? title : null),
  }
  return {
    ...(texts.title === null ? {} : { title: texts.title }),
    ...(texts.content === null ? {} : { content: texts.content }),
  }
}
