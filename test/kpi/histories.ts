// Random histories of matters with their legs, put straight into the tables, and the same figures counted by a plain loop.
import fc from 'fast-check'
import { epochMs, instantFromMs, type Instant } from '../../src/platform/clock.ts'
import { createUnits } from '../../src/orgs/unit-commands.ts'
import { systemActor } from '../../src/platform/actor.ts'
import { openDatabase, statement, type Database, type Db } from '../../src/platform/db.ts'

/** Seven units; the third stands below the second. */
export const units = Array.from({ length: 7 }, (_, i) => `00000000-0000-4000-8000-00000000000${i + 1}`)
export const unitAt = (i: number): string => units[i] ?? ''

/** The latest moment of any fact in the histories; dues may lie after it. */
export const NOW: Instant = '2021-01-10T12:00:00.000+08:00'
export const PERIOD = { from: '2020-12-29', to: '2021-01-03' } as const

export interface LegRow {
  id: string
  matter_id: string
  no: number
  role: 'lead' | 'co'
  unit_id: string
  dispatched_at: Instant
  sign_due_at: Instant
  signed_at: Instant | null
  effective_due_at: Instant
  submitted_at: Instant | null
  stopped_at: Instant | null
  outcome: string | null
}

export interface MatterRow {
  id: string
  no: string
  channel: string
  category: string
  topic: string
  dispatched_at: Instant | null
  lead_unit_id: string | null
  lead_leg_id: string | null
  unit_ids: string[]
  accused_unit_ids: string[]
  sign_due_at: Instant | null
  signed_at: Instant | null
  sign_late_from: Instant | null
  due_at: Instant | null
  late_from: Instant | null
  lead_late_from: Instant | null
  lead_signed_at: Instant | null
  lead_sign_late_from: Instant | null
  done_at: Instant | null
  first_accepted_at: Instant | null
  first_on_time: boolean | null
  contacted_at: Instant | null
  contacted_on_time: boolean | null
  extended_at: Instant | null
  returned_at: Instant | null
  redone_at: Instant | null
  called_back_at: Instant | null
  call_result: string | null
  resolved: boolean | null
  rated_at: Instant | null
  rating: string | null
  screened_out_at: Instant | null
  merged_at: Instant | null
  withdrawn_at: Instant | null
}

export interface History {
  matter: MatterRow
  legs: LegRow[]
}

const START = epochMs('2020-12-29T00:00:00.000+08:00')
const HOUR = 3_600_000
const edges = [
  '2020-12-31T23:59:59.999+08:00',
  '2021-01-01T00:00:00.000+08:00',
  '2021-01-01T00:00:00.001+08:00',
]

/** Moments up to `to`, often at the edges of the year and of hours, so that equal moments meet. */
function moments(from: number, to: number) {
  const hours = Math.floor((to - from) / HOUR)
  return fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 0, max: hours }).map((h) => instantFromMs(from + h * HOUR)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ...edges.filter((e) => epochMs(e) >= from && epochMs(e) <= to),
        instantFromMs(to),
      ),
    },
    { weight: 1, arbitrary: fc.integer({ min: from, max: to }).map(instantFromMs) },
  )
}

const past = moments(START, epochMs(NOW))
const maybe = fc.option(past, { freq: 2 })
const rarely = fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: past })
const due = moments(START, epochMs(NOW) + 10 * 24 * HOUR)
const unit = fc.constantFrom(...units.slice(0, 5))

const leg = fc.record({ unit, signDue: due, signed: maybe, due, submitted: maybe, stopped: past })
const outcome = fc.constantFrom('returned', 'redispatched', 'replied', 'merged', 'terminated')

export const history = fc
  .record({
    dispatched: fc.option(moments(START, epochMs('2021-01-03T23:00:00.000+08:00')), { freq: 15 }),
    leads: fc.array(fc.tuple(leg, outcome), { minLength: 1, maxLength: 3 }),
    lastIsOpen: fc.boolean(),
    cos: fc.array(fc.tuple(leg, fc.option(outcome, { freq: 2 })), { maxLength: 2 }),
    channel: fc.constant('hotline'),
    category: fc.constantFrom('consult', 'help', 'complain'),
    topic: fc.constantFrom('urban', 'epidemic', 'epidemic.roads'),
    accused: fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: unit }),
    signed: maybe,
    done: maybe,
    accepted: maybe,
    onTime: fc.boolean(),
    contacted: maybe,
    contactedOnTime: fc.boolean(),
    extended: maybe,
    returned: maybe,
    redone: maybe,
    calledBack: maybe,
    callResult: fc.constantFrom('reached', 'refused'),
    resolved: fc.boolean(),
    rated: maybe,
    rating: fc.constantFrom('satisfied', 'basic', 'dissatisfied'),
    screenedOut: rarely,
    merged: rarely,
    withdrawn: rarely,
  })
  .map((h): History => {
    const dispatched = h.dispatched
    const leads = h.leads.map(([l, end], i) => ({
      ...l,
      role: 'lead' as const,
      end: h.lastIsOpen && i === h.leads.length - 1 ? null : end,
    }))
    // No unit co-handles what it leads.
    const cos = h.cos.filter(([l]) => l.unit !== h.leads[0]?.[0].unit)
    const given = [...leads, ...cos.map(([l, end]) => ({ ...l, role: 'co' as const, end }))]
    const legs = given.map((l, i): LegRow => ({
      id: '',
      matter_id: '',
      no: i + 1,
      role: l.role,
      unit_id: l.unit,
      dispatched_at: dispatched ?? NOW,
      sign_due_at: l.signDue,
      signed_at: l.signed,
      effective_due_at: l.due,
      submitted_at: l.submitted,
      stopped_at: l.end === null ? null : l.stopped,
      outcome: l.end,
    }))
    const facts: Facts = {
      channel: h.channel,
      category: h.category,
      topic: h.topic,
      accused_unit_ids: h.accused === undefined ? [] : [h.accused],
      signed_at: h.signed,
      done_at: h.done,
      first_accepted_at: h.accepted,
      first_on_time: h.accepted === null ? null : h.onTime,
      contacted_at: h.contacted,
      contacted_on_time: h.contacted === null ? null : h.contactedOnTime,
      extended_at: h.extended,
      returned_at: h.returned,
      redone_at: h.redone,
      called_back_at: h.calledBack,
      call_result: h.calledBack === null ? null : h.callResult,
      resolved: h.calledBack === null ? null : h.resolved,
      rated_at: h.rated,
      rating: h.rated === null ? null : h.rating,
      screened_out_at: h.screenedOut,
      merged_at: h.merged,
      withdrawn_at: h.withdrawn,
    }
    return historyOf({ id: '', no: '', dispatched_at: dispatched }, facts, dispatched === null ? [] : legs)
  })

type Facts = Omit<MatterRow, 'id' | 'no' | 'dispatched_at' | keyof ReturnType<typeof followingFrom>>

function historyOf(
  identity: Pick<MatterRow, 'id' | 'no' | 'dispatched_at'>,
  facts: Facts,
  legs: LegRow[],
): History {
  return { matter: { ...facts, ...identity, ...followingFrom(legs) }, legs }
}

/** What of a matter's row follows from its legs. */
function followingFrom(legs: readonly LegRow[]) {
  const leads = legs.filter((l) => l.role === 'lead')
  const lead = leads.at(-1)
  return {
    lead_unit_id: lead?.unit_id ?? null,
    lead_leg_id: lead?.id ?? null,
    unit_ids: [...new Set(legs.map((l) => l.unit_id))],
    sign_due_at: lead?.sign_due_at ?? null,
    sign_late_from: least(leads.map(signLateFrom)),
    due_at: lead?.effective_due_at ?? null,
    late_from: least(leads.map(lateFrom)),
    lead_late_from: lead === undefined ? null : lateFrom(lead),
    lead_signed_at: lead?.signed_at ?? null,
    lead_sign_late_from: lead === undefined ? null : signLateFrom(lead),
  }
}

/** A matter after further acts: other facts, and the legs of `later` on top of its own. */
export function goneOn({ matter, legs }: History, later: History): History {
  const { id, no } = matter
  const closed = legs.map((l) =>
    l.outcome === null ? { ...l, stopped_at: NOW, outcome: 'redispatched' } : l,
  )
  const added = later.legs.map((l, i) => ({
    ...l,
    id: legId(id, legs.length + i + 1),
    matter_id: id,
    no: legs.length + i + 1,
  }))
  const dispatched_at = matter.dispatched_at ?? later.matter.dispatched_at
  return historyOf({ id, no, dispatched_at }, later.matter, [...closed, ...added])
}

export function lateFrom(l: LegRow): Instant | null {
  const stop = l.stopped_at ?? l.submitted_at
  return stop !== null && stop <= l.effective_due_at ? null : l.effective_due_at
}

function signLateFrom(l: LegRow): Instant | null {
  const stop = l.signed_at ?? l.stopped_at
  return stop !== null && stop <= l.sign_due_at ? null : l.sign_due_at
}

function least(all: readonly (Instant | null)[]): Instant | null {
  return all.filter((a) => a !== null).toSorted()[0] ?? null
}

let serial = 0

/** Gives matters and legs their ids. */
export function named(histories: readonly History[]): History[] {
  return histories.map(({ matter, legs }) => {
    serial += 1
    const id = `00000000-0000-4000-9000-${String(serial).padStart(12, '0')}`
    const own = legs.map((l) => ({ ...l, id: legId(id, l.no), matter_id: id }))
    return historyOf({ id, no: `RX${serial}`, dispatched_at: matter.dispatched_at }, matter, own)
  })
}

function legId(matterId: string, no: number): string {
  return `00000000-0000-4000-a000-${matterId.slice(-10)}${String(no).padStart(2, '0')}`
}

const fixed = {
  source: 'counter',
  state: 'handling',
  title: '路灯不亮',
  content: '小区门口路灯不亮。',
  urgency: 'normal',
  confidential: false,
  handler_ids: [],
  binding: false,
  provisional: false,
  returns: 0,
  missed_calls: 0,
  received_at: NOW,
  registered_at: NOW,
  registered_by: unitAt(0),
  version: 1,
  seq: 1,
  head: '\\x00',
}
const fixedLeg = {
  kind: 'dispatch',
  policy: 'SC-2020',
  due_at: NOW,
  provisional: false,
  extensions: 0,
  imported: false,
}

/** Inserts rows of a table from JSON; columns that are generated or absent keep their defaults. */
function inserter(table: string, columns: readonly string[]) {
  const names = columns.join(', ')
  return statement(
    `test.insert-${table}`,
    `insert into ${table} (${names}) select ${names} from json_populate_recordset(null::app.${table}, $1::json)`,
  )
}

export async function insert(db: Db, histories: readonly History[]): Promise<void> {
  const matters = histories.map(({ matter }) => ({ ...fixed, ...matter }))
  const [first] = matters
  if (first !== undefined) await inserter('matters', Object.keys(first))(db, [JSON.stringify(matters)])
  await insertLegs(
    db,
    histories.flatMap((h) => h.legs),
  )
}

async function insertLegs(db: Db, rows: readonly LegRow[]): Promise<void> {
  const legs = rows.map((l) => ({ ...fixedLeg, ...l }))
  const [first] = legs
  if (first !== undefined) await inserter('legs', Object.keys(first))(db, [JSON.stringify(legs)])
}

/** Rewrites a stored matter as it is after further acts. */
export async function update(db: Db, before: History, after: History): Promise<void> {
  const names = Object.keys(after.matter).join(', ')
  const rewrite = statement(
    'test.update',
    `update matters m set (${names}) = (select ${names} from json_populate_record(null::app.matters, $2::json)) where m.id = $1`,
  )
  await rewrite(db, [after.matter.id, JSON.stringify(after.matter)])
  for (const l of before.legs) if (l.outcome === null) await closeLeg(db, [l.id, NOW])
  await insertLegs(db, after.legs.slice(before.legs.length))
}

const closeLeg = statement(
  'test.close',
  `update legs set stopped_at = $2, outcome = 'redispatched' where id = $1`,
)

// Not `delete`: legs guard themselves against it.
const clear = statement('test.clear', 'truncate matters, legs, kpi_daily, kpi_office_daily, outbox')

export async function empty(db: Database): Promise<void> {
  await clear(db)
}

export interface World {
  db: Database
  /** Moves the clock. */
  at(now: Instant): void
  end(): Promise<void>
}

/** A database with the units, and a clock at `NOW`. */
export async function openWorld(
  url: string,
  jobsFor: (type: string) => readonly string[] = () => [],
): Promise<World> {
  let now: Instant = NOW
  const db = openDatabase({
    url,
    connections: 6,
    clock: { now: () => now },
    jobsFor,
    onError: () => undefined,
  })
  const rows = units.map((id, i) => ({
    id,
    name: `单位${i + 1}`,
    kind: 'department' as const,
    parentId: i === 2 ? unitAt(1) : null,
  }))
  await db.transaction((tx) => createUnits(tx, systemActor('test'), rows))
  return { db, at: (moment) => void (now = moment), end: () => db.end() }
}

/** The day of an instant, by counting hours, whatever the zone of the machine. */
export function dayIn(instant: Instant): string {
  return new Date(epochMs(instant) + 8 * HOUR).toISOString().slice(0, 10)
}
