// Reads of matters: lists by keyset, one matter with its history, candidates of the same person; only what the actor may see.
import { hash } from 'node:crypto'
import { addWorkdays } from '../calendar/rules.ts'
import { readCalendar } from '../calendar/queries.ts'
import type { Actor } from '../platform/actor.ts'
import { dayOf, instantOf, plusDays, type Instant } from '../platform/clock.ts'
import { statement, type Db, type Sql } from '../platform/db.ts'
import { readCursor, writeCursor } from '../platform/fields.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { columnsOf } from '../platform/rows.ts'
import { visibilityValues, visibleTo } from './access.ts'
import type { Extension, Leg, Matter, Reply, ReturnRequest, Screening } from './case.ts'
import { gramsOfQuery } from './search.ts'
import * as records from './record-tables.ts'
import * as tables from './tables.ts'
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
  category?: string | undefined
  urgency?: string | undefined
  topic?: string | undefined
  source?: string | undefined
  /** Days of receipt, both inclusive. */
  from?: string | undefined
  to?: string | undefined
  personId?: string | undefined
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

const LIST = `m.id, m.no, m.external_no as "externalNo", m.title, m.state, m.category, m.urgency, m.topic,
  m.lead_unit_id as "leadUnitId", u.name as "leadUnit", m.received_at as "receivedAt",
  m.dispatched_at as "dispatchedAt", m.due_at as "dueAt", m.provisional, m.late_from as "lateFrom", m.rating,
  m.confidential, p.name_masked as "callerName", p.phone_masked as "callerPhone", m.version`
const RUNNING = `m.state in ('assigned', 'returning', 'handling')`

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
  const [sort, direction, compare] = byDue ? ['m.due_at', 'asc', '>'] : ['m.received_at', 'desc', '<']
  if (filter.cursor !== undefined) {
    const after = readCursor(filter.cursor, 2)
    if (after === undefined) throw fieldProblem('request/invalid', '/query/cursor', '翻页标记无效')
    conditions.push(`(${sort}, m.id) ${compare} (${place(after[0])}::timestamptz, ${place(after[1])}::uuid)`)
  }
  // The limit stands in the text: with a parameter the planner guesses a tenth of the table and plans anew each time.
  const text = `select ${LIST} from (
      select * from matters m where ${conditions.join(' and ')}
      order by ${sort} ${direction}, m.id ${direction} limit ${filter.limit + 1}) m
    left join units u on u.id = m.lead_unit_id left join people p on p.id = m.person_id
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
    const [only, ...rest] = actor.unitIds
    const unit =
      rest.length === 0 ? `= ${place(only ?? null)}::uuid` : `= any(${place(actor.unitIds)}::uuid[])`
    found.push(
      `m.lead_unit_id ${unit}`,
      RUNNING,
      `not (m.accused_unit_ids && ${place(actor.unitPath)}::uuid[])`,
    )
  } else {
    const [sees, units, path] = visibilityValues(actor)
    const seen =
      sees === 'all' ? 'true' : sees === 'units' ? `m.unit_ids && ${place(units)}::uuid[]` : 'false'
    found.push(seen, `not (m.accused_unit_ids && ${place(path)}::uuid[])`)
  }
  if (filter.mine === 'co') {
    found.push(`${RUNNING} and exists (select 1 from legs l where l.matter_id = m.id and l.role = 'co'
      and l.outcome is null and l.unit_id = any(${place(actor.unitIds)}::uuid[]))`)
  }
  equal('no', filter.no)
  equal('external_no', filter.externalNo)
  equal('lead_unit_id', filter.unitId)
  equal('category', filter.category)
  equal('urgency', filter.urgency)
  equal('source', filter.source)
  equal('person_id', filter.personId)
  if (filter.state !== undefined) found.push(`m.state = any(${place(filter.state)}::text[])`)
  if (filter.topic !== undefined) {
    found.push(`(m.topic = ${place(filter.topic)} or starts_with(m.topic, ${place(`${filter.topic}.`)}))`)
  }
  if (filter.from !== undefined) found.push(`m.received_at >= ${place(instantOf(filter.from))}`)
  if (filter.to !== undefined) found.push(`m.received_at < ${place(instantOf(plusDays(filter.to, 1)))}`)
  if (filter.clock !== undefined) found.push(...(await clockConditions(db, filter.clock, now, place)))
  if (filter.q !== undefined) {
    const grams = gramsOfQuery(filter.q)
    if (grams === undefined) throw fieldProblem('matter/search-too-short', '/query/q', '至少输入两个字')
    // Grams narrow the search; the text itself decides, so that a hit holds the words as they were typed.
    found.push(
      `m.id in (select s.matter_id from matter_search s where s.grams @> ${place(grams)}::text[])`,
      `position(lower(normalize(${place(filter.q)}::text, NFKC)) in
        lower(normalize(concat_ws(' ', m.title, m.content, m.public_reply), NFKC))) > 0`,
    )
  }
  return found
}

async function clockConditions(
  db: Db,
  clock: NonNullable<Filter['clock']>,
  now: Instant,
  place: (value: unknown) => string,
): Promise<string[]> {
  const running = [RUNNING, 'm.submitted_at is null']
  if (clock === 'overdue') return [...running, `m.due_at < ${place(now)}`]
  const today = instantOf(dayOf(now), '23:59:59.999')
  if (clock === 'today') return [...running, `m.due_at between ${place(now)} and ${place(today)}`]
  const close = addWorkdays(await readCalendar(db), now, 1)
  return [...running, `m.due_at > ${place(today)} and m.due_at <= ${place(close)}`]
}

export interface TimelineRow {
  seq: number
  type: string
  at: Instant
  actor: string | null
  canon: string
}

export interface FileRow {
  id: string
  name: string
  type: string
  bytes: number
  createdAt: Instant
}

export interface Opened extends Matter {
  leadUnit: string | null
  caller: {
    nameMasked: string | null
    phoneMasked: string | null
    idMasked: string | null
    township: string | null
  } | null
  mergedIntoNo: string | null
  legs: (Leg & { unit: string })[]
  replies: (Reply & { by: string | null })[]
  extensions: Extension[]
  returnRequests: ReturnRequest[]
  callBacks: {
    id: string
    at: Instant
    result: string
    rating: string | null
    resolved: boolean | null
    note: string | null
  }[]
  screenings: Screening[]
  supervisions: {
    id: string
    kind: string
    at: Instant
    ground: string | null
    text: string
    answerBy: Instant | null
    by: string | null
  }[]
  notes: { id: string; at: Instant; text: string; by: string | null }[]
  files: FileRow[]
  events: TimelineRow[]
  merged: { id: string; no: string }[]
}

const listOf = (select: string, order: string) =>
  `coalesce((select json_agg(x order by x.${order}) from (${select}) x), '[]')`

/** One matter with everything on it, in one statement. */
const openMatter = statement<Opened>(
  'matter.open',
  `select ${columnsOf(tables.matters, 'm')}, u.name as "leadUnit", t.no as "mergedIntoNo",
    case when p.id is null then null else json_build_object('nameMasked', p.name_masked, 'phoneMasked', p.phone_masked,
      'idMasked', p.id_masked, 'township', p.township) end as caller,
    ${listOf(`select ${columnsOf(tables.legs, 'l')}, lu.name as unit from legs l join units lu on lu.id = l.unit_id where l.matter_id = m.id`, 'no')} as legs,
    ${listOf(`select ${columnsOf(records.replies, 'r')}, a.name as "by" from replies r left join accounts a on a.id = r.submitted_by where r.matter_id = m.id`, '"submittedAt"')} as replies,
    ${listOf(`select ${columnsOf(records.extensions, 'e')} from extensions e where e.matter_id = m.id`, '"askedAt"')} as extensions,
    ${listOf(`select ${columnsOf(records.returnRequests, 'r')} from return_requests r where r.matter_id = m.id`, '"askedAt"')} as "returnRequests",
    ${listOf(`select ${columnsOf(records.callBacks, 'c')} from call_backs c where c.matter_id = m.id`, 'at')} as "callBacks",
    ${listOf(`select ${columnsOf(records.screenings, 's')} from screenings s where s.matter_id = m.id`, '"askedAt"')} as screenings,
    ${listOf(`select s.id, s.kind, s.at, s.ground, s.text, s.answer_by as "answerBy", a.name as "by" from supervisions s left join accounts a on a.id = s.by_id where s.matter_id = m.id`, 'at')} as supervisions,
    ${listOf(`select n.id, n.at, n.text, a.name as "by" from notes n left join accounts a on a.id = n.by_id where n.matter_id = m.id`, 'at')} as notes,
    ${listOf(`select f.id, f.name, f.type, f.bytes, f.created_at as "createdAt" from files f where f.subject_id = m.id and f.purpose = 'attachment' and f.removed_at is null`, '"createdAt"')} as files,
    ${listOf(`select e.seq, e.type, e.at, a.name as actor, e.canon from events e left join accounts a on a.id = e.actor_id where e.subject_id = m.id`, 'seq')} as events,
    ${listOf(`select o.id, o.no from matters o where o.merged_into_id = m.id`, 'no')} as merged
   from matters m left join units u on u.id = m.lead_unit_id left join people p on p.id = m.person_id
    left join matters t on t.id = m.merged_into_id
   where m.id = $1 and ${visibleTo(2)}`,
)

/** Throws `matter/not-found` for what the actor may not see, exactly as for what does not exist. */
export async function readMatter(db: Db, actor: Actor, id: string): Promise<Opened> {
  const [found] = await openMatter(db, [id, ...visibilityValues(actor)])
  if (found === undefined) throw new Problem('matter/not-found')
  return found
}

const visibleMatter = statement<{ id: string; state: State; personId: string | null }>(
  'matter.visible',
  `select m.id, m.state, m.person_id as "personId" from matters m where m.id = $1 and ${visibleTo(2)}`,
)

/** The matter's id and state if the actor may see it, else `matter/not-found`. */
export async function findVisible(db: Db, actor: Actor, id: string) {
  const [found] = await visibleMatter(db, [id, ...visibilityValues(actor)])
  if (found === undefined) throw new Problem('matter/not-found')
  return found
}

const peopleOnVisible = statement<{ id: string }>(
  'matter.people_visible',
  `select distinct m.person_id as id from matters m where m.person_id = any($1::uuid[]) and ${visibleTo(2)}`,
)

/** Those of these people who stand on a matter that the actor may see. */
export async function knownPeople(
  db: Db,
  actor: Actor,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await peopleOnVisible(db, [ids, ...visibilityValues(actor)])
  return new Set(rows.map((row) => row.id))
}

export async function seesPerson(db: Db, actor: Actor, personId: string): Promise<boolean> {
  return (await knownPeople(db, actor, [personId])).has(personId)
}

export interface Candidate {
  id: string
  no: string
  title: string
  state: State
  receivedAt: Instant
  personId: string
  callerName: string | null
  /** What agrees: phone, ID number, or the whole name. */
  reason: 'idNo' | 'phone' | 'name'
  confirmed: boolean
}

const candidatesOf = statement<Candidate>(
  'matter.candidates',
  `with self as (select p.* from matters s join people p on p.id = s.person_id where s.id = $1 and not s.confidential),
   same as (
     select p.id, p.name_masked, case when p.id_bi = self.id_bi then 'idNo' when p.phone_bi = self.phone_bi then 'phone'
       else 'name' end as reason, self.id as self_id
     from people p, self
     where (p.id_bi = self.id_bi or p.phone_bi = self.phone_bi or p.name_bi = self.name_bi) and not p.confidential)
   select m.id, m.no, m.title, m.state, m.received_at as "receivedAt", m.person_id as "personId",
     same.name_masked as "callerName", same.reason, (same.id = same.self_id or exists (
       select 1 from person_links l where l.status = 'confirmed'
         and l.person_a = least(same.id, same.self_id) and l.person_b = greatest(same.id, same.self_id))) as confirmed
   from same join matters m on m.person_id = same.id
   where m.id <> $1 and ${visibleTo(2)}
   order by case same.reason when 'idNo' then 1 when 'phone' then 2 else 3 end, m.received_at desc, m.id limit 50`,
)

/** Other matters that may be of the same person: suggestions for a clerk, nothing is joined by itself. */
export function samePerson(db: Db, actor: Actor, matterId: string): Promise<Candidate[]> {
  return candidatesOf(db, [matterId, ...visibilityValues(actor)])
}
