// Reads the rows of a register's spreadsheet, laid out as the register is exported: one header, a column each.
import type { Db } from '../platform/db.ts'
import type { FieldError } from '../platform/problems.ts'
import { Problem } from '../platform/problems.ts'
import { undefuse } from '../platform/spreadsheets.ts'
import type { Column } from './column-kinds.ts'
import { rowShape } from './columns.ts'
import { resolveNames } from './references.ts'
import type { Register } from './register.ts'
import type { Row } from './commands.ts'

/** A cell as the reader of uploaded tables gives it. */
interface Cell {
  v: string | number | boolean | null
  kind: string
}
export interface TableRow {
  n: number
  cells: (Cell | null)[]
}
export type ReadTable = (path: string) => AsyncIterable<{ rows: TableRow[] }>

const MOST_ROWS = 5000

/** Rows in the form of the register's input; every wrong cell is told by its row and column. */
export async function rowsOfSheet(
  db: Db,
  register: Register,
  batches: AsyncIterable<{ rows: TableRow[] }>,
): Promise<{ at: string; row: Row }[]> {
  const shape = rowShape(register)
  const found: { at: string; row: Row }[] = []
  const errors: FieldError[] = []
  let header: (string | undefined)[] | undefined
  for await (const { rows } of batches) {
    const head = header === undefined ? rows.at(0) : undefined
    const columns = (header ??= headerOf(register, head?.cells ?? []))
    const body = rows.slice(head === undefined ? 0 : 1)
    const meant = await resolveNames(
      db,
      register,
      body.flatMap(({ cells }) => toldIn(columns, cells)),
    )
    for (const { n, cells } of body) {
      if (found.length + errors.length >= MOST_ROWS) {
        throw new Problem('register/too-many-rows', { detail: `at most ${MOST_ROWS} rows` })
      }
      const row = rowOf(register, columns, cells)
      const unknown = Object.entries(row).flatMap(([key, value]) => {
        const resolved = meant(key, String(value))
        if (resolved?.id !== undefined) row[key] = resolved.id
        return resolved === undefined || resolved.id !== undefined ? [] : [{ key, message: resolved.message }]
      })
      if (unknown.length > 0) {
        for (const { key, message } of unknown) {
          const column = register.columns[key]?.label ?? key
          errors.push({ pointer: `/row/${n}/${column}`, code: 'register/invalid-row', message })
        }
        continue
      }
      const parsed = shape.safeParse(row)
      if (parsed.success) found.push({ at: `/row/${n}`, row: parsed.data })
      else {
        for (const { path, message } of parsed.error.issues) {
          const column = register.columns[String(path[0])]?.label ?? String(path[0])
          errors.push({ pointer: `/row/${n}/${column}`, code: 'register/invalid-row', message })
        }
      }
    }
  }
  if (errors.length > 0) throw new Problem('register/invalid-row', { errors: errors.slice(0, 200) })
  if (found.length === 0) throw new Problem('register/no-rows')
  return found
}

function headerOf(register: Register, cells: readonly (Cell | null)[]): (string | undefined)[] {
  const byLabel = new Map(Object.entries(register.columns).map(([key, { label }]) => [label, key]))
  const header = cells.map((cell) => byLabel.get(textOf(cell)))
  const missing = Object.entries(register.columns).filter(
    ([key, { shape }]) => !header.includes(key) && !shape.safeParse(undefined).success,
  )
  if (missing.length > 0) {
    const errors = missing.map(([, { label }]) => ({
      pointer: `/row/1/${label}`,
      code: 'register/header',
      message: `缺少“${label}”一列`,
    }))
    throw new Problem('register/header', { errors })
  }
  return header
}

function toldIn(header: readonly (string | undefined)[], cells: readonly (Cell | null)[]) {
  return header.flatMap((key, i) => (key === undefined ? [] : [{ key, text: textOf(cells[i] ?? null) }]))
}

function rowOf(
  register: Register,
  header: readonly (string | undefined)[],
  cells: readonly (Cell | null)[],
): Row {
  const row: Row = {}
  for (const [i, key] of header.entries()) {
    const cell = cells[i] ?? null
    if (key === undefined || textOf(cell) === '') continue
    const column = register.columns[key]
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
