// What is stored of matters: the matter, its legs, and the index of its words.
import { sql, type SQL } from 'drizzle-orm'
import {
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { app, bytea, instant } from '../platform/tables.ts'
import { channels } from './channels/index.ts'
import { flagsExpression, settledExpression } from './facts.ts'
import { callResults, legOutcomes, ratings, urgencies } from './terms.ts'
import { states } from './workflow.ts'

/** A check that a column holds one of the keys. */
export const oneOf = (column: string, values: Record<string, unknown>): SQL =>
  sql.raw(
    `${column} in (${Object.keys(values)
      .map((v) => `'${v}'`)
      .join(', ')})`,
  )

/** Ends matter numbers; never reset, so numbers are unique without a lock. A rolled-back write leaves a gap. */
export const matterNumbers = app.sequence('matter_numbers')

export const matters = app.table(
  'matters',
  {
    id: uuid('id').primaryKey(),
    no: text('no').notNull().unique(),
    channel: text('channel').notNull(),
    source: text('source').notNull(),
    /** The number of the city platform; the natural key of an imported order. */
    externalNo: text('external_no'),
    state: text('state').notNull(),
    title: text('title').notNull(),
    content: text('content').notNull(),
    category: text('category').notNull(),
    urgency: text('urgency').notNull(),
    topic: text('topic').notNull(),
    regionCode: text('region_code'),
    personId: uuid('person_id'),
    confidential: boolean('confidential').notNull().default(false),
    /** Units that the matter accuses: they and all below them never see it (信访工作条例 art. 30(3)). */
    accusedUnitIds: uuid('accused_unit_ids')
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** Accounts from which the matter is withheld: those it accuses by name, and those who step aside (回避). */
    barredIds: uuid('barred_ids')
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** Every unit that holds or held a leg. */
    unitIds: uuid('unit_ids')
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** Every account that signed, replied or asked for the unit: they may neither review nor call back. */
    handlerIds: uuid('handler_ids')
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** The deadline that a superior fixed for an order: no leg is due later, and none later than the policy says. */
    upstreamDueAt: instant('upstream_due_at'),
    receivedAt: instant('received_at').notNull(),
    registeredAt: instant('registered_at').notNull(),
    registeredBy: uuid('registered_by').notNull(),

    // The first dispatch fixes the day a matter counts on; the lead unit is the one that holds it now.
    dispatchedAt: instant('dispatched_at'),
    dispatchedDay: date('dispatched_day', { mode: 'string' }).generatedAlwaysAs(
      sql.raw(`((dispatched_at at time zone interval '8 hours')::date)`),
    ),
    leadUnitId: uuid('lead_unit_id'),
    leadLegId: uuid('lead_leg_id'),
    binding: boolean('binding').notNull().default(false),
    signDueAt: instant('sign_due_at'),
    signedAt: instant('signed_at'),
    signLateFrom: instant('sign_late_from'),
    /** Effective due of the open lead leg: after granted extensions. */
    dueAt: instant('due_at'),
    provisional: boolean('provisional').notNull().default(false),
    /** The reply under review or accepted; null while the clock runs. */
    submittedAt: instant('submitted_at'),
    /** The earliest moment from which any lead leg is late; an open leg's due until it is stopped in time. */
    lateFrom: instant('late_from'),
    // The same of the present lead leg alone: what a unit is charged with, whatever others did to the matter before.
    leadLateFrom: instant('lead_late_from'),
    leadSignedAt: instant('lead_signed_at'),
    leadSignLateFrom: instant('lead_sign_late_from'),
    doneAt: instant('done_at'),
    firstRepliedAt: instant('first_replied_at'),
    firstAcceptedAt: instant('first_accepted_at'),
    firstOnTime: boolean('first_on_time'),
    contactedAt: instant('contacted_at'),
    contactedOnTime: boolean('contacted_on_time'),
    extendedAt: instant('extended_at'),
    returnedAt: instant('returned_at'),
    returns: smallint('returns').notNull().default(0),
    redoneAt: instant('redone_at'),
    missedCalls: smallint('missed_calls').notNull().default(0),
    calledBackAt: instant('called_back_at'),
    callResult: text('call_result'),
    rating: text('rating'),
    ratedAt: instant('rated_at'),
    resolved: boolean('resolved'),
    screenedOutAt: instant('screened_out_at'),
    mergedIntoId: uuid('merged_into_id'),
    mergedAt: instant('merged_at'),
    withdrawnAt: instant('withdrawn_at'),
    /** The state that unmerging restores. */
    stateBefore: text('state_before'),
    /** The day that it was done, merged or withdrawn, whichever came first, and none before it came. */
    leftDay: date('left_day', { mode: 'string' }).generatedAlwaysAs(
      sql.raw(
        `(case when dispatched_at is not null and coalesce(done_at, merged_at, withdrawn_at) is not null
          then (greatest(dispatched_at, least(done_at, merged_at, withdrawn_at)) at time zone interval '8 hours')::date end)`,
      ),
    ),
    endedAt: instant('ended_at'),
    endReason: text('end_reason'),
    publicReply: text('public_reply'),
    importId: uuid('import_id'),
    /** Bits of `facts.ts`: a narrow column for counting. */
    flags: integer('flags')
      .notNull()
      .generatedAlwaysAs(sql.raw(`(${flagsExpression})`)),

    settledAt: instant('settled_at').generatedAlwaysAs(sql.raw(`(${settledExpression})`)),

    version: integer('version').notNull(),
    /** Head of the matter's event chain. */
    seq: integer('seq').notNull(),
    head: bytea('head').notNull(),
  },
  (t) => [
    check('matters_state', oneOf('state', states)),
    check('matters_channel', oneOf('channel', channels)),
    check('matters_urgency', oneOf('urgency', urgencies)),
    check('matters_rating', oneOf('rating', ratings)),
    check('matters_call_result', oneOf('call_result', callResults)),
    uniqueIndex('matters_external')
      .on(t.source, t.externalNo)
      .where(sql`external_no is not null`),
    index('matters_open')
      .on(t.leadUnitId, t.dueAt, t.id)
      .where(sql`state in ('assigned', 'returning', 'handling', 'routed', 'objecting')`),
    index('matters_received').on(t.receivedAt, t.id),
    /** What is under way, and the day that the rest left: the stock of every day by what went since. */
    index('matters_standing')
      .on(t.channel, t.dispatchedDay, t.leadUnitId)
      .where(sql`dispatched_day is not null and left_day is null`),
    index('matters_left')
      .on(t.channel, t.leftDay, t.leadUnitId)
      .where(sql`left_day is not null`),
    index('matters_state_received').on(t.state, t.receivedAt, t.id),
    index('matters_unit_received').on(t.leadUnitId, t.receivedAt, t.id),
    index('matters_person').on(t.personId),
    index('matters_units').using('gin', t.unitIds),
    index('matters_merged')
      .on(t.mergedIntoId)
      .where(sql`merged_into_id is not null`),
    /** Covers the recount: one index-only pass over the days asked for; with the id also the lists behind its counts. */
    index('matters_count').on(
      t.dispatchedDay,
      t.leadUnitId,
      t.channel,
      t.flags,
      t.lateFrom,
      t.signLateFrom,
      t.leadLateFrom,
      t.leadSignLateFrom,
      t.settledAt,
      t.topic,
      t.id,
    ),
    /** What is no order: few beside the orders, and looked for by the day it came. */
    index('matters_channel_received')
      .on(t.channel, t.receivedAt)
      .where(sql`channel <> 'hotline'`),
    /** Covers the matters with legs besides the present lead leg: the recount looks at those legs one by one. */
    index('matters_shared')
      .on(
        t.dispatchedDay,
        t.lateFrom,
        t.id,
        t.leadUnitId,
        t.channel,
        t.flags,
        t.signLateFrom,
        t.leadLateFrom,
        t.leadSignLateFrom,
      )
      .where(sql`cardinality(unit_ids) > 1 or late_from is distinct from lead_late_from`),
    index('matters_accused')
      .using('gin', t.accusedUnitIds)
      .where(sql`accused_unit_ids <> '{}'`),
    index('matters_barred')
      .using('gin', t.barredIds)
      .where(sql`barred_ids <> '{}'`),
    index('matters_import')
      .on(t.importId)
      .where(sql`import_id is not null`),
  ],
)

export const legs = app.table(
  'legs',
  {
    id: uuid('id').primaryKey(),
    matterId: uuid('matter_id').notNull(),
    no: smallint('no').notNull(),
    role: text('role').notNull(),
    /**
     * Why it was opened: dispatch, redispatch, redo, co; of petitions the clock it is: route, accept, handle, feedback, review.
     * Of orders route is the office's own, where it let a superior's deadline pass.
     */
    kind: text('kind').notNull(),
    unitId: uuid('unit_id').notNull(),
    dispatchedAt: instant('dispatched_at').notNull(),
    policy: text('policy').notNull(),
    /** The promise, as `policies.ts` had it: {n, unit}; null when the platform fixed the due time. */
    limit: jsonb('time_limit').$type<{ n: number; unit: string } | null>(),
    signDueAt: instant('sign_due_at').notNull(),
    signedAt: instant('signed_at'),
    /** As promised at dispatch. */
    dueAt: instant('due_at').notNull(),
    /** After granted extensions and calendar changes. */
    effectiveDueAt: instant('effective_due_at').notNull(),
    provisional: boolean('provisional').notNull().default(false),
    /** The reply under review or accepted. */
    submittedAt: instant('submitted_at'),
    /** When the clock stopped: the accepted reply's submission, the return, the merge, the termination. */
    stoppedAt: instant('stopped_at'),
    outcome: text('outcome'),
    extensions: smallint('extensions').notNull().default(0),
    warnedAt: instant('warned_at'),
    redAt: instant('red_at'),
    overdueAt: instant('overdue_at'),
    imported: boolean('imported').notNull().default(false),
    /** Late from here on: the due time, unless the clock stopped by then. */
    lateFrom: timestamp('late_from', { withTimezone: true, mode: 'string' }).generatedAlwaysAs(
      sql.raw(
        `(case when coalesce(stopped_at, submitted_at) <= effective_due_at then null else effective_due_at end)`,
      ),
    ),
    signLateFrom: timestamp('sign_late_from', { withTimezone: true, mode: 'string' }).generatedAlwaysAs(
      sql.raw(`(case when coalesce(signed_at, stopped_at) <= sign_due_at then null else sign_due_at end)`),
    ),
  },
  (t) => [
    unique('legs_no').on(t.matterId, t.no),
    check('legs_role', sql`role in ('lead', 'co')`),
    check(
      'legs_kind',
      sql`kind in ('dispatch', 'redispatch', 'redo', 'co', 'route', 'accept', 'handle', 'feedback', 'review')`,
    ),
    check('legs_outcome', oneOf('outcome', legOutcomes)),
    check('legs_closed', sql`(outcome is null) = (stopped_at is null)`),
    index('legs_open')
      .on(t.unitId, t.effectiveDueAt, t.matterId)
      .where(sql`outcome is null`),
    /** What the sweep looks for: open legs by due time. */
    index('legs_due')
      .on(t.effectiveDueAt, t.id)
      .where(sql`outcome is null and submitted_at is null`),
    /** Late legs, and open ones that may become so: they stay in their units' figures, whoever holds the matter. */
    index('legs_late')
      .on(t.matterId, t.role, t.unitId, t.lateFrom)
      .where(sql`late_from is not null`),
  ],
)

/** Two-character grams of what `search.ts` names, answers included: full text that finds 扰民 in 噪声扰民. Rebuilt by a job. */
export const matterSearch = app.table(
  'matter_search',
  { matterId: uuid('matter_id').primaryKey(), grams: text('grams').array().notNull() },
  (t) => [index('matter_search_grams').using('gin', t.grams)],
)

/** By which citizens find their own matters: blind indexes of query codes, with the tries that failed. */
export const queryCodes = app.table('query_codes', {
  matterId: uuid('matter_id').primaryKey(),
  codeBi: bytea('code_bi').notNull().unique('query_codes_code'),
  fails: smallint('fails').notNull().default(0),
  lockedUntil: instant('locked_until'),
})
