// Tables of declared reports: figures that were printed, entered by a person or read from the text, with every correction.
import { boolean, integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { app, instant } from '../platform/tables.ts'

/** Append-only by trigger. */
export const declaredReports = app.table('declared_reports', {
  id: uuid('id').primaryKey(),
  year: integer('year').notNull(),
  title: text('title').notNull(),
  /** The whole text, where the figures were read from one. */
  text: text('text'),
  at: instant('at').notNull(),
  by: uuid('by_id').notNull(),
})

/** The newest version of a key counts. Append-only by trigger. */
export const declaredFigures = app.table(
  'declared_figures',
  {
    reportId: uuid('report_id')
      .notNull()
      .references(() => declaredReports.id),
    /** The catalogue's id of what it counts. */
    key: text('key').notNull(),
    version: integer('version').notNull(),
    /** As printed, in the catalogue's unit. */
    digits: text('digits').notNull(),
    /** As printed: 上升42%. */
    change: text('change'),
    /** Of the text, or of the list that was entered. */
    line: integer('line').notNull(),
    removed: boolean('removed').notNull().default(false),
    at: instant('at').notNull(),
    by: uuid('by_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.reportId, t.key, t.version] })],
)
