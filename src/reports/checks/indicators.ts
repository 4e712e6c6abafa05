// CONTRADICTION of kinds: a satisfaction indicator that is measured by something that is not satisfaction.
import { findingAt, type Finding, type Given } from '../finding.ts'
import type { Line } from '../reading/lines.ts'
import { placeIn } from '../reading/places.ts'

const KIND = '满意度指标'
/** The next row of the table begins so. */
const NEXT_ROW = /^(?:项目|效益|绩效|产出)/
const MEASURED = /率(?:达到|达|为)?\d/

export function indicators({ lines }: Given): Finding[] {
  return lines.flatMap((line, i) => {
    const row = rowAt(lines, i)
    const actual = row.findLast(({ text }) => MEASURED.test(text) && !text.includes('满意'))
    if (actual === undefined) return []
    const zh = `满意度指标用“${actual.text.slice(0, 40)}”来衡量，与指标的类型不符`
    const en = 'a satisfaction indicator is measured by something that is not satisfaction'
    return [findingAt('CONTRADICTION', placeIn(actual.line ?? line, 0), zh, en)]
  })
}

/** The cells of a row of the indicator table: in one line with tabs, or one cell a line. */
function rowAt(lines: readonly Line[], i: number): { text: string; line?: Line }[] {
  const line = lines[i]
  if (line === undefined) return []
  if (line.cells.includes(KIND)) return line.cells.filter((text) => text !== KIND).map((text) => ({ text }))
  if (line.text !== KIND || lines[i - 1]?.text === KIND) return []
  const below = lines.slice(i + 1, i + 8)
  const end = below.findIndex(({ text }) => NEXT_ROW.test(text))
  return (end === -1 ? below : below.slice(0, end))
    .filter(({ text }) => text !== '' && text !== KIND)
    .map((cell) => ({ text: cell.text, line: cell }))
}
