// On which days the matters of a figure lie, and so each page of its list: what the rollup says, put right by what waits for it.
import type { Day, Instant } from '../platform/clock.ts'
import { statement, type Db, type Sql } from '../platform/db.ts'
import { STAMP, standing, waitingAt, type Answers, type Stand } from './answers.ts'
import { columnOf, type PartName } from './parts.ts'
import { keysIn, rollupAnswers, rollupSql, type Plan } from './queries.ts'
import { planned, preparing, valuesFrom, type MatterQuery } from './questions.ts'
import { countingKeys } from './recount.ts'
import { DIRTY_KEYS, type Key } from './rollup.ts'

export interface PartQuery {
  query: MatterQuery
  asOf: Instant
  /** Null: the office as a whole. */
  units: readonly string[] | null
  part: PartName
}

export interface Places {
  total: number
  days: Day[]
  /** Whether more of them lie on later days. */
  more: boolean
}

/** The first `rows` matters, or the first behind those of the day `after`. */
export interface PageOfDays {
  rows: number
  after: Day | undefined
}

/** How many there are on each day that has any, in the order of the days. */
type Counts = readonly (readonly [Day, number])[]

/**
 * How many matters a part counts, and the days of dispatch of a page of them. Undefined where the rollup cannot tell; the
 * viewer must be one from whom nothing is withheld. `stand` is from the viewer's own snapshot.
 */
export async function placesOf(
  db: Db,
  part: PartQuery,
  page: PageOfDays,
  stand: Stand,
  answers?: Answers,
): Promise<Places | undefined> {
  const counts = await countsOf(db, part, stand, answers)
  return counts && placesIn(counts, page)
}

async function countsOf(
  db: Db,
  { query, asOf, units, part }: PartQuery,
  stand: Stand,
  answers?: Answers,
): Promise<Counts | undefined> {
  const plan: Plan = { query, asOf, groupBy: 'day', units, parts: [part] }
  if (!rollupAnswers(plan)) return undefined
  const column = columnOf(part)
  const kept = <T extends object>(at: string | null, question: object, make: () => Promise<T>): Promise<T> =>
    answers?.answer(at, question, make) ?? make()
  const whole = () => read(db, wholeSql(plan, column))
  if (query.asOf !== undefined) return (await kept(standing(stand), { query, units, part }, whole)).counts
  // Of whole years: whoever looks at a month looks at the next one too.
  const years = { from: `${query.from.slice(0, 4)}-01-01`, to: `${query.to.slice(0, 4)}-12-31` }
  const { stamp, counts } = await kept(stand.stamp, { years, channel: query.channel, units, part }, () => {
    const ofYears = rowsSql({ ...plan, query: { ...query, ...years } }, column)
    return read(db, ofYears, (units?.length ?? 1) === 1 ? prepared : planned)
  })
  const rows = counts.filter(([day]) => day >= query.from && day <= query.to)
  if (stamp === stand.stamp && (await untouched(db, plan, stand, answers))) return rows
  const moved = await read(db, movedSql(plan, column), prepared)
  // Rewritten between the two: then what has moved is not what the rows lack.
  return stamp === moved.stamp ? added(rows, moved.counts) : (await whole()).counts
}

/** Whether what waits concerns other units, days and channels. `false` also where that is not known. */
async function untouched(
  db: Db,
  { query, units, asOf }: Plan,
  stand: Stand,
  answers?: Answers,
): Promise<boolean> {
  const still = standing(stand)
  if (stand.waiting === '') return true
  if (still === null || answers === undefined) return false
  const { keys, ...at } = await answers.answer(still, { waiting: true }, () => keysWaiting(db, asOf))
  return (
    standing(at) === still &&
    !keys.some(
      ({ unitId, day, channel }) =>
        day >= query.from &&
        day <= query.to &&
        (query.channel === undefined || channel === query.channel) &&
        (units === null || units.includes(unitId)),
    )
  )
}

const keysRead = statement<Stand & { keys: Key[] }>(
  'kpi.keys-waiting',
  `select ${STAMP} as stamp, ${waitingAt('$1')} as waiting, coalesce((
     select json_agg(json_build_object('unitId', unit_id, 'day', day, 'channel', channel)) from (${DIRTY_KEYS}) k), '[]') as keys`,
)

/** The keys of what waits for the rollup: at most units × days × channels. */
async function keysWaiting(db: Db, now: Instant): Promise<Stand & { keys: Key[] }> {
  const [read] = await keysRead(db, [now])
  return read ?? { stamp: '', waiting: null, keys: [] }
}

/** For what reads little whatever is asked. Of several units a plan for any values would read the days of all. */
const prepared = preparing()

interface Built {
  text: string
  values: unknown[]
}

async function read(
  db: Db,
  { text, values }: Built,
  kind: (text: string) => Sql = planned,
): Promise<{ stamp: string; counts: Counts }> {
  const [row] = await db.query<{ stamp: string; counts: string | null }>(
    kind(`select ${STAMP} as stamp, string_agg(day || ' ' || n, ',' order by day) as counts
      from (${text}) d where n <> 0`),
    values,
  )
  const { stamp = '', counts = null } = row ?? {}
  const pairs = counts === null ? [] : counts.split(',')
  return { stamp, counts: pairs.map((pair) => [pair.slice(0, 10), Number(pair.slice(11))] as const) }
}

/** Exact as of any instant, at the cost of looking at each row. */
function wholeSql(plan: Plan, column: string): Built {
  const { text, values } = rollupSql(plan)
  return { text: `select grp as day, ${column} as n from (${text}) w`, values }
}

/** What the rows say, whether they hold or not: the same at any instant. */
function rowsSql(plan: Plan, column: string): Built {
  const values: unknown[] = []
  const { where } = keysIn(plan, (value) => `$${values.push(value)}`)
  const rows = plan.units === null ? 'kpi_office_daily' : 'kpi_daily'
  return {
    text: `select m.day, sum(m.${column})::int as n from ${rows} m where ${where} group by m.day`,
    values,
  }
}

/** What the rows that do not hold, or for which an event waits, say too little; below nought: too much. */
function movedSql(plan: Plan, column: string): Built {
  const { values, place } = valuesFrom(plan.asOf)
  const { where, holding, now } = keysIn(plan, place)
  const text = `with dirty as materialized (${DIRTY_KEYS}),
    keys as materialized (
      select m.unit_id, m.day, m.channel from kpi_daily m where ${where} and not (${holding})
      union select m.unit_id, m.day, m.channel from dirty m where ${where})
    select day, sum(n)::int as n from (
      select day, ${column} as n from (${countingKeys(plan.parts, { now })}) live
      union all
      select m.day, -m.${column} from kpi_daily m join keys k using (unit_id, day, channel)) c group by day`
  return { text, values }
}

function added(counts: Counts, more: Counts): Counts {
  const sums = new Map(counts)
  for (const [day, n] of more) sums.set(day, (sums.get(day) ?? 0) + n)
  return [...sums].filter(([, n]) => n !== 0).toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/** Of the day `after` itself it is not known how many are behind. Pure. */
export function placesIn(counts: Counts, { rows, after }: PageOfDays): Places {
  const places: Places = { total: 0, days: [], more: false }
  let before = 0
  for (const [day, n] of counts) {
    places.total += n
    if (after !== undefined && day < after) continue
    if (before < rows) places.days.push(day)
    else places.more = true
    if (day !== after) before += n
  }
  return places
}
