// Writes to API keys: issuing and revoking them.
import { randomUUIDv7 } from 'node:crypto'
import type { Actor } from '../platform/actor.ts'
import { dayOf, instantOf, plusDays, type Day } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { findKey } from './queries.ts'
import { newToken, writeApiKey } from './tokens.ts'

/** One in use and one to change over to. */
const ACTIVE_KEYS = 2
const LONGEST_DAYS = 366

export interface NewKey {
  accountId: string
  name: string
  /** Addresses and networks; empty: from anywhere. */
  ips: readonly string[]
  /** The last day on which it is valid. */
  validThrough: Day
}

const accountOfKey = statement<{ kind: string; disabled: boolean }>(
  'orgs.account-of-key',
  'select kind, disabled_at is not null as disabled from accounts where id = $1 for update',
)
const activeKeys = statement<{ n: number }>(
  'orgs.active-keys',
  'select count(*)::int as n from api_keys where account_id = $1 and revoked_at is null and expires_at > $2',
)
const insertKey = statement(
  'orgs.insert-key',
  `insert into api_keys (id, account_id, name, hash, ips, created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7)`,
)

/** Returns the key itself, which cannot be read again. */
export async function createKey(tx: Tx, actor: Actor, key: NewKey): Promise<{ id: string; secret: string }> {
  const [account] = await accountOfKey(tx, [key.accountId])
  if (account === undefined) throw fieldProblem('account/not-found', '/body/accountId', '账号不存在')
  if (account.kind !== 'service') throw new Problem('key/account-not-service')
  if (account.disabled) throw new Problem('account/disabled')
  const today = dayOf(tx.now)
  if (key.validThrough < today || key.validThrough > plusDays(today, LONGEST_DAYS)) {
    throw fieldProblem('key/expiry-invalid', '/body/validThrough', '有效期应从今天起，最长一年')
  }
  const [active] = await activeKeys(tx, [key.accountId, tx.now])
  if (active !== undefined && active.n >= ACTIVE_KEYS) throw new Problem('key/two-active')
  const id = randomUUIDv7()
  const { token, hash } = newToken()
  const expiresAt = instantOf(plusDays(key.validThrough, 1))
  tx.later(insertKey, [id, key.accountId, key.name, hash, key.ips, tx.now, expiresAt])
  const data = { key: id, ips: [...key.ips], validThrough: key.validThrough }
  await record(tx, actor, { subject: 'account', subjectId: key.accountId, type: 'key.created', data })
  return { id, secret: writeApiKey(id, token) }
}

const revoke = statement<{ accountId: string }>(
  'orgs.revoke-key',
  `update api_keys set revoked_at = $2 where id = $1 and revoked_at is null returning account_id as "accountId"`,
)

/** The key is refused from the next request on; revoking it again changes nothing. */
export async function revokeKey(tx: Tx, actor: Actor, id: string): Promise<void> {
  const [revoked] = await revoke(tx, [id, tx.now])
  if (revoked === undefined) {
    if ((await findKey(tx, id)) === undefined) throw new Problem('key/not-found')
    return
  }
  const data = { key: id }
  await record(tx, actor, { subject: 'account', subjectId: revoked.accountId, type: 'key.revoked', data })
}
