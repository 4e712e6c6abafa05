// The demonstration stays out of an office's own data, and sets up its own office once.
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contentOf, prepareOffice } from '../../scripts/demo/office.ts'
import { demoConfig } from '../../scripts/demo/service.ts'
import { dissolvedTowns, handlingUnits } from '../../scripts/demo/units.data.ts'
import { ensureAdministrator } from '../../src/orgs/administrator.ts'
import { openPasswords } from '../../src/orgs/passwords.ts'
import { listUnits } from '../../src/orgs/queries.ts'
import { statement } from '../../src/platform/db.ts'
import { openDependencies, type Opened } from '../platform/opened.ts'

const passwordHashes = statement<{ hash: string | null }>(
  'test.hashes',
  'select password_hash as hash from accounts',
)

describe('an empty database', () => {
  let deps: Opened
  let password: string | undefined

  beforeAll(async () => {
    deps = await openDependencies()
    expect(await contentOf(deps.db)).toBe('empty')
    ;({ password } = await prepareOffice(deps))
  })
  afterAll(() => deps.close())

  it('gets the office, its 64 units and two that were dissolved, with a successor each', async () => {
    const units = await listUnits(deps.db, null)
    const handling = units.filter(({ kind, validTo }) => kind !== 'office' && validTo === null)
    expect(handling.map(({ name }) => name).toSorted()).toEqual(
      handlingUnits.map(({ name }) => name).toSorted(),
    )
    const nameOf = new Map(units.map(({ id, shortName }) => [id, shortName]))
    const gone = units.filter(({ validTo }) => validTo !== null)
    expect(gone.map((unit) => [unit.shortName, unit.validTo, nameOf.get(unit.successorId ?? '')])).toEqual(
      dissolvedTowns.map(({ shortName, dissolved }) => [shortName, dissolved?.on, dissolved?.into]),
    )
  })

  it('gets people who can all sign in with the password that comes back once', async () => {
    const accounts = await passwordHashes(deps.db)
    expect(accounts.length).toBe(14 + 2 * 64 + 1)
    const withPassword = accounts.filter(({ hash }) => hash !== null)
    expect(withPassword.length).toBe(14 + 2 * 64)
    const [first] = withPassword
    expect(await openPasswords(deps.vault).verify(password ?? '', first?.hash ?? '')).toBe(true)
  })

  it('is known again, and nothing is made twice', async () => {
    expect(await contentOf(deps.db)).toBe('demo')
    expect(await prepareOffice(deps)).toEqual({ password: undefined })
    expect((await passwordHashes(deps.db)).length).toBe(14 + 2 * 64 + 1)
  })
})

it("an office's own database is told apart from the demonstration's", async () => {
  const deps = await openDependencies()
  await ensureAdministrator(deps)
  expect(await contentOf(deps.db)).toBe('other')
  await deps.close()
})

it("its configuration takes nothing of an office's own by accident", () => {
  const office = {
    ARCHIVE_DIR: '/archive',
    CHECKPOINT_DIR: '/elsewhere',
    REDIS_URL: 'redis://office',
    PORT: '3200',
  }
  const config = demoConfig({ ...office, DATA_DIR: '', REDIS_URL_FILE: '/run/secrets/redis' })
  expect(config.dataDir).toBe(join(process.cwd(), 'data', 'demo'))
  expect(config).toMatchObject({ PORT: 0, HOST: '127.0.0.1', SCHEDULES: false })
  const { ARCHIVE_DIR, CHECKPOINT_DIR, REDIS_URL } = config
  expect([ARCHIVE_DIR, CHECKPOINT_DIR, REDIS_URL]).toEqual([undefined, undefined, undefined])
})
