// People over HTTP and in the database: found by exact values, shown masked, revealed for a recorded reason only.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openDeps } from '../../src/deps.ts'
import { insertPerson } from '../../src/people/commands.ts'
import { samePerson, suggestLinksOf } from '../../src/people/links.ts'
import type { KnownPeople } from '../../src/people/queries.ts'
import { peopleRoutes } from '../../src/people/routes.ts'
import { sealPerson } from '../../src/people/seal.ts'
import { people } from '../../src/people/tables.ts'
import { NIL, systemActor, type Actor } from '../../src/platform/actor.ts'
import { answerErrors } from '../../src/platform/errors.ts'
import { writeCursor } from '../../src/platform/fields.ts'
import { createHttp } from '../../src/platform/http.ts'
import { insertRow } from '../../src/platform/rows.ts'
import { cloneDatabase, type ClonedDatabase } from '../support/database.ts'
import { generateAddress, generateIdNo, generateName, generatePhone, seeded } from '../support/identity.ts'

const person = (n: number, can: string[], sees: Actor['sees'] = 'all'): Actor => ({
  ...systemActor('people-test'),
  kind: 'person',
  id: `00000000-0000-4000-8000-00000000000${n}`,
  sees,
  can: new Set(can),
})
const office = ['matters.register', 'matters.edit', 'people.search', 'people.reveal', 'people.link']
const actors: Record<string, Actor> = {
  clerk: person(1, office),
  trusted: person(2, [...office, 'people.find-confidential']),
  liaison: person(3, ['people.reveal'], 'units'),
  stranger: person(4, []),
  township: person(5, office, 'units'),
}
/** What matters will answer: the office knows everybody, a unit's staff only whom the test lets them know. */
const knownToUnits = new Set<string>()
const known: KnownPeople = async (_db, actor, ids) =>
  new Set(ids.filter((id) => actor.sees === 'all' || knownToUnits.has(id)))

let database: ClonedDatabase
let deps: Awaited<ReturnType<typeof openDeps>>
let app: FastifyInstance
let folder: string

beforeAll(async () => {
  database = await cloneDatabase()
  folder = await mkdtemp(join(tmpdir(), 'banjian-people-'))
  const clock = { now: () => '2020-08-14T09:03:07.000+08:00' }
  deps = await openDeps(readConfig({ DATA_DIR: folder, LOG_LEVEL: 'silent' }), database.url, { clock })
  app = fastify()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  answerErrors(app, deps.log, () => undefined)
  peopleRoutes(
    createHttp(app, deps, async (request) => actors[String(request.headers['x-actor'])]),
    { known },
  )
})
afterAll(async () => {
  await app.close()
  await deps.close()
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

let seed = 0
const rng = seeded(20_200_814)
const someone = () => ({
  name:
    generateName(rng) + Array.from(String(++seed), (digit) => '零一二三四五六七八九'[Number(digit)]).join(''),
  phone: generatePhone(rng),
  idNo: generateIdNo(rng),
  address: generateAddress(rng),
})

const send = (
  method: NonNullable<InjectOptions['method']>,
  url: string,
  payload?: object,
  actor = 'clerk',
  headers = {},
) =>
  app.inject({
    method,
    url,
    headers: { 'x-actor': actor, ...headers },
    ...(payload === undefined ? {} : { payload }),
  })
const post = (url: string, payload: object, actor?: string, headers = {}) =>
  send('POST', url, payload, actor, headers)
const enter = async (entry: object, actor?: string): Promise<string> => {
  const response = await post('/api/people', entry, actor)
  expect(response.statusCode).toBe(201)
  return response.json().id
}
const find = async (by: string, text: string, actor?: string) => {
  const response = await post('/api/people/search', { by, text }, actor)
  expect(response.statusCode).toBe(200)
  return response.json().items.map((item: { id: string }) => item.id)
}
const reveal = (id: string, body: object = {}, actor?: string) =>
  post(`/api/people/${id}/reveal`, { fields: ['name', 'phone'], reason: '电话回访核实', ...body }, actor)

const rows = <R extends object>(text: string, values: unknown[] = []) =>
  deps.db.query<R>({ name: '', text }, values)
const eventsOf = async (subjectId: string) =>
  (
    await rows<{ type: string; actor_id: string; canon: string }>(
      'select type, actor_id, canon from events where subject_id = $1 order by seq',
      [subjectId],
    )
  ).map((e) => ({ type: e.type, actor: e.actor_id, data: JSON.parse(e.canon).data }))
const confide = (id: string) =>
  rows(
    `insert into confidants (id, person_id, account_id, reason, granted_at, granted_by) values (gen_random_uuid(), $1, $2, '测试', now(), $3)`,
    [id, actors['trusted']?.id, actors['clerk']?.id],
  )

describe('entering', () => {
  test('answers with id and version only, and shows masks afterwards', async () => {
    const response = await post('/api/people', {
      name: '王小明',
      phone: '154 0000 0001',
      address: '利州区东坝街道兴安路88号',
    })
    expect(response.json()).toEqual({ id: expect.any(String), version: 1, warnings: [] })
    expect(response.headers['etag']).toBe('"1"')
    const shown = await send('GET', `/api/people/${response.json().id}`)
    expect(shown.json()).toEqual({
      id: response.json().id,
      name: '王*明',
      phone: '154****0001',
      idNo: null,
      township: '利州区东坝街道',
      regionCode: null,
      confidential: false,
      createdAt: '2020-08-14T09:03:07.000+08:00',
      version: 1,
    })
    expect(await eventsOf(response.json().id)).toEqual([
      {
        type: 'person.created',
        actor: actors['clerk']?.id,
        data: { fields: ['name', 'phone', 'address'], confidential: false },
      },
    ])
  })

  test('what is wrong is told with pointers and nothing is stored', async () => {
    const before = await rows('select count(*) from people')
    const response = await post('/api/people', { name: '张三', phone: '1541', idNo: '510802202008151234' })
    expect(response.statusCode).toBe(422)
    expect(response.json().errors.map((e: { pointer: string }) => e.pointer)).toEqual([
      '/body/phone',
      '/body/idNo',
    ])
    expect(response.body).not.toContain('1541"')
    expect(await rows('select count(*) from people')).toEqual(before)
  })

  test('the doubtful is stored with a warning', async () => {
    const response = await post('/api/people', { phone: '3265432' })
    expect(response.json().warnings).toMatchObject([{ pointer: '/body/phone', code: 'phone/no-area-code' }])
  })

  test('as part of a larger write the pointers stand below that part', async () => {
    const entering = deps.db.transaction(async (tx) => insertPerson(tx, deps.vault, { phone: '1' }))
    await expect(entering).rejects.toMatchObject({ options: { errors: [{ pointer: '/body/caller/phone' }] } })
  })

  test('the database and its events hold nothing of anybody in clear', async () => {
    const one = someone()
    const id = await enter(one)
    await reveal(id)
    await find('phone', one.phone)
    await send('PATCH', `/api/people/${id}`, { address: '利州区荣山镇中口村3组' }, 'clerk', {
      'if-match': '"1"',
    })
    const everything = await rows<{ row: string }>(
      `select row_to_json(p)::text as row from people p union all select row_to_json(e)::text from events e
       union all select row_to_json(i)::text from idempotency i union all select row_to_json(o)::text from outbox o`,
    )
    const all = everything.map(({ row }) => row).join('\n')
    const bytes = Buffer.from(one.phone).toString('hex')
    for (const text of [one.name, one.phone, one.idNo, one.address, '中口村', bytes])
      expect(all).not.toContain(text)
  })
})

describe('searching', () => {
  test('by exact phone, second phone, ID number or whole name, however it is written', async () => {
    const one = someone()
    const id = await enter({ ...one, phone2: '0839-7654321' })
    expect(await find('phone', `+86 ${one.phone.slice(0, 3)}-${one.phone.slice(3)}`)).toContain(id)
    expect(await find('phone', '(0839) 7654321')).toEqual([id])
    expect(await find('idNo', ` ${one.idNo.toLowerCase()} `)).toEqual([id])
    expect(await find('name', one.name.split('').join(' '))).toEqual([id])
    expect(await find('name', one.name.slice(0, -1))).toEqual([])
    expect(await find('phone', one.phone.slice(0, -1))).toEqual([])
  })

  test('shows masks, and records which field was searched and never the value', async () => {
    const one = someone()
    await enter(one)
    const response = await post('/api/people/search', { by: 'phone', text: one.phone }, 'trusted')
    for (const text of [one.name, one.phone, one.idNo, one.address]) expect(response.body).not.toContain(text)
    const events = await eventsOf(actors['trusted']?.id ?? '')
    expect(events.at(-1)).toMatchObject({ type: 'person.searched', data: { by: 'phone', found: 1 } })
    expect(JSON.stringify(events)).not.toContain(one.phone)
  })

  test("a unit's registrar finds only whom they may know of, and the count does not tell of others", async () => {
    const one = someone()
    const id = await enter(one)
    expect(await find('phone', one.phone, 'township')).toEqual([])
    expect((await eventsOf(actors['township']?.id ?? '')).at(-1)?.data).toEqual({ by: 'phone', found: 0 })
    expect((await send('PATCH', `/api/people/${id}`, {}, 'township', { 'if-match': '"1"' })).statusCode).toBe(
      404,
    )
    knownToUnits.add(id)
    expect(await find('phone', one.phone, 'township')).toEqual([id])
  })

  test('an Idempotency-Key keeps neither question nor answer', async () => {
    const before = await rows('select count(*) from idempotency')
    const response = await post('/api/people/search', { by: 'name', text: '王小明' }, 'clerk', {
      'idempotency-key': 'k1',
    })
    expect(response.statusCode).toBe(200)
    expect(await rows('select count(*) from idempotency')).toEqual(before)
  })

  test('needs the permission, and never stands in a URL', async () => {
    for (const actor of ['liaison', 'stranger']) {
      expect((await post('/api/people/search', { by: 'name', text: '王小明' }, actor)).statusCode).toBe(403)
    }
    expect((await send('GET', '/api/people/search?by=phone&text=15412345678')).statusCode).not.toBe(200)
  })

  test('more hits than fit are announced', async () => {
    const name = `${someone().name}同名`
    await deps.db.transaction(async (tx) => {
      for (let i = 0; i < 51; i++) insertPerson(tx, deps.vault, { name })
    })
    const response = await post('/api/people/search', { by: 'name', text: name })
    expect([response.json().items.length, response.json().more]).toEqual([50, true])
  })
})

describe('revealing', () => {
  test('shows the asked fields and records them with the reason first', async () => {
    const one = someone()
    const id = await enter(one)
    const response = await reveal(id, { fields: ['phone', 'idNo', 'phone2'] })
    expect(response.json()).toEqual({ phone: one.phone, idNo: one.idNo, phone2: null })
    expect((await eventsOf(id)).at(-1)).toEqual({
      type: 'person.revealed',
      actor: actors['clerk']?.id,
      data: { fields: ['phone', 'idNo', 'phone2'], reason: '电话回访核实' },
    })
  })

  test.each([
    { reason: '看看' },
    { reason: '   a   ' },
    { reason: undefined },
    { fields: [] },
    { fields: ['sealed'] },
    { fields: ['name', 'name'] },
    { more: 1 },
  ])('is refused without a proper reason or with wrong fields: %j', async (body) => {
    const id = await enter(someone())
    expect((await reveal(id, body)).statusCode).toBe(422)
    expect((await eventsOf(id)).map((e) => e.type)).toEqual(['person.created'])
  })

  test('shows nothing when the event cannot be written', async () => {
    const id = await enter(someone())
    await rows(
      'alter table app.events add constraint no_reveal check (type <> $$person.revealed$$) not valid',
    )
    try {
      const response = await reveal(id)
      expect(response.statusCode).toBeGreaterThanOrEqual(400)
      expect(response.body).not.toContain('154')
    } finally {
      await rows('alter table app.events drop constraint no_reveal')
    }
    expect((await reveal(id)).statusCode).toBe(200)
  })

  test('a liaison reveals only whom they may know of; everybody else does not exist', async () => {
    const id = await enter(someone())
    expect((await reveal(id, {}, 'liaison')).statusCode).toBe(404)
    expect((await send('GET', `/api/people/${id}`, undefined, 'liaison')).statusCode).toBe(404)
    knownToUnits.add(id)
    expect((await reveal(id, {}, 'liaison')).statusCode).toBe(200)
    expect((await send('GET', `/api/people/${id}`, undefined, 'liaison')).json().phone).toMatch(/\*{4}/)
  })

  test('nobody reveals without the permission, and nobody unknown', async () => {
    const id = await enter(someone())
    expect((await reveal(id, {}, 'stranger')).statusCode).toBe(403)
    expect((await reveal(NIL)).statusCode).toBe(404)
    expect((await reveal('not-an-id')).statusCode).toBe(422)
  })

  test('a row whose sealed value was swapped shows nothing', async () => {
    const [a, b] = [await enter(someone()), await enter(someone())]
    await rows('update people set sealed = (select sealed from people where id = $2) where id = $1', [a, b])
    const response = await reveal(a)
    expect(response.statusCode).toBe(500)
    expect(response.body).not.toContain('154')
  })
})

describe('those who asked for confidence', () => {
  test('show as 保密 to all, are found only with the further permission, revealed only to who is on the list, and a refusal is recorded', async () => {
    const one = someone()
    const id = await enter({ ...one, confidential: true })
    const shown = (await send('GET', `/api/people/${id}`)).json()
    expect([shown.name, shown.phone, shown.idNo, shown.township]).toEqual(['保密', '保密', '保密', null])
    expect(await find('phone', one.phone)).toEqual([])
    expect(await find('phone', one.phone, 'trusted')).toEqual([id])

    const refused = await reveal(id)
    expect(refused.statusCode).toBe(403)
    expect(refused.body).not.toContain(one.phone)
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      type: 'person.reveal-refused',
      actor: actors['clerk']?.id,
    })

    expect((await reveal(id, {}, 'trusted')).statusCode).toBe(403)
    await confide(id)
    expect((await reveal(id, {}, 'trusted')).json()).toEqual({ name: one.name, phone: one.phone })
    expect((await eventsOf(id)).at(-1)?.type).toBe('person.revealed')
  })

  test('cannot be corrected, nor their confidence lifted, without it', async () => {
    const id = await enter({ ...someone(), confidential: true })
    const lift = (actor: string) =>
      send('PATCH', `/api/people/${id}`, { confidential: false }, actor, { 'if-match': '"1"' })
    expect((await lift('clerk')).statusCode).toBe(403)
    expect((await lift('trusted')).statusCode).toBe(403)
    await confide(id)
    expect((await lift('trusted')).statusCode).toBe(200)
    expect((await send('GET', `/api/people/${id}`)).json().name).toMatch(/\*/)
  })
})

describe('correcting', () => {
  const correct = (id: string, changes: object, version: number | undefined, actor = 'clerk') =>
    send(
      'PATCH',
      `/api/people/${id}`,
      changes,
      actor,
      version === undefined ? {} : { 'if-match': `"${version}"` },
    )

  test('changes what is told, keeps the rest, and tells the fields but no value', async () => {
    const one = someone()
    const id = await enter(one)
    const phone = generatePhone(rng)
    const response = await correct(id, { phone, address: null, regionCode: '510802001' }, 1)
    expect(response.json()).toEqual({ id, version: 2, warnings: [] })
    expect((await reveal(id, { fields: ['name', 'phone', 'address'] })).json()).toEqual({
      name: one.name,
      phone,
      address: null,
    })
    expect(await find('phone', one.phone)).toEqual([])
    expect(await find('phone', phone)).toEqual([id])
    const corrected = (await eventsOf(id)).find((e) => e.type === 'person.corrected')
    expect(corrected?.data).toEqual({ fields: ['phone', 'address', 'regionCode'], version: 2 })
  })

  test('the same values again change nothing and leave no event', async () => {
    const one = someone()
    const id = await enter(one)
    expect((await correct(id, { name: ` ${one.name} `, phone: `+86${one.phone}` }, 1)).json().version).toBe(1)
    expect((await eventsOf(id)).map((e) => e.type)).toEqual(['person.created'])
  })

  test('needs the version that was read', async () => {
    const id = await enter(someone())
    expect((await correct(id, { name: '李四' }, undefined)).statusCode).toBe(428)
    expect((await correct(id, { name: '李四' }, 1)).statusCode).toBe(200)
    const stale = await correct(id, { name: '李五' }, 1)
    expect([stale.statusCode, stale.json().version]).toEqual([412, 2])
  })

  test('cannot leave nobody, and judges only what it was told', async () => {
    const id = await deps.db.transaction(async (tx) => {
      const imported = '0198b0a0-0000-7000-8000-0000000000aa'
      insertRow(tx, people, {
        id: imported,
        ...sealPerson(deps.vault, imported, { phone: '12' }),
        createdAt: tx.now,
      })
      return imported
    })
    expect((await correct(id, { phone: null }, 1)).json().errors).toMatchObject([{ code: 'person/empty' }])
    expect((await correct(id, { name: '张三' }, 1)).statusCode).toBe(200)
    expect((await correct(id, { phone: '12' }, 2)).statusCode).toBe(422)
  })

  test('of two corrections at the same moment one is refused', async () => {
    const id = await enter(someone())
    const both = await Promise.all([correct(id, { name: '甲某' }, 1), correct(id, { name: '乙某' }, 1)])
    expect(both.map((r) => r.statusCode).toSorted((a, b) => a - b)).toEqual([200, 412])
  })
})

describe('links', () => {
  interface Link {
    id: string
    reason: string
    people: { id: string }[]
  }
  const linksOf = async (personId: string, status = 'suggested', actor?: string): Promise<Link[]> =>
    (await send('GET', `/api/people/links?personId=${personId}&status=${status}`, undefined, actor)).json()
      .items
  const same = (id: string) => samePerson(deps.db, deps.vault, [id])
  const decide = (link: string, act: 'confirm' | 'reject', actor?: string) =>
    post(`/api/people/links/${link}/${act}`, {}, actor)

  test('are suggested by ID number, phone, or name within one township, the strongest reason standing', async () => {
    const one = someone()
    const first = await enter(one)
    const sameId = await enter({ ...someone(), idNo: one.idNo, phone: one.phone })
    const samePhone = await enter({ ...someone(), idNo: null, phone2: one.phone })
    const sameName = await enter({ name: one.name, address: one.address })
    await enter({ name: one.name, address: '广元市昭化区元坝镇' })
    const reasons = (await linksOf(first)).map((l) => {
      expect(l.people.map((p) => p.id)).toContain(first)
      return [l.people.find((p) => p.id !== first)?.id, l.reason]
    })
    expect(new Map(reasons as [string, string][])).toEqual(
      new Map([
        [sameId, 'idNo'],
        [samePhone, 'phone'],
        [sameName, 'name'],
      ]),
    )
  })

  test('are not suggested between two different ID numbers, nor by a name that a township has often', async () => {
    const one = someone()
    const id = await enter(one)
    await enter({ ...one, idNo: generateIdNo(rng) })
    expect(await linksOf(id)).toEqual([])
    const { name, address } = someone()
    const namesakes: string[] = []
    for (let i = 0; i < 5; i++) namesakes.push(await enter({ name, address }))
    const counts = await Promise.all(namesakes.map(async (each) => (await linksOf(each)).length))
    expect(counts).toEqual([3, 3, 3, 3, 0])
  })

  test('a correction suggests what it brings to light, once', async () => {
    const one = someone()
    const [first, second] = [await enter(one), await enter(someone())]
    expect(await linksOf(second)).toEqual([])
    await send('PATCH', `/api/people/${second}`, { idNo: one.idNo }, 'clerk', { 'if-match': '"1"' })
    expect(await linksOf(second)).toHaveLength(1)
    await deps.db.transaction(async (tx) => suggestLinksOf(tx, [first, second]))
    expect(await linksOf(second)).toHaveLength(1)
  })

  test('a confirmed link makes one person of the entries, across others; a rejected one never does', async () => {
    const one = { ...someone(), idNo: null }
    const a = await enter(one)
    const b = await enter({ ...someone(), idNo: null, phone: one.phone })
    const c = await enter({ ...someone(), idNo: null, phone: one.phone })
    const between = async (x: string, y: string) =>
      (await linksOf(x)).find((l) => l.people.some((p) => p.id === y))?.id ?? ''
    expect((await decide(await between(a, b), 'confirm')).json().status).toBe('confirmed')
    expect(new Set(await same(a))).toEqual(new Set([a, b]))
    expect((await decide(await between(b, c), 'confirm')).statusCode).toBe(200)
    expect((await decide(await between(a, c), 'reject')).statusCode).toBe(200)
    expect(new Set(await same(a))).toEqual(new Set([a, b, c]))

    for (const id of [a, b]) {
      expect((await eventsOf(id)).map((e) => e.type)).toContain('person.link-confirmed')
    }
    expect((await linksOf(a, 'rejected')).length).toBe(1)
    const both = await rows<{ n: number }>('select count(*)::int as n from people where id = any($1)', [
      [a, b, c],
    ])
    expect(both).toEqual([{ n: 3 }])
  })

  test('entries with one ID number are one person, and with them those that clerks confirmed', async () => {
    const one = someone()
    const a = await enter(one)
    const b = await enter({ ...someone(), idNo: one.idNo })
    const c = await enter({ ...someone(), idNo: null, phone: one.phone })
    expect(new Set(await same(a))).toEqual(new Set([a, b]))
    const [link] = await linksOf(c)
    expect((await decide(link?.id ?? '', 'confirm')).statusCode).toBe(200)
    for (const id of [a, b, c]) expect(new Set(await same(id))).toEqual(new Set([a, b, c]))
  })

  test('are decided once, by those who may, also at the same moment', async () => {
    const one = someone()
    await enter(one)
    const b = await enter({ ...someone(), idNo: null, phone: one.phone })
    const link = (await linksOf(b))[0]?.id ?? ''
    expect((await decide(link, 'confirm', 'liaison')).statusCode).toBe(403)
    const both = await Promise.all([decide(link, 'confirm'), decide(link, 'reject', 'trusted')])
    expect(both.map((r) => r.statusCode).toSorted((x, y) => x - y)).toEqual([200, 409])
    expect(both.find((r) => r.statusCode === 409)?.json().code).toBe('person/link-decided')
    expect((await decide(NIL, 'confirm')).statusCode).toBe(404)
  })

  test('with somebody the actor may not know of do not exist', async () => {
    const one = someone()
    const a = await enter(one)
    const b = await enter({ ...someone(), idNo: null, phone: one.phone })
    const link = (await linksOf(b))[0]?.id ?? ''
    knownToUnits.add(a)
    expect(await linksOf(a, 'suggested', 'township')).toEqual([])
    expect((await decide(link, 'confirm', 'township')).statusCode).toBe(404)
    knownToUnits.add(b)
    expect(await linksOf(a, 'suggested', 'township')).toHaveLength(1)
  })

  test('with somebody who asked for confidence exist only for those who may reveal them', async () => {
    const one = someone()
    await enter(one)
    const hidden = await enter({ ...someone(), idNo: null, phone: one.phone, confidential: true })
    expect(await linksOf(hidden)).toEqual([])
    const link = (await linksOf(hidden, 'suggested', 'trusted'))[0]?.id ?? ''
    expect((await decide(link, 'confirm')).statusCode).toBe(404)
    expect((await decide(link, 'confirm', 'trusted')).statusCode).toBe(200)
  })

  test('a phone that everybody uses does not link everybody with everybody', async () => {
    const phone = generatePhone(rng)
    let last = ''
    await deps.db.transaction(async (tx) => {
      const ids = Array.from(
        { length: 60 },
        () => insertPerson(tx, deps.vault, { name: someone().name, phone }).id,
      )
      suggestLinksOf(tx, ids)
      last = ids.at(-1) ?? ''
    })
    expect((await linksOf(last)).length).toBeLessThanOrEqual(20)
  })

  test('come in pages', async () => {
    const seen = new Set<string>()
    let next: string | null = ''
    let pages = 0
    while (next !== null) {
      const cursor: string = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`
      const page: { items: Link[]; next: string | null } = (
        await send('GET', `/api/people/links?limit=50${cursor}`, undefined, 'trusted')
      ).json()
      for (const { id } of page.items) expect(seen.has(id)).toBe(false)
      for (const { id } of page.items) seen.add(id)
      next = page.next
      pages++
    }
    const open = await rows<{ n: number }>(
      `select count(*)::int as n from person_links where status = 'suggested'`,
    )
    expect([seen.size, pages > 1]).toEqual([open[0]?.n, true])
    // One of another list is as foreign as no mark at all.
    for (const mark of ['nonsense', writeCursor(['赵德全', 'x']), writeCursor([null, null])]) {
      const refused = await send('GET', `/api/people/links?cursor=${mark}`)
      expect(refused.statusCode).toBe(422)
      expect(refused.json()).toMatchObject({ errors: [{ pointer: '/query/cursor' }] })
    }
  })
})
