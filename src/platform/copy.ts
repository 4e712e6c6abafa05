// COPY: many rows into a table in one stream, for imports; the text form of PostgreSQL, written here.
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from } from 'pg-copy-streams'

/** A connection outside the request pool, as `Database.bulk` and `bulkTransaction` hand it out. */
export type BulkClient = pg.PoolClient

export type CopyValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | Buffer
  | readonly string[]
  | { [key: string]: unknown }

/** One row in COPY's text form. */
export function copyLine(values: readonly CopyValue[]): string {
  return `${values.map(copyText).join('\t')}\n`
}

/** A value in it: null and undefined as `\N`, buffers as bytea, arrays as text[] or uuid[], objects as JSON. */
export function copyText(value: CopyValue): string {
  if (value === null || value === undefined) return '\\N'
  if (typeof value === 'string') return escaped(value)
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString('hex')}`
  if (Array.isArray(value)) return escaped(`{${(value as string[]).map(element).join(',')}}`)
  return escaped(JSON.stringify(value))
}

const SPECIAL = /[\\\n\r\t\b\v\f]/
const SPECIALS = new RegExp(SPECIAL, 'g')
const NAMES: Record<string, string> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\v': '\\v',
  '\f': '\\f',
}

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(SPECIALS, (c) => NAMES[c] ?? c) : text
}

function element(text: string): string {
  return /^[\w-]+$/.test(text) && text.toLowerCase() !== 'null' ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
}

/**
 * Sends lines of `copyLine` into a table. `columns` as in SQL, in the order of the lines' values. Nothing else may run on
 * the connection meanwhile: await it. Returns the number of rows.
 */
export async function copyInto(
  client: BulkClient,
  table: string,
  columns: readonly string[],
  lines: string | readonly Buffer[],
): Promise<number> {
  if (lines.length === 0) return 0
  const names = columns.map((column) => `"${column}"`).join(', ')
  const stream = client.query(from(`copy ${table} (${names}) from stdin`))
  await pipeline(typeof lines === 'string' ? [Buffer.from(lines)] : lines, stream)
  return stream.rowCount
}
