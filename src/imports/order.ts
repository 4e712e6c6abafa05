// An order of the city platform as one row tells it: read, checked, with units and deadlines found; nothing stored yet.
import type { Limit } from '../calendar/rules.ts'
import type { Instant } from '../platform/clock.ts'
import type { CallResult, Rating, Topic, Urgency } from '../matters/terms.ts'
import type { Category, PlatformState } from './words.ts'

export interface Order {
  externalNo: string
  receivedAt: Instant
  /** Null together with the unit: not dispatched to the district yet, or answered at the desk. */
  dispatchedAt: Instant | null
  leadUnitId: string | null
  coUnitIds: string[]
  accusedUnitIds: string[]
  /** Null when the row does not tell; what follows then stands in `history.ts`. */
  category: Category | null
  urgency: Urgency | null
  topic: Topic | null
  /** At least one of them; a new matter takes the other from it. */
  title: string | null
  content: string | null
  confidential: boolean | null
  regionCode: string | null
  /** The deadlines that the platform gives. */
  givenSignDueAt: Instant | null
  givenDueAt: Instant | null
  /** What holds: the platform's deadlines, else those of the policy. Null when not dispatched. */
  promise: Promise | null
  signedAt: Instant | null
  contactedAt: Instant | null
  extension: Extension | null
  returnedAt: Instant | null
  returnReason: string | null
  repliedAt: Instant | null
  reply: string | null
  /** When the platform accepted the reply; null while it waits for review. */
  acceptedAt: Instant | null
  /** Null: no call-back yet. Missed calls have a result and no rating. */
  calledBackAt: Instant | null
  callResult: CallResult | null
  rating: Rating | null
  ratedAt: Instant | null
  resolved: boolean | null
  screening: Screening | null
  redo: Redo | null
  /** What the platform calls its state; only decides what the times leave open. */
  state: PlatformState | null
}

/** What the units were to do by when. */
export interface Promise {
  policy: string
  /** Null when the platform fixed the due time. */
  limit: Limit | null
  signDueAt: Instant
  dueAt: Instant
  /** For co-handling units, who answer before the lead unit must. */
  coDueAt: Instant
  provisional: boolean
}

/** A granted extension. */
export interface Extension {
  askedAt: Instant | null
  grantedAt: Instant
  oldDueAt: Instant
  newDueAt: Instant
  /** Working days between the two. */
  workdays: number
  reason: string | null
  /** Asked after the old due, or granted after it without a known asking: it is kept, and moves nothing. */
  tooLate: boolean
}

export interface Screening {
  upheld: boolean
  at: Instant
  reason: string | null
}

export interface Redo {
  at: Instant
  promise: Promise
  repliedAt: Instant | null
}

/** Who called, in one form; never stored or logged unsealed. */
export interface Caller {
  name: string | null
  phone: string | null
  idNo: string | null
  address: string | null
}
