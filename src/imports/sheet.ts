// What reading a spreadsheet yields, whatever its format: batches of rows of cells.

export type CellKind = 'text' | 'number' | 'date' | 'bool' | 'formula' | 'error'

/** One cell. An empty cell is null, never a RawCell, except a formula that was saved without its value. */
export interface RawCell {
  /**
   * text and error: as stored. date: `YYYY-MM-DD HH:mm:ss`, or `HH:mm:ss` for a time without a day.
   * formula: the stored result of any kind, null when the program that wrote the file did not compute it.
   */
  v: string | number | boolean | null
  kind: CellKind
  /** The number exactly as stored, when `v` may have lost digits (more than 15, or an exponent). */
  raw?: string
}

export interface SheetRow {
  /** Row number in the sheet, from 1, as Excel shows it. Rows without a value are left out. */
  n: number
  /** From column A; shorter than the header when the last cells are empty. */
  cells: (RawCell | null)[]
  /** The row is hidden by hand or by a filter; it is data all the same. */
  hidden?: true
  /** Merged ranges that touch this row, `A5:B6`. Only the upper left cell of a range holds its value. */
  merged?: string[]
}

/** How the file was understood, for the preview. */
export interface About {
  format: 'xlsx' | 'csv'
  /** csv: the encoding that was found. */
  encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030'
  /** csv: what separates the columns. */
  delimiter?: ',' | '\t' | ';'
  /** xlsx: sheets that are not read. */
  ignored: { sheet: string; hidden: boolean }[]
}

/** Rows in the order of the sheet. The first batch of a file holds its first rows, headers included, and `about`. */
export interface Batch {
  sheet: string
  rows: SheetRow[]
  about?: About
}

export interface Range {
  /** Rows from 1, columns from 0, all inclusive. */
  top: number
  left: number
  bottom: number
  right: number
}

/** 0 → A, 25 → Z, 26 → AA. */
export function columnLetters(column: number): string {
  let letters = ''
  for (let rest = column; rest >= 0; rest = Math.floor(rest / 26) - 1) {
    letters = String.fromCharCode(65 + (rest % 26)) + letters
  }
  return letters
}

/** `A5:B6`, and `A5` for a single cell; undefined when it is no reference. */
export function parseRange(text: string): Range | undefined {
  const found = /^\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?$/.exec(text)
  if (found === null) return undefined
  const [, left = '', top = '', right = left, bottom = top] = found
  return { top: Number(top), left: columnIndex(left), bottom: Number(bottom), right: columnIndex(right) }
}

/** The column that a reference begins with, from 0: `AB`, `AB12` → 27; -1 when it begins with no capital letter. */
export function columnIndex(reference: string): number {
  let column = 0
  for (let i = 0; i < reference.length; i++) {
    const c = reference.charCodeAt(i)
    if (c < 65 || c > 90) break
    column = column * 26 + c - 64
  }
  return column - 1
}

/**
 * The given rows with each merged value repeated into the cells that the merge covers, for rows that form a header.
 * Rows of data are not to be treated so: a merge there is an error of the row.
 */
export function unmerge(rows: readonly SheetRow[]): SheetRow[] {
  const byNumber = new Map(rows.map((row) => [row.n, row]))
  return rows.map((row) => {
    const cells = [...row.cells]
    for (const text of row.merged ?? []) {
      const range = parseRange(text)
      if (range === undefined) continue
      const value = byNumber.get(range.top)?.cells[range.left] ?? null
      if (value === null) continue
      while (cells.length <= range.right) cells.push(null)
      for (let column = range.left; column <= range.right; column++) cells[column] ??= value
    }
    return { ...row, cells }
  })
}
