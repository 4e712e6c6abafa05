// What the organisation stores: regions and units with their validity, accounts, sessions, API keys, failed sign-ins.
import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  smallint,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { app, bytea, instant } from '../platform/tables.ts'

/** 行政区划: one row a code and period. `valid_to` is the first day on which it no longer holds. */
export const regions = app.table(
  'regions',
  {
    id: uuid('id').primaryKey(),
    code: text('code').notNull(),
    name: text('name').notNull(),
    level: text('level', { enum: ['province', 'city', 'district', 'township', 'village'] }).notNull(),
    parentCode: text('parent_code'),
    validFrom: date('valid_from', { mode: 'string' }).notNull(),
    validTo: date('valid_to', { mode: 'string' }),
    /** A dissolved township may be shared out among several. */
    successorCodes: text('successor_codes')
      .array()
      .notNull()
      .default(sql`'{}'`),
  },
  (t) => [
    unique('regions_code_from').on(t.code, t.validFrom),
    index('regions_parent').on(t.parentCode),
    check('regions_level', sql`level in ('province', 'city', 'district', 'township', 'village')`),
    check('regions_period', sql`valid_to is null or valid_to > valid_from`),
  ],
)

/** Units that register, dispatch or handle; a tree. `valid_to` is the first day on which the unit no longer exists. */
export const units = app.table(
  'units',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    shortName: text('short_name').notNull(),
    kind: text('kind', { enum: ['office', 'township', 'department', 'platform'] }).notNull(),
    /** 1 the city platform, 2 the office itself, 3 handling units (二级账号). */
    level: smallint('level').notNull(),
    parentId: uuid('parent_id'),
    regionCode: text('region_code'),
    validFrom: date('valid_from', { mode: 'string' }).notNull(),
    validTo: date('valid_to', { mode: 'string' }),
    successorId: uuid('successor_id'),
    /** Of the office, never of a person. */
    phone: text('phone'),
    /** The units whose matters this one's people see: itself, all below it, and the abolished ones that these succeed. */
    sees: uuid('sees').array().notNull(),
    /** Itself, its ancestors, and the abolished units that these succeed: an accusation against one is against this unit's people. */
    path: uuid('path').array().notNull(),
    version: integer('version').notNull().default(1),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('units_active_name')
      .on(t.name)
      .where(sql`valid_to is null`),
    index('units_parent').on(t.parentId),
    foreignKey({ name: 'units_parent_fk', columns: [t.parentId], foreignColumns: [t.id] }),
    foreignKey({ name: 'units_successor_fk', columns: [t.successorId], foreignColumns: [t.id] }),
    check('units_kind', sql`kind in ('office', 'township', 'department', 'platform')`),
    check('units_level', sql`level = case kind when 'platform' then 1 when 'office' then 2 else 3 end`),
    check('units_period', sql`valid_to is null or valid_to >= valid_from`),
    check('units_successor', sql`successor_id is null or (successor_id <> id and valid_to is not null)`),
    check('units_not_own_parent', sql`parent_id <> id`),
  ],
)

/** One person one account; a service account is what API keys belong to and has no password. */
export const accounts = app.table(
  'accounts',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind', { enum: ['person', 'service'] })
      .notNull()
      .default('person'),
    /** Lower case. */
    login: text('login').notNull().unique('accounts_login'),
    name: text('name').notNull(),
    unitId: uuid('unit_id')
      .notNull()
      .references(() => units.id),
    roles: text('roles').array().notNull(),
    /** As `passwords.ts` writes it. */
    passwordHash: text('password_hash'),
    passwordChangedAt: instant('password_changed_at'),
    mustChangePassword: boolean('must_change_password').notNull().default(false),
    /** End of an initial password; null once its owner has chosen one. */
    passwordValidUntil: instant('password_valid_until'),
    /** Newest first, without the current one. */
    previousHashes: text('previous_hashes')
      .array()
      .notNull()
      .default(sql`'{}'`),
    disabledAt: instant('disabled_at'),
    lastSeenAt: instant('last_seen_at'),
    version: integer('version').notNull().default(1),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    index('accounts_unit').on(t.unitId),
    check('accounts_login_form', sql`login = lower(login) and login <> ''`),
    check('accounts_kind', sql`kind in ('person', 'service')`),
    check('accounts_service', sql`kind = 'person' or password_hash is null`),
  ],
)

/** Signed-in sessions; only the hash of the cookie's token is kept. A row leaves when its session is ended. */
export const sessions = app.table(
  'sessions',
  {
    tokenHash: bytea('token_hash').primaryKey(),
    id: uuid('id').notNull().unique('sessions_id'),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id),
    createdAt: instant('created_at').notNull(),
    /** Last request, to the minute. */
    seenAt: instant('seen_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    /** For its owner to recognise the session. */
    userAgent: text('user_agent').notNull(),
    ip: text('ip').notNull(),
  },
  (t) => [index('sessions_account').on(t.accountId), index('sessions_seen').on(t.seenAt)],
)

export const apiKeys = app.table(
  'api_keys',
  {
    id: uuid('id').primaryKey(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id),
    name: text('name').notNull(),
    hash: bytea('hash').notNull(),
    /** Addresses or networks that may use it; empty: any. */
    ips: text('ips')
      .array()
      .notNull()
      .default(sql`'{}'`),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    lastUsedAt: instant('last_used_at'),
    revokedAt: instant('revoked_at'),
  },
  (t) => [index('api_keys_account').on(t.accountId)],
)

/**
 * Sign-ins that have not succeeded, by login and by address; unknown logins count like known ones. And all sign-ins from an
 * address within the minute that began at `lastAt`.
 */
export const signInAttempts = app.table(
  'sign_in_attempts',
  {
    /** `login:`, `address:`, `network:` or `minute:` and a digest. */
    bucket: text('bucket').primaryKey(),
    count: integer('count').notNull(),
    lastAt: instant('last_at').notNull(),
    lockedUntil: instant('locked_until'),
  },
  (t) => [index('sign_in_attempts_last').on(t.lastAt)],
)
