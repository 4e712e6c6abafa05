// Figures for the public: cells so small that somebody might be known by them are not shown, and cannot be worked out from the rest.
import type { Figure } from './figures.ts'

/** Counts of 1 to 4 are withheld; nil says nothing of anybody. */
export const LEAST_SHOWN = 5

export interface PublicRow {
  label: string
  /** By metric: as printed, `少于5`, or `不公布`. */
  cells: Record<string, string>
}

/**
 * The rows of a table of counts with their total last. Where one cell of a column alone is withheld, the next smallest is
 * withheld too, or the total would tell it. A rate is shown where all that it counts may be.
 */
export function publicRows(figures: readonly Figure[], totals: readonly Figure[]): PublicRow[] {
  const metrics = [...new Set(figures.map(({ metric }) => metric))]
  const rows = Map.groupBy(figures, ({ group }) => group?.key ?? '')
  const keys = [...rows.keys()]
  const column = (metric: string) =>
    keys.map((key) => rows.get(key)?.find((figure) => figure.metric === metric))
  const withheld = new Map(metrics.map((metric) => [metric, withheldIn(column(metric))]))
  const total = new Map(totals.map((figure) => [figure.metric, figure]))
  return [
    ...keys.map((key, i) => ({
      label: rows.get(key)?.[0]?.group?.label ?? '',
      cells: Object.fromEntries(
        metrics.map((metric) => [metric, shown(column(metric)[i], withheld.get(metric)?.has(i) === true)]),
      ),
    })),
    {
      label: '合计',
      cells: Object.fromEntries(
        metrics.map((metric) => [metric, shown(total.get(metric), isSmall(total.get(metric)))]),
      ),
    },
  ]
}

const partsOf = ({ numerator, denominator }: Figure) =>
  denominator === null ? [numerator] : [numerator, denominator - numerator]

function isSmall(figure: Figure | undefined): boolean {
  return figure !== undefined && partsOf(figure).some((count) => count > 0 && count < LEAST_SHOWN)
}

/** Places of a column that are withheld. */
function withheldIn(column: readonly (Figure | undefined)[]): Set<number> {
  const found = new Set(column.flatMap((figure, i) => (isSmall(figure) ? [i] : [])))
  if (found.size !== 1) return found
  const size = (figure: Figure | undefined) => figure?.denominator ?? figure?.numerator ?? 0
  const [next] = column
    .flatMap((figure, i) => (found.has(i) || size(figure) === 0 ? [] : [{ i, of: size(figure) }]))
    .toSorted((a, b) => a.of - b.of)
  if (next !== undefined) found.add(next.i)
  return found
}

function shown(figure: Figure | undefined, hidden: boolean): string {
  if (figure === undefined) return '无'
  if (!hidden) return figure.text
  return figure.denominator === null && figure.numerator < LEAST_SHOWN ? `少于${LEAST_SHOWN}` : '不公布'
}
