// Every metric, its formula once as data and in words: figures, rollups, tables and reports all read it here.
import { count, rate, type Metric } from './metric.ts'

const EACH_UNIT = {
  zh: '超期由各承办单位分别负责：同一件可计入几个单位，各单位之和可大于总数。退单、改派、并单、终止、重办都不消除已发生的超期。',
  en: 'Each unit answers for its own late legs: one matter may count at several units, so their sum can exceed the total. No return, re-dispatch, merge, termination or redo removes lateness.',
}

export const metrics: readonly Metric[] = [
  count({
    id: 'M01',
    zh: '受理（交办）量',
    en: 'Orders accepted',
    definition: {
      zh: '期间内首次派单的件，不含已并单、已撤回的。',
      en: 'Orders first dispatched in the period, without those merged away or withdrawn.',
    },
    counted: 'accepted',
  }),
  count({
    id: 'M01a',
    zh: '受理总量（含并单）',
    en: 'Orders accepted, merged ones included',
    definition: {
      zh: '期间内首次派单的件，含已并单的，不含已撤回的。',
      en: 'Orders first dispatched in the period, merged ones included, withdrawn ones not.',
    },
    counted: 'dispatched',
  }),
  count({
    id: 'M02',
    zh: '已办',
    en: 'Done',
    definition: { zh: 'M01中已办的件。', en: 'Of M01, those done.' },
    counted: 'done',
  }),
  count({
    id: 'M03',
    zh: '正在办理',
    en: 'Under way',
    definition: { zh: 'M01中尚未办的件：M01 − M02。', en: 'Of M01, those not done: M01 − M02.' },
    counted: 'open',
  }),
  rate({
    id: 'M04',
    zh: '及时签收率',
    en: 'Signed in time',
    definition: {
      zh: '各承办单位都按期签收的件 ÷ 已签收或签收期限内未签收的件。',
      en: 'Signed with no lead leg signed late ÷ signed, or signing limit missed.',
    },
    of: ['signedInTime', 'signCounted'],
    ofUnits: { numerator: 'leadSignedInTime', denominator: 'leadSignCounted' },
    note: {
      zh: '各单位的数只看现主办单位自己的签收；总数中，任一主办单位签收超期即不算及时。',
      en: "A unit's figure looks at the present lead unit's own signing; in the total, any lead unit's late signing counts.",
    },
  }),
  rate({
    id: 'M05',
    zh: '按期回复率',
    en: 'Replied on time',
    definition: {
      zh: '首次回复不晚于期限（含批准的延期）、此前也无主办单位超期的件 ÷ 已回复的件。',
      en: 'First reply within the effective due time, no lead leg late before it ÷ replied.',
    },
    of: ['repliedOnTime', 'replied'],
    settings: { extensionCounts: true },
    source: '大英县2017年3月通报',
  }),
  rate({
    id: 'M05b',
    zh: '按期办结率（从严）',
    en: 'Completed on time (strict)',
    definition: {
      zh: '按期回复的件 ÷ 已回复或已超期的件；不回复不能抬高它。',
      en: 'Replied on time ÷ replied or past due; not replying does not raise it.',
    },
    of: ['repliedOnTime', 'repliedOrLate'],
    settings: { extensionCounts: true },
    source: '宁国市2022年4月通报',
  }),
  rate({
    id: 'M06',
    zh: '延期率',
    en: 'Extended',
    definition: { zh: '至少一次获准延期的件 ÷ M01。', en: 'With a granted extension ÷ M01.' },
    of: ['extended', 'accepted'],
    better: 'low',
    decimals: 1,
  }),
  count({
    id: 'M07',
    zh: '超期件数',
    en: 'Overdue',
    definition: {
      zh: '期间内首次派单、任一主办单位超过期限的件，含后来并单、撤回的。',
      en: 'First dispatched in the period, any lead leg past due, also if merged or withdrawn later.',
    },
    counted: 'late',
    ofUnit: 'unitLate',
    note: EACH_UNIT,
  }),
  count({
    id: 'M07r',
    zh: '其中已办超期',
    en: 'Overdue and done',
    definition: { zh: 'M07中已办的件。', en: 'Of M07, those done.' },
    counted: 'lateDone',
    ofUnit: 'unitLateDone',
    note: EACH_UNIT,
  }),
  count({
    id: 'M07o',
    zh: '其中在办超期',
    en: 'Overdue and under way',
    definition: {
      zh: 'M07中尚未办、未并单、未撤回的件。',
      en: 'Of M07, those not done, merged or withdrawn.',
    },
    counted: 'lateOpen',
    ofUnit: 'unitLateOpen',
    note: EACH_UNIT,
  }),
  count({
    id: 'M07m',
    zh: '其中超期后并单、撤回',
    en: 'Overdue, then merged or withdrawn',
    definition: {
      zh: 'M07中未办而并单或撤回的件：M07 − M07r − M07o。',
      en: 'Of M07, those merged or withdrawn undone: M07 − M07r − M07o.',
    },
    counted: 'lateAway',
    ofUnit: 'unitLateAway',
    note: EACH_UNIT,
  }),
  count({
    id: 'M07b',
    zh: '协办超期件数',
    en: 'Co-handling overdue',
    definition: {
      zh: '期间内首次派单、任一协办单位超过协办期限的件。',
      en: 'Any co-handling leg past its due time.',
    },
    counted: 'coLate',
    ofUnit: 'unitCoLate',
    note: EACH_UNIT,
  }),
  rate({
    id: 'M08',
    zh: '回访率',
    en: 'Called back',
    definition: { zh: '已回复并已回访的件 ÷ 已回复的件。', en: 'Replied and called back ÷ replied.' },
    of: ['repliedCalledBack', 'replied'],
  }),
  rate({
    id: 'M09',
    zh: '参评率',
    en: 'Participation',
    definition: { zh: '回访中作出有效评价的件 ÷ 已回访的件。', en: 'Valid ratings ÷ called back.' },
    of: ['calledBackRated', 'calledBack'],
  }),
  rate({
    id: 'M10',
    zh: '总满意度',
    en: 'Satisfaction, screened',
    definition: {
      zh: '满意或基本满意的件 ÷ 有效评价的件，均不含甄别剔除的；未评价的不计入。',
      en: 'Satisfied or basically satisfied ÷ valid ratings, both without ratings screened out; unrated ones are left out.',
    },
    of: ['pleasedKept', 'ratedKept'],
    settings: { countBasic: true, unratedAs: 'exclude', screened: true },
  }),
  rate({
    id: 'M10r',
    zh: '总满意度（甄别前）',
    en: 'Satisfaction, raw',
    definition: {
      zh: '满意或基本满意的件 ÷ 有效评价的件，含甄别剔除的；未评价的不计入。',
      en: 'Satisfied or basically satisfied ÷ valid ratings, ratings screened out included.',
    },
    of: ['pleased', 'rated'],
    settings: { countBasic: true, unratedAs: 'exclude', screened: false },
  }),
  rate({
    id: 'M10l',
    zh: '总满意度下限',
    en: 'Satisfaction if all who did not answer were dissatisfied',
    definition: {
      zh: '满意或基本满意的件 ÷ 已回复或已评价的件，均不含甄别剔除的；未回访、未接通、未评价的都计为不满意。',
      en: 'Satisfied or basically satisfied ÷ replied or rated, both without ratings screened out; whoever gave no rating counts as dissatisfied.',
    },
    of: ['pleasedKept', 'answerable'],
    settings: { countBasic: true, unratedAs: 'dissatisfied', screened: true },
  }),
  count({
    id: 'M10n',
    zh: '已回复未回访',
    en: 'Not called back',
    definition: {
      zh: '已回复、尚未回访也未评价的件。',
      en: 'Replied, neither called back nor rated yet.',
    },
    counted: 'notCalledBack',
  }),
  count({
    id: 'M10u',
    zh: '回访未接通',
    en: 'Not reached',
    definition: { zh: '已回复、回访未接通、未评价的件。', en: 'Replied, call-back unanswered, not rated.' },
    counted: 'notReached',
  }),
  count({
    id: 'M10d',
    zh: '接通未评价',
    en: 'Reached without a rating',
    definition: {
      zh: '已回复、回访接通而拒评或未评的件。',
      en: 'Replied and reached, but no rating was given.',
    },
    counted: 'notRated',
  }),
  count({
    id: 'M10s',
    zh: '甄别剔除件数',
    en: 'Ratings screened out',
    definition: { zh: '评价经甄别成立而不计入M10的件。', en: 'Rated orders that screening took out of M10.' },
    counted: 'screenedOut',
  }),
  rate({
    id: 'M11',
    zh: '响应率',
    en: 'Response',
    definition: { zh: '在期限内联系诉求人的件 ÷ M01。', en: 'Caller contacted within the limit ÷ M01.' },
    of: ['contacted', 'accepted'],
    source: '北京市接诉即办工作条例 art. 32',
  }),
  rate({
    id: 'M12',
    zh: '解决率',
    en: 'Resolution',
    definition: {
      zh: '诉求人表示已解决的件 ÷ 回访接通的件。',
      en: 'Caller says solved ÷ call-backs that reached the caller.',
    },
    of: ['resolved', 'reached'],
    source: '北京市接诉即办工作条例 art. 32',
  }),
  rate({
    id: 'M13a',
    zh: '退单率',
    en: 'Returned',
    definition: { zh: '至少一次获准退单的件 ÷ M01。', en: 'With a granted return ÷ M01.' },
    of: ['returned', 'accepted'],
    better: 'low',
  }),
  rate({
    id: 'M13b',
    zh: '重办率',
    en: 'Redone',
    definition: { zh: '重办过的件 ÷ 已回复的件。', en: 'Redone ÷ replied.' },
    of: ['redone', 'replied'],
    better: 'low',
  }),
  rate({
    id: 'M14',
    zh: '办结率',
    en: 'Completion',
    definition: { zh: 'M02 ÷ M01。', en: 'M02 ÷ M01.' },
    of: ['done', 'accepted'],
  }),
]

const byId = new Map(metrics.map((metric) => [metric.id, metric]))

export const metricIds = metrics.map(({ id }) => id)

export function findMetric(id: string): Metric | undefined {
  return byId.get(id)
}
