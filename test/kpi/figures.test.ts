// Figures against a plain loop: from the rollup, from the matters, now and in the past, with the list behind each.
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { matterIdsBehind } from '../../src/kpi/lists.ts'
import { metrics } from '../../src/kpi/metrics.ts'
import { figures } from '../../src/kpi/queries.ts'
import type { FigureQuery } from '../../src/kpi/questions.ts'
import { mattersInStock, stockOf, type Flow } from '../../src/kpi/stock.ts'
import { compare, rebuild } from '../../src/kpi/rollup.ts'
import { NIL, systemActor, type Actor } from '../../src/platform/actor.ts'
import { dayOf, instantFromMs, epochMs } from '../../src/platform/clock.ts'
import { statement, type Db } from '../../src/platform/db.ts'
import { cloneDatabase, type ClonedDatabase } from '../support/database.ts'
import { fold, type FoldQuery } from './fold.ts'
import {
  empty,
  history,
  insert,
  named,
  NOW,
  openWorld,
  PERIOD,
  unitAt,
  units,
  type History,
  type World,
} from './histories.ts'

let database: ClonedDatabase
let world: World
beforeAll(async () => {
  database = await cloneDatabase()
  world = await openWorld(database.url)
})
afterAll(async () => {
  await world.end()
  await database.drop()
})
beforeEach(() => world.at(NOW))

const office = systemActor('test')
const staffOf = (own: readonly string[], path = own): Actor => ({
  ...office,
  kind: 'person',
  sees: 'units',
  unitId: own[0] ?? null,
  unitIds: own,
  unitPath: path,
})
const parent = staffOf([unitAt(1), unitAt(2)], [unitAt(1)])

async function given(histories: readonly History[]): Promise<void> {
  await empty(world.db)
  await insert(world.db, histories)
  await world.db.transaction((tx) => rebuild(tx))
}

/** The integers of a table by group, metric and part. */
async function numbers(actor: Actor, query: FigureQuery) {
  const table = await figures(world.db, actor, query, NOW)
  const rows = table.figures.map((f) => [f.group?.key ?? '', f.metric, f.numerator, f.denominator] as const)
  return { table, rows }
}

function folded(all: readonly History[], groups: readonly (readonly [string, FoldQuery])[]) {
  return groups.flatMap(([key, q]) =>
    metrics.map(({ id, unit }) => {
      const below = unit === '件' ? null : fold(all, id, 'denominator', q)
      return [key, id, fold(all, id, 'numerator', q), below] as const
    }),
  )
}

const asOfs = fc.oneof(
  fc.constant(NOW),
  fc.constantFrom(
    '2020-12-31T23:59:59.999+08:00',
    '2021-01-01T00:00:00.000+08:00',
    '2021-01-01T00:00:00.001+08:00',
  ),
  fc.integer({ min: epochMs('2020-12-29T00:00:00+08:00'), max: epochMs(NOW) }).map(instantFromMs),
)
const withdraw = statement('test.withdraw', 'update matters set withdrawn_at = $2 where dispatched_day = $1')
const some = fc.array(history, { minLength: 1, maxLength: 60 }).map(named)
const office_ = (asOf = NOW): FoldQuery => ({ ...PERIOD, asOf, units: null })

describe('for random histories', () => {
  it('the rollup, the matters and a plain loop give the same integers now, for every grouping', async () => {
    await fc.assert(
      fc.asyncProperty(some, async (all) => {
        await given(all)
        const led = [...new Set(all.map(({ matter }) => matter.lead_unit_id ?? NIL))]
        const byUnit = (u: string): [string, FoldQuery] => [u, { ...office_(), units: [u] }]
        const cases: [FigureQuery, [string, FoldQuery][]][] = [
          [PERIOD, [['', office_()]]],
          [
            { ...PERIOD, groupBy: 'month' },
            [
              ['2020-12', { ...office_(), to: '2020-12-31' }],
              ['2021-01', { ...office_(), from: '2021-01-01' }],
            ],
          ],
          [
            { ...PERIOD, groupBy: 'day' },
            ['2020-12-29', '2020-12-30', '2020-12-31', '2021-01-01', '2021-01-02', '2021-01-03'].map(
              (day) => [day, { ...office_(), from: day, to: day }],
            ),
          ],
          // Tuesday to Sunday: one week, of which Monday is not asked for.
          [{ ...PERIOD, groupBy: 'week' }, [['2020-12-28', office_()]]],
          [{ ...PERIOD, units: [unitAt(0)] }, [['', { ...office_(), units: [unitAt(0)] }]]],
          [{ ...PERIOD, groupBy: 'unit', units: units.slice(0, 3) }, units.slice(0, 3).map(byUnit)],
          [{ ...PERIOD, under: unitAt(1) }, [['', { ...office_(), units: [unitAt(1), unitAt(2)] }]]],
          [
            { ...PERIOD, from: '2020-12-31', to: '2020-12-31' },
            [['', { ...office_(), from: '2020-12-31', to: '2020-12-31' }]],
          ],
        ]
        for (const [query, groups] of cases) {
          const now = await numbers(office, query)
          const frozen = await numbers(office, { ...query, asOf: NOW })
          expect(now.table.from).toBe(query.under === undefined ? 'rollup' : 'matters')
          expect(now.rows).toEqual(frozen.rows)
          expect(now.rows).toEqual(folded(all, groups))
        }
        const categories = await numbers(office, {
          ...PERIOD,
          groupBy: 'category',
          metrics: metrics.map(({ id }) => id),
        })
        const present = [...new Set(categories.rows.map(([key]) => key))]
        expect(categories.rows).toEqual(
          folded(
            all,
            present.map((category) => [category, { ...office_(), category }]),
          ),
        )
        const everyUnit = await numbers(office, { ...PERIOD, groupBy: 'unit' })
        const named_ = [...new Set(everyUnit.rows.map(([key]) => key))].filter((key) => key !== NIL)
        expect(everyUnit.rows.filter(([key]) => key !== NIL)).toEqual(folded(all, named_.map(byUnit)))
        expect(
          led
            .filter((u) => u !== NIL && !named_.includes(u))
            .flatMap((u) => folded(all, [byUnit(u)]))
            .every(([, , n]) => n === 0),
        ).toBe(true)
        expect(await compare(world.db, NOW)).toEqual([])
      }),
      { numRuns: 25 },
    )
  }, 120_000)

  it('the figures as of any instant are those of a plain loop', async () => {
    await fc.assert(
      fc.asyncProperty(some, asOfs, async (all, asOf) => {
        await given(all)
        const total = await numbers(office, { ...PERIOD, asOf })
        expect(total.table.from).toBe('rollup')
        expect(total.rows).toEqual(folded(all, [['', office_(asOf)]]))
        const ofUnits = await numbers(office, { ...PERIOD, asOf, groupBy: 'unit', units: units.slice(0, 3) })
        expect(ofUnits.rows).toEqual(
          folded(
            all,
            units.slice(0, 3).map((u) => [u, { ...office_(asOf), units: [u] }]),
          ),
        )
        const together = await numbers(office, { ...PERIOD, asOf, under: unitAt(1) })
        expect(together.table.from).toBe('matters')
        expect(together.rows).toEqual(
          folded(all, [['', { ...office_(asOf), units: [unitAt(1), unitAt(2)] }]]),
        )
        const topic = await numbers(office, { ...PERIOD, asOf, topic: 'epidemic' })
        expect(topic.rows).toEqual(folded(all, [['', { ...office_(asOf), topic: 'epidemic' }]]))
      }),
      { numRuns: 40 },
    )
  }, 120_000)

  it('each figure lists exactly the matters that it counts, for every viewer and grouping', async () => {
    const viewers: [Actor, FigureQuery][] = [
      [office, PERIOD],
      [office, { ...PERIOD, groupBy: 'unit' }],
      [office, { ...PERIOD, groupBy: 'month' }],
      [office, { ...PERIOD, groupBy: 'day', metrics: ['M01', 'M07', 'M10l'] }],
      [office, { ...PERIOD, groupBy: 'topic' }],
      [office, { ...PERIOD, under: unitAt(1), groupBy: 'category' }],
      [parent, PERIOD],
      [parent, { ...PERIOD, groupBy: 'unit' }],
      [staffOf([unitAt(4)]), { ...PERIOD, groupBy: 'month' }],
      // The office's own people are bound by an accusation too.
      [
        { ...office, unitPath: [unitAt(0)] },
        { ...PERIOD, groupBy: 'unit' },
      ],
    ]
    await fc.assert(
      fc.asyncProperty(some, fc.option(asOfs, { nil: undefined }), async (all, asOf) => {
        await given(all)
        for (const [viewer, query] of viewers) {
          const table = await figures(world.db, viewer, { ...query, asOf }, NOW)
          for (const figure of table.figures) {
            expect(await behind(viewer, figure.list)).toBe(figure.numerator)
            if (asOf === undefined)
              expect(await behind(viewer, figure.list.replace(/asOf=[^&]*/, ''))).toBe(figure.numerator)
            if (figure.denominatorList !== null) {
              expect(await behind(viewer, figure.denominatorList)).toBe(figure.denominator)
            }
          }
        }
      }),
      { numRuns: 4 },
    )
  }, 240_000)

  it('the stock of every day balances, is M03 as of its end, and each flow lists what it counts', async () => {
    await fc.assert(
      fc.asyncProperty(some, asOfs, async (all, asOf) => {
        await given(all)
        const asked = { ...PERIOD, asOf, channel: 'hotline' }
        const { days } = await stockOf(world.db, office, asked, NOW)
        for (const [i, { day, opening, received, closed, closing }] of days.entries()) {
          expect([day, opening + received - closed]).toEqual([day, closing])
          if (i > 0) expect(opening).toBe(days[i - 1]?.closing)
          const end = `${day}T23:59:59.999+08:00`
          const at = end < asOf ? end : asOf
          const open = await figures(
            ...([
              world.db,
              office,
              { from: '2020-01-01', to: day, asOf: at, channel: 'hotline', metrics: ['M03'] },
              NOW,
            ] as const),
          )
          expect([day, closing]).toEqual([day, open.figures[0]?.numerator])
          for (const [flow, n] of Object.entries({ opening, received, closed, closing })) {
            const query = { ...asked, from: day, to: day, flow: flow as Flow }
            const { total } = await mattersInStock(world.db, office, query, { limit: 1 }, NOW)
            expect([day, flow, total]).toEqual([day, flow, n])
          }
        }
      }),
      { numRuns: 12 },
    )
  }, 120_000)

  it('a viewer whom an accusation excludes gets figures without those matters', async () => {
    await fc.assert(
      fc.asyncProperty(some, async (all) => {
        await given(all)
        const { rows } = await numbers(parent, PERIOD)
        const q = { ...office_(), units: [unitAt(1), unitAt(2)], accused: [unitAt(1)] }
        expect(rows).toEqual(folded(all, [['', q]]))
      }),
      { numRuns: 20 },
    )
  }, 60_000)

  it('no share exceeds its whole', async () => {
    await fc.assert(
      fc.asyncProperty(some, asOfs, async (all, asOf) => {
        await given(all)
        for (const query of [PERIOD, { ...PERIOD, groupBy: 'unit' as const }]) {
          const table = await figures(world.db, office, { ...query, asOf }, NOW)
          for (const f of table.figures)
            if (f.denominator !== null) expect(f.numerator).toBeLessThanOrEqual(f.denominator)
        }
      }),
      { numRuns: 10 },
    )
  }, 60_000)
})

it('a page is not taken for the last one because matters of it moved while it was read', async () => {
  const all = named(fc.sample(history, { numRuns: 60, seed: 5 }))
  await given(all)
  const query = { ...PERIOD, metric: 'M01', part: 'numerator' as const }
  const before = await matterIdsBehind(world.db, office, query, { limit: 100 }, NOW)
  const firstDay = dayOf(before.items[0]?.dispatchedAt ?? NOW)
  const left = before.items.filter(({ dispatchedAt }) => dayOf(dispatchedAt) !== firstDay)
  expect(left.length).toBeGreaterThan(5)
  let moved = false
  const racing: Db = {
    query: async (sql, values) => {
      const rows = await world.db.query(sql, values)
      if (!moved && sql.text.includes('from kpi_daily')) {
        moved = true
        await withdraw(world.db, [firstDay, NOW])
      }
      return rows as never
    },
  }
  const found: string[] = []
  let cursor: string | undefined
  do {
    const page = await matterIdsBehind(racing, office, query, { limit: 5, cursor }, NOW)
    found.push(...page.items.map(({ id }) => id))
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  expect(moved).toBe(true)
  expect(found).toEqual(left.map(({ id }) => id))
})

it('a connection keeps a bounded number of statements however metrics are picked', async () => {
  const kept = new Set<string>()
  const db: Db = {
    query: (sql, values) => {
      if (sql.name.startsWith('kpi-')) kept.add(sql.name)
      return world.db.query(sql, values)
    },
  }
  const ids = metrics.map(({ id }) => id)
  const pairs = ids.flatMap((one, i) => ids.slice(i + 1).map((other) => [one, other]))
  for (const pair of pairs.slice(0, 150)) await figures(db, office, { ...PERIOD, metrics: pair }, NOW)
  expect(kept.size).toBeGreaterThan(0)
  expect(kept.size).toBeLessThanOrEqual(100)
}, 60_000)

/** Follows a link as the viewer, page by page; the total must be the number of items. */
async function behind(viewer: Actor, link: string): Promise<number> {
  const asked = new URLSearchParams(link.slice(link.indexOf('?')))
  const text = (name: string) => asked.get(name) ?? undefined
  const unit = text('unit')
    ?.split(',')
    .map((id) => (id === 'none' ? NIL : id))
  const query = {
    metric: text('metric') ?? '',
    part: text('part') === 'denominator' ? ('denominator' as const) : ('numerator' as const),
    from: text('from') ?? '',
    to: text('to') ?? '',
    asOf: text('asOf'),
    units: unit,
    under: text('under'),
    category: text('category'),
    topic: text('topic'),
    exact: text('exact') === 'true',
  }
  const ids = new Set<string>()
  let cursor: string | undefined
  let total = 0
  do {
    const page = await matterIdsBehind(world.db, viewer, query, { limit: 25, cursor }, NOW)
    total = page.total
    for (const { id } of page.items) ids.add(id)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  expect(ids.size).toBe(total)
  return total
}
