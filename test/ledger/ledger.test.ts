// The dispute ledger as the people whose work it is: one unit of counting, dated statuses, strike-offs by two, no lists of persons.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { abolishUnit } from '../../src/orgs/unit-commands.ts'
import { openDesk, type Desk } from '../matters/desk.ts'
import { runWaiting } from '../matters/waiting.ts'

let desk: Desk
let campaign: string
beforeAll(async () => {
  desk = await openDesk()
  const opened = await desk.call('registrar', 'POST', '/api/ledger/campaigns', {
    ...{ name: '大排查、大起底、大化解', fromDay: '2020-08-01', discipline: '应查尽查、应排尽排' },
  })
  campaign = opened.body.id
})
afterAll(() => desk.close())

const enter = (given: Record<string, unknown> = {}) =>
  desk.call('registrar', 'POST', '/api/ledger/items', {
    ...{ campaignId: campaign, foundDay: '2020-08-10', foundByUnitId: desk.officeUnit, level: 'local' },
    ...{ title: '征地补偿纠纷', demand: '请求提高补偿标准', topic: 'land', involved: 12 },
    ...{ leadUnitId: desk.township, territorialUnitId: desk.other },
    ...given,
  })
const item = async (given: Record<string, unknown> = {}) => {
  const { status, body } = await enter(given)
  expect(status).toBe(201)
  return body.id
}
const act = (who: keyof Desk['staff'], id: string, name: string, body: object = {}, headers = {}) =>
  desk.call(who, 'POST', `/api/ledger/items/${id}/${name}`, body, headers)
const plan = { plan: '由镇政府牵头调解，分期补偿。', due: '2020-12-31' }
const asked = { kind: 'agreement', evidence: '双方签订补偿协议并履行完毕。' }

describe('an item', () => {
  it('is planned, worked on, struck off by another person, and the strike-off can be undone in sight of all', async () => {
    const id = await item({ leader: { name: '陈区长', post: '副区长' } })
    await act('liaison', id, 'plan', plan)
    await act('otherLiaison', id, 'progress', { day: '2020-08-14', text: '已召开协调会' })
    expect((await act('liaison', id, 'ask-strike-off', asked)).status).toBe(200)
    expect((await act('liaison', id, 'strike-off')).body.code).toBe('ledger/act-not-yours')
    expect((await act('reviewer', id, 'strike-off')).body).toMatchObject({ status: 'resolved' })
    await act('leader', id, 'reopen', { reason: '补偿款未到位' })
    const { body } = await desk.call('leader', 'GET', `/api/ledger/items/${id}`)
    expect(body).toMatchObject({
      ...{ status: { code: 'plan-advancing' }, leaders: [{ name: '陈区长', post: '副区长', toAt: null }] },
      ...{
        strikeOffs: [{ granted: true, undoneReason: '补偿款未到位' }],
        progress: [{ text: '已召开协调会' }],
      },
    })
    expect(await desk.events(id)).toEqual([
      ...['ledger.opened', 'ledger.plan', 'ledger.progress', 'ledger.ask-strike-off', 'ledger.strike-off'],
      'ledger.reopen',
    ])
  })

  it('is not struck off by whoever asked, nor twice asked, nor without being asked', async () => {
    const id = await item()
    expect((await act('reviewer', id, 'strike-off')).body.code).toBe('ledger/nothing-asked')
    await act('reviewer', id, 'ask-strike-off', asked)
    expect((await act('reviewer', id, 'strike-off')).body.code).toBe('ledger/duties-apart')
    expect((await act('liaison', id, 'ask-strike-off', asked)).body.code).toBe('ledger/strike-off-pending')
    const both = await Promise.all([act('leader', id, 'strike-off'), act('supervisor', id, 'strike-off')])
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409])
  })

  it('offers to each reader of the strike-off only what can be done now', async () => {
    const id = await item()
    const offered = async (who: keyof Desk['staff']) => {
      const { body } = await desk.call(who, 'GET', `/api/ledger/items/${id}`)
      return (body['acts'] as { act: string }[])
        .map((each) => each.act)
        .filter((each) => each.includes('strike-off'))
        .toSorted()
    }
    expect(await offered('reviewer')).toEqual(['ask-strike-off'])
    await act('reviewer', id, 'ask-strike-off', asked)
    expect(await offered('reviewer')).toEqual([])
    expect(await offered('leader')).toEqual(['refuse-strike-off', 'strike-off'])
    await act('leader', id, 'refuse-strike-off', { note: '协议尚未履行' })
    expect(await offered('leader')).not.toContain('strike-off')
  })

  it('under continued attention has a day of its next look, and reading it is on record', async () => {
    const id = await item()
    const past = await act('registrar', id, 'watch', { reviewDay: '2020-08-01', reason: '权限不在本区' })
    expect(past.body['errors']).toMatchObject([{ pointer: '/body/reviewDay', message: '复核日期应晚于今天' }])
    await act('registrar', id, 'watch', { reviewDay: '2020-11-15', reason: '权限不在本区，相对稳定' })
    await desk.call('supervisor', 'GET', `/api/ledger/items/${id}`)
    expect(await desk.events(desk.staff.supervisor.id)).toContain('ledger.read')
  })

  it('is seen by its own units and the office; to all others it does not exist', async () => {
    const id = await item({ territorialUnitId: desk.township })
    expect((await desk.call('liaison', 'GET', `/api/ledger/items/${id}`)).status).toBe(200)
    expect((await desk.call('otherLiaison', 'GET', `/api/ledger/items/${id}`)).status).toBe(404)
    expect((await act('otherLiaison', id, 'plan', plan)).status).toBe(404)
  })

  it('takes only what can be', async () => {
    const abolished = await desk.unit('撤销镇', { kind: 'township' })
    await desk.deps.db.transaction((tx) =>
      abolishUnit(tx, desk.system, abolished, 1, { on: '2020-01-01', successorId: desk.township }),
    )
    const wrong = async (given: Record<string, unknown>) => (await enter(given)).body['errors']
    expect(await wrong({ foundDay: '2020-08-15' })).toMatchObject([{ pointer: '/body/foundDay' }])
    expect(await wrong({ topic: 'weather' })).toMatchObject([
      { pointer: '/body/topic', message: '没有这个主题' },
    ])
    expect(await wrong({ leadUnitId: abolished })).toMatchObject([
      { pointer: '/body/leadUnitId', message: '单位已撤销，请改派至荣山镇' },
    ])
    expect(await wrong({ involved: 0 })).toMatchObject([{ pointer: '/body/involved' }])
    expect((await enter({ personIds: [desk.township] })).status).toBe(422)
  })

  it('needs the version that was read, where one is named', async () => {
    const id = await item()
    await act('registrar', id, 'change-level', { level: 'district-plus', reason: '涉及市级部门' })
    const stale = await act('registrar', id, 'study', { reason: '需研究' }, { 'if-match': '"1"' })
    expect(stale).toMatchObject({ status: 412, body: { version: 2 } })
  })
})

describe('linked matters', () => {
  it('are suggested by place or topic and words, linked by a clerk, and unlinked with a reason', async () => {
    const id = await item({ title: '宝轮镇征地补偿纠纷' })
    const { id: matter } = await desk.register({ title: '宝轮镇征地补偿不公', topic: 'land' })
    await runWaiting(desk, 'index')
    const { body } = await desk.call('registrar', 'GET', `/api/matters/${matter}/likely-disputes`)
    expect((body['items'] as { id: string }[]).map((each) => each.id)).toContain(id)
    const link = { matterId: matter, reason: '同一征地补偿纠纷' }
    const url = `/api/ledger/items/${id}/matters`
    expect((await desk.call('registrar', 'POST', url, link)).status).toBe(200)
    expect((await desk.call('registrar', 'POST', url, link)).body.code).toBe('ledger/linked-already')
    const undone = await desk.call('registrar', 'POST', `${url}/${matter}/unlink`, { reason: '并非同一事项' })
    expect(undone.status).toBe(200)
  })

  it('that accuse a unit hide the item from it, and are never linked to an item that it leads', async () => {
    const accusing = (await desk.register({ category: 'report', accusedUnitIds: [desk.township] })).id
    const led = await item()
    const link = { matterId: accusing, reason: '同一事项' }
    const refused = await desk.call('registrar', 'POST', `/api/ledger/items/${led}/matters`, link)
    expect(refused.body.code).toBe('matter/accused-unit')
    const elsewhere = await item({ leadUnitId: desk.other, territorialUnitId: desk.other })
    expect(
      (await desk.call('registrar', 'POST', `/api/ledger/items/${elsewhere}/matters`, link)).status,
    ).toBe(200)
    await desk.call(
      'registrar',
      'PATCH',
      `/api/matters/${accusing}`,
      { accusedUnitIds: [desk.township, desk.other] },
      { 'if-match': '"1"' },
    )
    expect((await desk.call('otherLiaison', 'GET', `/api/ledger/items/${elsewhere}`)).status).toBe(404)
  })
})

describe('the board', () => {
  interface Figure {
    key: string
    value: number
    list: string
  }
  const read = async (query = '', who: keyof Desk['staff'] = 'leader') => {
    const { body } = await desk.call(who, 'GET', `/api/ledger/board?${query}`)
    return new Map((body['figures'] as Figure[]).map((figure) => [figure.key, figure]))
  }

  it('makes up the whole of its parts, now and as of any moment, and each figure is its list', async () => {
    const own = await desk.call('registrar', 'POST', '/api/ledger/campaigns', {
      name: '专项排查',
      fromDay: '2020-08-01',
    })
    const campaignId = own.body.id
    const ids = [
      await item({ campaignId }),
      await item({ campaignId, level: 'district-plus' }),
      await item({ campaignId }),
    ]
    const [first = '', second = ''] = ids
    desk.clock.forward({ minutes: 5 })
    const before = desk.clock.now()
    desk.clock.forward({ minutes: 5 })
    await act('liaison', first, 'plan', plan)
    await act('registrar', second, 'hand-to-territory', { reviewDay: '2020-12-01', reason: '落实属地责任' })
    await act('liaison', first, 'ask-strike-off', asked)
    await act('reviewer', first, 'strike-off')
    const check = async (
      query: string,
      expected: Record<string, number>,
      who: keyof Desk['staff'] = 'leader',
    ) => {
      const figures = await read(`campaignId=${campaignId}${query}`, who)
      const value = (key: string) => figures.get(key)?.value ?? Number.NaN
      for (const [key, n] of Object.entries(expected)) expect([key, value(key)]).toEqual([key, n])
      const sum = (prefix: RegExp) =>
        [...figures.values()]
          .filter(({ key }) => prefix.test(key))
          .reduce((total, { value: n }) => total + n, 0)
      expect(sum(/^status\.[^.]+$/)).toBe(value('total'))
      expect(sum(/^level\./)).toBe(value('total'))
      expect(sum(/^status\.[^.]+\.[^.]+$/)).toBe(value('total'))
      for (const { key, value: n, list } of figures.values()) {
        const { body } = await desk.call(who, 'GET', list)
        expect([key, key === 'involved' ? body['involved'] : body['total']]).toEqual([key, n])
        expect(body['items']).toHaveLength(Math.min(Number(body['total']), 20))
      }
    }
    await check('', {
      total: 3,
      'status.resolved.local': 1,
      'status.territorial.district-plus': 1,
      involved: 36,
    })
    const then = `&asOf=${encodeURIComponent(before)}`
    await check(then, { total: 3, 'status.needs-study': 3, 'status.resolved': 0 })
    await check('', { total: 3 }, 'liaison')
    expect(
      (await read(`campaignId=${campaignId}&asOf=${encodeURIComponent('2020-08-01T00:00:00+08:00')}`)).get(
        'total',
      )?.value,
    ).toBe(0)
  })
})
