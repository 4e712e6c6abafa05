// Reads a table of text: finds encoding and delimiter, then gives the rows as they are written.
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { CsvError, parse, type Parser } from 'csv-parse'
import { encodingOf, type TextEncoding } from './encoding.ts'
import type { ImportLimits } from './limits.ts'
import type { Meter } from './package-parts.ts'
import { refuse } from './refusal.ts'
import { columnLetters, type About, type Batch, type RawCell, type SheetRow } from './sheet.ts'
import type { ReadOptions } from './xlsx.ts'

const SHEET = 'CSV'
const BATCH_ROWS = 500
const BATCH_CHARS = 131_072

export async function* readCsv(path: string, { limits, meter }: ReadOptions): AsyncGenerator<Batch> {
  const encoding = encodingOf(path, meter)
  const { delimiter, declared } = delimiterOf(await beginning(path, encoding))
  const ended = { line: 0 }
  const records = parser(delimiter, limits, ended)
  // Errors of both arrive through the iteration below.
  pipeline(utf8Pieces(path, encoding, meter), records, () => undefined)

  let about: About | undefined = { format: 'csv', encoding: encoding.name, delimiter, ignored: [] }
  let rows: SheetRow[] = []
  let chars = 0
  let before = 0
  let count = 0
  let n = 0
  try {
    for await (const record of records as AsyncIterable<string[]>) {
      n += 1
      if (n === 1 && declared) continue
      const row = rowOf(record, n, limits)
      if (row === undefined) continue
      rows.push(row)
      for (const text of record) chars += text.length
      if (rows.length < BATCH_ROWS && chars < BATCH_CHARS) continue
      count += rows.length
      before += chars
      checkTotals(count, before, limits)
      yield about === undefined ? { sheet: SHEET, rows } : { sheet: SHEET, rows, about }
      about = undefined
      rows = []
      chars = 0
    }
  } catch (error) {
    if (error instanceof CsvError) refuseRecord(error, ended.line + 1, limits)
    throw error
  } finally {
    records.destroy()
  }
  checkTotals(count + rows.length, before + chars, limits)
  if (rows.length > 0) yield about === undefined ? { sheet: SHEET, rows } : { sheet: SHEET, rows, about }
  else if (about !== undefined)
    refuse({ code: 'import/no-rows', message: '文件中没有数据', detail: 'no row has a value' })
}

function checkTotals(rows: number, chars: number, limits: ImportLimits): void {
  if (rows > limits.rows)
    refuse({ code: 'import/too-many-rows', detail: `more than ${limits.rows} rows with a value` })
  if (chars > limits.textChars) {
    refuse({
      code: 'import/unpacks-too-large',
      detail: `more than ${limits.textChars} characters in all cells`,
    })
  }
}

const DELIMITERS = [',', '\t', ';'] as const
const SAMPLE = 65_536

async function beginning(path: string, encoding: TextEncoding): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE), 0, SAMPLE, encoding.skip)
    return new TextDecoder(encoding.name).decode(buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}

/** The delimiter that the most lines hold equally often, outside quotes, and of those the most frequent one; `declared` when Excel's `sep=;` line says it. */
function delimiterOf(text: string): { delimiter: (typeof DELIMITERS)[number]; declared: boolean } {
  const said = /^sep=([,;\t])\r?\n/i.exec(text)?.[1]
  const declared = DELIMITERS.find((delimiter) => delimiter === said)
  if (declared !== undefined) return { delimiter: declared, declared: true }
  const lines = text.replace(/"[^"]*"?/g, '').split(/\r\n|[\r\n]/, 50)
  let best: { delimiter: (typeof DELIMITERS)[number]; count: number; times: number } = {
    delimiter: ',',
    count: 0,
    times: 0,
  }
  for (const delimiter of DELIMITERS) {
    const frequency = new Map<number, number>()
    for (const line of lines) {
      const count = line.split(delimiter).length - 1
      if (count > 0) frequency.set(count, (frequency.get(count) ?? 0) + 1)
    }
    for (const [count, times] of frequency) {
      if (times > best.times || (times === best.times && count > best.count))
        best = { delimiter, count, times }
    }
  }
  return { delimiter: best.delimiter, declared: false }
}

/** What Excel can show; csv-parse's own limit does not count delimiters. */
const MOST_FIELDS = 16_384
const LINE_BYTES = 2_097_152

/** Quotes are read strictly: an error that names the row is better than two rows silently read as one. */
function parser(delimiter: string, limits: ImportLimits, ended: { line: number }): Parser {
  return parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    max_record_size: limits.rowChars,
    on_record(record: string[], { lines, records }) {
      if (record.length > MOST_FIELDS) tooManyColumns(records, limits)
      ended.line = lines
      return record
    },
  })
}

/** The content in UTF-8, which csv-parse reads, as long as no line is without end. */
async function* utf8Pieces(path: string, encoding: TextEncoding, meter: Meter): AsyncGenerator<Buffer> {
  const decoder = encoding.name === 'utf-8' ? undefined : new TextDecoder(encoding.name, { fatal: true })
  let line = 0
  for await (const bytes of createReadStream(path, { start: encoding.skip }) as AsyncIterable<Buffer>) {
    meter.tick(bytes.length)
    const piece = decoder === undefined ? bytes : Buffer.from(decoder.decode(bytes, { stream: true }))
    const end = Math.max(piece.lastIndexOf(10), piece.lastIndexOf(13))
    line = end === -1 ? line + piece.length : piece.length - end - 1
    if (line > LINE_BYTES)
      refuse({ code: 'import/row-too-long', detail: `a line of more than ${LINE_BYTES} bytes` })
    yield piece
  }
}

/** undefined for a row without a value. */
function rowOf(record: readonly string[], n: number, limits: ImportLimits): SheetRow | undefined {
  const cells: (RawCell | null)[] = []
  let filled = false
  for (const [column, text] of record.entries()) {
    if (text === '') continue
    if (column >= limits.columns) tooManyColumns(n, limits)
    if (text.length > limits.cellChars) {
      const cell = `${columnLetters(column)}${n}`
      const message = `${cell} 单元格的文字超过 ${limits.cellChars} 个字符`
      const detail = `more than ${limits.cellChars} characters`
      refuse({ code: 'import/cell-too-long', message, detail, row: n, cell })
    }
    while (cells.length < column) cells.push(null)
    cells.push(cellOf(text))
    filled ||= text.trim() !== ''
  }
  return filled ? { n, cells } : undefined
}

/** `="0012"` is how some programs keep Excel from reading a code as a number. */
function cellOf(text: string): RawCell {
  const code = text.startsWith('="') ? /^="([^"]*)"$/.exec(text)?.[1] : undefined
  return code === undefined ? { v: text, kind: 'text' } : { v: code, kind: 'formula' }
}

function tooManyColumns(row: number, limits: ImportLimits): never {
  const message = `第 ${row} 行的数据超过 ${limits.columns} 列`
  return refuse({
    code: 'import/too-many-columns',
    message,
    detail: `a value beyond column ${limits.columns}`,
    row,
  })
}

/** `line` is the line that the record begins in, by csv-parse's own count. */
function refuseRecord(error: CsvError, line: number, limits: ImportLimits): never {
  const row = Number(error['records']) + 1
  const quotes = (message: string) =>
    refuse({
      code: 'import/quotes',
      message: `第 ${row} 行${message}`,
      detail: `row ${row}: ${error.code}`,
      row,
    })
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return quotes('的双引号没有闭合')
    case 'CSV_INVALID_CLOSING_QUOTE':
      return quotes('的双引号没有闭合，或其后有多余的文字')
    case 'INVALID_OPENING_QUOTE':
      return quotes('的文字中有单个双引号，请用 Excel 打开后另存为 .xlsx 再上传')
    case 'CSV_MAX_RECORD_SIZE': {
      // A long row in one line is just long; one of many lines is a quote that was never closed.
      if (Number(error['lines']) > line) return quotes('的双引号没有闭合')
      const message = `第 ${row} 行的文字超过 ${limits.rowChars} 个字符`
      return refuse({ code: 'import/row-too-long', message, detail: `row ${row}: ${error.code}`, row })
    }
    default:
      throw error
  }
}
