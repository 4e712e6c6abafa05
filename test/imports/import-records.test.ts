// What each unit answered, was granted and gave back of an order that newer files give to the next: all of it stays on record.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { childId } from '../../src/imports/ids.ts'
import { statement } from '../../src/platform/db.ts'
import { answered, openImportDesk, rated, row } from './import-desk.ts'

let desk: Awaited<ReturnType<typeof openImportDesk>>
beforeAll(async () => {
  desk = await openImportDesk()
})
afterAll(() => desk.close())

const rowsOf = statement<{ no: number; at: string; told: string | null; kind: string }>(
  'test.import-records',
  `select l.no, r.at, r.told, r.kind from legs l join (
     select leg_id, submitted_at as at, concat_ws(' ', result, accepted) as told, 'reply' as kind from replies
     union all select leg_id, decided_at, reason, 'extension' from extensions
     union all select leg_id, decided_at, reason, 'return' from return_requests) r on r.leg_id = l.id
   where l.matter_id = $1 order by r.kind, l.no, r.at`,
)
const factsOf = statement<{ extendedAt: string | null; returnedAt: string | null; returns: number }>(
  'test.import-facts',
  `select extended_at as "extendedAt", returned_at as "returnedAt", returns from matters where id = $1`,
)
const callsOf = statement<{ at: string; rating: string | null }>(
  'test.import-calls',
  'select at, rating from call_backs where matter_id = $1 order by at',
)
/** As the version before had it: one id for all units, and what the first gave back with the second. */
const renumber = statement('test.import-renumber', 'update replies set id = $2 where matter_id = $1')
const wander = statement(
  'test.import-wander',
  `update return_requests r set leg_id = l.id from legs l where l.matter_id = $1 and l.no = 2 and r.matter_id = $1`,
)
const renumberCalls = statement(
  'test.import-renumber-calls',
  'update call_backs set id = $2 where matter_id = $1',
)
const idOf = async (no: string) => (await desk.matter(no)).id
const recordsOf = async (no: string) =>
  (await rowsOf(desk.deps.db, [await idOf(no)])).map(({ no: leg, at, told }) => [leg, at.slice(0, 10), told])

const waiting = { repliedAt: '2020-08-11 10:00:00', reply: '荣山镇已答复。', state: '待审核' }
const second = { leadUnit: '大石镇', dispatchedAt: '2020-08-12 09:00:00', signedAt: '' }
const theirs = { repliedAt: '2020-08-13 10:00:00', reply: '大石镇已答复。' }

describe('an order that goes to another unit', () => {
  test('keeps the answer of the first, which is never that of the order', async () => {
    await desk.take([row('R-0001', waiting)])
    await desk.take([row('R-0001', second)])
    await desk.take([row('R-0001', { ...second, ...theirs, state: '待审核' })])
    const first = [1, '2020-08-11', '荣山镇已答复。']
    expect(await recordsOf('R-0001')).toEqual([first, [2, '2020-08-13', '大石镇已答复。']])
    await desk.take([row('R-0001', { ...second, ...theirs, state: '已办结' })])
    expect(await recordsOf('R-0001')).toEqual([first, [2, '2020-08-13', '大石镇已答复。 t']])
    expect(await desk.matter('R-0001')).toMatchObject({ state: 'closed', publicReply: '大石镇已答复。' })
  })

  test('does not lend the words of the first to an answer that the file tells without any', async () => {
    await desk.take([row('R-0002', waiting)])
    await desk.take([row('R-0002', { ...second, ...theirs, reply: '', state: '已办结' })])
    expect((await recordsOf('R-0002')).map(([, , told]) => told)).toEqual([
      '荣山镇已答复。',
      '(市平台未提供) t',
    ])
    expect(await desk.matter('R-0002')).toMatchObject({ publicReply: null })
  })

  test('has its answer found again where an earlier version wrote it in the place of the first', async () => {
    await desk.take([row('R-0003')])
    await desk.take([row('R-0003', { ...second, ...theirs, state: '待审核' })])
    const id = await idOf('R-0003')
    await renumber(desk.deps.db, [id, childId(id, 'reply', 0)])
    await desk.take([row('R-0003', { ...second, ...theirs, state: '已办结' })])
    expect(await recordsOf('R-0003')).toEqual([[2, '2020-08-13', '大石镇已答复。 t']])
  })

  test('keeps what either was granted with the unit that asked, and counts from the first', async () => {
    const granted = (asked: string, to: string) => ({
      ...{ extensionAskedAt: `${asked} 10:00:00`, extensionGrantedAt: `${asked} 11:00:00`, extendedTo: to },
    })
    await desk.take([row('R-0004', granted('2020-08-11', '2020-08-25'))])
    await desk.take([row('R-0004', second)])
    expect((await recordsOf('R-0004')).map(([leg, at]) => [leg, at])).toEqual([[1, '2020-08-11']])
    await desk.take([row('R-0004', { ...second, ...granted('2020-08-13', '2020-08-27') })])
    expect((await recordsOf('R-0004')).map(([leg, at]) => [leg, at])).toEqual([
      [1, '2020-08-11'],
      [2, '2020-08-13'],
    ])
    const [facts] = await factsOf(desk.deps.db, [await idOf('R-0004')])
    expect(facts?.extendedAt).toBe('2020-08-11T11:00:00.000+08:00')
  })

  test('keeps that either gave it back, and when the first did', async () => {
    await desk.take([row('R-0005', { signedAt: '', returnedAt: '2020-08-11 10:00:00' })])
    await desk.take([row('R-0005', second)])
    expect((await recordsOf('R-0005')).map(([leg]) => leg)).toEqual([1])
    await desk.take([row('R-0005', { ...second, returnedAt: '2020-08-13 10:00:00' })])
    expect((await recordsOf('R-0005')).map(([leg, at]) => [leg, at])).toEqual([
      [1, '2020-08-11'],
      [2, '2020-08-13'],
    ])
    const [facts] = await factsOf(desk.deps.db, [await idOf('R-0005')])
    expect(facts).toMatchObject({ returns: 2, returnedAt: '2020-08-11T10:00:00.000+08:00' })
  })

  test('keeps them also where an earlier version took what the first gave back to the second', async () => {
    await desk.take([row('R-0006', { signedAt: '', returnedAt: '2020-08-11 10:00:00' })])
    await desk.take([row('R-0006', second)])
    await wander(desk.deps.db, [await idOf('R-0006')])
    await desk.take([row('R-0006', { ...second, returnedAt: '2020-08-13 10:00:00' })])
    expect((await recordsOf('R-0006')).map(([, at]) => at)).toEqual(['2020-08-11', '2020-08-13'])
  })
})

describe('the call after a redo leaves that of before it on record:', () => {
  const poor = { ...rated, rating: '不满意' }
  const ratings = async (no: string) =>
    (await callsOf(desk.deps.db, [await idOf(no)])).map(({ rating }) => rating)

  test('one of the platform', async () => {
    const redone = { ...poor, redoAt: '2020-08-13 11:00:00' }
    await desk.take([row('R-0011', redone)])
    const again = { ...redone, redoRepliedAt: '2020-08-14 08:00:00', calledBackAt: '2020-08-14 08:30:00' }
    await desk.take([row('R-0011', { ...again, rating: '满意' })])
    expect(await ratings('R-0011')).toEqual(['dissatisfied', 'satisfied'])
  })

  test('one of our own', async () => {
    await desk.take([row('R-0012', { ...poor, state: '已评价' })])
    const id = await idOf('R-0012')
    await desk.does('reviewer', id, 'redo', { reason: '诉求人不满意' })
    await desk.does('liaison', id, 'sign')
    await desk.does('liaison', id, 'reply', { ...desk.answer, contactedAt: desk.clock.now() })
    await desk.does('reviewer', id, 'approve', {})
    desk.clock.forward({ hours: 1 })
    const calledBackAt = desk.clock.now().slice(0, 19).replace('T', ' ')
    await desk.take([row('R-0012', { ...answered, calledBackAt, rating: '满意' })])
    expect(await ratings('R-0012')).toEqual(['dissatisfied', 'satisfied'])
  })

  test('and one is not doubled that an earlier version wrote in the place of the first', async () => {
    const redone = { ...poor, redoAt: '2020-08-13 11:00:00', redoRepliedAt: '2020-08-14 08:00:00' }
    const again = { ...redone, calledBackAt: '2020-08-14 08:30:00' }
    await desk.take([row('R-0013', again)])
    const id = await idOf('R-0013')
    await renumberCalls(desk.deps.db, [id, childId(id, 'callBack')])
    await desk.take([row('R-0013', { ...again, rating: '满意' })])
    expect(await ratings('R-0013')).toEqual(['satisfied'])
  })
})
