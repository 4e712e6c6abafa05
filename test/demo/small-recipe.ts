// The recipe of 2020 at about a twentieth of its size, for tests that go all the way through the system.
import type { YearRecipe } from '../../scripts/demo/recipe.ts'

export const smallRecipe: YearRecipe = {
  year: 2020,
  seed: 7,
  exportedAt: '2021-01-01T00:00:00.000+08:00',
  orders: { onTime: 350, late: 12, openInTime: 3, openOverdue: 9 },
  extended: { onTime: 20, late: 3, openInTime: 1, openOverdue: 2 },
  ratings: { satisfied: 140, basic: 45, dissatisfied: 46 },
  screenedOut: 5,
  screeningRefused: 6,
  redone: 8,
  returned: 10,
  coHandled: 30,
  topics: { 'epidemic.roads': 5, 'epidemic.supplies': 17 },
  topicsFrom: '2020-01-27',
  layout: 'present',
}
