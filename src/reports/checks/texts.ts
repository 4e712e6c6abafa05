// Checks of the text around the figures: numbers of items, names of projects, cut-offs, what is claimed to be nil, wording.
import type { Line, NumberStyle } from '../reading/lines.ts'
import { cutOffs, terms } from '../reading/words.ts'
import type { Context, Finding, Place, Stated } from '../stated.ts'

export function checkTexts(lines: readonly Line[], figures: readonly Stated[], context: Context): Finding[] {
  return [
    ...numbering(lines),
    ...namedCounts(lines),
    ...aliases(lines),
    ...asOf(lines),
    ...indicators(lines),
    ...townships(figures, context),
    ...zeroClaims(lines, figures),
    ...wording(lines),
  ]
}

const placeOf = (line: Line, column: number, length = 24): Place => ({
  line: line.n,
  column,
  excerpt: line.text.slice(Math.max(0, column - 8), column + length),
})

/** From the highest: a number of one level begins those below it anew. */
const LEVELS: readonly (readonly NumberStyle[])[] = [
  ['han'],
  ['bracket-han'],
  ['arabic', 'dot'],
  ['bracket-arabic'],
]
const PART = /^第[一二三四五六七八九十\d]+部分/

/** Within one list 1、2、3、…: a number that comes again, or one that is left out. */
function numbering(lines: readonly Line[]): Finding[] {
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
    const again = before !== undefined && number.value === before.value && number.value > 1
    const leftOut =
      before !== undefined &&
      number.value === before.value + 2 &&
      !lines.slice(before.n, line.n - 1).some((each) => each.number?.value === before.value + 1)
    if (!again && !leftOut) return []
    return [
      {
        ...({ check: 'NUMBERING', severity: 'error', place: placeOf(line, 0) } as const),
        zh: again
          ? `序号${number.value}与第${before.n}行重复`
          : `序号${before.value}（第${before.n}行）之后缺${before.value + 1}`,
        en: `item number ${number.value} follows ${before.value} of line ${before.n}`,
        proposal: String(before.value + 1),
      },
    ]
  })
}

const QUOTED = /“([^”]{1,400})”/g
const HAN_COUNT = /^(?:等)?(\d{1,3})个项目/

/** “甲、乙、丙”…N个项目: as many names as are said; and as many 综述 as projects were assessed. */
function namedCounts(lines: readonly Line[]): Finding[] {
  const found: Finding[] = []
  const described = lines.filter(({ text }) => /绩效目标完成情况综述/.test(text)).length
  for (const line of lines) {
    for (const match of line.text.matchAll(QUOTED)) {
      const names = (match[1] ?? '').split('、').filter((name) => name.length >= 4)
      if (names.length < 3) continue
      const rest = line.text.slice(match.index + match[0].length)
      const counts = [
        ...(HAN_COUNT.exec(rest)?.[1] ?? '').split(' '),
        /对(\d{1,3})个项目编制/.exec(rest)?.[1] ?? '',
      ]
      for (const count of counts.filter((text) => text !== '').map(Number)) {
        if (count === names.length) continue
        found.push({
          ...({ check: 'SUM', severity: 'error', place: placeOf(line, match.index) } as const),
          zh: `列举了${names.length}个项目名称，却称${count}个项目`,
          en: `${names.length} projects are named, ${count} are counted`,
        })
      }
    }
    const assessed = /对(\d{1,3})个项目开展了绩效目标完成情况自评/.exec(line.text)
    if (assessed?.[1] !== undefined && described > 0 && Number(assessed[1]) !== described) {
      found.push({
        ...({ check: 'SUM', severity: 'error', place: placeOf(line, assessed.index) } as const),
        zh: `称自评${assessed[1]}个项目，文中只有${described}个项目的完成情况综述`,
        en: `${assessed[1]} projects are said to be assessed, ${described} are described`,
      })
    }
  }
  return found
}

const HEADING = /^（?\d{1,2}）\s?(.{4,40}?)(?:项目)?绩效目标完成情况综述/
const FILLER = /经费|专项|项目|使用费|维护费|工作|市/g

/** Names of projects that share their core but are written in different ways. */
function aliases(lines: readonly Line[]): Finding[] {
  const names = new Map<string, { line: Line; column: number }>()
  const note = (name: string, line: Line, column: number) => {
    const clean = name.replace(/项目$/, '').trim()
    if (clean.length >= 4 && !names.has(clean)) names.set(clean, { line, column })
  }
  for (const [i, line] of lines.entries()) {
    for (const match of line.text.matchAll(QUOTED)) {
      const parts = (match[1] ?? '').split('、')
      if (parts.length >= 3 && /项目/.test(line.text)) for (const part of parts) note(part, line, match.index)
    }
    const heading = HEADING.exec(line.text)?.[1]
    if (heading !== undefined) note(heading, line, 0)
    if (line.text === '项目名称') {
      const below = lines.slice(i + 1, i + 4).find(({ text }) => text !== '')
      if (below !== undefined) note(below.text, below, 0)
    }
  }
  const all = [...names].map(([name, where]) => ({ name, where, core: gramsOf(name.replaceAll(FILLER, '')) }))
  const found: Finding[] = []
  const told = new Set<string>()
  for (const [i, one] of all.entries()) {
    const same = all
      .slice(i + 1)
      // 经费 left off at the end is no other name.
      .filter(({ name }) => !name.startsWith(one.name) && !one.name.startsWith(name))
      .filter((other) => alike(one.core, other.core) && !told.has(other.name))
    const [first] = same
    if (first === undefined || told.has(one.name)) continue
    for (const { name } of same) told.add(name)
    found.push({
      ...({
        check: 'ALIAS',
        severity: 'warning',
        place: placeOf(first.where.line, first.where.column),
      } as const),
      zh: `同一项目有不同名称：${[one, ...same].map(({ name }) => `“${name}”`).join('、')}（首见于第${one.where.line.n}行）`,
      en: `one project under several names, first in line ${one.where.line.n}`,
      proposal: one.name,
    })
  }
  return found
}

function gramsOf(text: string): ReadonlySet<string> {
  const characters = [...text]
  return new Set(characters.slice(1).map((character, i) => `${characters[i]}${character}`))
}

function alike(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const smaller = Math.min(a.size, b.size)
  if (smaller < 2) return false
  const shared = [...a].filter((gram) => b.has(gram)).length
  return shared / smaller >= 0.6
}

/** Cut-offs within one list of numbered items: more than one kind is said, with where each stands. */
function asOf(lines: readonly Line[]): Finding[] {
  const found: Finding[] = []
  let inList: { cut: string; line: Line; column: number }[] = []
  const close = () => {
    const kinds = new Set(inList.map(({ cut }) => cut))
    const [, second] = [...kinds]
    const odd = inList.find(({ cut }) => cut === second)
    if (odd !== undefined) {
      found.push({
        ...({ check: 'ASOF', severity: 'warning', place: placeOf(odd.line, odd.column) } as const),
        zh: `同一部分的截止时间不一致：${[...kinds].map((cut) => `“${cut}”（第${inList.find((each) => each.cut === cut)?.line.n}行）`).join('、')}`,
        en: `several cut-offs in one list: ${kinds.size}`,
      })
    }
    inList = []
  }
  let style: string | undefined
  for (const line of lines) {
    if (line.number?.value === 1 && line.number.style !== style) close()
    if (line.number !== undefined && ['han', 'bracket-han'].includes(line.number.style)) close()
    style = line.number?.style ?? style
    if (line.number?.style !== 'arabic') continue
    for (const match of line.text.matchAll(cutOffs)) {
      inList.push({ cut: match[0].replace('截止', '截至'), line, column: match.index })
    }
  }
  close()
  return found
}

/** A satisfaction indicator that is measured by something else: 满意度指标 … 回复率. */
function indicators(lines: readonly Line[]): Finding[] {
  return lines.flatMap((line, i) => {
    if (line.text !== '满意度指标' || lines[i - 1]?.text === '满意度指标') return []
    const row = lines.slice(i + 1, i + 8)
    const end = row.findIndex(({ text }) => /^(?:项目|效益|绩效)/.test(text))
    const cells = (end === -1 ? row : row.slice(0, end)).filter(
      ({ text }) => text !== '' && text !== '满意度指标',
    )
    const actual = cells.findLast(({ text }) => /率(?:达到|达|为)?\d/.test(text) && !/满意/.test(text))
    if (actual === undefined) return []
    return [
      {
        ...({ check: 'CONTRADICTION', severity: 'error', place: placeOf(actual, 0) } as const),
        zh: `满意度指标用“${actual.text}”来衡量，与指标的类型不符`,
        en: 'a satisfaction indicator is measured by something that is not satisfaction',
      },
    ]
  })
}

function townships(figures: readonly Stated[], { townships: known }: Context): Finding[] {
  if (known === undefined) return []
  return figures
    .filter(
      ({ unit, after, value }) =>
        unit === '个' && /^(?:乡镇|镇街|镇街道|街道)/.test(after) && value !== known,
    )
    .map((stated) => ({
      ...({ check: 'CONTRADICTION', severity: 'error', place: stated.place } as const),
      zh: `称${stated.digits}个乡镇街道，当年末区划为${known}个`,
      en: `${stated.digits} townships are named, the district had ${known} at the end of the year`,
      proposal: `${known}个`,
    }))
}

/** “零”… and 无…: what the text itself counts of it must be nothing. */
function zeroClaims(lines: readonly Line[], figures: readonly Stated[]): Finding[] {
  return lines.flatMap((line) =>
    [...line.text.matchAll(/“零”([^，。；、“]{2,12})/g)].flatMap((match) => {
      const claimed = (match[1] ?? '').trim()
      const counted = figures.find(
        (each) => each.value > 0 && ['批', '人次', '件'].includes(each.unit) && each.name === claimed,
      )
      if (counted === undefined) return []
      return [
        {
          ...({ check: 'ZERO_CLAIM', severity: 'error', place: placeOf(line, match.index) } as const),
          zh: `称“零”${claimed}，第${counted.place.line}行却有${counted.digits}${counted.unit}`,
          en: `claimed to be nil, yet ${counted.digits} in line ${counted.place.line}`,
        },
      ]
    }),
  )
}

function wording(lines: readonly Line[]): Finding[] {
  return lines.flatMap((line) => {
    const seen = new Set<number>()
    return terms.flatMap(({ wrong, right }) =>
      [...line.text.matchAll(wrong)].flatMap((match) => {
        if (seen.has(match.index)) return []
        seen.add(match.index)
        return [
          {
            ...({ check: 'ALIAS', severity: 'note', place: placeOf(line, match.index) } as const),
            zh: `“${match[0]}”应为“${right}”`,
            en: 'a word that the field writes otherwise',
            proposal: right,
          },
        ]
      }),
    )
  })
}
