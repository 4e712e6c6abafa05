// Measures the figures: the year's table of all units from the rollup, and the recount, beside hand-written SQL.
import type { Deps } from '../../src/deps.ts'
import { figures } from '../../src/kpi/queries.ts'
import { columnOf, partNames } from '../../src/kpi/parts.ts'
import { rebuild } from '../../src/kpi/rollup.ts'
import { systemActor } from '../../src/platform/actor.ts'

const year = { from: '2020-01-01', to: '2020-12-31' } as const

/** What a patient hand writes for the same table: one pass over the covering index, flags first, then the bits. */
const BEST = `select unit, sum(n) as dispatched, sum(n) filter (where flags & 2 > 0) as signed,
    sum(n) filter (where flags & 4 > 0) as done, sum(n) filter (where flags & 8 > 0) as replied,
    sum(n) filter (where flags & 16 > 0) as on_time, sum(n) filter (where flags & 32 > 0) as extended,
    sum(n) filter (where flags & 64 > 0) as returned, sum(n) filter (where flags & 128 > 0) as redone,
    sum(n) filter (where flags & 256 > 0) as called, sum(n) filter (where flags & 2048 > 0) as rated,
    sum(n) filter (where flags & 4096 > 0) as pleased, sum(late) as late, sum(sign_late) as sign_late, sum(due) as due
  from (select lead_unit_id as unit, flags, count(*) as n, count(*) filter (where late_from < now()) as late,
      count(*) filter (where sign_late_from < now()) as sign_late, count(*) filter (where due_at < now()) as due
    from matters where dispatched_day between '2020-01-01' and '2020-12-31'
      and lead_unit_id = any($1::uuid[]) group by 1, 2) f group by 1 order by 1`

const SUMS = `select unit_id, ${partNames.map((part) => `sum(${columnOf(part)})::int`).join(', ')}
  from kpi_daily where day between '2020-01-01' and '2020-12-31' group by unit_id`

export async function measureCounting(
  deps: Deps,
  unit: (n: number) => string,
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
  // Sixty-three units of sixty-four: a choice that the rollup does not answer, so the matters are counted.
  const units = Array.from({ length: 63 }, (_, i) => unit(i + 1))
  await compare(
    'the same table recounted from the matters, 63 units',
    1.5,
    () => figures(db, actor, { ...year, groupBy: 'unit', units }, clock.now()),
    () => db.query({ name: 'bench.best', text: BEST }, [units]),
  )
}
