// Passwords as stored: peppered argon2id, at most two at a time, the rest in a short line.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openPasswords } from '../../src/orgs/passwords.ts'
import { addKeyVersion } from '../../src/platform/master-key.ts'
import { openVault } from '../../src/platform/vault.ts'

const folder = mkdtempSync(join(tmpdir(), 'banjian-passwords-'))
const keyFile = join(folder, 'master.key')
const vault = openVault({ keyFile, create: true })
afterAll(() => rmSync(folder, { recursive: true }))

test('a password is known by its hash, exactly as typed', async () => {
  const passwords = openPasswords(vault)
  const stored = await passwords.hash(' Ünïcode 雪峰 \u0000 ')
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1,k=1\$/)
  expect(await passwords.verify(' Ünïcode 雪峰 \u0000 ', stored)).toBe(true)
  for (const other of [
    'Ünïcode 雪峰 \u0000',
    ' ünïcode 雪峰 \u0000 ',
    ' Ünïcode 雪峰 \u0000 '.normalize('NFD'),
    '',
  ]) {
    expect(await passwords.verify(other, stored)).toBe(false)
  }
  expect(await passwords.hash(' Ünïcode 雪峰 \u0000 ')).not.toBe(stored)
  expect(passwords.outdated(stored)).toBe(false)
})

test('nobody’s password is never right', async () => {
  expect(await openPasswords(vault).verify('anything', undefined)).toBe(false)
})

test('a hash without the key file is worth nothing, and a newer key version asks for a new hash', async () => {
  const stored = await openPasswords(vault).hash('mistral-Orchid7')
  const foreign = openVault({ keyFile: join(folder, 'foreign.key'), create: true })
  expect(await openPasswords(foreign).verify('mistral-Orchid7', stored)).toBe(false)

  addKeyVersion(keyFile)
  const rotated = openPasswords(openVault({ keyFile }))
  expect(await rotated.verify('mistral-Orchid7', stored)).toBe(true)
  expect(rotated.outdated(stored)).toBe(true)
  expect(await rotated.hash('mistral-Orchid7')).toContain(',k=2$')
})

test('a damaged hash is an error, not a wrong password', async () => {
  await expect(openPasswords(vault).verify('x', 'plain text')).rejects.toThrow('not of a known form')
})

test('two are hashed at a time, twenty wait, and the rest are asked to come again', async () => {
  const passwords = openPasswords(vault)
  const crowd = await Promise.allSettled(
    Array.from({ length: 30 }, (_, i) => passwords.hash(`mistral-Orchid${i}`)),
  )
  expect(crowd.filter((one) => one.status === 'fulfilled')).toHaveLength(22)
  const refused = crowd.filter((one) => one.status === 'rejected').map((one) => one.reason)
  expect(refused).toHaveLength(8)
  for (const reason of refused)
    expect(reason).toMatchObject({ code: 'request/too-many', options: { extras: { retryAfter: 3 } } })
  expect(await passwords.hash('mistral-Orchid')).toBeTruthy()
})
