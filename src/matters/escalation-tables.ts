// What is stored of an escalated case beside the matter itself; the id is the matter's.
import { check, date, text, uuid } from 'drizzle-orm/pg-core'
import { app, instant } from '../platform/tables.ts'
import { oneOf } from './tables.ts'
import { supervisionGrounds } from './terms.ts'

export const escalations = app.table(
  'escalations',
  {
    id: uuid('id').primaryKey(),
    /** Who assigned it, and under which number; null for what the office took up itself. */
    superior: text('superior'),
    documentNo: text('document_no'),
    ground: text('ground').notNull(),
    /** 包案领导: whose case it is now. */
    leaderName: text('leader_name').notNull(),
    leaderPost: text('leader_post').notNull(),
    /** The day by which the superior wants the result. */
    reportDay: date('report_day', { mode: 'string' }),
    reportedAt: instant('reported_at'),
    reportNo: text('report_no'),
    outcome: text('outcome'),
  },
  () => [check('escalations_ground', oneOf('ground', supervisionGrounds))],
)
