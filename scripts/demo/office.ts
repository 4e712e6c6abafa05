// Sets up the office of the demonstration in an empty database: its units, its people, and the account that imports.
import { listKeys } from '../../src/orgs/queries.ts'
import { createAccount } from '../../src/orgs/commands.ts'
import { loadShippedYears } from '../../src/calendar/commands.ts'
import type { Deps } from '../../src/deps.ts'
import { createKey, revokeKey } from '../../src/orgs/key-commands.ts'
import { initialPassword, openPasswords } from '../../src/orgs/passwords.ts'
import { loadShippedRegions } from '../../src/orgs/region-commands.ts'
import type { Role } from '../../src/orgs/rules.ts'
import { abolishUnit, createUnits } from '../../src/orgs/unit-commands.ts'
import { systemActor } from '../../src/platform/actor.ts'
import { dayOf, plusDays } from '../../src/platform/clock.ts'
import { statement, type Db, type Tx } from '../../src/platform/db.ts'
import { departments, dissolvedTowns, handlingUnits, townships } from './units.data.ts'

/** Whoever has this account is the demonstration's database and no office's own. */
const IMPORTER = 'demo-import'
const FOUNDED = '2019-01-01'

/** The office's people; each unit has two accounts besides, `unit-01` to `unit-64` and `chief-01` to `chief-64`. */
export const officePeople: readonly { login: string; name: string; roles: Role[] }[] = [
  { login: 'registrar', name: '演示登记员', roles: ['registrar'] },
  { login: 'agent', name: '演示热线坐席', roles: ['agent'] },
  { login: 'dispatcher', name: '演示分派员', roles: ['dispatcher'] },
  { login: 'reviewer', name: '演示区审核员', roles: ['reviewer'] },
  { login: 'callback', name: '演示回访员', roles: ['callback'] },
  { login: 'screener-1', name: '演示甄别员甲', roles: ['screening'] },
  { login: 'screener-2', name: '演示甄别员乙', roles: ['screening'] },
  { login: 'review-clerk', name: '演示复查员', roles: ['review-clerk'] },
  { login: 'supervisor', name: '演示督查员', roles: ['supervisor'] },
  { login: 'leader', name: '演示局长', roles: ['leader'] },
  { login: 'statistician', name: '演示统计员', roles: ['statistician'] },
  { login: 'system-admin', name: '演示系统管理员', roles: ['system-admin'] },
  { login: 'security-admin', name: '演示安全管理员', roles: ['security-admin'] },
  { login: 'audit-admin', name: '演示审计管理员', roles: ['audit-admin'] },
]

/** Login of the account of a handling unit. */
export function loginOfUnit(index: number): string {
  return `unit-${String(index + 1).padStart(2, '0')}`
}

/** Login of whoever reviews in a handling unit. */
export function loginOfChief(index: number): string {
  return `chief-${String(index + 1).padStart(2, '0')}`
}

const importerOf = statement<{ id: string }>('demo.importer', 'select id from accounts where login = $1')

/** Makes what is missing. Returns the password of all accounts when they were made just now. */
export async function prepareOffice(deps: Deps): Promise<{ password: string | undefined }> {
  await deps.db.transaction(loadShippedRegions)
  await deps.db.transaction(loadShippedYears)
  if ((await importerOf(deps.db, [IMPORTER])).length > 0) return { password: undefined }
  const password = initialPassword()
  const passwordHash = await openPasswords(deps.vault).hash(password)
  await deps.db.transaction(async (tx) => {
    const { officeId, unitIds } = await makeUnits(tx, deps.config.OFFICE_NAME, deps.config.OFFICE_REGION)
    const actor = systemActor('demo')
    for (const person of officePeople)
      await createAccount(tx, actor, { ...person, unitId: officeId, passwordHash })
    for (const [i, unitId] of unitIds.entries()) {
      const name = `${handlingUnits[i]?.shortName ?? ''}经办人`
      await createAccount(tx, actor, {
        login: loginOfUnit(i),
        name,
        unitId,
        roles: ['handler'],
        passwordHash,
      })
      await createAccount(tx, actor, {
        login: loginOfChief(i),
        name: `${handlingUnits[i]?.shortName ?? ''}审核人`,
        unitId,
        roles: ['unit-reviewer'],
        passwordHash,
      })
    }
    const importer = {
      kind: 'service',
      login: IMPORTER,
      name: '市平台数据导入',
      roles: ['statistician'],
    } as const
    await createAccount(tx, actor, { ...importer, unitId: officeId })
  })
  return { password }
}

async function makeUnits(tx: Tx, name: string, regionCode: string) {
  const actor = systemActor('demo')
  const [officeId = ''] = await createUnits(tx, actor, [
    { name, kind: 'office', regionCode, validFrom: FOUNDED },
  ])
  const all = [...townships, ...departments, ...dissolvedTowns]
  const ids = await createUnits(
    tx,
    actor,
    all.map(({ name: unitName, shortName, kind, regionCode: region = null, validFrom = FOUNDED }) => ({
      name: unitName,
      shortName,
      kind,
      regionCode: region,
      validFrom,
      parentId: officeId,
    })),
  )
  const idOf = new Map(all.map(({ shortName }, i) => [shortName, ids[i] ?? '']))
  for (const { shortName, dissolved } of dissolvedTowns) {
    if (dissolved === undefined) continue
    const successorId = idOf.get(dissolved.into) ?? null
    await abolishUnit(tx, actor, idOf.get(shortName) ?? '', 1, { on: dissolved.on, successorId })
  }
  return { officeId, unitIds: ids.slice(0, handlingUnits.length) }
}

/** An API key of the importing account for this run; keys that an earlier run left behind are revoked. */
export async function issueKey(deps: Deps): Promise<{ secret: string; revoke(): Promise<void> }> {
  const actor = systemActor('demo')
  const [importer] = await importerOf(deps.db, [IMPORTER])
  if (importer === undefined) throw new Error(`there is no account ${IMPORTER}`)
  const left = (await listKeys(deps.db, importer.id)).filter(({ revokedAt }) => revokedAt === null)
  const key = await deps.db.transaction(async (tx) => {
    for (const { id } of left) await revokeKey(tx, actor, id)
    const validThrough = plusDays(dayOf(tx.now), 1)
    return createKey(tx, actor, { accountId: importer.id, name: '演示导入', ips: [], validThrough })
  })
  return { secret: key.secret, revoke: () => deps.db.transaction((tx) => revokeKey(tx, actor, key.id)) }
}

const hasAccounts = statement<{ there: boolean }>(
  'demo.has-schema',
  `select to_regclass('app.accounts') is not null as there`,
)
const accounts = statement<{ accounts: number; ours: number }>(
  'demo.accounts',
  'select count(*)::int as accounts, (count(*) filter (where login = $1))::int as ours from app.accounts',
)

/** What a database holds: nothing yet, the demonstration, or an office's own data that nobody may touch. */
export async function contentOf(db: Db): Promise<'empty' | 'demo' | 'other'> {
  const [schema] = await hasAccounts(db)
  if (schema?.there !== true) return 'empty'
  const [found] = await accounts(db, [IMPORTER])
  if (found === undefined || found.accounts === 0) return 'empty'
  return found.ours > 0 ? 'demo' : 'other'
}
