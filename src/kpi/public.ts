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
 * The rows of a table with their total last. Of a count, more is withheld until the total tells nothing of the small ones, or
 * the total is. Of a rate, where one cell of a column alone is withheld, the next smallest is too. A rate is shown where all
 * that it counts may be, and never beside a withheld count of its row: the share would tell it.
 */
export function publicRows(figures: readonly Figure[], totals: readonly Figure[]): PublicRow[] {
  const metrics = [...new Set(figures.map(({ metric }) => metric))]
  const rows = Map.groupBy(figures, ({ group }) => group?.key ?? '')
  const keys = [...rows.keys()]
  const column = (metric: string) =>
    keys.map((key) => rows.get(key)?.find((figure) => figure.metric === metric))
  const isCount = (metric: string) => figures.some((of) => of.metric === metric && of.denominator === null)
  const counts = new Map(
    metrics.filter(isCount).map((metric) => [metric, withheldOfCount(column(metric).map(sizeOf))]),
  )
  const beside = new Set([...counts.values()].flatMap(({ places }) => [...places]))
  const totalsTell = [...counts.values()].some(({ total: tells }) => tells)
  const rates = new Map(
    metrics
      .filter((metric) => !isCount(metric))
      .map((metric) => [metric, withheldOfRate(column(metric), beside)]),
  )
  const withheld = (metric: string, i: number) =>
    (counts.get(metric)?.places ?? rates.get(metric))?.has(i) === true
  const total = new Map(totals.map((figure) => [figure.metric, figure]))
  return [
    ...keys.map((key, i) => ({
      label: rows.get(key)?.[0]?.group?.label ?? '',
      cells: Object.fromEntries(
        metrics.map((metric) => [metric, shown(column(metric)[i], withheld(metric, i))]),
      ),
    })),
    {
      label: '合计',
      cells: Object.fromEntries(
        metrics.map((metric) => [metric, shown(total.get(metric), isSmall(total.get(metric)) || totalsTell)]),
      ),
    },
  ]
}

const partsOf = ({ numerator, denominator }: Figure) =>
  denominator === null ? [numerator] : [numerator, denominator - numerator]

function isSmall(figure: Figure | undefined): boolean {
  return figure !== undefined && partsOf(figure).some((count) => count > 0 && count < LEAST_SHOWN)
}

const sizeOf = (figure: Figure | undefined) => figure?.denominator ?? figure?.numerator ?? 0
const smaller = (a: { of: number }, b: { of: number }) => a.of - b.of

/** Places of a column of counts that are withheld, and whether its total is. */
function withheldOfCount(counts: readonly number[]): { places: Set<number>; total: boolean } {
  const places = new Set(counts.flatMap((n, i) => (n > 0 && n < LEAST_SHOWN ? [i] : [])))
  const few = places.size
  const others = counts.flatMap((of, i) => (of >= LEAST_SHOWN ? [{ i, of }] : [])).toSorted(smaller)
  const at = (i: number) => counts[i] ?? 0
  const told = () => {
    const sum = [...places].reduce((all, i) => all + at(i), 0)
    const next = others[places.size - few]?.of ?? Number.POSITIVE_INFINITY
    return few > 0 && !leavesOpen({ sum, few, others: places.size - few, most: next })
  }
  for (const { i } of others) {
    if (!told()) break
    places.add(i)
  }
  return { places, total: told() }
}

/**
 * Whether each of `few` small counts may still be any from 1 to 4, for who knows what they and `others` of 5 to `most`
 * withheld beside them sum to.
 */
function leavesOpen({ sum, few, others, most }: Record<'sum' | 'few' | 'others' | 'most', number>): boolean {
  const largest = LEAST_SHOWN - 1
  const mostOfRest = largest * (few - 1) + (others === 0 ? 0 : others * most)
  const leastOfRest = few - 1 + others * LEAST_SHOWN
  return sum - leastOfRest >= largest && sum - mostOfRest <= 1
}

/** Places of a column of rates that are withheld: small ones, those beside a withheld count, and one more than a single one. */
function withheldOfRate(column: readonly (Figure | undefined)[], beside: ReadonlySet<number>): Set<number> {
  const found = new Set(column.flatMap((figure, i) => (beside.has(i) || isSmall(figure) ? [i] : [])))
  if (found.size !== 1) return found
  const [next] = column
    .flatMap((figure, i) => (found.has(i) || sizeOf(figure) === 0 ? [] : [{ i, of: sizeOf(figure) }]))
    .toSorted(smaller)
  if (next !== undefined) found.add(next.i)
  return found
}

function shown(figure: Figure | undefined, hidden: boolean): string {
  if (figure === undefined) return '无'
  if (!hidden) return figure.text
  return figure.denominator === null && figure.numerator < LEAST_SHOWN ? `少于${LEAST_SHOWN}` : '不公布'
}
