// ZERO_CLAIM: of what is said to be nil, nothing is counted anywhere.
import { labelOf, shown, type Stated } from '../figures.ts'
import { findingAt, type Finding, type Given } from '../finding.ts'

export function zeroClaim({ figures }: Given): Finding[] {
  const counted = new Map<string, Stated>()
  for (const stated of figures) {
    if (stated.metric !== undefined && !stated.claim && !stated.goal && stated.value > 0) {
      counted.set(stated.metric, stated)
    }
  }
  return figures.flatMap((claim) => {
    const against = claim.claim && claim.metric !== undefined ? counted.get(claim.metric) : undefined
    if (against === undefined) return []
    const zh = `称无“${labelOf(claim)}”，第${against.place.line}行却有${shown(against)}`
    return [
      findingAt(
        'ZERO_CLAIM',
        claim,
        zh,
        `claimed to be nil, yet ${shown(against)} in line ${against.place.line}`,
      ),
    ]
  })
}
