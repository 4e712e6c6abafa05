// A board that many look at is counted once, and again after any event, any recount, any deadline that passes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAnswers } from '../../src/kpi/answers.ts'
import { rebuild } from '../../src/kpi/rollup.ts'
import { standingSeen } from '../../src/kpi/scope.ts'
import { systemActor } from '../../src/platform/actor.ts'
import { openDesk, type Desk } from '../matters/desk.ts'
import { dispatched, rollUp } from './rolling.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const work = () => rollUp(desk)
const stamp = async () =>
  (await standingSeen(desk.deps.db, systemActor('test'), desk.clock.now()))?.stamp ?? null
const order = () => dispatched(desk)

describe('an answer', () => {
  it('is made once for all who ask the same, until something moves', async () => {
    await order()
    await work()
    let ms = 0
    let made = 0
    const answers = createAnswers(() => ms)
    const ask = async (question: object = { board: 1 }) =>
      answers.answer(await stamp(), question, async () => ({ n: ++made }))
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([{ n: 1 }, { n: 1 }, { n: 1 }])
    expect(await ask({ board: 2 })).toEqual({ n: 2 })
    // Events that wait for the rollup: counted once more after each.
    const id = await order()
    expect([await ask(), await ask()]).toEqual([{ n: 3 }, { n: 3 }])
    await order()
    expect([await ask(), await ask()]).toEqual([{ n: 4 }, { n: 4 }])
    await work()
    expect([await ask(), await ask()]).toEqual([{ n: 5 }, { n: 5 }])
    await desk.deps.db.bulkTransaction((tx) => rebuild(tx))
    expect(await ask()).toEqual({ n: 6 })
    ms = 29_999
    expect(await ask()).toEqual({ n: 6 })
    // Names may have changed meanwhile.
    ms = 30_001
    expect(await ask()).toEqual({ n: 7 })
    // Its deadline passes, and nobody has done anything.
    desk.clock.forward({ days: 20 })
    expect([await ask(), await ask()]).toEqual([{ n: 8 }, { n: 9 }])
    expect((await desk.row(id))['lateFrom']).not.toBeNull()
  })

  it('that failed is not given again', async () => {
    await work()
    const answers = createAnswers(() => 0)
    const failing = answers.answer(await stamp(), {}, async () => {
      throw new Error('lost')
    })
    await expect(failing).rejects.toThrow('lost')
    expect(await answers.answer(await stamp(), {}, async () => ({ n: 1 }))).toEqual({ n: 1 })
  })
})

describe('the list behind a figure', () => {
  const list = async (who: Parameters<Desk['call']>[0] = 'leader') => {
    const url = '/api/kpi/matters?metric=M01&part=numerator&from=2020-08-01&to=2020-12-31&limit=1'
    const { body } = await desk.call(who, 'GET', url)
    return { total: body['total'] as number, items: body['items'] as object[] }
  }

  it('says how many there are at once, before and after the rollup has it', async () => {
    await work()
    const { total } = await list()
    expect((await list()).total).toBe(total)
    await order()
    expect((await list()).total).toBe(total + 1)
    await work()
    expect((await list()).total).toBe(total + 1)
    expect((await list()).items).toHaveLength(1)
  })

  it('tells the same instant the same, whatever has happened since', async () => {
    await work()
    const asOf = desk.clock.now()
    const url = `/api/kpi/matters?metric=M01&part=numerator&from=2020-08-01&to=2020-12-31&asOf=${encodeURIComponent(asOf)}`
    const then = async () => (await desk.call('leader', 'GET', url)).body['total'] as number
    const total = await then()
    desk.clock.forward({ minutes: 1 })
    await order()
    expect(await then()).toBe(total)
    await work()
    expect(await then()).toBe(total)
    expect((await list()).total).toBe(total + 1)
  })

  it('of a viewer from whom a matter is withheld is a list of its own', async () => {
    const id = await order()
    await work()
    const { total } = await list()
    await desk.deps.db.query({
      name: '',
      text: `update matters set barred_ids = array['${desk.staff.supervisor.id}'::uuid] where id = '${id}'`,
    })
    expect((await list('supervisor')).total).toBe(total - 1)
    expect((await list()).total).toBe(total)
  })
})

describe('the board', () => {
  const board = async (who: Parameters<Desk['call']>[0]) => {
    const { body } = await desk.call(who, 'GET', '/api/kpi/board?from=2020-08-01&to=2020-12-31&metrics=M01')
    const [row] = body['rows'] as { cells: { numerator: number }[] }[]
    return row?.cells[0]?.numerator
  }

  it('shows an order at once, before and after the rollup has it', async () => {
    await work()
    const before = await board('leader')
    expect(await board('leader')).toBe(before)
    await order()
    expect(await board('leader')).toBe((before ?? 0) + 1)
    await work()
    expect(await board('leader')).toBe((before ?? 0) + 1)
  })

  it('never shows one viewer what another may see', async () => {
    const all = await board('leader')
    await desk.deps.db.query({
      name: '',
      text: `update matters set barred_ids = array['${desk.staff.supervisor.id}'::uuid] where dispatched_at is not null`,
    })
    await work()
    await desk.deps.db.bulkTransaction((tx) => rebuild(tx))
    expect(await board('leader')).toBe(all)
    expect(await board('supervisor')).toBe(0)
    expect(await board('leader')).toBe(all)
  })
})
