// Reads the figures of a report: each number with its unit, the words that name it, what it counts, its change, and what it is part of.
import type { Place, Stated } from '../figures.ts'
import type { Relation } from '../relations.ts'
import { metricOf } from './binding.ts'
import { changesReader } from './changes.ts'
import type { Line } from './lines.ts'
import { listReader } from './lists.ts'
import { clauseBefore, nameOf } from './names.ts'
import { numberAt, type NumberFound } from './numbers.ts'
import { scopesIn } from './scopes.ts'
import { claims, goals } from './words.ts'

const MARKS = /其中|以下方面|[（(]含|[（()）]|[。；;!！?？]|\d/g
const SAID = 120

export interface Read {
  figures: Stated[]
  /** What the text itself says belongs together. */
  relations: Relation[]
}

/** `year` is the report's: what is said of another year counts nothing of it. */
export function readFigures(lines: readonly Line[], year?: number): Read {
  const figures: Stated[] = []
  const relations: Relation[] = []
  const lists = listReader()
  let inherited = ''
  for (const line of lines) {
    if (line.text === '') continue
    if (line.number !== undefined) inherited = ''
    const scopeAt = scopesIn(line.text, inherited)
    if (line.number !== undefined && line.text.length <= 40) inherited = scopeAt(line.text.length)
    lists.line()
    const changes = changesReader()
    readLine(
      line,
      {
        scopeAt,
        lists,
        changes,
        add(stated, said) {
          const metric = metricOf({ stated, said }, figures.at(-1), year)
          if (metric !== undefined) stated.metric = metric
          figures.push(stated)
          return stated
        },
      },
      String(line.n),
    )
    relations.push(...changes.relations())
    lists.lineEnd(/其中[:：]?$/.test(line.text))
  }
  const named = claimsIn(lines)
  return { figures: [...figures, ...named], relations: [...relations, ...lists.end()] }
}

interface Readers {
  scopeAt: (at: number) => string
  lists: ReturnType<typeof listReader>
  changes: ReturnType<typeof changesReader>
  add: (stated: Stated, said: string) => Stated
}

function readLine(line: Line, { scopeAt, lists, changes, add }: Readers, prefix: string): void {
  const { text } = line
  let [clauseFrom, sentenceFrom, readTo, n] = [0, 0, 0, 0]
  let last: { stated: Stated; to: number } | undefined
  for (const { 0: mark, index: at } of text.matchAll(MARKS)) {
    if (at < readTo) continue
    if (mark === '其中' || mark === '以下方面') {
      lists.parts(/[：:]/.test(text[at + mark.length] ?? ''))
      clauseFrom = at + mark.length
    } else if (mark.length === 2) {
      lists.open(last?.to === at ? last.stated : undefined)
      lists.parts()
      clauseFrom = at + mark.length
    } else if (mark === '（' || mark === '(') lists.open(last?.to === at ? last.stated : undefined)
    else if (mark === '）' || mark === ')') lists.close()
    else if (!/\d/.test(mark)) {
      lists.sentenceEnd(!/[；;]/.test(mark))
      changes.sentenceEnd()
      sentenceFrom = at + mark.length
      clauseFrom = sentenceFrom
    } else {
      const { found, end } = numberAt(text, at)
      readTo = end
      if (found === undefined) continue
      const clause = clauseBefore(text, clauseFrom, at)
      clauseFrom = end
      const said = text.slice(Math.max(sentenceFrom, at - SAID), at)
      const read = statedFrom(found, { line, clause, prefix: `${prefix}.${n}`, scope: scopeAt(at) })
      n += 1
      if (changes.change(read, clause)) continue
      const stated = add(read, said.trimEnd())
      last = { stated, to: end }
      lists.figure(stated, clause)
      const part = changes.figure(stated, clause)
      if (part !== undefined) lists.share(part)
    }
  }
}

function statedFrom(
  found: NumberFound,
  { line, clause, prefix, scope }: { line: Line; clause: string; prefix: string; scope: string },
): Stated {
  const { from, to, more, unit, digits, value, decimals, printed, least } = found
  const behind = line.text.slice(to, to + 16).split(/[，。；、（）,;]/, 1)[0] ?? ''
  const place: Place = {
    ...{ line: line.n, column: from },
    excerpt: line.text.slice(Math.max(0, from - 16), Math.min(to + 8, from + 40)),
  }
  return {
    ...{
      id: prefix,
      source: 'declared',
      scope,
      name: nameOf(clause),
      digits,
      value,
      decimals,
      unit,
      printed,
    },
    ...(least === undefined ? {} : { least }),
    ...{ atLeast: more || /^(?:以上|多|余)/.test(behind), goal: goals.test(clause.trimEnd()), claim: false },
    ...{ paragraph: line.n, behind, place },
  }
}

/** “零”到省集体访, 无进京非接待场所上访: figures of nothing, where the words say of what. */
function claimsIn(lines: readonly Line[]): Stated[] {
  return lines.flatMap((line) =>
    [...line.text.matchAll(claims)].flatMap((match, i) => {
      const words = match[1] ?? ''
      const stated: Stated = {
        ...{ id: `${line.n}.无${i}`, source: 'declared', scope: scopesIn(words)(words.length), name: words },
        ...{ digits: '0', value: 0, decimals: 0, unit: '批', printed: '批' },
        ...{ atLeast: false, goal: false, claim: true, paragraph: line.n },
        place: { line: line.n, column: match.index, excerpt: match[0] },
      }
      const metric = stated.scope === '' ? undefined : metricOf({ stated, said: words }, undefined)
      return metric === undefined ? [] : [{ ...stated, metric }]
    }),
  )
}
