// Reads of the organisation: units and regions on a day, accounts, sessions and keys.
import type { Actor } from '../platform/actor.ts'
import type { Day, Instant } from '../platform/clock.ts'
import { statement, type Db } from '../platform/db.ts'
import type { RegionRow } from './region-rules.ts'

export interface UnitRow {
  id: string
  name: string
  shortName: string
  kind: 'office' | 'township' | 'department' | 'platform'
  level: number
  parentId: string | null
  regionCode: string | null
  validFrom: Day
  /** First day on which the unit no longer exists; null: it does. */
  validTo: Day | null
  successorId: string | null
  phone: string | null
  version: number
}

const unitColumns = `u.id, u.name, u.short_name as "shortName", u.kind, u.level, u.parent_id as "parentId",
  u.region_code as "regionCode", u.valid_from as "validFrom", u.valid_to as "validTo",
  u.successor_id as "successorId", u.phone, u.version`

const unitsOn = statement<UnitRow>(
  'orgs.units-on',
  `select ${unitColumns} from units u
   where $1::date is null or (u.valid_from <= $1 and (u.valid_to is null or u.valid_to > $1))
   order by u.level, u.region_code nulls last, u.name, u.valid_from`,
)
const unitsById = statement<UnitRow>(
  'orgs.units-by-id',
  `select ${unitColumns} from units u where u.id = any($1::uuid[])`,
)
const unitForUpdate = statement<UnitRow>(
  'orgs.unit-for-update',
  `select ${unitColumns} from units u where u.id = $1 for update`,
)

/** The units of a day, or all that ever were; the office first. */
export function listUnits(db: Db, on: Day | null): Promise<UnitRow[]> {
  return unitsOn(db, [on])
}

/** Units by id, abolished ones too; unknown ids are left out. */
export async function findUnits(db: Db, ids: readonly string[]): Promise<Map<string, UnitRow>> {
  const rows = await unitsById(db, [ids])
  return new Map(rows.map((row) => [row.id, row]))
}

export async function findUnit(db: Db, id: string): Promise<UnitRow | undefined> {
  return (await findUnits(db, [id])).get(id)
}

export async function lockUnit(db: Db, id: string): Promise<UnitRow | undefined> {
  return (await unitForUpdate(db, [id]))[0]
}

const heirOf = statement<{ id: string; name: string }>(
  'orgs.heir-of',
  `with recursive line(id, depth) as (
     select successor_id, 1 from units where id = $1 and successor_id is not null
     union all
     select u.successor_id, l.depth + 1 from line l join units u on u.id = l.id
     where u.successor_id is not null and l.depth < 100)
   select u.id, u.name from line l join units u on u.id = l.id where u.valid_to is null order by l.depth limit 1`,
)

/** The active unit that took over from an abolished one, through all who came between; undefined without one. */
export async function findHeir(db: Db, unitId: string): Promise<{ id: string; name: string } | undefined> {
  return (await heirOf(db, [unitId]))[0]
}

const regionsOn = statement<RegionRow>(
  'orgs.regions-on',
  `select code, name, level, parent_code as "parentCode", valid_from as "validFrom", valid_to as "validTo",
     successor_codes as "successorCodes"
   from regions where $1::date is null or (valid_from <= $1 and (valid_to is null or valid_to > $1))
   order by code, valid_from`,
)

const regionsWritten = statement<{ n: number }>(
  'orgs.regions-version',
  `select count(*)::int as n from events where type in ('regions.loaded', 'regions.replaced')`,
)

/** How often the list of regions was written. */
export async function regionsVersion(db: Db): Promise<number> {
  return (await regionsWritten(db))[0]?.n ?? 0
}

/** The regions of a day, or all that ever were; by code. */
export function listRegions(db: Db, on: Day | null): Promise<RegionRow[]> {
  return regionsOn(db, [on])
}

export interface AccountRow {
  id: string
  kind: 'person' | 'service'
  login: string
  name: string
  unitId: string
  unitName: string
  unitKind: UnitRow['kind']
  roles: string[]
  mustChangePassword: boolean
  passwordChangedAt: Instant | null
  passwordValidUntil: Instant | null
  disabledAt: Instant | null
  lastSeenAt: Instant | null
  lockedUntil: Instant | null
  version: number
  createdAt: Instant
}

const accountColumns = `a.id, a.kind, a.login, a.name, a.unit_id as "unitId", u.name as "unitName",
  u.kind as "unitKind", a.roles, a.must_change_password as "mustChangePassword",
  a.password_changed_at as "passwordChangedAt", a.password_valid_until as "passwordValidUntil",
  a.disabled_at as "disabledAt", a.last_seen_at as "lastSeenAt", l.locked_until as "lockedUntil", a.version,
  a.created_at as "createdAt"`
// The bucket of a login is named as in `tokens.ts`.
const accountTables = `accounts a join units u on u.id = a.unit_id
  left join sign_in_attempts l on l.locked_until > $1
    and l.bucket = 'login:' || encode(sha256(convert_to(a.login, 'UTF8')), 'hex')`

const accountById = statement<AccountRow>(
  'orgs.account-by-id',
  `select ${accountColumns} from ${accountTables} where a.id = $2`,
)
const accountsOf = statement<AccountRow>(
  'orgs.accounts-of',
  `select ${accountColumns} from ${accountTables}
   where ($2::uuid is null or a.unit_id = $2) and ($3::text is null or $3 = any(a.roles))
     and ($4::boolean is null or (a.disabled_at is null) = $4)
     and ($5::text is null or position(lower($5) in a.login) > 0 or position($5 in a.name) > 0)
     and ($6::text is null or a.login > $6)
   order by a.login limit $7`,
)

export async function findAccount(db: Db, id: string, now: Instant): Promise<AccountRow | undefined> {
  return (await accountById(db, [now, id]))[0]
}

export interface AccountFilter {
  unitId?: string | undefined
  role?: string | undefined
  active?: boolean | undefined
  /** Part of a login or name. */
  q?: string | undefined
  /** The last login of the page before. */
  after?: string | undefined
  limit: number
}

/** By login; one row more than `limit` tells that there is a further page. */
export function listAccounts(db: Db, now: Instant, f: AccountFilter): Promise<AccountRow[]> {
  return accountsOf(db, [now, f.unitId, f.role, f.active, f.q, f.after, f.limit + 1])
}

const namesById = statement<{ id: string; name: string; unitName: string }>(
  'orgs.names-by-id',
  'select a.id, a.name, u.name as "unitName" from accounts a join units u on u.id = a.unit_id where a.id = any($1::uuid[])',
)

/** Who these accounts are, for timelines and lists; unknown ids (the system) are left out. */
export async function findNames(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, { name: string; unitName: string }>> {
  const rows = await namesById(db, [[...new Set(ids)]])
  return new Map(rows.map(({ id, name, unitName }) => [id, { name, unitName }]))
}

export interface SessionRow {
  id: string
  createdAt: Instant
  seenAt: Instant
  expiresAt: Instant
  userAgent: string
  ip: string
  /** The session that asks. */
  current: boolean
}

const sessionsOf = statement<SessionRow>(
  'orgs.sessions-of',
  `select id, created_at as "createdAt", seen_at as "seenAt", expires_at as "expiresAt", user_agent as "userAgent", ip,
     coalesce(token_hash = $4, false) as current
   from sessions where account_id = $1 and expires_at > $2 and seen_at > $3 order by seen_at desc, id`,
)

/** One's own sessions that still hold; `since` as `idleSince` tells. */
export function listSessions(
  db: Db,
  actor: Actor,
  at: { now: Instant; since: Instant; token: Buffer | undefined },
): Promise<SessionRow[]> {
  return sessionsOf(db, [actor.id, at.now, at.since, at.token])
}

export interface KeyRow {
  id: string
  accountId: string
  accountName: string
  name: string
  ips: string[]
  createdAt: Instant
  expiresAt: Instant
  lastUsedAt: Instant | null
  revokedAt: Instant | null
}

const keysOf = statement<KeyRow>(
  'orgs.keys-of',
  `select k.id, k.account_id as "accountId", a.name as "accountName", k.name, k.ips, k.created_at as "createdAt",
     k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt", k.revoked_at as "revokedAt"
   from api_keys k join accounts a on a.id = k.account_id
   where ($1::uuid is null or k.account_id = $1) and ($2::uuid is null or k.id = $2) order by k.created_at desc, k.id`,
)

/** Newest first, revoked and expired ones too. */
export function listKeys(db: Db, accountId?: string): Promise<KeyRow[]> {
  return keysOf(db, [accountId, undefined])
}

export async function findKey(db: Db, id: string): Promise<KeyRow | undefined> {
  return (await keysOf(db, [undefined, id]))[0]
}
