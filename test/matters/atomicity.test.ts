// Every act whole or not at all: each of its statements is made to fail in turn, and nothing of it may remain.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FastifyInstance } from 'fastify'
import { buildApp } from '../../src/app.ts'
import { actNames, type Act, type State, type workflows } from '../../src/matters/workflow.ts'
import { verifyChains } from '../../src/platform/verify.ts'
import { provable } from '../../src/provable.ts'
import { failing } from '../support/failing.ts'
import { openDesk, type Answer, type Desk } from './desk.ts'
import { bring, bringFinal, bringPetition, bringReview, inputs, bringEscalation } from './scenes.ts'

let desk: Desk
let app: FastifyInstance
let fault: ReturnType<typeof failing>
let tables: string[]
beforeAll(async () => {
  desk = await openDesk()
  fault = failing(desk.deps.db)
  app = await buildApp({ ...desk.deps, db: fault.db })
  const rows = await desk.deps.db.query<{ name: string }>({
    name: 'test.tables',
    // When somebody was last seen is no part of a write.
    text: `select table_name as name from information_schema.tables where table_schema = 'app'
       and table_type = 'BASE TABLE' and table_name not in ('sessions', 'accounts') order by 1`,
  })
  tables = rows.map(({ name }) => name)
})
afterAll(async () => {
  await app.close()
  await desk.close()
})

/** Everything that is stored, as one text a table. */
async function everything(): Promise<Record<string, string>> {
  const digest = (name: string) =>
    `'${name}', (select count(*) || ' ' || coalesce(md5(string_agg(t::text, e'\\n' order by t::text)), '') from app."${name}" t)`
  const [row] = await desk.deps.db.query<{ all: Record<string, string> }>({
    name: 'test.everything',
    text: `select jsonb_object_agg(k, v) as all from (values ${tables.map((name) => `(${digest(name)})`).join(', ')}) t(k, v)`,
  })
  return row?.all ?? {}
}

async function send(
  who: keyof Desk['staff'],
  method: 'POST' | 'PATCH',
  url: string,
  body: unknown,
  headers = {},
) {
  const response = await app.inject({
    ...{ method, url, payload: body as object, remoteAddress: '10.8.0.1' },
    headers: { cookie: await desk.cookie(who), 'x-banjian': '1', ...headers },
  })
  return { status: response.statusCode, body: response.json() } as Pick<Answer, 'status' | 'body'>
}

/** Lets each statement of the write fail, then none; what was done in the end. */
async function checkWhole(write: () => ReturnType<typeof send>): Promise<Pick<Answer, 'status' | 'body'>> {
  const before = await everything()
  for (let n = 1; n < 60; n++) {
    Object.assign(fault.plan, { fails: n, counted: 0 })
    const answer = await write()
    if (fault.plan.counted < n) {
      expect(n).toBeGreaterThan(4)
      expect(answer.status, `${JSON.stringify(answer.body)} at ${n}`).toBeLessThan(300)
      return answer
    }
    expect(answer).toMatchObject({ status: 503, body: { code: 'server/unavailable' } })
    expect(JSON.stringify(answer.body)).not.toContain('cut')
    expect(await everything(), `after statement ${n}`).toEqual(before)
  }
  throw new Error('there is no end of statements')
}

/** Who does each act, and in which state; the matter of a merge has a second one to go into. */
const doers: Record<Act, [keyof Desk['staff'], State, Act?, (keyof typeof workflows)?]> = {
  dispatch: ['dispatcher', 'registered'],
  redispatch: ['dispatcher', 'handling'],
  sign: ['liaison', 'assigned'],
  'co-sign': ['otherLiaison', 'handling'],
  'co-reply': ['otherLiaison', 'handling', 'co-sign'],
  'ask-return': ['liaison', 'assigned'],
  'grant-return': ['dispatcher', 'returning'],
  'refuse-return': ['dispatcher', 'returning'],
  'ask-extension': ['liaison', 'handling'],
  'grant-extension': ['reviewer', 'handling', 'ask-extension'],
  'refuse-extension': ['leader', 'handling', 'ask-extension'],
  reply: ['liaison', 'handling'],
  'direct-reply': ['agent', 'registered'],
  approve: ['reviewer', 'replied'],
  reject: ['reviewer', 'replied'],
  'call-back': ['callback', 'reviewed'],
  'ask-screening': ['liaison', 'rated'],
  screen: ['screenerOne', 'screening'],
  redo: ['reviewer', 'rated'],
  urge: ['supervisor', 'handling'],
  supervise: ['leader', 'handling'],
  merge: ['dispatcher', 'handling'],
  unmerge: ['dispatcher', 'merged'],
  terminate: ['reviewer', 'handling'],
  'not-accept': ['reviewer', 'registered'],
  close: ['callback', 'rated'],
  archive: ['reviewer', 'closed'],
  note: ['leader', 'handling'],
  forward: ['dispatcher', 'entered', undefined, 'petition'],
  assign: ['leader', 'entered', undefined, 'petition'],
  'report-up': ['dispatcher', 'entered', undefined, 'petition'],
  'answer-at-once': ['registrar', 'entered', undefined, 'petition'],
  redirect: ['dispatcher', 'entered', undefined, 'petition'],
  file: ['dispatcher', 'entered', undefined, 'petition'],
  object: ['liaison', 'routed', undefined, 'petition'],
  'uphold-objection': ['dispatcher', 'objecting', undefined, 'petition'],
  'refuse-objection': ['dispatcher', 'objecting', undefined, 'petition'],
  accept: ['liaison', 'routed', undefined, 'petition'],
  decline: ['liaison', 'routed', undefined, 'petition'],
  'no-longer-accept': ['dispatcher', 'entered', undefined, 'petition'],
  'make-ordinary': ['liaison', 'handling', undefined, 'petition'],
  'ask-prolongation': ['liaison', 'handling', undefined, 'petition'],
  'grant-prolongation': ['chief', 'handling', 'ask-prolongation', 'petition'],
  'refuse-prolongation': ['chief', 'handling', 'ask-prolongation', 'petition'],
  opine: ['liaison', 'handling', undefined, 'petition'],
  issue: ['chief', 'replied', undefined, 'petition'],
  'return-opinion': ['chief', 'replied', undefined, 'petition'],
  deliver: ['liaison', 'issued', undefined, 'petition'],
  'feed-back': ['liaison', 'handling', undefined, 'petition'],
  mediate: ['liaison', 'handling', undefined, 'petition'],
  withdraw: ['dispatcher', 'handling', undefined, 'petition'],
  rehandle: ['dispatcher', 'delivered', undefined, 'petition'],
  rate: ['callback', 'delivered', undefined, 'petition'],
  conclude: ['reviewer', 'delivered', undefined, 'petition'],
  'hand-over': ['supervisor', 'entered', undefined, 'escalation'],
  'hand-elsewhere': ['leader', 'handling', undefined, 'escalation'],
  'name-leader': ['leader', 'handling', undefined, 'escalation'],
  investigate: ['liaison', 'handling', undefined, 'escalation'],
  'accept-investigation': ['leader', 'replied', undefined, 'escalation'],
  'return-investigation': ['supervisor', 'replied', undefined, 'escalation'],
  'report-result': ['supervisor', 'reporting', undefined, 'escalation'],
  drop: ['leader', 'handling', undefined, 'escalation'],
  interview: ['leader', 'handling', undefined, 'escalation'],
  circulate: ['supervisor', 'handling', undefined, 'escalation'],
  'list-publicly': ['leader', 'reporting', undefined, 'escalation'],
  rectify: ['leader', 'handling', undefined, 'escalation'],
  'answer-supervision': ['liaison', 'handling'],
  respond: ['liaison', 'handling', undefined, 'petition'],
  'make-claim': ['liaison', 'handling', undefined, 'petition'],
  'accept-review': ['reviewClerk', 'requested', undefined, 'review'],
  'decline-review': ['reviewClerk', 'requested', undefined, 'review'],
  coordinate: ['reviewClerk', 'requested', undefined, 'review'],
  'open-hearing': ['reviewClerk', 'handling', undefined, 'review'],
  'end-hearing': ['reviewClerk', 'handling', 'open-hearing', 'review'],
  'opine-review': ['reviewClerk', 'handling', undefined, 'review'],
  'issue-review': ['leader', 'replied', undefined, 'review'],
  'return-review': ['leader', 'replied', undefined, 'review'],
  'deliver-review': ['reviewClerk', 'issued', undefined, 'review'],
  'withdraw-review': ['reviewClerk', 'handling', undefined, 'review'],
}

const bringTo = { order: bring, petition: bringPetition, review: bringReview, escalation: bringEscalation }

/** The other matter that some acts name. */
async function otherOf(act: Act, id: string): Promise<string | undefined> {
  if (act === 'merge') return bring(desk, 'assigned')
  if (act === 'no-longer-accept') return bringFinal(desk)
  if (act === 'close') {
    // Who is dissatisfied is heard first.
    for (const [who, step] of [
      ['liaison', 'ask-screening'],
      ['screenerOne', 'screen'],
      ['screenerTwo', 'screen'],
    ] as const)
      await desk.does(who, id, step, inputs(desk)[step])
  }
  if (act === 'answer-supervision') {
    await desk.does('leader', id, 'supervise', inputs(desk).supervise)
    return ((await desk.open('liaison', id)).body['supervisions'] as { id: string }[])[0]?.id
  }
  if (act !== 'rehandle') return undefined
  const asked = { content: '不服处理意见,请求复查。' }
  const { body } = await desk.call('reviewClerk', 'POST', `/api/matters/${id}/request-review`, asked)
  await desk.does('reviewClerk', body.id, 'accept-review')
  const opinion = { ...(inputs(desk)['opine-review'] as object), result: 'revoked' }
  await desk.does('reviewClerk', body.id, 'opine-review', opinion)
  await desk.does('leader', body.id, 'issue-review', { opinionNo: '利州复〔2020〕重办1号' })
  return body.id
}

/** Only a petition that is handled the simple way can be made ordinary. */
async function simple(): Promise<string> {
  const id = await bringPetition(desk, 'entered')
  await desk.does('dispatcher', id, 'forward', { leadUnitId: desk.township, simple: true })
  await desk.does('liaison', id, 'accept', { matterClass: 'claim' })
  return id
}

/** Only the regulation of 2022 handles a suggestion in another way than a claim. */
async function suggestion(): Promise<string> {
  const lacking = Date.parse('2022-06-01T10:00:00+08:00') - Date.parse(desk.clock.now())
  if (lacking > 0) desk.clock.forward({ seconds: lacking / 1000 })
  const id = await bringPetition(desk, 'routed')
  await desk.does('liaison', id, 'accept', { matterClass: 'suggestion' })
  return id
}

const ofItsOwn: Partial<Record<Act, () => Promise<string>>> = {
  'make-ordinary': simple,
  respond: suggestion,
  'make-claim': suggestion,
}

describe('an act of which any statement fails has not happened', () => {
  it.each(actNames)('%s', async (act) => {
    const [who, state, first, workflow = 'order'] = doers[act]
    const id = await (ofItsOwn[act]?.() ?? bringTo[workflow](desk, state))
    const target = await otherOf(act, id)
    const asks = first === 'co-sign' ? 'otherLiaison' : first === 'open-hearing' ? 'reviewClerk' : 'liaison'
    if (first !== undefined) await desk.does(asks, id, first, inputs(desk)[first])
    const key = { 'idempotency-key': `atomic-${act}` }
    const body = inputs(desk, target)[act]
    const done = await checkWhole(() => send(who, 'POST', `/api/matters/${id}/${act}`, body, key))
    expect((await desk.events(id)).filter((type) => type === `matter.${act}`)).toHaveLength(1)
    const again = await send(who, 'POST', `/api/matters/${id}/${act}`, body, key)
    expect(again).toEqual(done)
  })
})

describe('of which any statement fails has not happened', () => {
  it('registering with a caller and a dispatch', async () => {
    const body = {
      ...{ title: '夜间施工噪声扰民', content: '工地夜间仍在施工。', category: 'help', confidential: true },
      caller: { name: '王小明', phone: '15400000001', address: '荣山镇高坑村二组' },
      dispatch: { leadUnitId: desk.township, coUnitIds: [desk.other], limitClass: 'complex', note: '疑难件' },
    }
    const { body: written } = await checkWhole(() =>
      send('counter', 'POST', '/api/matters', body, { 'idempotency-key': 'r' }),
    )
    expect(await desk.legs(written.id)).toHaveLength(2)
  })

  it('registering for somebody known, who now asks for confidence', async () => {
    const { id } = await desk.register({ caller: { name: '王小明', phone: '15400000002' } })
    const personId = (await desk.open('leader', id)).body['personId'] as string
    const body = {
      title: '反映问题',
      content: '要求为其保密。',
      category: 'report',
      personId,
      confidential: true,
    }
    await checkWhole(() => send('registrar', 'POST', '/api/matters', body))
    expect(await desk.events(personId)).toEqual(['person.corrected'])
  })

  it('correcting a matter', async () => {
    const { id } = await desk.register({ caller: { name: '王小明', phone: '15400000003' } })
    const body = { title: '更正后的标题', confidential: true, accusedUnitIds: [desk.township] }
    await checkWhole(() => send('reviewer', 'PATCH', `/api/matters/${id}`, body, { 'if-match': '"1"' }))
    expect(await desk.row(id)).toMatchObject({ version: 2, seq: 2 })
  })

  it('and the history verifies', async () => {
    expect((await verifyChains(desk.deps.db, desk.deps.vault, provable)).findings).toEqual([])
  })
})

describe('a matter that somebody else is changing', () => {
  it('is told to be busy, and left alone', async () => {
    const id = await bring(desk, 'handling')
    const before = await everything()
    await desk.deps.db.bulk(async (client) => {
      await client.query('begin')
      await client.query('select 1 from matters where id = $1 for update', [id])
      const answers = await Promise.all([
        desk.act('dispatcher', id, 'redispatch', inputs(desk).redispatch),
        desk.act('liaison', id, 'reply', inputs(desk).reply),
      ])
      for (const answer of answers) {
        expect(answer).toMatchObject({
          status: 409,
          body: { code: 'request/busy' },
          headers: { 'retry-after': '1' },
        })
      }
      await client.query('rollback')
    })
    expect(await everything()).toEqual(before)
  })
})

describe('a refusal changes nothing', () => {
  it('whatever the act, in a state or by a person that does not allow it', async () => {
    const id = await bring(desk, 'archived')
    const before = await everything()
    for (const act of actNames) {
      const answer = await desk.act(doers[act][0], id, act, inputs(desk)[act], {
        'idempotency-key': `refused-${act}`,
      })
      expect([403, 404, 409, 422]).toContain(answer.status)
    }
    // Only that it was refused is kept, for whoever asks again with the same key.
    const after = await everything()
    expect(after['idempotency']).not.toBe(before['idempotency'])
    expect({ ...after, idempotency: before['idempotency'] }).toEqual(before)
  })
})
