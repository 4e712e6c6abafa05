// What is stored of petitions beside the matter itself: the procedure, the visit, who else is on it, what lists from above say.
import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  date,
  index,
  integer,
  primaryKey,
  smallint,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { app, instant } from '../platform/tables.ts'
import {
  competentLevels,
  deliveryReceipts,
  deliveryWays,
  matterClasses,
  opinionOutcomes,
  receptionKinds,
  reviewIntakes,
  reviewResults,
  venues,
  visitLevels,
  visitModes,
} from './petition-terms.ts'
import { regimes } from './regimes.ts'
import { oneOf } from './tables.ts'

/** The procedure of one petition or review; the id is the matter's. */
export const petitions = app.table(
  'petitions',
  {
    id: uuid('id').primaryKey(),
    /** The law under which it was registered; it governs every clock. */
    regime: text('regime').notNull(),
    matterClass: text('matter_class'),
    /** 联名信: how many signed; null for a letter of one. */
    signatories: integer('signatories'),
    anonymous: boolean('anonymous').notNull().default(false),
    /** 初次信访 as this office counts it: no earlier matter of the person on the same thing was named. */
    officeFirst: boolean('office_first').notNull().default(true),
    /** 全国初次, as the national system tells it. */
    nationalFirst: boolean('national_first'),
    repeatOfId: uuid('repeat_of_id'),
    /** The deadline that a superior fixed. */
    upstreamDueAt: instant('upstream_due_at'),
    route: text('route'),
    reportedTo: text('reported_to'),
    assignedAt: instant('assigned_at'),
    feedbackDueAt: instant('feedback_due_at'),
    fedBackAt: instant('fed_back_at'),
    /** The acceptance decision and when it was made. */
    decidedAt: instant('decided_at'),
    acceptedAt: instant('accepted_at'),
    declineGround: text('decline_ground'),
    simple: boolean('simple').notNull().default(false),
    prolongedDays: smallint('prolonged_days').notNull().default(0),
    hearingFrom: date('hearing_from', { mode: 'string' }),
    /** While a hearing runs the last day planned; then that of the last one that has ended: no day counts twice. */
    hearingTo: date('hearing_to', { mode: 'string' }),
    hearingDays: smallint('hearing_days').notNull().default(0),
    opinionNo: text('opinion_no').unique('petitions_opinion_no'),
    opinionOutcome: text('opinion_outcome'),
    issuedAt: instant('issued_at'),
    deliveredAt: instant('delivered_at'),
    deliveryWay: text('delivery_way'),
    deliveryReceipt: text('delivery_receipt'),
    /** Reviews: the petition or review that it is about, and the first of the chain. */
    parentId: uuid('parent_id'),
    rootId: uuid('root_id'),
    /** 复查机关, 复核机关: who decides it, above whoever gave the opinion; null: the office, as before it was told. */
    organ: text('organ'),
    intake: text('intake'),
    reviewResult: text('review_result'),
    /** 三级终结: the recheck opinion has been given; the same facts are no longer accepted. */
    final: boolean('final').notNull().default(false),
  },
  (t) => [
    check('petitions_regime', oneOf('regime', regimes)),
    check('petitions_class', oneOf('matter_class', matterClasses)),
    check('petitions_outcome', oneOf('opinion_outcome', opinionOutcomes)),
    check('petitions_way', oneOf('delivery_way', deliveryWays)),
    check('petitions_receipt', oneOf('delivery_receipt', deliveryReceipts)),
    check('petitions_intake', oneOf('intake', reviewIntakes)),
    check('petitions_result', oneOf('review_result', reviewResults)),
    check('petitions_signatories', sql`signatories >= 2`),
    check('petitions_prolonged', sql`prolonged_days between 0 and 30`),
    check('petitions_delivered', sql`delivered_at is null or issued_at is not null`),
    check('petitions_organ', sql`organ is null or parent_id is not null`),
    check('petitions_chain', sql`(parent_id is null) = (root_id is null) and parent_id <> id`),
    index('petitions_root')
      .on(t.rootId)
      .where(sql`root_id is not null`),
    index('petitions_parent')
      .on(t.parentId)
      .where(sql`parent_id is not null`),
    index('petitions_repeat')
      .on(t.repeatOfId)
      .where(sql`repeat_of_id is not null`),
  ],
)

/** Handling opinions 处理意见书 and those of reviews, as submitted, with their approval. */
export const opinions = app.table(
  'opinions',
  {
    id: uuid('id').primaryKey(),
    matterId: uuid('matter_id').notNull(),
    legId: uuid('leg_id').notNull(),
    claim: text('claim').notNull(),
    facts: text('facts').notNull(),
    basis: text('basis').notNull(),
    opinion: text('opinion').notNull(),
    /** An outcome of `opinionOutcomes`, for reviews of `reviewResults`. */
    outcome: text('outcome').notNull(),
    submittedAt: instant('submitted_at').notNull(),
    submittedBy: uuid('submitted_by').notNull(),
    reviewedAt: instant('reviewed_at'),
    reviewedBy: uuid('reviewed_by'),
    accepted: boolean('accepted'),
    reviewNote: text('review_note'),
  },
  (t) => [
    index('opinions_matter').on(t.matterId, t.submittedAt),
    uniqueIndex('opinions_pending')
      .on(t.matterId)
      .where(sql`reviewed_at is null`),
    check('opinions_outcome', oneOf('outcome', { ...opinionOutcomes, ...reviewResults })),
    check('opinions_other_person', sql`reviewed_by is null or reviewed_by <> submitted_by`),
  ],
)

/** One visit: a batch of people who came together; the id is the matter's. */
export const visits = app.table(
  'visits',
  {
    id: uuid('id').primaryKey(),
    /** The day on which they came (Asia/Shanghai): what visits are counted by. */
    day: date('day', { mode: 'string' }).notNull(),
    /** 人次: everybody present. */
    personCount: integer('person_count').notNull(),
    /** 涉及人数: whom the matter concerns, present or not. */
    involvedCount: integer('involved_count'),
    /** By the threshold that held at registration: figures do not move when the setting does. */
    collective: boolean('collective').notNull(),
    level: text('level').notNull(),
    competentLevel: text('competent_level').notNull(),
    skipLevel: boolean('skip_level').notNull(),
    venue: text('venue').notNull(),
    mode: text('mode').notNull(),
    /** The number on the list of the superior who told us; own visits have none. */
    listNo: text('list_no'),
    listDay: date('list_day', { mode: 'string' }),
    receptionKind: text('reception_kind'),
    leaderName: text('leader_name'),
    leaderPost: text('leader_post'),
    leaderOpinion: text('leader_opinion'),
    place: text('place'),
  },
  (t) => [
    check('visits_level', oneOf('level', visitLevels)),
    check('visits_competent', oneOf('competent_level', competentLevels)),
    check('visits_venue', oneOf('venue', venues)),
    check('visits_mode', oneOf('mode', visitModes)),
    check('visits_reception', oneOf('reception_kind', receptionKinds)),
    check('visits_leader', sql`(reception_kind is null) = (leader_name is null)`),
    check('visits_people', sql`person_count >= 1 and (involved_count is null or involved_count >= 1)`),
    check('visits_collective', sql`not collective or person_count >= 2`),
    unique('visits_list').on(t.level, t.listNo),
    index('visits_day').on(t.day, t.level),
  ],
)

/** Representatives of a visit besides the one on the matter itself; five in all at most. */
export const matterPeople = app.table(
  'matter_people',
  { matterId: uuid('matter_id').notNull(), personId: uuid('person_id').notNull() },
  (t) => [primaryKey({ columns: [t.matterId, t.personId] }), index('matter_people_person').on(t.personId)],
)

/** What a superior's list says of a month, held against our records. */
export const visitLists = app.table(
  'visit_lists',
  {
    id: uuid('id').primaryKey(),
    /** First day of the month. */
    month: date('month', { mode: 'string' }).notNull(),
    level: text('level').notNull(),
    source: text('source').notNull(),
    batches: integer('batches').notNull(),
    persons: integer('persons').notNull(),
    collectiveBatches: integer('collective_batches').notNull(),
    collectivePersons: integer('collective_persons').notNull(),
    enteredAt: instant('entered_at').notNull(),
    enteredBy: uuid('entered_by').notNull(),
    reconciledAt: instant('reconciled_at'),
    reconciledBy: uuid('reconciled_by'),
    note: text('note'),
    version: integer('version').notNull().default(1),
  },
  (t) => [
    unique('visit_lists_month').on(t.level, t.month),
    check('visit_lists_level', oneOf('level', visitLevels)),
    check('visit_lists_month_first', sql`extract(day from month) = 1`),
    check(
      'visit_lists_counts',
      sql`persons >= batches and collective_batches between 0 and batches and collective_persons between 0 and persons`,
    ),
  ],
)
