// Finds the figures of a report: each number with its unit, the words that name it, its scope and its printed change.
import type { Stated, StatedChange, StatedUnit } from '../stated.ts'
import type { Line } from './lines.ts'
import { connectors, linking, scopes } from './words.ts'

const UNITS: Record<string, StatedUnit> = {
  批次: '批',
  批: '批',
  人次: '人次',
  人: '人',
  名: '人',
  件: '件',
  个百分点: '个百分点',
  个: '个',
  次: '次',
  天: '天',
  条: '条',
  万元: '万元',
  元: '元',
  '%': '%',
}
// No quantifier stands within another, so that a line of a million digits is read once.
const FIGURE = /(\d+(?:\.\d+)?)(余)?(万元|元|批次|批|人次|个百分点|个|人|名|件|次|天|条|%)/g
const ENDS = /[。；;!！]/
const MOST_LINE = 20_000

/** In the order of the text. Lines longer than any report's are cut. */
export function figuresOf(lines: readonly Line[]): Stated[] {
  const found: Stated[] = []
  let sentence = 0
  for (const line of lines) {
    const text = line.text.slice(0, MOST_LINE)
    sentence += 1
    let from = 0
    for (const match of text.matchAll(FIGURE)) {
      const [whole, digits = '', more, unitText = ''] = match
      const at = match.index
      const before = text.slice(from, at)
      sentence += [...before].filter((character) => ENDS.test(character)).length
      const spoken = before.split(ENDS).at(-1) ?? ''
      from = at + whole.length
      const after = text.slice(from, from + 16).split(/[，。；、（）,;]/, 1)[0] ?? ''
      const stated: Stated = {
        id: found.length,
        scope: scopeAt(text, at),
        name: nameOf(spoken),
        digits,
        value: Number(digits),
        decimals: digits.split('.')[1]?.length ?? 0,
        unit: UNITS[unitText] ?? '个',
        atLeast: more !== undefined || /^(?:以上|多|余)/.test(after),
        goal: /(?:达到|不低于|不少于|力争)$/.test(spoken),
        after,
        place: { line: line.n, column: at, excerpt: text.slice(Math.max(0, at - 16), from + 8) },
        sentence,
      }
      const change = changeOf(stated, spoken)
      if (change === undefined) found.push(stated)
      else attach(found, stated, change, spoken)
    }
  }
  return found
}

/** The scope whose word stands nearest before the figure in its line. */
function scopeAt(text: string, at: number): string {
  let best = { id: '', at: -1 }
  for (const { id, words } of scopes) {
    for (const word of words) {
      const place = text.lastIndexOf(word, at)
      if (place >= best.at && place !== -1 && place < at) best = { id, at: place }
    }
  }
  return best.id
}

function nameOf(spoken: string): string {
  // What stands before the last mark belongs to something else, unless nothing stands behind it.
  const parts = spoken.split(/[，,：:（(“”]/).filter((part) => part.trim() !== '')
  let name = (parts.at(-1) ?? '').trim()
  const total = name.lastIndexOf('共')
  if (total !== -1 && name.length - total > 2) name = name.slice(total + 1)
  for (let stripped = true; stripped;) {
    stripped = false
    for (const word of connectors) {
      // 及时 is a word of its own.
      if (!name.startsWith(word) || name.startsWith('及时')) continue
      name = name.slice(word.length).trimStart()
      stripped = true
    }
    for (const word of linking) {
      if (name === word || !name.endsWith(word)) continue
      name = name.slice(0, -word.length).trimEnd()
      stripped = true
    }
  }
  return name.slice(-40)
}

function changeOf({ unit, value, decimals }: Stated, spoken: string): StatedChange | undefined {
  if (unit !== '%') return undefined
  const word = /(上升|增长|增加|提高|下降|减少|降低)(?:了|约)?$/.exec(spoken)?.[1]
  if (word === undefined) return undefined
  return { direction: /[下减降]/.test(word) ? 'down' : 'up', percent: value, decimals }
}

/** A change is of the figures before it in its sentence: of the unit that it names, else of the last count and its people. */
function attach(found: Stated[], stated: Stated, change: StatedChange, spoken: string): void {
  const clause = spoken.split(/[，,]/).at(-1) ?? ''
  const same = found.filter(
    ({ sentence, unit }) => sentence === stated.sentence && unit !== '%' && unit !== '万元',
  )
  const named: StatedUnit | undefined = clause.includes('批次')
    ? '批'
    : clause.includes('人次')
      ? '人次'
      : undefined
  const target =
    named === undefined
      ? same.at(-1)
      : same.findLast(({ unit, change: has }) => unit === named && has === undefined)
  if (target !== undefined && target.change === undefined) target.change = change
}
