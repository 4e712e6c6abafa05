// The vault keeps its word: sealed values open only in their place, keys rotate, nothing prints a key.
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { execFile } from 'node:child_process'
import { createPublicKey, randomBytes, verify } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect, promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { addKeyVersion, KeyFileError } from '../../src/platform/master-key.ts'
import { openVault, VaultError } from '../../src/platform/vault.ts'

const folder = mkdtempSync(join(tmpdir(), 'banjian-vault-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const newKeyFile = () => join(folder, `keys-${++files}`, 'master.key')
const newVault = () => openVault({ keyFile: newKeyFile(), create: true })

const AAD = 'people|sealed|0198b0a0-0000-7000-8000-000000000001'
const codeOf = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    if (error instanceof VaultError || error instanceof KeyFileError) return error.code
    throw error
  }
  return 'no error'
}

describe('sealing', () => {
  const vault = newVault()

  test('any text comes back exactly, at a cost of 30 bytes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        fc.string({ unit: 'grapheme' }),
        (text, aad) => {
          const sealed = vault.seal(text, aad)
          expect(sealed.length).toBe(Buffer.byteLength(text) + 30)
          expect(vault.open(sealed, aad)).toBe(text)
        },
      ),
    )
  })

  test('the sealed bytes hold nothing of the text', () => {
    const text = '王小明 利州区东坝街道兴安路88号'
    for (let i = 0; i < 200; i++) {
      const sealed = vault.seal(text, AAD)
      expect(sealed.includes(Buffer.from('王小明'))).toBe(false)
      expect(sealed.includes(Buffer.from('兴安路'))).toBe(false)
    }
  })

  test('every changed bit and every cut is noticed', () => {
    const sealed = vault.seal('15412345678', AAD)
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed)
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(codeOf(() => vault.open(changed, AAD))).toMatch(/^vault\//)
    }
    for (let end = 0; end < sealed.length; end++) {
      expect(codeOf(() => vault.open(sealed.subarray(0, end), AAD))).toBe('vault/tampered')
    }
  })

  test('a value moved to another row, column or table does not open', () => {
    const sealed = vault.seal('15412345678', AAD)
    for (const aad of [
      AAD.replace(/1$/, '2'),
      AAD.replace('sealed', 'phone'),
      AAD.replace('people', 'relief'),
      '',
    ]) {
      expect(codeOf(() => vault.open(sealed, aad))).toBe('vault/tampered')
    }
  })

  test('a hundred thousand seals never repeat a nonce', () => {
    const seen = new Set<string>()
    for (let i = 0; i < 100_000; i++) seen.add(vault.seal('x', AAD).toString('latin1', 2, 14))
    expect(seen.size).toBe(100_000)
  })

  test('the error of a value that does not open tells nothing of it', () => {
    const sealed = vault.seal('15412345678', AAD)
    try {
      vault.open(sealed, 'elsewhere')
    } catch (error) {
      expect(inspect(error, { depth: 9 })).not.toContain('154')
      return
    }
    expect.unreachable()
  })
})

describe('blind indexes', () => {
  const vault = newVault()

  test('equal texts of one purpose share an index, other purposes and other texts do not', () => {
    const index = vault.blind('phone', '15412345678')
    expect(index.length).toBe(16)
    expect(vault.blind('phone', '15412345678')).toEqual(index)
    expect(vault.blind('idNo', '15412345678')).not.toEqual(index)
    expect(vault.blind('phone', '15412345679')).not.toEqual(index)
    expect(newVault().blind('phone', '15412345678')).not.toEqual(index)
  })
})

describe('key versions', () => {
  test('after a rotation the newest key seals, all keys open, and search covers both', () => {
    const keyFile = newKeyFile()
    const before = openVault({ keyFile, create: true })
    const old = before.seal('旧', AAD)
    expect(addKeyVersion(keyFile)).toBe(2)

    const after = openVault({ keyFile })
    const fresh = after.seal('新', AAD)
    expect([after.keyId, after.keyIds]).toEqual([2, [2, 1]])
    expect([after.keyIdOf(old), after.keyIdOf(fresh)]).toEqual([1, 2])
    expect([after.open(old, AAD), after.open(fresh, AAD)]).toEqual(['旧', '新'])
    expect(codeOf(() => before.open(fresh, AAD))).toBe('vault/unknown-key')

    const name = after.blind('name', '王小明')
    expect(after.blinds('name', '王小明')).toEqual([name, before.blind('name', '王小明')])
    expect(after.pepper('secret', 1)).toEqual(before.pepper('secret'))
    expect(after.pepper('secret').mac).not.toEqual(before.pepper('secret').mac)
    expect(after.fingerprint(1)).toBe(before.fingerprint(1))
    expect(after.fingerprint(2)).not.toBe(after.fingerprint(1))
  })

  test('a value cannot be passed off as sealed by another key version', () => {
    const keyFile = newKeyFile()
    openVault({ keyFile, create: true })
    addKeyVersion(keyFile)
    const vault = openVault({ keyFile })
    const sealed = vault.seal('x', AAD)
    sealed[1] = 1
    expect(codeOf(() => vault.open(sealed, AAD))).toBe('vault/tampered')
  })
})

describe('signatures', () => {
  test('a checkpoint verifies with the exported public key alone, and fails when anything changed', () => {
    const keyFile = newKeyFile()
    const vault = openVault({ keyFile, create: true })
    const bytes = Buffer.from('banjian checkpoint 2020-12-31')
    const signed = vault.sign(bytes)
    expect(signed.signature.length).toBe(64)
    expect(verify(null, bytes, createPublicKey(vault.publicKey(1)), signed.signature)).toBe(true)
    expect(vault.verify(Buffer.from('banjian checkpoint 2020-12-30'), signed)).toBe(false)
    expect(vault.verify(bytes, { ...signed, keyId: 9 })).toBe(false)
    expect(newVault().verify(bytes, signed)).toBe(false)

    addKeyVersion(keyFile)
    expect(openVault({ keyFile }).verify(bytes, signed)).toBe(true)
  })
})

describe('the master key file', () => {
  const line = (keyId: string) => `${keyId}:${randomBytes(32).toString('base64')}\n`
  const withFile = (text: string, mode = 0o400) => {
    const keyFile = join(folder, `hand-${++files}.key`)
    writeFileSync(keyFile, text, { mode })
    chmodSync(keyFile, mode)
    return codeOf(() => openVault({ keyFile }))
  }

  test('is created once with mode 0400 and nothing beside it', () => {
    const keyFile = newKeyFile()
    openVault({ keyFile, create: true })
    const text = readFileSync(keyFile, 'utf8')
    expect(statSync(keyFile).mode & 0o777).toBe(0o400)
    openVault({ keyFile, create: true })
    addKeyVersion(keyFile)
    expect(readFileSync(keyFile, 'utf8').startsWith(text)).toBe(true)
    expect(statSync(keyFile).mode & 0o777).toBe(0o400)
    expect(readdirSync(join(keyFile, '..'))).toEqual(['master.key'])
  })

  test('is never invented where one is expected', () => {
    const keyFile = newKeyFile()
    expect(codeOf(() => openVault({ keyFile }))).toBe('vault/key-file-missing')
    expect(existsSync(keyFile)).toBe(false)
  })

  test.each([0o644, 0o404, 0o402, 0o420, 0o777])('is refused when others may reach it (%i)', (mode) => {
    expect(withFile(line('1'), mode)).toBe('vault/key-file-exposed')
  })

  test.each([0o400, 0o600, 0o440])('is accepted with mode %i', (mode) => {
    expect(withFile(line('1'), mode)).toBe('no error')
  })

  test('is refused when empty, short, doubled or out of range; comments and CRLF are fine', () => {
    const one = line('1')
    for (const text of [
      '',
      '\n',
      'nonsense\n',
      '1:c2hvcnQ=\n',
      one + one,
      line('0'),
      line('256'),
      line('-1'),
      one.slice(0, -6),
    ]) {
      expect(withFile(text)).toBe('vault/key-file-invalid')
    }
    expect(withFile(`# 主密钥\r\n${one.trim()}\r\n\n${line('7')}`)).toBe('no error')
  })

  test('processes that start together agree on one key', async () => {
    const keyFile = newKeyFile()
    const script = `import { openVault } from ${JSON.stringify(new URL('../../src/platform/vault.ts', import.meta.url).href)}
      process.stdout.write(openVault({ keyFile: ${JSON.stringify(keyFile)}, create: true }).fingerprint(1))`
    const start = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    const started = await Promise.all([start(), start(), start()])
    expect(new Set(started.map(({ stdout }) => stdout)).size).toBe(1)
  }, 60_000)
})

test('printing or serialising the vault shows no key', () => {
  const vault = newVault()
  expect(inspect(vault)).toBe('Vault [redacted]')
  expect(inspect({ vault }, { showHidden: true, depth: 9 })).toContain('Vault [redacted]')
  expect(JSON.stringify({ vault })).toBe('{"vault":"[redacted]"}')
  expect(inspect(Object.values(vault))).not.toMatch(/PrivateKey|SecretKey/)
})
