// The first account: who may create all others, with a password that is shown once.
import { statement, type Tx } from '../platform/db.ts'
import type { Deps } from '../deps.ts'
import { systemActor } from '../platform/actor.ts'
import { createAccount, resetPassword } from './commands.ts'
import { initialPassword, openPasswords } from './passwords.ts'
import { createUnits } from './unit-commands.ts'

const LOGIN = 'admin'

const bootstrap = statement<{
  accounts: number
  root: string | null
  lapsed: string | null
  region: boolean
}>(
  'orgs.bootstrap',
  `select (select count(*)::int from accounts) as accounts,
     (select id from units where kind = 'office' and valid_to is null order by created_at, id limit 1) as root,
     (select id from accounts a where login = $1 and must_change_password and password_valid_until <= $2
        and last_seen_at is null and disabled_at is null) as lapsed,
     exists (select from regions where code = $3) as region`,
)
const takeTurns = statement('orgs.bootstrap-lock', 'select pg_advisory_xact_lock(5108020002)')

/**
 * Makes the office's unit and the account `admin`, a security administrator who creates all others and must choose a
 * password at the first sign-in; again a password, where the first one lapsed unused. The password comes back once, to be
 * shown; undefined when there is nothing to do. Several starters make one administrator.
 */
export async function ensureAdministrator(
  deps: Pick<Deps, 'db' | 'config' | 'vault' | 'clock'>,
): Promise<{ login: string; password: string } | undefined> {
  const { db, config } = deps
  const state = (tx: Pick<Tx, 'query'>, now: string) => bootstrap(tx, [LOGIN, now, config.OFFICE_REGION])
  const [before] = await state(db, deps.clock.now())
  if (before !== undefined && before.accounts > 0 && before.lapsed === null) return undefined

  const password = initialPassword()
  const passwordHash = await openPasswords(deps.vault).hash(password)
  const made = await db.transaction(async (tx) => {
    const actor = systemActor('start')
    await takeTurns(tx)
    const [now] = await state(tx, tx.now)
    if (now === undefined) return false
    if (now.lapsed !== null) {
      await resetPassword(tx, actor, now.lapsed, passwordHash)
      return true
    }
    if (now.accounts > 0) return false
    const regionCode = now.region ? config.OFFICE_REGION : null
    const unitId =
      now.root ??
      (await createUnits(tx, actor, [{ name: config.OFFICE_NAME, kind: 'office', regionCode }]))[0]
    if (unitId === undefined) throw new Error('the unit of the office was not made')
    await createAccount(tx, actor, {
      ...{ login: LOGIN, name: '安全管理员', unitId, roles: ['security-admin'] },
      ...{ passwordHash, initial: true },
    })
    return true
  })
  return made ? { login: LOGIN, password } : undefined
}
