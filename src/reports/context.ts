// What checks are told besides the figures: how many people and townships there are, and what was counted in the years before.
import { listRegions } from '../orgs/queries.ts'
import { populationOn } from '../orgs/region-rules.ts'
import { shippedCensuses } from '../orgs/regions.data.ts'
import { statement, type Db } from '../platform/db.ts'
import { findCountable } from './catalogue.ts'
import type { Context } from './finding.ts'

/** Figures of record of three years before: as declared, else as published. The system's own are of record once published. */
const onRecord = statement<{ year: number; key: string; value: number }>(
  'reports.on-record',
  `with standing as (
     select distinct on (f.report_id, f.key) r.year, f.report_id, f.key, f.digits, f.removed
     from declared_figures f join declared_reports r on r.id = f.report_id
     where r.year between $1::int - 3 and $1::int - 1 and r.id is distinct from $2::uuid
     order by f.report_id, f.key, f.version desc),
   declared as (
     select distinct on (year, key) year, key, digits::float8 as value from standing where not removed
     order by year, key, report_id desc),
   published as (
     select distinct on (p.period) p.period::int as year, p.snapshot from report_publications p
     where p.period = any(array[$1::int - 3, $1::int - 2, $1::int - 1]::text[]) order by p.period, p.edition desc),
   counted as (
     select p.year, f->>'key' as key, (f->>'value')::float8 as value
     from published p cross join lateral jsonb_array_elements(p.snapshot->'facts') f
     where f->>'value' is not null and f->>'denominator' is null and f->>'unit' <> '元')
   select year, key, value from declared
   union all
   select c.year, c.key, c.value from counted c
   where not exists (select 1 from declared d where d.year = c.year and d.key = c.key)`,
)

/** `except` is the declared report that is checked: it does not vouch for itself. */
export async function contextOf(
  db: Db,
  { year, region, except = null }: { year: number; region: string; except?: string | null },
): Promise<Context> {
  const on = `${year}-12-31`
  const [regions, record] = await Promise.all([listRegions(db, on), onRecord(db, [year, except])])
  const population = populationOn(shippedCensuses, region, on)
  const townships = regions.filter(({ level }) => level === 'township').length
  // A rate may well be ten times what it was, and changes in points.
  const counts = record.filter(({ key }) => findCountable(key)?.unit !== '%')
  const history = new Map<string, number>()
  for (const { key, value } of counts) history.set(key, Math.max(value, history.get(key) ?? 0))
  const previous = counts
    .filter((each) => each.year === year - 1)
    .map(({ key, value }) => [key, value] as const)
  return {
    ...(population === undefined ? {} : { population }),
    ...(townships === 0 ? {} : { townships }),
    ...(history.size === 0 ? {} : { history }),
    ...(previous.length === 0 ? {} : { previous: new Map(previous) }),
  }
}
