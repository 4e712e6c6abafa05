// What the platform stores: events in hash chains, their outbox, idempotency keys, scheduled runs, files, earlier versions of rows.
import { sql } from 'drizzle-orm'
import {
  bigint,
  check,
  customType,
  date,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'

export const app = pgSchema('app')

export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

/** An instant column; travels as text in the form of `clock.ts`. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'string' })

/** The timeline, the audit trail and the source of the outbox. Append-only by trigger. */
export const events = app.table(
  'events',
  {
    id: uuid('id').primaryKey(),
    subject: text('subject').notNull(),
    subjectId: uuid('subject_id').notNull(),
    seq: integer('seq').notNull(),
    type: text('type').notNull(),
    at: instant('at').notNull(),
    actorId: uuid('actor_id').notNull(),
    /** The exact bytes that were hashed: JSON without personal data. */
    canon: text('canon').notNull(),
    hash: bytea('hash').notNull(),
  },
  (t) => [uniqueIndex('events_chain').on(t.subjectId, t.seq), index('events_type').on(t.type, t.at)],
)

/** What must still happen because of an event. A row leaves when its effect is committed; dead rows stay for a person. */
export const outbox = app.table(
  'outbox',
  {
    eventId: uuid('event_id').notNull(),
    job: text('job').notNull(),
    subjectId: uuid('subject_id').notNull(),
    at: instant('at').notNull(),
    handedAt: instant('handed_at'),
    attempts: smallint('attempts').notNull().default(0),
    lastError: text('last_error'),
    deadAt: instant('dead_at'),
  },
  (t) => [
    // The job first: what waits for one is found without going through what waits for all.
    primaryKey({ columns: [t.job, t.eventId] }),
    index('outbox_waiting')
      .on(t.at)
      .where(sql`handed_at is null and dead_at is null`),
    index('outbox_handed')
      .on(t.handedAt)
      .where(sql`handed_at is not null and dead_at is null`),
  ],
)

export const idempotency = app.table(
  'idempotency',
  {
    accountId: uuid('account_id').notNull(),
    key: text('key').notNull(),
    fingerprint: bytea('fingerprint').notNull(),
    status: smallint('status').notNull(),
    /** Text, not jsonb: a replay is byte for byte the first answer. */
    body: text('body').notNull(),
    etag: integer('etag'),
    at: instant('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.key] }), index('idempotency_at').on(t.at)],
)

/** One row a job and period: a schedule that fires twice works once. */
export const scheduledRuns = app.table(
  'scheduled_runs',
  {
    job: text('job').notNull(),
    period: text('period').notNull(),
    startedAt: instant('started_at').notNull(),
    finishedAt: instant('finished_at'),
    result: text('result'),
  },
  (t) => [primaryKey({ columns: [t.job, t.period] })],
)

/**
 * The seal of a day over the heads of all chains that grew since the day before (`sealed_heads`) and, by its digest, over
 * all earlier seals. Append-only by trigger; copied off the machine it makes rewriting history visible.
 */
export const checkpoints = app.table('checkpoints', {
  day: date('day', { mode: 'string' }).primaryKey(),
  at: instant('at').notNull(),
  /** All chains, and all events in them. */
  chains: integer('chains').notNull(),
  events: bigint('events', { mode: 'number' }).notNull(),
  digest: bytea('digest').notNull(),
  keyId: smallint('key_id').notNull(),
  signature: bytea('signature').notNull(),
})

/** The last event of a chain on the day it was sealed. Append-only by trigger. */
export const sealedHeads = app.table(
  'sealed_heads',
  {
    subjectId: uuid('subject_id').notNull(),
    seq: integer('seq').notNull(),
    hash: bytea('hash').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.subjectId, t.seq] }), index('sealed_heads_day').on(t.day, t.subjectId)],
)

/** The master key versions that have sealed something here, by their public marks: a foreign key file is refused. */
export const vaultKeys = app.table('vault_keys', {
  keyId: smallint('key_id').primaryKey(),
  fingerprint: text('fingerprint').notNull(),
  since: instant('since').notNull(),
})

/** What lies in the content store: one row a use, many rows may share a hash. */
export const files = app.table(
  'files',
  {
    id: uuid('id').primaryKey(),
    purpose: text('purpose').notNull(),
    subjectId: uuid('subject_id').notNull(),
    name: text('name').notNull(),
    type: text('type').notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    hash: text('hash').notNull(),
    createdBy: uuid('created_by').notNull(),
    createdAt: instant('created_at').notNull(),
    removedAt: instant('removed_at'),
  },
  (t) => [
    index('files_subject').on(t.subjectId, t.createdAt),
    index('files_hash').on(t.hash),
    check('files_purpose', sql`purpose in ('attachment', 'import', 'export')`),
  ],
)

/** How a row stood before each change, for whoever asks what it once said. */
export const registerVersions = app.table(
  'register_versions',
  {
    rowId: uuid('row_id').notNull(),
    version: integer('version').notNull(),
    register: text('register').notNull(),
    row: jsonb('row').notNull(),
    endedAt: instant('ended_at').notNull(),
    endedBy: uuid('ended_by').notNull(),
    reason: text('reason').notNull(),
  },
  (t) => [primaryKey({ columns: [t.rowId, t.version] })],
)
