// Tables as CSV and xlsx: streamed, and safe to open in a spreadsheet program.
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { stringify } from 'csv-stringify/sync'
import { writeXlsxStream } from 'hucre/xlsx'

export const formats = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const
export type Format = keyof typeof formats

export type Cell = string | number | null

export interface SheetColumn<Item> {
  header: string
  /** In characters. */
  width: number
  cell: (item: Item) => Cell
}

// Where a formula could begin, also in full width: in front of a cell, and of each line in it, as a field may be split there.
// Apostrophes before it count with it, so that taking one off again restores each text.
const FORMULA = /^(?='*[=+\-@\t\r\n＝＋－＠])|(?<=[\r\n])(?='*[=+\-@\t＝＋－＠])/g

/** What a spreadsheet program would take for a formula is marked as text. */
export function defuse<C extends Cell>(cell: C): C | string {
  return typeof cell === 'string' ? cell.replace(FORMULA, "'") : cell
}

const DEFUSED = /(^|[\r\n])'(?='*[=+\-@\t\r\n＝＋－＠])/g

/** The text that `defuse` was given, of what it made of it. */
export function undefuse(text: string): string {
  return text.replace(DEFUSED, '$1')
}

/** Writes the rows as they come; every row carries the number of its export. */
export function writeSheet<Item>(
  format: Format,
  name: string,
  columns: readonly SheetColumn<Item>[],
  pages: Iterable<readonly Item[]> | AsyncIterable<readonly Item[]>,
  exportId: string,
): Readable {
  const numbered = [...columns, { header: '导出编号', width: 38, cell: () => exportId }]
  const rowOf = (item: Item): Cell[] => numbered.map(({ cell }) => defuse(cell(item)))
  if (format === 'csv')
    return Readable.from(
      csvOf(
        numbered.map(({ header }) => header),
        pages,
        rowOf,
      ),
    )
  const sheet = writeXlsxStream(rowsOf(pages, rowOf), {
    name,
    columns: numbered.map(({ header, width }) => ({ header, width })),
    freezePane: { rows: 1 },
  })
  return Readable.fromWeb(sheet as ReadableStream)
}

async function* rowsOf<Item>(
  pages: Iterable<readonly Item[]> | AsyncIterable<readonly Item[]>,
  rowOf: (item: Item) => Cell[],
): AsyncGenerator<Cell[]> {
  for await (const page of pages) for (const item of page) yield rowOf(item)
}

async function* csvOf<Item>(
  header: string[],
  pages: Iterable<readonly Item[]> | AsyncIterable<readonly Item[]>,
  rowOf: (item: Item) => Cell[],
): AsyncGenerator<string> {
  // Only the whole delimiter is quoted of itself; other programs end a record at either half of it.
  const write = { record_delimiter: 'windows', quoted_match: /[\r\n]/ } as const
  // The byte order mark tells spreadsheet programs that the text is UTF-8.
  yield stringify([header], { ...write, bom: true })
  for await (const page of pages) if (page.length > 0) yield stringify(page.map(rowOf), write)
}
