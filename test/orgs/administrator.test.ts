// The first start: one administrator with a password shown once, whoever starts first, and no default account.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureAdministrator } from '../../src/orgs/administrator.ts'
import { loadShippedRegions } from '../../src/orgs/region-commands.ts'
import { cloneDatabase, type ClonedDatabase } from '../support/database.ts'
import { openDeps, type Deps } from '../../src/deps.ts'
import { readConfig } from '../../src/config.ts'
import { buildApp } from '../../src/app.ts'
import { testClock } from './office.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const dataDir = mkdtempSync(join(tmpdir(), 'banjian-first-'))
const clock = testClock('2020-08-14T09:00:00.000+08:00')
const opened: { close(): Promise<void> }[] = []
let database: ClonedDatabase

beforeAll(async () => {
  database = await cloneDatabase()
})
afterAll(async () => {
  for (const one of opened.toReversed()) await one.close()
  await database.drop()
  rmSync(dataDir, { recursive: true, force: true })
})

async function start(): Promise<Deps> {
  const config = readConfig({ DATA_DIR: dataDir, DATABASE_URL: database.url, LOG_LEVEL: 'silent' })
  const deps = await openDeps(config, database.url, { clock })
  opened.push(deps)
  return deps
}

test('several starters make one administrator, who must choose a password and creates the others', async () => {
  const starters = [await start(), await start(), await start()]
  const [deps] = starters
  if (deps === undefined) throw new Error('not started')
  await Promise.all(starters.map((one) => one.db.transaction(loadShippedRegions)))
  const made = await Promise.all(starters.map(ensureAdministrator))
  const told = made.filter((one) => one !== undefined)
  expect(told).toHaveLength(1)
  expect(told[0]?.login).toBe('admin')
  const rows = await deps.db.query({
    name: 'test.all',
    text: 'select login, roles, must_change_password from accounts',
  })
  expect(rows).toEqual([{ login: 'admin', roles: ['security-admin'], must_change_password: true }])
  const units = await deps.db.query({
    name: 'test.units',
    text: 'select name, kind, level, region_code, parent_id from units',
  })
  expect(units).toEqual([
    { name: '利州区群众工作局', kind: 'office', level: 2, region_code: '510802', parent_id: null },
  ])
  const regions = await deps.db.query<{ n: number }>({
    name: 'test.regions',
    text: 'select count(*)::int as n from regions',
  })
  expect(regions[0]?.n).toBe(19)

  expect(await ensureAdministrator(deps)).toBeUndefined()
  clock.forward({ hours: 25 })
  const again = await Promise.all(starters.map(ensureAdministrator))
  const retold = again.filter((one) => one !== undefined)
  expect(retold).toHaveLength(1)
  expect(retold[0]?.password).not.toBe(told[0]?.password)

  const app = await buildApp(deps)
  opened.push(app)
  const signIn = (password = '') =>
    app.inject({ method: 'POST', url: '/api/session', payload: { login: 'admin', password } })
  expect((await signIn('admin')).statusCode).toBe(401)
  expect((await signIn(told[0]?.password)).statusCode).toBe(401)
  const signedIn = await signIn(retold[0]?.password)
  expect(signedIn.json()).toMatchObject({ mustChangePassword: true, sees: 'none' })
  const headers = (cookie: unknown) => ({ cookie: String(cookie).split(';')[0] ?? '', 'x-banjian': '1' })
  const changed = await app.inject({
    method: 'PUT',
    url: '/api/session/password',
    headers: headers(signedIn.headers['set-cookie']),
    payload: { current: retold[0]?.password, password: 'Quiet-lantern-88' },
  })
  expect(changed.statusCode).toBe(200)
  const [unit] = (
    await app.inject({ url: '/api/units', headers: headers(changed.headers['set-cookie']) })
  ).json().items
  const created = await app.inject({
    method: 'POST',
    url: '/api/accounts',
    headers: headers(changed.headers['set-cookie']),
    payload: { login: 'system', name: '系统管理员', unitId: unit.id, roles: ['system-admin'] },
  })
  expect(created.statusCode).toBe(201)

  clock.forward({ days: 400 })
  expect(await ensureAdministrator(deps)).toBeUndefined()
})
