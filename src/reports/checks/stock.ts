// STOCK: what was open at the beginning, what came and what was done give what is open at the end.
import { shown } from '../figures.ts'
import { findingAt, type Finding, type Given } from '../finding.ts'

export function stock({ relations }: Given): Finding[] {
  return relations.flatMap((relation) => {
    if (relation.kind !== 'flow') return []
    const { opening, received, closed, closing } = relation
    const right = opening.value + received.value - closed.value
    if (right === closing.value || [opening, received, closed, closing].some(({ atLeast }) => atLeast))
      return []
    const zh = `期初${shown(opening)}加新收${shown(received)}减办结${shown(closed)}为${right}${closing.unit}，期末所列${shown(closing)}`
    return [
      findingAt(
        'STOCK',
        closing,
        zh,
        `opening, received and closed give ${right}, printed ${closing.digits}`,
        {
          proposal: `${right}${closing.unit}`,
        },
      ),
    ]
  })
}
