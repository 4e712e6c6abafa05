// The facts that figures are counted from, each once: a condition on a matter as of an instant.

/**
 * `at` names a column that holds the moment from which the fact is true; `is` is a further condition that no later act
 * changes. A fact holds as of t when `at <= t` and `is`. `moving` facts become true by the mere passing of time.
 * The columns are those of `matters`; the settled facts are also kept as bits of `matters.flags` (bit = position).
 */
export interface Fact {
  label: string
  at: string
  is?: string
  /** Where a later act moves `at`: whether the fact held at the instant `{at}` by what was recorded before. */
  before?: string
}

/** Only after a redo is anyone called again: what the last such call before the present one said by the instant `{at}`. */
const said = (moment: string, what: string, which: string) =>
  `m.redone_at is not null and m.${moment} > {at} and (select ${what} from call_backs c where c.matter_id = m.id
    and c.at <= {at} and c.at < m.called_back_at and ${which} order by c.at desc limit 1)`
const rated = (what: string) => said('rated_at', what, 'c.rating is not null')
const called = (what: string, which: string) => said('called_back_at', what, which)

export const settledFacts = {
  dispatched: { label: '已派单', at: 'dispatched_at' },
  signed: { label: '已签收', at: 'signed_at' },
  done: { label: '已办', at: 'done_at' },
  replied: { label: '已回复', at: 'first_accepted_at' },
  repliedOnTime: { label: '按期回复', at: 'first_accepted_at', is: 'first_on_time' },
  extended: { label: '已延期', at: 'extended_at' },
  returned: { label: '已退单', at: 'returned_at' },
  redone: { label: '已重办', at: 'redone_at' },
  calledBack: { label: '已回访', at: 'called_back_at', before: called('true', `c.result <> 'missed'`) },
  reached: {
    label: '回访接通',
    at: 'called_back_at',
    is: `call_result = 'reached'`,
    before: called('true', `c.result = 'reached'`),
  },
  resolved: {
    label: '诉求解决',
    at: 'called_back_at',
    is: 'resolved',
    before: called('c.resolved', `c.result = 'reached'`),
  },
  rated: { label: '有效评价', at: 'rated_at', before: rated('true') },
  pleased: {
    label: '满意或基本满意',
    at: 'rated_at',
    is: `rating in ('satisfied', 'basic')`,
    before: rated(`c.rating in ('satisfied', 'basic')`),
  },
  fullyPleased: {
    label: '满意',
    at: 'rated_at',
    is: `rating = 'satisfied'`,
    before: rated(`c.rating = 'satisfied'`),
  },
  screenedOut: { label: '甄别剔除', at: 'screened_out_at' },
  contacted: { label: '按期联系', at: 'contacted_at', is: 'contacted_on_time' },
  merged: { label: '已并单', at: 'merged_at' },
  withdrawn: { label: '已撤回', at: 'withdrawn_at' },
  leadSigned: { label: '现承办单位已签收', at: 'lead_signed_at' },
} as const satisfies Record<string, Fact>

/** Strictly before: what is due at an instant is late only after it. */
export const movingFacts = {
  late: { label: '超期', at: 'late_from' },
  signLate: { label: '超期签收', at: 'sign_late_from' },
  leadLate: { label: '现承办单位超期', at: 'lead_late_from' },
  leadSignLate: { label: '现承办单位超期签收', at: 'lead_sign_late_from' },
} as const satisfies Record<string, Fact>

export type SettledFact = keyof typeof settledFacts
export type MovingFact = keyof typeof movingFacts

/** The last moment of any settled fact, as SQL over a matter's columns: as of any later instant the flags tell what is settled. */
export const settledExpression = `greatest(${[...new Set(Object.values(settledFacts as Record<string, Fact>).map(({ at }) => at))].join(', ')})`

/** By what a matter is found and grouped in figures. */
export const labels = ['lead_unit_id', 'category', 'topic'] as const

/** The moments that facts begin with. */
export const factMoments: readonly string[] = [
  ...new Set([...Object.values(settledFacts), ...Object.values(movingFacts)].map(({ at }) => at)),
]

/** Every column that figures look at: with the legs, what must be known of a matter to count it as of an instant. */
export const figured: readonly string[] = [
  ...labels,
  ...factMoments,
  ...[
    'first_on_time',
    'contacted_on_time',
    'call_result',
    'resolved',
    'rating',
    'flags',
    'settled_at',
    'left_day',
  ],
]

/** The bits of `matters.flags`, as SQL over a matter's columns. */
export const flagsExpression = Object.values(settledFacts as Record<string, Fact>)
  .map(
    ({ at, is }, bit) =>
      `case when ${at} is not null${is === undefined ? '' : ` and ${is}`} then ${2 ** bit} else 0 end`,
  )
  .join(' + ')
