// Writes matters: registering, and `act`, the only function that changes a state.
import { randomUUIDv7 } from 'node:crypto'
import { holdCalendar } from '../calendar/queries.ts'
import { insertPerson, type PersonFields } from '../people/commands.ts'
import { keepConfidential } from '../people/confidence.ts'
import type { Actor } from '../platform/actor.ts'
import { dayOf } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import { appendSealed, sealEvent, type EventData } from '../platform/events.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { insertRow, updateRow } from '../platform/rows.ts'
import type { Vault } from '../platform/vault.ts'
import { actRules } from './acts/index.ts'
import { dispatch, type DispatchInput } from './acts/dispatching.ts'
import {
  newCase,
  type ActRule,
  type Case,
  type Change,
  type Matter,
  type MatterPatch,
  type NewLeg,
  type Setting,
} from './case.ts'
import { channels, type ChannelId } from './channels/index.ts'
import { visibilityValues, visibleTo } from './access.ts'
import { seesPerson } from './queries.ts'
import { lockCase, readReceivers } from './reading.ts'
import * as records from './record-tables.ts'
import { derived, outcomeOf, refusal } from './rules.ts'
import * as tables from './tables.ts'
import type { Act, State } from './workflow.ts'

/** What every write of a matter answers: no personal data, so that it may be stored and replayed. */
export interface Written {
  id: string
  no: string
  version: number
  state: State
  dueAt: string | null
}

export interface Registration {
  channel: ChannelId
  source: string
  externalNo?: string | undefined
  title: string
  content: string
  category: string
  urgency: string
  topic: string
  regionCode?: string | undefined
  receivedAt?: string | undefined
  confidential: boolean
  accusedUnitIds: string[]
  /** An earlier person that the clerk recognised, or the caller as told. */
  personId?: string | undefined
  caller?: PersonFields | undefined
  /** Dispatch in the same breath. */
  dispatch?: DispatchInput | undefined
}

const nextNumber = statement<{ n: number }>('matter.number', `select nextval('matter_numbers') as n`)
const externalTaken = statement<{ no: string | null }>(
  'matter.external',
  `select case when ${visibleTo(3)} then m.no end as no from matters m where m.source = $1 and m.external_no = $2`,
)

/** Registers a matter, with its caller and, when asked, its first dispatch: one event, one transaction. */
export async function register(
  tx: Tx,
  actor: Actor,
  input: Registration,
  office: { vault: Vault; region: string },
): Promise<Written> {
  // Dispatching in the same breath is dispatching: the table of the workflow says whose that is.
  const refused =
    input.dispatch === undefined ? undefined : refusal('dispatch', registeredIn(input.channel), actor)
  if (refused !== undefined) throw refused
  const receivedAt = input.receivedAt ?? tx.now
  if (receivedAt > tx.now)
    throw fieldProblem('matter/future-time', '/body/receivedAt', '受理时间不能晚于现在')
  const [numbers, taken, person, calendar, receivers] = await Promise.all([
    nextNumber(tx),
    input.externalNo === undefined
      ? []
      : externalTaken(tx, [input.source, input.externalNo, ...visibilityValues(actor)]),
    input.personId === undefined ? true : seesPerson(tx, actor, input.personId),
    input.dispatch === undefined ? undefined : holdCalendar(tx),
    readReceivers(tx, [
      ...(input.dispatch ? [input.dispatch.leadUnitId, ...input.dispatch.coUnitIds] : []),
      ...input.accusedUnitIds,
    ]),
  ])
  if (taken[0] !== undefined) {
    const { no: takenAs } = taken[0]
    const message = takenAs === null ? '此号已登记' : `已登记为${takenAs}`
    throw fieldProblem('matter/external-no-taken', '/body/externalNo', message)
  }
  if (!person) throw fieldProblem('request/invalid', '/body/personId', '诉求人不存在')
  const unknown = input.accusedUnitIds.findIndex((unit) => !receivers.has(unit))
  if (unknown >= 0) throw fieldProblem('matter/unknown-unit', `/body/accusedUnitIds/${unknown}`, '单位不存在')

  const id = randomUUIDv7()
  if (input.personId !== undefined && input.confidential) await keepConfidential(tx, actor, input.personId)
  const personId =
    input.personId ??
    (input.caller === undefined ? null : insertPerson(tx, office.vault, input.caller, input.confidential))
  const { prefix } = channels[input.channel]
  const no = `${prefix}-${office.region}-${dayOf(tx.now).replaceAll('-', '')}-${String(numbers[0]?.n).padStart(6, '0')}`
  const matter = {
    id,
    no,
    channel: input.channel,
    source: input.source,
    externalNo: input.externalNo ?? null,
    state: 'registered' as State,
    title: input.title,
    content: input.content,
    category: input.category,
    urgency: input.urgency,
    topic: input.topic,
    regionCode: input.regionCode ?? null,
    personId,
    confidential: input.confidential,
    accusedUnitIds: input.accusedUnitIds,
    // What a unit's own counter registers stays in its sight, whoever handles it.
    unitIds: actor.sees === 'units' && actor.unitId !== null ? [actor.unitId] : [],
    receivedAt,
    registeredAt: tx.now,
    registeredBy: actor.id,
  }
  let change: Change = { matter: {} }
  if (input.dispatch !== undefined && calendar !== undefined) {
    const setting = { now: tx.now, actor, calendar, receivers, other: null, newId: () => randomUUIDv7() }
    change = dispatch.change(newCase(matter), input.dispatch, setting)
  }
  const row = {
    ...matter,
    ...derived(newCase(matter), change),
    state: input.dispatch === undefined ? matter.state : outcomeOf('dispatch', matter, change),
  }
  const data: EventData = {
    no,
    source: row.source,
    category: row.category,
    urgency: row.urgency,
    personId,
    ...(change.data === undefined ? {} : { dispatch: change.data }),
    to: row.state,
  }
  const event = { subject: 'matter', subjectId: id, type: 'matter.register', data }
  const sealed = sealEvent({ seq: 0, hash: null }, actor.id, tx.now, event)
  insertRow(tx, tables.matters, { ...row, version: 1, seq: sealed.seq, head: sealed.hash })
  for (const leg of change.openLegs ?? []) insertRow(tx, tables.legs, leg)
  insertRecords(tx, change)
  appendSealed(tx, sealed)
  return { id, no, version: 1, state: row.state, dueAt: row.dueAt ?? null }
}

const registeredIn = (channel: ChannelId) => newCase({ channel, state: 'registered' })

/**
 * Does one act of the workflow on a matter: locks it, asks the rules, writes what they answer. `matter/not-found` for
 * who may not see it, `request/stale` when `ifMatch` is not its version, `matter/act-not-allowed` in the wrong state.
 */
export async function act(
  tx: Tx,
  actor: Actor,
  id: string,
  name: Act,
  input: unknown,
  ifMatch?: number,
): Promise<Written> {
  const rule: ActRule = actRules[name]
  const otherId = rule.other?.(input)
  const needs = rule.needs ?? []
  // Two matters are locked in the order of their ids, so that two merges cannot wait for each other.
  const order = otherId === undefined ? [id] : [id, otherId].toSorted()
  const locks = order.map((each) =>
    each === id
      ? lockCase(tx, actor, id, needs)
      : lockCase(tx, actor, each, ['extension']).catch(otherMissing),
  )
  const [cases, calendar, receivers] = await Promise.all([
    Promise.all(locks),
    needs.includes('calendar') ? holdCalendar(tx) : undefined,
    readReceivers(tx, rule.receivers?.(input) ?? []),
  ])
  const subject = cases[order.indexOf(id)]
  const other = otherId === undefined ? null : (cases[order.indexOf(otherId)] ?? null)
  if (subject === undefined) throw new Problem('matter/not-found')
  checkVersion(subject.matter, ifMatch)
  const refused = refusal(name, subject, actor)
  if (refused !== undefined) throw refused

  const more = await readReceivers(tx, rule.units?.(subject, input, other) ?? [])
  const setting: Setting = {
    ...{ now: tx.now, actor, calendar, other, newId: () => randomUUIDv7() },
    receivers: new Map([...receivers, ...more]),
  }
  const change = rule.change(subject, input, setting)
  const next = outcomeOf(name, subject.matter, change)
  if (change.other !== undefined && other !== null) {
    writeChange(tx, actor, other, change.other, other.matter.state, change.other.event)
  }
  return writeChange(tx, actor, subject, change, next, `matter.${name}`)
}

/** Only merging names another matter. */
function otherMissing(error: unknown): never {
  if (!(error instanceof Problem) || error.code !== 'matter/not-found') throw error
  throw fieldProblem('matter/merge-target', '/body/intoId', '没有这件工单')
}

export function checkVersion(matter: Matter, ifMatch: number | undefined): void {
  if (ifMatch !== undefined && ifMatch !== matter.version) {
    throw new Problem('request/stale', { extras: { version: matter.version } })
  }
}

/** Writes a change of one matter with its event, as one flight of statements. */
export function writeChange(
  tx: Tx,
  actor: Actor,
  subject: Case,
  change: Omit<Change, 'other'>,
  state: State,
  type: string,
): Written {
  const { matter } = subject
  const patch: MatterPatch = { ...change.matter, ...derived(subject, change) }
  const data: EventData = { ...change.data, from: matter.state, to: state }
  const event = { subject: 'matter', subjectId: matter.id, type, data }
  const sealed = sealEvent({ seq: matter.seq, hash: matter.head }, actor.id, tx.now, event)
  const version = matter.version + 1
  updateRow(tx, tables.matters, matter.id, { ...patch, state, version, seq: sealed.seq, head: sealed.hash })
  for (const leg of change.legs ?? []) updateRow(tx, tables.legs, leg.id, leg.patch)
  for (const leg of change.openLegs ?? []) insertRow(tx, tables.legs, leg satisfies NewLeg)
  insertRecords(tx, change)
  for (const [table, row] of Object.entries(change.update ?? {})) {
    updateRow(tx, records[table as keyof typeof records] as typeof records.notes, row.id, row.patch as never)
  }
  appendSealed(tx, sealed)
  const dueAt = 'dueAt' in patch ? patch.dueAt : matter.dueAt
  return { id: matter.id, no: matter.no, version, state, dueAt: dueAt ?? null }
}

function insertRecords(tx: Tx, { insert = {} }: Pick<Change, 'insert'>): void {
  for (const [table, row] of Object.entries(insert)) {
    insertRow(tx, records[table as keyof typeof records] as typeof records.notes, row as never)
  }
}
