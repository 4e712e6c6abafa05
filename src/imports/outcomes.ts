// What came of an order: the reply and its review, the call-back with its rating, screening, the platform's state. Pure.
import { safeValue } from '../people/safe-values.ts'
import type { Instant } from '../platform/clock.ts'
import type {} from './findings.ts'
import type { Order, Screening } from './order.ts'
import type { RowReader } from './readers.ts'
import type { Times } from './times.ts'
import { platformStates, words, type PlatformState } from './words.ts'

export type Settled = Pick<Order, 'calledBackAt' | 'callResult' | 'rating' | 'ratedAt' | 'resolved'>

export function readReply(reader: RowReader, times: Times): string | null {
  const reply = reader.text('reply')
  if (reply !== null && times.repliedAt === null) reader.warn('reply', 'reply/without-time')
  return times.repliedAt === null ? null : reply
}

/** Without a column of reviews the platform's reply is one that it has let pass. */
export function readAcceptance(
  reader: RowReader,
  times: Times,
  calledBackAt: Instant | null,
  state: PlatformState | null,
): Instant | null {
  const { repliedAt, reviewedAt } = times
  if (repliedAt === null) return null
  if (reviewedAt !== null) return reviewedAt
  const settled = calledBackAt !== null || state === 'closed' || state === 'archived' || state === 'reviewed'
  const waits = state === 'replied' || reader.has('reviewedAt')
  return waits && !settled ? null : repliedAt
}

export function readRating(reader: RowReader, times: Times): Settled {
  const none: Settled = { calledBackAt: null, callResult: null, rating: null, ratedAt: null, resolved: null }
  const rating = readWord(reader, 'rating', words.rating) ?? ratingOfCall(reader)
  const told = readWord(reader, 'callResult', words.callResult)
  const resolved = reader.flag('resolved')
  if (rating === null && told === null && times.calledBackAt === null) return none
  if (times.repliedAt === null) {
    reader.fail(
      rating === null ? 'calledBackAt' : 'rating',
      rating === null ? 'call/without-reply' : 'rating/without-reply',
    )
    return none
  }
  if (rating !== null && told !== null && told !== 'reached') {
    reader.fail('rating', 'rating/not-reached')
    return none
  }
  const callResult = told ?? 'reached'
  const calledBackAt = times.calledBackAt ?? times.ratedAt ?? times.repliedAt
  if (times.calledBackAt === null && times.ratedAt === null) {
    reader.warn(
      rating === null ? 'calledBackAt' : 'ratedAt',
      rating === null ? 'call/time-missing' : 'rating/time-missing',
    )
  }
  return {
    calledBackAt,
    callResult,
    rating,
    ratedAt: rating === null ? null : (times.ratedAt ?? calledBackAt),
    resolved: callResult === 'reached' ? resolved : null,
  }
}

/** Some platforms write the rating where others tell how the call went. */
function ratingOfCall(reader: RowReader): Settled['rating'] {
  const found = words.rating(reader.code('callResult') ?? '')
  return found === undefined || found === '' ? null : found
}

export function readScreening(reader: RowReader, times: Times, settled: Settled): Screening | null {
  const result = readWord(reader, 'screening', words.screening)
  const reason = reader.text('screeningReason')
  if (result === null) return null
  if (settled.rating !== 'dissatisfied' || settled.ratedAt === null) {
    reader.warn('screening', 'screening/without-rating')
    return null
  }
  return { upheld: result === 'upheld', at: times.screenedAt ?? settled.ratedAt, reason }
}

/** Which times a state presumes (true) or excludes (false). */
const presumed: Record<PlatformState, Partial<Record<keyof Times, boolean>>> = {
  registered: { dispatchedAt: false },
  assigned: { dispatchedAt: true, signedAt: false, repliedAt: false },
  handling: { dispatchedAt: true, repliedAt: false },
  replied: { repliedAt: true },
  reviewed: { repliedAt: true },
  rated: { repliedAt: true },
  screening: { repliedAt: true },
  redoing: { redoAt: true },
  closed: { repliedAt: true },
  archived: { repliedAt: true },
  returned: { returnedAt: true },
  withdrawn: {},
}

export function readState(reader: RowReader, times: Times): PlatformState | null {
  const text = reader.code('state')
  if (text === null) return null
  const state = words.state(text)
  if (state === undefined) {
    reader.warn('state', 'word/state-unknown', safeValue(text))
    return null
  }
  if (state === '') return null
  const facts = Object.entries(presumed[state]) as [keyof Times, boolean][]
  if (facts.every(([field, there]) => (times[field] !== null) === there)) return state
  reader.warn('state', 'state/contradicts', platformStates[state])
  return null
}

function readWord<M extends string>(
  reader: RowReader,
  field: 'rating' | 'callResult' | 'screening',
  find: (text: string) => M | '' | undefined,
): M | null {
  const text = reader.code(field)
  if (text === null) return null
  const found = find(text)
  if (found === undefined) reader.fail(field, 'value/unknown-word', safeValue(text), safeValue(text))
  return found === undefined || found === '' ? null : found
}
