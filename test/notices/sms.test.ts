// Messages: each is sent once whatever breaks, never at night or too often, and a reply of one digit rates the matter once.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { loadShippedRegions } from '../../src/orgs/region-commands.ts'
import { statement } from '../../src/platform/db.ts'
import { CALLBACK_TOKEN, GATEWAY_TOKEN, openGateway } from '../support/sms-gateway.ts'
import { openDesk, type Desk } from '../matters/desk.ts'
import { inputs } from '../matters/scenes.ts'
import { runWaiting } from '../matters/waiting.ts'

let desk: Desk
let gateway: Awaited<ReturnType<typeof openGateway>>
let people = 0

beforeAll(async () => {
  gateway = await openGateway()
  desk = await openDesk({
    SMS_GATEWAY_URL: gateway.url,
    SMS_GATEWAY_TOKEN: GATEWAY_TOKEN,
    SMS_CALLBACK_TOKEN: CALLBACK_TOKEN,
  })
  await desk.deps.db.transaction(loadShippedRegions)
})
afterAll(async () => {
  await desk.close()
  await gateway.close()
})
beforeEach(() => gateway.be('well'))

const phoneOf = (n: number) => `15401${String(300_000 + n)}`

/** An order of a new caller, answered and approved: the point at which the caller is asked. */
async function answered(given: Record<string, unknown> = {}, phone = phoneOf(++people)) {
  const { id, no } = await desk.register({ caller: { name: '欧阳短信', phone }, ...given })
  await desk.does('dispatcher', id, 'dispatch', { leadUnitId: desk.township })
  await desk.does('liaison', id, 'sign')
  await desk.does('liaison', id, 'reply', {
    ...(inputs(desk).reply as object),
    contactedAt: desk.clock.now(),
  })
  await desk.does('reviewer', id, 'approve')
  return { id, no, phone }
}
async function run(): Promise<void> {
  await runWaiting(desk, 'notify')
  await runWaiting(desk, 'sms')
}
const messages = statement<{
  id: string
  state: string
  error: string | null
  attempts: number
  text: string
}>(
  'test.sms',
  'select id, state, error, attempts, text from sms_messages where matter_id = $1 order by queued_at, id',
)
/** A worker took the message and died. */
const dead = statement(
  'test.sms-dead',
  `update sms_messages set state = 'sending', attempts = 1, lease_until = $2 where matter_id = $1`,
)
const ofMatter = (id: string) => messages(desk.deps.db, [id])
const takenBy = (phone: string) => gateway.taken().filter(({ to }) => to === phone)

async function gatewayCalls(path: string, body: object, token: string | null = CALLBACK_TOKEN) {
  const { app } = desk.servers[0] ?? expect.fail('no server')
  const response = await app.inject({
    ...{ method: 'POST', url: path, payload: body, remoteAddress: '10.44.0.1' },
    headers: token === null ? {} : { 'x-sms-token': token },
  })
  return { status: response.statusCode, body: response.json<Record<string, unknown>>() }
}
let replies = 0
const reply = (from: string, text: string, gatewayId = `r-${++replies}`) =>
  gatewayCalls('/api/sms/replies', { gatewayId, from, text })
const ratingOf = async (id: string) => (await desk.row(id))['rating']

describe('a message', () => {
  it('goes out once for each event, masked in every list, and its sending is on record without the number', async () => {
    const { id, no, phone } = await answered()
    await run()
    await run()
    expect(takenBy(phone)).toMatchObject([{ text: expect.stringContaining(no) }])
    const [message] = await ofMatter(id)
    expect(message).toMatchObject({ state: 'sent', attempts: 1 })
    const list = await desk.call('supervisor', 'GET', '/api/sms/messages?month=2020-08&limit=100')
    const shown = JSON.stringify(list.body)
    expect(shown).toContain(message?.id)
    expect(shown).not.toContain(phone)
    const told = await desk.deps.db.query<{ canon: string }>(
      { name: 'test.sms-events', text: `select canon from events where subject = 'sms'` },
      [],
    )
    expect(told.length).toBeGreaterThan(0)
    expect(JSON.stringify(told)).not.toContain(phone)
  })

  it('that the gateway took but did not acknowledge is repeated under its id, and sent once', async () => {
    const { id, phone } = await answered()
    gateway.be('drop')
    await run()
    expect((await ofMatter(id))[0]).toMatchObject({ state: 'queued', error: 'gateway-unreachable' })
    gateway.be('well')
    desk.clock.forward({ minutes: 1 })
    await run()
    expect(takenBy(phone)).toHaveLength(1)
    expect((await ofMatter(id))[0]).toMatchObject({ state: 'sent', attempts: 2 })
  })

  it('waits out a gateway that is down or busy for an hour, further apart each time', async () => {
    const { id, phone } = await answered()
    gateway.be('down')
    for (let minute = 0; minute < 40; minute++) {
      if (minute === 20) gateway.be('busy')
      await run()
      desk.clock.forward({ minutes: 1 })
    }
    const [waiting] = await ofMatter(id)
    expect(waiting?.state).toBe('queued')
    expect(waiting?.attempts).toBeLessThan(8)
    gateway.be('well')
    desk.clock.forward({ hours: 1 })
    await run()
    expect(takenBy(phone)).toHaveLength(1)
  })

  it('that the gateway refuses, or never takes, is given up with the reason', async () => {
    const one = await answered()
    gateway.be('refusing')
    await run()
    expect((await ofMatter(one.id))[0]).toMatchObject({ state: 'failed', error: 'blacklisted', attempts: 1 })
    const two = await answered()
    gateway.be('garbage')
    for (let i = 0; i < 12; i++) {
      await run()
      desk.clock.forward({ minutes: 70 })
      if (desk.clock.now().slice(11, 13) >= '19') desk.clock.forward({ hours: 14 })
    }
    expect((await ofMatter(two.id))[0]).toMatchObject({ state: 'failed', attempts: 8 })
  })

  it('of a worker that died is taken up by the next after its lease', async () => {
    const { id, phone } = await answered()
    await runWaiting(desk, 'notify')
    await dead(desk.deps.db, [id, desk.clock.now()])
    await run()
    expect(takenBy(phone)).toEqual([])
    desk.clock.forward({ minutes: 3 })
    await run()
    expect(takenBy(phone)).toHaveLength(1)
  })

  it('goes out once though five workers send at the same time', async () => {
    const all = [await answered(), await answered(), await answered()]
    await runWaiting(desk, 'notify')
    const before = gateway.asked()
    await Promise.all(Array.from({ length: 5 }, () => runWaiting(desk, 'sms')))
    expect(gateway.asked() - before).toBe(3)
    for (const { phone } of all) expect(takenBy(phone)).toHaveLength(1)
  })
})

describe('nobody is disturbed', () => {
  async function at(time: string): Promise<void> {
    const now = Date.parse(desk.clock.now())
    const day = new Date(now + 8 * 3_600_000 + 86_400_000).toISOString().slice(0, 10)
    desk.clock.forward({ seconds: (Date.parse(`${day}T${time}+08:00`) - now) / 1000 })
  }

  it('at night: 20:59:59 goes, 21:00 and 07:59:59 wait, 08:00 goes', async () => {
    await at('10:00:00')
    const all = [await answered(), await answered()]
    await runWaiting(desk, 'notify')
    await at('21:00:00')
    await run()
    expect(all.flatMap(({ phone }) => takenBy(phone))).toEqual([])
    await at('07:59:59')
    await run()
    expect(all.flatMap(({ phone }) => takenBy(phone))).toEqual([])
    desk.clock.forward({ seconds: 1 })
    await run()
    expect(all.flatMap(({ phone }) => takenBy(phone))).toHaveLength(2)
    const late = await answered()
    await runWaiting(desk, 'notify')
    await at('20:59:59')
    await run()
    expect(takenBy(late.phone)).toHaveLength(1)
    await at('10:00:00')
  })

  it('more than five times a day: the sixth is held and says why, the next day starts anew', async () => {
    const phone = phoneOf(++people)
    const ids: string[] = []
    for (let i = 0; i < 6; i++) ids.push((await answered({}, phone)).id)
    await run()
    expect(takenBy(phone)).toHaveLength(5)
    const states = await Promise.all(ids.map(async (id) => (await ofMatter(id))[0]))
    expect(states.filter((message) => message?.state === 'held')).toMatchObject([{ error: 'daily-limit' }])
    await at('10:00:00')
    await answered({}, phone)
    await run()
    expect(takenBy(phone)).toHaveLength(6)
  })

  it('messages that are tried again take one of the five places each, on the day on which they are tried', async () => {
    await at('10:00:00')
    const phone = phoneOf(++people)
    gateway.be('down')
    for (let i = 0; i < 3; i++) await answered({}, phone)
    await run()
    gateway.be('well')
    desk.clock.forward({ minutes: 5 })
    const fourth = await answered({}, phone)
    await run()
    expect(takenBy(phone)).toHaveLength(4)
    expect(await ofMatter(fourth.id)).toMatchObject([{ state: 'sent' }])
  })

  it.each([
    ['beside new ones', 0],
    ['before new ones', 5],
  ])('those of the evening before are among the five of the morning, %s', async (_what, minutes) => {
    await at('20:58:00')
    const phone = phoneOf(++people)
    gateway.be('down')
    for (let i = 0; i < 3; i++) await answered({}, phone)
    await run()
    gateway.be('well')
    await at('08:30:00')
    if (minutes > 0) await run()
    desk.clock.forward({ minutes })
    for (let i = 0; i < 3; i++) await answered({}, phone)
    await run()
    expect(takenBy(phone)).toHaveLength(5)
    await at('10:00:00')
  })

  it('who asked for confidence, who accuses, and who left no mobile number get none', async () => {
    const before = gateway.taken().length
    await answered({ confidential: true })
    await answered({ category: 'report', accusedUnitIds: [desk.other] })
    await answered({ caller: { name: '欧阳座机', phone: '0839-3221188' } })
    await run()
    expect(gateway.taken()).toHaveLength(before)
  })
})

describe('what became improper while it waited', () => {
  it('is not sent: confidence asked since, an accusation, a call-back by phone', async () => {
    const [sealed, charged, called] = [await answered(), await answered(), await answered()]
    await runWaiting(desk, 'notify')
    const edit = async (id: string, body: object) => {
      const version = (await desk.row(id))['version'] as number
      const { status } = await desk.call('reviewer', 'PATCH', `/api/matters/${id}`, body, {
        'if-match': `"${version}"`,
      })
      expect(status).toBe(200)
    }
    await edit(sealed.id, { confidential: true })
    await edit(charged.id, { accusedUnitIds: [desk.other] })
    await desk.does('callback', called.id, 'call-back', { result: 'reached', rating: 'basic' })
    await run()
    for (const { id, phone } of [sealed, charged, called]) {
      expect(takenBy(phone)).toEqual([])
      expect((await ofMatter(id))[0]).toMatchObject({ state: 'held', error: 'withdrawn' })
    }
  })

  it('nor when a worker died over it', async () => {
    const { id, phone } = await answered()
    await runWaiting(desk, 'notify')
    await dead(desk.deps.db, [id, desk.clock.now()])
    const headers = { 'if-match': `"${String((await desk.row(id))['version'])}"` }
    await desk.call('reviewer', 'PATCH', `/api/matters/${id}`, { confidential: true }, headers)
    desk.clock.forward({ minutes: 3 })
    await run()
    expect(takenBy(phone)).toEqual([])
    expect((await ofMatter(id))[0]).toMatchObject({ state: 'held', error: 'withdrawn' })
  })
})

describe('receipts', () => {
  it('count once, in any order, also before the sending was noted; those of others are passed over', async () => {
    const { id } = await answered()
    await run()
    const [message] = await ofMatter(id)
    const receipt = { id: message?.id, state: 'delivered', at: desk.clock.now() }
    const nobody = { ...receipt, id: '0198a3b0-0000-7000-8000-000000000000' }
    expect((await gatewayCalls('/api/sms/receipts', { receipts: [receipt, nobody] })).body).toEqual({
      noted: 1,
    })
    expect((await gatewayCalls('/api/sms/receipts', { receipts: [receipt] })).body).toEqual({ noted: 0 })
    const failed = { ...receipt, state: 'failed', reason: 'absent' }
    expect((await gatewayCalls('/api/sms/receipts', { receipts: [failed] })).body).toEqual({ noted: 0 })
    expect((await ofMatter(id))[0]?.state).toBe('delivered')
    gateway.be('drop')
    const early = await answered()
    await run()
    gateway.be('well')
    const [taken] = await ofMatter(early.id)
    await gatewayCalls('/api/sms/receipts', { receipts: [{ ...receipt, id: taken?.id }] })
    desk.clock.forward({ minutes: 2 })
    await run()
    expect((await ofMatter(early.id))[0]?.state).toBe('delivered')
  })

  it('tell the truth of a message that was given up or withdrawn though the gateway had taken it', async () => {
    gateway.be('drop')
    const [lost, kept] = [await answered(), await answered()]
    await run()
    const headers = { 'if-match': `"${String((await desk.row(kept.id))['version'])}"` }
    await desk.call('reviewer', 'PATCH', `/api/matters/${kept.id}`, { confidential: true }, headers)
    for (let i = 0; i < 12; i++) {
      desk.clock.forward({ minutes: 70 })
      if (desk.clock.now().slice(11, 13) >= '19') desk.clock.forward({ hours: 14 })
      await run()
    }
    gateway.be('well')
    const told = [await ofMatter(lost.id), await ofMatter(kept.id)].flat()
    expect(told).toMatchObject([{ state: 'failed' }, { state: 'held', error: 'withdrawn' }])
    const receipts = told.map(({ id }) => ({ id, state: 'delivered', at: desk.clock.now() }))
    expect((await gatewayCalls('/api/sms/receipts', { receipts })).body).toEqual({ noted: 2 })
    for (const { id } of [lost, kept])
      expect((await ofMatter(id))[0]).toMatchObject({ state: 'delivered', error: null })
    const failed = receipts.map(({ id, at }) => ({ id, at, state: 'failed', reason: 'absent' }))
    expect((await gatewayCalls('/api/sms/receipts', { receipts: failed })).body).toEqual({ noted: 0 })
  })

  it('and replies are taken from the gateway alone', async () => {
    const body = { gatewayId: 'x', from: phoneOf(1), text: '1' }
    for (const token of [null, '', 'wrong', `${CALLBACK_TOKEN}x`]) {
      expect((await gatewayCalls('/api/sms/replies', body, token)).status).toBe(401)
    }
  })
})

describe('a reply', () => {
  it('of one digit rates the matter, however it is typed, and tells the sender nothing', async () => {
    for (const [text, rating] of [
      ['1', 'satisfied'],
      [' ２ ', 'basic'],
      ['3。', 'dissatisfied'],
      ['1满意', 'satisfied'],
      ['基本满意', 'basic'],
    ] as const) {
      const { id, phone } = await answered()
      await run()
      const answer = await reply(phone, text)
      expect(answer.body).toEqual({ taken: true })
      expect(await ratingOf(id)).toBe(rating)
      const { body } = await desk.open('leader', id)
      expect(body['callBacks']).toMatchObject([{ way: 'sms', result: 'reached' }])
    }
  })

  it('brought twice, or two at once, counts once; a second one changes nothing', async () => {
    const { id, phone } = await answered()
    await run()
    await Promise.all([reply(phone, '1', 'same'), reply(phone, '1', 'same'), reply(phone, '3', 'other')])
    const first = await ratingOf(id)
    await reply(phone, '2')
    expect(await ratingOf(id)).toBe(first)
    expect((await desk.open('leader', id)).body['callBacks']).toHaveLength(1)
  })

  it('that cannot be understood, comes too late, or from another number rates nothing', async () => {
    const { id, phone } = await answered()
    await run()
    for (const text of ['谢谢', '1不满意', '4', '', "1'; drop table matters; --", '1'.repeat(900)])
      await reply(phone, text)
    await reply(phoneOf(999), '1')
    expect(await ratingOf(id)).toBeNull()
    desk.clock.forward({ hours: 73 })
    await reply(phone, '1')
    expect(await ratingOf(id)).toBeNull()
    const unclear = await desk.call('supervisor', 'GET', '/api/sms/replies?outcome=unclear&limit=100')
    expect((unclear.body['items'] as unknown[]).length).toBeGreaterThanOrEqual(6)
    expect(JSON.stringify(unclear.body)).not.toMatch(/谢谢|drop table|15401/)
  })

  it('for a matter that was called back by phone meanwhile leaves it as it is', async () => {
    const { id, phone } = await answered()
    await run()
    await desk.does('callback', id, 'call-back', { result: 'reached', rating: 'basic' })
    await reply(phone, '3')
    expect(await ratingOf(id)).toBe('basic')
  })

  it('goes to the newest question first, then to the one before', async () => {
    const phone = phoneOf(++people)
    const older = await answered({}, phone)
    await run()
    desk.clock.forward({ minutes: 5 })
    const newer = await answered({}, phone)
    await run()
    await reply(phone, '1')
    await reply(phone, '2')
    expect([await ratingOf(newer.id), await ratingOf(older.id)]).toEqual(['satisfied', 'basic'])
  })
})

describe('the wording', () => {
  it('is the office’s own, version by version; a placeholder that there is none of is refused', async () => {
    const system = await desk.account(['system-admin'])
    let version = 0
    const put = async (text: string, enabled = true) => {
      const headers = { 'if-match': `"${version}"` }
      const put = await desk.call(system, 'PUT', '/api/sms/templates/ask-rating', { text, enabled }, headers)
      if (put.status === 200) version++
      return put
    }
    const blind = { text: '停用的模板', enabled: false }
    expect((await desk.call(system, 'PUT', '/api/sms/templates/ask-rating', blind)).status).toBe(428)
    const wrong = await put('您好{name}，请评价')
    expect(wrong.body['errors']).toMatchObject([{ pointer: '/body/text' }])
    expect((await put('【{office}】编号{no}，请回复1、2、3评价。')).body).toMatchObject({ version: 1 })
    const { id } = await answered()
    await run()
    expect((await ofMatter(id))[0]?.text).toMatch(/^【利州区群众工作局】编号RX-.*请回复1、2、3评价。$/)
    expect((await put('停用的模板', false)).body).toMatchObject({ version: 2 })
    version--
    expect((await put('停用的模板', false)).status, 'of an older version').toBe(412)
    version++
    const silent = await answered()
    await run()
    expect(await ofMatter(silent.id)).toEqual([])
    await put('【{office}】您反映的事项（编号{no}）已答复，请回复数字评价：1满意 2基本满意 3不满意。')
  })

  it('shows what it will be, and as how many messages it is charged', async () => {
    const preview = async (text: string) =>
      (await desk.call('supervisor', 'POST', '/api/sms/preview', { text })).body
    expect(await preview('满'.repeat(70))).toMatchObject({ characters: 70, segments: 1 })
    expect(await preview('满'.repeat(71))).toMatchObject({ characters: 71, segments: 2 })
    expect(await preview('编号{no}')).toMatchObject({ text: '编号RX-510802-20200814-000001' })
  })
})

describe('messages to regions', () => {
  const contact = (regionCode: string, phone: string) => ({
    regionCode,
    post: '村支部书记',
    name: '张村长',
    number: phone,
  })
  const enter = (body: object) => desk.call('dispatcher', 'POST', '/api/sms/contacts', body)

  it('are asked by one and released by another, once to each number, below the region too', async () => {
    const [one, two, three] = [phoneOf(700), phoneOf(701), phoneOf(702)]
    for (const body of [
      contact('510802001', one),
      contact('510802001', two),
      contact('510802002', three),
      contact('510802002', one),
    ]) {
      expect((await enter(body)).status).toBe(201)
    }
    const asked = await desk.call('dispatcher', 'POST', '/api/sms/batches', {
      text: '今晚有暴雨，请做好防范。',
      regionCodes: ['510802'],
    })
    expect(asked.body).toMatchObject({ state: 'asked', recipients: 3 })
    const url = `/api/sms/batches/${asked.body.id}/release`
    expect((await desk.call('dispatcher', 'POST', url)).status).toBe(403)
    const both = await desk.account(['supervisor', 'dispatcher'])
    const own = await desk.call(both, 'POST', '/api/sms/batches', {
      text: '请查收通知。',
      regionCodes: ['510802001'],
    })
    expect((await desk.call(both, 'POST', `/api/sms/batches/${own.body.id}/release`)).body.code).toBe(
      'sms/second-person',
    )
    const released = await Promise.all([
      desk.call('leader', 'POST', url),
      desk.call('supervisor', 'POST', url),
    ])
    expect(released.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
    await run()
    for (const phone of [one, two, three]) expect(takenBy(phone)).toHaveLength(1)
    const list = await desk.call('supervisor', 'GET', '/api/sms/batches')
    expect(
      (list.body['items'] as { id: string; sent: number }[]).find(({ id }) => id === asked.body.id)?.sent,
    ).toBe(3)
  })

  it('go to nobody whose region or number is wrong, and never to a petitioner', async () => {
    for (const [body, pointer] of [
      [contact('510802999', phoneOf(710)), '/body/regionCode'],
      [contact('510802001', '0839-3221188'), '/body/number'],
      [contact('510802001', '1540130'), '/body/number'],
      [contact('510802001', phoneOf(700)), '/body/number'],
    ] as const) {
      const { status, body: told } = await enter(body)
      expect([status, (told['errors'] as { pointer: string }[])[0]?.pointer]).toEqual([422, pointer])
    }
    const none = await desk.call('dispatcher', 'POST', '/api/sms/batches', {
      text: '通知',
      regionCodes: ['510802006'],
    })
    expect(none.body).toMatchObject({
      ...{ code: 'sms/no-recipients', errors: [{ pointer: '/body/regionCodes' }] },
    })
  })
})

describe('who reads the list of messages', () => {
  const list = async (who: { id: string }, path = `messages?month=${desk.clock.now().slice(0, 7)}&`) => {
    const { status, body } = await desk.call(who, 'GET', `/api/sms/${path}limit=100`)
    expect(status).toBe(200)
    return { shown: JSON.stringify(body), total: body['total'] }
  }

  it('sees no query code in it, whatever stands around the code', async () => {
    const system = await desk.account(['system-admin'])
    let version = 0
    const put = async (text: string, enabled: boolean) => {
      const headers = { 'if-match': `"${version++}"` }
      const body = { text, enabled }
      const { status } = await desk.call(system, 'PUT', '/api/sms/templates/registered', body, headers)
      expect(status).toBe(200)
    }
    await put('【{office}】编号{no}，查询码{queryCode}A。', true)
    const { id, no } = await desk.register({ caller: { name: '欧阳查询', phone: phoneOf(++people) } })
    await runWaiting(desk, 'notify')
    await put('停用的模板', false)
    const code = /查询码([0-9A-Z-]{14})A/.exec((await ofMatter(id))[0]?.text ?? '')?.[1]
    const { shown } = await list(desk.staff.supervisor)
    expect(shown).toContain(`编号${no}，查询码****-****-****A`)
    expect(code).toBeDefined()
    expect(shown).not.toContain(code)
  })

  it('sees no number any more of who asks for confidence afterwards, neither of the message nor of the reply', async () => {
    const { id, phone } = await answered()
    await run()
    await reply(phone, '1')
    const number = `${phone.slice(0, 3)}****${phone.slice(-4)}`
    const both = async () =>
      (await Promise.all([list(desk.staff.supervisor), list(desk.staff.supervisor, 'replies?')])).map(
        ({ shown }) => shown.includes(number),
      )
    expect(await both()).toEqual([true, true])
    const headers = { 'if-match': `"${String((await desk.row(id))['version'])}"` }
    const { status } = await desk.call(
      'reviewer',
      'PATCH',
      `/api/matters/${id}`,
      { confidential: true },
      headers,
    )
    expect(status).toBe(200)
    expect(await both()).toEqual([false, false])
  })

  it('finds nothing there of matters that they do not see, nor a count of them', async () => {
    const { id } = await answered()
    const replied = await answered()
    await run()
    await reply(replied.phone, '1')
    const elsewhere = await desk.account(['registrar'], { unitId: desk.other })
    const lead = await desk.account(['registrar'], { unitId: desk.township })
    const system = await desk.account(['system-admin'])
    const recused = await desk.account(['supervisor'])
    const named = await desk.account(['callback'], { name: '司马短信' })
    const before = await list(recused)
    expect(before.shown).toContain(id)
    expect((await list(lead)).shown).toContain(id)
    for (const each of [id, replied.id]) {
      const reason = { accountId: recused.id, reason: '有直接利害关系' }
      expect((await desk.call('leader', 'POST', `/api/matters/${each}/recuse`, reason)).status).toBe(200)
      const accused = await desk.call('dispatcher', 'POST', `/api/matters/${each}/accused`, {
        name: '司马短信',
      })
      expect(accused.status).toBe(200)
    }
    const [answer] = await ofMatter(replied.id)
    const replies = 'replies?'
    expect((await list(desk.staff.supervisor, replies)).shown).toContain(answer?.id)
    for (const who of [elsewhere, system, recused, named]) {
      const seen = await list(who)
      expect(seen.shown).not.toContain(id)
      expect(seen.shown).not.toContain(replied.id)
      expect((await list(who, replies)).shown).not.toContain(answer?.id)
    }
    expect((await list(recused)).total).toBe((before.total as number) - 2)
    const { shown } = await list(system)
    expect(shown).not.toMatch(/"matterId":"/)
  })
})

describe('the volumes of a month', () => {
  it('open to exactly their messages, whoever reads them, and a rate never rounds up to all', async () => {
    const seenBy = async (who: { id: string }) => {
      const { body } = await desk.call(who, 'GET', '/api/sms/volumes?from=2020-08&to=2020-10')
      const months = body['months'] as Record<string, { count: number; list: string }>[]
      expect(months.length).toBe(3)
      let seen = 0
      for (const month of months) {
        for (const name of ['queued', 'sent', 'delivered', 'failed', 'held']) {
          const figure = month[name]
          const list = await desk.call(who, 'GET', `${figure?.list}&limit=100`)
          expect(list.body['total']).toBe(figure?.count)
          expect((list.body['items'] as unknown[]).length).toBe(Math.min(100, figure?.count ?? 0))
          seen += figure?.count ?? 0
        }
      }
      return seen
    }
    const all = await seenBy(desk.staff.leader)
    expect(all).toBeGreaterThan(20)
    expect(await seenBy(await desk.account(['registrar'], { unitId: desk.other }))).toBeLessThan(all)
    const reversed = await desk.call('leader', 'GET', '/api/sms/volumes?from=2020-10&to=2020-08')
    expect(reversed.status).toBe(422)
  })
})
