// Units and regions: a tree that changes over time, and what that means for who sees what.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createUnits } from '../../src/orgs/unit-commands.ts'
import { findHeir, findNames } from '../../src/orgs/queries.ts'
import { loadShippedRegions } from '../../src/orgs/region-commands.ts'
import { authenticator } from '../../src/orgs/session.ts'
import { shippedRegions } from '../../src/orgs/regions.data.ts'
import type { Actor } from '../../src/platform/actor.ts'
import { openOffice, type Office } from './office.ts'

let office: Office
let cookie: string

beforeAll(async () => {
  office = await openOffice({ SESSION_IDLE_MINUTES: '240' })
  cookie = (await office.person(['system-admin'])).cookie
  await office.deps.db.transaction(loadShippedRegions)
})
afterAll(() => office.close())

const by = (method: 'GET' | 'POST' | 'PATCH' | 'PUT', url: string, payload?: object, version?: number) =>
  office.call(
    method,
    url,
    { cookie },
    {
      ...(payload === undefined ? {} : { payload }),
      ...(version === undefined ? {} : { headers: { 'if-match': `"${version}"` } }),
    },
  )
let n = 0
const make = (rest: object = {}) =>
  by('POST', '/api/units', {
    name: `新建单位${++n}`,
    kind: 'department',
    parentId: office.officeUnit,
    ...rest,
  })

/** The actor that the application makes of a session. */
async function actorOf(session: string): Promise<Actor> {
  const app = {
    headers: { cookie: session },
    routeOptions: { config: { audience: 'signed-in' } },
    ip: '10.0.0.1',
    id: 'r',
  }
  const actor = await authenticator(office.deps)(app as never)
  if (actor === undefined) throw new Error('nobody')
  return actor
}

test('units are created, read with their version, and listed as a tree', async () => {
  const made = await make({
    name: '荣山镇人民政府',
    shortName: '荣山镇',
    kind: 'township',
    regionCode: '510802100',
    phone: '0839-3260000',
  })
  expect(made.statusCode).toBe(201)
  expect(made.headers.etag).toBe('"1"')
  const township = made.json()
  expect(township).toMatchObject({
    level: 3,
    parentId: office.officeUnit,
    validTo: null,
    heir: null,
    validFrom: '2020-08-14',
  })
  const below = (await make({ name: '荣山镇便民中心', parentId: township.id })).json()
  const { items } = (await by('GET', '/api/units')).json()
  const at = (id: string) => items.findIndex((unit: { id: string }) => unit.id === id)
  expect(items[0]).toMatchObject({ id: office.officeUnit, depth: 0, level: 2 })
  expect(at(below.id)).toBe(at(township.id) + 1)
  expect(items[at(below.id)].depth).toBe(2)
  expect((await by('GET', `/api/units/${township.id}`)).headers.etag).toBe('"1"')
  expect(await office.events(township.id)).toEqual(['unit.created'])
})

test('wrong parents, regions and names are refused with the field', async () => {
  for (const [body, pointer, code] of [
    [{ parentId: crypto.randomUUID() }, '/body/parentId', 'unit/not-active'],
    [{ regionCode: '510802999' }, '/body/regionCode', 'region/unknown'],
    [{ name: '利州区群众工作局' }, '/body/name', 'unit/name-taken'],
    [{ regionCode: '51' }, '/body/regionCode', 'request/invalid'],
    [{ level: 1 }, '/body/level', 'request/invalid'],
  ] as const) {
    const response = await make(body)
    expect(response.json()).toMatchObject({ code, errors: [{ pointer }] })
  }
})

test('a unit cannot stand below itself', async () => {
  const top = (await make()).json()
  const middle = (await make({ parentId: top.id })).json()
  const bottom = (await make({ parentId: middle.id })).json()
  const move = (unit: { id: string }, parentId: string, version = 1) =>
    by('PATCH', `/api/units/${unit.id}`, { parentId }, version)
  expect((await move(top, bottom.id)).json().code).toBe('unit/below-itself')
  expect((await move(top, top.id)).json().code).toBe('unit/below-itself')
  expect((await move(bottom, top.id)).statusCode).toBe(200)
  expect((await move(middle, bottom.id)).statusCode).toBe(200)
  expect((await by('PATCH', `/api/units/${top.id}`, { phone: null }, 9)).statusCode).toBe(412)
  expect((await by('PATCH', `/api/units/${top.id}`, { phone: null })).statusCode).toBe(428)
})

test('moves at once cannot make a circle', async () => {
  const ring: { id: string }[] = []
  for (let i = 0; i < 8; i++) ring.push((await make()).json())
  const moves = await Promise.all(
    ring.map(({ id }, i) => by('PATCH', `/api/units/${id}`, { parentId: ring[(i + 1) % 8]?.id }, 1)),
  )
  expect(moves.filter((r) => r.statusCode === 200)).toHaveLength(7)
  expect(moves.find((r) => r.statusCode !== 200)?.json().code).toBe('unit/below-itself')
})

test('people see their own unit and those below it, and follow a move at once', async () => {
  const bureau = await office.unit()
  const station = await office.unit(undefined, { parentId: bureau })
  const other = await office.unit()
  const person = await office.person(['handler'], { unitId: bureau })
  const sorted = async () => [...(await actorOf(person.cookie)).unitIds].toSorted()
  expect(await sorted()).toEqual([bureau, station].toSorted())
  const { unitPath } = await actorOf((await office.person(['handler'], { unitId: station })).cookie)
  expect(unitPath.toSorted()).toEqual([office.officeUnit, bureau, station].toSorted())
  await by('PATCH', `/api/units/${other}`, { parentId: station }, 1)
  expect(await sorted()).toEqual([bureau, station, other].toSorted())
})

test('an abolished unit leaves its matters to the eyes of its successor, and its faults to its successor’s people', async () => {
  const old = await office.unit()
  const heir = await office.unit()
  const stranger = await office.unit()
  const abolish = (id: string, version: number, body: object) =>
    by('POST', `/api/units/${id}/abolish`, body, version)
  const account = await office.account(['handler'], { unitId: old })
  const inUse = await abolish(old, 1, { on: '2020-08-01', successorId: heir })
  expect(inUse.json()).toMatchObject({ code: 'unit/still-in-use', accounts: 1, units: 0 })
  await office.deps.db.query({ name: 'test.move', text: 'update accounts set unit_id = $2 where id = $1' }, [
    account.id,
    heir,
  ])

  expect((await abolish(old, 1, { on: '2020-08-15', successorId: heir })).json().code).toBe(
    'unit/day-invalid',
  )
  expect((await abolish(old, 1, { on: '2018-12-31', successorId: heir })).json().code).toBe(
    'unit/day-invalid',
  )
  expect((await abolish(old, 1, { on: '2020-08-01', successorId: old })).json().code).toBe('unit/not-active')
  const done = await abolish(old, 1, { on: '2020-08-01', successorId: heir })
  expect(done.json()).toMatchObject({ validTo: '2020-08-01', heir: { id: heir }, version: 2 })
  expect((await abolish(old, 2, { on: '2020-08-01', successorId: heir })).json().code).toBe('unit/abolished')
  expect((await by('PATCH', `/api/units/${old}`, { phone: null }, 2)).json().code).toBe('unit/abolished')

  const person = await actorOf((await office.person(['handler'], { unitId: heir })).cookie)
  expect(person.unitIds.toSorted()).toEqual([old, heir].toSorted())
  expect(person.unitPath.toSorted()).toEqual([office.officeUnit, old, heir].toSorted())
  const outsider = await actorOf((await office.person(['handler'], { unitId: stranger })).cookie)
  expect(outsider.unitIds).toEqual([stranger])

  const listed = async (query: string) =>
    (await by('GET', `/api/units${query}`)).json().items.some((unit: { id: string }) => unit.id === old)
  expect(await listed('')).toBe(false)
  expect(await listed('?at=2020-07-31')).toBe(true)
  expect(await listed('?at=2020-08-01')).toBe(false)
  expect(await listed('?history=true')).toBe(true)
  // Nothing is added below it, and nobody is put into it.
  expect((await make({ parentId: old })).json().code).toBe('unit/not-active')
  await expect(office.account(['handler'], { unitId: old })).rejects.toMatchObject({
    code: 'unit/not-active',
  })
})

test('the heir of a unit is found through all who came between', async () => {
  const ids = [await office.unit(), await office.unit(), await office.unit()]
  for (const [i, id] of ids.slice(0, 2).entries()) {
    await by('POST', `/api/units/${id}/abolish`, { on: '2020-08-14', successorId: ids[i + 1] }, 1)
  }
  expect(await findHeir(office.deps.db, ids[0] ?? '')).toMatchObject({ id: ids[2] })
  expect(await findHeir(office.deps.db, ids[2] ?? '')).toBeUndefined()
})

test('an abolished unit’s name is free again', async () => {
  const id = await office.unit('名称可再用的单位')
  expect((await make({ name: '名称可再用的单位' })).statusCode).toBe(409)
  await by('POST', `/api/units/${id}/abolish`, { on: '2020-08-14', successorId: null }, 1)
  expect((await make({ name: '名称可再用的单位' })).statusCode).toBe(201)
})

test('many units are made in one call, parents before or after children', async () => {
  const [parent, child] = [crypto.randomUUID(), crypto.randomUUID()]
  const ids = await office.deps.db.transaction((tx) =>
    createUnits(tx, office.system, [
      { id: child, name: '先子', kind: 'department', parentId: parent },
      { id: parent, name: '后母', kind: 'department', parentId: office.officeUnit },
    ]),
  )
  expect(ids).toEqual([child, parent])
  const { unitPath } = await actorOf((await office.person(['handler'], { unitId: child })).cookie)
  expect(unitPath.toSorted()).toEqual([office.officeUnit, parent, child].toSorted())
})

test('only the system administrator writes units and regions; everyone reads them', async () => {
  for (const role of ['security-admin', 'leader', 'dispatcher'] as const) {
    const other = (await office.person([role])).cookie
    expect((await office.call('GET', '/api/units', { cookie: other })).statusCode).toBe(200)
    expect((await office.call('GET', '/api/regions', { cookie: other })).statusCode).toBe(200)
    const payload = { name: '不应出现', kind: 'department', parentId: null }
    expect((await office.call('POST', '/api/units', { cookie: other }, { payload })).statusCode).toBe(403)
    const items = { items: shippedRegions }
    expect((await office.call('PUT', '/api/regions', { cookie: other }, { payload: items })).statusCode).toBe(
      403,
    )
  }
  expect((await office.call('GET', '/api/units')).statusCode).toBe(401)
})

test('the shipped regions are loaded once; a day shows its own', async () => {
  expect(await office.deps.db.transaction(loadShippedRegions)).toBe(0)
  const names = async (query: string) =>
    (await by('GET', `/api/regions${query}`)).json().items.map((region: { name: string }) => region.name)
  expect(await names('?at=2019-12-23')).toContain('赤化镇')
  expect(await names('?at=2019-12-24')).not.toContain('赤化镇')
  expect(await names('')).toContain('万缘街道')
  expect((await names('?history=true')).length).toBe(shippedRegions.length)
})

test('the regions are replaced as a whole, or not at all', async () => {
  const stored = async () => (await by('GET', '/api/regions?history=true')).json().items
  const before = await stored()
  const without = before.filter((r: { code: string }) => r.code !== '510802100')
  const refused = await by('PUT', '/api/regions', { items: without }, 1)
  expect(refused.json()).toMatchObject({ code: 'region/invalid', errors: [{ code: 'region/still-in-use' }] })
  expect(await stored()).toEqual(before)

  const more = [...before, { ...before.at(-1), code: '510802203', name: '试验乡', validFrom: '2020-01-01' }]
  const renamed = more.map((r) => (r.code === '510802202' ? { ...r, name: '龙潭新乡' } : r))
  expect((await by('PUT', '/api/regions', { items: renamed }, 1)).json()).toEqual({
    count: renamed.length,
    version: 2,
  })
  expect((await by('PUT', '/api/regions', { items: before })).statusCode).toBe(428)
  expect((await by('PUT', '/api/regions', { items: before }, 1)).statusCode).toBe(412)
  expect(await stored()).toEqual(renamed)
  expect((await by('PUT', '/api/regions', { items: before }, 2)).json()).toEqual({
    count: before.length,
    version: 3,
  })
  expect(await stored()).toEqual(before)
})

test('names of accounts are found for timelines', async () => {
  const { id } = await office.account(['agent'], { name: '测试坐席' })
  const found = await findNames(office.deps.db, [id, id, crypto.randomUUID()])
  expect([...found]).toEqual([[id, { name: '测试坐席', unitName: '利州区群众工作局' }]])
})
