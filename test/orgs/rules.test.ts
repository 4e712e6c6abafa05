// Roles, passwords and regions as rules: what they allow, and the lists they come from.
import { expect, test } from 'vitest'
import { passwordExpiredBefore, passwordFaults } from '../../src/orgs/password-rules.ts'
import { initialPassword } from '../../src/orgs/passwords.ts'
import { regionFaults } from '../../src/orgs/region-rules.ts'
import { shippedRegions } from '../../src/orgs/regions.data.ts'
import {
  accessOf,
  administratorRole,
  clashOf,
  misplacedRole,
  permissions,
  roleNames,
  roles,
  type Role,
} from '../../src/orgs/rules.ts'
import { lockout } from '../../src/orgs/sign-in-rules.ts'
import { addressBucket, loginBucket, networkBucket } from '../../src/orgs/tokens.ts'

const administrators: Role[] = ['system-admin', 'security-admin', 'audit-admin']

test('an administrator’s role excludes every other role', () => {
  for (const administrator of administrators) {
    for (const other of roleNames) {
      if (other === administrator) continue
      expect(clashOf([administrator, other])).toEqual([administrator, other])
      expect(clashOf([other, administrator])).toEqual([other, administrator])
    }
    expect(clashOf([administrator])).toBeUndefined()
  }
})

test('who handles for a unit neither calls back nor screens', () => {
  for (const handling of ['handler', 'unit-reviewer'] as const) {
    expect(clashOf(['callback', handling])).toBeDefined()
    expect(clashOf([handling, 'screening'])).toBeDefined()
  }
  expect(clashOf(['registrar', 'agent', 'dispatcher', 'reviewer', 'callback'])).toBeUndefined()
})

test('administrators see no matters and nothing of people', () => {
  for (const name of administrators) {
    const access = accessOf([name], true)
    expect(access.sees).toBe('none')
    expect(
      [...access.can].filter((p) => /^(matters|people|files|ledger|kpi|reports|imports)\./.test(p)),
    ).toEqual([])
  }
})

test('administering is divided: no two administrators share a permission but reading the list of accounts', () => {
  for (const [i, a] of administrators.entries()) {
    for (const b of administrators.slice(i + 1)) {
      const shared = roles[a].can.filter((p) => (roles[b].can as readonly string[]).includes(p))
      expect(shared.filter((p) => p !== 'accounts.read')).toEqual([])
    }
  }
})

test('every permission is granted by a role, and only known permissions are', () => {
  const granted = new Set(roleNames.flatMap((name) => roles[name].can as readonly string[]))
  expect([...granted].toSorted()).toEqual(Object.keys(permissions).toSorted())
})

test('only people with an official reason find those who asked for confidence, and only leaders say who may know them', () => {
  const may = (permission: string) => roleNames.filter((name) => accessOf([name], true).can.has(permission))
  expect(may('people.find-confidential')).toEqual(['reviewer', 'review-clerk', 'supervisor', 'leader'])
  expect(may('people.confide')).toEqual(['leader'])
})

test('the office’s roles see everything only at the office', () => {
  expect(accessOf(['registrar'], true).sees).toBe('all')
  expect(accessOf(['registrar'], false).sees).toBe('units')
  const [atOffice, inUnit] = [true, false].map(
    (office) => accessOf(['registrar', 'leader', 'statistician'], office).can,
  )
  const only = [...(atOffice ?? [])].filter((permission) => inUnit?.has(permission) !== true)
  expect(only.toSorted()).toEqual([
    'imports.read',
    'imports.run',
    'relief.ask',
    'relief.decide',
    'relief.read',
  ])
  expect(accessOf(['handler'], true).sees).toBe('units')
  expect(accessOf(['handler', 'reviewer'], true).sees).toBe('all')
  expect(accessOf([], true)).toMatchObject({ sees: 'none', can: new Set() })
  expect(accessOf(['toString', 'no-such-role'], true)).toMatchObject({ sees: 'none', can: new Set() })
})

test('a handling unit’s account holds no role of the office', () => {
  expect(misplacedRole(['handler', 'reviewer'], 'township')).toBe('reviewer')
  expect(
    misplacedRole(['registrar', 'handler', 'unit-reviewer', 'statistician'], 'department'),
  ).toBeUndefined()
  expect(misplacedRole([...roleNames], 'office')).toBeUndefined()
  expect(administratorRole(['registrar', 'system-admin'])).toBe('system-admin')
  expect(administratorRole(['registrar'])).toBeUndefined()
})

const owner = { login: 'zhaolei', name: '测试甲', words: ['利州区群众工作局'] }
const gb = (password: string) => passwordFaults(password, 'gb', owner)

test('profile gb asks for 12 characters of 3 kinds', () => {
  expect(gb('mistral-Orchid7')).toEqual([])
  expect(gb('Mistral-Or7')).toEqual(['密码至少12个字符'])
  expect(gb('mistralorchidvelvet')).toEqual(['密码须含大写字母、小写字母、数字、符号中的3种'])
  expect(gb('mistral orchid 7 velvet')).toEqual([])
  expect(gb('雪峰上看日出Zk7mq-观云海')).toEqual([])
  expect(gb(`mistral-Orchid7${'x7Q-'.repeat(12)}`)).toEqual([])
  expect(gb('Ab1-'.repeat(33))).toContain('密码最多128个字符')
})

test('profile asvs asks for 15 characters of any kind and no expiry', () => {
  expect(passwordFaults('mistralorchidvelvet', 'asvs', owner)).toEqual([])
  expect(passwordFaults('mistral-Orchid', 'asvs', owner)).toEqual(['密码至少15个字符'])
  expect(passwordExpiredBefore('2020-08-14T09:00:00.000+08:00', 'asvs')).toBeNull()
  expect(passwordExpiredBefore('2020-08-14T09:00:00.000+08:00', 'gb')).toBe('2020-05-16T09:00:00.000+08:00')
})

test('what anybody would try first is refused', () => {
  const guessable = [
    'Password1234',
    'P@ssw0rd2020!',
    'Qwerty123456!',
    'Admin@123456',
    '1qaz2wsx!QAZ',
    'Lizhou@20200814',
  ]
  guessable.push(
    'Guangyuan-2020',
    'Woaini5201314!',
    'Aaaaaaaaaaa1!',
    'Abcdefgh1234!',
    'Xinfangju-12345',
    'Banjian@2026!!',
  )
  for (const password of guessable)
    expect([password, gb(password)]).toEqual([password, ['密码过于常见或容易猜到']])
  expect(gb('Zhaolei-2020-Rain')).toContain('密码不能包含登录名')
  expect(gb('测试甲-Rainfall-77')).toContain('密码不能包含姓名')
})

test('initial passwords pass both profiles and never repeat', () => {
  const made = Array.from({ length: 500 }, initialPassword)
  expect(new Set(made).size).toBe(500)
  for (const password of made) {
    expect(passwordFaults(password, 'gb', owner)).toEqual([])
    expect(passwordFaults(password, 'asvs', owner)).toEqual([])
  }
})

test('locks grow and end', () => {
  for (const seconds of Object.values(lockout)) {
    expect(seconds.at(-1)).toBe(900)
    expect(seconds.toSorted((a, b) => a - b)).toEqual([...seconds])
  }
  expect(lockout.login.findIndex((seconds) => seconds > 0)).toBe(4)
})

test('addresses fall into the buckets of a host and its network', () => {
  expect(addressBucket('10.1.2.3')).not.toBe(addressBucket('10.1.2.4'))
  expect(networkBucket('10.1.2.3')).toBe(networkBucket('10.1.2.4'))
  expect(networkBucket('10.1.2.3')).not.toBe(networkBucket('10.1.3.3'))
  expect(addressBucket('2001:db8:1:2::7')).toBe(addressBucket('2001:db8:1:2:a:b:c:d'))
  expect(addressBucket('2001:db8:1:2::7')).not.toBe(addressBucket('2001:db8:1:3::7'))
  expect(networkBucket('2001:db8::1')).toBe(networkBucket('2001:db8:0:9::1'))
  expect(loginBucket('a')).toMatch(/^login:[0-9a-f]{64}$/)
})

test('利州区 has 15 townships today, and had 16 before the reform of 2019-12-24', () => {
  const on = (day: string) =>
    shippedRegions.filter(
      (r) => r.level === 'township' && r.validFrom <= day && (r.validTo === null || r.validTo > day),
    )
  expect(on('2020-08-14')).toHaveLength(15)
  expect(on('2019-12-23')).toHaveLength(16)
  expect(on('2019-12-23').map((r) => r.name)).toEqual(expect.arrayContaining(['赤化镇', '工农镇']))
  expect(on('2019-12-24').map((r) => r.name)).toContain('万缘街道')
  expect(regionFaults(shippedRegions)).toEqual([])
})

test('an inconsistent list of regions is refused with every fault', () => {
  const base = {
    name: '甲',
    level: 'township',
    parentCode: null,
    validFrom: '2000-01-01',
    validTo: null,
    successorCodes: [],
  } as const
  const rows = [
    { ...base, code: '510802900', successorCodes: ['510802901'] },
    { ...base, code: '510802900', validFrom: '2010-01-01' },
    { ...base, code: '510802901', parentCode: '999999', successorCodes: [] as string[] },
    { ...base, code: '510802902', validTo: '1999-01-01', successorCodes: ['000000'] },
  ].map((row) => ({ ...row, successorCodes: [...row.successorCodes] }))
  expect(regionFaults(rows).map(({ pointer, code }) => [pointer, code])).toEqual([
    ['/body/items/0/validFrom', 'region/period-overlaps'],
    ['/body/items/0/successorCodes', 'region/successor-too-early'],
    ['/body/items/1/validFrom', 'region/period-overlaps'],
    ['/body/items/2/parentCode', 'region/parent-unknown'],
    ['/body/items/3/validTo', 'region/period-empty'],
    ['/body/items/3/successorCodes', 'region/successor-unknown'],
  ])
})
