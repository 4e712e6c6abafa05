// Measures the figures: the year's table of all units from the rollup, and the recount, beside hand-written SQL.
import type { Deps } from '../../src/deps.ts'
import { figures } from '../../src/kpi/queries.ts'
import { bitsOf } from '../../src/kpi/conditions.ts'
import { columnOf, partNames, partOf } from '../../src/kpi/parts.ts'
import { counting, mattersWhere } from '../../src/kpi/recount.ts'
import { rebuild } from '../../src/kpi/rollup.ts'
import { systemActor } from '../../src/platform/actor.ts'

const year = { from: '2020-01-01', to: '2020-12-31' } as const

const DAYS = `dispatched_day between '2020-01-01' and '2020-12-31'`

/** The statement by which figures are counted where the rollup cannot tell. */
const RECOUNT = counting({
  source: mattersWhere([`m.${DAYS}`], true),
  by: (unit) => [{ sql: unit, as: 'grp' }],
  parts: partNames,
  apart: true,
})

/**
 * What a patient hand writes: one pass over the covering index, flags first, then the bits; without what needs the legs.
 * `by`: columns of `matters` with their names.
 */
export function byHand(by: Record<string, string>, where: string): string {
  const plain = partNames.filter((name) => partOf(name).by === undefined)
  const sums = plain.map((name) => {
    const { all = [], any, none = [] } = partOf(name)
    const some = any === undefined ? '' : ` and flags & ${bitsOf(any)} <> 0`
    return `coalesce(sum(n) filter (where flags & ${bitsOf([...all, ...none])} = ${bitsOf(all)}${some}), 0)::int as ${columnOf(name)}`
  })
  const names = Object.keys(by)
  const columns = Object.entries(by).map(([name, column]) => `${column} as ${name}`)
  return `select ${[...names, ...sums].join(', ')} from (
    select ${columns.join(', ')}, flags | case when late_from < now() then ${bitsOf(['late'])} else 0 end
      | case when sign_late_from < now() then ${bitsOf(['signLate'])} else 0 end
      | case when lead_late_from < now() then ${bitsOf(['leadLate'])} else 0 end
      | case when lead_sign_late_from < now() then ${bitsOf(['leadSignLate'])} else 0 end as flags, count(*) as n
    from matters where ${where} group by ${[...names, 'x'].map((_, i) => i + 1).join(', ')}) f group by ${names.join(', ')}`
}

const SUMS = `select unit_id, ${partNames.map((part) => `sum(${columnOf(part)})::int`).join(', ')}
  from kpi_daily where day between '2020-01-01' and '2020-12-31' group by unit_id`

export async function measureCounting(
  deps: Deps,
  compare: (
    name: string,
    most: number,
    ours: () => Promise<unknown>,
    bare: () => Promise<unknown>,
  ) => Promise<void>,
): Promise<void> {
  const { db, clock } = deps
  const actor = systemActor('bench')
  await db.bulkTransaction((tx) => rebuild(tx))
  // No worker runs beside this: what the writes before left waiting has just been counted.
  await db.bulk((client) => client.query(`delete from outbox where job = 'rollup'`))
  await db.bulk((client) => client.query('vacuum analyze matters; '))
  await db.bulk((client) => client.query('vacuum analyze kpi_daily'))
  const plain = {
    name: 'bench.rollup',
    text: `select * from kpi_daily where day between '2020-01-01' and '2020-12-31'`,
  }
  await compare(
    'the year’s table, 64 units × all metrics, from the rollup',
    3,
    () => figures(db, actor, { ...year, groupBy: 'unit' }, clock.now()),
    () => db.query(plain),
  )
  await compare(
    'the same, beside a select that sums them in the database',
    3,
    () => figures(db, actor, { ...year, groupBy: 'unit' }, clock.now()),
    () => db.query({ name: 'bench.sums', text: SUMS }),
  )
  await compare(
    'the same table recounted from the matters',
    1.5,
    () => db.query({ name: '', text: RECOUNT }, [clock.now()]),
    () => db.query({ name: 'bench.best', text: byHand({ unit: 'lead_unit_id' }, DAYS) }),
  )
}
