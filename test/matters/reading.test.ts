// What readers of matters see of people: never more than masks; revealing is for those who stand on the matter, and recorded.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FastifyInstance } from 'fastify'
import { buildApp } from '../../src/app.ts'
import type { State } from '../../src/matters/workflow.ts'
import { collectingLog } from '../platform/opened.ts'
import { failing } from '../support/failing.ts'
import { generateIdNo, generatePhone, seeded } from '../support/identity.ts'
import { openDesk, type Desk } from './desk.ts'
import { bring, inputs, statesIn } from './scenes.ts'
import { runWaiting } from './waiting.ts'

const rng = seeded(8)
const stateNames = statesIn('order')

/** Somebody whose every datum is found again wherever it leaks, however it is written. */
const canary = {
  name: '司马金丝雀',
  phone: generatePhone(rng),
  phone2: generatePhone(rng),
  idNo: generateIdNo(rng),
  address: '四川省广元市利州区荣山镇金丝雀路17号3单元502室',
}
const secrets = [
  ...[canary.name, canary.phone, canary.phone2, canary.idNo, canary.address],
  ...['金丝', '丝雀', '金丝雀路', '17号3单元', canary.phone.slice(3, 9), canary.idNo.slice(6, 14)],
]
const leaksIn = (text: string) => secrets.filter((secret) => text.includes(secret))

let desk: Desk
let app: FastifyInstance
let lines: ReturnType<typeof collectingLog>['lines']
const matters = new Map<State, { id: string; personId: string }>()

beforeAll(async () => {
  desk = await openDesk()
  const { log, lines: written } = collectingLog()
  lines = written
  app = await buildApp({ ...desk.deps, log })
  for (const state of stateNames) {
    const id = await bring(desk, state, { caller: canary })
    const { personId } = (await desk.open('leader', id)).body as unknown as { personId: string }
    matters.set(state, { id, personId })
  }
  await runWaiting(desk, 'index')
})
afterAll(async () => {
  await app.close()
  await desk.close()
})

async function call(
  who: keyof Desk['staff'] | { cookie: string },
  method: 'GET' | 'POST',
  url: string,
  payload?: object,
  headers = {},
) {
  const cookie = typeof who === 'string' ? await desk.cookie(who) : who.cookie
  const response = await app.inject({
    ...{ method, url, remoteAddress: '10.8.0.1', headers: { cookie, 'x-banjian': '1', ...headers } },
    ...(payload === undefined ? {} : { payload }),
  })
  return {
    status: response.statusCode,
    text: `${JSON.stringify(response.headers)}\n${response.body}`,
    body: response.body,
  }
}

describe('what is written of a caller', () => {
  it('is masked for every reader, in every list and on every matter', async () => {
    const admins = await Promise.all(
      (['system-admin', 'security-admin', 'audit-admin', 'statistician'] as const).map((role) =>
        desk.person([role]),
      ),
    )
    const readers = [
      ...(Object.keys(desk.staff) as (keyof Desk['staff'])[]),
      ...admins.map(({ cookie }) => ({ cookie })),
    ]
    let seen = 0
    let masked = 0
    for (const reader of readers) {
      const urls = [
        ...['', '?mine=lead', '?mine=co', '?limit=100', '?q=噪声'].map(
          (query) => `/api/matters${encodeURI(query)}`,
        ),
        ...[...matters.values()].flatMap(({ id, personId }) => [
          ...[`/api/matters/${id}`, `/api/matters/${id}/same-person`, `/api/people/${personId}`],
          ...[`/api/matters?personId=${personId}`, `/api/people/links?personId=${personId}`],
        ]),
      ]
      for (const url of urls) {
        const { status, text } = await call(reader, 'GET', url)
        expect({ url, status, leaks: leaksIn(text) }).toEqual({ url, status, leaks: [] })
        if (status === 200) seen++
        if (text.includes('154****')) masked++
      }
    }
    expect(seen).toBeGreaterThan(500)
    expect(masked).toBeGreaterThan(300)
  })

  it('is not even masked where the matter is in confidence, though its person is not marked, as an import may leave it', async () => {
    const { id } = await desk.register({ caller: canary })
    const other = await desk.register({ caller: canary })
    await desk.deps.db.transaction((tx) =>
      tx.query({ name: 'test.confide', text: 'update matters set confidential = true where id = $1' }, [id]),
    )
    const { caller } = (await desk.open('leader', id)).body
    expect(caller).toEqual({ name: '保密', phone: '保密', idNo: '保密', township: null })
    const { items } = (await desk.call('leader', 'GET', '/api/matters?limit=100')).body as unknown as {
      items: { id: string; callerName: string; callerPhone: string }[]
    }
    expect(items.find((item) => item.id === id)).toMatchObject({ callerName: '保密', callerPhone: '保密' })
    for (const each of [id, other.id]) {
      const { text } = await call('registrar', 'GET', `/api/matters/${each}/same-person`)
      expect(text).not.toContain(each === id ? other.no : id)
    }
  })

  it('is not repeated by a refusal', async () => {
    const plain = { title: '路灯不亮', content: '巷口路灯已坏。', category: 'help' }
    const attempts: object[] = [
      {
        ...plain,
        caller: { ...canary, idNo: `${canary.idNo.slice(0, 17)}${canary.idNo.endsWith('1') ? '2' : '1'}` },
      },
      { ...plain, caller: { ...canary, phone: `${canary.phone}9` } },
      { ...plain, caller: [canary] },
      { ...plain, category: canary.name, caller: canary },
      { ...plain, personId: canary.idNo },
      { ...plain, regionCode: canary.phone },
      { ...plain, receivedAt: canary.phone },
    ]
    for (const body of attempts) {
      const { status, text } = await call('registrar', 'POST', '/api/matters', body)
      expect({ status, leaks: leaksIn(text) }).toEqual({ status: 422, leaks: [] })
    }
    for (const by of ['phone', 'idNo', 'name'] as const) {
      const { text } = await call('registrar', 'POST', '/api/people/search', { by, text: canary[by] })
      expect(leaksIn(text)).toEqual([])
    }
  })

  it('is in no table but sealed, in no event, in no stored answer, and in no line of the log', async () => {
    const key = { 'idempotency-key': 'canary' }
    const body = { title: '反映问题', content: '要求处理。', category: 'help', caller: canary }
    expect((await call('registrar', 'POST', '/api/matters', body, key)).status).toBe(201)
    expect((await call('registrar', 'POST', '/api/matters', body, key)).status).toBe(201)
    await runWaiting(desk, 'index')
    const tables = await desk.deps.db.query<{ name: string }>({
      name: 'test.tables',
      text: `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
         where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`,
    })
    expect(tables.length).toBeGreaterThan(20)
    for (const { name } of tables) {
      const rows = await desk.deps.db.query<{ text: string }>({
        name: `test.dump-${name}`,
        text: `select t::text as text from ${name} t`,
      })
      const leaking = rows.filter(({ text }) => leaksIn(text).length > 0)
      expect({ name, leaking }).toEqual({ name, leaking: [] })
    }
    expect(lines.length).toBeGreaterThan(500)
    expect(lines.filter((line) => leaksIn(JSON.stringify(line)).length > 0)).toEqual([])
  })

  it('nor is what people write beside an act kept in the history, which nobody can take it out of', async () => {
    const told = `请联系${canary.name},电话${canary.phone}`
    const id = await bring(desk, 'rated')
    await desk.does('reviewer', id, 'redo', { reason: told })
    await desk.does('dispatcher', id, 'redispatch', { leadUnitId: desk.other, reason: told, note: told })
    await desk.does('otherLiaison', id, 'ask-return', { reason: told })
    await desk.does('dispatcher', id, 'refuse-return', { note: told })
    await desk.does('otherLiaison', id, 'ask-extension', { workdays: 1, reason: told })
    await desk.does('reviewer', id, 'grant-extension', { callerToldAt: desk.clock.now(), note: told })
    await desk.does('supervisor', id, 'urge', { text: told })
    await desk.does('leader', id, 'supervise', { ground: 'other', text: told })
    await desk.does('leader', id, 'note', { text: told })
    const reply = { ...(inputs(desk).reply as object), facts: told, approvedBy: canary.name }
    await desk.does('otherLiaison', id, 'reply', reply)
    await desk.does('reviewer', id, 'reject', { note: told })
    await desk.does('otherLiaison', id, 'reply', reply)
    await desk.does('reviewer', id, 'approve', { note: told })
    await desk.does('callback', id, 'call-back', { result: 'reached', rating: 'dissatisfied', note: told })
    await desk.does('otherLiaison', id, 'ask-screening', { ground: 'beyond-law', evidence: told })
    await desk.does('screenerOne', id, 'screen', { uphold: false, note: told })
    await desk.does('screenerTwo', id, 'screen', { uphold: false, note: told })
    await desk.does('callback', id, 'close', { note: told })
    const target = await bring(desk, 'assigned')
    const merged = await bring(desk, 'assigned')
    await desk.does('dispatcher', merged, 'merge', { intoId: target, reason: told })
    await desk.does('dispatcher', merged, 'unmerge', { reason: told })
    await desk.does('reviewer', merged, 'terminate', { reason: told })
    const refused = await bring(desk, 'registered')
    await desk.does('reviewer', refused, 'not-accept', { route: 'litigation', reason: told })
    await call('dispatcher', 'POST', `/api/matters/${target}/note`, { text: told })
    const canons = await desk.deps.db.query<{ canon: string }>({
      name: 'test.canons',
      text: 'select canon from events',
    })
    expect(canons.filter(({ canon }) => leaksIn(canon).length > 0)).toEqual([])
    // It is not lost: it stands on the matter, with the act it was written with.
    const { notes, timeline } = (await desk.open('leader', id)).body as unknown as {
      notes: { act: string | null; text: string }[]
      timeline: unknown
    }
    expect(notes.map(({ act }) => act)).toEqual(['redo', 'redispatch', null, 'close'])
    expect(notes.every(({ text }) => text.includes(canary.phone))).toBe(true)
    expect(leaksIn(JSON.stringify(timeline))).toEqual([])
  })
})

describe('revealing', () => {
  const reveal = (
    who: keyof Desk['staff'],
    personId: string,
    fields: string[] = ['name', 'phone', 'idNo', 'address'],
  ) => desk.call(who, 'POST', `/api/people/${personId}/reveal`, { fields, reason: '需要电话联系诉求人' })
  const records = (personId: string) =>
    desk.deps.db.query<{ type: string; actor: string; canon: string }>(
      {
        name: 'test.records',
        text: 'select type, actor_id as actor, canon from events where subject_id = $1 order by seq',
      },
      [personId],
    )

  it('is for the unit that holds the matter or held it, and each time on the record: who, what, why', async () => {
    const { id, personId } = matters.get('handling') ?? { id: '', personId: '' }
    const shown = await reveal('liaison', personId, ['name', 'phone'])
    expect(shown.body).toMatchObject({ name: canary.name, phone: canary.phone })
    expect(shown.body).not.toHaveProperty('idNo')
    expect(shown.headers['cache-control']).toContain('no-store')
    // The second township co-handles it.
    expect((await reveal('otherLiaison', personId)).status).toBe(200)
    const told = await records(personId)
    expect(told.map(({ type, actor }) => [type, actor])).toEqual([
      ['person.revealed', desk.staff.liaison.id],
      ['person.revealed', desk.staff.otherLiaison.id],
    ])
    expect(JSON.parse(told[0]?.canon ?? '')).toMatchObject({
      data: { fields: ['name', 'phone'], reason: '需要电话联系诉求人' },
    })
    expect(leaksIn(told.map(({ canon }) => canon).join())).toEqual([])
    await desk.call(
      'dispatcher',
      'PATCH',
      `/api/matters/${id}`,
      { accusedUnitIds: [desk.other] },
      { 'if-match': '"3"' },
    )
    expect((await reveal('otherLiaison', personId)).status).toBe(404)
  })

  it('is not for other units, nor of somebody who stands on no matter of theirs, and leaves nothing then', async () => {
    const only = await desk.register({ caller: canary, dispatch: { leadUnitId: desk.other } })
    const personId = (await desk.open('leader', only.id)).body['personId'] as string
    const refused = await reveal('liaison', personId)
    const missing = await reveal('liaison', '0198a3b0-0000-7000-8000-00000000dead')
    expect(refused.status).toBe(404)
    expect({ ...refused.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' })
    expect(await records(personId)).toEqual([])
    await desk.does('dispatcher', only.id, 'redispatch', { leadUnitId: desk.township, reason: '职责调整' })
    expect((await reveal('liaison', personId)).status).toBe(200)
  })

  it('of who asked for confidence is for who is on the list, whatever the role, and the attempt is on the record', async () => {
    const { id } = await desk.register({
      caller: canary,
      confidential: true,
      dispatch: { leadUnitId: desk.township },
    })
    const opened = await desk.open('liaison', id)
    expect(opened.body['caller']).toEqual({ name: '保密', phone: '保密', idNo: '保密', township: null })
    const personId = opened.body['personId'] as string
    expect((await reveal('liaison', personId)).status).toBe(403)
    expect((await reveal('dispatcher', personId)).status).toBe(403)
    expect((await reveal('leader', personId)).status).toBe(403)
    const url = `/api/people/${personId}/confidants`
    const naming = { accountId: desk.staff.liaison.id, reason: '需要入户核实' }
    expect((await desk.call('reviewer', 'POST', url, naming)).status).toBe(403)
    const own = { accountId: desk.staff.leader.id, reason: '需要了解情况' }
    expect((await desk.call('leader', 'POST', url, own)).body.code).toBe('person/confidant-self')
    expect((await desk.call('leader', 'POST', url, naming)).status).toBe(201)
    expect((await desk.call('leader', 'POST', url, naming)).body.code).toBe('person/confidant-already')
    expect((await reveal('liaison', personId)).body['phone']).toBe(canary.phone)
    const ending = { accountId: desk.staff.liaison.id }
    expect((await desk.call('leader', 'POST', `${url}/end`, ending)).status).toBe(200)
    expect((await reveal('liaison', personId)).status).toBe(403)
    const list = await desk.call('leader', 'GET', url)
    expect(list.body['items']).toMatchObject([{ accountId: desk.staff.liaison.id, reason: '需要入户核实' }])
    expect((await records(personId)).map(({ type }) => type)).toEqual([
      ...['person.reveal-refused', 'person.reveal-refused', 'person.reveal-refused'],
      ...['person.confidant-named', 'person.revealed', 'person.confidant-ended', 'person.reveal-refused'],
    ])
  })

  it('shows nothing when it cannot be recorded', async () => {
    const { personId } = matters.get('assigned') ?? { personId: '' }
    const before = (await records(personId)).length
    for (let n = 1; n <= 6; n++) {
      const broken = await buildApp({ ...desk.deps, db: failing(desk.deps.db, n).db })
      const answer = await broken.inject({
        ...{ method: 'POST', url: `/api/people/${personId}/reveal`, remoteAddress: '10.8.0.1' },
        headers: { cookie: await desk.cookie('liaison'), 'x-banjian': '1' },
        payload: { fields: ['name', 'phone'], reason: '需要电话联系诉求人' },
      })
      await broken.close()
      if (answer.statusCode === 200) {
        expect(n).toBeGreaterThan(3)
        expect(await records(personId)).toHaveLength(before + 1)
        return
      }
      expect(answer.statusCode).toBe(503)
      expect(leaksIn(answer.body)).toEqual([])
      expect(await records(personId)).toHaveLength(before)
    }
    throw new Error('it never succeeded')
  })
})
