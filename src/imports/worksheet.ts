// Reads the rows of one worksheet part.
import { cellOf, type CellContext } from './cell-values.ts'
import type { ImportLimits } from './limits.ts'
import { mergeFinder } from './merges.ts'
import { damaged, refuse } from './refusal.ts'
import { columnLetters, columnIndex, type Range, type RawCell, type SheetRow } from './sheet.ts'
import { attribute, utf8, xmlScanner, type XmlEvents } from './xml.ts'

export interface WorksheetContext extends CellContext {
  sheet: string
  /** Name of the part, for errors. */
  part: string
  limits: ImportLimits
  /** Characters of all cells so far, over all sheets. */
  total: { chars: number }
}

/** What may gather before rows are handed on. */
const BATCH_ROWS = 500
const BATCH_CHARS = 131_072

/** Rows with a value, in batches of bounded size. `merges` as `worksheetMerges` gave them. */
export async function* worksheetRows(
  pieces: AsyncIterable<Buffer>,
  context: WorksheetContext,
  merges: readonly Range[],
): AsyncGenerator<SheetRow[]> {
  const decoder = utf8(context.part)
  const mergedAt = mergeFinder(merges, context)
  let batch: SheetRow[] = []
  let chars = 0
  const rows = rowEvents(context, (row, rowChars) => {
    const merged = mergedAt(row.n)
    batch.push(merged === undefined ? row : { ...row, merged })
    chars += rowChars
    if (batch.length >= BATCH_ROWS || chars >= BATCH_CHARS) scanner.pause()
  })
  const scanner = xmlScanner(context.part, rows)
  for await (const piece of pieces) {
    scanner.feed(decoder.decode(piece))
    for (let done = false; !done;) {
      done = scanner.run()
      if (batch.length >= BATCH_ROWS || chars >= BATCH_CHARS) {
        yield batch
        batch = []
        chars = 0
      }
    }
  }
  decoder.end()
  scanner.end()
  if (batch.length > 0) yield batch
}

/** A cell as Excel and POI write it: place, style and type, and at most a value or a text without entities. */
const USUAL_CELL =
  /<c r="([A-Z]{1,3})\d{1,7}"(?: s="(\d{1,9})")?(?: t="([A-Za-z]{1,9})")?(?:\/>|>(?:<v>([^<&]*)<\/v>|<is><t>([^<&]*)<\/t><\/is>)<\/c>)/y

function rowEvents(context: WorksheetContext, emit: (row: SheetRow, chars: number) => void): XmlEvents {
  const { limits, sheet, total } = context
  let inData = false
  let n = 0
  let rowCount = 0
  let hidden = false
  let cells: (RawCell | null)[] = []
  let filled = false
  let rowChars = 0
  let column = -1
  let type = ''
  let style = 0
  let isFormula = false
  let inPhonetic = false
  let value = ''
  let hasValue = false

  const where = () => ({ sheet, row: n, cell: `${columnLetters(column)}${n}` })

  function openRow(attributes: string): void {
    const given = attribute(attributes, 'r="')
    const next = given === undefined ? n + 1 : Number(given)
    if (!Number.isInteger(next) || next <= n || next > 1_048_576)
      damaged('row numbers are not in order', { sheet, row: n })
    n = next
    const hiding = attribute(attributes, 'hidden="')
    hidden = hiding === '1' || hiding === 'true'
    cells = []
    filled = false
    rowChars = 0
    column = -1
  }

  function openCell(attributes: string): void {
    beginCell(attribute(attributes, 'r="'), attribute(attributes, 's="'), attribute(attributes, 't="'))
  }

  function beginCell(given: string | undefined, itsStyle: string | undefined, itsType = 'n'): void {
    const next = given === undefined ? column + 1 : columnIndex(given)
    if (next <= column || next > 16_383) damaged('columns are not in order', { sheet, row: n })
    column = next
    type = itsType
    style = Number(itsStyle ?? 0)
    isFormula = false
    hasValue = false
    value = ''
  }

  function closeCell(): void {
    if (!hasValue && !isFormula) return
    const cell = cellOf(type, hasValue ? value : undefined, style, isFormula, context)
    if (cell === null) return
    if (cell === undefined) return damaged(`a cell of type ${type.slice(0, 20)} makes no sense`, where())
    if (column >= limits.columns) {
      const message = `第 ${n} 行的数据超过 ${limits.columns} 列`
      refuse({
        code: 'import/too-many-columns',
        message,
        detail: `a value beyond column ${limits.columns}`,
        ...where(),
      })
    }
    while (cells.length < column) cells.push(null)
    cells.push(cell)
    if (typeof cell.v !== 'string') {
      filled = true
      return
    }
    filled ||= cell.kind === 'formula' || cell.v.trim() !== ''
    rowChars += cell.v.length
    if (rowChars > limits.rowChars) {
      refuse({
        code: 'import/row-too-long',
        detail: `more than ${limits.rowChars} characters`,
        sheet,
        row: n,
      })
    }
  }

  function closeRow(): void {
    if (!filled) return
    rowCount += 1
    if (rowCount > limits.rows) {
      refuse({
        code: 'import/too-many-rows',
        detail: `more than ${limits.rows} rows with a value`,
        sheet,
        row: n,
      })
    }
    total.chars += rowChars
    if (total.chars > limits.textChars) {
      const detail = `more than ${limits.textChars} characters in all cells`
      refuse({ code: 'import/unpacks-too-large', detail, sheet, row: n })
    }
    emit(hidden ? { n, cells, hidden } : { n, cells }, rowChars)
  }

  const events: XmlEvents = {
    reading: false,
    usual: {
      pattern: USUAL_CELL,
      take([, reference, itsStyle, itsType, inValue, inText]) {
        if (!inData || events.reading) return false
        beginCell(reference, itsStyle, itsType)
        const stored = inValue ?? inText
        if (stored !== undefined) {
          hasValue = true
          events.text(stored)
        }
        closeCell()
        return true
      },
    },
    open(name, attributes, empty) {
      if (!inData) {
        if (name === 'sheetData') inData = !empty
        return
      }
      switch (name) {
        case 'c':
          openCell(attributes)
          return
        case 'row':
          openRow(attributes)
          return
        case 'v':
          events.reading = !empty
          hasValue = true
          return
        case 't':
          events.reading = !empty && !inPhonetic
          hasValue = true
          return
        case 'f':
          isFormula = true
          return
        case 'rPh':
          inPhonetic = !empty
      }
    },
    close(name) {
      if (!inData) return
      switch (name) {
        case 'c':
          closeCell()
          return
        case 'v':
        case 't':
          events.reading = false
          return
        case 'row':
          closeRow()
          return
        case 'rPh':
          inPhonetic = false
          return
        case 'sheetData':
          inData = false
      }
    },
    text(piece) {
      value = value === '' ? piece : value + piece
      if (value.length > limits.cellChars) {
        const at = where()
        const message = `${at.cell} 单元格的文字超过 ${limits.cellChars} 个字符`
        refuse({
          code: 'import/cell-too-long',
          message,
          detail: `more than ${limits.cellChars} characters`,
          ...at,
        })
      }
    },
  }
  return events
}
