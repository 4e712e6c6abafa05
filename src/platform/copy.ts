// COPY: many rows into a table in one stream, for imports; the binary form of PostgreSQL, written here.
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from } from 'pg-copy-streams'
import { Bytes } from './bytes.ts'
import { canonicalMs } from './clock.ts'

/** A connection outside the request pool, as `Database.bulk` and `bulkTransaction` hand it out. */
export type BulkClient = pg.PoolClient

/** Instants and ids as texts; bytes also in base64, and texts also in their bytes; what goes into a jsonb column may be anything that JSON holds. */
type CopyValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | Buffer
  | readonly unknown[]
  | { [key: string]: unknown }

export interface CopyColumn {
  name: string
  /** Of the row's member. */
  key: string
  /** As the column is declared; of some types there is no form here, and `copyRows` throws a TypeError. */
  type: string
}

/** Rows on their way into one table, outside of the heap. */
export interface CopyRows {
  /**
   * `own`: members that count before those of `row`; apart from it, as large objects are costly to copy. Throws a TypeError
   * for a value that is not of its column's type, and adds nothing.
   */
  add(row: object, own?: object): void
  /** Bytes since the last `send`. */
  size(): number
  /** Takes what was added so far: more may be added while it is sent. Nothing else may run on the connection meanwhile. */
  send(client: BulkClient, table: string): Promise<void>
}

type Values = Record<string, CopyValue>

export function copyRows(columns: readonly CopyColumn[]): CopyRows {
  const members = columns.map(({ key, type }) => ({ key, form: formOf(type) }))
  const names = columns.map(({ name }) => `"${name}"`).join(', ')
  let rows = new Bytes(HEAD)
  // Both are filled again and again: memory outside of the heap is costly to collect.
  let sent = new Bytes(HEAD)
  return {
    add(row, own) {
      const values = row as Values
      const first = own as Values | undefined
      const start = rows.end
      try {
        rows.int16(members.length)
        for (const { key, form } of members) {
          const value = first !== undefined && key in first ? first[key] : values[key]
          if (value === null || value === undefined) rows.int32(NULL)
          else form(rows, value)
        }
      } catch (error) {
        rows.end = start
        throw error
      }
    },
    size: () => rows.end - HEAD.length,
    async send(client, table) {
      if (rows.end === HEAD.length) return
      ;[rows, sent] = [sent, rows]
      rows.end = HEAD.length
      sent.int16(END)
      await pipeline(
        [sent.whole()],
        client.query(from(`copy ${table} (${names}) from stdin (format binary)`)),
      )
    },
  }
}

const HEAD = Buffer.from('PGCOPY\n\xFF\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const NULL = -1
const END = -1

/** Writes a value with its length before it. */
type Form = (to: Bytes, value: Exclude<CopyValue, null | undefined>) => void

function textOf(value: CopyValue): string {
  if (typeof value !== 'string') throw new TypeError('not a text')
  return value
}

const EPOCH = Date.UTC(2000, 0, 1)
const OIDS = { uuid: 2950, text: 25 }

const text: Form = (to, value) =>
  to.measured(() => (Buffer.isBuffer(value) ? to.bytes(value) : to.text(textOf(value))))

const uuid: Form = (to, value) => {
  to.int32(16)
  to.uuid(textOf(value))
}

const integer =
  (bytes: 2 | 4, least = -(2 ** (8 * bytes - 1))): Form =>
  (to, value) => {
    if (!Number.isInteger(value) || Number(value) < least || Number(value) >= -least)
      throw new TypeError(`not an integer of ${bytes} bytes`)
    to.int32(bytes)
    if (bytes === 2) to.int16(Number(value))
    else to.int32(Number(value))
  }

const forms: Record<string, Form> = {
  text,
  uuid,
  smallint: integer(2),
  integer: integer(4),
  boolean(to, value) {
    if (typeof value !== 'boolean') throw new TypeError('not a truth value')
    to.int32(1)
    to.byte(value ? 1 : 0)
  },
  'timestamp with time zone'(to, value) {
    const ms = canonicalMs(textOf(value))
    if (Number.isNaN(ms)) throw new TypeError('not an instant')
    to.int32(8)
    to.int64((ms - EPOCH) * 1000)
  },
  bytea(to, value) {
    to.measured(() => (Buffer.isBuffer(value) ? to.bytes(value) : to.text(textOf(value), 'base64')))
  },
  jsonb(to, value) {
    to.measured(() => {
      to.byte(1) // of the form's version
      to.text(JSON.stringify(value))
    })
  },
  'uuid[]': array(OIDS.uuid, uuid),
  'text[]': array(OIDS.text, text),
}

function array(oid: number, element: Form): Form {
  return (to, value) => {
    if (!Array.isArray(value)) throw new TypeError('not an array')
    const elements: readonly string[] = value.map(textOf)
    to.measured(() => {
      to.int32(elements.length === 0 ? 0 : 1) // dimensions
      to.int32(0) // none of the elements is null
      to.int32(oid)
      if (elements.length === 0) return
      to.int32(elements.length)
      to.int32(1) // is the number of the first
      for (const each of elements) element(to, each)
    })
  }
}

function formOf(type: string): Form {
  const form = forms[type]
  if (form === undefined) throw new TypeError(`no form of ${type} for COPY`)
  return form
}
