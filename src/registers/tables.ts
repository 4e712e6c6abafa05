// What the registers store: one table each, and the earlier versions of every row.
import { sql } from 'drizzle-orm'
import {
  bigint,
  check,
  date,
  index,
  integer,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { oneOf } from '../matters/tables.ts'
import { app, instant } from '../platform/tables.ts'
import { indicatorKinds, missions, posts, smsSources } from './terms.ts'

/** Of every register: rows are never deleted, they are voided with a reason. */
const common = {
  id: uuid('id').primaryKey(),
  version: integer('version').notNull().default(1),
  registeredAt: instant('registered_at').notNull(),
  registeredBy: uuid('registered_by').notNull(),
  voidedAt: instant('voided_at'),
}
const fen = (name: string) => bigint(name, { mode: 'number' })
const dayColumn = (name: string) => date(name, { mode: 'string' })

export const dutyShifts = app.table(
  'duty_shifts',
  {
    ...common,
    mission: text('mission').notNull(),
    person: text('person').notNull(),
    fromDay: dayColumn('from_day').notNull(),
    toDay: dayColumn('to_day').notNull(),
    note: text('note'),
  },
  (t) => [
    check('duty_shifts_mission', oneOf('mission', missions)),
    check('duty_shifts_period', sql`to_day >= from_day`),
    index('duty_shifts_page').on(t.fromDay, t.id),
  ],
)

export const trainings = app.table(
  'trainings',
  {
    ...common,
    topic: text('topic').notNull(),
    fromDay: dayColumn('from_day').notNull(),
    sessions: integer('sessions').notNull(),
    attendees: integer('attendees').notNull(),
    accounts: integer('accounts').notNull(),
    note: text('note'),
  },
  (t) => [
    check('trainings_counts', sql`sessions >= 1 and attendees >= 1 and accounts >= 0`),
    index('trainings_page').on(t.fromDay, t.id),
  ],
)

export const smsVolumes = app.table(
  'sms_volumes',
  {
    ...common,
    /** First day of the month. */
    month: dayColumn('month').notNull(),
    source: text('source').notNull(),
    sent: integer('sent').notNull(),
    delivered: integer('delivered').notNull(),
  },
  (t) => [
    check('sms_volumes_source', oneOf('source', smsSources)),
    check('sms_volumes_month', sql`extract(day from month) = 1`),
    check('sms_volumes_counts', sql`sent >= 0 and delivered between 0 and sent`),
    uniqueIndex('sms_volumes_once')
      .on(t.month, t.source)
      .where(sql`voided_at is null`),
    index('sms_volumes_page').on(t.month, t.id),
  ],
)

export const projects = app.table(
  'projects',
  {
    ...common,
    year: smallint('year').notNull(),
    name: text('name').notNull(),
    aliases: text('aliases'),
    budgetFen: fen('budget_fen').notNull(),
    executedFen: fen('executed_fen').notNull(),
    fiscalFen: fen('fiscal_fen').notNull(),
    goal: text('goal'),
    actual: text('actual'),
  },
  (t) => [
    check(
      'projects_amounts',
      sql`budget_fen > 0 and executed_fen >= 0 and fiscal_fen between 0 and budget_fen`,
    ),
    uniqueIndex('projects_once')
      .on(t.year, t.name)
      .where(sql`voided_at is null`),
  ],
)

export const indicators = app.table(
  'indicators',
  {
    ...common,
    projectId: uuid('project_id')
      .notNull()
      .references(() => projects.id),
    kind: text('kind').notNull(),
    name: text('name').notNull(),
    expected: text('expected').notNull(),
    /** A metric that measures it; without one, what was declared and by whom. */
    metric: text('metric'),
    actual: text('actual'),
    source: text('source'),
  },
  (t) => [
    check('indicators_kind', oneOf('kind', indicatorKinds)),
    check('indicators_measured', sql`metric is null or actual is null`),
    check('indicators_declared', sql`(actual is null) = (source is null)`),
    index('indicators_project').on(t.projectId),
  ],
)

export const staffing = app.table(
  'staffing',
  {
    ...common,
    year: smallint('year').notNull(),
    kind: text('kind').notNull(),
    established: integer('established').notNull(),
    inPost: integer('in_post').notNull(),
  },
  (t) => [
    check('staffing_kind', oneOf('kind', posts)),
    check('staffing_counts', sql`established >= 0 and in_post >= 0`),
    uniqueIndex('staffing_once')
      .on(t.year, t.kind)
      .where(sql`voided_at is null`),
  ],
)

/** Figures from outside, with their source: the city's orders, the census. */
export const externalFigures = app.table(
  'external_figures',
  {
    ...common,
    name: text('name').notNull(),
    value: bigint('value', { mode: 'number' }).notNull(),
    unit: text('unit').notNull(),
    fromDay: dayColumn('from_day').notNull(),
    toDay: dayColumn('to_day').notNull(),
    source: text('source').notNull(),
  },
  (t) => [
    check('external_figures_period', sql`to_day >= from_day`),
    uniqueIndex('external_figures_once')
      .on(t.name, t.fromDay, t.toDay)
      .where(sql`voided_at is null`),
  ],
)

export const knowledgeArticles = app.table(
  'knowledge_articles',
  {
    ...common,
    ownerUnitId: uuid('owner_unit_id').notNull(),
    topic: text('topic').notNull(),
    question: text('question').notNull(),
    answer: text('answer').notNull(),
    basis: text('basis'),
    fromDay: dayColumn('from_day').notNull(),
    toDay: dayColumn('to_day'),
    reviewDay: dayColumn('review_day').notNull(),
    approvedAt: instant('approved_at'),
    approvedBy: uuid('approved_by'),
  },
  (t) => [
    check('knowledge_articles_period', sql`to_day is null or to_day >= from_day`),
    check('knowledge_articles_other', sql`approved_by is null or approved_by <> registered_by`),
    index('knowledge_articles_page').on(t.fromDay, t.id),
  ],
)

/** Files that were taken in, by their content: the same file twice changes nothing. */
export const registerFiles = app.table(
  'register_files',
  {
    register: text('register').notNull(),
    hash: text('hash').notNull(),
    rows: integer('rows').notNull(),
    takenAt: instant('taken_at').notNull(),
    takenBy: uuid('taken_by').notNull(),
  },
  (t) => [primaryKey({ columns: [t.register, t.hash] })],
)
