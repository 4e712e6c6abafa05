// A database and its master key belong together: a lost or foreign key file stops the start and changes nothing.
import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openDeps } from '../../src/deps.ts'
import { statement } from '../../src/platform/db.ts'
import { addKeyVersion } from '../../src/platform/master-key.ts'
import { cloneDatabase, type ClonedDatabase } from '../support/database.ts'
import { collectingLog } from './opened.ts'

let database: ClonedDatabase
let folder: string

beforeEach(async () => {
  database = await cloneDatabase()
  folder = mkdtempSync(join(tmpdir(), 'banjian-keys-'))
})
afterEach(async () => {
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

const noted = statement<{ keyId: number; fingerprint: string }>(
  'test.vault-keys',
  'select key_id as "keyId", fingerprint from vault_keys order by key_id',
)

const keyFileIn = (name: string) => join(folder, name, 'keys', 'master.key')

/** Opens as a process with that DATA_DIR would; what the database then knows of keys. */
async function openIn(name: string) {
  const config = readConfig({ DATA_DIR: join(folder, name), UNSAFE_DATABASE: 'true' })
  const deps = await openDeps(config, database.url, { log: collectingLog().log })
  try {
    return { keys: await noted(deps.db), vault: deps.vault }
  } finally {
    await deps.close()
  }
}

test('the first start makes a key and notes its mark; later starts find it again', async () => {
  const { keys, vault } = await openIn('one')
  expect(keys).toEqual([{ keyId: 1, fingerprint: vault.fingerprint(1) }])
  expect((await openIn('one')).keys).toEqual(keys)
})

test('another key over the same database is refused, whoever made it, and the database keeps its own', async () => {
  const { keys } = await openIn('one')
  const other = await cloneDatabase()
  try {
    const config = readConfig({ DATA_DIR: join(folder, 'other'), UNSAFE_DATABASE: 'true' })
    await (await openDeps(config, other.url, { log: collectingLog().log })).close()
  } finally {
    await other.drop()
  }
  await expect(openIn('other')).rejects.toMatchObject({ code: 'vault/key-file-foreign' })
  await expect(openIn('other')).rejects.toThrow(
    /^Master key file .* is not the one of this database: .*主密钥/,
  )
  expect((await openIn('one')).keys).toEqual(keys)
})

test('a lost key file is not replaced by a new one', async () => {
  await openIn('one')
  const kept = join(folder, 'kept.key')
  renameSync(keyFileIn('one'), kept)
  await expect(openIn('one')).rejects.toThrow(/does not exist, and this database holds data sealed with it/)
  expect(existsSync(keyFileIn('one'))).toBe(false)
  renameSync(kept, keyFileIn('one'))
  expect((await openIn('one')).keys).toHaveLength(1)
})

test('a key version that was added is noted, and from then on missed', async () => {
  await openIn('one')
  const before = join(folder, 'before.key')
  const file = keyFileIn('one')
  renameSync(file, before)
  copyFileSync(before, file)
  addKeyVersion(file)
  expect((await openIn('one')).keys.map(({ keyId }) => keyId)).toEqual([1, 2])
  renameSync(before, file)
  await expect(openIn('one')).rejects.toThrow(/lacks key version 2/)
})

test('of two first starts with keys of their own, one is refused', async () => {
  const outcomes = await Promise.allSettled([openIn('one'), openIn('two')])
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})
