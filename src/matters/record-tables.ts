// What is stored on a matter beside its legs: what was answered, asked, rated, decided and noted.
import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  index,
  integer,
  jsonb,
  primaryKey,
  smallint,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { app, bytea, instant } from '../platform/tables.ts'
import { oneOf } from './tables.ts'
import { callResults, ratings, ratingWays, supervisionKinds, textFields } from './terms.ts'

/** Replies of lead and co-handling legs, with their review. */
export const replies = app.table(
  'replies',
  {
    id: uuid('id').primaryKey(),
    matterId: uuid('matter_id').notNull(),
    legId: uuid('leg_id'),
    submittedAt: instant('submitted_at').notNull(),
    submittedBy: uuid('submitted_by').notNull(),
    contactedAt: instant('contacted_at'),
    contactWay: text('contact_way'),
    facts: text('facts').notNull(),
    measures: text('measures').notNull(),
    result: text('result').notNull(),
    nextStep: text('next_step'),
    /** Who in the unit put their name to it before it left. */
    approvedBy: text('approved_by'),
    reviewedAt: instant('reviewed_at'),
    reviewedBy: uuid('reviewed_by'),
    accepted: boolean('accepted'),
    reviewNote: text('review_note'),
  },
  (t) => [index('replies_matter').on(t.matterId, t.submittedAt)],
)

export const extensions = app.table(
  'extensions',
  {
    id: uuid('id').primaryKey(),
    matterId: uuid('matter_id').notNull(),
    legId: uuid('leg_id').notNull(),
    askedAt: instant('asked_at').notNull(),
    askedBy: uuid('asked_by').notNull(),
    reason: text('reason').notNull(),
    /** Working days added to an order, or calendar days added to a petition. */
    workdays: smallint('workdays'),
    days: smallint('days'),
    oldDueAt: instant('old_due_at').notNull(),
    newDueAt: instant('new_due_at').notNull(),
    callerToldAt: instant('caller_told_at'),
    decidedAt: instant('decided_at'),
    decidedBy: uuid('decided_by'),
    granted: boolean('granted'),
    decisionNote: text('decision_note'),
  },
  (t) => [
    index('extensions_matter').on(t.matterId),
    uniqueIndex('extensions_pending')
      .on(t.legId)
      .where(sql`decided_at is null`),
    check('extensions_length', sql`(workdays is null) <> (days is null)`),
    check('extensions_other_person', sql`decided_by is null or decided_by <> asked_by`),
  ],
)

/** Texts as they stood before the event of this number changed them; by whom and when, the event says. */
export const matterTexts = app.table(
  'matter_texts',
  {
    matterId: uuid('matter_id').notNull(),
    seq: integer('seq').notNull(),
    field: text('field').notNull(),
    text: text('text').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.matterId, t.seq, t.field] }),
    check('matter_texts_field', oneOf('field', textFields)),
  ],
)

/** What a merge laid upon the matter that took the other, and what stood there before: put back when it is undone. */
export const mergeHolds = app.table(
  'merge_holds',
  {
    id: uuid('id').primaryKey(),
    matterId: uuid('matter_id').notNull(),
    fromId: uuid('from_id').notNull(),
    at: instant('at').notNull(),
    /** The leg that is bound by the promise of the other, and its own due time and limit. */
    legId: uuid('leg_id'),
    dueAt: instant('due_at'),
    ownDueAt: instant('own_due_at'),
    ownLimit: jsonb('own_limit').$type<{ n: number; unit: string } | null>(),
    /** The superior's deadline that came with the other, and the matter's own. */
    upstreamDueAt: instant('upstream_due_at'),
    ownUpstreamDueAt: instant('own_upstream_due_at'),
    undoneAt: instant('undone_at'),
  },
  (t) => [
    index('merge_holds_matter')
      .on(t.matterId)
      .where(sql`undone_at is null`),
  ],
)

export const returnRequests = app.table(
  'return_requests',
  {
    id: uuid('id').primaryKey(),
    matterId: uuid('matter_id').notNull(),
    legId: uuid('leg_id').notNull(),
    askedAt: instant('asked_at').notNull(),
    askedBy: uuid('asked_by').notNull(),
    reason: text('reason').notNull(),
    suggestedUnitId: uuid('suggested_unit_id'),
    decidedAt: instant('decided_at'),
    decidedBy: uuid('decided_by'),
    granted: boolean('granted'),
    decisionNote: text('decision_note'),
  },
  (t) => [
    index('return_requests_matter').on(t.matterId),
    uniqueIndex('return_requests_pending')
      .on(t.legId)
      .where(sql`decided_at is null`),
    check('return_requests_other_person', sql`decided_by is null or decided_by <> asked_by`),
  ],
)

export const callBacks = app.table(
  'call_backs',
  {
    id: uuid('id').primaryKey(),
    matterId: uuid('matter_id').notNull(),
    at: instant('at').notNull(),
    by: uuid('by_id').notNull(),
    result: text('result').notNull(),
    rating: text('rating'),
    resolved: boolean('resolved'),
    /** How the rating came, where it is told: a call, a text message, the query page, in person. */
    way: text('way'),
    note: text('note'),
  },
  (t) => [
    index('call_backs_matter').on(t.matterId, t.at),
    check('call_backs_result', oneOf('result', callResults)),
    check('call_backs_rating', oneOf('rating', ratings)),
    check('call_backs_way', oneOf('way', ratingWays)),
    check('call_backs_rated', sql`(rating is null) or result = 'reached'`),
  ],
)

/** A screening needs two deciders, and both to uphold it; the rating stays visible whatever they decide. */
export const screenings = app.table(
  'screenings',
  {
    id: uuid('id').primaryKey(),
    matterId: uuid('matter_id').notNull(),
    askedAt: instant('asked_at').notNull(),
    askedBy: uuid('asked_by').notNull(),
    ground: text('ground').notNull(),
    evidence: text('evidence').notNull(),
    firstBy: uuid('first_by'),
    firstAt: instant('first_at'),
    firstUpheld: boolean('first_upheld'),
    firstNote: text('first_note'),
    secondBy: uuid('second_by'),
    secondAt: instant('second_at'),
    secondUpheld: boolean('second_upheld'),
    secondNote: text('second_note'),
    upheld: boolean('upheld'),
  },
  (t) => [
    index('screenings_matter').on(t.matterId),
    uniqueIndex('screenings_pending')
      .on(t.matterId)
      .where(sql`upheld is null`),
    check('screenings_two_people', sql`second_by is null or second_by <> first_by`),
    check(
      'screenings_both',
      sql`upheld is null or (second_by is not null and upheld = (first_upheld and second_upheld))`,
    ),
  ],
)

/** Reminders 催办, supervision 督办, and the steps beyond it. */
export const supervisions = app.table(
  'supervisions',
  {
    id: uuid('id').primaryKey(),
    matterId: uuid('matter_id').notNull(),
    kind: text('kind').notNull(),
    at: instant('at').notNull(),
    by: uuid('by_id').notNull(),
    ground: text('ground'),
    text: text('text').notNull(),
    answerBy: instant('answer_by'),
    /** Who was called in, or who was told. */
    about: text('about'),
    answeredAt: instant('answered_at'),
    answeredBy: uuid('answered_by'),
    answer: text('answer'),
  },
  (t) => [
    index('supervisions_matter').on(t.matterId),
    check('supervisions_kind', oneOf('kind', supervisionKinds)),
  ],
)

/** Persons whom a matter accuses: their names are sealed by the people slice, their accounts never see the matter. */
export const matterAccused = app.table(
  'matter_accused',
  {
    id: uuid('id').primaryKey(),
    matterId: uuid('matter_id').notNull(),
    name: bytea('name').notNull(),
    nameMasked: text('name_masked').notNull(),
    nameBi: bytea('name_bi').notNull(),
    post: text('post'),
    accountId: uuid('account_id'),
    namedAt: instant('named_at').notNull(),
  },
  (t) => [unique('matter_accused_once').on(t.matterId, t.nameBi)],
)

export const notes = app.table(
  'notes',
  {
    id: uuid('id').primaryKey(),
    matterId: uuid('matter_id').notNull(),
    at: instant('at').notNull(),
    by: uuid('by_id').notNull(),
    /** The act that it was written with; null for a note by itself. */
    act: text('act'),
    text: text('text').notNull(),
  },
  (t) => [index('notes_matter').on(t.matterId)],
)
