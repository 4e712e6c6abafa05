// How old the open matters are, and how long each unit held those of a period.
import type { Actor } from '../platform/actor.ts'
import { dayOf, plusDays, type Instant } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import type { Figure } from './figures.ts'
import { pageOf, type MatterPage } from './lists.ts'
import { figures } from './queries.ts'
import {
  BEGINNING,
  conditionsOn,
  instantAsked,
  planned,
  valuesFrom,
  visibleCondition,
  type FigureQuery,
  type MatterQuery,
} from './questions.ts'
import { AT, legsThen, PASTS, UNCHANGED } from './recount.ts'
import { resolveScope } from './scope.ts'

/** Calendar days since the first dispatch, both inclusive. */
const ages = [
  [0, 5],
  [6, 10],
  [11, 15],
  [16, 30],
  [31, 60],
  [61, 90],
  [91, null],
] as const

export interface Age {
  days: { from: number; to: number | null }
  label: string
  /** Under way, and overdue; each with its list. Of a unit the latter are its own late legs, also on what others hold now. */
  figures: Figure[]
}

/** What is under way as of an instant, by how long ago it was first dispatched. */
export async function ageing(
  db: Db,
  actor: Actor,
  query: Pick<FigureQuery, 'asOf' | 'channel' | 'units' | 'under'>,
  now: Instant,
): Promise<{ asOf: Instant; ages: Age[] }> {
  const today = dayOf(query.asOf ?? now)
  const tables = await Promise.all(
    ages.map(([least, most]) => {
      const from = most === null ? BEGINNING : plusDays(today, -most)
      const period = { from, to: plusDays(today, -least) }
      return figures(db, actor, { ...query, ...period, metrics: ['M03', 'M07o'] }, now)
    }),
  )
  return {
    asOf: tables[0]?.asOf ?? now,
    ages: ages.map(([from, to], i) => ({
      days: { from, to },
      label: to === null ? `${from}天以上` : `${from}—${to}天`,
      figures: tables[i]?.figures ?? [],
    })),
  }
}

export interface Holding {
  unit: { id: string; name: string }
  /** Matters of the period that the unit held as lead. */
  matters: number
  /** Working time is not counted here: from the leg's dispatch to its end, no day twice, in days with one decimal. */
  days: { mean: string; median: string; ninetieth: string; total: string }
  list: string
}

// A leg that undoing a merge reopened has the dispatch of the one it continues, whose days are counted there.
const heldFrom = (
  others: string,
) => `case when l.no = 1 then l.dispatched_at else coalesce((select max(least(o.stopped_at, ${AT}))
  from ${others} and o.no < l.no and o.role = 'lead' and o.outcome = 'merged' and o.unit_id = l.unit_id
    and o.dispatched_at = l.dispatched_at), l.dispatched_at) end`

/** What the matters were held, each by each unit that led it, in days. */
const heldIn = (matters: string, legs: (as: string) => string, met: readonly string[]) => `
  select l.unit_id, sum(extract(epoch from
      least(coalesce(l.submitted_at, l.stopped_at, ${AT}), ${AT}) - ${heldFrom(legs('o'))}) / 86400) as days
  from ${matters} m cross join lateral (select l.* from ${legs('l')} and l.role = 'lead' and l.dispatched_at <= ${AT}) l
  where ${met.join(' and ')} group by l.unit_id, m.id`
const ownLegs = (as: string) => `legs ${as} where ${as}.matter_id = m.id`
const pastLegs = (as: string) => `${legsThen(as)} where true`

const HOLDING_PATH = '/api/kpi/holding/matters'

/** The time that each unit held the matters of a period, longest in all first; what is still held counts up to the instant. */
export async function holding(
  db: Db,
  actor: Actor,
  query: MatterQuery,
  now: Instant,
): Promise<{ asOf: Instant; items: Holding[] }> {
  const asOf = instantAsked(query, now)
  const { units } = await resolveScope(db, actor, query, now)
  const { values, place } = valuesFrom(asOf)
  const met = [...conditionsOn(query, place), visibleCondition(actor, place)]
  if (units !== null) met.push(`l.unit_id = any(${place(units)}::uuid[])`)
  const held =
    query.asOf === undefined
      ? heldIn('matters', ownLegs, met)
      : `${heldIn('matters', ownLegs, [...met, UNCHANGED])} union all ${heldIn(`(${PASTS})`, pastLegs, met)}`
  const rows = await db.query<{ id: string; name: string; matters: number } & Holding['days']>(
    planned(`select h.unit_id as id, u.name, count(*)::int as matters,
        round(avg(h.days)::numeric, 1)::text as mean, round(sum(h.days)::numeric, 1)::text as total,
        round((percentile_cont(0.5) within group (order by h.days))::numeric, 1)::text as median,
        round((percentile_cont(0.9) within group (order by h.days))::numeric, 1)::text as ninetieth
      from (${held}) h
        join units u on u.id = h.unit_id
      group by h.unit_id, u.name order by sum(h.days) desc, u.name`),
    values,
  )
  const { from, to, channel = '' } = query
  return {
    asOf,
    items: rows.map(({ id, name, matters, ...days }) => ({
      ...{ unit: { id, name }, matters, days },
      list: `${HOLDING_PATH}?${new URLSearchParams({ unit: id, from, to, asOf, channel }).toString()}`,
    })),
  }
}

/** The matters of the period that a unit held as lead: as many as `holding` counts. Throws `unit/not-found`. */
export async function mattersHeld(
  db: Db,
  actor: Actor,
  query: MatterQuery & { units: readonly [string] },
  page: { limit: number; cursor?: string | undefined },
  now: Instant,
): Promise<MatterPage> {
  const asOf = instantAsked(query, now)
  await resolveScope(db, actor, query, now)
  const { values, place } = valuesFrom(asOf)
  const seen = [...conditionsOn(query, place), visibleCondition(actor, place)]
  const unit = place(query.units[0])
  const led = (legs: string) =>
    `exists (select 1 from ${legs} and l.role = 'lead' and l.dispatched_at <= ${AT} and l.unit_id = ${unit}::uuid)`
  const conditions = [...seen, led(ownLegs('l'))]
  const past = query.asOf === undefined ? {} : { past: [...seen, led(pastLegs('l'))] }
  return { asOf, ...(await pageOf(db, { conditions, ...past, values, place }, page)) }
}
