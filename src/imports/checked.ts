// Turns the rows of a table into checked orders: in the reading process, beside which the service plans what was checked before.
import { calendarFrom, type CalendarDay, type CalendarYear } from '../calendar/days.ts'
import type { Instant } from '../platform/clock.ts'
import type { FieldError } from '../platform/problems.ts'
import { checkRow, type Checked, type CheckSetting } from './checks.ts'
import { HEADER_ROWS, resolveHeader, type Header } from './header.ts'
import { placesOf, type NamedRegion, type NamedUnit } from './places.ts'
import type { About, Batch, SheetRow } from './sheet.ts'

/** What rows are checked with, as plain values. */
export interface CheckJob {
  /** Everything later is the future. */
  now: Instant
  years: readonly CalendarYear[]
  /** Of those years. */
  days: readonly CalendarDay[]
  units: readonly NamedUnit[]
  regions: readonly NamedRegion[]
}

/** In the order of the sheet. The first batch has the header and `about`. */
export interface CheckedBatch<Row = CheckedRow> {
  sheet: string
  about?: About
  header?: Header
  rows: Row[]
}

/** A checked row as it arrives: most orders are new, and wait as they were written until they are taken over. */
export interface CheckedRow extends Omit<Checked, 'order'> {
  order: WrittenOrder | null
}

export interface WrittenOrder {
  /** JSON of the `Order`, without a line end in it. */
  json: Buffer
  /** The last moment that it tells of. */
  last: Instant
  confidential: boolean
  regionCode: string | null
}

/** The header does not tell what is in the columns. */
export interface Headless {
  errors: FieldError[]
}

export async function* checkBatches(
  batches: AsyncIterable<Batch>,
  { now, years, days, units, regions }: CheckJob,
): AsyncGenerator<CheckedBatch<Checked> | Headless> {
  const calendar = calendarFrom(years, days)
  const places = placesOf(units, regions)
  let setting: CheckSetting | undefined
  for await (const { sheet, about, rows } of batches) {
    let data: readonly SheetRow[] = rows
    let found: { header?: Header } = {}
    if (setting === undefined) {
      const result = resolveHeader(rows.slice(0, HEADER_ROWS + 1))
      if ('errors' in result) {
        yield result
        return
      }
      found = result
      data = rows.filter(({ n }) => n > result.header.lastRow)
      setting = { header: result.header, now, calendar, places }
    }
    const known = setting
    yield {
      ...{ sheet, ...(about === undefined ? {} : { about }), ...found },
      rows: data.map((row) => checkRow(row, known)),
    }
  }
}
