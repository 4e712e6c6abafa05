// What is stored of major and urgent matters 重大紧急信访事项: the mark, to whom it was reported, how it was taken off.
import { sql } from 'drizzle-orm'
import { check, index, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { app, instant } from '../platform/tables.ts'

export const alarms = app.table(
  'alarms',
  {
    id: uuid('id').primaryKey(),
    matterId: uuid('matter_id').notNull(),
    raisedAt: instant('raised_at').notNull(),
    raisedBy: uuid('raised_by').notNull(),
    reason: text('reason').notNull(),
    reportedAt: instant('reported_at'),
    reportedBy: uuid('reported_by'),
    reportedTo: text('reported_to').array(),
    reportText: text('report_text'),
    offAskedAt: instant('off_asked_at'),
    offAskedBy: uuid('off_asked_by'),
    offReason: text('off_reason'),
    offAt: instant('off_at'),
    offBy: uuid('off_by'),
  },
  (t) => [
    index('alarms_matter').on(t.matterId),
    uniqueIndex('alarms_standing')
      .on(t.matterId)
      .where(sql`off_at is null`),
    check('alarms_second_person', sql`off_by is null or off_by <> off_asked_by`),
    check('alarms_off_asked', sql`off_at is null or off_asked_at is not null`),
    check('alarms_reported', sql`(reported_at is null) = (reported_to is null)`),
  ],
)
