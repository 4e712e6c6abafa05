// Counts the tallies of a period, with the same period of the year before, and lists the matters behind each.
import { z } from 'zod'
import { channelOf } from '../matters/channels/index.ts'
import { states, type State } from '../matters/workflow.ts'
import type { Actor } from '../platform/actor.ts'
import { yearBefore, type Day, type Instant } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { day, id, placeOf, writeCursor } from '../platform/fields.ts'
import { percent, percentText } from '../platform/numbers.ts'
import { fieldProblem } from '../platform/problems.ts'
import { instantAsked, planned, valuesFrom, visibleCondition, type Place } from './questions.ts'
import { changeText, pointsText } from './rules.ts'
import { relations, type RelationName } from './relations.ts'
import { findTally, tallies, type Tally, type TallyUnit } from './tallies.ts'

export interface TallyQuery {
  /** Days on which the matters count, both inclusive. */
  from: Day
  to: Day
  asOf?: Instant | undefined
  ids?: readonly string[] | undefined
}

interface Counted {
  numerator: number
  /** Null for a count. */
  denominator: number | null
}

/** Links to the matters behind the two counts. */
interface Lists {
  list: string
  denominatorList: string | null
}

export interface TallyFigure extends Counted, Lists {
  tally: string
  name: string
  definition: string
  unit: TallyUnit
  period: { from: Day; to: Day }
  asOf: Instant
  value: string | null
  text: string
  /** The same days of the year before, as of the same instant. */
  previous: Counted & { from: Day; to: Day; text: string } & Lists
  /** 与去年相比：上升25%、下降8%、与去年持平、去年同期为0，不作比较; for shares in points. */
  change: string
}

export const TALLIES_PATH = '/api/kpi/tallies'

/** The figures in the order asked, or all of them in that of the table: two statements a relation, whatever their number. */
export async function tallyFigures(db: Db, actor: Actor, query: TallyQuery, now: Instant) {
  const asOf = instantAsked(query, now)
  const asked = query.ids === undefined ? tallies : query.ids.map(tallyAsked)
  const { from, to } = query
  const before = yearBefore({ from, to })
  const [current, previous] = await Promise.all([
    countAll(db, actor, asked, { from, to }, asOf),
    countAll(db, actor, asked, before, asOf),
  ])
  const figures = asked.map((tally): TallyFigure => {
    const counted = current.get(tally.id) ?? nothing(tally)
    const earlier = previous.get(tally.id) ?? nothing(tally)
    return {
      tally: tally.id,
      name: tally.zh,
      definition: tally.definition,
      unit: tally.unit,
      period: { from, to },
      asOf,
      ...counted,
      ...written(tally, counted),
      ...listsOf(tally, query, asOf),
      previous: {
        ...earlier,
        ...before,
        text: written(tally, earlier).text,
        ...listsOf(tally, before, asOf),
      },
      change: changed(counted, earlier),
    }
  })
  return { asOf, figures }
}

const nothing = ({ hit }: Tally): Counted => ({ numerator: 0, denominator: hit === undefined ? null : 0 })

function written({ unit }: Tally, { numerator, denominator }: Counted) {
  if (denominator === null) return { value: String(numerator), text: `${numerator}${unit}` }
  const value = percent(numerator, denominator)
  return { value, text: percentText(value) }
}

function changed(now: Counted, then: Counted): string {
  if (now.denominator === null || then.denominator === null) return changeText(now.numerator, then.numerator)
  const rate = ({ numerator, denominator }: Counted) => ({ numerator, denominator: denominator ?? 0 })
  return pointsText(rate(now), rate(then))
}

function listsOf({ id: tally, hit }: Tally, { from, to }: Period, asOf: Instant): Lists {
  const link = (part: string) =>
    `${TALLIES_PATH}/${tally}/matters?${new URLSearchParams({ from, to, asOf, part }).toString()}`
  return { list: link('numerator'), denominatorList: hit === undefined ? null : link('denominator') }
}

function tallyAsked(tally: string): Tally {
  const found = findTally(tally)
  if (found === undefined)
    throw fieldProblem('kpi/unknown-metric', '/query/ids', `没有指标${tally.slice(0, 40)}`)
  return found
}

type Period = Pick<TallyQuery, 'from' | 'to'>

async function countAll(
  db: Db,
  actor: Actor,
  asked: readonly Tally[],
  period: Period,
  asOf: Instant,
): Promise<Map<string, Counted>> {
  const counted = new Map<string, Counted>()
  const names = [...new Set(asked.map(({ relation }) => relation))]
  await Promise.all(
    names.map(async (relation) => {
      const of = asked.filter((tally) => tally.relation === relation)
      const { values, place } = valuesFrom(asOf)
      const columns = of.flatMap((tally, i) => [
        `${measure(tally)} filter (where ${hits(tally)})::int as n${i}`,
        ...(tally.hit === undefined ? [] : [`count(*) filter (where ${tally.where})::int as d${i}`]),
      ])
      const text = `select ${columns.join(', ')} from ${relations[relation].from}
        where ${conditions(relation, actor, period, place).join(' and ')}`
      const [row] = await db.query<Record<string, number | null>>(planned(text), values)
      for (const [i, tally] of of.entries()) {
        const denominator = tally.hit === undefined ? null : (row?.[`d${i}`] ?? 0)
        counted.set(tally.id, { numerator: row?.[`n${i}`] ?? 0, denominator })
      }
    }),
  )
  return counted
}

/** People are summed, everything else is counted. */
const measure = ({ unit }: Tally) => (unit === '人次' ? 'sum(v.person_count)' : 'count(*)')
const hits = ({ where, hit }: Tally) =>
  hit === undefined ? `(${where})` : `(${where}) and coalesce(${hit}, false)`

/** Where the matters `m` of one part of a tally come from, as SQL behind `from`; undefined for the denominator of a count. */
export function tallyMatters(
  actor: Actor,
  query: Period & { tally: string; part: 'numerator' | 'denominator' },
  place: Place,
): string | undefined {
  const tally = tallyAsked(query.tally)
  if (query.part === 'denominator' && tally.hit === undefined) return undefined
  const met = [
    ...conditions(tally.relation, actor, query, place),
    query.part === 'denominator' ? `(${tally.where})` : hits(tally),
  ]
  return `${relations[tally.relation].from} where ${met.join(' and ')}`
}

function conditions(relation: RelationName, actor: Actor, { from, to }: Period, place: Place): string[] {
  const { within, by } = relations[relation]
  return [within(`${place(from)}::date`, `${place(to)}::date`), by, visibleCondition(actor, place)]
}

export interface TallyRow {
  id: string
  no: string
  title: string
  channel: { code: string; label: string }
  state: { code: string; label: string }
  day: Day
  unit: string | null
  /** 人次 of a visit. */
  persons: number | null
}

interface Listed {
  id: string
  no: string
  title: string
  channel: string
  state: State
  day: Day
  unit: string | null
  persons: number | null
}

const placeShape = z.tuple([day, id])

/** The matters behind one part of a tally, by day: as many as it counts, or with as many people as it sums. */
export async function mattersBehind(
  db: Db,
  actor: Actor,
  query: TallyQuery & { tally: string; part: 'numerator' | 'denominator' },
  page: { limit: number; cursor?: string | undefined },
  now: Instant,
) {
  const asOf = instantAsked(query, now)
  const tally = tallyAsked(query.tally)
  if (query.part === 'denominator' && tally.hit === undefined) {
    throw fieldProblem('kpi/is-a-count', '/query/part', `${tally.zh}不是占比，没有分母`)
  }
  const { from, day: dayOfRow } = relations[tally.relation]
  const { values, place } = valuesFrom(asOf)
  const where = [
    ...conditions(tally.relation, actor, query, place),
    query.part === 'denominator' ? `(${tally.where})` : hits(tally),
  ]
  const [total] = await db.query<{ n: number; persons: number | null }>(
    planned(
      `select count(*)::int as n, ${tally.relation === 'visits' ? 'sum(v.person_count)::int' : 'null::int'} as persons
       from ${from} where ${where.join(' and ')}`,
    ),
    [...values],
  )
  const after = placeOf(page.cursor, placeShape)
  if (after !== undefined) {
    where.push(`(${dayOfRow}, m.id) > (${place(after[0])}::date, ${place(after[1])}::uuid)`)
  }
  const rows = await db.query<Listed>(
    planned(`select m.id, m.no, m.title, m.channel, m.state, ${dayOfRow} as day,
        (select u.name from units u where u.id = m.lead_unit_id) as unit,
        ${tally.relation === 'visits' ? 'v.person_count' : 'null::int'} as persons
      from ${from} where ${where.join(' and ')} order by ${dayOfRow}, m.id limit ${place(page.limit + 1)}`),
    values,
  )
  const last = rows.length > page.limit ? rows[page.limit - 1] : undefined
  return {
    asOf,
    total: total?.n ?? 0,
    persons: total?.persons ?? null,
    items: rows.slice(0, page.limit).map((row): TallyRow => ({
      ...row,
      channel: { code: row.channel, label: channelOf(row.channel).label },
      state: { code: row.state, label: states[row.state].label },
    })),
    next: last === undefined ? null : writeCursor([last.day, last.id]),
  }
}
