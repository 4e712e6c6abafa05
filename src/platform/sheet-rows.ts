// Reads the rows of a register's spreadsheet, laid out as the register is exported: one header, a column each.
import { rowShape, type Column } from './column-kinds.ts'
import type { Db } from './db.ts'
import { Problem, type FieldError, type ProblemOptions } from './problems.ts'
import { problems } from './problems.data.ts'
import { resolveNames, type Referring } from './references.ts'
import { undefuse } from './spreadsheets.ts'

/** A cell as the reader of uploaded tables gives it. */
interface Cell {
  v: string | number | boolean | null
  kind: string
  /** A number as it is stored, where `v` may have lost digits. */
  raw?: string
}
interface TableRow {
  n: number
  cells: (Cell | null)[]
}
export type ReadTable = (path: string) => AsyncIterable<{ rows: TableRow[] }>

export interface Sheet extends Referring {
  /** What of a wrong cell may be shown. */
  show: (text: string) => string
  most?: number
}

type Row = Record<string, unknown>
export interface SheetRow {
  /** As the sheet numbers it. */
  n: number
  at: string
  row: Row
  /** What stands in its cell of a column. */
  cell: (key: string) => string
}

/** What is wrong in a cell, or without a column in a row, as the person who has the file is told. */
export function cellError(
  { columns, show }: Sheet,
  { n, cell }: Pick<SheetRow, 'n' | 'cell'>,
  key: string | undefined,
  message: string,
): FieldError {
  const text = key === undefined ? '' : cell(key)
  const column = key === undefined ? undefined : columns[key]
  const pointer = `/row/${n}${key === undefined ? '' : `/${column?.label ?? key}`}`
  const told = { pointer, code: 'register/invalid-row', message }
  return text === '' || column?.personal === true ? told : { ...told, value: show(text) }
}

/** Rows in the form of the register's input; every wrong cell is told by its row and column. */
export async function rowsOfSheet(
  db: Db,
  sheet: Sheet,
  batches: AsyncIterable<{ rows: TableRow[] }>,
): Promise<SheetRow[]> {
  const { columns, most = 5000 } = sheet
  const shape = rowShape(columns)
  const found: SheetRow[] = []
  const errors: FieldError[] = []
  let header: (string | undefined)[] | undefined
  for await (const { rows } of batches) {
    const head = header === undefined ? rows.at(0) : undefined
    const keys = (header ??= headerOf(sheet, head?.cells ?? []))
    const body = rows.slice(head === undefined ? 0 : 1)
    const meant = await resolveNames(
      db,
      sheet,
      body.flatMap(({ cells }) => toldIn(keys, cells)),
    )
    for (const { n, cells } of body) {
      if (found.length + errors.length >= most)
        throw new Problem('register/too-many-rows', { detail: `at most ${most} rows` })
      const cell = (key: string) => textOf(cells[keys.indexOf(key)] ?? null)
      const fail = (key: string, message: string) => errors.push(cellError(sheet, { n, cell }, key, message))
      const row = rowOf(sheet, keys, cells)
      const unknown = Object.entries(row).flatMap(([key, value]) => {
        const resolved = meant(key, String(value))
        if (resolved?.id !== undefined) row[key] = resolved.id
        return resolved === undefined || resolved.id !== undefined ? [] : [{ key, message: resolved.message }]
      })
      if (unknown.length > 0) {
        for (const { key, message } of unknown) fail(key, message)
        continue
      }
      const parsed = shape.safeParse(row)
      if (parsed.success) found.push({ n, at: `/row/${n}`, row: parsed.data, cell })
      else {
        // Of each cell the first thing that is wrong with it.
        const first = new Map(
          parsed.error.issues.toReversed().map(({ path: [key = ''], message }) => [String(key), message]),
        )
        for (const [key, message] of [...first].toReversed())
          fail(key, row[key] === undefined ? '不能为空' : message)
      }
    }
  }
  refuseRows(errors)
  if (found.length === 0) throw new Problem('register/no-rows')
  return found
}

/** A refusal of the act behind a row, at the columns that its fields are told in. */
export function refusedCells(
  sheet: Sheet,
  row: SheetRow,
  problem: Problem,
  columnOf: (field: string) => string | undefined,
): FieldError[] {
  const { errors = [{ pointer: '', message: problems[problem.code].zh }] } = problem.options
  return errors.map(({ pointer, message }) =>
    cellError(sheet, row, columnOf(pointer.split('/').at(-1) ?? ''), message),
  )
}

/** Throws `register/invalid-row` when there are errors; `record` is of an attempt among them that must be seen. */
export function refuseRows(errors: FieldError[], record?: ProblemOptions['record']): void {
  if (errors.length > 0)
    throw new Problem('register/invalid-row', {
      errors: errors.slice(0, 200),
      ...(record === undefined ? {} : { record }),
    })
}

function headerOf({ columns }: Sheet, cells: readonly (Cell | null)[]): (string | undefined)[] {
  const byName = new Map(
    Object.entries(columns).flatMap(([key, { label, aliases = [] }]) =>
      [label, ...aliases].map((name) => [name.normalize('NFKC'), key] as const),
    ),
  )
  const header = cells.map((cell) => byName.get(textOf(cell)))
  const missing = Object.entries(columns).filter(
    ([key, { shape, heading }]) =>
      !header.includes(key) && (heading === true || !shape.safeParse(undefined).success),
  )
  const errors = missing.map(([, { label }]) => ({
    pointer: `/row/1/${label}`,
    code: 'register/header',
    message: `缺少“${label}”一列`,
  }))
  for (const [i, key] of header.entries()) {
    if (key === undefined || header.indexOf(key) === i) continue
    const [first, second] = [textOf(cells[header.indexOf(key)] ?? null), textOf(cells[i] ?? null)]
    const message = `“${first}”和“${second}”是同一列，请只留一列`
    errors.push({ pointer: `/row/1/${second}`, code: 'register/header', message })
  }
  if (errors.length > 0) throw new Problem('register/header', { errors })
  return header
}

function toldIn(header: readonly (string | undefined)[], cells: readonly (Cell | null)[]) {
  return header.flatMap((key, i) => (key === undefined ? [] : [{ key, text: textOf(cells[i] ?? null) }]))
}

function rowOf(
  { columns }: Sheet,
  header: readonly (string | undefined)[],
  cells: readonly (Cell | null)[],
): Row {
  const row: Row = {}
  for (const [i, key] of header.entries()) {
    const cell = cells[i] ?? null
    if (key === undefined || textOf(cell) === '') continue
    const column = columns[key]
    if (column !== undefined) row[key] = valueOf(column, cell)
  }
  return row
}

function valueOf({ kind, choices }: Column, cell: Cell | null): unknown {
  const text = textOf(cell)
  switch (kind) {
    // What people wrote stays as it is, also in full width.
    case 'text':
      return undefuse(String(cell?.v ?? '').trim())
    case 'code':
      return typeof cell?.v === 'number' && String(cell.raw ?? cell.v).length > 15 ? cell.v : text
    case 'yuan':
      return fenOf(text) ?? text
    case 'int':
    case 'fen':
      return /^-?\d+(?:\.0+)?$/.test(text) ? Number(text) : text
    case 'day':
      return dayText(text)
    case 'month':
      return dayText(text).slice(0, 7)
    case 'choice':
      return Object.entries(choices ?? {}).find(([, label]) => label.normalize('NFKC') === text)?.[0] ?? text
    default:
      return text
  }
}

/** `1,000.00`, `￥1000` and `1000元` are one amount; anything else is left for the check to name. */
function fenOf(text: string): number | undefined {
  const parts = /^¥?((?:\d{1,3}(?:,\d{3})+|\d{1,12}))(?:\.(\d{1,2})0*)?元?$/.exec(text)
  if (parts === null) return undefined
  const [, whole = '', rest = ''] = parts
  return Number(`${whole.replaceAll(',', '')}${rest.padEnd(2, '0')}`)
}

/** `2020-08-14 00:00:00`, `2020/8/14` and `2020年8月14日` are one day; anything else is left for the check to name. */
function dayText(text: string): string {
  const parts = /^(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?日?(?: 00:00:00)?月?$/.exec(text)
  if (parts === null) return text
  const [, year = '', month = '', day = '1'] = parts
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

function textOf(cell: Cell | null): string {
  return cell === null || cell.v === null ? '' : String(cell.v).normalize('NFKC').trim()
}
