// Joint meetings and relief grants: what was decided is followed up, money stays within its bounds and is paid once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDesk, type Desk } from '../matters/desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

interface Figure {
  key: string
  value: number | null
  text: string
  list: string
}
const figures = async (url: string, who: 'leader' | 'liaison' = 'leader') =>
  new Map(((await desk.call(who, 'GET', url)).body['figures'] as Figure[]).map((each) => [each.key, each]))

describe('a joint meeting', () => {
  const MEETING = { day: '2020-08-13', kind: 'working', convenor: '陈区长', convenorRank: 'district-leader' }
  const PERIOD = 'from=2020-01-01&to=2020-12-31'
  const meeting = (items: object[], given: object = {}) =>
    desk.call('registrar', 'POST', '/api/meetings', { ...MEETING, items, ...given })

  /** The figure of overdue decisions, and what its list holds. */
  const overdue = async (who: 'leader' | 'liaison') => {
    const { body: sums } = await desk.call(who, 'GET', `/api/meetings/figures?${PERIOD}`)
    const found = (sums['figures'] as { key: string; value: number; list: string }[]).find(
      ({ key }) => key === 'overdue',
    )
    const { body } = await desk.call(who, 'GET', found?.list ?? '')
    const meetings = body['items'] as { items: { decision: string }[] }[]
    expect(meetings.filter(({ items }) => items.length === 0)).toEqual([])
    const decisions = meetings.flatMap(({ items }) => items.map(({ decision }) => decision))
    return { value: found?.value ?? Number.NaN, decisions }
  }

  it('coordinates matters, each counted once however often it is on the table, and decisions are followed up', async () => {
    const { id: matter } = await desk.register()
    const item = {
      matterId: matter,
      decision: '由荣山镇限期办结',
      leadUnitId: desk.township,
      dueDay: '2020-08-13',
    }
    const first = await meeting([item])
    expect(first.body.no).toMatch(/^LX-510802-20200814-\d{6}$/)
    await meeting([{ ...item, decision: '继续督促' }], { convenorRank: 'bureau' })
    const sums = await figures(`/api/meetings/figures?${PERIOD}`)
    expect([...sums.values()].map(({ text }) => text)).toEqual(['2次', '1次', '1个', '2项'])
    const opened = (await desk.call('leader', 'GET', sums.get('by-district-leaders')?.list ?? '')).body
    const [listed] = opened['items'] as { id: string; items: { id: string; subject: string }[] }[]
    expect(listed).toMatchObject({ id: first.body.id, items: [{ subject: '夜间施工噪声扰民' }] })
    const url = `/api/meetings/${first.body.id}`
    const done = { doneDay: '2020-08-14', result: '已办结并反馈' }
    const itemId = listed?.items[0]?.id ?? ''
    expect((await desk.call('registrar', 'POST', `${url}/items/${itemId}/done`, done)).status).toBe(200)
    expect((await desk.call('registrar', 'POST', `${url}/items/${itemId}/done`, done)).body.code).toBe(
      'meeting/item-not-open',
    )
    expect(await overdue('leader')).toEqual({ value: 1, decisions: ['继续督促'] })
  })

  it('lists of the decisions that are overdue each, and no others of the same meeting', async () => {
    const { id: matterId } = await desk.register()
    const item = { matterId, leadUnitId: desk.township }
    const { value } = await overdue('leader')
    await meeting([
      { ...item, decision: '限期整改', dueDay: '2020-08-13' },
      { ...item, decision: '限期反馈', dueDay: '2020-08-13' },
      { ...item, decision: '长期跟踪', dueDay: '2020-12-31' },
    ])
    const now = await overdue('leader')
    expect(now.value).toBe(value + 2)
    expect(now.decisions).toHaveLength(now.value)
    expect(now.decisions).not.toContain('长期跟踪')
  })

  it('stands once its minutes are issued', async () => {
    const { body } = await meeting([])
    const url = `/api/meetings/${body.id}`
    expect((await desk.call('registrar', 'POST', `${url}/issue`)).body.code).toBe('meeting/no-minutes')
    const patch = { convenor: '李区长' }
    expect((await desk.call('registrar', 'PATCH', url, patch)).status).toBe(428)
    expect((await desk.call('registrar', 'PATCH', url, patch, { 'if-match': '"1"' })).status).toBe(200)
    expect(
      (await desk.call('leader', 'POST', `${url}/issue`, { minutes: '会议议定如下事项。' })).status,
    ).toBe(200)
    const late = await desk.call('registrar', 'PATCH', url, patch, { 'if-match': '"3"' })
    expect(late.body.code).toBe('meeting/issued')
    expect(await desk.events(body.id)).toEqual(['meeting.entered', 'meeting.corrected', 'meeting.issued'])
  })

  it('never hands an accusation to the accused unit, and shows others no subject they may not see', async () => {
    const { id: accusing } = await desk.register({ category: 'report', accusedUnitIds: [desk.township] })
    const item = { matterId: accusing, decision: '依法核查', leadUnitId: desk.township, dueDay: '2020-09-01' }
    expect((await meeting([item])).body).toMatchObject({
      code: 'matter/accused-unit',
      errors: [{ pointer: '/body/items/0/leadUnitId' }],
    })
    const counts = async (who: 'leader' | 'liaison') => {
      const { value, list } =
        (await figures(`/api/meetings/figures?${PERIOD}`, who)).get('subjects') ?? expect.fail()
      for (const end of ['', '&cursor=00000000-0000-0000-0000-000000000000']) {
        const { body } = await desk.call(who, 'GET', `${list}${end}`)
        expect([body['total'], (body['items'] as object[]).length]).toEqual([value, value])
      }
      return value ?? Number.NaN
    }
    const [seenByUnit, seenByOffice] = [await counts('liaison'), await counts('leader')]
    const before = await overdue('liaison')
    const late = { ...item, leadUnitId: desk.other, dueDay: '2020-08-13' }
    expect((await meeting([late], { convenor: '王区长' })).status).toBe(201)
    // Nor that there is one.
    expect(await overdue('liaison')).toEqual(before)
    expect((await overdue('leader')).decisions).toContain('依法核查')
    const seen = await desk.call('liaison', 'GET', `/api/meetings?${PERIOD}`)
    expect(JSON.stringify(seen.body)).not.toContain('依法核查')
    expect([await counts('liaison'), await counts('leader')]).toEqual([seenByUnit, seenByOffice + 1])
  })

  it('is kept by the office: units see what they may of it, and report what they were to do', async () => {
    const { id: harmless } = await desk.register({ dispatch: { leadUnitId: desk.township } })
    const { id: accusing } = await desk.register({ category: 'report', accusedUnitIds: [desk.township] })
    const due = { leadUnitId: desk.other, dueDay: '2020-09-01' }
    const { body } = await meeting(
      [
        { ...due, matterId: accusing, decision: '依法核查' },
        { ...due, matterId: harmless, decision: '限期办结', leadUnitId: desk.township },
      ],
      { minutes: '会议听取了关于东坝街道的举报。' },
    )
    type Seen = { id: string; minutes: string | null; items: { id: string; n: number; decision: string }[] }
    const seenBy = async (who: 'leader' | 'liaison') =>
      ((await desk.call(who, 'GET', `/api/meetings?${PERIOD}`)).body['items'] as Seen[]).find(
        ({ id }) => id === body.id,
      ) ?? expect.fail()
    expect((await seenBy('leader')).minutes).toContain('举报')
    const seen = await seenBy('liaison')
    expect(seen).toMatchObject({ minutes: null, items: [{ n: 1, decision: '限期办结' }] })
    const url = `/api/meetings/${body.id}`
    const writes = [
      await desk.call('liaison', 'POST', '/api/meetings', { ...MEETING, items: [] }),
      await desk.call('liaison', 'PATCH', url, { minutes: '会议纪要改写如下。' }, { 'if-match': '"1"' }),
      await desk.call('liaison', 'POST', `${url}/issue`, { minutes: '会议纪要改写如下。' }),
    ]
    expect(writes.map(({ status }) => status)).toEqual([403, 403, 403])
    const done = { doneDay: '2020-08-14', result: '已办结并反馈' }
    const all = (await seenBy('leader')).items
    const report = (n: number) => desk.call('liaison', 'POST', `${url}/items/${all[n]?.id}/done`, done)
    expect([(await report(0)).status, (await report(1)).status]).toEqual([409, 200])
  })

  it('takes only what can be', async () => {
    expect((await meeting([], { day: '2020-08-15' })).body['errors']).toMatchObject([
      { pointer: '/body/day' },
    ])
    const about = { decision: '议定', leadUnitId: desk.township, dueDay: '2020-09-01' }
    expect((await meeting([about])).body['errors']).toMatchObject([{ pointer: '/body/items/0/matterId' }])
  })

  it('refuses a period that ends before it begins, for its list, its subjects and its figures', async () => {
    for (const of of ['', '/subjects', '/figures']) {
      const { body } = await desk.call('leader', 'GET', `/api/meetings${of}?from=2020-12-31&to=2020-01-01`)
      expect(body).toMatchObject({ code: 'kpi/period-reversed', errors: [{ pointer: '/query/to' }] })
    }
  })
})

describe('a relief grant', () => {
  let programmeId: string
  beforeAll(async () => {
    const opened = await desk.call('leader', 'POST', '/api/relief/programmes', {
      ...{ name: '投资理财困难群体救助', basis: '区委专题会议纪要', groupTag: 'investors' },
      ...{ minFen: 50_000, maxFen: 200_000, stepFen: 50_000, fromDay: '2020-01-01' },
    })
    programmeId = opened.body.id
  })
  let people = 0
  const person = async (fields: object = {}) => {
    people += 1
    const entry = { name: '赵德全', phone: `154${String(people).padStart(8, '0')}`, ...fields }
    return (await desk.call('registrar', 'POST', '/api/people', entry)).body.id
  }
  const ask = (personId: string, given: object = {}) =>
    desk.call('registrar', 'POST', '/api/relief/grants', {
      ...{ programmeId, personId, grade: '二级', amountFen: 100_000, basis: '家庭困难' },
      ...given,
    })
  const account = '6217 0036 6000 1234 567'

  it('is the office’s: no unit’s registrar reads or cancels what others are granted', async () => {
    const clerk = await desk.account(['registrar'], { unitId: desk.township })
    const { body } = await ask(await person())
    const said = [
      await desk.call(clerk, 'GET', '/api/relief/grants'),
      await desk.call(clerk, 'POST', `/api/relief/grants/${body.id}/cancel`, { note: '取消' }),
    ]
    expect(said.map(({ status }) => status)).toEqual([403, 403])
  })

  it('is asked for, approved by another, paid with a receipt, and summed in fen', async () => {
    const { body } = await ask(await person(), { account })
    const url = `/api/relief/grants/${body.id}`
    expect((await desk.call('registrar', 'POST', `${url}/decide`, { granted: true })).status).toBe(403)
    expect(
      (await desk.call('registrar', 'POST', `${url}/pay`, { paidDay: '2020-08-14', receipt: 'SJ-1' })).body
        .code,
    ).toBe('relief/not-now')
    await desk.call('leader', 'POST', `${url}/decide`, { granted: true })
    await desk.call('registrar', 'POST', `${url}/pay`, { paidDay: '2020-08-14', receipt: 'SJ-1' })
    const second = await ask(await person(), { amountFen: 50_000 })
    await desk.call('leader', 'POST', `/api/relief/grants/${second.body.id}/decide`, { granted: true })
    await desk.call('registrar', 'POST', `/api/relief/grants/${second.body.id}/pay`, {
      paidDay: '2020-08-14',
      receipt: 'SJ-2',
    })
    const sums = await figures('/api/relief/figures?from=2020-01-01&to=2020-12-31')
    expect([...sums.values()].map(({ text }) => text)).toEqual([
      '2人',
      '2笔',
      '1500.00元',
      '500.00元',
      '1000.00元',
    ])
    const listed = (await desk.call('leader', 'GET', sums.get('sum')?.list ?? '')).body['items'] as {
      amountFen: number
    }[]
    expect(listed.reduce((sum, each) => sum + each.amountFen, 0)).toBe(150_000)
  })

  it('shows of the account the last four digits; opening it takes a reason and is on record', async () => {
    const { body } = await ask(await person(), { account })
    const listed = await desk.call('leader', 'GET', '/api/relief/grants?limit=100')
    expect(JSON.stringify(listed.body)).toContain('****4567')
    expect(JSON.stringify(listed.body)).not.toContain('6217')
    const url = `/api/relief/grants/${body.id}/account`
    expect((await desk.call('registrar', 'POST', url, { reason: '核对发放账号' })).status).toBe(403)
    const opened = await desk.call('leader', 'POST', url, { reason: '核对发放账号' })
    expect(opened.body['account']).toBe('6217003660001234567')
    expect(await desk.events(body.id)).toContain('person.account-revealed')
  })

  it('shows the account of who asked for confidence to those on the list alone, nor of whom one may not know', async () => {
    const other = await desk.account(['leader'])
    const personId = await person({ confidential: true })
    const { body } = await ask(personId, { account })
    const url = `/api/relief/grants/${body.id}/account`
    const reason = '核对发放账号'
    const refused = await desk.call(other, 'POST', url, { reason })
    expect([refused.status, JSON.stringify(refused.body).includes('6217')]).toEqual([403, false])
    expect(await desk.events(body.id)).toContain('person.account-refused')
    const naming = { accountId: other.id, reason: '需要核对账号' }
    expect((await desk.call('leader', 'POST', `/api/people/${personId}/confidants`, naming)).status).toBe(201)
    expect((await desk.call(other, 'POST', url, { reason })).body['account']).toBe('6217003660001234567')
    expect((await desk.call('leader', 'POST', url, { reason })).status).toBe(403)
    const listed = async (clerk: { id: string }, grantId: string) => {
      const page = await desk.call(clerk, 'GET', '/api/relief/grants?limit=100')
      const rows = page.body['items'] as { id: string; name: string | null; accountMasked: string | null }[]
      const row = rows.find(({ id }) => id === grantId)
      return [row?.name, row?.accountMasked]
    }
    expect(await listed(desk.staff.leader, body.id)).toEqual(['保密', '保密'])
    const matter = await desk.register({ personId: await person() })
    const { personId: withheld } = (await desk.open('leader', matter.id)).body as { personId?: string }
    const grant = await ask(withheld ?? '', { account })
    await desk.call('leader', 'POST', `/api/matters/${matter.id}/recuse`, {
      ...{ accountId: other.id, reason: '有直接利害关系' },
    })
    const unknown = await desk.call(other, 'POST', `/api/relief/grants/${grant.body.id}/account`, { reason })
    expect(unknown.status).toBe(404)
    expect(await listed(desk.staff.leader, grant.body.id)).toEqual(['赵*全', '****4567'])
    expect(await listed(other, grant.body.id)).toEqual([null, null])
  })

  it('is one a person and programme, also under two entries that are one person, also asked for at once', async () => {
    const phone = '15600000004'
    const [one, two] = [await person({ phone }), await person({ phone })]
    const { body } = await desk.call('reviewer', 'GET', `/api/people/links?status=suggested&personId=${one}`)
    const [link] = body['items'] as { id: string }[]
    await desk.call('reviewer', 'POST', `/api/people/links/${link?.id}/confirm`)
    const both = await Promise.all([ask(one), ask(two)])
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
    expect(both.find(({ status }) => status === 409)?.body['errors']).toMatchObject([
      { pointer: '/body/personId' },
    ])
  })

  it('is paid once to entries that turn out to be one person after both were asked for, or both approved', async () => {
    const decide = (id: string, granted = true) =>
      desk.call(
        'leader',
        'POST',
        `/api/relief/grants/${id}/decide`,
        granted ? { granted } : { granted, note: '重复申请' },
      )
    const pay = (id: string) =>
      desk.call('registrar', 'POST', `/api/relief/grants/${id}/pay`, {
        paidDay: '2020-08-14',
        receipt: `SJ-${id}`,
      })
    const twoAsked = async (phone: string) => {
      const [one, two] = [await person({ phone }), await person({ phone })]
      const [first, second] = [(await ask(one)).body.id, (await ask(two)).body.id]
      const confirm = async () => {
        const { body } = await desk.call(
          'reviewer',
          'GET',
          `/api/people/links?status=suggested&personId=${one}`,
        )
        const [link] = body['items'] as { id: string }[]
        expect((await desk.call('reviewer', 'POST', `/api/people/links/${link?.id}/confirm`)).status).toBe(
          200,
        )
      }
      return { first, second, confirm }
    }
    const asked = await twoAsked('15600000001')
    await asked.confirm()
    const both = await Promise.all([decide(asked.first), decide(asked.second)])
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409])
    expect(both.find(({ status }) => status === 409)?.body.code).toBe('relief/granted-already')
    const [other] = both[0]?.status === 200 ? [asked.second] : [asked.first]
    expect((await decide(other, false)).status).toBe(200)

    const approved = await twoAsked('15600000002')
    for (const id of [approved.first, approved.second]) expect((await decide(id)).status).toBe(200)
    await approved.confirm()
    const paid = await Promise.all([pay(approved.first), pay(approved.second)])
    expect(paid.map(({ status }) => status).toSorted()).toEqual([200, 409])
    expect(paid.find(({ status }) => status === 409)?.body.code).toBe('relief/granted-already')

    const before = (await figures('/api/relief/figures')).get('people')?.value ?? 0
    const twice = await twoAsked('15600000003')
    for (const id of [twice.first, twice.second]) {
      expect([(await decide(id)).status, (await pay(id)).status]).toEqual([200, 200])
    }
    expect((await figures('/api/relief/figures')).get('people')?.value).toBe(before + 2)
    await twice.confirm()
    expect((await figures('/api/relief/figures')).get('people')?.value).toBe(before + 1)
  })

  it('is not paid before the day of its approval', async () => {
    const { body } = await ask(await person())
    desk.clock.forward({ days: 5 })
    const url = `/api/relief/grants/${body.id}`
    await desk.call('leader', 'POST', `${url}/decide`, { granted: true })
    const pay = (paidDay: string) =>
      desk.call('registrar', 'POST', `${url}/pay`, { paidDay, receipt: 'SJ-8' })
    expect((await pay('2020-08-18')).body).toMatchObject({
      code: 'ledger/future-day',
      errors: [{ pointer: '/body/paidDay', message: '发放日期应在批准之后、今天以前' }],
    })
    expect((await pay('2020-08-19')).status).toBe(200)
    desk.clock.forward({ days: -5 })
  })

  it('outside its bounds or steps is refused, and nothing is written', async () => {
    const who = await person()
    const errors = async (amountFen: number) => (await ask(who, { amountFen })).body['errors']
    expect(await errors(49_999)).toMatchObject([
      { pointer: '/body/amountFen', message: '救助金额应在500.00元至2000.00元之间' },
    ])
    expect(await errors(200_001)).toMatchObject([{ pointer: '/body/amountFen' }])
    expect(await errors(75_000)).toMatchObject([{ message: '救助金额应为500.00元的整数倍' }])
    expect(await errors(100_000.5)).toMatchObject([{ pointer: '/body/amountFen' }])
    expect((await ask(who)).status).toBe(201)
  })

  it('that was cancelled counts nowhere and may be asked for anew', async () => {
    const who = await person()
    const { body } = await ask(who)
    await desk.call('registrar', 'POST', `/api/relief/grants/${body.id}/cancel`, { note: '本人放弃' })
    expect((await ask(who)).status).toBe(201)
  })
})
