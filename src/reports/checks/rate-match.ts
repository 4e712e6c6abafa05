// RATE_MATCH: a rate is its two counts within rounding, growth is the increase over what was before, a mean lies within its bounds.
import { cutShareOf, percentOf, percentUnits, scaled, shareOf } from '../exact.ts'
import { labelOf, shown, type Stated } from '../figures.ts'
import { findingAt, type Finding, type Given } from '../finding.ts'
import type { RelationOf } from '../relations.ts'

type Share = Extract<RelationOf<Stated>, { kind: 'share' }>
type Growth = Extract<RelationOf<Stated>, { kind: 'growth' }>
type Bounds = Extract<RelationOf<Stated>, { kind: 'bounds' }>

export function rateMatch({ figures, relations }: Given): Finding[] {
  return [
    ...figures.flatMap(ownCounts),
    ...relations.flatMap((relation) => {
      if (relation.kind === 'share') return shareFinding(relation)
      if (relation.kind === 'growth') return growthFinding(relation)
      return relation.kind === 'bounds' ? boundsFinding(relation) : []
    }),
  ]
}

/** A rate that carries its counts. */
function ownCounts(rate: Stated): Finding[] {
  if (rate.of === undefined || rate.unit !== '%') return []
  const [numerator, denominator] = [BigInt(rate.of.numerator), BigInt(rate.of.denominator)]
  const units = shareOf(numerator, denominator, rate.decimals)
  if (units === undefined || units === percentUnits(rate)) return []
  const right = percentOf(units, rate.decimals)
  const zh = `“${labelOf(rate)}”按${numerator}÷${denominator}应为${right}，所列为${rate.digits}%`
  return [
    findingAt('RATE_MATCH', rate, zh, `${numerator} of ${denominator} is ${right}`, { proposal: right }),
  ]
}

/** Beside its counts a rate that differs is miscalculated; elsewhere in the report it contradicts them. */
function shareFinding({ rate, numerator, denominator }: Share): Finding[] {
  const [part, whole] = [scaled(numerator), scaled(denominator)]
  const units = shareOf(part, whole, rate.decimals)
  if (units === undefined || units === percentUnits(rate) || numerator.atLeast || denominator.atLeast)
    return []
  const cut = cutShareOf(part, whole, rate.decimals) === percentUnits(rate)
  const off = units > percentUnits(rate) ? units - percentUnits(rate) : percentUnits(rate) - units
  // One unit of a late decimal: bent so that the shares make 100.
  const bent = rate.decimals >= 2 && off <= 1n
  const decimals = Math.max(2, rate.decimals)
  const right = percentOf(shareOf(part, whole, decimals) ?? units, decimals)
  const beside = rate.paragraph === numerator.paragraph
  const where = beside ? '' : `（第${numerator.place.line}行）`
  const zh = `“${labelOf(rate)}”${rate.digits}%，而${labelOf(numerator)}${shown(numerator)}、${labelOf(denominator)}${shown(denominator)}${where}，应为${right}${cut ? '（截尾而非四舍五入）' : ''}`
  const en = `${shown(numerator)} of ${shown(denominator)} is ${right}, printed ${rate.digits} %${cut ? ' (cut off, not rounded)' : ''}`
  const severity = cut || bent ? ({ severity: 'warning' } as const) : {}
  return [findingAt(beside ? 'RATE_MATCH' : 'CONTRADICTION', rate, zh, en, { proposal: right, ...severity })]
}

/** 增加B万元，增长C%: B over what it was before. */
function growthFinding({ now, increase }: Growth): Finding[] {
  const { change } = increase
  if (change === undefined || increase.unit !== now.unit) return []
  const [today, more] = [scaled(now), scaled(increase)]
  const before = change.direction === 'up' ? today - more : today + more
  const units = shareOf(more, before, change.decimals)
  const printed = percentUnits({ value: change.percent, decimals: change.decimals })
  if (units === undefined || units === printed) return []
  const right = percentOf(units, change.decimals)
  const zh = `${shown(increase)}是上年${Number(before) / 1e8}${now.unit}的${right}，所列为${change.percent}%`
  return [
    findingAt('RATE_MATCH', increase, zh, `the growth is ${right}, printed ${change.percent} %`, {
      proposal: right,
    }),
  ]
}

/** So many people with so much each give no less and no more than this. */
function boundsFinding({ sum, count, range }: Bounds): Finding[] {
  if (range.least === undefined || sum.unit !== range.unit) return []
  const [from, to] = [range.least * count.value, range.value * count.value]
  if (sum.value >= from && sum.value <= to) return []
  const zh = `${shown(count)}每${count.unit}${range.least}—${range.value}${range.unit}，合计应在${from}至${to}${range.unit}之间，所列${shown(sum)}`
  return [findingAt('RATE_MATCH', sum, zh, `the sum lies between ${from} and ${to}`)]
}
