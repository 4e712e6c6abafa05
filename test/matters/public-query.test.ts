// A citizen follows an own matter by code and phone tail, sees its course and the reply and nothing else, and rates it once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { queryCodeOf, readQueryCode } from '../../src/matters/query-codes.ts'
import { generateIdNo, seeded } from '../support/identity.ts'
import { openDesk, type Desk } from './desk.ts'
import { inputs } from './scenes.ts'
import { runWaiting } from './waiting.ts'

const PHONE = '15401200036'
const TAIL = PHONE.slice(-4)
let desk: Desk
let addresses = 0

beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

/** As a browser sends it; each question from another address unless one is told. */
async function ask(
  fields: Record<string, string>,
  {
    path = '/query',
    address = '',
    headers = {},
  }: { path?: string; address?: string; headers?: Record<string, string> } = {},
) {
  addresses += 1
  const { app } = desk.servers[0] ?? expect.fail('no server')
  return app.inject({
    method: 'POST',
    url: path,
    remoteAddress: address === '' ? `10.7.${addresses >> 8}.${addresses & 255}` : address,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(fields).toString(),
  })
}

async function order(given: Record<string, unknown> = {}) {
  const written = await desk.register({ caller: { name: '欧阳求助', phone: PHONE }, ...given })
  await runWaiting(desk, 'index')
  return { id: written.id, no: written.no, code: String(written['queryCode']) }
}

/** Up to the point at which the citizen is asked. */
async function answered() {
  const matter = await order()
  await desk.does('dispatcher', matter.id, 'dispatch', { leadUnitId: desk.township })
  await desk.does('liaison', matter.id, 'sign')
  await desk.does('liaison', matter.id, 'reply', inputs(desk).reply)
  await desk.does('reviewer', matter.id, 'approve')
  return matter
}

describe('the page', () => {
  it('is asked for without an account and works without a script', async () => {
    const { app } = desk.servers[0] ?? expect.fail('no server')
    const page = await app.inject({ method: 'GET', url: '/query' })
    expect(page.statusCode).toBe(200)
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    expect(page.headers['cache-control']).toBe('no-store')
    expect(page.body).toContain('lang="zh-CN"')
    expect(page.body).not.toMatch(/<script|https?:|onclick/)
  })

  it('shows state, dates and the public reply, and nothing else of the matter', async () => {
    const { id, no, code } = await answered()
    await desk.does('callback', id, 'note', { text: '内部批注不外传' })
    const page = await ask({ code, tail: TAIL })
    expect(page.statusCode).toBe(200)
    for (const told of [no, '已答复，请您评价', '2020-08-14', desk.answer.result]) {
      expect(page.body).toContain(told)
    }
    const row = (await desk.open('leader', id)).body
    for (const hidden of [
      row['title'],
      row['content'],
      '欧阳',
      '欧*',
      PHONE,
      '荣山镇',
      '内部批注',
      '测试人员',
      id,
    ]) {
      expect(page.body, 'told on the page').not.toContain(hidden)
    }
  })

  it('reads a code as people write it down', async () => {
    const { code } = await order()
    const plain = code.replaceAll('-', '')
    for (const written of [
      plain,
      plain.toLowerCase(),
      ` ${code} `,
      [...plain].join(' '),
      plain.replaceAll('0', 'o').replaceAll('1', 'l'),
    ]) {
      expect((await ask({ code: written, tail: TAIL })).statusCode, 'however written').toBe(200)
    }
    expect((await ask({ code, tail: ` ${TAIL} ` })).statusCode).toBe(200)
    expect((await ask({ code, tail: '0036' })).statusCode).toBe(200)
  })

  it('takes the end of the ID number from who left no phone', async () => {
    const idNo = generateIdNo(seeded(36))
    const { code } = await order({ caller: { name: '欧阳求助', idNo } })
    expect((await ask({ code, tail: idNo.slice(-4).toLowerCase() })).statusCode).toBe(200)
    expect((await ask({ code, tail: TAIL })).statusCode).toBe(404)
  })

  it('tells a petitioner of forwarding when it was forwarded, and promises a day once it is accepted', async () => {
    const { body } = await desk.call('registrar', 'POST', '/api/visits', {
      ...{ title: '反映拖欠工资', content: '工地拖欠工资三个月。', topic: 'land' },
      caller: { name: '欧阳来访', phone: PHONE },
    })
    await runWaiting(desk, 'index')
    const told = async () => {
      const page = await ask({ code: String(body['queryCode']), tail: TAIL })
      return ['登记', '转交', '受理', '承诺办结期限'].filter((label) =>
        page.body.includes(`<dt>${label}</dt>`),
      )
    }
    expect(await told()).toEqual(['登记'])
    await desk.does('dispatcher', body.id, 'forward', { leadUnitId: desk.township })
    expect(await told()).toEqual(['登记', '转交'])
    await desk.does('liaison', body.id, 'accept', { matterClass: 'claim' })
    expect(await told()).toEqual(['登记', '转交', '受理', '承诺办结期限'])
  })

  it('tells every representative of a visit, and the counter gets the code again', async () => {
    const visit = await desk.call('registrar', 'POST', '/api/visits', {
      ...{ title: '征地补偿', content: '反映征地补偿标准偏低。', category: 'claim', topic: 'land' },
      caller: { name: '代表甲', phone: '15401200044' },
      others: [{ name: '代表乙', phone: '15401200055' }],
      visit: { personCount: 2 },
    })
    expect(visit.status, 'registered').toBe(201)
    const again = await desk.call('registrar', 'POST', `/api/matters/${visit.body.id}/query-code`)
    expect(again.body['queryCode']).toBe(visit.body['queryCode'])
    for (const tail of ['0044', '0055']) {
      expect((await ask({ code: String(again.body['queryCode']), tail })).statusCode).toBe(200)
    }
    const refused = await desk.call('liaison', 'POST', `/api/matters/${visit.body.id}/query-code`)
    expect(refused.status).toBe(403)
  })
})

describe('who guesses', () => {
  it('cannot tell a wrong code from a wrong tail, or a code that is closed', async () => {
    const { code } = await order()
    const wrong = queryCodeOf(desk.deps.vault, '0198a3b0-0000-7000-8000-00000000dead')
    const answers = [
      await ask({ code: wrong, tail: TAIL }),
      await ask({ code, tail: '9999' }),
      await ask({ code: 'nonsense', tail: TAIL }),
      await ask({ code: '', tail: '' }),
      await ask({}),
    ]
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1)
    expect(answers[0]?.statusCode).toBe(404)
    for (let i = 0; i < 4; i++) await ask({ code, tail: '9999' })
    expect((await ask({ code, tail: TAIL })).statusCode).toBe(404)
    desk.clock.forward({ minutes: 31 })
    expect((await ask({ code, tail: TAIL })).statusCode).toBe(200)
  })

  it('counts tries made at once, each of them', async () => {
    const { code } = await order()
    await Promise.all(Array.from({ length: 5 }, (_, i) => ask({ code, tail: `777${i}` })))
    expect((await ask({ code, tail: TAIL })).statusCode).toBe(404)
  })

  it('is slowed down by address, and others are not', async () => {
    const { code } = await order()
    const address = '10.66.0.9'
    const seen = []
    for (let i = 0; i < 8; i++)
      seen.push((await ask({ code: 'K7QF2MPX9TRD', tail: '1111' }, { address })).statusCode)
    expect(seen).toEqual([404, 404, 404, 404, 404, 404, 429, 429])
    expect((await ask({ code, tail: TAIL })).statusCode).toBe(200)
  })

  it('gets nothing by odd bodies', async () => {
    const { app } = desk.servers[0] ?? expect.fail('no server')
    const odd = [
      ['application/json', '{"code":"a","tail":"b"}', 415],
      ['application/x-www-form-urlencoded', 'code=a&code=b', 400],
      ['application/x-www-form-urlencoded', `code=${'a'.repeat(9000)}`, 413],
      ['application/x-www-form-urlencoded', 'code=%00%ff&tail=%27%3b--', 404],
    ] as const
    for (const [i, [type, payload, status]] of odd.entries()) {
      const answer = await app.inject({
        ...{ method: 'POST', url: '/query', payload, remoteAddress: `10.67.0.${i}` },
        headers: { 'content-type': type },
      })
      expect(answer.statusCode, 'odd body').toBe(status)
    }
    const elsewhere = await ask({ code: 'a', tail: 'b' }, { headers: { 'sec-fetch-site': 'cross-site' } })
    expect(elsewhere.statusCode).toBe(403)
  })
})

describe('rating', () => {
  it('is given once, by the page, and counts as a call-back', async () => {
    const { id, code } = await answered()
    const page = await ask({ code, tail: TAIL })
    expect(page.body).toContain('action="/query/rating"')
    const send = (rating: string) =>
      ask({ code, tail: TAIL, rating, resolved: 'yes' }, { path: '/query/rating' })
    const all = await Promise.all([send('satisfied'), send('dissatisfied'), send('basic')])
    expect(all.filter(({ body }) => body.includes('评价已提交'))).toHaveLength(1)
    const later = await send('dissatisfied')
    expect(later.statusCode).toBe(200)
    expect(later.body).not.toContain('评价已提交')
    const { body } = await desk.open('leader', id)
    expect(body['callBacks']).toMatchObject([{ result: 'reached', way: 'web', resolved: true }])
    expect(body.state).toMatchObject({ code: 'rated' })
    expect(later.body).toContain(`您的评价：<strong>${(body['rating'] as { label: string }).label}</strong>`)
  })

  it('is not given to what has no answer, with a wrong tail, or without a choice', async () => {
    const early = await order()
    const sent = await ask({ code: early.code, tail: TAIL, rating: 'satisfied' }, { path: '/query/rating' })
    expect(sent.body).not.toContain('评价已提交')
    const ready = await answered()
    for (const fields of [
      { code: ready.code, tail: '1112', rating: 'satisfied' },
      { code: ready.code, tail: TAIL, rating: 'excellent' },
      { code: ready.code, tail: TAIL },
    ]) {
      await ask(fields as Record<string, string>, { path: '/query/rating' })
    }
    expect((await desk.row(ready.id))['rating']).toBeNull()
  })

  it('is open to petitioners once the opinion is delivered, and leaves the procedure alone', async () => {
    const letter = await desk.call('registrar', 'POST', '/api/letters', {
      ...{
        title: '反映补偿问题',
        content: '反映征地补偿标准偏低，请求核查。',
        category: 'claim',
        topic: 'land',
      },
      caller: { name: '欧阳来信', phone: PHONE },
    })
    const { id } = letter.body
    await runWaiting(desk, 'index')
    await desk.does('dispatcher', id, 'answer-at-once', inputs(desk)['answer-at-once'])
    const code = String(letter.body['queryCode'])
    const rated = await ask({ code, tail: TAIL, rating: 'basic' }, { path: '/query/rating' })
    expect(rated.body).toContain('评价已提交')
    expect((await desk.open('leader', id)).body.state).toMatchObject({ code: 'answered' })
    const twice = await desk.act('callback', id, 'rate', { result: 'reached', rating: 'satisfied' })
    expect(twice.body.code).toBe('matter/rated-already')
  })

  it('does not disturb a clerk who is signed in on the same computer', async () => {
    const { code } = await answered()
    const cookie = await desk.cookie('registrar')
    expect((await ask({ code, tail: TAIL }, { headers: { cookie } })).statusCode).toBe(200)
  })
})

it('a code holds sixty bits, none is like another, and none is a word that people misread', () => {
  const codes = Array.from({ length: 500 }, () => queryCodeOf(desk.deps.vault, crypto.randomUUID()))
  expect(new Set(codes).size).toBe(500)
  for (const code of codes) {
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/)
    expect(readQueryCode(code)).toBe(code.replaceAll('-', ''))
  }
})
