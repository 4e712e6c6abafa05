// Counts figures, from the rollup where it can answer and from the matters where it cannot: both give the same integers.
import { NIL, type Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { figuresOf, type Counts, type FigureTable } from './figures.ts'
import { formulaFor, type Metric } from './metric.ts'
import { columnOf, partNames, partOf, type PartName } from './parts.ts'
import {
  bucketsOf,
  conditionsOn,
  instantAsked,
  isBucketing,
  metricsAsked,
  planned,
  preparing,
  valuesFrom,
  visibleCondition,
} from './questions.ts'
import type { FigureQuery, Grouping, Place } from './questions.ts'
import { AT, counting, countingKeys, mattersWhere, REWRITTEN, type GroupColumn } from './recount.ts'
import { DIRTY_KEYS, KEYS_OF } from './rollup.ts'
import { resolveScope } from './scope.ts'

/**
 * The figures of a period for a viewer, each with its formula, instant and the link to the matters behind it. Throws
 * `unit/not-found` for a unit that the viewer may not ask about.
 */
export async function figures(db: Db, actor: Actor, query: FigureQuery, now: Instant): Promise<FigureTable> {
  const asOf = instantAsked(query, now)
  const asked = metricsAsked(query.metrics)
  const groupBy = query.groupBy ?? 'none'
  // Refused before anything is counted.
  if (isBucketing(groupBy)) bucketsOf(groupBy, query)
  const scope = await resolveScope(db, actor, query, now)
  const { excluded } = scope
  const ofUnits = scope.units !== null || groupBy === 'unit'
  const plan = { query, asOf, groupBy, units: scope.units, parts: partsOf(asked, ofUnits) }
  const from = !excluded && rollupAnswers(plan) ? 'rollup' : 'matters'
  const rollup = from === 'rollup' ? rollupSql(plan) : undefined
  const rows = await (rollup !== undefined
    ? db.query<Row>(preparedTable(rollup.text), rollup.values)
    : fromMatters(db, plan, excluded ? actor : undefined, query.asOf === undefined))
  const counts = new Map(rows.map(({ grp = null, ...row }) => [grp, countsIn(row, plan.parts)]))
  return {
    asOf,
    from,
    groupBy,
    figures: await figuresOf(db, { query, asOf, groupBy, scope, metrics: asked, counts }),
  }
}

const preparedTable = preparing()

export interface Plan {
  query: FigureQuery
  asOf: Instant
  groupBy: Grouping
  units: readonly string[] | null
  parts: PartName[]
}

type Row = { grp?: string | null } & Record<string, unknown>

function partsOf(asked: readonly Metric[], ofUnits: boolean): PartName[] {
  const formulas = asked.map((metric) => formulaFor(metric, ofUnits))
  const found = new Set(formulas.flatMap(({ numerator, denominator }) => [numerator, denominator]))
  // In their own order, so that the same parts are one statement however they are asked for.
  return partNames.filter((name) => found.has(name))
}

function countsIn(row: Record<string, unknown>, parts: readonly PartName[]): Counts {
  return Object.fromEntries(parts.map((name) => [name, Number(row[columnOf(name)] ?? 0)])) as Counts
}

/** The rollup knows units, days and channels; a late matter of several units taken together it would count twice. */
export function rollupAnswers({ query, groupBy, units, parts }: Plan): boolean {
  if (groupBy === 'category' || groupBy === 'topic' || groupBy === 'source') return false
  if (query.category !== undefined || query.topic !== undefined || query.source !== undefined) return false
  const together = units !== null && units.length > 1 && groupBy !== 'unit'
  return !(together && parts.some((name) => ['late-unit', 'late-co-unit'].includes(partOf(name).by ?? '')))
}

const groupColumn: Record<Exclude<Grouping, 'none'>, (unit: string) => GroupColumn> = {
  unit: (unit) => ({ sql: unit, as: 'grp', result: `coalesce(grp, '${NIL}')` }),
  day: () => ({ sql: 'm.day', as: 'grp' }),
  week: () => ({ sql: `date_trunc('week', m.day::timestamp)::date`, as: 'grp' }),
  month: () => ({ sql: `date_trunc('month', m.day::timestamp)::date`, as: 'grp' }),
  category: () => ({ sql: 'm.category', as: 'grp' }),
  topic: () => ({ sql: 'm.topic', as: 'grp' }),
  source: () => ({ sql: 'm.source', as: 'grp' }),
}

const groupsOf = (groupBy: Grouping) => (unit: string) =>
  groupBy === 'none' ? [] : [groupColumn[groupBy](unit)]

function fromMatters(db: Db, plan: Plan, viewer: Actor | undefined, isNow: boolean): Promise<Row[]> {
  const { values, place } = valuesFrom(plan.asOf)
  const conditions = conditionsOn(plan.query, place)
  if (viewer !== undefined) conditions.push(visibleCondition(viewer, place))
  const text = counting({
    source: mattersWhere(conditions, isNow),
    by: groupsOf(plan.groupBy),
    parts: plan.parts,
    apart: plan.groupBy === 'unit',
    ...(plan.units === null ? {} : { units: `${place(plan.units)}::uuid[]` }),
  })
  return db.query<Row>(planned(text), values)
}

/**
 * Rows of the rollup that hold as of the instant, and a count of those that do not: because an event on one of their
 * matters still waits for its job, a due time has passed, or something came about since. All in one snapshot, so that the
 * figures are exact at any moment.
 */
export function rollupSql(plan: Plan): { text: string; values: unknown[] } {
  const { values, place } = valuesFrom(plan.asOf)
  const { where, holding, now } = keysIn(plan, place)
  const columns = plan.parts.map(columnOf)
  const listed = ['unit_id', 'day', 'channel', ...columns].join(', ')
  const groups = groupsOf(plan.groupBy)('m.unit_id').map(({ sql, as }) => ({ sql, as }))
  // Nor do rows hold from which a matter went since, or to which it came.
  const text = `with dirty as materialized (${DIRTY_KEYS}${now ? '' : ` union ${KEYS_OF} and m.id in ${REWRITTEN}`}),
    keys as materialized (
      select m.unit_id, m.day, m.channel from kpi_daily m where ${where} and not (${holding})
      union select m.unit_id, m.day, m.channel from dirty m where ${where})
    select ${[...groups.map(({ sql, as }) => `${sql} as ${as}`), ...columns.map((c) => `sum(${c})::int as ${c}`)].join(', ')}
    from (
      select ${listed} from kpi_daily m where ${where} and ${holding}
        and (m.unit_id, m.day, m.channel) not in (select unit_id, day, channel from dirty)
      union all
      select ${listed} from (${countingKeys(plan.parts, { now })}) live) m
    ${groups.length === 0 ? '' : 'group by grp'}`
  return { text, values }
}

/** Which keys `m` are asked about, and whether a row of one holds as of the instant. */
export function keysIn({ query, units }: Plan, place: Place) {
  const now = query.asOf === undefined
  const found = [`m.day between ${place(query.from)}::date and ${place(query.to)}::date`]
  if (query.channel !== undefined) found.push(`m.channel = ${place(query.channel)}`)
  // Of one unit also a plan for any values knows that its key finds less than the days of all.
  if (units?.length === 1) found.push(`m.unit_id = ${place(units[0])}::uuid`)
  else if (units !== null) found.push(`m.unit_id = any(${place(units)}::uuid[])`)
  // What was dispatched later counts in no part: no need to look.
  if (!now) found.push(`m.day <= (${AT}::timestamptz at time zone interval '8 hours')::date`)
  const holding = now ? `m.fresh_until >= ${AT}` : `m.fresh_until >= ${AT} and m.fresh_from < ${AT}`
  return { where: found.join(' and '), holding, now }
}
