// Turns wording and facts into the paragraphs of a report. Pure: facts in, text out.
import type { Fact } from './fact.ts'
import type { PeriodFacts } from './collecting.ts'
import { dateInWords } from './periods.ts'
import type { Section } from './wording.ts'

export interface Paragraph {
  section: string
  /** Empty for what people wrote between the sections. */
  heading: string
  text: string
  /** Keys of the facts that it names. */
  facts: string[]
}

/** One paragraph a section, without the lines that say nothing of this period; a section of none is left out. */
export function paragraphsOf(facts: PeriodFacts, sections: readonly Section[]): Paragraph[] {
  return sections.flatMap(({ id, heading, lines }) => {
    const used: string[] = []
    const text = lines
      .filter((line) => stands(line, facts))
      .map((line) => filled(line.replace(CONDITION, ''), facts, used))
      .join('')
    return text === '' ? [] : [{ section: id, heading, text, facts: [...new Set(used)] }]
  })
}

const CONDITION = /^\[(!?=?)([^\]]+)\]/
const PLACE = /\{([^{}]*)\}/g

/** Every key that lines name, for checking a new wording. */
export function keysIn(lines: readonly string[]): string[] {
  const named = lines.flatMap((line) => [
    ...(CONDITION.exec(line)?.[2]?.split(' ') ?? []),
    ...[...line.matchAll(PLACE)].flatMap(([, inner = '']) => {
      if (FIXED.has(inner)) return []
      const compared = /^(?:yoy|pace) (.*)$/.exec(inner)?.[1]
      return compared === undefined
        ? [inner.replace(/[#~/^]$/, '')]
        : compared.split(' ').map((pair) => (pair.includes('=') ? pair.slice(pair.indexOf('=') + 1) : inner))
    }),
  ])
  return [...new Set(named)]
}

/** A line with a brace or a condition that is no whole one: it would be printed as it stands. */
export function brokenLine(lines: readonly string[]): string | undefined {
  return lines.find((line) => /[{}]|^\[/.test(line.replace(CONDITION, '').replaceAll(PLACE, '')))
}

/** What is no fact. */
const FIXED = new Set(['period', 'asOf', 'top topics', 'top units'])

function stands(line: string, facts: PeriodFacts): boolean {
  const [, mark = '', keys = ''] = CONDITION.exec(line) ?? []
  if (keys === '') return true
  const named = keys.split(' ').map((key) => factOf(facts, key))
  const holds = mark.endsWith('=')
    ? new Set(named.map(({ text }) => text)).size === 1
    : (named[0]?.value ?? 0) > 0
  return mark.startsWith('!') ? !holds : holds
}

function factOf({ facts }: PeriodFacts, key: string): Fact {
  const fact = facts.get(key)
  if (fact === undefined) throw new Error(`the wording names ${key}, and there is no such fact`)
  return fact
}

/** A title or line with its places filled; the keys of the facts go into `used`. */
export function filled(line: string, facts: PeriodFacts, used: string[] = []): string {
  return line.replaceAll(PLACE, (_, inner: string) => {
    if (inner === 'asOf') return dateInWords(facts.asOf)
    if (inner === 'period') return facts.period.label
    if (inner === 'top topics') return topTopics(facts, used)
    if (inner === 'top units') return topUnits(facts)
    const [, kind, pairs] = /^(yoy|pace) (.*)$/.exec(inner) ?? []
    if (pairs !== undefined) return comparison(pairs, kind === 'yoy' ? 'change' : 'pace', facts)
    const [, key = '', mark] = /^(.*?)([#~/^])?$/.exec(inner) ?? []
    const fact = factOf(facts, key)
    used.push(key)
    if (mark === '#') return fact.text.replace(fact.unit, '')
    if (mark === '~') return fact.change ?? '不作比较'
    if (mark === '^') return fact.pace ?? '不作比较'
    if (mark === '/') return String(fact.denominator ?? 0)
    return fact.text
  })
}

/** The clauses of a comparison, each with its unit: `，与去年相比批次下降42%，人次下降43%`. Nothing where neither period has any. */
function comparison(pairs: string, which: 'change' | 'pace', facts: PeriodFacts): string {
  const { kind, before } = facts.period
  const called = which === 'pace' ? before.called : kind === 'year' ? '去年' : '去年同期'
  const clauses = pairs.split(' ').flatMap((pair) => {
    const [unit = '', key = ''] = pair.split('=')
    const words = factOf(facts, key)[which]
    if (words === null) return []
    if (words.includes('为0'))
      return [{ moved: false, text: `${unit}${which === 'pace' ? called : '去年同期'}为0，不作比较` }]
    const moved = /^(?:上升|下降)/.test(words)
    return [{ moved, text: `${unit}${moved ? words : `与${called}持平`}` }]
  })
  if (clauses.length === 0) return ''
  const begin = clauses[0]?.moved === true ? `与${called}相比` : ''
  return `，${begin}${clauses.map(({ text }) => text).join('，')}`
}

const MOST = { topics: 5, units: 3 }

function topTopics({ facts }: PeriodFacts, used: string[]): string {
  const first = [...facts.values()]
    .filter(({ key, value }) => /^topic\.[^.]+$/.test(key) && (value ?? 0) > 0)
    .toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0))
    .slice(0, MOST.topics)
  used.push(...first.map(({ key }) => key))
  return first.map(({ name, text }) => `${name}${text}`).join('、')
}

function topUnits({ units }: PeriodFacts): string {
  return units
    .slice(0, MOST.units)
    .map(({ unit, accepted }) => `${unit}${accepted}件`)
    .join('、')
}
