// ASOF: cut-offs within one list of numbered items; more than one kind is said, with where each stands.
import { findingAt, type Finding, type Given } from '../finding.ts'
import type { Line } from '../reading/lines.ts'
import { placeIn } from '../reading/places.ts'
import { cutOffs } from '../reading/words.ts'

interface CutOff {
  cut: string
  line: Line
  column: number
}

export function asOf({ figures, lines }: Given): Finding[] {
  const found: Finding[] = []
  let inList: CutOff[] = []
  const close = () => {
    found.push(...findingOf(inList))
    inList = []
  }
  let style: string | undefined
  for (const line of lines) {
    if (line.number?.value === 1 && line.number.style !== style) close()
    if (line.number !== undefined && ['han', 'bracket-han'].includes(line.number.style)) close()
    style = line.number?.style ?? style
    if (line.number?.style !== 'arabic') continue
    for (const match of line.text.matchAll(cutOffs)) {
      inList.push({ cut: match[0].replace('截止', '截至'), line, column: match.index })
    }
  }
  close()
  return [...found, ...ofFigures(figures)]
}

function findingOf(inList: readonly CutOff[]): Finding[] {
  const kinds = [...new Map(inList.toReversed().map((each) => [each.cut, each])).values()].toReversed()
  const [, second] = kinds
  if (second === undefined) return []
  const cuts = kinds.map(({ cut, line }) => `“${cut}”（第${line.n}行）`).join('、')
  return [
    findingAt(
      ...(['ASOF', placeIn(second.line, second.column), `同一部分的截止时间不一致：${cuts}`] as const),
      `several cut-offs in one list: ${kinds.length}`,
    ),
  ]
}

/** Figures that say as of when they were taken: those of one period and paragraph as of one moment. */
function ofFigures(figures: Given['figures']): Finding[] {
  const first = new Map<string, Given['figures'][number]>()
  return figures.flatMap((stated) => {
    if (stated.asOf === undefined) return []
    const key = `${stated.source} ${stated.period?.from ?? ''} ${stated.period?.to ?? ''} ${stated.paragraph}`
    const before = first.get(key)
    if (before === undefined) first.set(key, stated)
    if (before === undefined || before.asOf === stated.asOf) return []
    const zh = `此处截至${stated.asOf}，第${before.place.line}行截至${before.asOf}`
    return [findingAt('ASOF', stated, zh, `as of ${stated.asOf}, elsewhere as of ${before.asOf}`)]
  })
}
