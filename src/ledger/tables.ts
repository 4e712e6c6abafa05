// What the dispute ledger stores: campaigns, items with their dated statuses, leaders, progress, strike-offs and linked matters.
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
import { oneOf } from '../matters/tables.ts'
import { app, instant } from '../platform/tables.ts'
import { convenorRanks, meetingKinds } from './terms.ts'
import { evidenceKinds, levels, statuses } from './workflow.ts'

/** Ends the numbers of items and meetings. */
export const ledgerNumbers = app.sequence('ledger_numbers')

/** 大排查、大起底、大化解 and the like. */
export const campaigns = app.table(
  'campaigns',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull().unique('campaigns_name'),
    fromDay: date('from_day', { mode: 'string' }).notNull(),
    toDay: date('to_day', { mode: 'string' }),
    discipline: text('discipline'),
    createdAt: instant('created_at').notNull(),
  },
  () => [check('campaigns_period', sql`to_day is null or to_day >= from_day`)],
)

/** One dispute: a matter, never a person. `involved` is a number of people and nothing more is kept of them. */
export const ledgerItems = app.table(
  'ledger_items',
  {
    id: uuid('id').primaryKey(),
    no: text('no').notNull().unique('ledger_items_no'),
    campaignId: uuid('campaign_id').references(() => campaigns.id),
    foundDay: date('found_day', { mode: 'string' }).notNull(),
    foundByUnitId: uuid('found_by_unit_id').notNull(),
    regionCode: text('region_code'),
    title: text('title').notNull(),
    demand: text('demand').notNull(),
    involved: integer('involved').notNull(),
    groupTag: text('group_tag').notNull(),
    topic: text('topic').notNull(),
    level: text('level').notNull(),
    status: text('status').notNull(),
    leadUnitId: uuid('lead_unit_id').notNull(),
    territorialUnitId: uuid('territorial_unit_id').notNull(),
    plan: text('plan'),
    planDue: date('plan_due', { mode: 'string' }),
    /** When continued attention or territorial responsibility must be looked at again. */
    reviewDay: date('review_day', { mode: 'string' }),
    registeredAt: instant('registered_at').notNull(),
    registeredBy: uuid('registered_by').notNull(),
    version: integer('version').notNull().default(1),
  },
  (t) => [
    check('ledger_items_status', oneOf('status', statuses)),
    check('ledger_items_level', oneOf('level', levels)),
    check('ledger_items_involved', sql`involved >= 1`),
    check('ledger_items_plan', sql`status <> 'plan-advancing' or plan is not null`),
    check('ledger_items_review', sql`status not in ('watch', 'territorial') or review_day is not null`),
    index('ledger_items_page').on(t.foundDay, t.id),
    index('ledger_items_lead').on(t.leadUnitId),
    index('ledger_items_territory').on(t.territorialUnitId),
  ],
)

/** The status and level of an item from a moment on: what was so in mid-November can be counted for ever. */
export const ledgerStatuses = app.table(
  'ledger_statuses',
  {
    itemId: uuid('item_id')
      .notNull()
      .references(() => ledgerItems.id),
    n: smallint('n').notNull(),
    at: instant('at').notNull(),
    status: text('status').notNull(),
    level: text('level').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.itemId, t.n] }),
    check('ledger_statuses_status', oneOf('status', statuses)),
    check('ledger_statuses_level', oneOf('level', levels)),
  ],
)

export const caseLeaders = app.table(
  'case_leaders',
  {
    id: uuid('id').primaryKey(),
    itemId: uuid('item_id')
      .notNull()
      .references(() => ledgerItems.id),
    name: text('name').notNull(),
    post: text('post').notNull(),
    fromAt: instant('from_at').notNull(),
    toAt: instant('to_at'),
  },
  (t) => [
    index('case_leaders_item').on(t.itemId),
    uniqueIndex('case_leaders_present')
      .on(t.itemId)
      .where(sql`to_at is null`),
  ],
)

export const ledgerProgress = app.table(
  'ledger_progress',
  {
    id: uuid('id').primaryKey(),
    itemId: uuid('item_id')
      .notNull()
      .references(() => ledgerItems.id),
    day: date('day', { mode: 'string' }).notNull(),
    text: text('text').notNull(),
    at: instant('at').notNull(),
    by: uuid('by_id').notNull(),
  },
  (t) => [index('ledger_progress_item').on(t.itemId, t.day)],
)

export const strikeOffs = app.table(
  'strike_offs',
  {
    id: uuid('id').primaryKey(),
    itemId: uuid('item_id')
      .notNull()
      .references(() => ledgerItems.id),
    kind: text('kind').notNull(),
    evidence: text('evidence').notNull(),
    askedAt: instant('asked_at').notNull(),
    askedBy: uuid('asked_by').notNull(),
    decidedAt: instant('decided_at'),
    decidedBy: uuid('decided_by'),
    granted: boolean('granted'),
    note: text('note'),
    undoneAt: instant('undone_at'),
    undoneBy: uuid('undone_by'),
    undoneReason: text('undone_reason'),
  },
  (t) => [
    check('strike_offs_kind', oneOf('kind', evidenceKinds)),
    check('strike_offs_other_person', sql`decided_by is null or decided_by <> asked_by`),
    check('strike_offs_decided', sql`(decided_at is null) = (granted is null)`),
    uniqueIndex('strike_offs_pending')
      .on(t.itemId)
      .where(sql`decided_at is null`),
    index('strike_offs_item').on(t.itemId),
  ],
)

/** Petitions and orders on the same dispute, as a clerk matched them. */
export const ledgerMatters = app.table(
  'ledger_matters',
  {
    itemId: uuid('item_id')
      .notNull()
      .references(() => ledgerItems.id),
    matterId: uuid('matter_id').notNull(),
    reason: text('reason').notNull(),
    linkedAt: instant('linked_at').notNull(),
    linkedBy: uuid('linked_by').notNull(),
  },
  (t) => [primaryKey({ columns: [t.itemId, t.matterId] }), index('ledger_matters_matter').on(t.matterId)],
)

export const jointMeetings = app.table(
  'joint_meetings',
  {
    id: uuid('id').primaryKey(),
    no: text('no').notNull().unique('joint_meetings_no'),
    day: date('day', { mode: 'string' }).notNull(),
    kind: text('kind').notNull(),
    convenor: text('convenor').notNull(),
    convenorRank: text('convenor_rank').notNull(),
    place: text('place'),
    attendees: text('attendees')
      .array()
      .notNull()
      .default(sql`'{}'`),
    minutes: text('minutes'),
    issuedAt: instant('issued_at'),
    issuedBy: uuid('issued_by'),
    registeredAt: instant('registered_at').notNull(),
    /** Entered by mistake: it stays to be seen and counts nowhere. */
    voidedAt: instant('voided_at'),
    version: integer('version').notNull().default(1),
  },
  (t) => [
    check('joint_meetings_kind', oneOf('kind', meetingKinds)),
    check('joint_meetings_rank', oneOf('convenor_rank', convenorRanks)),
    check('joint_meetings_issued', sql`issued_at is null or minutes is not null`),
    index('joint_meetings_day').on(t.day, t.id),
  ],
)

/** What a meeting coordinated: a matter or a ledger item, the decision, and whether it was carried out. */
export const meetingItems = app.table(
  'meeting_items',
  {
    id: uuid('id').primaryKey(),
    meetingId: uuid('meeting_id')
      .notNull()
      .references(() => jointMeetings.id),
    n: smallint('n').notNull(),
    matterId: uuid('matter_id'),
    ledgerItemId: uuid('ledger_item_id').references(() => ledgerItems.id),
    decision: text('decision').notNull(),
    leadUnitId: uuid('lead_unit_id').notNull(),
    dueDay: date('due_day', { mode: 'string' }).notNull(),
    doneDay: date('done_day', { mode: 'string' }),
    result: text('result'),
  },
  (t) => [
    unique('meeting_items_n').on(t.meetingId, t.n),
    check('meeting_items_about', sql`(matter_id is null) <> (ledger_item_id is null)`),
    check('meeting_items_done', sql`(done_day is null) = (result is null)`),
    index('meeting_items_open')
      .on(t.dueDay)
      .where(sql`done_day is null`),
  ],
)
