// Reads one cell as its column asks: text, moment, deadline, unit, word, or a person's data. Pure.
import { checkIdNo } from '../people/id-number.ts'
import { maskIdNo, maskPhone } from '../people/masks.ts'
import { checkName, checkPhone, normaliseAddress, normalisePhone } from '../people/rules.ts'
import { safeValue } from '../people/safe-values.ts'
import type { Day, Instant } from '../platform/clock.ts'
import { cleanCode, cleanText, readInstant } from './cells.ts'
import { orderCatalogue, type Catalogue, type FieldId } from './columns.ts'
import { finding, type Finding, type FindingCode } from './findings.ts'
import type { Header } from './header.ts'
import type { RawCell, SheetRow } from './sheet.ts'
import { BLANKS, words } from './words.ts'

/** The cells of one row by field, and what is found wrong with them. */
export interface RowReader<F extends string = FieldId> {
  readonly errors: Finding[]
  readonly warnings: Finding[]
  /** The column is in the file. */
  has(field: F): boolean
  fail(field: F | null, code: FindingCode, insert?: string, value?: string): void
  warn(field: F | null, code: FindingCode, insert?: string, value?: string): void
  /** A warning that tells of an accusation against these units. */
  warnOfAccused(field: F, code: FindingCode, accused: readonly string[]): void
  /** The cleaned code or name, null for a cell that says nothing. */
  code(field: F): string | null
  text(field: F): string | null
  /** Refuses the future. A day alone is its first moment, for a deadline its last. */
  moment(field: F): Instant | null
  deadline(field: F): Instant | null
  flag(field: F): boolean | null
  phone(field: F): string | null
  idNo(field: F, asOf: Day): string | null
  name(field: F): string | null
  address(field: F): string | null
}

/** A row of city orders. */
export function readerOf(row: SheetRow, header: Header, now: Instant): RowReader {
  return readerIn(row, header, now, orderCatalogue)
}

/** A row of a file of any kind. */
export function readerIn<F extends string>(
  row: SheetRow,
  header: Header<F>,
  now: Instant,
  { of: columnOf }: Catalogue<F>,
): RowReader<F> {
  const errors: Finding[] = []
  const warnings: Finding[] = []
  const nameOf = (field: F | null) =>
    field === null ? '' : (header.names.get(field) ?? columnOf(field).label)

  const reader: RowReader<F> = {
    errors,
    warnings,
    has: (field) => header.at.has(field),
    fail: (field, code, insert, value) =>
      void errors.push(finding(row.n, nameOf(field), code, insert, value)),
    warn: (field, code, insert, value) =>
      void warnings.push(finding(row.n, nameOf(field), code, insert, value)),
    warnOfAccused: (field, code, accused) =>
      void warnings.push({ ...finding(row.n, nameOf(field), code), accused }),

    code(field) {
      const cell = cellOf(field)
      if (cell === null) return null
      const text = cleanCode(cell)
      return BLANKS.has(text) ? null : text
    },

    text(field) {
      const cell = cellOf(field)
      if (cell === null) return null
      const { read, max = 1000 } = columnOf(field)
      const cleaned = cleanText(cell)
      const text = read === 'line' ? cleaned.replace(/\s*\n\s*/g, ' ') : cleaned
      if (BLANKS.has(text)) return null
      if (text.length > max && Array.from(text).length > max) {
        reader.fail(field, 'value/too-long', String(max))
        return null
      }
      return text
    },

    moment(field) {
      const at = instantOf(field, '00:00:00')
      if (at !== null && at > now) {
        reader.fail(field, 'time/future', '', at.slice(0, 16).replace('T', ' '))
        return null
      }
      return at
    },

    deadline(field) {
      // A deadline at the last second of a day means the whole of that day.
      return instantOf(field, '23:59:59')?.replace('T23:59:59.000', 'T23:59:59.999') ?? null
    },

    flag(field) {
      const text = reader.code(field)
      if (text === null) return null
      const found = words.flag(text)
      if (found === undefined) reader.fail(field, 'value/unknown-word', safeValue(text))
      return found === undefined || found === '' ? null : found === 'yes'
    },

    phone(field) {
      const text = reader.code(field)
      if (text === null || isMasked(field, text)) return null
      const whole = checkPhone(text)
      if (whole.ok) return whole.phone
      const parts = text.split(/[、,,;;/|\s]+/).map((part) => checkPhone(part))
      const first = parts.find((part) => part.ok)
      if (first === undefined) {
        reader.fail(field, 'person/invalid', whole.zh, maskPhone(normalisePhone(text)))
        return null
      }
      reader.warn(field, 'person/several-phones')
      return first.phone
    },

    idNo(field, asOf) {
      const text = reader.code(field)
      if (text === null || isMasked(field, text)) return null
      const checked = checkIdNo(text, { asOf })
      if (!checked.ok) {
        reader.fail(field, 'person/invalid', checked.zh, maskIdNo(text, '1+1'))
        return null
      }
      for (const { zh } of checked.warnings) reader.warn(field, 'person/doubtful', zh)
      return checked.idNo
    },

    name(field) {
      const text = reader.code(field)
      if (text === null || text.startsWith('匿名') || isMasked(field, text)) return null
      const checked = checkName(text)
      if (!checked.ok) reader.warn(field, 'person/name-unreadable')
      return checked.ok ? checked.name : null
    },

    address(field) {
      const text = reader.text(field)
      if (text === null) return null
      const address = normaliseAddress(text)
      if (Array.from(address).length <= 200) return address
      reader.fail(field, 'value/too-long', '200')
      return null
    },
  }

  /** The cell with something in it; what no program may guess at is an error. */
  function cellOf(field: F): RawCell | null {
    const column = header.at.get(field)
    const cell = column === undefined ? null : (row.cells[column] ?? null)
    if (cell === null) return null
    if (cell.kind === 'error') reader.fail(field, 'value/cell-error')
    else if (cell.v === null) reader.fail(field, 'value/formula-empty')
    else return cell
    return null
  }

  function instantOf(field: F, dayOnlyAs: string): Instant | null {
    const cell = cellOf(field)
    if (cell === null) return null
    if (typeof cell.v === 'string' && cell.v.length < 5 && BLANKS.has(cleanCode(cell.v))) return null
    const read = readInstant(cell, { dayOnlyAs })
    if (typeof read === 'string') return read
    if (read.code !== 'blank') reader.fail(field, 'time/unreadable', read.error, safeValue(cleanCode(cell)))
    return null
  }

  function isMasked(field: F, text: string): boolean {
    if (!/[*✱]/.test(text)) return false
    reader.warn(field, 'person/masked')
    return true
  }

  return reader
}
