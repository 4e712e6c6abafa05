// An order's way from the counter to the archive, as the people whose work it is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDesk, type Desk } from './desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const later = (span: Parameters<Desk['clock']['forward']>[0]) => desk.clock.forward(span)
const reply = () => ({ ...desk.answer, contactedAt: desk.clock.now() })

describe('an order by hand', () => {
  it('is registered, dispatched, signed, extended, replied, approved, rated, closed and archived', async () => {
    const { id, no, version } = await desk.register({
      caller: { name: '王小明', phone: '15401200001', address: '荣山镇高坑村二组' },
    })
    expect(no).toMatch(/^RX-510802-20200814-\d{6}$/)
    expect(version).toBe(1)

    const sent = await desk.does('dispatcher', id, 'dispatch', { leadUnitId: desk.township })
    expect(sent).toMatchObject({ state: 'assigned', dueAt: '2020-08-25T23:59:59.999+08:00' })

    await desk.does('liaison', id, 'sign')
    await desk.does('liaison', id, 'ask-extension', { workdays: 3, reason: '需要第三方检测' })
    const told = { callerToldAt: desk.clock.now() }
    expect((await desk.does('reviewer', id, 'grant-extension', told)).dueAt).toBe(
      '2020-08-28T23:59:59.999+08:00',
    )

    later({ days: 3 })
    await desk.does('liaison', id, 'reply', reply())
    await desk.does('reviewer', id, 'approve')
    await desk.does('callback', id, 'call-back', { result: 'reached', rating: 'satisfied', resolved: true })
    await desk.does('callback', id, 'close')
    expect((await desk.does('reviewer', id, 'archive')).state).toBe('archived')

    const seen = await desk.open('leader', id)
    expect(seen.body).toMatchObject({
      caller: { name: '王*明', phone: '154****0001' },
      firstOnTime: true,
      overdue: false,
      rating: { label: '满意' },
      publicReply: '已停止夜间施工,诉求人表示认可。',
    })
    const labels = (seen.body.timeline as { label: string }[]).map((event) => event.label)
    expect(labels).toEqual([
      '登记',
      '派单',
      '签收',
      '申请延期',
      '同意延期',
      '回复',
      '审核通过',
      '回访',
      '办结',
      '归档',
    ])
    expect(JSON.stringify(seen.body)).not.toContain('15401200001')
  })

  it('may be registered and dispatched in one breath, with co-handling units due before the lead unit', async () => {
    const order = await desk.register({ dispatch: { leadUnitId: desk.township, coUnitIds: [desk.other] } })
    expect(order.state).toBe('assigned')
    const [lead, co] = await desk.legs(order.id)
    expect(lead).toMatchObject({ role: 'lead', unitId: desk.township })
    expect(co).toMatchObject({ role: 'co', unitId: desk.other })
    expect(co && lead && co.dueAt < lead.dueAt).toBe(true)
    await desk.does('otherLiaison', order.id, 'co-sign')
    await desk.does('otherLiaison', order.id, 'co-reply', {
      facts: '已核实',
      measures: '已处理',
      result: '已办结',
    })
    expect((await desk.legs(order.id))[1]?.outcome).toBe('replied')
  })

  it('answered at the desk goes to call-back without a unit, and not by whoever answered', async () => {
    const { id } = await desk.register({}, 'agent')
    const { approvedBy: _, ...answer } = reply()
    await desk.does('agent', id, 'direct-reply', answer)
    expect((await desk.open('callback', id)).body.state).toMatchObject({ code: 'reviewed' })
  })
})

describe('who may do what', () => {
  it('a unit sees its own orders and below, and no other: what is not theirs does not exist', async () => {
    const order = await desk.register({ dispatch: { leadUnitId: desk.township } })
    expect((await desk.open('liaison', order.id)).status).toBe(200)
    const hidden = await desk.open('otherLiaison', order.id)
    const missing = await desk.open('otherLiaison', '0198a3b0-0000-7000-8000-000000000000')
    expect(hidden.status).toBe(404)
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' })
    expect((await desk.act('otherLiaison', order.id, 'sign')).status).toBe(404)
  })

  it('whoever handled an order may neither review it nor call back', async () => {
    const { id } = await desk.register({ dispatch: { leadUnitId: desk.township } })
    await desk.does('liaison', id, 'sign')
    await desk.does('liaison', id, 'reply', reply())
    expect((await desk.act('liaison', id, 'approve')).status).toBe(403)
    expect((await desk.act('dispatcher', id, 'approve')).body.code).toBe('matter/act-not-yours')
  })

  it('an act in the wrong state is refused with the state in Chinese and changes nothing', async () => {
    const { id } = await desk.register()
    const before = await desk.row(id)
    const refused = await desk.act('reviewer', id, 'approve')
    expect(refused.status).toBe(409)
    expect(refused.body).toMatchObject({ code: 'matter/act-not-allowed', stateLabel: '待派单' })
    expect(await desk.row(id)).toEqual(before)
  })

  it('an accused unit never receives the accusation, nor those below it; the attempt is recorded', async () => {
    const below = await desk.unit('荣山镇综合执法队', { parentId: desk.township })
    const { id } = await desk.register({ category: 'report', accusedUnitIds: [desk.township] })
    for (const unit of [desk.township, below]) {
      const refused = await desk.act('dispatcher', id, 'dispatch', { leadUnitId: unit })
      expect(refused.body.code).toBe('matter/accused-unit')
    }
    const refused = await desk.act('dispatcher', id, 'dispatch', {
      leadUnitId: desk.other,
      coUnitIds: [desk.township],
    })
    expect(refused.body.code).toBe('matter/accused-unit')
    expect(await desk.events(desk.staff.dispatcher.id)).toEqual(
      expect.arrayContaining([
        'account.transfer-refused',
        'account.transfer-refused',
        'account.transfer-refused',
      ]),
    )
    await desk.does('dispatcher', id, 'dispatch', { leadUnitId: desk.other })
    expect((await desk.open('liaison', id)).status).toBe(404)
  })

  it('an order held by a unit disappears from it once it is accused', async () => {
    const { id } = await desk.register({ dispatch: { leadUnitId: desk.township } })
    expect((await desk.open('liaison', id)).status).toBe(200)
    const edited = await desk.call(
      'dispatcher',
      'PATCH',
      `/api/matters/${id}`,
      { accusedUnitIds: [desk.township] },
      { 'if-match': '"1"' },
    )
    expect(edited.status).toBe(200)
    expect((await desk.open('liaison', id)).status).toBe(404)
    const mine = await desk.call('liaison', 'GET', '/api/matters?mine=lead&limit=100')
    expect((mine.body.items as { id: string }[]).some((item) => item.id === id)).toBe(false)
  })
})

describe('who handles for whom', () => {
  it('the office dispatches and judges: its own handler neither sees nor signs what a township leads', async () => {
    const handler = await desk.account(['handler'], { unitId: desk.officeUnit })
    const both = await desk.account(['dispatcher', 'handler'], { unitId: desk.officeUnit })
    const { id } = await desk.register({ dispatch: { leadUnitId: desk.township } })
    expect((await desk.call(handler, 'GET', `/api/matters/${id}`)).status).toBe(404)
    expect((await desk.call(both, 'POST', `/api/matters/${id}/sign`)).body.code).toBe('matter/act-not-yours')
    const own = await desk.register({ dispatch: { leadUnitId: desk.officeUnit } })
    expect((await desk.call(handler, 'POST', `/api/matters/${own.id}/sign`)).status).toBe(200)
  })

  it('a township’s own counter keeps in sight what it registered, whoever handles it', async () => {
    const counter = await desk.account(['registrar'], { unitId: desk.township })
    const body = { title: '村道路灯不亮', content: '村口路灯已坏一月。', category: 'help' }
    const { body: order } = await desk.call(counter, 'POST', '/api/matters', body)
    await desk.does('dispatcher', order.id, 'dispatch', { leadUnitId: desk.other })
    expect((await desk.call(counter, 'GET', `/api/matters/${order.id}`)).status).toBe(200)
    expect((await desk.open('otherLiaison', order.id)).status).toBe(200)
  })

  it('a number that is taken tells the matter only to those who may see it', async () => {
    const taken = { source: 'city-platform', externalNo: 'GY-TAKEN-1' }
    const first = await desk.register({ ...taken, accusedUnitIds: [desk.township] })
    const body = { title: '同号工单', content: '平台工单号重复。', category: 'help', ...taken }
    const known = await desk.call('registrar', 'POST', '/api/matters', body)
    expect(JSON.stringify(known.body)).toContain(first.no)
    const counter = await desk.account(['registrar'], { unitId: desk.township })
    const hidden = await desk.call(counter, 'POST', '/api/matters', body)
    expect(hidden.body.code).toBe('matter/external-no-taken')
    expect(JSON.stringify(hidden.body)).not.toContain(first.no)
  })

  it('a reply leaves the unit under the name of a second person', async () => {
    const { id } = await desk.register({ dispatch: { leadUnitId: desk.township } })
    await desk.does('liaison', id, 'sign')
    const [liaison] = await desk.deps.db.query<{ name: string }>(
      { name: 'test.name', text: 'select name from accounts where id = $1' },
      [desk.staff.liaison.id],
    )
    const alone = await desk.act('liaison', id, 'reply', { ...reply(), approvedBy: liaison?.name })
    expect(alone.body).toMatchObject({
      code: 'matter/duties-apart',
      errors: [{ pointer: '/body/approvedBy' }],
    })
    const reviewer = await desk.account(['unit-reviewer'], { unitId: desk.township })
    const asked = { workdays: 2, reason: '需要第三方检测' }
    expect((await desk.call(reviewer, 'POST', `/api/matters/${id}/ask-extension`, asked)).status).toBe(200)
  })

  it('an act that needs no words needs no body', async () => {
    const { id } = await desk.register({ dispatch: { leadUnitId: desk.township } })
    expect((await desk.call('liaison', 'POST', `/api/matters/${id}/sign`)).status).toBe(200)
    const empty = await desk.call('liaison', 'POST', `/api/matters/${id}/reply`)
    expect(empty.status).toBe(422)
    expect(JSON.stringify(empty.body)).toContain('/body/facts')
  })
})

describe('versions and repeats', () => {
  it('an edit needs the version that was read; a stale one is told the current', async () => {
    const { id } = await desk.register()
    const bare = await desk.call('registrar', 'PATCH', `/api/matters/${id}`, { title: '更正的标题' })
    expect(bare.status).toBe(428)
    await desk.does('supervisor', id, 'supervise', { ground: 'other', text: '请尽快派单' })
    const stale = await desk.call(
      'registrar',
      'PATCH',
      `/api/matters/${id}`,
      { title: '更正的标题' },
      { 'if-match': '"1"' },
    )
    expect(stale.status).toBe(412)
    expect(stale.body.version).toBe(2)
    const edited = await desk.call(
      'registrar',
      'PATCH',
      `/api/matters/${id}`,
      { title: '更正的标题' },
      { 'if-match': '"2"' },
    )
    expect(edited.headers.etag).toBe('"3"')
    // What stood there before stays readable for who may see the matter, and the event names no texts.
    const { body } = await desk.open('leader', id)
    expect(body['texts']).toEqual([
      {
        ...{ seq: 3, field: { code: 'title', label: '标题' }, text: '夜间施工噪声扰民' },
        ...{ at: desk.clock.now(), by: expect.any(String) },
      },
    ])
    expect(JSON.stringify(body['timeline'])).not.toContain('扰民')
    expect((await desk.open('otherLiaison', id)).status).toBe(404)
  })

  it('two people sign one order at once: one wins, the other is told', async () => {
    const second = await desk.account(['handler'], { unitId: desk.township })
    for (let round = 0; round < 10; round++) {
      const { id } = await desk.register({ dispatch: { leadUnitId: desk.township } })
      const url = `/api/matters/${id}/sign`
      const answers = await Promise.all([
        desk.call('liaison', 'POST', url, {}),
        desk.call(second, 'POST', url, {}),
        desk.call('liaison', 'POST', url, {}, { 'if-match': '"1"' }),
      ])
      expect(answers.filter((a) => a.status === 200)).toHaveLength(1)
      for (const lost of answers.filter((a) => a.status !== 200)) expect([409, 412]).toContain(lost.status)
      expect((await desk.events(id)).filter((type) => type === 'matter.sign')).toHaveLength(1)
    }
  })

  it('a repeated request counts once and is answered with the same bytes', async () => {
    const headers = { 'idempotency-key': 'counter-1' }
    const body = { title: '重复提交', content: '窗口网络不稳,重复提交了一次。', category: 'consult' }
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => desk.call('registrar', 'POST', '/api/matters', body, headers)),
    )
    expect(new Set(answers.map((a) => JSON.stringify(a.body))).size).toBe(1)
    expect(answers.filter((a) => a.headers['idempotent-replayed'] === 'true')).toHaveLength(3)
    const other = await desk.call('registrar', 'POST', '/api/matters', { ...body, title: '另一件' }, headers)
    expect(other.body.code).toBe('idempotency/key-reused')
  })
})
