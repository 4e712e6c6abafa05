// Writes to accounts: creating, editing, disabling, resetting and unlocking them.
import { randomUUIDv7 } from 'node:crypto'
import type { Actor } from '../platform/actor.ts'
import { plusHours } from '../platform/clock.ts'
import { constraintOf, statement, type Tx } from '../platform/db.ts'
import { record, type EventData } from '../platform/events.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { forgiveAttempt } from './attempts.ts'
import { endAllSessions } from './change-password.ts'
import { REMEMBERED_PASSWORDS } from './password-rules.ts'
import { findAccount, type AccountRow } from './queries.ts'
import { administratorRole, clashOf, misplacedRole, roles as roleRules, type Role } from './rules.ts'
import { INITIAL_PASSWORD_HOURS } from './sign-in-rules.ts'

export interface NewAccount {
  id?: string
  kind?: 'person' | 'service'
  /** Lower case. */
  login: string
  name: string
  unitId: string
  roles: readonly Role[]
  /** As `passwords.ts` makes it; without one the account cannot sign in. */
  passwordHash?: string
  /** The password was chosen by somebody else: it ends after a day and must be changed at first sign-in. */
  initial?: boolean
}

const insertAccount = statement(
  'orgs.insert-account',
  `insert into accounts (id, kind, login, name, unit_id, roles, password_hash, password_changed_at,
     must_change_password, password_valid_until, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, case when $7::text is null then null else $10::timestamptz end, $8, $9, $10)`,
)

/** Returns the new account's id. Problems: `account/login-taken`, `account/roles-incompatible`, `unit/not-active` … */
export async function createAccount(tx: Tx, actor: Actor, account: NewAccount): Promise<string> {
  const {
    id = randomUUIDv7(),
    kind = 'person',
    login,
    name,
    unitId,
    roles,
    passwordHash,
    initial = false,
  } = account
  await checkRoles(tx, kind, unitId, roles)
  try {
    await insertAccount(tx, [
      ...[id, kind, login, name, unitId, roles, passwordHash ?? null],
      ...[initial, initial ? plusHours(tx.now, INITIAL_PASSWORD_HOURS) : null, tx.now],
    ])
  } catch (error) {
    if (constraintOf(error) !== 'accounts_login') throw error
    throw fieldProblem('account/login-taken', '/body/login', '登录名已被使用')
  }
  await tell(tx, actor, id, 'account.created', { kind, unitId, roles: [...roles] })
  return id
}

const unitForShare = statement<{ kind: string }>(
  'orgs.active-unit-for-share',
  'select kind from units where id = $1 and valid_to is null for share',
)

async function checkRoles(tx: Tx, kind: string, unitId: string, held: readonly Role[]): Promise<void> {
  const [unit] = await unitForShare(tx, [unitId])
  if (unit === undefined) throw fieldProblem('unit/not-active', '/body/unitId', '单位不存在或已撤销')
  const clash = clashOf(held)
  if (clash !== undefined) {
    const [a, b] = clash
    const message = `“${roleRules[a].label}”与“${roleRules[b].label}”不能由同一账号兼任`
    throw fieldProblem('account/roles-incompatible', '/body/roles', message)
  }
  const misplaced = misplacedRole(held, unit.kind)
  if (misplaced !== undefined) {
    const message = `承办单位的账号不能担任“${roleRules[misplaced].label}”`
    throw fieldProblem('account/role-not-for-unit', '/body/roles', message)
  }
  const administrator = kind === 'service' ? administratorRole(held) : undefined
  if (administrator !== undefined) {
    const message = `接口账号不能担任“${roleRules[administrator].label}”`
    throw fieldProblem('account/role-not-for-service', '/body/roles', message)
  }
}

const lockAccount = statement<{ version: number }>(
  'orgs.lock-account',
  'select version from accounts where id = $1 for update',
)
const updateAccount = statement(
  'orgs.update-account',
  'update accounts set name = $2, unit_id = $3, roles = $4, disabled_at = $5, version = version + 1 where id = $1',
)

export interface AccountChanges {
  name?: string | undefined
  unitId?: string | undefined
  roles?: readonly Role[] | undefined
}

/** Edits an account that is at `version`; new roles hold from its next request on. */
export async function editAccount(
  tx: Tx,
  actor: Actor,
  id: string,
  version: number,
  changes: AccountChanges,
): Promise<void> {
  const account = await lock(tx, id, version)
  const { name = account.name, unitId = account.unitId, roles = account.roles as Role[] } = changes
  const moved = unitId !== account.unitId || !sameRoles(roles, account.roles)
  if (moved && id === actor.id) throw new Problem('account/own-account')
  if (moved) await checkRoles(tx, account.kind, unitId, roles)
  tx.later(updateAccount, [id, name, unitId, roles, account.disabledAt])
  const data = { before: { unitId: account.unitId, roles: account.roles }, unitId, roles: [...roles] }
  await tell(tx, actor, id, 'account.edited', moved ? data : {})
}

function sameRoles(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((role) => b.includes(role))
}

/** The account can do nothing from its next request on; its sessions end, its keys stop. */
export async function disableAccount(tx: Tx, actor: Actor, id: string, version?: number): Promise<void> {
  const account = await lock(tx, id, version)
  if (id === actor.id) throw new Problem('account/own-account')
  if (account.disabledAt !== null) throw new Problem('account/disabled')
  tx.later(updateAccount, [id, account.name, account.unitId, account.roles, tx.now])
  tx.later(endAllSessions, [id])
  await tell(tx, actor, id, 'account.disabled')
}

export async function enableAccount(tx: Tx, actor: Actor, id: string, version?: number): Promise<void> {
  const account = await lock(tx, id, version)
  if (account.disabledAt === null) throw new Problem('account/not-disabled')
  await checkRoles(tx, account.kind, account.unitId, account.roles as Role[])
  tx.later(updateAccount, [id, account.name, account.unitId, account.roles, null])
  await tell(tx, actor, id, 'account.enabled')
}

const setInitial = statement(
  'orgs.set-initial-password',
  `update accounts set password_hash = $2, password_changed_at = $3, must_change_password = true,
     password_valid_until = $4, version = version + 1,
     previous_hashes = case when password_hash is null then previous_hashes
       else (array_prepend(password_hash, previous_hashes))[1:$5] end
   where id = $1`,
)

/** Gives the account an initial password in place of its own, and ends its sessions and its lock. */
export async function resetPassword(tx: Tx, actor: Actor, id: string, passwordHash: string): Promise<void> {
  const account = await lock(tx, id)
  if (id === actor.id) throw new Problem('account/own-account')
  if (account.kind === 'service') throw new Problem('account/has-no-password')
  const until = plusHours(tx.now, INITIAL_PASSWORD_HOURS)
  tx.later(setInitial, [id, passwordHash, tx.now, until, REMEMBERED_PASSWORDS - 1])
  tx.later(endAllSessions, [id])
  forgiveAttempt(tx, account.login, undefined)
  await tell(tx, actor, id, 'account.password-reset')
}

/** Ends the lock of the account after failed sign-ins. */
export async function unlockAccount(tx: Tx, actor: Actor, id: string): Promise<void> {
  const account = await lock(tx, id)
  forgiveAttempt(tx, account.login, undefined)
  await tell(tx, actor, id, 'account.unlocked')
}

/** Ends every session of the account; returns how many. */
export async function endSessions(tx: Tx, actor: Actor, id: string): Promise<number> {
  await lock(tx, id)
  const ended = (await endAllSessions(tx, [id])).length
  await tell(tx, actor, id, 'account.sessions-ended', { ended })
  return ended
}

async function lock(tx: Tx, id: string, version?: number): Promise<AccountRow> {
  const [locked] = await lockAccount(tx, [id])
  const account = locked === undefined ? undefined : await findAccount(tx, id, tx.now)
  if (account === undefined) throw new Problem('account/not-found')
  if (version !== undefined && account.version !== version) {
    throw new Problem('request/stale', { extras: { version: account.version } })
  }
  return account
}

async function tell(tx: Tx, actor: Actor, id: string, type: string, data: EventData = {}): Promise<void> {
  await record(tx, actor, { subject: 'account', subjectId: id, type, data })
}
