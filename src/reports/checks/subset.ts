// SUBSET: a part is no more than the whole it is part of.
import { labelOf, shown, type Stated } from '../figures.ts'
import { scaled } from '../exact.ts'
import { findingAt, type Finding, type Given } from '../finding.ts'

export function subset({ relations }: Given): Finding[] {
  return relations.flatMap((relation) => {
    if (relation.kind !== 'subset') return []
    const { part, whole } = relation
    if (whole.atLeast || !comparable(part, whole) || scaled(part) <= scaled(whole)) return []
    const zh = `“${labelOf(part)}”${shown(part)}多于其总数${shown(whole)}`
    return [findingAt('SUBSET', part, zh, `a part (${shown(part)}) exceeds its whole (${shown(whole)})`)]
  })
}

/** One visit is one matter: 批 and 件 are counted alike. */
function comparable(part: Stated, whole: Stated): boolean {
  return part.unit === whole.unit || [part, whole].every(({ unit }) => unit === '批' || unit === '件')
}
