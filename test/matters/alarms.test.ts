// Major and urgent matters: marked at once, reported upward once, and never unmarked by one person alone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDesk, type Desk } from './desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const to = (who: Parameters<Desk['call']>[0], id: string, step: string, body: object) =>
  desk.call(who, 'POST', `/api/matters/${id}/alarm${step}`, body)
const reason = { reason: '百余人聚集堵路,可能影响社会稳定' }
const report = { to: ['区委', '区政府', '区信访联席会议办公室'], text: '已派员到场,正在疏导。' }
const marked = async () => {
  const { id } = await desk.register()
  expect((await to('registrar', id, '', reason)).status).toBe(200)
  return id
}

describe('a mark', () => {
  it('stands from the moment it is raised, is listed, and is raised once', async () => {
    const id = await marked()
    expect((await to('leader', id, '', reason)).body.code).toBe('matter/alarm-raised')
    const list = await desk.call('leader', 'GET', '/api/matters?alarm=true&limit=100')
    expect((list.body['items'] as { id: string }[]).map((item) => item.id)).toContain(id)
    expect(await desk.events(id)).toContain('matter.alarm')
  })

  it('is reported once, and the record tells when and to whom', async () => {
    const id = await marked()
    desk.clock.forward({ minutes: 20 })
    expect((await to('supervisor', id, '/report', report)).status).toBe(200)
    expect((await to('leader', id, '/report', report)).body.code).toBe('matter/alarm-reported')
    const { body } = await desk.call('leader', 'GET', `/api/matters/${id}/alarm`)
    expect(body['items']).toMatchObject([{ reportedTo: report.to, offAt: null }])
    const timeline = (await desk.open('leader', id)).body['timeline'] as { data: object }[]
    expect(timeline.at(-1)?.data).toMatchObject({ reportedTo: report.to })
  })

  it('goes only when one asks and a leader who did not ask agrees', async () => {
    const id = await marked()
    const why = { reason: '经核实系误报,现场已平息' }
    expect((await to('leader', id, '/decide-off', { agreed: true })).body.code).toBe('matter/nothing-pending')
    expect((await to('leader', id, '/ask-off', why)).status).toBe(200)
    expect((await to('leader', id, '/decide-off', { agreed: true })).body.code).toBe('matter/second-decider')
    expect((await to('supervisor', id, '/decide-off', { agreed: true })).status).toBe(403)
    const second = await desk.account(['leader'])
    expect((await to(second, id, '/decide-off', { agreed: false })).status).toBe(200)
    expect((await to('leader', id, '/ask-off', why)).status).toBe(200)
    expect((await to('leader', id, '/ask-off', why)).body.code).toBe('matter/alarm-off-asked')
    const both = await Promise.all([
      to(second, id, '/decide-off', { agreed: true }),
      to(second, id, '/decide-off', { agreed: true }),
    ])
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
    const list = await desk.call('leader', 'GET', '/api/matters?alarm=true&limit=100')
    expect((list.body['items'] as { id: string }[]).map((item) => item.id)).not.toContain(id)
    expect((await to('registrar', id, '', reason)).status).toBe(200)
  })

  it('is no business of a unit, and does not exist for whom the matter accuses', async () => {
    const held = await desk.register({ dispatch: { leadUnitId: desk.township } })
    expect((await to('liaison', held.id, '', reason)).status).toBe(403)
    const charge = await desk.register({ category: 'report', accusedUnitIds: [desk.township] })
    await to('leader', charge.id, '', reason)
    expect((await to('liaison', charge.id, '', reason)).status).toBe(403)
    expect((await desk.call('liaison', 'GET', `/api/matters/${charge.id}/alarm`)).status).toBe(404)
  })
})
