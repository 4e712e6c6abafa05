// What a stored cell of a worksheet means: its type, text and style turned into a RawCell.
import { serialText } from './serial.ts'
import type { RawCell } from './sheet.ts'
import type { StringTable } from './strings.ts'

export interface CellContext {
  strings: StringTable
  /** By style index: whether numbers of that style are dates. */
  dateStyles: readonly boolean[]
  from1904: boolean
}

/**
 * `type` is the attribute t (ECMA-376 part 1, 18.18.11), `stored` the content of v or is, undefined without one.
 * null for an empty cell; undefined for a cell that makes no sense.
 */
export function cellOf(
  type: string,
  stored: string | undefined,
  style: number,
  isFormula: boolean,
  context: CellContext,
): RawCell | null | undefined {
  if (stored === undefined) return isFormula ? { v: null, kind: 'formula' } : null
  switch (type) {
    case 's': {
      const text = context.strings.at(stored === '' ? -1 : Number(stored))
      return text === undefined ? undefined : textCell(text, isFormula)
    }
    case 'n':
      return numberCell(stored.trim(), style, isFormula, context)
    case 'inlineStr':
    case 'str':
      return textCell(decodeEscapes(stored), isFormula)
    case 'b':
      return { v: stored === '1' || stored === 'true', kind: isFormula ? 'formula' : 'bool' }
    case 'e':
      return { v: stored, kind: 'error' }
    case 'd':
      return {
        v: stored.replace('T', ' ').replace(/(?:\.\d+)?Z?$/, ''),
        kind: isFormula ? 'formula' : 'date',
      }
    default:
      return undefined
  }
}

function textCell(text: string, isFormula: boolean): RawCell | null {
  if (text === '' && !isFormula) return null
  return { v: text, kind: isFormula ? 'formula' : 'text' }
}

function numberCell(stored: string, style: number, isFormula: boolean, context: CellContext): RawCell | null {
  if (stored === '') return isFormula ? { v: null, kind: 'formula' } : null
  const number = Number(stored)
  if (Number.isNaN(number)) return textCell(stored, isFormula)
  const kind = isFormula ? 'formula' : 'number'
  if (context.dateStyles[style] === true) {
    const text = serialText(number, context.from1904)
    if (text !== undefined) return { v: text, kind: isFormula ? 'formula' : 'date' }
  }
  if (!Number.isFinite(number)) return { v: stored, kind: 'error' }
  return mayHaveLostDigits(stored) ? { v: number, kind, raw: stored } : { v: number, kind }
}

/** More than 15 digits, or an exponent: what a float of Excel does not hold faithfully. */
function mayHaveLostDigits(stored: string): boolean {
  if (stored.includes('E') || stored.includes('e')) return true
  return stored.length > 15 && stored.replace(/^-?0*\.?0*|\D/g, '').length > 15
}

/** `_x000D_` stands for U+000D (ECMA-376 part 1, 22.9.2.19 ST_Xstring). */
export function decodeEscapes(text: string): string {
  if (!text.includes('_x')) return text
  const decoded = text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return decoded.replaceAll('\u0000', '\ufffd').toWellFormed()
}

// Built-in number formats that show a date or a time of day (ECMA-376 part 1, 18.8.30); 27–36 and 50–58 are the
// Chinese ones. Not 46, [h]:mm:ss, which shows a duration.
const BUILT_IN = [14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 45, 47]
const DATE_FORMATS: ReadonlySet<number> = new Set([...BUILT_IN, 50, 51, 52, 53, 54, 55, 56, 57, 58])

/** Whether a number format shows a date or a time of day; `code` for formats that the workbook defines itself. */
export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined) return DATE_FORMATS.has(id)
  const [positive = ''] = code
    .slice(0, 1000)
    .replace(/"[^"]*"|\\.|_.|\*./g, '')
    .split(';')
  if (/\[(?:h+|m+|s+)\]/i.test(positive)) return false
  const letters = positive.replace(/\[[^\]]*\]/g, '').replace(/general/gi, '')
  return /[ymdhs]/i.test(letters) || /上午|下午/.test(letters)
}
