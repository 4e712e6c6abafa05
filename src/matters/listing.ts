// Lists of matters by keyset: what may be asked for, the condition each question becomes, one page at a time.
import { hash } from 'node:crypto'
import { z } from 'zod'
import { addWorkdays } from '../calendar/rules.ts'
import { readCalendar } from '../calendar/queries.ts'
import type { Actor } from '../platform/actor.ts'
import { dayOf, instantOf, plusDays, type Instant } from '../platform/clock.ts'
import type { Db, Sql } from '../platform/db.ts'
import { id, instant, placeOf, writeCursor } from '../platform/fields.ts'
import { fieldProblem } from '../platform/problems.ts'
import { handledUnits, visibilityValues, withheldFrom } from './access.ts'
import { holdsWords, readQuery } from './search.ts'
import type { State } from './workflow.ts'

export interface Filter {
  no?: string | undefined
  externalNo?: string | undefined
  state?: State[] | undefined
  /** Lead unit. */
  unitId?: string | undefined
  /** What the own units must act on: led or co-handled by them, still open. */
  mine?: 'lead' | 'co' | undefined
  clock?: 'today' | 'next-workday' | 'overdue' | undefined
  channel?: string | undefined
  category?: string | undefined
  urgency?: string | undefined
  topic?: string | undefined
  source?: string | undefined
  /** Days of receipt, both inclusive. */
  from?: string | undefined
  to?: string | undefined
  personId?: string | undefined
  /** Those that are one thing with another matter. */
  linked?: boolean | undefined
  /** Those marked as major and urgent. */
  alarm?: boolean | undefined
  q?: string | undefined
  limit: number
  cursor?: string | undefined
}

export interface ListRow {
  id: string
  no: string
  externalNo: string | null
  title: string
  state: State
  channel: string
  category: string
  urgency: string
  topic: string
  leadUnitId: string | null
  leadUnit: string | null
  receivedAt: Instant
  dispatchedAt: Instant | null
  dueAt: Instant | null
  provisional: boolean
  lateFrom: Instant | null
  rating: string | null
  confidential: boolean
  callerName: string | null
  callerPhone: string | null
  version: number
}

/** Where nobody was sent an order, the superior's deadline is the office's own: as `officeDue` in `rules.ts`. */
const OFFICE_DUE = `case when m.state = 'registered' and m.first_replied_at is null then m.upstream_due_at end`
const DUE = `coalesce(m.due_at, ${OFFICE_DUE})`

const LIST = `m.id, m.no, m.external_no as "externalNo", m.title, m.state, m.channel, m.category, m.urgency, m.topic,
  m.lead_unit_id as "leadUnitId", (select u.name from units u where u.id = m.lead_unit_id) as "leadUnit", m.received_at as "receivedAt",
  m.dispatched_at as "dispatchedAt", ${DUE} as "dueAt", m.provisional, least(m.late_from, ${OFFICE_DUE}) as "lateFrom", m.rating,
  m.confidential, p.name_masked as "callerName", p.phone_masked as "callerPhone", m.version`
const RUNNING = `m.state in ('assigned', 'returning', 'handling', 'routed', 'objecting')`
/** What the office itself must send on. */
const WAITING = `m.state in ('registered', 'entered', 'requested')`

const SIZES = [21, 51, 101]
const placeShape = z.tuple([instant, id])

/** A page of matters that the actor may see: the running ones by due time, all others by receipt, newest first. */
export async function listMatters(
  db: Db,
  actor: Actor,
  filter: Filter,
  now: Instant,
): Promise<{ items: ListRow[]; next: string | null }> {
  const values: unknown[] = []
  const place = (value: unknown) => `$${values.push(value)}`
  const conditions = [...(await conditionsOf(db, actor, filter, now, place))]
  const byDue = filter.mine !== undefined || filter.clock !== undefined
  // A unit's own open list is read in the order of its index; nothing in it waits at the office.
  const due = filter.mine === undefined ? DUE : 'm.due_at'
  const [sort, direction, compare] = byDue ? [due, 'asc', '>'] : ['m.received_at', 'desc', '<']
  const after = placeOf(filter.cursor, placeShape)
  if (after !== undefined) {
    conditions.push(`(${sort}, m.id) ${compare} (${place(after[0])}::timestamptz, ${place(after[1])}::uuid)`)
  }
  // The limit stands in the text: with a parameter the planner guesses a tenth of the table and plans anew each time. A few
  // sizes are enough; each would be a statement of its own.
  const most = SIZES.find((size) => size > filter.limit) ?? filter.limit + 1
  const text = `select ${LIST} from (
      select * from matters m where ${conditions.join(' and ')}
      order by ${sort} ${direction}, m.id ${direction} limit ${most}) m
    left join people p on p.id = m.person_id
    order by ${sort} ${direction}, m.id ${direction}`
  const rows = await db.query<ListRow>(named(text), values)
  const items = rows.slice(0, filter.limit)
  const last = items.at(-1)
  const more = rows.length > filter.limit && last !== undefined
  return { items, next: more ? writeCursor([byDue ? last.dueAt : last.receivedAt, last.id]) : null }
}

/** Statements differ by the filters in use, not by their values: each is prepared once. */
function named(text: string): Sql {
  return { name: `list-${hash('sha1', text, 'hex').slice(0, 16)}`, text }
}

/** The same as `harmlessTo`, over a parameter of the list's own. */
const withheld = (reader: string, of = 'm') =>
  `not (${of}.accused_unit_ids && ${reader}::uuid[]) and not (${of}.barred_ids && ${reader}::uuid[])`

async function conditionsOf(
  db: Db,
  actor: Actor,
  filter: Filter,
  now: Instant,
  place: (value: unknown) => string,
): Promise<string[]> {
  const found: string[] = []
  const equal = (column: string, value: unknown) => {
    if (value !== undefined) found.push(`m.${column} = ${place(value)}`)
  }
  // The own open list needs no further check of the units: it is the units.
  if (filter.mine === 'lead') {
    const units = handledUnits(actor)
    const [only, ...rest] = units
    const unit = rest.length === 0 ? `= ${place(only ?? null)}::uuid` : `= any(${place(units)}::uuid[])`
    found.push(`m.lead_unit_id ${unit}`, RUNNING, withheld(place(withheldFrom(actor))))
  } else {
    const [sees, units, reader] = visibilityValues(actor)
    const seen =
      sees === 'all' ? 'true' : sees === 'units' ? `m.unit_ids && ${place(units)}::uuid[]` : 'false'
    found.push(seen, withheld(place(reader)))
  }
  if (filter.mine === 'co') {
    found.push(`${RUNNING} and exists (select 1 from legs l where l.matter_id = m.id and l.role = 'co'
      and l.outcome is null and l.unit_id = any(${place(handledUnits(actor))}::uuid[]))`)
  }
  equal('no', filter.no)
  equal('external_no', filter.externalNo)
  equal('lead_unit_id', filter.unitId)
  equal('channel', filter.channel)
  equal('category', filter.category)
  equal('urgency', filter.urgency)
  equal('source', filter.source)
  equal('person_id', filter.personId)
  // That a matter is one thing with what is withheld from the reader is withheld too.
  if (filter.linked === true)
    found.push(`exists (select 1 from matter_cases c join matter_cases o on o.case_id = c.case_id and o.matter_id <> m.id
      join matters e on e.id = o.matter_id where c.matter_id = m.id and ${withheld(place(withheldFrom(actor)), 'e')})`)
  if (filter.alarm === true)
    found.push('exists (select 1 from alarms a where a.matter_id = m.id and a.off_at is null)')
  if (filter.state !== undefined) found.push(`m.state = any(${place(filter.state)}::text[])`)
  if (filter.topic !== undefined) {
    found.push(`(m.topic = ${place(filter.topic)} or starts_with(m.topic, ${place(`${filter.topic}.`)}))`)
  }
  if (filter.from !== undefined) found.push(`m.received_at >= ${place(instantOf(filter.from))}`)
  if (filter.to !== undefined) found.push(`m.received_at < ${place(instantOf(plusDays(filter.to, 1)))}`)
  if (filter.clock !== undefined) found.push(...(await clockConditions(db, filter.clock, now, place)))
  if (filter.q !== undefined) {
    const query = readQuery(filter.q)
    if (query === undefined) throw fieldProblem('matter/search-too-short', '/query/q', '至少输入两个字')
    found.push(...holdsWords(place(query.grams), place(query.words)))
  }
  return found
}

async function clockConditions(
  db: Db,
  clock: NonNullable<Filter['clock']>,
  now: Instant,
  place: (value: unknown) => string,
): Promise<string[]> {
  const when = await whenDue(db, clock, now, place)
  // Apart, so that each is found by its index.
  return ['m.submitted_at is null', `(${RUNNING} and ${when('m.due_at')} or ${WAITING} and ${when(DUE)})`]
}

async function whenDue(
  db: Db,
  clock: NonNullable<Filter['clock']>,
  now: Instant,
  place: (value: unknown) => string,
): Promise<(due: string) => string> {
  if (clock === 'overdue') {
    const at = place(now)
    return (due) => `${due} < ${at}`
  }
  const today = dayOf(now)
  const [from, to] =
    clock === 'today'
      ? [place(now), place(instantOf(today, '23:59:59.999'))]
      : [place(instantOf(plusDays(today, 1))), place(addWorkdays(await readCalendar(db), now, 1))]
  return (due) => `${due} between ${from} and ${to}`
}
