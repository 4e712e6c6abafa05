// The matters behind a figure: exactly as many as it says, for the same viewer, as of the same instant.
import { z } from 'zod'
import { states } from '../matters/workflow.ts'
import { NIL, type Actor } from '../platform/actor.ts'
import type { Day, Instant } from '../platform/clock.ts'
import type { Db, Sql } from '../platform/db.ts'
import { day, id, placeOf, writeCursor } from '../platform/fields.ts'
import { fieldProblem } from '../platform/problems.ts'
import { standing, type Answers } from './answers.ts'
import { factsAsOf, factsIn, factsNow, holds, movedIn } from './conditions.ts'
import { formulaFor } from './metric.ts'
import { partOf, type Part } from './parts.ts'
import {
  conditionsOn,
  instantAsked,
  metricAsked,
  planned,
  preparing,
  valuesFrom,
  visibleCondition,
} from './questions.ts'
import type { MatterQuery, Place } from './questions.ts'
import { AT, ledBy, PAST_LEGS, PASTS, SHARED, UNCHANGED } from './recount.ts'
import { placesOf, type Places } from './pages.ts'
import { resolveScope } from './scope.ts'

export interface ListQuery extends MatterQuery {
  metric: string
  part: 'numerator' | 'denominator'
}

export interface MatterBehind {
  id: string
  no: string
  /** The city platform's. */
  externalNo: string | null
  title: string
  unitId: string | null
  unit: string | null
  state: string
  stateLabel: string
  dispatchedAt: Instant
  dueAt: Instant | null
  repliedAt: Instant | null
  lateFrom: Instant | null
}

export interface MatterPage {
  asOf: Instant
  /** How many there are in all; on every page that of the first. */
  total: number
  items: MatterBehind[]
  next: string | null
}

const COLUMNS = `m.id, m.no, m.external_no as "externalNo", m.title, m.lead_unit_id as "unitId", u.name as unit, m.state,
  m.dispatched_at as "dispatchedAt", m.due_at as "dueAt", m.first_accepted_at as "repliedAt", m.late_from as "lateFrom"`

/**
 * A page of the matters that a part of a metric counts, by day of dispatch. `cursor` is the `next` of the page before.
 * `answers` keep it, and what the rollup tells of it. Throws `kpi/is-a-count` when a count is asked for its denominator.
 */
export async function matterIdsBehind(
  db: Db,
  actor: Actor,
  query: ListQuery,
  page: PageAsked,
  now: Instant,
  answers?: Answers,
): Promise<MatterPage> {
  const asOf = instantAsked(query, now)
  const metric = metricAsked(query.metric, '/query/metric')
  const scope = await resolveScope(db, actor, query, now)
  const { excluded } = scope
  const name = formulaFor(metric, scope.units !== null)[query.part]
  if (name === null) throw fieldProblem('kpi/is-a-count', '/query/part', `${metric.zh}是件数，没有分母`)
  const { values, place } = valuesFrom(asOf)
  const seen = [
    ...conditionsOn(query, place),
    ...(actor.sees === 'all' && !excluded ? [] : [visibleCondition(actor, place)]),
  ]
  const { now: counting, past } = countedIn(query, partOf(name), scope.units, place)
  const behind = {
    ...{ conditions: [...seen, ...counting], values, place },
    ...(past && { past: [...seen, ...past] }),
  }
  const after = afterOf(page)
  const part = { query, asOf, units: scope.units, part: name }
  const asked = { rows: page.limit + 1, after: after?.day }
  const make = async () => {
    const places = excluded ? undefined : await placesOf(db, part, asked, scope.stand, answers)
    return { asOf, ...(await pageAfter(db, behind, page.limit, after, places)) }
  }
  // Whoever sees all sees the same.
  if (answers === undefined || excluded || actor.sees !== 'all') return make()
  return answers.answer(standing(scope.stand), { page, query, units: scope.units, part: name }, make)
}

interface Behind {
  conditions: readonly string[]
  /** The same of matters as they were, where the list is as of an instant. */
  past?: readonly string[]
  values: unknown[]
  place: Place
}
interface PageAsked {
  limit: number
  cursor?: string | undefined
}

/** For pages whose days are known: however long the list, these few days are read. */
const prepared = preparing()

/** A page of the matters `m` that meet the conditions, and how many there are in all. */
export function pageOf(db: Db, behind: Behind, page: PageAsked): Promise<Omit<MatterPage, 'asOf'>> {
  return pageAfter(db, behind, page.limit, afterOf(page))
}

/** `known`: what the rollup tells. */
async function pageAfter(
  db: Db,
  behind: Behind,
  limit: number,
  after: After | undefined,
  known?: Places,
): Promise<Omit<MatterPage, 'asOf'>> {
  const { values, place } = behind
  const total = after?.total ?? known?.total ?? (await count(db, behind))
  const later =
    after === undefined
      ? []
      : [`(m.dispatched_day, m.id) > (${place(after.day)}::date, ${place(after.id)}::uuid)`]
  const most = place(limit + 1)
  const read = (kind: (text: string) => Sql, given: unknown[], ...more: string[]) =>
    db.query<Omit<MatterBehind, 'stateLabel'> & { day: Day }>(
      kind(`select p.day, ${COLUMNS} from (
          select m.id, m.day from (${mattersIn(behind, [...later, ...more])}) m order by m.day, m.id limit ${most}) p
        join matters m on m.id = p.id left join units u on u.id = m.lead_unit_id order by p.day, m.id`),
      given,
    )
  // Of a thin list the page is found without going through the days on which nothing counts.
  const within = `m.dispatched_day = any($${values.length + 1}::date[])`
  const quick = known && (await read(prepared, [...values, known.days], within))
  // Fewer than the days held a moment ago, and more behind them: something has moved meanwhile.
  const short = quick === undefined || (known?.more === true && quick.length <= limit)
  const rows = short ? await read(planned, values) : quick
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    total,
    items: rows.slice(0, limit).map(({ day: _day, ...row }) => ({ ...row, stateLabel: labelOf(row.state) })),
    next: last === undefined ? null : writeCursor([total, last.day, last.id]),
  }
}

/**
 * The matters `m` that count in a part of a metric, for the whole office, as SQL behind `from`; the instant is the first
 * parameter. Undefined for the denominator of a count.
 */
export function mattersBehind(
  actor: Actor,
  query: Omit<ListQuery, 'units' | 'under'> & { asOf: Instant },
  place: Place,
): string | undefined {
  const name = metricAsked(query.metric).formula[query.part]
  if (name === null) return undefined
  const seen = [...conditionsOn(query, place), visibleCondition(actor, place)]
  const { now, past = now } = countedIn(query, partOf(name), null, place)
  return `(${mattersIn({ conditions: [...seen, ...now], past: [...seen, ...past] })}) m`
}

/** What makes a matter count in a part at some units, in SQL over `m`; `past` over what it was, as of an instant. */
function countedIn(query: ListQuery, part: Part, asked: readonly string[] | null, place: Place) {
  const units = asked === null ? undefined : { at: `${place(asked)}::uuid[]`, withNone: asked.includes(NIL) }
  if (query.asOf === undefined) return { now: counted(part, { units, facts: factsNow(AT) }) }
  return { now: counted(part, { units }), past: counted(part, { units, legs: LEGS_THEN }) }
}

/** What is none of these had not left: said once more in days, so that the few that had not are found without the others. */
const OPEN = ['done', 'merged', 'withdrawn'] as const
const STANDING = `(m.left_day is null or m.left_day >= (${AT}::timestamptz at time zone interval '8 hours')::date)`

/**
 * A late lead leg of one of the units. The present one stands on the matter; only the few matters with others need their legs
 * looked at.
 */
function lateAt(units: Asked['units'], legs: string): string {
  const present = units === undefined ? '' : `m.lead_unit_id = any(${units.at}) and `
  const any = lateLeg('lead', units, legs)
  return `((${present}m.lead_late_from < ${AT}) or (${SHARED} and m.late_from < ${AT} and ${any}))`
}

function lateLeg(role: 'lead' | 'co', units: Asked['units'], legs: string): string {
  const of = units === undefined ? '' : ` and l.unit_id = any(${units.at})`
  return `exists (select 1 from ${legs} and l.role = '${role}' and l.late_from < ${AT}${of})`
}

interface Asked {
  /** `withNone`: matters that no unit leads are asked for, too. */
  units?: { at: string; withNone: boolean } | undefined
  /** As of now the stored bits tell, as of another instant the moments. */
  facts?: string | undefined
  /** Where its legs are. */
  legs?: string
}

const LEGS = 'legs l where l.matter_id = m.id'
const LEGS_THEN = `${PAST_LEGS} where true`

/** The same conditions as `recount.ts` counts by, on one matter. */
function counted(part: Part, { units, facts, legs = LEGS }: Asked): string[] {
  const fact = (condition: Part) => holds(condition, facts ?? factsAsOf(AT, factsIn(condition)))
  const led =
    units === undefined
      ? []
      : [units.withNone ? ledBy(units.at, 'm.lead_unit_id') : `m.lead_unit_id = any(${units.at})`]
  const standing = OPEN.every((name) => part.none?.includes(name)) ? [STANDING] : []
  switch (part.by) {
    case undefined:
      return [fact(part), ...movedIn(part.all ?? [], AT), ...led, ...standing]
    case 'late-unit':
      return [
        fact({ ...part, all: part.all?.filter((name) => name !== 'leadLate') ?? [] }),
        lateAt(units, legs),
      ]
    case 'late-co':
      return [fact(part), lateLeg('co', undefined, legs), ...led]
    case 'late-co-unit':
      return [fact(part), lateLeg('co', units, legs)]
  }
}

/** As of an instant, what was rewritten since counts by what it was. */
function mattersIn(
  { conditions, past }: Pick<Behind, 'conditions' | 'past'>,
  more: readonly string[] = [],
): string {
  const select = (from: string, met: readonly string[]) =>
    `select m.id, m.dispatched_day as day from ${from} m where ${[...met, ...more].join(' and ')}`
  if (past === undefined) return select('matters', conditions)
  return `${select('matters', [...conditions, UNCHANGED])} union all ${select(`(${PASTS})`, past)}`
}

async function count(db: Db, behind: Behind): Promise<number> {
  const text = `select count(*)::int as total from (${mattersIn(behind)}) m`
  const [row] = await db.query<{ total: number }>(planned(text), [...behind.values])
  return row?.total ?? 0
}

const placeShape = z.tuple([z.int().nonnegative(), day, id])

interface After {
  total: number
  day: Day
  id: string
}

function afterOf({ cursor }: PageAsked): After | undefined {
  const read = placeOf(cursor, placeShape)
  if (read === undefined) return undefined
  const [total, dispatched, matter] = read
  return { total, day: dispatched, id: matter }
}

function labelOf(state: string): string {
  return Object.entries(states).find(([name]) => name === state)?.[1].label ?? state
}
