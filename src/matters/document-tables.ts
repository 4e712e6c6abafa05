// An office's own wordings of written notices; the newest version of a key counts, the shipped text where there is none.
import { integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { app, instant } from '../platform/tables.ts'

export const documentWordings = app.table(
  'document_wordings',
  {
    key: text('key').notNull(),
    version: integer('version').notNull(),
    text: text('text').notNull(),
    at: instant('at').notNull(),
    by: uuid('by_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.key, t.version] })],
)
