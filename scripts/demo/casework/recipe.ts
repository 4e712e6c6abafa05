// How many records of each kind the desk has besides the hotline: what is entered, and what the system must then count.
import type { DistrictCounts } from './entering.ts'

export interface DeskRecipe {
  year: number
  seed: number
  /** Batches and people; of them collective ones. The year before stands beside the year. */
  visits: Record<
    'district' | 'city' | 'province' | 'beijing',
    { now: DistrictCounts; before: DistrictCounts }
  >
  /** District visits that were assigned to an organ with the duty to feed back. */
  assigned: number
  letters: Record<'letter' | 'province-secretary' | 'governor' | 'people-daily', number>
  lettersBefore: number
  reviews: Record<'accepted' | 'not-accepted' | 'coordinated', number>
  mailboxes: Record<'city-secretary' | 'district-secretary' | 'mayor' | 'district-head', number>
  /** Items by status: how many that the district's own level can resolve, and how many that need more. */
  ledger: Record<'resolved' | 'plan-advancing' | 'needs-study' | 'watch' | 'territorial', [number, number]>
  ledgerAsOf: string
  meetings: { all: number; byLeaders: number; subjects: number }
  /** Fen: bounds, step and sum. */
  relief: { people: number; least: number; most: number; step: number; sum: number }
  training: { sessions: number; people: number; accounts: number }
  /** Of each mission: people and days, one after another but for the guard of the two sessions. */
  duty: {
    guard: { people: number; periods: [string, string][] }
    beijing: [number, number]
    province: [number, number]
  }
  /** Messages of a month. */
  sms: number
}

const counts = (batches: number, persons: number, collective = 0, people = 0): DistrictCounts => ({
  batches,
  persons,
  collective: { batches: collective, persons: people },
})

/** The consistent figures of the report of 2020; the year before as its percentages imply. */
export const deskRecipe: DeskRecipe = {
  year: 2020,
  seed: 20_200_101,
  visits: {
    district: { now: counts(308, 1026, 47, 611), before: counts(531, 1800, 75, 955) },
    city: { now: counts(132, 573, 29, 379), before: counts(249, 1910, 84, 1608) },
    province: { now: counts(7, 7), before: counts(10, 10) },
    beijing: { now: counts(1, 1), before: counts(33, 33) },
  },
  assigned: 59,
  letters: { letter: 98, 'province-secretary': 15, governor: 48, 'people-daily': 79 },
  lettersBefore: 160,
  reviews: { accepted: 2, 'not-accepted': 17, coordinated: 6 },
  mailboxes: { 'city-secretary': 230, 'district-secretary': 58, mayor: 586, 'district-head': 42 },
  ledger: {
    resolved: [53, 12],
    'plan-advancing': [120, 118],
    'needs-study': [10, 29],
    watch: [40, 145],
    territorial: [17, 36],
  },
  ledgerAsOf: '2020-11-15T23:59:59.999+08:00',
  meetings: { all: 28, byLeaders: 6, subjects: 16 },
  relief: { people: 88, least: 50_000, most: 200_000, step: 50_000, sum: 8_650_000 },
  training: { sessions: 2, people: 69, accounts: 64 },
  duty: {
    guard: {
      people: 25,
      periods: [
        ['2020-04-08', '2020-04-17'],
        ['2020-05-06', '2020-05-12'],
        ['2020-05-20', '2020-05-29'],
      ],
    },
    beijing: [3, 90],
    province: [6, 90],
  },
  sms: 30_600,
}
