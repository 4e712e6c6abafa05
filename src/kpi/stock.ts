// The stock of matters under way: opening + received − closed = closing, day by day, each open to its list.
import type { Actor } from '../platform/actor.ts'
import { dayOf, instantOf, plusDays, plusMs, type Day, type Instant } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { pageOf, type MatterPage } from './lists.ts'
import { instantAsked, planned, valuesFrom, visibleCondition, type Place } from './questions.ts'
import { AT, ledBy } from './recount.ts'
import { resolveScope, type ScopeQuery } from './scope.ts'

export interface StockQuery extends ScopeQuery {
  from: Day
  to: Day
  asOf?: Instant | undefined
  channel: string
}

export interface StockDay {
  day: Day
  /** Under way when the day began; first dispatched on it; done, merged or withdrawn on it; under way when it ended. */
  opening: number
  received: number
  closed: number
  closing: number
}

export const flows = {
  opening: '期初在办',
  received: '新派',
  closed: '办结、并单、撤回',
  closing: '期末在办',
} as const
export type Flow = keyof typeof flows

// What was done before it came is gone as it comes. As the index `matters_left` has it.
const LEFT = 'greatest(m.dispatched_at, least(m.done_at, m.merged_at, m.withdrawn_at))'
const GONE = 'coalesce(m.done_at, m.merged_at, m.withdrawn_at) is not null'

/**
 * Each day of the period up to the instant. It is counted back from what is under way now, so what it costs grows with what
 * went since the period began and not with all years.
 */
export async function stockOf(
  db: Db,
  actor: Actor,
  query: StockQuery,
  now: Instant,
): Promise<{ asOf: Instant; days: StockDay[] }> {
  const asOf = instantAsked(query, now)
  const { values, place } = valuesFrom(asOf)
  const met = (await conditionsOf(db, actor, query, place)).join(' and ')
  const since = place(instantOf(query.from))
  const last = dayOf(asOf) < query.to ? dayOf(asOf) : query.to
  const days = await db.query<StockDay>(
    planned(`with went as (
        select m.dispatched_at as at, 1 as received, 0 as closed from matters m
        where m.dispatched_at >= ${since} and ${met}
        union all
        select ${LEFT}, 0, 1 from matters m where ${GONE} and ${LEFT} >= ${since} and m.dispatched_at is not null and ${met}),
      flows as (
        select case when at <= ${AT} then (at at time zone interval '8 hours')::date else 'infinity' end as day,
          sum(received)::int as received, sum(closed)::int as closed from went group by 1),
      standing as (
        select count(*)::int as n from matters m where m.dispatched_at is not null and not (${GONE}) and ${met}),
      days as (
        select d::date as day from generate_series(${place(query.from)}::date, ${place(last)}::date, interval '1 day') d
        union select day from flows),
      stock as (
        select day, coalesce(received, 0) as received, coalesce(closed, 0) as closed,
          (select n from standing) + sum(coalesce(closed, 0) - coalesce(received, 0)) over (order by day desc) as opening
        from days left join flows using (day))
      select day, opening::int, received, closed, (opening + received - closed)::int as closing
      from stock where day <= ${place(last)}::date order by day`),
    values,
  )
  return { asOf, days }
}

/** The matters of a flow over the period: as many as `stockOf` counts, at its first day, on all its days, or at its last. */
export async function mattersInStock(
  db: Db,
  actor: Actor,
  query: StockQuery & { flow: Flow },
  page: { limit: number; cursor?: string | undefined },
  now: Instant,
): Promise<MatterPage> {
  const asOf = instantAsked(query, now)
  const { values, place } = valuesFrom(asOf)
  const conditions = [
    ...(await conditionsOf(db, actor, query, place)),
    ...flowConditions({ ...query, asOf }, place),
  ]
  return { asOf, ...(await pageOf(db, { conditions, values, place }, page)) }
}

/** What a matter `m` must meet to count in a flow of the whole office, as SQL; the instant is the first parameter. */
export function stockConditions(
  actor: Actor,
  query: Pick<StockQuery, 'from' | 'to' | 'channel'> & { asOf: Instant; flow: Flow },
  place: Place,
): string[] {
  return [
    `m.channel = ${place(query.channel)}`,
    visibleCondition(actor, place),
    ...flowConditions(query, place),
  ]
}

function flowConditions(
  { flow, from, to, asOf }: { flow: Flow; from: Day; to: Day; asOf: Instant },
  place: Place,
): string[] {
  const begin = instantOf(from)
  const after = instantOf(plusDays(to, 1))
  const end = after <= asOf ? after : plusMs(asOf, 1)
  const come = `m.dispatched_at <= ${AT}`
  const within = (at: string) => [come, `${at} >= ${place(begin)}`, `${at} < ${place(end)}`]
  switch (flow) {
    case 'received':
      return within('m.dispatched_at')
    case 'closed':
      return [GONE, ...within(LEFT)]
    case 'opening':
    case 'closing': {
      const at = place(flow === 'opening' ? begin : end)
      return [come, `m.dispatched_at < ${at}`, `(not (${GONE}) or ${LEFT} >= ${at})`]
    }
  }
}

async function conditionsOf(db: Db, actor: Actor, query: StockQuery, place: Place): Promise<string[]> {
  const { units } = await resolveScope(db, actor, query)
  return [
    `m.channel = ${place(query.channel)}`,
    visibleCondition(actor, place),
    ...(units === null ? [] : [ledBy(`${place(units)}::uuid[]`, 'm.lead_unit_id')]),
  ]
}
