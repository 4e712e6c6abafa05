// Inserts and updates of single rows as prepared statements, one per set of columns, from the drizzle tables.
import { hash } from 'node:crypto'
import { getTableColumns, getTableName, type InferInsertModel } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Sql, Tx } from './db.ts'
import type { EventData, Json } from './events.ts'
import type { ToldRows } from './told-rows.ts'

const cache = new Map<string, Sql>()

/** Sends an insert with the commit; undefined members are left to their defaults. */
export function insertRow<T extends PgTable>(tx: Tx, table: T, row: InferInsertModel<T>): void {
  const entries = given(row)
  const sql = cached(
    `insert ${getTableName(table)}`,
    entries,
    (columns) => {
      const names = columns.map((c) => `"${c}"`).join(', ')
      const places = columns.map((_, i) => `$${i + 1}`).join(', ')
      return `insert into app.${getTableName(table)} (${names}) values (${places})`
    },
    table,
  )
  tx.later(sql, valuesOf(entries))
}

/** Sends an update of the row with this id with the commit. */
export function updateRow<T extends PgTable>(
  tx: Tx,
  table: T,
  id: string,
  patch: Partial<InferInsertModel<T>>,
): void {
  const entries = given(patch)
  if (entries.length === 0) return
  const sql = cached(
    `update ${getTableName(table)}`,
    entries,
    (columns) => {
      const sets = columns.map((c, i) => `"${c}" = $${i + 2}`).join(', ')
      return `update app.${getTableName(table)} set ${sets} where id = $1`
    },
    table,
  )
  tx.later(sql, [id, ...valuesOf(entries)])
}

/** Tells in an event what an insert writes: a column of which it says nothing is null, or has its default. */
export function tellInsert<T extends PgTable>(
  to: ToldRows,
  table: T,
  row: Partial<InferInsertModel<T>> & { id: string },
): void {
  tellColumns(to, table, row.id, row, NOTHING)[WHOLE] = true
}

/** Tells what an update writes; what is as it was `before` goes without saying. */
export function tellUpdate<T extends PgTable>(
  to: ToldRows,
  table: T,
  id: string,
  patch: Partial<InferInsertModel<T>>,
  before: object = {},
): void {
  tellColumns(to, table, id, patch, before)
}

/** Stands among the columns of a row that an event tells from its beginning. */
export const WHOLE = '*'

/** What chains and marks say for themselves, and a leg's `provisional`, of which a calendar may change its mind silently. */
export const UNTOLD: ReadonlySet<string> = new Set([
  ...['seq', 'head', 'provisional'],
  ...['warned_at', 'red_at', 'overdue_at'],
])

/** Before an insert. */
const NOTHING = {}

function tellColumns(to: ToldRows, table: PgTable, id: string, row: object, before: object): EventData {
  const columns = getTableColumns(table) as Record<string, { name: string; default: unknown }>
  const of = (to[getTableName(table)] ??= {})
  const told = (of[id] ??= {})
  const known = before as Record<string, unknown>
  for (const key of Object.keys(row)) {
    const value = (row as Record<string, unknown>)[key]
    const name = columns[key]?.name
    if (value === undefined || name === undefined || name === 'id' || UNTOLD.has(name)) continue
    if (before === NOTHING ? value === null || value === columns[key]?.default : same(value, known[key]))
      continue
    told[name] = toldValue(id, name, value)
  }
  return told
}

function same(a: unknown, b: unknown): boolean {
  return (
    a === b ||
    (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((each, i) => each === b[i]))
  )
}

const PLAIN = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\d(?:T[\d:.]+\+08:00)?)$/

/** Columns of codes and numbers of files, which say nothing of a person. */
const CODES: ReadonlySet<string> = new Set([
  ...['no', 'channel', 'state', 'category', 'urgency', 'topic', 'region_code'],
  ...['role', 'kind', 'policy', 'outcome', 'rating', 'regime'],
])

/** Ids, times, numbers, truth values and codes as they are; of texts and bytes a digest that begins with `#`. */
export function toldValue(id: string, column: string, value: unknown): Json {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'string' && (CODES.has(column) || PLAIN.test(value))) return value
  if (Array.isArray(value) && value.every((each) => typeof each === 'string' && PLAIN.test(each)))
    return value as string[]
  const text = Buffer.isBuffer(value)
    ? value.toString('base64')
    : isJson(value)
      ? ordered(value)
      : JSON.stringify(value)
  return `#${hash('sha256', `${id} ${column} ${text}`, 'base64url').slice(0, 22)}`
}

/** JSON with the members in one order: the database keeps none. */
function ordered(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    isJson(member)
      ? Object.fromEntries(Object.entries(member as object).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}

/** `m.first_replied_at as "firstRepliedAt", …`: a table's columns for a hand-written select. */
export function columnsOf(table: PgTable, alias: string): string {
  return Object.entries(getTableColumns(table) as Record<string, { name: string }>)
    .map(([key, { name }]) => `${alias}.${name} as "${key}"`)
    .join(', ')
}

function given(row: object): [string, unknown][] {
  return Object.entries(row).filter(([, value]) => value !== undefined)
}

function valuesOf(entries: [string, unknown][]): unknown[] {
  return entries.map(([, value]) => (isJson(value) ? JSON.stringify(value) : value))
}

function isJson(value: unknown): boolean {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && !Buffer.isBuffer(value)
}

function cached(
  kind: string,
  entries: [string, unknown][],
  write: (columns: string[]) => string,
  table: PgTable,
): Sql {
  const key = `${kind} ${entries.map(([name]) => name).join(' ')}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const columns = getTableColumns(table) as Record<string, { name: string }>
  const names = entries.map(([name]) => {
    const column = columns[name]
    if (column === undefined) throw new Error(`${getTableName(table)} has no column ${name}`)
    return column.name
  })
  // PostgreSQL cuts statement names at 63 bytes, so the name is a number, not the key.
  const sql = { name: `row-${cache.size + 1}`, text: write(names) }
  cache.set(key, sql)
  return sql
}
