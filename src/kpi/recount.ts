// The SQL that counts matters and their late legs: over a period for any question, or over single keys for the rollup.
import { figured } from '../matters/facts.ts'
import { legged } from '../matters/past-tables.ts'
import { NIL } from '../platform/actor.ts'
import { bitOf, factsAsOf, factsNow, holds, movingColumns } from './conditions.ts'
import { columnOf, partOf, type PartName } from './parts.ts'

/** The instant that is counted as of is always the first parameter. */
export const AT = '$1'

/**
 * Whether the matter may have late legs besides its present lead leg: of another unit (no unit co-handles what it leads),
 * or earlier ones of the same. Written as the index `matters_shared` has it.
 */
export const SHARED = '(cardinality(m.unit_ids) > 1 or m.late_from is distinct from m.lead_late_from)'

const SINCE = `t.until > ${AT} and t.dispatched_at <= ${AT}`

/** The few matters that were rewritten since the instant: another unit leads them, a merge was undone, a label corrected. */
export const REWRITTEN = `(select t.matter_id from matter_pasts t where ${SINCE})`

/** That a matter `m` is none of them. */
export const UNCHANGED = `m.id not in ${REWRITTEN}`

/** What does not change, or, like who may see a matter, is asked of it as it is now. */
const LASTING = ['id', 'channel', 'source', 'dispatched_day', 'unit_ids', 'accused_unit_ids', 'barred_ids']
const columnsOf = (lasting: string, moving: string) =>
  [...LASTING.map((c) => `${lasting}.${c}`), ...figured.map((c) => `${moving}.${c}`)].join(', ')

/** They as they stood at the instant: like rows of `matters`, with their legs as JSON. */
export const PASTS = `select ${columnsOf('c', 't')}, t.legs
  from (select distinct on (t.matter_id) t.* from matter_pasts t where ${SINCE} order by t.matter_id, t.until) t
  join matters c on c.id = t.matter_id`

/** All matters as they stood at the instant. */
export const MATTERS_THEN = `(select ${columnsOf('m', 'm')}, null::jsonb as legs from matters m where ${UNCHANGED}
  union all ${PASTS})`

/** The legs of a row `m` of `PASTS`, like rows of `legs`. */
export const legsThen = (as: string) =>
  `jsonb_to_recordset(m.legs) as ${as}(${Object.entries(legged)
    .map(([column, type]) => `${column} ${type}`)
    .join(', ')})`
export const PAST_LEGS = legsThen('l')

const key = 'm.lead_unit_id as unit_id, m.dispatched_day as day, m.channel'
const clocks = 'm.id, m.late_from, m.lead_late_from'

const moving = (when: string) =>
  movingColumns.map((c) => `case when m.${c} ${when} ${AT} then m.${c} end`).join(', ')
// Most matters never move.
const unlessStill = (still: string, else_: string) =>
  `case when coalesce(${movingColumns.map((c) => `m.${c}`).join(', ')}) is null then ${still} else ${else_} end`
/** When a fact that now fails will hold by the passing of time; null: never. */
const nextMove = unlessStill('null', `least(${moving('>=')})`)
/** When the last of what now holds came about. */
const lastMove = unlessStill('m.settled_at', `greatest(m.settled_at, ${moving('<')})`)

const moves = `${nextMove} as next_move, ${lastMove} as last_move`

/** Where the matters come from: all of them to count, and apart from them those whose legs must be looked at. */
export interface Source {
  matters: string
  shared: string
  /** Of those that count by what they were, from the CTE `pasts`. */
  pasts?: string
}

/**
 * The matters that meet conditions on `m`. `now` counts from the stored bits. As of another instant they hold as well for
 * what was settled by then and not rewritten since, which is nearly all; only of the others the moments are compared.
 */
export function mattersWhere(conditions: readonly string[], now: boolean): Source {
  const select = (facts: string, all: readonly string[], from = 'matters m', more = '') =>
    `select ${key}, ${clocks}, m.category, m.topic, m.source, ${facts} as facts, ${moves}${more}
     from ${from} where ${all.join(' and ')}`
  const pasts = select(factsAsOf(AT), [...conditions, SHARED], 'pasts m', ', m.legs')
  const both = (...all: string[]) =>
    now
      ? select(factsNow(AT), all)
      : `${select(factsNow(AT), [...all, `m.settled_at <= ${AT}`, UNCHANGED])} union all
        ${select(factsAsOf(AT), [...all, `m.settled_at > ${AT}`, UNCHANGED])}`
  const shared = both(...conditions, SHARED)
  if (now) return { matters: both(...conditions), shared }
  const past = select(factsAsOf(AT), conditions, 'pasts m')
  return { matters: `${both(...conditions)} union all ${past}`, shared, pasts }
}

/**
 * The matters of the keys (unit_id, day, channel) in the relation `keys`. Each key is looked up by itself: `offset 0` keeps
 * the planner from reading all matters because it takes the keys for many; behind it, as of now only columns of the indexes
 * may be selected.
 */
function mattersOfKeys(now: boolean): Source {
  const facts = now
    ? factsNow(AT)
    : `case when m.settled_at <= ${AT} then ${factsNow(AT)} else ${factsAsOf(AT)} end`
  const unchanged = now ? 'true' : UNCHANGED
  const of = `select ${key}, ${facts} as facts, ${moves} from matters m`
  const current: Source = {
    matters: `select m.* from keys k cross join lateral (
      ${of} where m.dispatched_day = k.day and m.lead_unit_id = k.unit_id and m.channel = k.channel and ${unchanged}
      union all
      ${of} where k.unit_id = '${NIL}' and m.dispatched_day = k.day and m.lead_unit_id is null and m.channel = k.channel and ${unchanged}
      offset 0) m`,
    shared: `select m.* from (select distinct day from keys) k cross join lateral (
      select ${key}, ${clocks}, ${facts} as facts, ${lastMove} as last_move from matters m
      where m.dispatched_day = k.day and ${SHARED} and ${unchanged} offset 0) m`,
  }
  if (now) return current
  const past = (more: string) => `select ${key}, ${factsAsOf(AT)} as facts, ${moves}${more} from pasts m
    where m.dispatched_day in (select day from keys)`
  const pasts = `${past(`, ${clocks}, m.legs`)} and ${SHARED}`
  return { ...current, matters: `${current.matters} union all ${past('')}`, pasts }
}

/** The rollup's key as grouping columns. */
export const byKey = (unit: string): GroupColumn[] => [
  { sql: unit, as: 'unit_id', result: `coalesce(unit_id, '${NIL}')` },
  { sql: 'm.day', as: 'day' },
  { sql: 'm.channel', as: 'channel' },
]

/** Counts the keys in the relation `keys`, each as a row of its own; as of now or of another instant. */
export function countingKeys(parts: readonly PartName[], { fresh = false, now = true } = {}): string {
  // Legs of the days are gathered for all units and sifted at the end: that is quicker than to ask for each unit.
  const only = `(coalesce(unit_id, '${NIL}'), day, channel) in (select unit_id, day, channel from keys)`
  return counting({ source: mattersOfKeys(now), by: byKey, parts, apart: true, fresh, only })
}

/** What one more is, besides a matter: the numbers of `Part.by` in the cells. */
const kinds = { 'late-unit': 1, 'late-co': 2, 'late-co-unit': 3 } as const

/** A column to group by; `result` makes of it what is returned, once a group and not once a matter. */
export interface GroupColumn {
  sql: string
  as: string
  result?: string
}

export interface Question {
  source: Source
  /** The columns to group by; `unit` is the unit's column where one is grouped by. */
  by: (unit: string) => readonly GroupColumn[]
  parts: readonly PartName[]
  /** Parameter of the units asked about; without it all. */
  units?: string
  /** Whether each unit is a row of its own. */
  apart: boolean
  /**
   * Adds `fresh_until`, the next moment at which a count changes by itself, and `fresh_from`, the last at which one may have
   * changed.
   */
  fresh?: boolean
  /** A condition on the grouping columns. */
  only?: string
}

/** Rows of the grouping columns and one integer column a part. Wants to be a statement or a CTE of its own. */
export function counting(question: Question): string {
  const { by, parts, fresh = false, only } = question
  const asked = new Set(parts.map((name) => partOf(name).by ?? 'matter'))
  const groups = by('m.unit_id').map(({ as, result = as }) => ({ as, result }))
  const sums = parts.map((name) => {
    const part = partOf(name)
    const kind =
      part.by === undefined ? 'kind = 0' : part.by === 'late-unit' ? 'kind <= 1' : `kind = ${kinds[part.by]}`
    return `coalesce(sum(n) filter (where ${kind} and ${holds(part, 'facts')}), 0)::int as ${columnOf(name)}`
  })
  const moments = `coalesce(min(next_move), 'infinity') as fresh_until, coalesce(max(last_move), '-infinity') as fresh_from`
  const branches = [
    ofMatters(question),
    ...(asked.has('late-unit') ? [ofLateUnits(question)] : []),
    ...(asked.has('late-co') ? [ofLateCo(question, 'late-co')] : []),
    ...(asked.has('late-co-unit') ? [ofLateCo(question, 'late-co-unit')] : []),
  ]
  const pasts = question.source.pasts === undefined ? '' : `with pasts as materialized (${PASTS})`
  return `${pasts} select ${[...groups.map(({ as, result }) => `${result} as ${as}`), ...sums, ...(fresh ? [moments] : [])].join(', ')}
    from (${branches.join(' union all ')}) cells ${only === undefined ? '' : `where ${only}`}
    ${groups.length === 0 ? '' : `group by ${groups.map(({ result }) => result).join(', ')}`}`
}

const NO_MOVES = 'null::timestamptz as next_move, null::timestamptz as last_move'

/** Few facts occur together, so grouping by them first leaves little to compare. */
function ofMatters({ source, by, units, fresh }: Question): string {
  const unit = 'm.unit_id'
  return `select 0 as kind, ${listed(by(unit))} m.facts, count(*)::int as n, ${fresh === true ? 'min(m.next_move) as next_move, max(m.last_move) as last_move' : NO_MOVES}
    from (${source.matters}) m ${units === undefined ? '' : `where ${ledBy(units)}`}
    group by ${places(by(unit))}`
}

/**
 * Units with a late lead leg on a matter, other than what the present lead leg already says of its unit. The few matters
 * in question come first (`offset 0`), then their legs: late legs as such are many.
 */
function ofLateUnits({ source, by, units, apart, fresh }: Question): string {
  const unit = 'l.unit_id'
  const own = apart || units === undefined ? 'm.unit_id = l.unit_id' : ledBy(units)
  return ofLegs(
    source,
    (matters, legs) => `
    select 1, ${listed(by(unit))} m.facts | ${bitOf('leadLate')}, count(distinct m.id)::int, ${fresh === true ? 'null, max(greatest(m.last_move, l.late_from))' : NO_MOVES}
    from (select * from (${matters}) m where m.late_from < ${AT} offset 0) m
    join ${legs} and l.role = 'lead' and l.late_from < ${AT}
    where not coalesce(${own} and m.lead_late_from < ${AT}, false)
    ${units === undefined ? '' : `and ${unit} = any(${units})`}
    group by ${places(by(unit))}`,
  )
}

function ofLateCo({ source, by, units, fresh }: Question, kind: 'late-co' | 'late-co-unit'): string {
  const unit = kind === 'late-co' ? 'm.unit_id' : 'l.unit_id'
  const late = `l.late_from < ${AT}`
  return ofLegs(
    source,
    (matters, legs) => `
    select ${kinds[kind]}, ${listed(by(unit))} m.facts,
      (count(distinct m.id)${fresh === true ? ` filter (where ${late})` : ''})::int,
      ${
        fresh === true
          ? `min(l.late_from) filter (where l.late_from >= ${AT}),
      max(greatest(m.last_move, case when ${late} then l.late_from end))`
          : NO_MOVES
      }
    from (${matters}) m join ${legs} and l.role = 'co'
      and ${fresh === true ? 'l.late_from is not null' : late}
    where true ${units === undefined ? '' : `and ${unit} = any(${units})`}
    group by ${places(by(unit))}`,
  )
}

/** Legs are looked at where they stand, or where what they were is kept. */
function ofLegs({ shared, pasts }: Source, counted: (matters: string, legs: string) => string): string {
  const present = counted(shared, 'legs l on l.matter_id = m.id')
  return pasts === undefined ? present : `${present} union all ${counted(pasts, `${PAST_LEGS} on true`)}`
}

/** Led by one of the units; the nil UUID among them stands for none. */
export function ledBy(units: string, unit = 'm.unit_id'): string {
  return `(${unit} = any(${units}) or (${unit} is null and '${NIL}' = any(${units})))`
}

function listed(groups: readonly GroupColumn[]): string {
  return groups.map(({ sql, as }) => `${sql} as ${as}, `).join('')
}

/** The grouping columns and the facts by their places behind the kind. */
function places(groups: readonly unknown[]): string {
  return [...groups.keys(), groups.length].map((i) => String(i + 2)).join(', ')
}
