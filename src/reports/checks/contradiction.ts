// CONTRADICTION: what a report holds one value of is printed with one value wherever it stands.
import { labelOf, shown, type Stated } from '../figures.ts'
import { findingAt, type Finding, type Given } from '../finding.ts'
import { single } from '../reading/words.ts'

export function contradiction({ figures }: Given): Finding[] {
  const first = new Map<string, Stated>()
  return figures.flatMap((stated) => {
    const key = keyOf(stated)
    if (key === undefined) return []
    const before = first.get(key)
    if (before === undefined) first.set(key, stated)
    if (before === undefined || before.value === stated.value) return []
    const zh = `“${labelOf(stated)}”在第${before.place.line}行为${shown(before)}，此处为${shown(stated)}`
    const en = `printed as ${shown(before)} in line ${before.place.line} and as ${shown(stated)} here`
    return [findingAt('CONTRADICTION', stated, zh, en)]
  })
}

/** What must be the same: a metric of one period and source, a rate of one part, a headcount. */
function keyOf({
  metric,
  source,
  period,
  scope,
  name,
  unit,
  goal,
  atLeast,
  claim,
}: Stated): string | undefined {
  if (goal || atLeast || claim) return undefined
  if (metric !== undefined) return `${source} ${period?.from ?? ''} ${period?.to ?? ''} ${metric} ${unit}`
  if (unit === '%') return single.rate.test(name) && scope !== '' ? `${scope} ${name}` : undefined
  return unit === '人' && single.people.test(name) ? name : undefined
}
