// Lists of visits that superiors send each month, held against our records and reconciled by a person.
import { randomUUIDv7 } from 'node:crypto'
import type { Actor } from '../platform/actor.ts'
import { dayOf, type Day, type Instant } from '../platform/clock.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { columnsOf, insertRow, updateRow } from '../platform/rows.ts'
import { visibilityValues, visibleTo } from './access.ts'
import { visitLists } from './petition-tables.ts'
import type { VisitLevel } from './petition-terms.ts'

export interface ListCounts {
  batches: number
  persons: number
  collectiveBatches: number
  collectivePersons: number
}

export interface ListEntry extends ListCounts {
  /** First day of the month. */
  month: Day
  level: VisitLevel
  source: string
}

interface StoredList extends ListEntry {
  id: string
  reconciledAt: Instant | null
  note: string | null
  version: number
}

export interface ComparedList extends StoredList {
  ours: ListCounts
}

/** What is answered: no counts, so that it may be replayed. */
export interface ListWritten {
  id: string
  version: number
}

const OURS = `(select json_build_object(
    'batches', count(*), 'persons', coalesce(sum(v.person_count), 0),
    'collectiveBatches', count(*) filter (where v.collective),
    'collectivePersons', coalesce(sum(v.person_count) filter (where v.collective), 0))
  from visits v join matters m on m.id = v.id and m.source = 'notified'
  where v.level = l.level and v.day >= l.month and v.day < (l.month + interval '1 month')::date and ${visibleTo(2)})`

const listsOf = statement<ComparedList>(
  'visit-lists.year',
  `select ${columnsOf(visitLists, 'l')}, ${OURS} as ours from visit_lists l
   where l.month >= make_date($1, 1, 1) and l.month < make_date($1 + 1, 1, 1) order by l.month, l.level`,
)
const lockList = statement<ComparedList>(
  'visit-lists.lock',
  `select ${columnsOf(visitLists, 'l')}, ${OURS} as ours from visit_lists l where l.id = $1 for update of l`,
)
const listOf = statement<{ id: string }>(
  'visit-lists.of',
  'select id from visit_lists where level = $1 and month = $2',
)

/** The lists of a year, each beside what we have of the same month and level. */
export function readLists(db: Db, actor: Actor, year: number): Promise<ComparedList[]> {
  return listsOf(db, [year, ...visibilityValues(actor)])
}

/** Enters what a list says of a month; once a month and level. */
export async function enterList(tx: Tx, actor: Actor, entry: ListEntry): Promise<ListWritten> {
  if (entry.month > dayOf(tx.now)) throw fieldProblem('matter/future-time', '/body/month', '月份不能晚于本月')
  if ((await listOf(tx, [entry.level, entry.month])).length > 0) throw new Problem('visit/list-taken')
  const id = randomUUIDv7()
  insertRow(tx, visitLists, { id, ...entry, enteredAt: tx.now, enteredBy: actor.id })
  await record(tx, actor, {
    subject: 'visit-list',
    subjectId: id,
    type: 'visit-list.entered',
    data: { ...entry },
  })
  return { id, version: 1 }
}

/** Corrects the counts; the history keeps the old ones, and what was reconciled must be so again. */
export async function correctList(
  tx: Tx,
  actor: Actor,
  id: string,
  counts: ListCounts,
  ifMatch: number | undefined,
): Promise<ListWritten> {
  const list = await demand(tx, actor, id, ifMatch)
  const version = list.version + 1
  const { batches, persons, collectiveBatches, collectivePersons } = list
  updateRow(tx, visitLists, id, { ...counts, version, reconciledAt: null, reconciledBy: null, note: null })
  const before = { batches, persons, collectiveBatches, collectivePersons }
  await record(tx, actor, {
    subject: 'visit-list',
    subjectId: id,
    type: 'visit-list.corrected',
    data: { before, after: { ...counts } },
  })
  return { id, version }
}

/** A person puts their name to the list; where it differs from our records they say why. */
export async function reconcileList(
  tx: Tx,
  actor: Actor,
  id: string,
  note: string | undefined,
  ifMatch: number | undefined,
): Promise<ListWritten> {
  const list = await demand(tx, actor, id, ifMatch)
  if (note === undefined && differences(list).length > 0) {
    throw new Problem('visit/list-differs', {
      errors: [
        { pointer: '/body/note', code: 'visit/list-differs', message: '通报与登记不一致，请说明原因' },
      ],
      extras: { ours: { ...list.ours } },
    })
  }
  const version = list.version + 1
  updateRow(tx, visitLists, id, {
    ...{ reconciledAt: tx.now, reconciledBy: actor.id, note: note ?? null, version },
  })
  await record(tx, actor, {
    subject: 'visit-list',
    subjectId: id,
    type: 'visit-list.reconciled',
    data: { ours: { ...list.ours }, differs: differences(list) },
  })
  return { id, version }
}

/** The counts in which a list and our records differ. */
export function differences(list: ListCounts & { ours: ListCounts }): (keyof ListCounts)[] {
  const keys = ['batches', 'persons', 'collectiveBatches', 'collectivePersons'] as const
  return keys.filter((key) => list[key] !== list.ours[key])
}

async function demand(tx: Tx, actor: Actor, id: string, ifMatch: number | undefined): Promise<ComparedList> {
  const [list] = await lockList(tx, [id, ...visibilityValues(actor)])
  if (list === undefined) throw new Problem('visit/list-not-found')
  if (ifMatch !== undefined && ifMatch !== list.version) {
    throw new Problem('request/stale', { extras: { version: list.version } })
  }
  return list
}
