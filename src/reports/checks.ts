// Checks figures, and the text around them where there is one: every check over the same figures and relations, in the order of their places.
//
// For figures that were counted or entered: `checkFigures(figures, context)`. For a text: `checkText` of `check-text.ts`.
import { alias } from './checks/alias.ts'
import { asOf } from './checks/as-of.ts'
import { concat } from './checks/concat.ts'
import { contradiction } from './checks/contradiction.ts'
import { indicators } from './checks/indicators.ts'
import { late } from './checks/late.ts'
import { digits, population } from './checks/magnitude.ts'
import { namedCounts } from './checks/named-counts.ts'
import { numbering } from './checks/numbering.ts'
import { min5, persons } from './checks/persons.ts'
import { rateMatch } from './checks/rate-match.ts'
import { rateRange } from './checks/rate-range.ts'
import { stock } from './checks/stock.ts'
import { subset } from './checks/subset.ts'
import { sum } from './checks/sum.ts'
import { townships } from './checks/townships.ts'
import { unit } from './checks/unit.ts'
import { wording } from './checks/wording.ts'
import { yoy } from './checks/yoy.ts'
import { zeroClaim } from './checks/zero-claim.ts'
import type { Stated } from './figures.ts'
import type { Context, Finding, Given } from './finding.ts'
import { relationsAmong, type Relation } from './relations.ts'

/** What makes a number impossible in itself: other checks say nothing more of it, and it may be two numbers. */
const ofNumbers = [subset, population, digits]
const others = [
  ...[sum, unit, min5, persons, rateRange, rateMatch, late, yoy, concat, stock, contradiction, zeroClaim],
  ...[asOf, numbering, namedCounts, alias, indicators, townships, wording],
]
const ORDER = { error: 0, warning: 1, note: 2 } as const

/**
 * What is wrong with these figures: in the order of their places, at one place the gravest first. `more` adds relations
 * that do not follow from what the figures count, `lines` the text that they stand in.
 */
export function checkFigures(
  stated: readonly Stated[],
  context: Context = {},
  { more = [], lines = [] }: { more?: readonly Relation[]; lines?: Given['lines'] } = {},
): Finding[] {
  const figures = stated.map((figure) => remembered(figure, context))
  const relations = [...relationsAmong(figures), ...more]
  const given: Given = { figures, relations, context, lines, impossible: new Set() }
  const first = ofNumbers.flatMap((check) => check(given))
  const impossible = new Set(first.flatMap(({ figure }) => figure ?? []))
  const rest = others.flatMap((check) => check({ ...given, impossible }))
  return once([...first, ...rest]).toSorted(
    (a, b) =>
      a.place.line - b.place.line || ORDER[a.severity] - ORDER[b.severity] || a.place.column - b.place.column,
  )
}

/** The count of the year before, where it is on record and not given. */
function remembered(figure: Stated, { previous }: Context): Stated {
  const known = figure.metric === undefined ? undefined : previous?.get(figure.metric)
  return known === undefined || figure.previous !== undefined ? figure : { ...figure, previous: known }
}

/** Relations that follow from ids and from the text may be the same one. */
function once(findings: readonly Finding[]): Finding[] {
  const told = new Set<string>()
  return findings.filter(({ check, place, zh }) => {
    const key = `${check} ${place.line} ${place.column} ${check === 'SUM' ? '' : zh}`
    if (told.has(key)) return false
    told.add(key)
    return true
  })
}
