// Checks the text of a report: reads its figures and answers with what cannot be true, contradicts itself or is written amiss, line by line.
import { checkFigures } from './checks.ts'
import type { Stated } from './figures.ts'
import type { Context, Finding } from './finding.ts'
import { readFigures } from './reading/figures.ts'
import { linesOf } from './reading/lines.ts'

export interface Checked {
  /** In the order of the text, those that it claims to be nil last. */
  figures: Stated[]
  /** In the order of the text; at one place the gravest first. */
  findings: Finding[]
}

export function checkText(text: string, context: Context = {}, year = yearOf(text)): Checked {
  const lines = linesOf(text)
  const { figures, relations } = readFigures(lines, year)
  return { figures, findings: checkFigures(figures, context, { more: relations, lines }) }
}

/** The year that a text speaks of most; undefined when it names none. */
export function yearOf(text: string): number | undefined {
  const named = Map.groupBy(text.matchAll(/(\d{4})年/g), ([, year]) => Number(year))
  return [...named].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0]
}
