// NUMBERING: within one list 1、2、3、…: a number that comes again, or one that is left out.
import { findingAt, type Finding, type Given } from '../finding.ts'
import type { NumberStyle } from '../reading/lines.ts'
import { placeIn } from '../reading/places.ts'

/** From the highest: a number of one level begins those below it anew. */
const LEVELS: readonly (readonly NumberStyle[])[] = [
  ['han'],
  ['bracket-han'],
  ['arabic', 'dot'],
  ['bracket-arabic'],
]
const PART = /^第[一二三四五六七八九十\d]+部分/

export function numbering({ lines }: Given): Finding[] {
  const last = new Map<NumberStyle, { value: number; n: number }>()
  const begin = (level: number) => {
    for (const style of LEVELS.slice(level).flat()) last.delete(style)
  }
  return lines.flatMap((line) => {
    const { number, automatic } = line
    if (PART.test(line.text)) begin(0)
    if (automatic !== undefined) {
      begin(0)
      for (const style of LEVELS.flat()) last.set(style, { value: automatic, n: line.n })
    }
    if (number === undefined) return []
    const before = last.get(number.style)
    begin(LEVELS.findIndex((styles) => styles.includes(number.style)) + 1)
    last.set(number.style, { value: number.value, n: line.n })
    if (before === undefined) return []
    const again = number.value === before.value && number.value > 1
    const leftOut =
      number.value === before.value + 2 &&
      !lines.slice(before.n, line.n - 1).some((each) => each.number?.value === before.value + 1)
    if (!again && !leftOut) return []
    const zh = again
      ? `序号${number.value}与第${before.n}行重复`
      : `序号${before.value}（第${before.n}行）之后缺${before.value + 1}`
    const en = `item number ${number.value} follows ${before.value} of line ${before.n}`
    return [findingAt('NUMBERING', placeIn(line, 0), zh, en, { proposal: String(before.value + 1) })]
  })
}
