// Lines of a report's text in one form: marks of the word processor gone, digits half-width, each with its number and its item.

export interface Line {
  /** From 1, as an editor shows it. */
  n: number
  text: string
  /** Of a table's row in one line, with tabs between: what stands in each; else empty. */
  cells: readonly string[]
  /** `11、`, `（二）`, `3.`: how the line begins, where it is numbered by hand. */
  number?: { style: NumberStyle; value: number }
  /** The text lost the style of an automatic number: `1、 ` may have been `一、`. */
  automatic?: number
}

export type NumberStyle = 'arabic' | 'dot' | 'han' | 'bracket-han' | 'bracket-arabic'

const HAN = '零一二三四五六七八九十'
const STYLES: readonly [NumberStyle, RegExp][] = [
  ['arabic', /^(\d{1,2})、(?!\s)/],
  ['dot', /^(\d{1,2})[.．]\s?(?!\d)/],
  ['han', /^([一二三四五六七八九十]{1,3})、/],
  ['bracket-han', /^（([一二三四五六七八九十]{1,3})）/],
  ['bracket-arabic', /^（(\d{1,2})）(?!\s)/],
]

// A blank behind the mark: nobody types one there.
const AUTOMATIC = /^(?:(\d{1,2})、\s|（(\d{1,2})）\s)/

export function linesOf(text: string): Line[] {
  return text.split(/\r\n|[\n\r]/).map((raw, i) => {
    if (raw === '') return { n: i + 1, text: '', cells: [] }
    const line = plain(raw)
    const number = numberOf(line)
    const automatic = number === undefined ? AUTOMATIC.exec(line) : null
    return {
      ...{ n: i + 1, text: line, cells: cellsOf(raw) },
      ...(number === undefined ? {} : { number }),
      ...(automatic === null ? {} : { automatic: Number(automatic[1] ?? automatic[2]) }),
    }
  })
}

function cellsOf(raw: string): string[] {
  const cells = raw.split('\t').map(plain)
  return cells.filter((cell) => cell !== '').length < 2 ? [] : cells.filter((cell) => cell !== '')
}

/** Half-width digits, percent signs and points; bookmarks of the word processor, tabs and odd blanks gone. */
function plain(raw: string): string {
  return raw
    .replaceAll(/\[bookmark:[^\]]*\]/g, '')
    .replaceAll(/[０-９]/g, (digit) => String.fromCodePoint((digit.codePointAt(0) ?? 0) - 0xfee0))
    .replaceAll('％', '%')
    .replaceAll(/[\u00a0\u3000\t\ufeff]/g, ' ')
    .trim()
}

// A blank behind `1、` comes from automatic numbering, whose style is lost in a text: it says nothing.
function numberOf(text: string): Line['number'] {
  for (const [style, pattern] of STYLES) {
    const [, digits] = pattern.exec(text) ?? []
    if (digits !== undefined) return { style, value: /\d/.test(digits) ? Number(digits) : hanNumber(digits) }
  }
  return undefined
}

function hanNumber(text: string): number {
  const at = text.indexOf('十')
  if (at === -1) return HAN.indexOf(text)
  const tens = at === 0 ? 1 : HAN.indexOf(text.slice(0, at))
  return tens * 10 + (at === text.length - 1 ? 0 : HAN.indexOf(text.slice(at + 1)))
}
