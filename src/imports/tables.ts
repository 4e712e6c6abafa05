// What is stored of imports: each file with its counts, each row with its verdict, and what was last told of each order.
import { sql } from 'drizzle-orm'
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { app, bytea, instant } from '../platform/tables.ts'
import type { Finding } from './findings.ts'
import type { About } from './sheet.ts'
import { importModes, importStatuses, verdicts } from './workflow.ts'

const oneOf = (column: string, values: Record<string, unknown>) =>
  sql.raw(
    `${column} in (${Object.keys(values)
      .map((value) => `'${value}'`)
      .join(', ')})`,
  )

/** Letters and messages that a register brought in, by what makes each the same letter in a later file. */
export const mailRows = app.table('mail_rows', {
  /** Keyed digest of source and number, or of day, writer and words. */
  mark: bytea('mark').primaryKey(),
  contentMark: bytea('content_mark').notNull(),
  matterId: uuid('matter_id').notNull(),
  at: instant('at').notNull(),
})

export const imports = app.table(
  'imports',
  {
    id: uuid('id').primaryKey(),
    fileHash: text('file_hash').notNull(),
    fileName: text('file_name').notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    status: text('status', { enum: Object.keys(importStatuses) as [keyof typeof importStatuses] }).notNull(),
    mode: text('mode', { enum: Object.keys(importModes) as [keyof typeof importModes] }),
    /** How the file was understood. */
    sheet: text('sheet'),
    about: jsonb('about').$type<About>(),
    ignoredColumns: text('ignored_columns')
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** Rows read so far; all of them once checked. */
    rows: integer('rows').notNull().default(0),
    errors: integer('errors').notNull().default(0),
    /** Rows that are taken with a warning. */
    warnings: integer('warnings').notNull().default(0),
    newOrders: integer('new_orders').notNull().default(0),
    changed: integer('changed').notNull().default(0),
    unchanged: integer('unchanged').notNull().default(0),
    /** Why it failed, or why a commit was refused: a problem document without personal data. */
    problem: jsonb('problem').$type<{
      code: string
      title: string
      errors?: { pointer: string; code: string; message: string }[]
    }>(),
    /** The last moment of which the file tells: about when it was exported. */
    asOf: instant('as_of'),
    createdBy: uuid('created_by').notNull(),
    createdAt: instant('created_at').notNull(),
    checkedAt: instant('checked_at'),
    committedBy: uuid('committed_by'),
    committedAt: instant('committed_at'),
    version: integer('version').notNull().default(1),
  },
  (t) => [
    check('imports_status', oneOf('status', importStatuses)),
    check('imports_mode', oneOf('mode', importModes)),
    index('imports_created').on(t.createdAt, t.id),
    /** One file is under way only once. */
    uniqueIndex('imports_file')
      .on(t.fileHash)
      .where(sql`status in ('uploaded', 'checking', 'checked', 'committing')`),
    index('imports_hash').on(t.fileHash, t.createdAt),
  ],
)

export const importRows = app.table(
  'import_rows',
  {
    importId: uuid('import_id').notNull(),
    /** As the sheet counts, from 1. */
    rowNo: integer('row_no').notNull(),
    externalNo: text('external_no'),
    verdict: text('verdict', { enum: Object.keys(verdicts) as [keyof typeof verdicts] }).notNull(),
    matterId: uuid('matter_id'),
    /** Headings whose values change. */
    changes: text('changes').array(),
    errors: jsonb('errors').$type<Finding[]>(),
    warnings: jsonb('warnings').$type<Finding[]>(),
  },
  (t) => [
    primaryKey({ columns: [t.importId, t.rowNo] }),
    check('import_rows_verdict', oneOf('verdict', verdicts)),
    index('import_rows_verdicts').on(t.importId, t.verdict, t.rowNo),
    index('import_rows_warned')
      .on(t.importId, t.rowNo)
      .where(sql`warnings is not null`),
  ],
)

/** What the platform last told of an order: the next file is compared with it. */
export const importOrders = app.table('import_orders', {
  matterId: uuid('matter_id').primaryKey(),
  importId: uuid('import_id').notNull(),
  /** The matter's version after it: another one means that people here have handled it since. */
  version: integer('version').notNull(),
  /** The last moment of which the file told that showed it last. */
  seenAt: instant('seen_at').notNull(),
  /** Keyed digest of the caller's data, and the version of the person that it wrote. */
  caller: bytea('caller'),
  personVersion: integer('person_version'),
  /** JSON of `snapshot.ts`: facts, and digests of texts. */
  snapshot: text('snapshot').notNull(),
})
