// The stock of matters under way: opening + received − closed = closing, day by day, each open to its list.
import type { Actor } from '../platform/actor.ts'
import { dayOf, instantOf, plusDays, type Day, type Instant } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { pageOf, type MatterPage } from './lists.ts'
import { bucketsOf, instantAsked, planned, valuesFrom, visibleCondition, type Place } from './questions.ts'
import { AT, ledBy, MATTERS_THEN } from './recount.ts'
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

/** When it left: `matters.left_day` is its day. */
const LEFT = 'greatest(m.dispatched_at, least(m.done_at, m.merged_at, m.withdrawn_at))'

/**
 * Each day of the period up to the instant. It is counted back from what is under way now, so what it costs grows with what
 * went since the period began and not with all years. Only the instant's own day is looked at moment by moment.
 */
export async function stockOf(
  db: Db,
  actor: Actor,
  query: StockQuery,
  now: Instant,
): Promise<{ asOf: Instant; days: StockDay[] }> {
  const asOf = instantAsked(query, now)
  // No more days than any other series has.
  bucketsOf('day', query)
  const { values, place } = valuesFrom(asOf)
  const met = (await conditionsOf(db, actor, query, now, place)).join(' and ')
  const [from, today] = [`${place(query.from)}::date`, `${place(dayOf(asOf))}::date`]
  const last = `least(${place(query.to)}::date, ${today})`
  const matters = query.asOf === undefined ? 'matters' : MATTERS_THEN
  const by = (day: string, at: string, columns: string) => `
    select ${day} as day, ${columns} from ${matters} m where ${day} >= ${from} and ${day} <> ${today} and ${met} group by 1
    union all
    select case when ${at} <= ${AT} then ${today} else 'infinity' end, ${columns}
    from ${matters} m where ${day} = ${today} and ${day} >= ${from} and ${met} group by 1`
  const days = await db.query<StockDay>(
    planned(`with went as (
        ${by('m.dispatched_day', 'm.dispatched_at', 'count(*)::int as received, 0 as closed')}
        union all
        ${by('m.left_day', LEFT, '0, count(*)::int')}),
      flows as (
        select case when day > ${today} then 'infinity' else day end as day,
          sum(received)::int as received, sum(closed)::int as closed from went group by 1),
      standing as (
        select count(*)::int as n from ${matters} m
        where m.dispatched_day is not null and m.left_day is null and ${met}),
      days as (
        select d::date as day from generate_series(${from}, ${last}, interval '1 day') d
        union select day from flows),
      stock as (
        select day, coalesce(received, 0) as received, coalesce(closed, 0) as closed,
          (select n from standing) + sum(coalesce(closed, 0) - coalesce(received, 0)) over (order by day desc) as opening
        from days left join flows using (day))
      select day, opening::int, received, closed, (opening + received - closed)::int as closing
      from stock where day <= ${last} order by day`),
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
    ...(await conditionsOf(db, actor, query, now, place)),
    ...flowConditions({ ...query, asOf }, place),
  ]
  const past = query.asOf === undefined ? {} : { past: conditions }
  return { asOf, ...(await pageOf(db, { conditions, ...past, values, place }, page)) }
}

/** The matters `m` that count in a flow of the whole office, as SQL behind `from`; the instant is the first parameter. */
export function stockBehind(
  actor: Actor,
  query: Pick<StockQuery, 'from' | 'to' | 'channel'> & { asOf: Instant; flow: Flow },
  place: Place,
): string {
  const conditions = [
    `m.channel = ${place(query.channel)}`,
    visibleCondition(actor, place),
    ...flowConditions(query, place),
  ]
  return `${MATTERS_THEN} m where ${conditions.join(' and ')}`
}

function flowConditions(
  { flow, from, to, asOf }: { flow: Flow; from: Day; to: Day; asOf: Instant },
  place: Place,
): string[] {
  const come = `m.dispatched_at <= ${AT}`
  const between = (day: string) => `${day} between ${place(from)}::date and ${place(to)}::date`
  const openAt = (day: Day) => [
    `m.dispatched_day < ${place(day)}::date`,
    `(m.left_day is null or m.left_day >= ${place(day)}::date)`,
  ]
  switch (flow) {
    case 'received':
      return [come, between('m.dispatched_day')]
    case 'closed':
      return [come, between('m.left_day'), `${LEFT} <= ${AT}`]
    case 'opening':
      return [come, ...openAt(from)]
    case 'closing':
      return instantOf(plusDays(to, 1)) <= asOf
        ? [come, ...openAt(plusDays(to, 1))]
        : [come, `(m.left_day is null or ${LEFT} > ${AT})`]
  }
}

async function conditionsOf(
  db: Db,
  actor: Actor,
  query: StockQuery,
  now: Instant,
  place: Place,
): Promise<string[]> {
  const { units, excluded } = await resolveScope(db, actor, query, now)
  return [
    `m.channel = ${place(query.channel)}`,
    // Where the viewer sees every matter, indexes alone may answer.
    ...(actor.sees === 'all' && !excluded ? [] : [visibleCondition(actor, place)]),
    ...(units === null ? [] : [ledBy(`${place(units)}::uuid[]`, 'm.lead_unit_id')]),
  ]
}
