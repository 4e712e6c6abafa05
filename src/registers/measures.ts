// What the indicators that are bound to a metric have come to: the metric's figure over the year of their project.
import { z } from 'zod'
import type { Actor } from '../platform/actor.ts'
import { statement, type Db } from '../platform/db.ts'
import type { RegisterId } from './columns.ts'

export const measuredShape = z
  .object({
    metric: z.string(),
    name: z.string(),
    scope: z.string(),
    period: z.object({ from: z.string(), to: z.string() }),
    asOf: z.string(),
    numerator: z.int(),
    denominator: z.int().nullable(),
    value: z.string().nullable(),
    text: z.string(),
    list: z.string().describe('分子所指办件的清单'),
    denominatorList: z.string().nullable(),
  })
  .meta({ id: 'Measured' })
export type Measured = z.infer<typeof measuredShape>

/** Figures are counted by a slice that stands above the registers: the application hands its counting in. */
export type Measure = (
  db: Db,
  actor: Actor,
  asked: { year: number; metrics: readonly string[] },
) => Promise<readonly Measured[]>

const yearsOf = statement<{ id: string; year: number }>(
  'registers.project-years',
  'select id, year from projects where id = any($1::uuid[])',
)

/** One count for each year of a page, however many indicators it has. Figures are for who may read figures. */
export async function withMeasures<Item extends { row: Record<string, unknown> }>(
  db: Db,
  actor: Actor,
  name: RegisterId,
  items: readonly Item[],
  measure: Measure,
): Promise<(Item & { measured?: Measured | null })[]> {
  if (name !== 'indicator') return [...items]
  const bound = items.filter(({ row }) => row['metric'] !== null)
  const readable = actor.can.has('kpi.read') && actor.sees !== 'none'
  const ids = readable ? [...new Set(bound.map(({ row }) => String(row['projectId'])))] : []
  const years = new Map(ids.length === 0 ? [] : (await yearsOf(db, [ids])).map(({ id, year }) => [id, year]))
  const yearOf = ({ row }: Item) => years.get(String(row['projectId']))
  const found = new Map<string, Measured>()
  for (const [year, ofYear] of Map.groupBy(bound, yearOf)) {
    if (year === undefined) continue
    const metrics = [...new Set(ofYear.map(({ row }) => String(row['metric'])))]
    for (const figure of await measure(db, actor, { year, metrics }))
      found.set(`${year} ${figure.metric}`, figure)
  }
  return items.map((item) => {
    const measured = found.get(`${yearOf(item)} ${String(item.row['metric'])}`) ?? null
    return { ...item, measured }
  })
}
