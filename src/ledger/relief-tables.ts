// What is stored of relief: programmes and the grants that they give.
import { sql } from 'drizzle-orm'
import { bigint, check, date, index, integer, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { oneOf } from '../matters/tables.ts'
import { app, bytea, instant } from '../platform/tables.ts'
import { grantStates } from './terms.ts'

export const reliefProgrammes = app.table(
  'relief_programmes',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull().unique('relief_programmes_name'),
    basis: text('basis').notNull(),
    groupTag: text('group_tag').notNull(),
    /** All amounts are fen. */
    minFen: bigint('min_fen', { mode: 'number' }).notNull(),
    maxFen: bigint('max_fen', { mode: 'number' }).notNull(),
    stepFen: bigint('step_fen', { mode: 'number' }).notNull(),
    fromDay: date('from_day', { mode: 'string' }).notNull(),
    toDay: date('to_day', { mode: 'string' }),
    createdAt: instant('created_at').notNull(),
    version: integer('version').notNull().default(1),
  },
  () => [
    check('relief_programmes_bounds', sql`min_fen > 0 and max_fen >= min_fen and step_fen > 0`),
    check('relief_programmes_period', sql`to_day is null or to_day >= from_day`),
  ],
)

export const reliefGrants = app.table(
  'relief_grants',
  {
    id: uuid('id').primaryKey(),
    programmeId: uuid('programme_id')
      .notNull()
      .references(() => reliefProgrammes.id),
    personId: uuid('person_id').notNull(),
    grade: text('grade').notNull(),
    amountFen: bigint('amount_fen', { mode: 'number' }).notNull(),
    basis: text('basis').notNull(),
    state: text('state').notNull(),
    /** Bank account, sealed by the people slice; nothing but its last four digits is read elsewhere. */
    account: bytea('account'),
    accountMasked: text('account_masked'),
    askedAt: instant('asked_at').notNull(),
    askedBy: uuid('asked_by').notNull(),
    decidedAt: instant('decided_at'),
    decidedBy: uuid('decided_by'),
    note: text('note'),
    paidDay: date('paid_day', { mode: 'string' }),
    receipt: text('receipt'),
    version: integer('version').notNull().default(1),
  },
  (t) => [
    check('relief_grants_state', oneOf('state', grantStates)),
    check('relief_grants_amount', sql`amount_fen > 0`),
    check('relief_grants_other_person', sql`decided_by is null or decided_by <> asked_by`),
    check('relief_grants_paid', sql`(state = 'paid') = (paid_day is not null and receipt is not null)`),
    uniqueIndex('relief_grants_once')
      .on(t.programmeId, t.personId)
      .where(sql`state not in ('refused', 'cancelled')`),
    index('relief_grants_page').on(t.askedAt, t.id),
  ],
)
