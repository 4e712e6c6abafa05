// Finds the merged ranges of a worksheet, which stand behind its rows, and tells for each row which of them touch it.
import type { ImportLimits } from './limits.ts'
import { damaged, refuse } from './refusal.ts'
import { columnLetters, parseRange, type Range } from './sheet.ts'
import { attribute, utf8, xmlScanner } from './xml.ts'

interface Where {
  sheet: string
  part: string
  limits: ImportLimits
}

const DATA_END = 'sheetData>'

/** The merged ranges of a worksheet; they stand behind the rows, so this reads over all of them. */
export async function worksheetMerges(pieces: AsyncIterable<Buffer>, context: Where): Promise<Range[]> {
  const { limits, sheet, part } = context
  const merges: Range[] = []
  const scanner = xmlScanner(part, {
    reading: false,
    open(name, attributes) {
      if (name !== 'mergeCell') return
      const range = parseRange(attribute(attributes, 'ref="') ?? '')
      if (range === undefined) return damaged('a merged range cannot be read', { sheet })
      if (range.left >= limits.columns || (range.top === range.bottom && range.left === range.right)) return
      if (merges.push(range) > limits.merges) {
        refuse({ code: 'import/too-many-merges', detail: `more than ${limits.merges} merged ranges`, sheet })
      }
    },
    close: () => undefined,
    text: () => undefined,
  })
  scanner.feed('<worksheet>')
  const decoder = utf8(part)
  let before = Buffer.alloc(0)
  let behind = false
  for await (const piece of pieces) {
    let rest = piece
    if (!behind) {
      const both = Buffer.concat([before, piece])
      const end = endOfData(both)
      before = both.subarray(-64)
      if (end === -1) continue
      behind = true
      rest = both.subarray(end)
    }
    scanner.feed(decoder.decode(rest))
    scanner.run()
  }
  if (behind) scanner.end()
  return merges.toSorted((a, b) => a.top - b.top)
}

/** Where the closing tag of the rows ends (`</sheetData>`, `</x:sheetData>`); it cannot be part of a text. */
function endOfData(bytes: Buffer): number {
  for (let at = bytes.indexOf(DATA_END); at !== -1; at = bytes.indexOf(DATA_END, at + 1)) {
    const tag = bytes.toString('latin1', Math.max(0, at - 32), at)
    if (/<\/(?:[\w.-]+:)?$/.test(tag)) return at + DATA_END.length
  }
  return -1
}

/** For row numbers in rising order: the ranges that touch the row. */
export function mergeFinder(merges: readonly Range[], context: Where): (n: number) => string[] | undefined {
  let next = 0
  let active: { bottom: number; text: string }[] = []
  return (n) => {
    for (let merge = merges[next]; merge !== undefined && merge.top <= n; merge = merges[++next]) {
      const { top, left, bottom, right } = merge
      if (bottom >= n)
        active.push({ bottom, text: `${columnLetters(left)}${top}:${columnLetters(right)}${bottom}` })
    }
    if (active.length === 0) return undefined
    active = active.filter((merge) => merge.bottom >= n)
    if (active.length > context.limits.columns)
      damaged('merged ranges overlap', { sheet: context.sheet, row: n })
    return active.length === 0 ? undefined : active.map((merge) => merge.text)
  }
}
