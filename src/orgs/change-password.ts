// Changing one's own password: the old one is asked for, the new one judged, every session but a new one ended.
import type { Actor } from '../platform/actor.ts'
import { statement } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { chargeAttempt, forgiveAttempt } from './attempts.ts'
import { passwordFaults, REMEMBERED_PASSWORDS } from './password-rules.ts'
import { openSession, tooManyAttempts, type Origin, type SignInServices } from './sign-in.ts'

interface OwnPassword {
  login: string
  name: string
  unitName: string
  hash: string | null
  previous: string[]
}

const ownPassword = statement<OwnPassword>(
  'orgs.own-password',
  `select a.login, a.name, u.name as "unitName", a.password_hash as hash, a.previous_hashes as previous
   from accounts a join units u on u.id = a.unit_id where a.id = $1`,
)
const replace = statement<{ id: string }>(
  'orgs.replace-password',
  `update accounts set password_hash = $3, previous_hashes = (array_prepend(password_hash, previous_hashes))[1:$4],
     password_changed_at = $5, must_change_password = false, password_valid_until = null, version = version + 1
   where id = $1 and password_hash = $2 returning id`,
)
export const endAllSessions = statement<{ id: string }>(
  'orgs.end-all-sessions',
  'delete from sessions where account_id = $1 returning id',
)

export interface PasswordChange extends Origin {
  current: string
  password: string
}

/**
 * Returns the token of a new session, the only one left. Guesses at the current password count and lock as at sign-in.
 * Problems: `password/current-wrong`, `password/too-weak`, `password/used-before`, `session/too-many-attempts`.
 */
export async function changePassword(
  { db, config, passwords }: SignInServices,
  actor: Actor,
  change: PasswordChange,
): Promise<{ token: string }> {
  const [own] = await ownPassword(db, [actor.id])
  if (actor.kind !== 'person' || own === undefined || own.hash === null)
    throw new Problem('account/has-no-password')
  const { login, hash: stored } = own

  const charge = await db.transaction((tx) => chargeAttempt(tx, login, undefined))
  if (charge.locked !== undefined) throw tooManyAttempts(charge.locked)
  if (!(await passwords.verify(change.current, stored))) {
    const type = 'account.password-change-refused'
    const data = { locked: charge.locksLogin, address: change.address }
    await db.transaction((tx) => record(tx, actor, { subject: 'account', subjectId: actor.id, type, data }))
    throw fieldProblem('password/current-wrong', '/body/current', '原密码不正确')
  }
  await db.transaction(async (tx) => forgiveAttempt(tx, login, undefined))

  const words = [config.OFFICE_NAME, own.unitName]
  const faults = passwordFaults(change.password, config.PASSWORD_PROFILE, { ...own, words })
  if (faults.length > 0) {
    const errors = faults.map((message) => ({
      pointer: '/body/password',
      code: 'password/too-weak',
      message,
    }))
    throw new Problem('password/too-weak', { errors })
  }
  for (const used of [stored, ...own.previous].slice(0, REMEMBERED_PASSWORDS)) {
    if (await passwords.verify(change.password, used)) {
      throw fieldProblem(
        'password/used-before',
        '/body/password',
        `不能与最近${REMEMBERED_PASSWORDS}次用过的密码相同`,
      )
    }
  }

  const fresh = await passwords.hash(change.password)
  return db.transaction(async (tx) => {
    const [replaced] = await replace(tx, [actor.id, stored, fresh, REMEMBERED_PASSWORDS - 1, tx.now])
    if (replaced === undefined) throw new Problem('request/stale')
    const ended = await endAllSessions(tx, [actor.id])
    const session = openSession(tx, config, actor.id, change)
    const data = { ended: ended.length, session: session.id }
    await record(tx, actor, {
      subject: 'account',
      subjectId: actor.id,
      type: 'account.password-changed',
      data,
    })
    return { token: session.token }
  })
}
