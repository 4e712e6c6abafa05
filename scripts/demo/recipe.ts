// How many orders of which kind a year has: what the generator makes, and what the system must then find on its own.
import type { Topic } from '../../src/matters/terms.ts'
import type { Instant } from '../../src/platform/clock.ts'

/** How an order stands at the end of its year. */
export const outcomes = ['onTime', 'late', 'openInTime', 'openOverdue'] as const
export type Outcome = (typeof outcomes)[number]

export interface YearRecipe {
  year: number
  seed: number
  /** When the platform exported the year: nothing in the files is later, and every reply is reviewed by then. */
  exportedAt: Instant
  /** Orders dispatched in the year. The open ones are those not replied when it was exported. */
  orders: Record<Outcome, number>
  /** Of those, with a granted extension that was asked for in time. */
  extended: Record<Outcome, number>
  /** Valid ratings, all of replied orders and given before the export. */
  ratings: { satisfied: number; basic: number; dissatisfied: number }
  /** Further dissatisfied ratings, taken out by screening. */
  screenedOut: number
  /** Of the dissatisfied ratings that count: screening was asked for and refused. */
  screeningRefused: number
  /** Of the dissatisfied ratings that count: done a second time, on time. */
  redone: number
  /** Sent back by a first unit within hours, and dispatched to another one that signed in time. */
  returned: number
  coHandled: number
  /** Exactly so many of these topics, all of them replied; the rest is spread over the other topics. */
  topics: Partial<Record<Topic, number>>
  /** From which day on those topics occur. */
  topicsFrom: string
  layout: 'earlier' | 'present'
}

/** Domain knowledge of the 2020 figures: 7303 + 226 + 15 + 164 = 7708; 226 + 164 = 390; 478 ÷ 7708; 4000 ÷ 5000. */
const year2020: YearRecipe = {
  year: 2020,
  seed: 20_201_231,
  exportedAt: '2021-01-01T00:00:00.000+08:00',
  orders: { onTime: 7303, late: 226, openInTime: 15, openOverdue: 164 },
  extended: { onTime: 425, late: 22, openInTime: 3, openOverdue: 28 },
  ratings: { satisfied: 3100, basic: 900, dissatisfied: 1000 },
  screenedOut: 60,
  screeningRefused: 85,
  redone: 120,
  returned: 150,
  coHandled: 560,
  topics: {
    'epidemic.roads': 100,
    'epidemic.health-certificates': 110,
    'epidemic.returning': 80,
    'epidemic.crowds': 70,
    'epidemic.premises': 50,
    'epidemic.quarantine-costs': 40,
    'epidemic.supplies': 350,
    'epidemic.openings': 150,
  },
  topicsFrom: '2020-01-27',
  layout: 'present',
}

/** The year before, of which no report is at hand: plausible numbers, exported when its last order was answered. */
const year2019: YearRecipe = {
  year: 2019,
  seed: 20_191_231,
  exportedAt: '2020-04-01T00:00:00.000+08:00',
  orders: { onTime: 5986, late: 298, openInTime: 0, openOverdue: 0 },
  extended: { onTime: 391, late: 26, openInTime: 0, openOverdue: 0 },
  ratings: { satisfied: 2350, basic: 780, dissatisfied: 890 },
  screenedOut: 41,
  screeningRefused: 66,
  redone: 97,
  returned: 118,
  coHandled: 430,
  topics: {},
  topicsFrom: '2019-01-01',
  layout: 'earlier',
}

export const recipes: readonly YearRecipe[] = [year2019, year2020]
