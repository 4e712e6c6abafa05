// ALIAS: names of projects that share their core but are written in different ways.
import { findingAt, type Finding, type Given } from '../finding.ts'
import type { Line } from '../reading/lines.ts'
import { placeIn } from '../reading/places.ts'

const QUOTED = /“([^”]{1,400})”/g
const HEADING = /^（?\d{1,2}）\s?(.{4,40}?)(?:项目)?绩效目标完成情况综述/
/** What a name may have or lack without being another. */
const FILLER = /经费|专项|项目|使用费|维护费|工作|市/g
/** Names are compared each with each; a report has no more projects. */
const MOST_NAMES = 200

export function alias({ lines }: Given): Finding[] {
  const names = namesIn(lines)
  const all = [...names].map(([name, where]) => ({ name, where, core: gramsOf(name.replaceAll(FILLER, '')) }))
  const found: Finding[] = []
  const told = new Set<string>()
  for (const [i, one] of all.entries()) {
    const same = all
      .slice(i + 1)
      // 经费 left off at the end is no other name.
      .filter(({ name }) => !name.startsWith(one.name) && !one.name.startsWith(name))
      .filter((other) => alike(one.core, other.core) && !told.has(other.name))
    const [first] = same
    if (first === undefined || told.has(one.name)) continue
    for (const { name } of same) told.add(name)
    const written = [one, ...same].map(({ name }) => `“${name}”`).join('、')
    const zh = `同一项目有不同名称：${written}（首见于第${one.where.line.n}行）`
    const en = `one project under several names, first in line ${one.where.line.n}`
    const place = placeIn(first.where.line, first.where.column)
    found.push(findingAt('ALIAS', place, zh, en, { proposal: one.name }))
  }
  return found
}

function namesIn(lines: readonly Line[]): Map<string, { line: Line; column: number }> {
  const names = new Map<string, { line: Line; column: number }>()
  const note = (name: string, line: Line, column: number) => {
    const clean = name.replace(/项目$/, '').trim()
    if (clean.length >= 4 && !names.has(clean) && names.size < MOST_NAMES) names.set(clean, { line, column })
  }
  for (const [i, line] of lines.entries()) {
    for (const match of line.text.matchAll(QUOTED)) {
      const parts = (match[1] ?? '').split('、')
      if (parts.length >= 3 && line.text.includes('项目'))
        for (const part of parts) note(part, line, match.index)
    }
    const heading = HEADING.exec(line.text)?.[1]
    if (heading !== undefined) note(heading, line, 0)
    const named = line.cells[0] === '项目名称' ? line.cells[1] : undefined
    if (named !== undefined) note(named, line, 0)
    if (line.text !== '项目名称') continue
    const below = lines.slice(i + 1, i + 4).find(({ text }) => text !== '')
    if (below !== undefined) note(below.text, below, 0)
  }
  return names
}

function gramsOf(text: string): ReadonlySet<string> {
  const characters = [...text]
  return new Set(characters.slice(1).map((character, i) => `${characters[i]}${character}`))
}

function alike(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const smaller = Math.min(a.size, b.size)
  if (smaller < 2) return false
  const shared = [...a].filter((gram) => b.has(gram)).length
  return shared / smaller >= 0.6
}
