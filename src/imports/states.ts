// The state that an imported matter is in, and how it ended: by its times first, by the platform's word where they leave it open. Pure.
import type { Instant } from '../platform/clock.ts'
import type { NewLeg } from '../matters/case.ts'
import type { State } from '../matters/workflow.ts'
import type { Order } from './order.ts'

export interface StateFacts {
  state: State
  endedAt: Instant | null
  endReason: string | null
  withdrawnAt: Instant | null
}

/** `legs`: a withdrawn order was there until the last of them stopped. */
export function stateOf(order: Order, legs: readonly Pick<NewLeg, 'stoppedAt'>[]): StateFacts {
  if (order.state === 'withdrawn') {
    const at = latest([lastMoment(order), ...legs.map(({ stoppedAt }) => stoppedAt)])
    return { state: 'terminated', endedAt: at, endReason: '市平台撤销', withdrawnAt: at }
  }
  const state = stateByTimes(order)
  const ended = state === 'closed' || state === 'archived'
  return { state, endedAt: ended ? lastMoment(order) : null, endReason: null, withdrawnAt: null }
}

function stateByTimes(order: Order): State {
  const { redo } = order
  if (order.repliedAt === null) {
    if (order.dispatchedAt === null || isReturned(order)) return 'registered'
    return order.signedAt === null ? 'assigned' : 'handling'
  }
  if (order.acceptedAt === null) return 'replied'
  if (redo !== null && redo.repliedAt === null && !isRedoUntold(order)) return 'handling'
  if (order.state === 'closed' || order.state === 'archived') return order.state
  const called = order.callResult === 'missed' ? null : order.calledBackAt
  // A call before the redo was about the first reply.
  if (called === null || (redo !== null && redo.repliedAt !== null && called < redo.repliedAt))
    return 'reviewed'
  const underway = order.state === 'rated' || order.state === 'screening' || order.state === 'redoing'
  return underway && order.rating === 'dissatisfied' && order.screening?.upheld !== true ? 'rated' : 'closed'
}

/** Returned, and nothing done about it since: it waits for another dispatch. */
export function isReturned(order: Order): boolean {
  const { returnedAt, dispatchedAt, signedAt, repliedAt } = order
  if (returnedAt === null || dispatchedAt === null || returnedAt < dispatchedAt) return false
  return repliedAt === null && (signedAt === null || signedAt <= returnedAt)
}

/** The redo is over, but the platform does not tell when it was answered: no clock can be made of it. */
export function isRedoUntold({ redo, state, calledBackAt }: Order): boolean {
  if (redo === null || redo.repliedAt !== null) return false
  return state === 'closed' || state === 'archived' || (calledBackAt !== null && calledBackAt > redo.at)
}

/** The last that is known to have happened. */
export function lastMoment(order: Order): Instant {
  const { receivedAt, dispatchedAt, signedAt, extension, returnedAt, repliedAt, acceptedAt } = order
  const { calledBackAt, ratedAt, screening, redo } = order
  const moments = [
    dispatchedAt,
    signedAt,
    extension?.grantedAt,
    returnedAt,
    repliedAt,
    acceptedAt,
    calledBackAt,
    ratedAt,
  ]
  return latest([receivedAt, ...moments, screening?.at, redo?.at, redo?.repliedAt])
}

export function latest([first, ...more]: readonly [Instant, ...(Instant | null | undefined)[]]): Instant {
  return more.reduce<Instant>((last, at) => (at !== null && at !== undefined && at > last ? at : last), first)
}
