// Inserts and updates of single rows as prepared statements, one per set of columns, from the drizzle tables.
import { getTableColumns, getTableName, type InferInsertModel } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Sql, Tx } from './db.ts'

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
