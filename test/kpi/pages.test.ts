// Where the pages of a list lie: counted once, and put right by what still waits for the rollup, whenever that comes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAnswers } from '../../src/kpi/answers.ts'
import type { PartName } from '../../src/kpi/parts.ts'
import { placesIn, placesOf } from '../../src/kpi/pages.ts'
import { rebuild } from '../../src/kpi/rollup.ts'
import { resolveScope } from '../../src/kpi/scope.ts'
import { systemActor } from '../../src/platform/actor.ts'
import { dayOf, plusDays, type Day } from '../../src/platform/clock.ts'
import type { Db } from '../../src/platform/db.ts'
import { openDesk, type Desk } from '../matters/desk.ts'
import { dispatched, rollUp } from './rolling.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const work = () => rollUp(desk)
const order = () => dispatched(desk)
const query: { from: Day; to: Day } = { from: '2020-08-01', to: '2020-12-31' }
const answers = createAnswers(() => 0)

/** `reading` runs before each statement that asks for what has moved. */
async function total(
  name: PartName = 'accepted',
  reading: () => Promise<unknown> = async () => undefined,
  unit?: string,
  period = query,
): Promise<number | undefined> {
  const now = desk.clock.now()
  const { db } = desk.deps
  const racing: Db = {
    query: async (sql, values) => {
      if (sql.text.includes(' live')) await reading()
      return db.query(sql, values)
    },
  }
  const { stand, units } = await resolveScope(
    db,
    systemActor('test'),
    unit === undefined ? {} : { units: [unit] },
    now,
  )
  const part = { query: period, asOf: now, units, part: name }
  return (await placesOf(racing, part, { rows: 21, after: undefined }, stand, answers))?.total
}

describe('how many matters a figure counts', () => {
  it('is exact while events wait, though the rows were read before them', async () => {
    await order()
    await work()
    expect(await total()).toBe(1)
    await order()
    expect(await total()).toBe(2)
    await order()
    expect(await total()).toBe(3)
    await work()
    expect(await total()).toBe(3)
  })

  it('is exact when the rollup is rewritten between the reading of its rows and of what waits for it', async () => {
    await order()
    let times = 0
    expect(
      await total('accepted', async () => {
        times += 1
        if (times === 1) await work()
      }),
    ).toBe(4)
    expect(times).toBeGreaterThan(0)
  })

  it('is exact when asked within a recount that has not yet ended, and after it', async () => {
    await order()
    await desk.deps.db.bulkTransaction(async (tx) => {
      await rebuild(tx)
      expect(await total()).toBe(5)
    })
    expect(await total()).toBe(5)
    await work()
    expect(await total()).toBe(5)
  })

  it('falls at once with a matter that ends', async () => {
    const id = await order()
    await work()
    const before = await total('open')
    await desk.does('reviewer', id, 'terminate', { reason: '诉求人撤回诉求' })
    expect(await total('open')).toBe((before ?? 0) - 1)
    await work()
    expect(await total('open')).toBe((before ?? 0) - 1)
  })
})

describe('of a unit', () => {
  it('is exact while events wait, and what waits for other units is not counted for it', async () => {
    let counted = 0
    const of = (unit: string) => total('accepted', async () => void (counted += 1), unit)
    await work()
    const [own, others] = [await of(desk.township), await of(desk.other)]
    const id = await order()
    expect(await of(desk.other)).toBe(others)
    expect(counted).toBe(0)
    expect(await of(desk.township)).toBe((own ?? 0) + 1)
    expect(counted).toBe(1)
    await desk.does('dispatcher', id, 'redispatch', { leadUnitId: desk.other, reason: '职责已调整' })
    expect(await of(desk.other)).toBe((others ?? 0) + 1)
    expect(await of(desk.township)).toBe(own)
    await work()
    expect(await of(desk.other)).toBe((others ?? 0) + 1)
    expect(await of(desk.township)).toBe(own)
  })
})

it('takes any days out of the years that were read, also over the end of one', async () => {
  const first = dayOf(desk.clock.now())
  await order()
  desk.clock.forward({ days: 200 })
  const later = dayOf(desk.clock.now())
  expect(later.slice(0, 4)).not.toBe(first.slice(0, 4))
  await order()
  await order()
  await work()
  const within = (from: Day, to: Day) => total('dispatched', undefined, undefined, { from, to })
  const here = (await within(first, first)) ?? 0
  expect(await within(later, later)).toBe(2)
  expect(await within(plusDays(later, -1), plusDays(later, 1))).toBe(2)
  expect(await within(plusDays(first, 1), plusDays(later, -1))).toBe(0)
  expect(await within(plusDays(first, 1), later)).toBe(2)
  expect(await within(first, later)).toBe(here + 2)
  await order()
  expect(await within(first, later)).toBe(here + 3)
  expect(await within(first, plusDays(later, -1))).toBe(here)
})

describe('the days of a page', () => {
  const counts = [
    ['2020-01-30', 2],
    ['2020-01-31', 3],
    ['2020-02-01', 1],
    ['2020-12-31', 4],
  ] as const

  it.each([
    { rows: 2, after: undefined, days: ['2020-01-30'], more: true },
    { rows: 3, after: undefined, days: ['2020-01-30', '2020-01-31'], more: true },
    { rows: 10, after: undefined, days: counts.map(([day]) => day), more: false },
    // Of the day behind which it begins it is not known how many are left.
    { rows: 1, after: '2020-01-31', days: ['2020-01-31', '2020-02-01'], more: true },
    { rows: 2, after: '2020-01-31', days: ['2020-01-31', '2020-02-01', '2020-12-31'], more: false },
    { rows: 2, after: '2020-06-30', days: ['2020-12-31'], more: false },
    { rows: 2, after: '2020-12-31', days: ['2020-12-31'], more: false },
  ])('of $rows behind $after are as many as it needs', ({ rows, after, days, more }) => {
    expect(placesIn(counts, { rows, after })).toEqual({ total: 10, days, more })
  })

  it('are none where nothing counts', () => {
    expect(placesIn([], { rows: 1, after: undefined })).toEqual({ total: 0, days: [], more: false })
  })
})
