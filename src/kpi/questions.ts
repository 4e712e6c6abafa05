// What may be asked of figures: period, as-of, filters and grouping, as conditions in SQL and as parameters of a link.
import { hash } from 'node:crypto'
import { NIL, type Actor } from '../platform/actor.ts'
import { plusDays, weekdayOf, type Day, type Instant } from '../platform/clock.ts'
import type { Sql } from '../platform/db.ts'
import { fieldProblem } from '../platform/problems.ts'
import { harmlessTo, visibilityValues, visibleTo, withheldFrom } from '../matters/access.ts'
import type { Metric } from './metric.ts'
import { findMetric, metrics } from './metrics.ts'
import type { ScopeQuery } from './scope.ts'

export const groupings = ['none', 'unit', 'day', 'week', 'month', 'category', 'topic', 'source'] as const
export type Grouping = (typeof groupings)[number]
/** No matter was dispatched earlier. */
export const BEGINNING: Day = '1990-01-01'
/** Runs of days: a period is cut into all of them, also those of nothing. */
export type Bucketing = 'day' | 'week' | 'month'
/** Points of a series: a leap year of days. */
const MOST_BUCKETS = 366

/** Which matters are asked about. `from` and `to` are days of the first dispatch, both inclusive. */
export interface MatterQuery extends ScopeQuery {
  from: Day
  to: Day
  /** Undefined: now. */
  asOf?: Instant | undefined
  channel?: string | undefined
  source?: string | undefined
  category?: string | undefined
  /** A topic with its sub-topics, unless `exact`. */
  topic?: string | undefined
  exact?: boolean | undefined
}

export interface FigureQuery extends MatterQuery {
  /** Ids of `metrics.ts`; all of them without it. */
  metrics?: readonly string[] | undefined
  groupBy?: Grouping | undefined
}

/** The instant a question is about; a period that ends before it begins and a time to come are refused. */
export function instantAsked(query: MatterQuery, now: Instant): Instant {
  if (query.asOf !== undefined && query.asOf > now) {
    throw fieldProblem('kpi/as-of-in-future', '/query/asOf', '截至时间不能晚于现在')
  }
  return query.asOf ?? now
}

export function metricsAsked(ids: readonly string[] | undefined): readonly Metric[] {
  return ids === undefined ? metrics : ids.map((id) => metricAsked(id))
}

export function metricAsked(id: string, pointer = '/query/metrics'): Metric {
  const metric = findMetric(id)
  if (metric === undefined) throw fieldProblem('kpi/unknown-metric', pointer, `没有指标${id.slice(0, 20)}`)
  return metric
}

/** Takes a value and returns its place in the statement. */
export type Place = (value: unknown) => string

/** The values of a statement whose first is the instant counted as of. */
export function valuesFrom(asOf: Instant): { values: unknown[]; place: Place } {
  const values: unknown[] = [asOf]
  return { values, place: (value) => `$${values.push(value)}` }
}

/**
 * A statement without a name is planned for its values each time: the plan for a day is four times too slow for a year,
 * and planning takes two milliseconds.
 */
export const planned = (text: string): Sql => ({ name: '', text })

/** Every connection keeps what it prepared for good, and metrics can be picked in a billion ways. */
const MOST_PREPARED = 100

/**
 * For what reads few rows whatever is asked: one plan serves all values, and would take longer to make than to run. Each
 * has room for so many texts of its own; what is beyond is planned anew.
 */
export function preparing(): (text: string) => Sql {
  const names = new Set<string>()
  return (text) => {
    const name = `kpi-${hash('sha1', text, 'hex').slice(0, 16)}`
    if (names.size < MOST_PREPARED) names.add(name)
    return names.has(name) ? { name, text } : planned(text)
  }
}

/** Conditions on the matters `m` of the period; the units come on top, because legs of other units may count. */
export function conditionsOn(query: MatterQuery, place: Place): string[] {
  const { from, to, channel, source, category, topic } = query
  const found = [`m.dispatched_day between ${place(from)}::date and ${place(to)}::date`]
  if (channel !== undefined) found.push(`m.channel = ${place(channel)}`)
  if (source !== undefined) found.push(`m.source = ${place(source)}`)
  if (category !== undefined) found.push(`m.category = ${place(category)}`)
  if (topic !== undefined) {
    const self = `m.topic = ${place(topic)}`
    found.push(query.exact === true ? self : `(${self} or starts_with(m.topic, ${place(`${topic}.`)}))`)
  }
  return found
}

/** The condition that the viewer may see the matter. */
export function visibleCondition(actor: Actor, place: Place): string {
  const [first, ...others] = visibilityValues(actor)
  const at = Number(place(first).slice(1))
  for (const value of others) place(value)
  return visibleTo(at)
}

/** The condition that another matter, under this alias, is not withheld from the viewer. */
export function harmlessCondition(actor: Actor, alias: string, place: Place): string {
  // The third of the viewer's parameters, and the only one that it looks at.
  return harmlessTo(Number(place(withheldFrom(actor)).slice(1)) - 2, alias)
}

/**
 * Writes the links to the matters behind the numbers of one question: they name the viewer's scope and freeze the
 * instant.
 */
export function linksTo(
  path: string,
  query: MatterQuery,
  asOf: Instant,
): (metric: string, part: string) => string {
  const { units, under, from, to, channel, source, category, topic, exact } = query
  const asked: Record<string, string | undefined> = {
    from,
    to,
    asOf,
    unit: units?.map((id) => (id === NIL ? 'none' : id)).join(','),
    under,
    channel,
    source,
    category,
    topic,
    exact: exact === true ? 'true' : undefined,
  }
  const given = Object.entries(asked).filter((pair): pair is [string, string] => pair[1] !== undefined)
  const shared = new URLSearchParams(given).toString()
  return (metric, part) => `${path}?metric=${metric}&part=${part}&${shared}`
}

export interface Bucket {
  /** `2020-08-13`; the Monday of a week; `2020-08`. */
  key: string
  label: string
  /** What of it lies in the period. */
  from: Day
  to: Day
}

const buckets: Record<Bucketing, { first: (day: Day) => Day; next: (first: Day) => Day; key: number }> = {
  day: { first: (day) => day, next: (day) => plusDays(day, 1), key: 10 },
  week: { first: mondayOf, next: (monday) => plusDays(monday, 7), key: 10 },
  month: { first: (day) => `${day.slice(0, 7)}-01`, next: monthAfter, key: 7 },
}

export const isBucketing = (groupBy: string): groupBy is Bucketing => Object.hasOwn(buckets, groupBy)

/** The days, weeks (from Monday) or months of a period; more than a year of days is refused. */
export function bucketsOf(by: Bucketing, { from, to }: { from: Day; to: Day }): Bucket[] {
  const { first, next, key } = buckets[by]
  const found: Bucket[] = []
  for (let start = first(from); start <= to; start = next(start)) {
    if (found.length === MOST_BUCKETS)
      throw fieldProblem('request/invalid', '/query/to', `期间过长：最多分为${MOST_BUCKETS}组`)
    const last = plusDays(next(start), -1)
    const within = { from: start < from ? from : start, to: last < to ? last : to }
    found.push({ key: start.slice(0, key), label: labelled(by, within), ...within })
  }
  return found
}

function labelled(by: Bucketing, { from, to }: { from: Day; to: Day }): string {
  const [year, month, day] = from.split('-').map(Number)
  if (by === 'month') return `${year}年${month}月`
  const words = `${year}年${month}月${day}日`
  return by === 'day' ? words : `${words}—${Number(to.slice(5, 7))}月${Number(to.slice(8))}日`
}

function mondayOf(day: Day): Day {
  return plusDays(day, -weekdayOf(day))
}

function monthAfter(day: Day): Day {
  const [year = 0, month = 0] = day.split('-').map(Number)
  return month === 12 ? `${year + 1}-01-01` : `${day.slice(0, 5)}${String(month + 1).padStart(2, '0')}-01`
}
