// What the figures must be if the system counts right: from the recipe alone, by the definitions of the metrics.
import type { YearRecipe } from './recipe.ts'

export interface Expected {
  numerator: number
  /** Null for a count. */
  denominator: number | null
}

/** Metric → what it must be as of the export, for all orders of the year. */
export function expectedFigures(recipe: YearRecipe): Record<string, Expected> {
  const { orders, extended, ratings, screenedOut } = recipe
  const replied = orders.onTime + orders.late
  const open = orders.openInTime + orders.openOverdue
  const accepted = replied + open
  const pleased = ratings.satisfied + ratings.basic
  const rated = pleased + ratings.dissatisfied
  const count = (numerator: number) => ({ numerator, denominator: null })
  return {
    M01: count(accepted),
    M02: count(replied),
    M03: count(open),
    M04: { numerator: accepted, denominator: accepted },
    M05: { numerator: orders.onTime, denominator: replied },
    M05b: { numerator: orders.onTime, denominator: replied + orders.openOverdue },
    M06: { numerator: Object.values(extended).reduce((sum, n) => sum + n, 0), denominator: accepted },
    M07: count(orders.late + orders.openOverdue),
    M07r: count(orders.late),
    M07o: count(orders.openOverdue),
    M10: { numerator: pleased, denominator: rated },
    M10r: { numerator: pleased, denominator: rated + screenedOut },
    M10s: count(screenedOut),
    M13a: { numerator: recipe.returned, denominator: accepted },
    M13b: { numerator: recipe.redone, denominator: replied },
    M14: { numerator: replied, denominator: accepted },
  }
}
