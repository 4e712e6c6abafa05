// RATE_RANGE: rates and shares lie between 0 and 100 %, and nothing falls by more than all of it.
import { labelOf, shown, type Stated } from '../figures.ts'
import { findingAt, type Finding, type Given } from '../finding.ts'

export function rateRange({ figures, relations }: Given): Finding[] {
  const shares = new Set(
    relations.flatMap((relation) => (relation.kind === 'share' ? [relation.rate.id] : [])),
  )
  return figures.flatMap((stated) => {
    const fallen = stated.change
    if (fallen?.direction === 'down' && fallen.percent > 100) {
      const zh = `${shown(stated)}不可能下降${fallen.percent}%`
      return [findingAt('RATE_RANGE', stated, zh, `nothing falls by ${fallen.percent} %`)]
    }
    const { of } = stated
    const beyond = stated.value > 100 || (of !== undefined && of.numerator > of.denominator)
    if (!beyond || !isRate(stated) || shares.has(stated.id)) return []
    const zh = `“${labelOf(stated)}”${shown(stated)}超过100%`
    return [findingAt('RATE_RANGE', stated, zh, `a rate of ${shown(stated)} is beyond 100 %`)]
  })
}

/** Of what may exceed 100 % (a budget that was overspent, a goal) nothing is said. */
const RATE = /(?:率|满意度|占比)$|^占/
const isRate = ({ unit, name, metric }: Stated) => unit === '%' && (metric !== undefined || RATE.test(name))
