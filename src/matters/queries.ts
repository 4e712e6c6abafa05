// Reads of matters: one with its history, the people on them, candidates of the same person; only what the actor may see.
import type { Actor } from '../platform/actor.ts'
import { instantFromJson, type Instant } from '../platform/clock.ts'
import { statement, type Db } from '../platform/db.ts'
import { Problem } from '../platform/problems.ts'
import { columnsOf } from '../platform/rows.ts'
import { harmlessTo, visibilityValues, visibleTo, withheldFrom } from './access.ts'
import { channelOf } from './channels/index.ts'
import type {
  Escalation,
  Extension,
  Leg,
  Matter,
  Opinion,
  Petition,
  Reply,
  ReturnRequest,
  Screening,
  Visit,
} from './case.ts'
import * as escalationRecords from './escalation-tables.ts'
import * as petitionRecords from './petition-tables.ts'
import * as records from './record-tables.ts'
import * as tables from './tables.ts'
import { CONCLUDED, EARLIER_IDS, notForReader } from './reading.ts'
import { blanked, referencesIn, storyWithout } from './references.ts'
import type { textFields } from './terms.ts'
import type { State } from './workflow.ts'

export interface TimelineRow {
  seq: number
  type: string
  at: Instant
  actor: string | null
  data: Record<string, unknown>
}

export interface FileRow {
  id: string
  name: string
  type: string
  bytes: number
  createdAt: Instant
}

export type Opened = Matter & OrderParts & Procedure

interface OrderParts {
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
    about: string | null
    answerBy: Instant | null
    answeredAt: Instant | null
    answer: string | null
    by: string | null
  }[]
  notes: { id: string; at: Instant; act: string | null; text: string; by: string | null }[]
  /** What texts were before they were changed. */
  texts: { seq: number; field: keyof typeof textFields; text: string; at: Instant; by: string | null }[]
  files: FileRow[]
  events: TimelineRow[]
  merged: { id: string; no: string }[]
  /** Whom it accuses by name, masked. */
  accused: { id: string; nameMasked: string; post: string | null; accountId: string | null }[]
}

/** What petitions, reviews and escalated cases have besides. */
interface Procedure {
  petition: (Petition & { final: boolean }) | null
  earlierIds: string[]
  concluded: boolean
  visit: Visit | null
  opinions: (Opinion & { by: string | null })[] | null
  /** Reviews of this petition, or of the same one; the chain from its beginning. */
  chain: { id: string; no: string; channel: string; state: State; reviewResult: string | null }[] | null
  otherPeople: { id: string; nameMasked: string | null; phoneMasked: string | null }[] | null
  /** Null for all but escalated cases. */
  escalation: Escalation | null
}

const listOf = (select: string, order: string) =>
  `coalesce((select json_agg(x order by x.${order}) from (${select}) x), '[]')`

/** What most matters have none of, with the member by which each is put in order. */
const rare = {
  callBacks: {
    order: 'at',
    select: `select ${columnsOf(records.callBacks, 'c')} from call_backs c where c.matter_id = m.id`,
  },
  accused: {
    order: 'id',
    select: `select c.id, c.name_masked as "nameMasked", c.post, c.account_id as "accountId" from matter_accused c where c.matter_id = m.id`,
  },
  extensions: {
    order: 'askedAt',
    select: `select ${columnsOf(records.extensions, 'e')} from extensions e where e.matter_id = m.id`,
  },
  returnRequests: {
    order: 'askedAt',
    select: `select ${columnsOf(records.returnRequests, 'r')} from return_requests r where r.matter_id = m.id`,
  },
  screenings: {
    order: 'askedAt',
    select: `select ${columnsOf(records.screenings, 's')} from screenings s where s.matter_id = m.id`,
  },
  supervisions: {
    order: 'at',
    select: `select s.id, s.kind, s.at, s.ground, s.text, s.about, s.answer_by as "answerBy", s.answered_at as "answeredAt", s.answer, a.name as "by" from supervisions s left join accounts a on a.id = s.by_id where s.matter_id = m.id`,
  },
  notes: {
    order: 'at',
    select: `select n.id, n.at, n.act, n.text, a.name as "by" from notes n left join accounts a on a.id = n.by_id where n.matter_id = m.id`,
  },
  texts: {
    order: 'at',
    select: `select t.seq, t.field, t.text, e.at, a.name as "by" from matter_texts t join events e on e.subject_id = t.matter_id and e.seq = t.seq left join accounts a on a.id = e.actor_id where t.matter_id = m.id`,
  },
  files: {
    order: 'createdAt',
    select: `select f.id, f.name, f.type, f.bytes, f.created_at as "createdAt" from files f where f.subject_id = m.id and f.purpose = 'attachment' and f.removed_at is null`,
  },
  merged: {
    order: 'no',
    select: `select o.id, o.no from matters o where o.merged_into_id = m.id and ${harmlessTo(2, 'o')}`,
  },
} as const

// One subquery for all of them: each of its own would cost every matter its start, and most find nothing.
const RARE = `(select json_agg(json_build_array(kind, row)) from (${Object.entries(rare)
  .map(([kind, { select }]) => `select '${kind}' as kind, row_to_json(x) as row from (${select}) x`)
  .join(' union all ')}) y)`

/** One matter with everything on it, in one statement; as one JSON, which is read in a third of the time of sixty columns. */
interface Found extends Omit<Matter & OrderParts, keyof typeof rare | 'events'> {
  events: (Omit<TimelineRow, 'data'> & { canon: string })[]
  rare: [keyof typeof rare, Record<string, string>][] | null
}

const openMatter = statement<{ matter: Found }>(
  'matter.open',
  `select row_to_json(x) as matter from (select ${columnsOf(tables.matters, 'm')}, u.name as "leadUnit", t.no as "mergedIntoNo",
    case when p.id is null then null else json_build_object('nameMasked', p.name_masked, 'phoneMasked', p.phone_masked,
      'idMasked', p.id_masked, 'township', p.township) end as caller,
    ${listOf(`select ${columnsOf(tables.legs, 'l')}, lu.name as unit from legs l join units lu on lu.id = l.unit_id where l.matter_id = m.id`, 'no')} as legs,
    ${listOf(`select ${columnsOf(records.replies, 'r')}, a.name as "by" from replies r left join accounts a on a.id = r.submitted_by where r.matter_id = m.id`, '"submittedAt"')} as replies,
    ${listOf(`select e.seq, e.type, e.at, a.name as actor, e.canon from events e left join accounts a on a.id = e.actor_id where e.subject_id = m.id`, 'seq')} as events,
    ${RARE} as rare
   from matters m left join units u on u.id = m.lead_unit_id left join people p on p.id = m.person_id
    left join matters t on t.id = m.merged_into_id and ${harmlessTo(2, 't')}
   where m.id = $1 and ${visibleTo(2)}) x`,
)

// Orders have none of it, and even naming it in their statement would cost them.
const openProcedure = statement<{ procedure: Procedure }>(
  'matter.open-procedure',
  `select row_to_json(x) as procedure from (select
    (select row_to_json(x) from (select ${columnsOf(petitionRecords.petitions, 'p')} from petitions p where p.id = m.id) x) as petition,
    coalesce((select ${EARLIER_IDS} from petitions p where p.id = m.id), '{}') as "earlierIds",
    coalesce((select ${CONCLUDED} from petitions p where p.id = m.id), false) as concluded,
    (select row_to_json(x) from (select ${columnsOf(petitionRecords.visits, 'v')} from visits v where v.id = m.id) x) as visit,
    (select coalesce(json_agg(x order by x."submittedAt"), '[]') from (select ${columnsOf(petitionRecords.opinions, 'o')}, a.name as "by" from opinions o left join accounts a on a.id = o.submitted_by where o.matter_id = m.id) x) as opinions,
    (select coalesce(json_agg(x order by x.no), '[]') from (
       select o.id, o.no, o.channel, o.state, r.review_result as "reviewResult" from petitions own
       join petitions r on r.root_id = coalesce(own.root_id, own.id) or r.id = coalesce(own.root_id, own.id)
       join matters o on o.id = r.id where own.id = m.id and o.id <> m.id and ${harmlessTo(0, 'o')}) x) as chain,
    (select coalesce(json_agg(json_build_object('id', o.id, 'nameMasked', o.name_masked, 'phoneMasked', o.phone_masked)), '[]') from matter_people mp join people o on o.id = mp.person_id where mp.matter_id = m.id) as "otherPeople",
    case when m.channel = 'escalation' then (select row_to_json(x) from (select ${columnsOf(escalationRecords.escalations, 'e')} from escalations e where e.id = m.id) x) end as escalation
   from matters m where m.id = $1) x`,
)

/** Throws `matter/not-found` for what the actor may not see, exactly as for what does not exist. */
export async function readMatter(db: Db, actor: Actor, id: string): Promise<Opened> {
  const [found] = await openMatter(db, [id, ...visibilityValues(actor)])
  if (found === undefined) throw await notForReader(db, actor, id)
  const { rare: few, ...matter } = found.matter
  const workflow = channelOf(matter.channel).workflow
  const [more] = workflow === 'order' ? [] : await openProcedure(db, [id, withheldFrom(actor)])
  const procedure = more?.procedure ?? NO_PROCEDURE
  const events = matter.events.map(({ canon, ...event }) => ({ ...event, data: dataOf(canon) }))
  const named = referencesIn(events, procedure.petition)
  const shown = new Set(
    named.length === 0 ? [] : (await harmlessOf(db, [named, withheldFrom(actor)])).map((row) => row.id),
  )
  const { petition } = procedure
  return {
    ...canonicalMoments({ ...matter, ...inLists(few ?? []), ...procedure }),
    ...{ petition: petition === null ? null : canonicalMoments(blanked(petition, shown)) },
    events: storyWithout(events, shown).map((event) => ({ ...event, at: instantFromJson(event.at) })),
  }
}

// One that accuses its reader, or from which they stepped aside, is not to be known by its id or number either.
const harmlessOf = statement<{ id: string }>(
  'matter.harmless',
  `select m.id from matters m where m.id = any($1::uuid[]) and ${harmlessTo(0, 'm')}`,
)

const dataOf = (canon: string) => (JSON.parse(canon) as { data: Record<string, unknown> }).data

function inLists(rows: NonNullable<Found['rare']>): Pick<OrderParts, keyof typeof rare> {
  const lists = Object.entries(rare).map(([kind, { order }]) => {
    const own = rows.filter(([of]) => of === kind).map(([, row]) => row)
    // The database writes instants of one offset: their texts are in the order of time.
    return [kind, own.toSorted((a, b) => ((a[order] ?? '') < (b[order] ?? '') ? -1 : 1))]
  })
  return Object.fromEntries(lists) as Pick<OrderParts, keyof typeof rare>
}

const NO_PROCEDURE: Procedure = {
  ...{ petition: null, visit: null, opinions: null, chain: null, otherPeople: null, escalation: null },
  ...{ earlierIds: [], concluded: false },
}

/** The database's JSON cuts zeros off instants; comparing as text needs the canonical form, at every depth. */
function canonicalMoments<T>(value: T): T {
  if (Array.isArray(value)) return value.map(canonicalMoments) as T
  if (value === null || typeof value !== 'object') return value
  const copy: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    copy[key] =
      typeof inner === 'string' ? (isMoment(key) ? instantFromJson(inner) : inner) : canonicalMoments(inner)
  }
  return copy as T
}

const isMoment = (key: string) =>
  key === 'at' || key === 'answerBy' || key.endsWith('At') || key.endsWith('From')

const visibleMatter = statement<{ id: string; state: State; personId: string | null }>(
  'matter.visible',
  `select m.id, m.state, m.person_id as "personId" from matters m where m.id = $1 and ${visibleTo(2)}`,
)

/** The matter's id and state if the actor may see it, else `matter/not-found`. */
export async function findVisible(db: Db, actor: Actor, id: string) {
  const [found] = await visibleMatter(db, [id, ...visibilityValues(actor)])
  if (found === undefined) throw await notForReader(db, actor, id)
  return found
}

/**
 * A matter that a field names must be one that the actor may see, else `matter/other-not-found` at that field; an attempt at
 * what is withheld is recorded as when it is opened.
 */
export async function demandVisible(db: Db, actor: Actor, id: string, pointer: string): Promise<void> {
  await findVisible(db, actor, id).catch((error: unknown) => {
    if (!(error instanceof Problem) || error.code !== 'matter/not-found') throw error
    const code = 'matter/other-not-found'
    throw new Problem(code, { ...error.options, errors: [{ pointer, code, message: '没有这件办件' }] })
  })
}

const peopleOnVisible = statement<{ id: string }>(
  'matter.people_visible',
  `select p.id from people p where p.id = any($1::uuid[]) and (
     exists (select 1 from matters m where m.person_id = p.id and ${visibleTo(2)})
     or exists (select 1 from matter_people o join matters m on m.id = o.matter_id where o.person_id = p.id and ${visibleTo(2)})
     or ($2::text = 'all' and not exists (select 1 from matters m where m.person_id = p.id)
       and not exists (select 1 from matter_people o where o.person_id = p.id)))`,
)

/** Those of these people who stand on a matter that the actor may see; for the office's staff also who stands on none yet. */
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
