// What is stored of matters that are one thing: the links that clerks decided on, and the case that linked matters make up.
import { sql } from 'drizzle-orm'
import { check, index, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { app, instant } from '../platform/tables.ts'
import { linkStates } from './link-terms.ts'
import { oneOf } from './tables.ts'

/** A decision on two matters; the smaller id first. An undone link stays, and the two may be linked again. */
export const matterLinks = app.table(
  'matter_links',
  {
    id: uuid('id').primaryKey(),
    aId: uuid('a_id').notNull(),
    bId: uuid('b_id').notNull(),
    state: text('state').notNull(),
    /** Why they seemed one thing, keys of `linkReasons`; none when a clerk knew it otherwise. */
    reasons: text('reasons').array().notNull(),
    note: text('note'),
    decidedAt: instant('decided_at').notNull(),
    decidedBy: uuid('decided_by').notNull(),
    endedAt: instant('ended_at'),
    endedBy: uuid('ended_by'),
    endReason: text('end_reason'),
  },
  (t) => [
    check('matter_links_state', oneOf('state', linkStates)),
    check('matter_links_order', sql`a_id < b_id`),
    check('matter_links_ended', sql`(state = 'undone') = (ended_at is not null)`),
    uniqueIndex('matter_links_pair')
      .on(t.aId, t.bId)
      .where(sql`state <> 'undone'`),
    index('matter_links_b').on(t.bId),
  ],
)

/** The case of each linked matter: its smallest member's id. Derived from the links whenever one changes. */
export const matterCases = app.table(
  'matter_cases',
  { matterId: uuid('matter_id').primaryKey(), caseId: uuid('case_id').notNull() },
  (t) => [index('matter_cases_case').on(t.caseId)],
)
