// Tables of scheduled reports: what is made when, and every run with its outcome.
import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, smallint, text, unique, uuid } from 'drizzle-orm/pg-core'
import { app, instant } from '../platform/tables.ts'

export const reportSchedules = app.table('report_schedules', {
  id: uuid('id').primaryKey(),
  kind: text('kind').notNull(),
  formats: text('formats').array().notNull(),
  /** Days after the last day of the period, and the hour of that day (Asia/Shanghai). */
  afterDays: smallint('after_days').notNull(),
  hour: smallint('hour').notNull(),
  /** Roles of the office whose holders are told. */
  roles: text('roles').array().notNull(),
  enabled: boolean('enabled').notNull(),
  version: integer('version').notNull(),
  /** When it was made or switched on: periods that ended earlier are not made up for. */
  since: instant('since').notNull(),
  at: instant('at').notNull(),
  by: uuid('by_id'),
})

export const reportRuns = app.table(
  'report_runs',
  {
    id: uuid('id').primaryKey(),
    scheduleId: uuid('schedule_id')
      .notNull()
      .references(() => reportSchedules.id),
    period: text('period').notNull(),
    state: text('state').notNull(),
    attempts: smallint('attempts').notNull().default(0),
    /** Of the worker that has it: another's end of it counts nothing. */
    token: uuid('token'),
    /** When a waiting run is due; when one that is running may be taken for dead. */
    nextAt: instant('next_at').notNull(),
    startedAt: instant('started_at'),
    endedAt: instant('ended_at'),
    error: text('error'),
  },
  (t) => [
    unique('report_runs_once').on(t.scheduleId, t.period),
    check('report_runs_state', sql`state in ('waiting', 'running', 'done', 'failed')`),
    index('report_runs_due')
      .on(t.nextAt)
      .where(sql`state in ('waiting', 'running')`),
  ],
)
