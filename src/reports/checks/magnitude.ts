// POPULATION and DIGITS: no more people than live there, and nothing ten times the most of three years.
import { findCountable } from '../catalogue.ts'
import { labelOf, shown, type Stated } from '../figures.ts'
import { findingAt, type Finding, type Given } from '../finding.ts'

export function population({ figures, context: { population: people } }: Given): Finding[] {
  if (people === undefined) return []
  return figures.flatMap((stated) => {
    if (!['人次', '人'].includes(stated.unit) || stated.value <= people) return []
    const zh = `${shown(stated)}超过全区人口${people}人`
    return [findingAt('POPULATION', stated, zh, `${shown(stated)} exceeds the population of ${people}`)]
  })
}

export function digits({ figures, context: { history } }: Given): Finding[] {
  if (history === undefined) return []
  return figures.flatMap((stated) => {
    const most = stated.metric === undefined ? undefined : history.get(stated.metric)
    const value = stated.value * scaleOf(stated)
    // Of small numbers ten times is nothing unusual.
    if (most === undefined || most === 0 || value <= Math.max(10 * most, LEAST)) return []
    const zh = `“${labelOf(stated)}”${shown(stated)}是近三年最大数${most}${stated.unit}的十倍以上`
    return [findingAt('DIGITS', stated, zh, `more than ten times the most of three years (${most})`)]
  })
}

const LEAST = 20

/** Printed in 万元, kept in 元. */
function scaleOf({ metric = '', unit }: Stated): number {
  return unit === '万元' && findCountable(metric)?.unit === '元' ? 10_000 : 1
}
