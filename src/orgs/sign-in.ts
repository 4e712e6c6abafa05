// Signing in and out: the check of a password, and the sessions it opens and ends.
import { randomUUIDv7 } from 'node:crypto'
import type { Deps } from '../deps.ts'
import { NIL, systemActor, type Actor } from '../platform/actor.ts'
import { statement, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { Problem } from '../platform/problems.ts'
import { chargeAttempt, demandTurn, forgiveAttempt, refundAttempt } from './attempts.ts'
import type { Passwords } from './passwords.ts'
import { sessionLimits } from './session.ts'
import { PARALLEL_SESSIONS, sessionEnd } from './sign-in-rules.ts'
import { newToken } from './tokens.ts'

export interface SignInServices extends Pick<Deps, 'db' | 'config'> {
  passwords: Passwords
}

/** Where a session comes from. */
export interface Origin {
  address: string
  userAgent: string
}

export interface SignIn extends Origin {
  login: string
  password: string
  requestId: string
  /** Of the cookie that came along: that session ends, so that nobody can plant one (ASVS 7.2.4). */
  presented: Buffer | undefined
}

type Refusal = 'unknown' | 'password' | 'disabled' | 'initial-expired' | 'changed-meanwhile'

interface Credentials {
  id: string
  hash: string | null
  disabled: boolean
  /** The initial password's time is over. */
  lapsed: boolean
}

const credentialsOf = statement<Credentials>(
  'orgs.credentials-of-login',
  `select id, password_hash as hash, disabled_at is not null as disabled,
     coalesce(password_valid_until <= $2, false) as lapsed
   from accounts where login = $1`,
)
// Nobody is let in by a password that was replaced, or an account disabled, while the hash was being computed.
const letIn = statement<{ id: string }>(
  'orgs.let-in',
  `update accounts set last_seen_at = $3, password_hash = $4
   where id = $1 and password_hash = $2 and disabled_at is null returning id`,
)
const endByToken = statement<{ id: string }>(
  'orgs.end-session-by-token',
  'delete from sessions where token_hash = $1 returning id',
)
const endOldest = statement(
  'orgs.end-oldest-sessions',
  `delete from sessions where id in (
     select id from sessions where account_id = $1 and id <> $2 order by seen_at desc, id desc offset $3)`,
)

/** Returns the new session's token. `session/refused` for every reason alike, after the same work and one event. */
export async function signIn(
  { db, config, passwords }: SignInServices,
  attempt: SignIn,
): Promise<{ token: string; accountId: string }> {
  const login = attempt.login.trim().toLowerCase()
  const { charge, account } = await db.transaction(async (tx) => {
    await demandTurn(tx, attempt.address, config.SIGN_INS_PER_MINUTE)
    return {
      charge: await chargeAttempt(tx, login, attempt.address),
      account: (await credentialsOf(tx, [login, tx.now]))[0],
    }
  })
  if (charge.locked !== undefined) throw tooManyAttempts(charge.locked)

  const stored = account?.hash ?? undefined
  const matches = await passwords.verify(attempt.password, stored).catch(async (error: unknown) => {
    await db.transaction(async (tx) => refundAttempt(tx, login, attempt.address))
    throw error
  })
  const refuse = async (reason: Refusal): Promise<never> => {
    await db.transaction((tx) => recordRefusal(tx, attempt, account?.id, reason, charge.locksLogin))
    throw new Problem(reason === 'initial-expired' ? 'session/initial-password-expired' : 'session/refused')
  }
  if (account === undefined || stored === undefined) return refuse('unknown')
  if (!matches) return refuse('password')
  if (account.disabled) return refuse('disabled')
  if (account.lapsed) return refuse('initial-expired')

  const kept = passwords.outdated(stored) ? await passwords.hash(attempt.password) : stored
  const token = await db.transaction(async (tx) => {
    const [entered] = await letIn(tx, [account.id, stored, tx.now, kept])
    if (entered === undefined) return undefined
    if (attempt.presented !== undefined) tx.later(endByToken, [attempt.presented])
    const session = openSession(tx, config, account.id, attempt)
    tx.later(endOldest, [account.id, session.id, PARALLEL_SESSIONS - 1])
    forgiveAttempt(tx, login, attempt.address)
    await record(
      tx,
      { ...systemActor(attempt.requestId), kind: 'person', id: account.id },
      {
        subject: 'account',
        subjectId: account.id,
        type: 'session.signed-in',
        data: { session: session.id, address: attempt.address },
      },
    )
    return session.token
  })
  return token === undefined ? refuse('changed-meanwhile') : { token, accountId: account.id }
}

// The address is kept because an audit must tell where an attempt came from (GB/T 22239-2019, 8.1.4.3).
async function recordRefusal(
  tx: Tx,
  attempt: SignIn,
  accountId: string | undefined,
  reason: Refusal,
  locked: boolean,
): Promise<void> {
  await record(tx, systemActor(attempt.requestId), {
    subject: accountId === undefined ? 'system' : 'account',
    subjectId: accountId ?? NIL,
    type: 'session.refused',
    data: { reason, locked, address: attempt.address },
  })
}

export function tooManyAttempts(seconds: number): Problem {
  return new Problem('session/too-many-attempts', { extras: { retryAfter: seconds } })
}

const insertSession = statement(
  'orgs.insert-session',
  `insert into sessions (token_hash, id, account_id, created_at, seen_at, expires_at, user_agent, ip)
   values ($1, $2, $3, $4, $4, $5, $6, $7)`,
)

/** A new session with a new token; the caller has checked who it is for. */
export function openSession(
  tx: Tx,
  config: Deps['config'],
  accountId: string,
  { address, userAgent }: Origin,
): { id: string; token: string } {
  const { token, hash } = newToken()
  const id = randomUUIDv7()
  const end = sessionEnd(tx.now, sessionLimits(config))
  tx.later(insertSession, [hash, id, accountId, tx.now, end, userAgent.slice(0, 200), address])
  return { id, token }
}

/** Ends the session of this token, if there is one. */
export async function signOut(tx: Tx, actor: Actor, token: Buffer | undefined): Promise<void> {
  const [ended] = token === undefined ? [] : await endByToken(tx, [token])
  if (ended === undefined) return
  await record(tx, actor, {
    subject: 'account',
    subjectId: actor.id,
    type: 'session.signed-out',
    data: { session: ended.id },
  })
}

const endOwn = statement<{ id: string }>(
  'orgs.end-own-session',
  'delete from sessions where id = $1 and account_id = $2 returning id',
)

/** Ends one of the actor's own sessions; `request/not-found` when it is not one. */
export async function endOwnSession(tx: Tx, actor: Actor, id: string): Promise<void> {
  const [ended] = await endOwn(tx, [id, actor.id])
  if (ended === undefined) throw new Problem('request/not-found')
  const data = { session: id }
  await record(tx, actor, { subject: 'account', subjectId: actor.id, type: 'session.ended', data })
}
