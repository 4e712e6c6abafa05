// SUM of names: “甲、乙、丙”…N个项目 are as many names as are said, and as many descriptions as are said to be given.
import { findingAt, type Finding, type Given } from '../finding.ts'
import type { Line } from '../reading/lines.ts'
import { placeIn } from '../reading/places.ts'
import { described, projectCounts } from '../reading/words.ts'

const QUOTED = /“([^”]{1,400})”/g
/** How far behind the names their number may stand. */
const BEHIND = 120

export function namedCounts({ lines }: Given): Finding[] {
  const descriptions = lines.filter(({ text }) => described.test(text)).length
  return lines.flatMap((line) => [...listed(line), ...assessed(line, descriptions)])
}

function listed(line: Line): Finding[] {
  return [...line.text.matchAll(QUOTED)].flatMap((match) => {
    const names = (match[1] ?? '').split('、').filter((name) => name.length >= 4)
    if (names.length < 3) return []
    const end = match.index + match[0].length
    const rest = line.text.slice(end, end + BEHIND)
    const counts = projectCounts.ofNames.flatMap((pattern) => pattern.exec(rest)?.[1] ?? [])
    return counts.flatMap((count) => {
      if (Number(count) === names.length) return []
      const zh = `列举了${names.length}个项目名称，却称${count}个项目`
      return [
        findingAt(
          'SUM',
          placeIn(line, match.index),
          zh,
          `${names.length} projects are named, ${count} are counted`,
          {
            proposal: `${names.length}个`,
          },
        ),
      ]
    })
  })
}

function assessed(line: Line, descriptions: number): Finding[] {
  const match = projectCounts.described.exec(line.text)
  const said = match?.[1]
  if (match === null || said === undefined || descriptions === 0 || Number(said) === descriptions) return []
  const zh = `称自评${said}个项目，文中只有${descriptions}个项目的完成情况综述`
  const en = `${said} projects are said to be assessed, ${descriptions} are described`
  return [findingAt('SUM', placeIn(line, match.index), zh, en)]
}
