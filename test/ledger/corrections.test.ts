// Grants, programmes and meetings are registers: what was told wrongly is corrected in sight of all, and files tell no more than the page.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDesk, type Desk } from '../matters/desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const file = async (who: { id: string }, url: string) => (await desk.ask(who, 'GET', url)).body
const first = { 'if-match': '"1"' }

describe('a relief grant', () => {
  let programmeId: string
  beforeAll(async () => {
    const opened = await desk.call('leader', 'POST', '/api/relief/programmes', {
      ...{ name: '困难群体救助', basis: '区委专题会议纪要' },
      ...{ minFen: 50_000, maxFen: 200_000, stepFen: 50_000, fromDay: '2020-01-01', toDay: '2020-12-31' },
    })
    programmeId = opened.body.id
  })
  const grant = async (fields: object = {}) => {
    const person = await desk.call('registrar', 'POST', '/api/people', { name: '赵德全', ...fields })
    const { body } = await desk.call('registrar', 'POST', '/api/relief/grants', {
      ...{ programmeId, personId: person.body.id, grade: '二级', amountFen: 100_000, basis: '家庭困难' },
      account: '6217003660001234567',
    })
    return body.id
  }
  const correct = (id: string, changes: object, version = 1) =>
    desk.call(
      'registrar',
      'PATCH',
      `/api/relief/grants/${id}`,
      { changes, reason: '录入有误' },
      { 'if-match': `"${version}"` },
    )
  const decide = (who: 'leader' | 'secondLeader', id: string) =>
    desk.call(who, 'POST', `/api/relief/grants/${id}/decide`, { granted: true })

  it('is corrected before it is paid, within its bounds; what it said before stays to be seen', async () => {
    const id = await grant()
    expect((await correct(id, { amountFen: 250_000 })).body['errors']).toMatchObject([
      { pointer: '/body/changes/amountFen', message: '救助金额应在500.00元至2000.00元之间' },
    ])
    expect((await correct(id, { amountFen: 150_000, account: '6217003660007654321' })).status).toBe(200)
    expect((await correct(id, { grade: '一级' })).status).toBe(412)
    const { body } = await desk.call('leader', 'GET', `/api/relief/grants/${id}`)
    expect(body).toMatchObject({
      ...{ amountFen: 150_000, accountMasked: '****4321', version: 2 },
      history: [{ version: 1, reason: '录入有误', row: { amountFen: 100_000, accountMasked: '****4567' } }],
    })
    expect(await desk.events(id)).toContain('relief.corrected')
  })

  it('is approved anew when it is corrected after its approval, and stands once it is paid', async () => {
    const id = await grant()
    await decide('leader', id)
    expect((await correct(id, { amountFen: 50_000 }, 2)).body).toMatchObject({ state: 'asked', version: 3 })
    const pay = () =>
      desk.call('registrar', 'POST', `/api/relief/grants/${id}/pay`, {
        paidDay: '2020-08-14',
        receipt: 'A-1',
      })
    expect((await pay()).body.code).toBe('relief/not-now')
    expect([(await decide('secondLeader', id)).status, (await pay()).status]).toEqual([200, 200])
    expect((await correct(id, { amountFen: 100_000 }, 5)).body.code).toBe('relief/not-now')
  })

  it('leaves in files as it stands on the page: masked, and nothing of who asked for confidence', async () => {
    const id = await grant({ confidential: true, name: '司马德全' })
    const text = await file(desk.staff.leader, '/api/relief/grants.csv')
    expect(text.split('\r\n')[0]).toBe(
      '\u{feff}救助项目,救助对象,困难等级,救助理由,金额（分）,状态,银行账号,申请日期,审批日期,发放日期,收据编号,导出编号',
    )
    expect(text).toContain('困难群体救助,保密,二级,保密,100000,待审批,保密,2020-08-14')
    expect(text).toContain('赵*全')
    expect(text).not.toMatch(/6217|德全/)
    expect((await desk.ask(desk.staff.leader, 'GET', '/api/relief/grants.xlsx')).statusCode).toBe(200)
    expect((await desk.ask(desk.staff.liaison, 'GET', '/api/relief/grants.csv')).statusCode).toBe(403)
    expect(await desk.events(desk.staff.leader.id)).toContain('register.exported')
    await correct(id, { account: '6217003660009999999' })
    const opened = JSON.stringify((await desk.call('leader', 'GET', `/api/relief/grants/${id}`)).body)
    expect(opened).not.toMatch(/4567|9999/)
  })

  it('holds its programme to what it gives already, and the programme keeps what it said', async () => {
    const url = `/api/relief/programmes/${programmeId}`
    const change = (changes: object, headers = first) =>
      desk.call('leader', 'PATCH', url, { changes, reason: '会议纪要更正' }, headers)
    expect((await change({ minFen: 150_000 })).body['errors']).toMatchObject([
      { pointer: '/body/changes/minFen', message: '该项目已有不合此规定的救助' },
    ])
    expect((await change({ maxFen: 300_000, toDay: null })).status).toBe(200)
    expect((await change({ maxFen: 400_000 })).status).toBe(412)
    expect((await desk.call('leader', 'GET', url)).body).toMatchObject({
      ...{ maxFen: 300_000, toDay: null },
      history: [{ version: 1, reason: '会议纪要更正', row: { maxFen: 200_000, toDay: '2020-12-31' } }],
    })
  })
})

describe('a joint meeting', () => {
  const PERIOD = 'from=2020-01-01&to=2020-12-31'
  const enter = async (item: object = {}) => {
    const { id: matterId } = await desk.register()
    const { body } = await desk.call('registrar', 'POST', '/api/meetings', {
      ...{ day: '2020-08-13', kind: 'working', convenor: '陈区长', convenorRank: 'district-leader' },
      items: [{ matterId, decision: '=限期办结', leadUnitId: desk.township, dueDay: '2020-08-13', ...item }],
    })
    return body.id
  }
  const open = async (id: string, who: 'leader' | 'liaison' = 'leader') =>
    (await desk.call(who, 'GET', `/api/meetings/${id}`)).body as unknown as {
      version: number
      items: { id: string; leadUnit: string; dueDay: string }[]
      history: { reason: string; row: { items: { leadUnit: string }[] } }[]
    }
  const correct = (id: string, patch: object, version = 1) =>
    desk.call('registrar', 'PATCH', `/api/meetings/${id}`, patch, { 'if-match': `"${version}"` })
  const figures = async () => {
    const { body } = await desk.call('leader', 'GET', `/api/meetings/figures?${PERIOD}`)
    return (body['figures'] as { value: number }[]).map(({ value }) => value)
  }

  it('is corrected with the unit and the day of its decisions, and what it said before stays to be seen', async () => {
    const id = await enter()
    const itemId = (await open(id)).items[0]?.id
    const told = { id: itemId, leadUnitId: desk.other, dueDay: '2020-09-30' }
    expect((await correct(id, { items: [told], reason: '牵头单位有误' })).status).toBe(200)
    const now = await open(id)
    expect(now).toMatchObject({
      items: [{ leadUnit: '大石镇', dueDay: '2020-09-30' }],
      history: [
        {
          reason: '牵头单位有误',
          row: { items: [{ leadUnit: '荣山镇', dueDay: '2020-08-13', decision: '=限期办结' }] },
        },
      ],
    })
    const gone = '0198a3b0-0000-7000-8000-000000000000'
    expect((await correct(id, { items: [{ ...told, id: gone }] }, 2)).body).toMatchObject({
      ...{ code: 'meeting/item-not-open', errors: [{ pointer: '/body/items/0/id' }] },
    })
    expect(
      (await correct(id, { items: [{ id: itemId, leadUnitId: gone }] }, 2)).body['errors'],
    ).toMatchObject([{ pointer: '/body/items/0/leadUnitId' }])
    const done = { doneDay: '2020-08-14', result: '已办结并反馈' }
    await desk.call('registrar', 'POST', `/api/meetings/${id}/items/${itemId}/done`, done)
    expect((await correct(id, { items: [told] }, 3)).body.code).toBe('meeting/item-not-open')
  })

  it('tells of its history nothing to whom it withholds a subject, nor hands a decision to the accused', async () => {
    const accusing = await desk.register({ category: 'report', accusedUnitIds: [desk.township] })
    const id = await enter({ matterId: accusing.id, leadUnitId: desk.other, decision: '依法核查' })
    const itemId = (await open(id)).items[0]?.id
    const handed = await correct(id, { items: [{ id: itemId, leadUnitId: desk.township }] })
    expect(handed.body.code).toBe('matter/accused-unit')
    expect((await correct(id, { items: [{ id: itemId, decision: '依法从速核查' }] })).status).toBe(200)
    expect(await open(id, 'liaison')).toMatchObject({ items: [], minutes: null, history: [] })
    expect(await file(desk.staff.liaison, `/api/meetings.csv?${PERIOD}`)).not.toContain('核查')
    expect(await file(desk.staff.leader, `/api/meetings.csv?${PERIOD}`)).toContain('依法从速核查')
  })

  it('leaves in files a line for each decision, safe to open', async () => {
    await enter()
    const text = await file(desk.staff.leader, `/api/meetings.csv?${PERIOD}`)
    expect(text).toContain("夜间施工噪声扰民,'=限期办结,荣山镇,2020-08-13,,")
    const answer = await desk.ask(desk.staff.leader, 'GET', `/api/meetings.xlsx?${PERIOD}&overdue=true`)
    expect(answer.statusCode).toBe(200)
  })

  it('that was entered by mistake is void: it stays to be seen, counts nowhere and is not touched again', async () => {
    const before = await figures()
    const id = await enter()
    expect((await figures())[0]).toBe((before[0] ?? 0) + 1)
    const url = `/api/meetings/${id}/void`
    expect((await desk.call('liaison', 'POST', url, { reason: '重复登记' })).status).toBe(403)
    expect((await desk.call('registrar', 'POST', url, { reason: '重复登记' })).status).toBe(200)
    expect(await figures()).toEqual(before)
    expect((await correct(id, { place: '三楼会议室' }, 2)).body.code).toBe('meeting/voided')
    expect((await desk.call('registrar', 'POST', url, { reason: '重复登记' })).body.code).toBe(
      'meeting/voided',
    )
    const listed = async (more = '') =>
      JSON.stringify((await desk.call('leader', 'GET', `/api/meetings?${PERIOD}&limit=100${more}`)).body)
    expect([await listed(), await listed('&voided=true')].map((text) => text.includes(id))).toEqual([
      ...[false, true],
    ])
    expect((await open(id)).history).toMatchObject([{ reason: '重复登记' }])
  })
})
