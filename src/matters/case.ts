// A matter as the rules see it: its row, its legs, what is pending; and what an act changes.
import type { InferInsertModel, InferSelectModel } from 'drizzle-orm'
import type { z } from 'zod'
import type { Calendar } from '../calendar/days.ts'
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import type { EventData } from '../platform/events.ts'
import type { records } from './records.ts'
import type * as tables from './tables.ts'
import type { State } from './workflow.ts'

export type Matter = Omit<InferSelectModel<typeof tables.matters>, 'state'> & { state: State }
export type MatterPatch = Partial<
  Omit<InferInsertModel<typeof tables.matters>, 'id' | 'state' | 'version' | 'seq' | 'head'>
>
export type Leg = InferSelectModel<typeof tables.legs>
export type NewLeg = InferInsertModel<typeof tables.legs>
export type LegPatch = Partial<Omit<NewLeg, 'id' | 'matterId'>>

type Records = typeof records

export type Extension = InferSelectModel<Records['extensions']>
export type ReturnRequest = InferSelectModel<Records['returnRequests']>
export type Screening = InferSelectModel<Records['screenings']>
export type Reply = InferSelectModel<Records['replies']>
export type Petition = InferSelectModel<Records['petitions']>
export type Visit = InferSelectModel<Records['visits']>
export type Supervision = InferSelectModel<Records['supervisions']>
export type Escalation = InferSelectModel<Records['escalations']>
export type Opinion = InferSelectModel<Records['opinions']>

/** Everything that deciding an act needs, read under the lock of the matter's row. */
export interface Case {
  matter: Matter
  legs: Leg[]
  /** What waits for a decision; at most one of each. */
  extension: Extension | null
  returnRequest: ReturnRequest | null
  screening: Screening | null
  /** The lead unit's reply under review. */
  reply: Reply | null
  /** The procedure of a petition or review. */
  petition: Petition | null
  /** Of a review or recheck: who handled, wrote or approved what it is about. Read with the procedure. */
  earlierIds: readonly string[]
  /** It, what it repeats or is confirmed to be, was concluded by recheck. Read with the procedure. */
  concluded: boolean
  /** Whether a visit skips a level; null of all else. Read with the procedure. */
  skipLevel: boolean | null
  /** A review or recheck of it was asked for and has not ended. Read with the procedure. */
  underReview: boolean
  /** The opinion under review. */
  opinion: Opinion | null
  /** Supervision 督办 and further steps that wait for the unit's answer. */
  supervisions: Supervision[]
  /** Working days that were granted, by the legs and those they continue. */
  granted: Granted[]
  /** What others that were merged into it laid upon it. */
  holds: MergeHold[]
  /** Whether the present rating went through a screening already. */
  screenedBefore: boolean
}

export type MergeHold = InferSelectModel<Records['mergeHolds']>
export type Granted = Pick<Leg, 'role' | 'unitId' | 'dispatchedAt'> & { workdays: number }

/** The parts of a case that only some acts ask for. */
export type Pending =
  | 'calendar'
  | 'extension'
  | 'returnRequest'
  | 'screening'
  | 'reply'
  | 'petition'
  | 'opinion'
  | 'supervisions'
  | 'granted'
  | 'holds'

/** A unit that a matter may be sent to. */
export interface Receiver {
  id: string
  name: string
  /** The unit and all above it. */
  path: readonly string[]
  active: boolean
  /** It is the office itself, above all others. */
  office: boolean
  successor: string | null
}

/** The world around an act; everything that is not on the matter itself. */
export interface Setting {
  now: Instant
  actor: Actor
  /** Read for the acts that compute deadlines. */
  calendar?: Calendar | undefined
  /** Units that the input names, by id. */
  receivers: ReadonlyMap<string, Receiver>
  /** The other matter that the act touches; of a merge that is undone, also what took that one, and so on. */
  others: readonly Case[]
  newId(): string
}

type Several<Row> = Row | readonly Row[]
type Inserts = { [T in keyof Records]?: Several<InferInsertModel<Records[T]>> }

/** What an act does to one matter. The state follows from the workflow table, never from here, unless it names several. */
export interface Change {
  /** One of the transition's states where it names several. */
  to?: State
  matter: MatterPatch
  openLegs?: NewLeg[]
  legs?: { id: string; patch: LegPatch }[]
  insert?: Inserts
  update?: {
    [T in keyof Records]?: Several<{ id: string; patch: Partial<InferInsertModel<Records[T]>> }>
  }
  /** Facts for the timeline; no personal data. */
  /** For the event; `from` and `to` are the states, which every event tells. */
  data?: EventData & { from?: never; to?: never }
  /** Other matters of a merge change with it. */
  others?: readonly (Omit<Change, 'others'> & { of: Case; event: string })[]
}

/** One act's input and effect; throws a Problem where the rules refuse. */
export interface ActRule<Input extends z.ZodType = z.ZodType> {
  input: Input
  change(subject: Case, input: z.output<Input>, setting: Setting): Change
  /** What of the case is read besides the matter and its legs. */
  needs?: readonly Pending[]
  /** Ids of units that the input names, so that they can be read beforehand. */
  receivers?(input: z.output<Input>): string[]
  /** Ids of units that the matter itself names, where the rule must know what stands above them. */
  units?(subject: Case, input: z.output<Input>, other: Case | null): readonly string[]
  /** Id of another matter that the act also touches, and the member of the input that names it (intoId). */
  other?(input: z.output<Input>): string
  otherField?: string
  /** The act also touches what this one was merged into, and what that was, up to the one that handles all. */
  ofMerged?: true
}

/** The calendar of an act that declares its need of it. */
export function calendarOf({ calendar }: Setting): Calendar {
  if (calendar === undefined) throw new Error('the act must declare that it needs the calendar')
  return calendar
}

/** Fixes the input's type for the rule that follows. */
export function actRule<Input extends z.ZodType>(rule: ActRule<Input>): ActRule<Input> {
  return rule
}

/** What a matter's row holds before anything happened to it. */
const blank = {
  unitIds: [],
  accusedUnitIds: [],
  barredIds: [],
  handlerIds: [],
  dispatchedAt: null,
  signDueAt: null,
  signedAt: null,
  submittedAt: null,
  firstRepliedAt: null,
  redoneAt: null,
  returnedAt: null,
  returns: 0,
  binding: false,
  upstreamDueAt: null,
}

/** A case of a matter to which nothing happened yet, for the rules that read it. */
export function newCase(matter: object): Case {
  return {
    matter: { ...blank, ...matter } as unknown as Matter,
    legs: [],
    extension: null,
    returnRequest: null,
    screening: null,
    reply: null,
    petition: null,
    earlierIds: [],
    concluded: false,
    underReview: false,
    skipLevel: null,
    opinion: null,
    supervisions: [],
    granted: [],
    holds: [],
    screenedBefore: false,
  }
}
