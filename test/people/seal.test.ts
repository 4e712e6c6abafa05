// A person at rest: the row opens only as itself, shows only masks, and is found only by exact values.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { checkPerson } from '../../src/people/checks.ts'
import { blindsFor, openPerson, sealPerson } from '../../src/people/seal.ts'
import { addKeyVersion } from '../../src/platform/master-key.ts'
import { openVault } from '../../src/platform/vault.ts'
import { generateAddress, generateIdNo, generateName, generatePhone, seeded } from '../support/identity.ts'

const folder = mkdtempSync(join(tmpdir(), 'banjian-people-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const keyFile = join(folder, 'master.key')
const vault = openVault({ keyFile, create: true })
const ID = '0198b0a0-0000-7000-8000-000000000001'
const OTHER = '0198b0a0-0000-7000-8000-000000000002'

const someone = (seed: number) => {
  const rng = seeded(seed)
  return {
    name: generateName(rng),
    phone: generatePhone(rng),
    idNo: generateIdNo(rng),
    address: generateAddress(rng),
  }
}

describe('sealing a person', () => {
  test('what was entered comes back in its one form', () => {
    const columns = sealPerson(vault, ID, {
      name: '王 小明',
      phone: '+86 154-1234-5678',
      phone2: '',
      idNo: null,
    })
    expect(openPerson(vault, { id: ID, sealed: columns.sealed })).toEqual({
      name: '王小明',
      phone: '15412345678',
    })
    expect(columns).toMatchObject({
      nameMasked: '王*明',
      phoneMasked: '154****5678',
      idMasked: null,
      township: null,
    })
    expect([columns.phone2Bi, columns.idBi]).toEqual([null, null])
  })

  test('nothing of the person lies open in the row', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const person = someone(seed)
        const columns = sealPerson(vault, ID, person)
        const row = Buffer.concat(
          Object.values(columns).map((value) => (Buffer.isBuffer(value) ? value : Buffer.from(value ?? ''))),
        )
        for (const text of [person.name, person.phone, person.idNo, person.address]) {
          expect(row.includes(Buffer.from(text))).toBe(false)
        }
        expect(row.includes(Buffer.from(person.phone.slice(3, 7) + person.phone.slice(7)))).toBe(false)
        expect(row.includes(Buffer.from(person.idNo.slice(6, 14)))).toBe(false)
        expect(openPerson(vault, { id: ID, sealed: columns.sealed })).toEqual(person)
      }),
    )
  })

  test('of a confidential person even the masks hold nothing', () => {
    const columns = sealPerson(vault, ID, someone(1), { confidential: true })
    expect([columns.nameMasked, columns.phoneMasked, columns.idMasked]).toEqual(['保密', '保密', '保密'])
    expect(columns.township).toBeNull()
  })

  test("a sealed value copied into another person's row does not open", () => {
    const { sealed } = sealPerson(vault, ID, someone(1))
    expect(() => openPerson(vault, { id: OTHER, sealed })).toThrow('altered or belongs to another row')
  })
})

describe('finding', () => {
  test('any way of writing a value finds it; an almost equal value does not', () => {
    const columns = sealPerson(vault, ID, {
      name: 'John Smith',
      phone: '0839-3265432转8',
      idNo: '11010519491231002x',
    })
    expect(blindsFor(vault, 'phone', '(0839) 326 5432')).toEqual([columns.phoneBi])
    expect(blindsFor(vault, 'name', 'JOHN  SMITH')).toEqual([columns.nameBi])
    expect(blindsFor(vault, 'idNo', '110105 19491231 002Ｘ')).toEqual([columns.idBi])
    expect(blindsFor(vault, 'phone', '08393265433')).not.toEqual([columns.phoneBi])
    expect(blindsFor(vault, 'name', 'John')).not.toEqual([columns.nameBi])
  })

  test('a row of an older key is still found after a rotation', () => {
    const old = sealPerson(vault, ID, someone(2))
    addKeyVersion(keyFile)
    const rotated = openVault({ keyFile })
    expect(blindsFor(rotated, 'phone', someone(2).phone)).toContainEqual(old.phoneBi)
    expect(sealPerson(rotated, ID, someone(2)).phoneBi).not.toEqual(old.phoneBi)
    expect(openPerson(rotated, { id: ID, sealed: old.sealed })).toEqual(someone(2))
  })
})

describe('checking an entry', () => {
  const asOf = '2020-08-14'
  const found = (fields: Parameters<typeof checkPerson>[0]) => {
    const { errors, warnings } = checkPerson(fields, { asOf })
    return [...errors, ...warnings].map(({ pointer, code }) => `${pointer} ${code}`)
  }

  test('generated people pass', () => {
    fc.assert(fc.property(fc.integer(), (seed) => found(someone(seed)).length === 0))
  })

  test('every wrong field is told at once, each with its pointer', () => {
    const fields = { name: '123', phone: '1541234567', phone2: 'x', idNo: '1', address: '长'.repeat(201) }
    expect(found(fields)).toEqual([
      '/body/name name/no-letter',
      '/body/phone phone/length',
      '/body/phone2 phone/invalid',
      '/body/idNo id-no/length',
      '/body/address address/too-long',
    ])
  })

  test('an address alone is no person; a phone alone is one', () => {
    expect(found({ address: '利州区东坝街道', name: ' ' })).toEqual(['/body person/empty'])
    expect(found({ phone: '15412345678' })).toEqual([])
  })

  test('the doubtful is taken with a warning', () => {
    expect(found({ phone: '3265432', idNo: '510802800101123' })).toEqual([
      '/body/phone phone/no-area-code',
      '/body/idNo id-no/legacy',
    ])
  })
})
