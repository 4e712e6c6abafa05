// How rows travel from the reading process to its parent: frames of JSON, plain values for plain cells, orders as they were written.
import { Bytes } from '../platform/bytes.ts'
import type { CheckedBatch, CheckedRow, CheckJob, Headless, WrittenOrder } from './checked.ts'
import type { Checked } from './checks.ts'
import type { Header } from './header.ts'
import type { FieldId } from './columns.ts'
import type { ImportLimits } from './limits.ts'
import type { ImportFileError } from './refusal.ts'
import type { About, Batch, CellKind, RawCell, SheetRow } from './sheet.ts'
import { lastMoment } from './states.ts'

/** What the reading process is to do; the first thing it is told, as JSON. */
export interface ReadJob {
  path: string
  scratch: string
  limits: ImportLimits
  /** The rows are to be checked as orders, and given so. */
  check?: CheckJob
}

/** A text, number or truth value stands for itself; anything else carries its kind, and `raw` when it has it. */
type WireCell = null | string | number | boolean | [CellKind, RawCell['v'], string?]
/** Row number, cells, hidden, merged. */
type WireRow = [number, WireCell[], 1?, string[]?] | [number, WireCell[], 0, string[]]

type WireHeader = Omit<Header, 'at' | 'names'> & { at: [FieldId, number][]; names: [FieldId, string][] }
/** The JSON of the orders follows, in the order of the rows; here is how many bytes it has. */
type WireCheckedRow = Omit<CheckedRow, 'order'> & {
  order: (Omit<WrittenOrder, 'json'> & { bytes: number }) | null
}
type WireChecked = { t: 'checked' } & Omit<CheckedBatch, 'header' | 'rows'> & {
    header?: WireHeader
    rows: WireCheckedRow[]
  }
type WireBatch = { t: 'rows'; sheet: string; rows: WireRow[]; about?: About }
/** `tick` is a sign of life, `end` says that everything was read, `failed` is an error of ours. */
type Message =
  | WireBatch
  | WireChecked
  | ({ t: 'headless' } & Headless)
  | { t: 'tick' }
  | { t: 'end' }
  | { t: 'refused'; error: ImportFileError }
  | { t: 'failed'; detail: string }

export type Received =
  | { t: 'rows'; batch: Batch }
  | { t: 'checked'; batch: CheckedBatch }
  | Exclude<Message, WireBatch | WireChecked>

/** Longest frame: a batch ends after the row that fills it, and a row holds at most 16 Mi characters. */
const FRAME_BYTES = 128 * 1_048_576

export function frame(message: Exclude<Message, WireBatch | WireChecked>): Buffer {
  return framed(JSON.stringify(message))
}

export function frameOfChecked({ header, rows, ...batch }: CheckedBatch<Checked>): Buffer {
  const orders = new Bytes()
  const message: WireChecked = { t: 'checked', ...batch, rows: rows.map((row) => wireChecked(row, orders)) }
  if (header !== undefined) message.header = { ...header, at: [...header.at], names: [...header.names] }
  return framed(JSON.stringify(message), orders.whole())
}

function wireChecked({ order, ...row }: Checked, orders: Bytes): WireCheckedRow {
  if (order === null) return { ...row, order }
  const { confidential, regionCode } = order
  const from = orders.end
  orders.text(JSON.stringify(order))
  const bytes = orders.end - from
  return {
    ...row,
    order: { bytes, last: lastMoment(order), confidential: confidential ?? false, regionCode },
  }
}

export function frameOfBatch({ sheet, rows, about }: Batch): Buffer {
  const message: WireBatch = {
    t: 'rows',
    sheet,
    rows: rows.map(wireRow),
    ...(about === undefined ? {} : { about }),
  }
  return framed(JSON.stringify(message))
}

/** Length of what follows, length of its JSON, the JSON, and the rest. */
function framed(json: string, rest?: Buffer): Buffer {
  const length = Buffer.byteLength(json)
  const end = HEAD_BYTES + length
  const bytes = Buffer.allocUnsafe(end + (rest?.length ?? 0))
  bytes.writeUInt32LE(bytes.length - 4)
  bytes.writeUInt32LE(length, 4)
  bytes.write(json, HEAD_BYTES)
  rest?.copy(bytes, end)
  return bytes
}

const HEAD_BYTES = 8

function wireRow({ n, cells, hidden, merged }: SheetRow): WireRow {
  const wire = cells.map(wireCell)
  if (merged !== undefined) return [n, wire, hidden === true ? 1 : 0, merged] as WireRow
  return hidden === true ? [n, wire, 1] : [n, wire]
}

const PLAIN: Record<string, CellKind> = { string: 'text', number: 'number', boolean: 'bool' }

function wireCell(cell: RawCell | null): WireCell {
  if (cell === null) return null
  const { v, kind, raw } = cell
  if (raw !== undefined) return [kind, v, raw]
  return v !== null && PLAIN[typeof v] === kind ? v : [kind, v]
}

/** The messages in a stream of frames; the stream may end inside a frame when its writer dies. */
export async function* messages(stream: AsyncIterable<Buffer>): AsyncGenerator<Received> {
  let waiting: Buffer[] = []
  let size = 0
  let needed = 4
  for await (const piece of stream) {
    waiting.push(piece)
    size += piece.length
    if (size < needed) continue
    let bytes = waiting.length === 1 ? piece : Buffer.concat(waiting)
    for (;;) {
      needed = bytes.length < 4 ? 4 : 4 + bytes.readUInt32LE()
      if (needed > FRAME_BYTES) throw new Error('a frame is too long')
      if (bytes.length < needed) break
      const end = HEAD_BYTES + bytes.readUInt32LE(4)
      const message = JSON.parse(bytes.toString('utf8', HEAD_BYTES, end)) as Message
      yield received(message, bytes.subarray(end, needed))
      bytes = bytes.subarray(needed)
    }
    waiting = [bytes]
    size = bytes.length
  }
}

function received(message: Message, rest: Buffer): Received {
  if (message.t === 'checked') {
    const { t, header, rows, ...plain } = message
    const batch = { ...plain, rows: checkedRows(rows, rest) }
    if (header === undefined) return { t, batch }
    return {
      t,
      batch: { ...batch, header: { ...header, at: new Map(header.at), names: new Map(header.names) } },
    }
  }
  if (message.t !== 'rows') return message
  const { sheet, about } = message
  const rows = message.rows.map(rowOf)
  return { t: 'rows', batch: about === undefined ? { sheet, rows } : { sheet, rows, about } }
}

function checkedRows(rows: readonly WireCheckedRow[], orders: Buffer): CheckedRow[] {
  let at = 0
  return rows.map(({ order, ...row }) => {
    if (order === null) return { ...row, order }
    const { bytes, ...rest } = order
    const json = orders.subarray(at, at + bytes)
    at += bytes
    return { ...row, order: { ...rest, json } }
  })
}

function rowOf([n, wire, hidden, merged]: WireRow): SheetRow {
  const row: SheetRow = { n, cells: wire.map(cellOf) }
  if (hidden === 1) row.hidden = true
  if (merged !== undefined) row.merged = merged
  return row
}

function cellOf(wire: WireCell): RawCell | null {
  if (wire === null) return null
  if (typeof wire === 'string') return { v: wire, kind: 'text' }
  if (typeof wire === 'number') return { v: wire, kind: 'number' }
  if (typeof wire === 'boolean') return { v: wire, kind: 'bool' }
  const [kind, v, raw] = wire
  return raw === undefined ? { v, kind } : { v, kind, raw }
}
