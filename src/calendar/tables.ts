// What the calendar stores: the published years and the kind of every day in them.
import { sql } from 'drizzle-orm'
import { check, date, integer, text } from 'drizzle-orm/pg-core'
import { app, instant } from '../platform/tables.ts'

/** One row a year that is known day by day; `version` counts publications of the whole calendar, not of the year. */
export const calendarYears = app.table(
  'calendar_years',
  {
    year: integer('year').primaryKey(),
    /** provisional: entered by the office before the notice of the State Council. */
    status: text('status', { enum: ['published', 'provisional'] }).notNull(),
    version: integer('version').notNull(),
    /** The notice, or the data it was taken from. */
    source: text('source').notNull(),
    loadedAt: instant('loaded_at').notNull(),
  },
  () => [
    check('calendar_years_year', sql`year between 1900 and 2100`),
    check('calendar_years_status', sql`status in ('published', 'provisional')`),
  ],
)

/** Every day of every such year, so that working days can be counted in SQL as well as in memory. */
export const calendarDays = app.table(
  'calendar_days',
  {
    day: date('day', { mode: 'string' }).primaryKey(),
    kind: text('kind', { enum: ['workday', 'restday', 'holiday', 'makeup'] }).notNull(),
    /** The holiday, or the one that a make-up day pays for. */
    name: text('name'),
    source: text('source').notNull(),
    /** The calendar's version in which this day last changed. */
    version: integer('version').notNull(),
  },
  () => [check('calendar_days_kind', sql`kind in ('workday', 'restday', 'holiday', 'makeup')`)],
)
