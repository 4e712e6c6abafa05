// The desk's records of 2020 at a small scale, and what must be counted from them.
import type { DeskRecipe } from '../../scripts/demo/casework/recipe.ts'
import type { ReportedFigure } from '../../scripts/demo/casework/reported.ts'

const counts = (batches: number, persons: number, collective = 0, people = 0) => ({
  ...{ batches, persons, collective: { batches: collective, persons: people } },
})

export const smallDesk: DeskRecipe = {
  year: 2020,
  seed: 11,
  visits: {
    district: { now: counts(12, 40, 3, 24), before: counts(16, 50, 4, 30) },
    city: { now: counts(4, 20, 2, 14), before: counts(8, 30, 2, 16) },
    province: { now: counts(1, 1), before: counts(2, 2) },
    beijing: { now: counts(1, 1), before: counts(1, 1) },
  },
  assigned: 3,
  letters: { letter: 5, 'province-secretary': 1, governor: 2, 'people-daily': 2 },
  lettersBefore: 8,
  reviews: { accepted: 1, 'not-accepted': 2, coordinated: 1 },
  mailboxes: { 'city-secretary': 3, 'district-secretary': 1, mayor: 4, 'district-head': 1 },
  ledger: {
    resolved: [3, 1],
    'plan-advancing': [4, 4],
    'needs-study': [1, 2],
    watch: [2, 3],
    territorial: [1, 2],
  },
  ledgerAsOf: '2020-11-15T23:59:59.999+08:00',
  meetings: { all: 6, byLeaders: 2, subjects: 3 },
  relief: { people: 5, least: 50_000, most: 200_000, step: 50_000, sum: 450_000 },
  training: { sessions: 2, people: 9, accounts: 8 },
  duty: { guard: { people: 3, periods: [['2020-05-06', '2020-05-12']] }, beijing: [3, 9], province: [2, 8] },
  sms: 300,
}

const figure = (
  from: ReportedFigure['from'],
  key: string,
  text: string,
  change?: string,
): ReportedFigure => ({
  ...{ label: key, from, key, text },
  ...(change === undefined ? {} : { change }),
})

export const smallDeskFigures: readonly ReportedFigure[] = [
  figure('tallies', 'visits.district.batches', '12批', '下降25%'),
  figure('tallies', 'visits.district.persons', '40人次', '下降20%'),
  figure('tallies', 'visits.district.collective.persons', '24人次', '下降20%'),
  figure('tallies', 'visits.district.assigned', '3件'),
  figure('tallies', 'visits.city.persons', '20人次', '下降33%'),
  figure('tallies', 'visits.beijing.skip.batches', '1批', '与去年持平'),
  figure('tallies', 'letters', '10件', '上升25%'),
  figure('tallies', 'letters.on-time', '100%'),
  figure('tallies', 'reviews', '4件', '去年同期为0，不作比较'),
  figure('tallies', 'reviews.not-accepted', '2件'),
  figure('tallies', 'mailboxes.mayor', '4件'),
  figure('tallies', 'mailboxes.mayor.in-time', '100%'),
  figure('tallies', 'mailboxes.mayor.on-time', '100%'),
  figure('ledger', 'total', '23件'),
  figure('ledger', 'status.resolved.local', '3件'),
  figure('ledger', 'status.watch', '5件'),
  figure('meetings', 'meetings', '6次'),
  figure('meetings', 'by-district-leaders', '2次'),
  figure('meetings', 'subjects', '3个'),
  figure('relief', 'people', '5人'),
  figure('relief', 'sum', '4500.00元'),
  figure('registers.duty', 'duty.two-sessions.people', '3人'),
  figure('registers.duty', 'duty.beijing.days', '9天'),
  figure('registers.training', 'training.people', '9人'),
  figure('registers.sms', 'sms.sent', '3600条'),
]
