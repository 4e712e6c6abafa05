// Finds the header of a sheet and says which column holds which field. Pure.
import type { FieldError } from '../platform/problems.ts'
import { beginning } from '../platform/texts.ts'
import { cleanCode } from './cells.ts'
import { orderCatalogue, type Catalogue, type Column, type FieldId } from './columns.ts'
import { columnLetters, unmerge, type SheetRow } from './sheet.ts'

export interface Header<F extends string = FieldId> {
  /** Number of the last header row: the data begin after it. */
  lastRow: number
  /** field → column, from 0. */
  at: ReadonlyMap<F, number>
  /** As the file calls them, for errors. */
  names: ReadonlyMap<F, string>
  /** Headings that no field answers to, or that another column answers better. */
  ignored: string[]
}

export type HeaderResult<F extends string = FieldId> = { header: Header<F> } | { errors: FieldError[] }

/** The header is looked for in the first rows with a value; titles and notes may stand above it. */
export const HEADER_ROWS = 10

/** One form of a heading: half-width, without spaces, marks of duty and hints in brackets at its end. */
function plainHeading(text: string): string {
  return cleanCode(text)
    .replace(/[\s*::、。★☆]/g, '')
    .replace(/^[((【[](?:必填|选填)[))】\]]/, '')
    .toLowerCase()
}

interface Known<F extends string> {
  field: F
  rank: number
}

function headingsIn<F extends string>({ ids, of }: Catalogue<F>): ReadonlyMap<string, Known<F>> {
  const headings = new Map<string, Known<F>>()
  for (const field of ids) {
    const { label, aliases } = of(field)
    for (const [rank, heading] of [label, ...aliases].entries()) {
      const known = headings.get(plainHeading(heading))
      if (known !== undefined) throw new Error(`${heading} names both ${known.field} and ${field}`)
      headings.set(plainHeading(heading), { field, rank })
    }
  }
  return headings
}

type FieldOf<F extends string> = (text: string) => Known<F> | undefined

interface Heading<F extends string> {
  column: number
  text: string
  found: Known<F> | undefined
}

const orderHeadings = headingsIn(orderCatalogue)

/** `rows`: the first rows of the sheet, which holds city orders. */
export function resolveHeader(rows: readonly SheetRow[]): HeaderResult {
  return headerIn(rows, orderCatalogue, orderHeadings)
}

/** The same for a sheet of any kind. */
export function headerIn<F extends string>(
  rows: readonly SheetRow[],
  catalogue: Catalogue<F>,
  headings = headingsIn(catalogue),
): HeaderResult<F> {
  const fieldOf: FieldOf<F> = (text) => {
    const heading = plainHeading(text)
    return headings.get(heading) ?? headings.get(heading.replace(/[((【[].*[))】\]]$/, ''))
  }
  const first = rows.slice(0, HEADER_ROWS)
  // Single rows come first: of two readings that find the same fields the simpler one is meant.
  const candidates = [
    ...first.map((row) => ({ lastRow: row.n, headings: headingsOf(row, fieldOf) })),
    ...first.flatMap((row, i) => {
      const below = rows[i + 1]
      return below?.n === row.n + 1
        ? [{ lastRow: below.n, headings: doubleHeadings(row, below, fieldOf) }]
        : []
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
    const message = `前${HEADER_ROWS}行中没有找到表头，表头应含${catalogue.typical}等列`
    return { errors: [{ pointer: '/file/header', code: 'header/missing', message }] }
  }
  return settle(best.lastRow, best.headings, catalogue)
}

function headingsOf<F extends string>(row: SheetRow, fieldOf: FieldOf<F>): Heading<F>[] {
  return row.cells.flatMap((cell, column) => {
    const text = cleanCode(cell)
    return text === '' ? [] : [{ column, text, found: fieldOf(text) }]
  })
}

/** Two rows, the upper one with names of groups over several columns: 回访 over 时间 and 结果 means 回访时间, 回访结果. */
function doubleHeadings<F extends string>(
  upper: SheetRow,
  lower: SheetRow,
  fieldOf: FieldOf<F>,
): Heading<F>[] {
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

function settle<F extends string>(
  lastRow: number,
  found: Heading<F>[],
  { ids, of }: Catalogue<F>,
): HeaderResult<F> {
  const at = new Map<F, number>()
  const names = new Map<F, string>()
  const errors: FieldError[] = []
  const ignored = found
    .filter((heading) => heading.found === undefined)
    .map(({ text }) => beginning(text, 40))
  for (const field of ids) {
    const same = found.filter((heading) => heading.found?.field === field)
    // 回复时间 beside 办结时间 is clear; two columns of one rank are not.
    const [first, second] = same.toSorted((a, b) => (a.found?.rank ?? 0) - (b.found?.rank ?? 0))
    if (first === undefined) {
      if (of(field).required !== undefined) errors.push(missing(of(field)))
      continue
    }
    if (second !== undefined && (second.found?.rank === first.found?.rank || first.found?.rank !== 0)) {
      errors.push(ambiguous(of(field), same))
      continue
    }
    at.set(field, first.column)
    names.set(field, first.text)
    ignored.push(...same.slice(1).map(({ text }) => text))
  }
  return errors.length > 0 ? { errors } : { header: { lastRow, at, names, ignored } }
}

function missing({ label, aliases }: Column): FieldError {
  const message = `缺少“${label}”列(也可写作${aliases.slice(0, 4).join('、')})`
  return { pointer: `/file/columns/${label}`, code: 'header/column-missing', message }
}

function ambiguous({ label }: Column, same: readonly Heading<string>[]): FieldError {
  const list = same.map(({ column, text }) => `${columnLetters(column)}列“${text}”`).join('、')
  return {
    pointer: `/file/columns/${label}`,
    code: 'header/column-twice',
    message: `“${label}”有多列：${list}，请只保留一列`,
  }
}
