// Writes matters: `openMatter` lays one down, `act` is the only function that changes a state.
import { randomUUIDv7 } from 'node:crypto'
import type { InferInsertModel } from 'drizzle-orm'
import { holdCalendar } from '../calendar/queries.ts'
import { systemActor, type Actor } from '../platform/actor.ts'
import { dayOf } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import { appendSealed, sealEvent, type EventData } from '../platform/events.ts'
import { Problem } from '../platform/problems.ts'
import { insertRow, tellInsert, tellUpdate, updateRow } from '../platform/rows.ts'
import type { ToldRows } from '../platform/told-rows.ts'
import { actRules } from './acts/index.ts'
import {
  newCase,
  type ActRule,
  type Case,
  type Change,
  type Matter,
  type MatterPatch,
  type NewLeg,
  type Pending,
  type Setting,
} from './case.ts'
import { channels, type ChannelId } from './channels/index.ts'
import { keepPeopleOn } from './confidence.ts'
import { lockCase, mergedInto, readReceivers } from './reading.ts'
import { keepPasts, rewrites } from './pasts.ts'
import { records } from './records.ts'
import { derived, legsAfter, outcomeOf, refusal } from './rules.ts'
import * as tables from './tables.ts'
import type { Act, State } from './workflow.ts'

/** What every write of a matter answers: no personal data, so that it may be stored and replayed. */
export interface Written {
  id: string
  no: string
  version: number
  state: State
  dueAt: string | null
  /** Of a registration: what is doubtful about the people and was taken all the same. */
  warnings?: { pointer: string; code: string; message: string }[]
  /** Of a registration: by which the caller follows the matter. */
  queryCode?: string
}

const nextNumber = statement<{ n: number }>('matter.number', `select nextval('matter_numbers') as n`)

/** The next number of a channel's matters: `RX-510802-20200814-000001`. */
export async function takeNumber(tx: Tx, channel: ChannelId, region: string): Promise<string> {
  const [next] = await nextNumber(tx)
  const day = dayOf(tx.now).replaceAll('-', '')
  return `${channels[channel].prefix}-${region}-${day}-${String(next?.n).padStart(6, '0')}`
}

const otherNeeds: readonly Pending[] = ['extension', 'petition', 'granted', 'holds']

type NewMatter = Omit<InferInsertModel<typeof tables.matters>, 'state' | 'version' | 'seq' | 'head'> & {
  state: State
}

/** Lays down a matter with what a change puts beside it, and its first event. */
export function openMatter(
  tx: Tx,
  actor: Actor,
  matter: NewMatter,
  change: Omit<Change, 'others'>,
  data: EventData,
): Written {
  const { id, no } = matter
  const row = { ...matter, ...change.matter, ...derived(newCase(matter), change), state: matter.state }
  const event = {
    subject: 'matter',
    subjectId: id,
    type: 'matter.register',
    data: { no, ...data, to: row.state },
    rows: toldRows(change),
  }
  tellInsert(event.rows, tables.matters, { ...row, version: 1 })
  const sealed = sealEvent({ seq: 0, hash: null }, actor.id, tx.now, event)
  insertRow(tx, tables.matters, { ...row, version: 1, seq: sealed.seq, head: sealed.hash })
  for (const leg of change.openLegs ?? []) insertRow(tx, tables.legs, leg)
  insertRecords(tx, change)
  appendSealed(tx, sealed)
  return { id, no, version: 1, state: row.state, dueAt: row.dueAt ?? null }
}

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
  const otherIds = rule.ofMerged === true ? await mergedInto(tx, id) : [rule.other?.(input) ?? []].flat()
  const needs = rule.needs ?? []
  // Matters are locked in the order of their ids, so that two merges cannot wait for each other.
  const order = [id, ...otherIds].toSorted()
  const locks = order.map((each) =>
    each === id
      ? lockCase(tx, actor, id, needs)
      : // What the other was merged into in turn follows, whoever may see it.
        lockCase(tx, each === otherIds[0] ? actor : systemActor(actor.requestId), each, otherNeeds).catch(
          (error: unknown) => otherMissing(error, rule),
        ),
  )
  const [cases, calendar, receivers] = await Promise.all([
    Promise.all(locks),
    needs.includes('calendar') ? holdCalendar(tx) : undefined,
    readReceivers(tx, rule.receivers?.(input) ?? []),
  ])
  const subject = cases[order.indexOf(id)]
  if (subject === undefined) throw new Problem('matter/not-found')
  checkVersion(subject.matter, ifMatch)
  const refused = refusal(name, subject, actor)
  if (refused !== undefined) throw refused
  const others = rule.ofMerged === true ? chainFrom(subject, cases) : cases.filter((each) => each !== subject)

  const more = await readReceivers(tx, rule.units?.(subject, input, others[0] ?? null) ?? [])
  const setting: Setting = {
    ...{ now: tx.now, actor, calendar, others, newId: () => randomUUIDv7() },
    receivers: new Map([...receivers, ...more]),
  }
  const change = rule.change(subject, input, setting)
  const next = outcomeOf(name, subject.matter, change)
  if (!subject.matter.confidential && change.matter.confidential === true)
    await keepPeopleOn(tx, actor, subject.matter)
  for (const { of, event, ...each } of change.others ?? []) {
    if (!of.matter.confidential && each.matter.confidential === true) await keepPeopleOn(tx, actor, of.matter)
    writeChange(tx, actor, of, each, of.matter.state, event)
  }
  return writeChange(tx, actor, subject, change, next, `matter.${name}`)
}

/** What a matter is merged into, and what that is, and so on, of those that were locked. */
function chainFrom(subject: Case, locked: readonly Case[]): Case[] {
  const chain: Case[] = []
  for (let into = subject.matter.mergedIntoId; into !== null;) {
    const next = locked.find(({ matter }) => matter.id === into)
    // Undone and merged elsewhere while this waited for the locks.
    if (next === undefined)
      throw new Problem('request/stale', { extras: { version: subject.matter.version } })
    chain.push(next)
    into = next.matter.mergedIntoId
  }
  return chain
}

function otherMissing(error: unknown, { ofMerged, otherField: field = 'intoId' }: ActRule): never {
  // What the matter itself names and the reader may not see is not told of, not even by a field.
  if (!(error instanceof Problem) || error.code !== 'matter/not-found' || ofMerged === true) throw error
  const code = field === 'intoId' ? 'matter/merge-target' : 'matter/other-not-found'
  // Its options go on: an attempt at what is withheld is recorded, whichever way it was made.
  throw new Problem(code, {
    ...error.options,
    errors: [{ pointer: `/body/${field}`, code, message: '没有这件办件' }],
  })
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
  change: Omit<Change, 'others'>,
  state: State,
  type: string,
): Written {
  const { matter } = subject
  const patch: MatterPatch = { ...change.matter, ...derived(subject, change) }
  const data: EventData = { ...change.data, from: matter.state, to: state }
  const version = matter.version + 1
  const rows = toldRows(change, subject)
  tellUpdate(rows, tables.matters, matter.id, { ...patch, state, version }, matter)
  const event = { subject: 'matter', subjectId: matter.id, type, data, rows }
  const sealed = sealEvent({ seq: matter.seq, hash: matter.head }, actor.id, tx.now, event)
  if (rewrites(subject, patch, legsAfter(subject, change), tx.now)) tx.later(keepPasts, [[matter.id], tx.now])
  updateRow(tx, tables.matters, matter.id, { ...patch, state, version, seq: sealed.seq, head: sealed.hash })
  for (const leg of change.legs ?? []) updateRow(tx, tables.legs, leg.id, leg.patch)
  for (const leg of change.openLegs ?? []) insertRow(tx, tables.legs, leg satisfies NewLeg)
  insertRecords(tx, change)
  for (const [table, { id, patch: row }] of eachOf(change.update)) updateRow(tx, table, id, row as never)
  appendSealed(tx, sealed)
  const dueAt = 'dueAt' in patch ? patch.dueAt : matter.dueAt
  return { id: matter.id, no: matter.no, version, state, dueAt: dueAt ?? null }
}

function insertRecords(tx: Tx, { insert = {} }: Pick<Change, 'insert'>): void {
  for (const [table, row] of eachOf(insert)) insertRow(tx, table, row as never)
}

/** Each record of a change, beside its table. */
function eachOf<R>(of: { [table: string]: R | readonly R[] | undefined } = {}): [typeof records.notes, R][] {
  return Object.entries(of).flatMap(([name, rows]) =>
    [rows ?? []]
      .flat()
      .map((row): [typeof records.notes, R] => [
        records[name as keyof typeof records] as typeof records.notes,
        row as R,
      ]),
  )
}

/** What of a change stands beside the matter's row, as its event tells it: the verification compares. */
function toldRows({ legs, openLegs, insert, update }: Omit<Change, 'others'>, subject?: Case): ToldRows {
  const told: ToldRows = {}
  for (const { id, patch } of legs ?? [])
    tellUpdate(
      told,
      tables.legs,
      id,
      patch,
      subject?.legs.find((leg) => leg.id === id),
    )
  for (const leg of openLegs ?? []) tellInsert(told, tables.legs, leg)
  for (const [table, row] of eachOf(insert)) tellInsert(told, table, row as never)
  for (const [table, { id, patch }] of eachOf(update)) tellUpdate(told, table, id, patch as never)
  return told
}
