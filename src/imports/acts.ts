// The history that a row tells, as lines for the timeline: acts of the workflow with their moments. Pure.
import type { Instant } from '../platform/clock.ts'
import type { Act } from '../matters/workflow.ts'
import type { Order } from './order.ts'

/** Units by id, codes as in `terms.ts`; nothing personal and no free text. */
export interface ActLine {
  act: Act | 'register'
  at: Instant
  unitId?: string
  dueAt?: Instant
  rating?: string
  result?: string
}

/** In the order in which it happened. */
export function actsOf(order: Order): ActLine[] {
  const { extension, redo, screening } = order
  const lines: (ActLine | null)[] = [
    { act: 'register', at: order.receivedAt },
    line('dispatch', order.dispatchedAt, {
      ...(order.leadUnitId === null ? {} : { unitId: order.leadUnitId }),
      ...(order.promise === null ? {} : { dueAt: order.promise.dueAt }),
    }),
    line('grant-return', order.returnedAt),
    line('sign', order.signedAt),
    line('ask-extension', extension?.askedAt),
    line('grant-extension', extension?.grantedAt, extension === null ? {} : { dueAt: extension.newDueAt }),
    line(order.dispatchedAt === null ? 'direct-reply' : 'reply', order.repliedAt),
    order.dispatchedAt === null ? null : line('approve', order.acceptedAt),
    line('call-back', order.calledBackAt, {
      ...(order.callResult === null ? {} : { result: order.callResult }),
      ...(order.rating === null ? {} : { rating: order.rating }),
    }),
    line(
      'screen',
      screening?.at,
      screening === null ? {} : { result: screening.upheld ? 'upheld' : 'rejected' },
    ),
    line('redo', redo?.at, redo === null ? {} : { dueAt: redo.promise.dueAt }),
    line('reply', redo?.repliedAt),
  ]
  const told = lines.filter((each) => each !== null)
  return told.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

function line(
  act: ActLine['act'],
  at: Instant | null | undefined,
  more: Partial<ActLine> = {},
): ActLine | null {
  return at === null || at === undefined ? null : { act, at, ...more }
}
