// CONCAT: a number that cannot be may be this year's and last year's written as one; every split that meets the printed change is tried.
import { changeFits, changeWords } from '../exact.ts'
import { shown, type Stated } from '../figures.ts'
import { findingAt, type Finding, type Given } from '../finding.ts'
import type { Relation } from '../relations.ts'

type Most = (stated: Stated) => number

interface Split {
  current: number
  /** Null for a number that was left whole. */
  previous: number | null
}

/** Longer numbers are no two counts. */
const MOST_DIGITS = 15

export function concat(given: Given): Finding[] {
  const { figures, relations, impossible } = given
  const most = mostOf(given)
  const inPairs = new Set<string>()
  const found = relations.flatMap((relation) => {
    if (relation.kind !== 'visits') return []
    const { batches, persons } = relation
    if (!impossible.has(batches.id) && !impossible.has(persons.id)) return []
    for (const { id } of [batches, persons]) inPairs.add(id)
    return pairFinding(given, most, relation)
  })
  const alone = figures.filter(({ id }) => impossible.has(id) && !inPairs.has(id))
  return [...found, ...alone.flatMap((stated) => aloneFinding(given, most, stated))]
}

/** No part exceeds its whole, and nobody but the people of the district. */
function mostOf({ relations, context }: Given): Most {
  const wholes = new Map<string, number>()
  for (const relation of relations) {
    if (relation.kind !== 'subset') continue
    const { part, whole } = relation
    wholes.set(part.id, Math.min(whole.value, wholes.get(part.id) ?? whole.value))
  }
  const people = context.population ?? Number.POSITIVE_INFINITY
  return ({ id, unit }) =>
    Math.min(wholes.get(id) ?? Number.POSITIVE_INFINITY, unit === '人次' ? people : Number.POSITIVE_INFINITY)
}

/** Both numbers of a visit at once: people enough for the batches, in both years. */
function pairFinding(
  given: Given,
  most: Most,
  { batches, persons, least }: Extract<Relation, { kind: 'visits' }>,
): Finding[] {
  const splits = optionsOf(given, most, batches).flatMap((b) =>
    optionsOf(given, most, persons)
      .filter((p) => p.current >= least * b.current)
      .filter((p) => p.previous === null || b.previous === null || p.previous >= least * b.previous)
      .map((p) => ({ b, p })),
  )
  const [only, ...others] = splits
  if (only === undefined || others.length > 0) return []
  const changes = [batches, persons].flatMap(({ change, unit }) =>
    change === undefined ? [] : [`${unit === '批' ? '批次' : unit}${changeWords(change)}`],
  )
  const zh = `${shown(batches)}次、${shown(persons)}像是本年数与上年数连写：拆开后${changes.join('、')}恰好成立，且只有这一种拆法`
  const { b, p } = only
  return [
    findingAt(
      'CONCAT',
      batches,
      zh,
      'two years’ numbers written as one: exactly one split meets the printed changes',
      {
        proposal: `${b.current}批${p.current}人次${beforeOf(b, p)}`,
      },
    ),
  ]
}

const beforeOf = (b: Split, p: Split) => {
  const told = [
    ...(b.previous === null ? [] : [`${b.previous}批`]),
    ...(p.previous === null ? [] : [`${p.previous}人次`]),
  ]
  return told.length === 0 ? '' : `（上年${told.join('')}）`
}

function aloneFinding(given: Given, most: Most, stated: Stated): Finding[] {
  const [only, ...others] = optionsOf(given, most, stated)
  if (only === undefined || others.length > 0 || stated.change === undefined) return []
  const zh = `${shown(stated)}像是本年数与上年数连写：拆开后${changeWords(stated.change)}恰好成立，且只有这一种拆法`
  return [
    findingAt(
      'CONCAT',
      stated,
      zh,
      'two years’ numbers written as one: exactly one split meets the printed change',
      {
        proposal: `${only.current}${stated.unit}（上年${only.previous}${stated.unit}）`,
      },
    ),
  ]
}

function optionsOf({ impossible }: Given, most: Most, stated: Stated): Split[] {
  if (!impossible.has(stated.id)) return [{ current: stated.value, previous: null }]
  const { change, digits } = stated
  if (change === undefined || digits.length > MOST_DIGITS || digits.includes('.')) return []
  const upTo = most(stated)
  return Array.from({ length: digits.length - 1 }, (_, i) => [digits.slice(0, i + 1), digits.slice(i + 1)])
    .filter(([, last = '']) => !last.startsWith('0'))
    .map(([now, last]) => ({ current: Number(now), previous: Number(last) }))
    .filter(({ current, previous }) => current <= upTo && changeFits(current, previous, change))
}
