// The deadline that the city platform gave an order which nobody has yet: the office's own, and of whom the order is sent to.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { statement } from '../../src/platform/db.ts'
import { openImportDesk, row, type Cells } from './import-desk.ts'

let desk: Awaited<ReturnType<typeof openImportDesk>>
beforeAll(async () => {
  desk = await openImportDesk()
})
afterAll(() => desk.close())

const day = (n: number) => new Date(Date.parse(desk.clock.now()) + n * 86_400_000).toISOString().slice(0, 10)
const endOf = (date: string) => `${date}T23:59:59.999+08:00`
let [received, due, later] = ['', '', '']
beforeEach(() => {
  desk.clock.forward({ days: 30 })
  ;[received, due, later] = [day(-1), day(2), day(4)]
})
const waiting = (no: string, more: Cells = {}) =>
  row(no, { receivedAt: received, dispatchedAt: '', leadUnit: '', signedAt: '', dueAt: due, ...more })
const idOf = async (no: string) => (await desk.matter(no)).id
const shown = async (no: string) => (await desk.open('dispatcher', await idOf(no))).body
const warned = async (rows: Cells[]) => {
  const { items } = await desk.rows((await desk.take(rows)).id)
  return items[0]?.warnings.map(({ code }) => code)
}
const repliesOf = async (no: string) => {
  const replies = statement<{ at: string }>(
    'test.replies',
    'select submitted_at as at from replies where matter_id = $1 order by at',
  )
  return (await replies(desk.deps.db, [await idOf(no)])).map(({ at }) => at)
}
const overdue = async () => {
  const { body } = await desk.call('dispatcher', 'GET', '/api/matters?clock=overdue&limit=100')
  return (body['items'] as { externalNo: string }[]).map(({ externalNo }) => externalNo)
}

test('it stands with the order, and no unit to which our desk sends the order has longer', async () => {
  await desk.take([waiting('D-0001')])
  expect(await shown('D-0001')).toMatchObject({ dueAt: endOf(due), overdue: false })
  await desk.does('dispatcher', await idOf('D-0001'), 'dispatch', { leadUnitId: desk.township })
  expect(await desk.legs(await idOf('D-0001'))).toMatchObject([{ dueAt: endOf(due) }])
})

test('a newer file moves it while nobody here has touched the order, and not after that', async () => {
  await desk.take([waiting('D-0002')])
  await desk.take([waiting('D-0002', { dueAt: later })])
  expect(await shown('D-0002')).toMatchObject({ dueAt: endOf(later) })
  await desk.take([waiting('D-0002', { dueAt: '' })])
  expect(await shown('D-0002')).toMatchObject({ dueAt: endOf(later) })
  await desk.does('dispatcher', await idOf('D-0002'), 'dispatch', { leadUnitId: desk.township })
  expect(await warned([waiting('D-0002', { dueAt: due, title: '路灯不亮(催)' })])).toEqual(['merge/touched'])
  expect(await desk.legs(await idOf('D-0002'))).toMatchObject([{ dueAt: endOf(later) }])
})

test('once it has passed no file moves it: the office has missed it', async () => {
  await desk.take([waiting('D-0003')])
  desk.clock.forward({ days: 3 })
  expect(await overdue()).toContain('D-0003')
  expect(await warned([waiting('D-0003', { dueAt: day(5) })])).toEqual(['merge/late-kept'])
  expect(await shown('D-0003')).toMatchObject({ dueAt: endOf(due), overdue: true })
  await desk.does('dispatcher', await idOf('D-0003'), 'dispatch', { leadUnitId: desk.township })
  expect(await desk.legs(await idOf('D-0003'))).toMatchObject([
    { kind: 'route', unitId: desk.officeUnit, lateFrom: endOf(due) },
    { kind: 'dispatch', unitId: desk.township },
  ])
})

test('the unit to which the platform sends the order has what the platform then gives, else the same', async () => {
  await desk.take([waiting('D-0004'), waiting('D-0005')])
  const sent = { dispatchedAt: `${received} 15:00:00`, leadUnit: '荣山镇' }
  await desk.take([waiting('D-0004', { ...sent, dueAt: later }), waiting('D-0005', { ...sent, dueAt: '' })])
  expect(await desk.legs(await idOf('D-0004'))).toMatchObject([{ dueAt: endOf(later) }])
  expect(await desk.legs(await idOf('D-0005'))).toMatchObject([{ dueAt: endOf(due) }])
})

test('an order that the platform answers itself after it was not answered in time', async () => {
  desk.clock.forward({ days: 5 })
  const replied = (on: string) => ({ repliedAt: `${on} 00:00:00`, reply: '已答复。', state: '已办结' })
  await desk.take([waiting('D-0006', replied(later)), waiting('D-0007', replied(due)), waiting('D-0008')])
  expect(await desk.matter('D-0006')).toMatchObject({ state: 'closed', firstOnTime: false })
  expect(await desk.matter('D-0007')).toMatchObject({ state: 'closed', firstOnTime: true })
  await desk.take([waiting('D-0009', { receivedAt: later, dueAt: '' }), waiting('D-0008')])
  expect(await warned([waiting('D-0008', replied(due))])).toContain('merge/late-kept')
  expect(await shown('D-0008')).toMatchObject({ state: { code: 'registered' }, overdue: true })
})

test('what had passed before the platform sent the order stays the office’s, not the unit’s', async () => {
  await desk.take([waiting('D-0010'), waiting('D-0011')])
  desk.clock.forward({ days: 4 })
  const sent = { dispatchedAt: `${day(-1)} 09:00:00`, leadUnit: '荣山镇' }
  await desk.take([
    waiting('D-0010', { ...sent, dueAt: day(6) }),
    waiting('D-0011', { ...sent, dispatchedAt: `${received} 15:00:00` }),
  ])
  const id = await idOf('D-0010')
  const office = { no: 1, kind: 'route', unitId: desk.officeUnit, lateFrom: endOf(due), signLateFrom: null }
  const unit = { no: 2, kind: 'dispatch', unitId: desk.township, dueAt: endOf(day(6)) }
  expect(await desk.legs(id)).toMatchObject([office, { ...unit, outcome: null }])
  expect(await shown('D-0010')).toMatchObject({ dispatchedAt: `${day(-1)}T09:00:00.000+08:00` })
  expect(await desk.legs(await idOf('D-0011'))).toMatchObject([{ no: 1, kind: 'dispatch' }])
  const replied = { repliedAt: `${day(0)} 00:00:00`, reply: '已答复。', state: '已办结' }
  await desk.take([waiting('D-0010', { ...sent, ...replied, dueAt: day(6) })])
  expect(await desk.legs(id)).toMatchObject([office, { ...unit, outcome: 'replied', lateFrom: null }])
  expect(await desk.matter('D-0010')).toMatchObject({ firstOnTime: false, lateFrom: endOf(due) })
})

test('once answered after it, no newer file moves it, nor the answer before it', async () => {
  desk.clock.forward({ days: 6 })
  const replied = (on: string) => ({ repliedAt: `${on} 00:00:00`, reply: '已答复。', state: '已办结' })
  await desk.take([waiting('D-0012', replied(later)), waiting('D-0013', replied(later))])
  await desk.take([waiting('D-0012', { ...replied(later), dueAt: day(0) }), waiting('D-0013', replied(due))])
  expect(await desk.matter('D-0012')).toMatchObject({ state: 'closed', firstOnTime: false })
  expect(await desk.matter('D-0013')).toMatchObject({ state: 'closed', firstOnTime: false })
})

test('a dispatch of before it, of which only files of after it tell, makes nothing punctual', async () => {
  desk.clock.forward({ days: 6 })
  const replied = { repliedAt: `${later} 00:00:00`, reply: '已答复。', state: '已办结' }
  await desk.take([waiting('D-0014'), waiting('D-0015', replied)])
  const sent = { dispatchedAt: `${received} 15:00:00`, leadUnit: '荣山镇', dueAt: day(6) }
  await desk.take([waiting('D-0014', sent), waiting('D-0015', { ...replied, ...sent })])
  for (const no of ['D-0014', 'D-0015']) {
    expect(await desk.legs(await idOf(no))).toMatchObject([
      { kind: 'route', unitId: desk.officeUnit, lateFrom: endOf(due) },
      { kind: 'dispatch', unitId: desk.township, dueAt: endOf(day(6)) },
    ])
    expect(await desk.matter(no)).toMatchObject({ lateFrom: endOf(due) })
  }
  expect(await desk.matter('D-0015')).toMatchObject({ firstOnTime: false })
  expect(await repliesOf('D-0015')).toEqual([`${later}T00:00:00.000+08:00`])
})

test('a newer file that was checked before it passed and confirmed after moves it no more', async () => {
  await desk.take([waiting('D-0016')])
  const { id } = await desk.check([waiting('D-0016', { dueAt: day(5) })])
  desk.clock.forward({ days: 3 })
  expect(await overdue()).toContain('D-0016')
  await desk.post(`/api/imports/${id}/commit`, { mode: 'all-or-nothing' })
  await desk.work()
  expect(await shown('D-0016')).toMatchObject({ dueAt: endOf(due), overdue: true })
  expect(await desk.told(id)).toMatchObject({ status: { code: 'committed' } })
})
