// A figure asked for as of an earlier instant is the one that was counted then, whatever the office has done since.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { holding, mattersHeld } from '../../src/kpi/ageing.ts'
import { matterIdsBehind } from '../../src/kpi/lists.ts'
import { metrics } from '../../src/kpi/metrics.ts'
import { figures } from '../../src/kpi/queries.ts'
import type { FigureQuery } from '../../src/kpi/questions.ts'
import type { Act } from '../../src/matters/workflow.ts'
import { flows, mattersInStock, stockOf, type Flow } from '../../src/kpi/stock.ts'
import { systemActor } from '../../src/platform/actor.ts'
import { dayOf, epochMs, type Instant } from '../../src/platform/clock.ts'
import { openDesk, type Desk } from '../matters/desk.ts'
import { rollUp } from './rolling.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const PERIOD = { from: '2020-01-01', to: '2020-12-31' } as const
const office = systemActor('test')

/** Numbers below 1, the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

type Numbers = string[]

/** What a table says, without groups of which there is nothing. */
async function table(query: FigureQuery): Promise<Numbers> {
  const { figures: all } = await figures(desk.deps.db, office, query, desk.clock.now())
  return all
    .filter(({ numerator, denominator }) => numerator !== 0 || (denominator ?? 0) !== 0)
    .map((f) => `${f.group?.key ?? ''} ${f.metric}: ${f.numerator} / ${f.denominator}`)
    .toSorted()
}

/** The stock of every day as of the last of them, and whose end it is. */
async function stock(units: string[] | undefined, at: Instant, asOf?: Instant) {
  const query = { from: '2020-08-14', to: dayOf(at), channel: 'hotline', units, asOf }
  const { days } = await stockOf(desk.deps.db, office, query, desk.clock.now())
  const ends = await Promise.all(
    (Object.keys(flows) as Flow[]).map(async (flow) => {
      const asked = { ...query, flow, to: dayOf(at) }
      const page = await mattersInStock(desk.deps.db, office, asked, { limit: 200 }, desk.clock.now())
      return page.items.map(({ id }) => id).toSorted()
    }),
  )
  return { days, ends }
}

/** Who held matters for how long, and which. */
async function held(asOf?: Instant) {
  const query = { ...PERIOD, channel: 'hotline', asOf }
  const now = desk.clock.now()
  const { items } = await holding(desk.deps.db, office, query, now)
  const asked = { ...query, units: [items[0]?.unit.id ?? desk.other] as const }
  const page = await mattersHeld(desk.deps.db, office, asked, { limit: 200 }, now)
  return [
    items.map(({ unit, matters, days }) => ({ unit, matters, days })),
    page.items.map(({ id }) => id).toSorted(),
  ]
}

interface List {
  metric: string
  part: 'numerator' | 'denominator'
  units?: string[]
}

async function ids(list: List, asOf?: Instant): Promise<string[]> {
  const query = { ...PERIOD, ...list, asOf }
  const { items, total } = await matterIdsBehind(
    desk.deps.db,
    office,
    query,
    { limit: 200 },
    desk.clock.now(),
  )
  expect(total).toBe(items.length)
  return items.map(({ id }) => id).toSorted()
}

/** An office of three units that does what may be done, at random, for so many days; `noon` is called at each. */
async function live(seed: number, days: number, noon: (random: () => number) => Promise<void>) {
  const random = seeded(seed)
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
  const { township, other } = desk
  const third = await desk.unit(`第三单位${seed}`, { kind: 'township' })
  const thirdLiaison = await desk.account(['handler'], { unitId: third })
  const units = [township, other, third]
  const handlers = [desk.staff.liaison, desk.staff.otherLiaison, thirdLiaison]
  const matters: { id: string; state: string; lead: string }[] = []
  const reason = '按实际情况办理。'
  const { staff } = desk
  type Move = [Act, { id: string }, unknown?]
  const moves = ({ id, lead: held }: (typeof matters)[number]): Record<string, Move[]> => {
    const now = desk.clock.now()
    const lead = pick(units)
    const co = random() < 0.4 ? [pick(units.filter((unit) => unit !== lead))] : []
    const handler = handlers[units.indexOf(held)] ?? pick(handlers)
    const coHandler = pick(handlers)
    const others = matters.filter((each) => each.id !== id)
    const sent = { leadUnitId: lead, coUnitIds: co }
    const merge: Move = ['merge', staff.dispatcher, { intoId: pick(others)?.id ?? id, reason }]
    const redispatch: Move = ['redispatch', staff.dispatcher, { ...sent, reason }]
    const askReturn: Move = ['ask-return', handler, { reason, suggestedUnitId: lead }]
    const rating = pick(['satisfied', 'basic', 'dissatisfied', 'dissatisfied'])
    const rarely = (move: Move): Move[] => (random() < 0.2 ? [move] : [])
    const coActs: Move[] = [
      ['co-sign', coHandler],
      ['co-reply', coHandler, { facts: '情况属实', measures: '已经整改', result: '整改完成' }],
    ]
    const back: Move[] = [
      ['call-back', staff.callback, { result: 'reached', rating, resolved: random() < 0.5 }],
      ['call-back', staff.callback, { result: pick(['missed', 'refused']) }],
    ]
    return {
      registered: [
        ['dispatch', staff.dispatcher, sent],
        ['dispatch', staff.dispatcher, sent],
        ['dispatch', staff.dispatcher, sent],
        merge,
        ...rarely(['not-accept', staff.dispatcher, { route: 'litigation', reason }]),
      ],
      assigned: [
        ['sign', handler],
        ['sign', handler],
        ['sign', handler],
        redispatch,
        askReturn,
        merge,
        ...coActs,
      ],
      returning: [
        ['grant-return', staff.dispatcher],
        ['refuse-return', staff.dispatcher, { note: reason }],
      ],
      handling: [
        ['reply', handler, { ...desk.answer, contactedAt: now }],
        ['reply', handler, { ...desk.answer, contactedAt: now }],
        ['ask-extension', handler, { workdays: 2, reason, callerToldAt: now }],
        ['ask-extension', handler, { workdays: 2, reason, callerToldAt: now }],
        ['grant-extension', staff.leader],
        ['grant-extension', staff.leader],
        ['refuse-extension', staff.leader, { note: reason }],
        redispatch,
        askReturn,
        ...rarely(merge),
        ...coActs,
        ...rarely(['terminate', staff.leader, { reason }]),
      ],
      replied: [
        ['approve', staff.reviewer],
        ['approve', staff.reviewer],
        ['reject', staff.reviewer, { note: reason }],
        merge,
      ],
      reviewed: back,
      rated: [
        ['redo', staff.reviewer, { reason, ...(random() < 0.6 ? { leadUnitId: lead } : {}) }],
        ['redo', staff.reviewer, { reason }],
        ['ask-screening', handler, { ground: 'mistaken', evidence: reason }],
        ['close', staff.callback],
      ],
      screening: [
        ['screen', staff.screenerOne, { uphold: true, note: reason }],
        ['screen', staff.screenerTwo, { uphold: true, note: reason }],
      ],
      merged: [['unmerge', staff.dispatcher, { reason }]],
    }
  }
  const done = new Set<string>()
  const start = epochMs('2020-08-14T00:00:00.000+08:00')
  const HOUR = 3_600_000
  const until = (ms: number) => desk.clock.forward({ seconds: (ms - epochMs(desk.clock.now())) / 1000 })
  async function step() {
    if (random() < 0.07 || matters.length === 0) {
      const { id, state } = await desk.register({
        category: pick(['help', 'consult', 'complain']),
        urgency: pick(['normal', 'urgent']),
      })
      matters.push({ id, state, lead: '' })
      return
    }
    const one = pick(matters)
    if (random() < 0.1) {
      const given = random() < 0.5 ? { category: pick(['help', 'suggest']) } : { topic: 'urban' }
      await desk.call('registrar', 'PATCH', `/api/matters/${one.id}`, given)
      return
    }
    const open = moves(one)[one.state]
    if (open === undefined) return
    const [act, who, body = {}] = pick(open)
    const { status, body: written } = await desk.call(who, 'POST', `/api/matters/${one.id}/${act}`, body)
    if (status !== 200) return
    one.state = written.state
    const to = (body as { leadUnitId?: string }).leadUnitId
    if (to !== undefined) one.lead = to
    done.add(act)
  }
  for (let day = 0; day < days; day += 1) {
    const midnight = start + day * 24 * HOUR
    for (const half of [10, 13]) {
      if (half === 13) {
        until(midnight + 12 * HOUR)
        await noon(random)
      }
      for (let i = 0; i < 14; i += 1) {
        until(midnight + half * HOUR + i * 420_000 + Math.floor(random() * 419_000))
        await step()
      }
    }
    if (random() < 0.6) await rollUp(desk)
  }
  return { units, done }
}

it('is what was counted then, in every table, and its lists hold the same matters', async () => {
  const kept: {
    at: Instant
    tables: [FigureQuery, Numbers][]
    lists: [List, string[]][]
    stocks: unknown[]
  }[] = []
  const units = [desk.township, desk.other]
  const queries: FigureQuery[] = [
    PERIOD,
    { ...PERIOD, groupBy: 'unit' },
    { ...PERIOD, groupBy: 'month' },
    { ...PERIOD, groupBy: 'unit', source: 'counter' },
    { ...PERIOD, groupBy: 'category' },
    { ...PERIOD, groupBy: 'topic' },
    { ...PERIOD, units: [desk.other] },
    { ...PERIOD, units, groupBy: 'month' },
    { ...PERIOD, category: 'help', units },
  ]
  const { done } = await live(3, 18, async (random) => {
    const tables: [FigureQuery, Numbers][] = []
    for (const query of queries) tables.push([query, await table(query)])
    const lists: [List, string[]][] = []
    for (let i = 0; i < 8; i += 1) {
      const { id: metric, unit } = metrics[Math.floor(random() * metrics.length)] ?? { id: 'M01', unit: '件' }
      const asked: List = {
        metric,
        part: unit === '%' && random() < 0.3 ? 'denominator' : 'numerator',
        ...(random() < 0.6 ? { units: random() < 0.5 ? units : [desk.township] } : {}),
      }
      lists.push([asked, await ids(asked)])
    }
    const at = desk.clock.now()
    const stocks = [await stock(undefined, at), await stock(units, at), await held()]
    kept.push({ at, tables, lists, stocks })
  })
  const check = async (half: 0 | 1) => {
    for (const { at, tables, lists, stocks } of kept.filter((_, i) => i % 2 === half)) {
      for (const [query, then] of tables)
        expect.soft({ at, query, is: await table({ ...query, asOf: at }) }).toEqual({ at, query, is: then })
      for (const [list, then] of lists)
        expect.soft({ at, list, is: await ids(list, at) }).toEqual({ at, list, is: then })
      expect
        .soft([await stock(undefined, at, at), await stock(units, at, at), await held(at)], at)
        .toEqual(stocks)
    }
  }
  // While events still wait for the rollup, and when it holds them all.
  await check(0)
  await rollUp(desk)
  await check(1)
  expect([...done]).toEqual(
    expect.arrayContaining(['redispatch', 'redo', 'unmerge', 'grant-return', 'grant-extension', 'reject']),
  )
}, 120_000)
