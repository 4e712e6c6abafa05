// Writes of the registers: enter, correct with a reason, void with a reason; nothing is deleted, every earlier version stays.
import { randomUUIDv7 } from 'node:crypto'
import { getTableColumns } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Actor } from '../platform/actor.ts'
import { dayOf } from '../platform/clock.ts'
import { rowShape } from '../platform/column-kinds.ts'
import { statement, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { Problem, type FieldError } from '../platform/problems.ts'
import { referencesOf, referring, type References } from '../platform/references.ts'
import { columnsOf, insertRow, updateRow } from '../platform/rows.ts'
import { keepVersion } from '../platform/versions.ts'
import { registerOf, type RegisterId } from './columns.ts'
import { sheetOf } from './references.ts'
import type { Register } from './register.ts'
import * as tables from './tables.ts'

export type Row = Record<string, unknown>

export interface RowWritten {
  id: string
  version: number
}

const tableOf = {
  duty: tables.dutyShifts,
  training: tables.trainings,
  sms: tables.smsVolumes,
  knowledge: tables.knowledgeArticles,
  project: tables.projects,
  indicator: tables.indicators,
  staffing: tables.staffing,
  external: tables.externalFigures,
} satisfies Record<RegisterId, PgTable>

/** A register's rows as a hand-written select names them. */
export function selectedColumns(register: RegisterId): string {
  return columnsOf(tableOf[register], 'r')
}

const lockRegister = statement(
  'registers.lock',
  'select pg_advisory_xact_lock(hashtextextended($1::text, 11))',
)

/**
 * Enters rows, all or none; errors name the row by `at`. Rows of one register are entered one transaction after another.
 * A file may be an earlier export: a row of it that is there already in every column is not entered again.
 */
export async function enterRows(
  tx: Tx,
  actor: Actor,
  name: RegisterId,
  rows: readonly { at: string; row: Row }[],
  from: 'hand' | 'file' = 'hand',
): Promise<RowWritten[]> {
  const register = from === 'file' ? { conflict: sameRow(name), ...registerOf(name) } : registerOf(name)
  await lockRegister(tx, [name])
  const written: RowWritten[] = []
  const errors: FieldError[] = []
  const known = await referencesOf(
    tx,
    sheetOf(register),
    rows.map(({ row }) => row),
  )
  for (const { at, row } of rows) {
    const found = await findings(tx, register, row, at, known)
    errors.push(...found)
    if (found.length > 0) continue
    const id = randomUUIDv7()
    insertRow(tx, tableOf[name], { ...row, id, registeredAt: tx.now, registeredBy: actor.id })
    await record(tx, actor, {
      subject: 'register',
      subjectId: id,
      type: 'register.entered',
      data: { register: name },
    })
    written.push({ id, version: 1 })
  }
  if (errors.length > 0) throw new Problem('register/invalid-row', { errors })
  return written
}

async function findings(
  tx: Tx,
  register: Register,
  row: Row,
  at: string,
  known: References,
  before?: Stored,
): Promise<FieldError[]> {
  const found = [
    ...(register.check?.(row, dayOf(tx.now)) ?? []),
    ...referring(sheetOf(register), row, known, before),
  ]
  const conflict = found.length > 0 ? undefined : await conflicting(tx, register, row, before?.id)
  return [...found, ...(conflict === undefined ? [] : [conflict])].map(({ column, message }) => ({
    pointer: `${at}/${column}`,
    code: 'register/invalid-row',
    message,
  }))
}

async function conflicting(tx: Tx, register: Register, row: Row, own: string | undefined) {
  const { conflict } = register
  if (conflict === undefined) return undefined
  const values: unknown[] = [own ?? null]
  const where = conflict.where.replaceAll(
    /(?<!:):(\w+)/g,
    (_match, column: string) => `$${values.push(row[column] ?? null)}`,
  )
  const text = `select 1 as found from ${register.table} r
    where r.voided_at is null and ($1::uuid is null or r.id <> $1) and ${where} limit 1`
  const hits = await tx.query({ name: `registers.conflict-${register.id}`, text }, values)
  return hits.length === 0 ? undefined : { column: conflict.column, message: conflict.message }
}

function sameRow(name: RegisterId): NonNullable<Register['conflict']> {
  const { columns } = registerOf(name)
  const table: PgTable = tableOf[name]
  const own = Object.entries(getTableColumns(table)).filter(([key]) => key in columns)
  const same = own.map(
    ([key, column]) => `r.${column.name} is not distinct from :${key}::${column.getSQLType()}`,
  )
  return { where: same.join(' and '), column: Object.keys(columns)[0] ?? '', message: '已有完全相同的一行' }
}

type Stored = Row & { id: string; version: number; voidedAt: string | null; registeredBy: string }

async function demandRow(tx: Tx, name: RegisterId, id: string, ifMatch: number | undefined): Promise<Stored> {
  await lockRegister(tx, [name])
  const text = `select ${selectedColumns(name)} from ${registerOf(name).table} r where r.id = $1 for update`
  const [row] = await tx.query<Stored>({ name: `registers.row-${name}`, text }, [id])
  if (row === undefined) throw new Problem('register/not-found')
  if (ifMatch !== undefined && ifMatch !== row.version) {
    throw new Problem('request/stale', { extras: { version: row.version } })
  }
  if (row.voidedAt !== null) throw new Problem('register/voided')
  return row
}

/** Corrects what is told and leaves the rest; the reason and the row as it stood are kept. */
export async function correctRow(
  tx: Tx,
  actor: Actor,
  name: RegisterId,
  id: string,
  input: { changes: Row; reason: string },
  ifMatch: number | undefined,
): Promise<RowWritten> {
  const stored = await demandRow(tx, name, id, ifMatch)
  const register = registerOf(name)
  const kept = Object.fromEntries(
    Object.keys(register.columns)
      .map((key) => [key, stored[key]] as const)
      .filter(([, value]) => value !== null),
  )
  const merged = rowShape(register.columns).safeParse({ ...kept, ...input.changes })
  if (!merged.success) {
    throw new Problem('request/invalid', {
      errors: merged.error.issues.map(({ path, message }) => ({
        pointer: `/body/changes/${path.join('/')}`,
        code: 'register/invalid-row',
        message,
      })),
    })
  }
  const row: Row = merged.data
  const known = await referencesOf(tx, sheetOf(register), [row])
  const wrong = await findings(tx, register, row, '/body/changes', known, stored)
  if (wrong.length > 0) throw new Problem('register/invalid-row', { errors: wrong })
  // A knowledge article that says something else is a draft again.
  const draft = name === 'knowledge' ? { approvedAt: null, approvedBy: null } : {}
  return end(tx, actor, name, stored, { ...row, ...draft }, 'register.corrected', input.reason)
}

/** A row that was entered by mistake: it stays to be seen and counts nowhere. */
export async function voidRow(
  tx: Tx,
  actor: Actor,
  name: RegisterId,
  id: string,
  reason: string,
  ifMatch: number | undefined,
): Promise<RowWritten> {
  const stored = await demandRow(tx, name, id, ifMatch)
  return end(tx, actor, name, stored, { voidedAt: tx.now }, 'register.voided', reason)
}

/** A knowledge article is shown to agents once another person than its author has approved it. */
export async function approveArticle(
  tx: Tx,
  actor: Actor,
  id: string,
  ifMatch: number | undefined,
): Promise<RowWritten> {
  const stored = await demandRow(tx, 'knowledge', id, ifMatch)
  if (stored['approvedAt'] !== null) throw new Problem('register/approved-already')
  if (stored.registeredBy === actor.id) throw new Problem('ledger/duties-apart')
  const patch = { approvedAt: tx.now, approvedBy: actor.id }
  return end(tx, actor, 'knowledge', stored, patch, 'register.approved', '审核通过')
}

async function end(
  tx: Tx,
  actor: Actor,
  name: RegisterId,
  stored: Stored,
  patch: Row,
  type: string,
  reason: string,
): Promise<RowWritten> {
  const { id } = stored
  const version = stored.version + 1
  keepVersion(tx, actor, name, stored, { row: stored, reason })
  updateRow(tx, tableOf[name], id, { ...patch, version })
  await record(tx, actor, { subject: 'register', subjectId: id, type, data: { register: name, version } })
  return { id, version }
}

const knownFile = statement<{ rows: number }>(
  'registers.file',
  'select rows from register_files where register = $1 and hash = $2',
)

/** Takes a file's rows in, once: the same content again changes nothing. */
export async function takeFile(
  tx: Tx,
  actor: Actor,
  name: RegisterId,
  hash: string,
  read: () => Promise<{ at: string; row: Row }[]>,
): Promise<{ known: boolean; rows: number }> {
  await lockRegister(tx, [name])
  const [known] = await knownFile(tx, [name, hash])
  if (known !== undefined) return { known: true, rows: known.rows }
  const rows = await read()
  await enterRows(tx, actor, name, rows, 'file')
  insertRow(tx, tables.registerFiles, {
    ...{ register: name, hash, rows: rows.length, takenAt: tx.now, takenBy: actor.id },
  })
  return { known: false, rows: rows.length }
}
