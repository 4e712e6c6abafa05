// CONTRADICTION with the division of the district: as many 乡镇、街道 as there are at the end of the year.
import { shown } from '../figures.ts'
import { findingAt, type Finding, type Given } from '../finding.ts'
import { townshipWords } from '../reading/words.ts'

export function townships({ figures, context: { townships: known } }: Given): Finding[] {
  if (known === undefined) return []
  return figures.flatMap((stated) => {
    if (stated.unit !== '个' || stated.value === known || !townshipWords.test(stated.behind ?? '')) return []
    const zh = `称${shown(stated)}乡镇街道，当年末区划为${known}个`
    const en = `${stated.digits} townships are named, the district had ${known} at the end of the year`
    return [findingAt('CONTRADICTION', stated, zh, en, { proposal: `${known}个` })]
  })
}
