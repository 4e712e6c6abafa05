// UNIT: what is added up is counted in one unit, and a change of visits says whether of batches or of people.
import { findCountable } from '../catalogue.ts'
import { labelOf, shown } from '../figures.ts'
import { findingAt, type Finding, type Given } from '../finding.ts'

export function unit({ figures, relations }: Given): Finding[] {
  const foreign = figures.flatMap((stated) => {
    const known = stated.metric === undefined ? undefined : findCountable(stated.metric)
    if (known === undefined || known.unit === stated.unit || stated.claim) return []
    // 万元 is a way of writing 元.
    if (known.unit === '元' && stated.unit === '万元') return []
    const zh = `“${known.name}”以${known.unit}计，此处为${shown(stated)}`
    return [findingAt('UNIT', stated, zh, `counted in ${known.unit}, stated in ${stated.unit}`)]
  })
  const told = new Set(foreign.map(({ figure }) => figure))
  const mixed = relations.flatMap((relation) => {
    if (relation.kind !== 'sum') return []
    const [whole] = relation.wholes
    return relation.parts.flatMap((part) => {
      if (whole === undefined || part.unit === whole.unit || told.has(part.id)) return []
      const zh = `“${labelOf(part)}”以${part.unit}计，“${labelOf(whole)}”以${whole.unit}计`
      return [findingAt('UNIT', part, zh, `a part in ${part.unit}, the whole in ${whole.unit}`)]
    })
  })
  const unnamed = relations.flatMap((relation) => {
    if (relation.kind !== 'visits') return []
    const changed = [relation.batches, relation.persons].filter(({ change }) => change?.named === false)
    return changed.map((stated) =>
      findingAt('UNIT', stated, '变化未写明是批次还是人次', 'the change does not say of which unit it is', {
        severity: 'note',
      }),
    )
  })
  return [...foreign, ...mixed, ...unnamed]
}
