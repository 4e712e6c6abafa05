// Who is calling: one prepared statement turns the session cookie or the API key of a request into an actor.
import type { FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import type { Deps } from '../deps.ts'
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import { statement, type Sql } from '../platform/db.ts'
import type { Authenticate } from '../platform/http.ts'
import { Problem } from '../platform/problems.ts'
import { passwordExpiredBefore } from './password-rules.ts'
import { accessOf, type Access } from './rules.ts'
import { idleSince, untouchedSince, type SessionLimits } from './sign-in-rules.ts'
import { addressOf, readApiKey, sessionTokenHash } from './tokens.ts'

interface Caller {
  id: string
  name: string
  roles: string
  unitId: string
  atOffice: boolean
  unitIds: string
  unitPath: string
  /** Must choose a password before anything else. */
  mustChange: boolean
  /** Last use was written too long ago. */
  stale: boolean
}

const columns = `a.id, a.name, array_to_string(a.roles, ',') as roles, a.unit_id as "unitId",
  own.kind = 'office' as "atOffice", array_to_string(own.path, ',') as "unitPath",
  array_to_string(own.sees, ',') as "unitIds"`

const callerOfSession = statement<Caller>(
  'orgs.caller-of-session',
  `select ${columns},
     a.must_change_password or coalesce(a.password_changed_at < $4::timestamptz, false) as "mustChange", s.seen_at < $5 as stale
   from sessions s join accounts a on a.id = s.account_id join units own on own.id = a.unit_id
   where s.token_hash = $1 and s.expires_at > $2 and s.seen_at > $3 and a.disabled_at is null`,
)

const callerOfKey = statement<Caller>(
  'orgs.caller-of-key',
  `select ${columns}, false as "mustChange", coalesce(k.last_used_at < $5, true) as stale
   from api_keys k join accounts a on a.id = k.account_id join units own on own.id = a.unit_id
   where k.id = $1 and k.hash = $2 and k.expires_at > $3 and k.revoked_at is null and a.disabled_at is null
     and (k.ips = '{}' or $4::inet <<= any(k.ips::inet[]))`,
)

const touchSession = statement(
  'orgs.touch-session',
  `with touched as (update sessions set seen_at = $2 where token_hash = $1 and seen_at < $2 returning account_id)
   update accounts a set last_seen_at = $2 from touched t where a.id = t.account_id`,
)

const touchKey = statement(
  'orgs.touch-key',
  `with touched as (update api_keys set last_used_at = $2 where id = $1 and coalesce(last_used_at < $2, true)
     returning account_id)
   update accounts a set last_seen_at = $2 from touched t where a.id = t.account_id`,
)

/** For `createHttp`: undefined when nobody valid is calling; throws `session/password-change-required`. */
export function authenticator(deps: Deps): Authenticate {
  const { config, db } = deps
  const limits = sessionLimits(config)
  const grants = new Map<string, Access>()
  const touching = new Set<string>()

  function grantOf(roles: string, atOffice: boolean): Access {
    const name = `${atOffice}:${roles}`
    const known = grants.get(name)
    if (known !== undefined) return known
    const access = accessOf(roles === '' ? [] : roles.split(','), atOffice)
    grants.set(name, access)
    return access
  }

  // Not awaited: the request need not wait for it, and losing it costs one minute of the idle time.
  function touch(sql: Sql, id: Buffer | string, now: Instant): void {
    const mark = typeof id === 'string' ? id : id.toString('latin1')
    if (touching.has(mark)) return
    touching.add(mark)
    db.query(sql, [id, now])
      .catch((error: unknown) =>
        deps.log.warn({ err: error }, 'the last use of a session could not be written'),
      )
      .finally(() => touching.delete(mark))
  }

  async function findCaller(
    request: FastifyRequest,
    now: Instant,
  ): Promise<[Caller, Actor['kind']] | undefined> {
    const stale = untouchedSince(now, limits)
    const { authorization } = request.headers
    if (authorization !== undefined) {
      const key = readApiKey(authorization)
      if (key === undefined) return undefined
      const [caller] = await callerOfKey(db, [key.id, key.hash, now, addressOf(request), stale])
      if (caller?.stale) touch(touchKey, key.id, now)
      return caller && [caller, 'key']
    }
    const token = sessionTokenHash(request, config)
    if (token === undefined) return undefined
    const expired = passwordExpiredBefore(now, config.PASSWORD_PROFILE)
    const [caller] = await callerOfSession(db, [token, now, idleSince(now, limits), expired, stale])
    if (caller?.stale) touch(touchSession, token, now)
    return caller && [caller, 'person']
  }

  return async (request) => {
    const found = await findCaller(request, deps.clock.now())
    if (found === undefined) return undefined
    const [caller, kind] = found
    if (caller.mustChange && !isSessionRoute(request)) throw new Problem('session/password-change-required')
    const access = grantOf(caller.roles, caller.atOffice)
    return {
      kind,
      id: caller.id,
      name: caller.name,
      ...access,
      unitId: caller.unitId,
      // The office stands above every unit, but its own handlers handle what the office itself holds.
      unitIds: caller.atOffice && access.sees === 'units' ? [caller.unitId] : caller.unitIds.split(','),
      unitPath: caller.unitPath.split(','),
      requestId: request.id,
    }
  }
}

export function sessionLimits(config: Config): SessionLimits {
  return { idleMinutes: config.SESSION_IDLE_MINUTES, absoluteHours: config.SESSION_ABSOLUTE_HOURS }
}

function isSessionRoute(request: FastifyRequest): boolean {
  const { config, url } = request.routeOptions
  return config.audience === 'anyone' || url?.startsWith('/api/session') === true
}
