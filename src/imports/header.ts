// Finds the header of a sheet and says which column holds which field. Pure.
import type { FieldError } from '../platform/problems.ts'
import { cleanCode } from './cells.ts'
import { columnOf, fieldIds, type FieldId } from './columns.ts'
import { columnLetters, unmerge, type SheetRow } from './sheet.ts'

export interface Header {
  /** Number of the last header row: the data begin after it. */
  lastRow: number
  /** field → column, from 0. */
  at: ReadonlyMap<FieldId, number>
  /** As the file calls them, for errors. */
  names: ReadonlyMap<FieldId, string>
  /** Headings that no field answers to, or that another column answers better. */
  ignored: string[]
}

export type HeaderResult = { header: Header } | { errors: FieldError[] }

/** The header is looked for in the first rows with a value; titles and notes may stand above it. */
export const HEADER_ROWS = 10

/** One form of a heading: half-width, without spaces, marks of duty and hints in brackets at its end. */
function plainHeading(text: string): string {
  return cleanCode(text)
    .replace(/[\s*::、。★☆]/g, '')
    .replace(/^[((【[](?:必填|选填)[))】\]]/, '')
    .toLowerCase()
}

const headings = new Map<string, { field: FieldId; rank: number }>()
for (const field of fieldIds) {
  const { label, aliases } = columnOf(field)
  for (const [rank, heading] of [label, ...aliases].entries()) {
    const known = headings.get(plainHeading(heading))
    if (known !== undefined) throw new Error(`${heading} names both ${known.field} and ${field}`)
    headings.set(plainHeading(heading), { field, rank })
  }
}

function fieldOf(text: string): { field: FieldId; rank: number } | undefined {
  const heading = plainHeading(text)
  return headings.get(heading) ?? headings.get(heading.replace(/[((【[].*[))】\]]$/, ''))
}

interface Heading {
  column: number
  text: string
  found: { field: FieldId; rank: number } | undefined
}

/** `rows`: the first rows of the sheet. */
export function resolveHeader(rows: readonly SheetRow[]): HeaderResult {
  const first = rows.slice(0, HEADER_ROWS)
  // Single rows come first: of two readings that find the same fields the simpler one is meant.
  const candidates = [
    ...first.map((row) => ({ lastRow: row.n, headings: headingsOf(row) })),
    ...first.flatMap((row, i) => {
      const below = rows[i + 1]
      return below?.n === row.n + 1 ? [{ lastRow: below.n, headings: doubleHeadings(row, below) }] : []
    }),
  ]
  let best: (typeof candidates)[number] | undefined
  let most = 0
  for (const candidate of candidates) {
    const fields = new Set(candidate.headings.flatMap(({ found }) => found?.field ?? [])).size
    if (fields > most) {
      best = candidate
      most = fields
    }
  }
  if (best === undefined || most < 2) {
    const message = `前${HEADER_ROWS}行中没有找到表头,表头应含“工单编号”“受理时间”等列`
    return { errors: [{ pointer: '/file/header', code: 'header/missing', message }] }
  }
  return settle(best.lastRow, best.headings)
}

function headingsOf(row: SheetRow): Heading[] {
  return row.cells.flatMap((cell, column) => {
    const text = cleanCode(cell)
    return text === '' ? [] : [{ column, text, found: fieldOf(text) }]
  })
}

/** Two rows, the upper one with names of groups over several columns: 回访 over 时间 and 结果 means 回访时间, 回访结果. */
function doubleHeadings(upper: SheetRow, lower: SheetRow): Heading[] {
  const [groups, own] = unmerge([upper, lower]).map((row) => row.cells.map((cell) => cleanCode(cell))) as [
    string[],
    string[],
  ]
  const width = Math.max(groups.length, own.length)
  return Array.from({ length: width }, (_, column) => {
    const [group, text] = [groups[column] ?? '', own[column] ?? '']
    if (text === '' || text === group) return { column, text: group, found: fieldOf(group) }
    const whole = fieldOf(group + text)
    const found = whole ?? fieldOf(text)
    return { column, text: whole === undefined && found !== undefined ? text : group + text, found }
  }).filter(({ text }) => text !== '')
}

function settle(lastRow: number, found: Heading[]): HeaderResult {
  const at = new Map<FieldId, number>()
  const names = new Map<FieldId, string>()
  const errors: FieldError[] = []
  const ignored = found.filter((heading) => heading.found === undefined).map(({ text }) => text.slice(0, 40))
  for (const field of fieldIds) {
    const same = found.filter((heading) => heading.found?.field === field)
    // 回复时间 beside 办结时间 is clear; two columns of one rank are not.
    const [first, second] = same.toSorted((a, b) => (a.found?.rank ?? 0) - (b.found?.rank ?? 0))
    if (first === undefined) {
      if (columnOf(field).required !== undefined) errors.push(missing(field))
      continue
    }
    if (second !== undefined && (second.found?.rank === first.found?.rank || first.found?.rank !== 0)) {
      errors.push(ambiguous(field, same))
      continue
    }
    at.set(field, first.column)
    names.set(field, first.text)
    ignored.push(...same.slice(1).map(({ text }) => text))
  }
  return errors.length > 0 ? { errors } : { header: { lastRow, at, names, ignored } }
}

function missing(field: FieldId): FieldError {
  const { label, aliases } = columnOf(field)
  const message = `缺少“${label}”列(也可写作${aliases.slice(0, 4).join('、')})`
  return { pointer: `/file/columns/${label}`, code: 'header/column-missing', message }
}

function ambiguous(field: FieldId, same: readonly Heading[]): FieldError {
  const { label } = columnOf(field)
  const list = same.map(({ column, text }) => `${columnLetters(column)}列“${text}”`).join('、')
  return {
    pointer: `/file/columns/${label}`,
    code: 'header/column-twice',
    message: `“${label}”有多列:${list},请只保留一列`,
  }
}
