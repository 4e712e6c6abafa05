// The shape of a register: its columns, what must hold in a row, and the figures that are counted from it.
import type { Day } from '../platform/clock.ts'
import type { Columns } from '../platform/column-kinds.ts'
import type { RowFinding } from '../platform/references.ts'

export interface RegisterFigure {
  id: string
  name: string
  /** `%`: the two sums of a share; `分`: money. */
  unit: string
  /** SQL over `r` (rows of the register); `$1` and `$2` are the days of the period. */
  value: string
  /** Denominator of a share. */
  of?: string
  /** The rows, where they are not simply those of the register. */
  from?: string
  where?: string
}

export interface Register {
  id: string
  label: string
  /** The table, and the column of the day by which rows are listed and counted. */
  table: string
  day: string
  /** The column of the last day (empty: without end), where a row is listed and counted in every period that it touches. */
  lastDay?: string
  columns: Columns
  /** Beyond single columns; `today` is the day of entering. */
  check?(row: Record<string, unknown>, today: Day): RowFinding[]
  /** Rows that exclude this one: SQL over `r`, with the row's values in place of `:column`. */
  conflict?: { where: string; column: string; message: string }
  figures: readonly RegisterFigure[]
}
