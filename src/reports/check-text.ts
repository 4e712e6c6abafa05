// Checks the text of a report: reads its figures and answers with what cannot be true, contradicts itself or is written amiss, line by line.
import { checkCounts } from './checks/counts.ts'
import { checkRates } from './checks/rates.ts'
import { checkTexts } from './checks/texts.ts'
import { figuresOf } from './reading/figures.ts'
import { linesOf } from './reading/lines.ts'
import type { Context, Finding, Stated } from './stated.ts'

const ORDER = { error: 0, warning: 1, note: 2 } as const

/** In the order of the text; at one place the gravest first. */
export function checkText(text: string, context: Context = {}): { figures: Stated[]; findings: Finding[] } {
  const lines = linesOf(text)
  const figures = figuresOf(lines)
  const findings = [
    ...checkCounts(figures, context),
    ...checkRates(figures),
    ...checkTexts(lines, figures, context),
  ].toSorted(
    (a, b) =>
      a.place.line - b.place.line || ORDER[a.severity] - ORDER[b.severity] || a.place.column - b.place.column,
  )
  return { figures, findings }
}
