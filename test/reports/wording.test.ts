// The shipped wording says the consistent sentences of the printed report of 2020, from its figures, in its own phrases.
import { describe, expect, it } from 'vitest'
import { isNameable } from '../../src/reports/catalogue.ts'
import { counted, type Fact } from '../../src/reports/fact.ts'
import type { PeriodFacts } from '../../src/reports/collecting.ts'
import { periodOf } from '../../src/reports/periods.ts'
import { keysIn, paragraphsOf } from '../../src/reports/sentences.ts'
import { wordings } from '../../src/reports/wording.ts'

const unitOf: Record<string, string> = { batches: '批', persons: '人次', people: '人', days: '天', sum: '元' }
const fact = (key: string, value: number, more: Partial<Fact> = {}): [string, Fact] => {
  const unit = unitOf[key.split('.').at(-1) ?? ''] ?? '件'
  return [key, { ...counted(key, key, unit, value, '/', ''), ...more }]
}
const rate = (key: string, text: string, denominator = 1) =>
  fact(key, 1, { unit: '%', text, numerator: 1, denominator })
const fell = (percent: number) => ({ change: `下降${percent}%` })

const printed: [string, Fact][] = [
  fact('visits.district.batches', 308, fell(42)),
  fact('visits.district.persons', 1026, fell(43)),
  fact('visits.district.collective.batches', 47, fell(37)),
  fact('visits.district.collective.persons', 611, fell(36)),
  fact('visits.district.assigned', 59),
  fact('visits.city.batches', 132, fell(47)),
  fact('visits.city.persons', 573, fell(70)),
  fact('visits.city.collective.batches', 29, fell(65)),
  fact('visits.city.collective.persons', 379, fell(76)),
  fact('visits.province.skip.batches', 7, fell(30)),
  fact('visits.province.skip.persons', 7, fell(30)),
  fact('visits.beijing.skip.batches', 1, fell(97)),
  fact('visits.beijing.skip.persons', 1, fell(97)),
  fact('letters', 240, { change: '上升50%' }),
  fact('letters.letter', 98),
  fact('letters.province-secretary', 15),
  fact('letters.governor', 48),
  fact('letters.people-daily', 79),
  rate('letters.on-time', '100%', 240),
  fact('reviews', 25),
  fact('reviews.accepted', 2),
  fact('reviews.not-accepted', 17),
  fact('reviews.coordinated', 6),
  fact('M01', 7708),
  fact('M02', 7529),
  fact('M03', 179),
  rate('M04', '100%'),
  rate('M05', '97%'),
  rate('M05b', '95%'),
  rate('M06', '6.2%'),
  fact('M07', 390),
  fact('M07r', 226),
  fact('M07o', 164),
  rate('M10', '80%', 5000),
  fact('mailboxes.city-secretary', 230),
  fact('mailboxes.district-secretary', 58),
  fact('mailboxes.mayor', 586),
  fact('mailboxes.district-head', 42),
  ...['city-secretary', 'district-secretary', 'mayor', 'district-head'].flatMap((box) => [
    rate(`mailboxes.${box}.in-time`, '100%'),
    rate(`mailboxes.${box}.on-time`, '100%'),
  ]),
  fact('ledger.total', 580),
  fact('ledger.level.local', 240),
  fact('ledger.level.district-plus', 340),
  fact('ledger.status.resolved', 65),
  fact('ledger.status.resolved.local', 53),
  fact('ledger.status.resolved.district-plus', 12),
  fact('ledger.status.plan-advancing', 238),
  fact('ledger.status.needs-study', 39),
  fact('ledger.status.watch', 185),
  fact('ledger.status.territorial', 53),
  fact('meetings', 28, { unit: '次', text: '28次' }),
  fact('meetings.by-district-leaders', 6, { unit: '次', text: '6次' }),
  fact('meetings.subjects', 16, { unit: '个', text: '16个' }),
  fact('relief.people', 88),
  fact('relief.sum', 8_650_000, { text: '86500元' }),
  fact('relief.least', 50_000, { unit: '元', text: '500元' }),
  fact('relief.most', 200_000, { unit: '元', text: '2000元' }),
  fact('duty.two-sessions.people', 25),
  fact('duty.two-sessions.days', 27),
  fact('duty.beijing.people', 3),
  fact('duty.beijing.days', 90),
  fact('duty.province.people', 6),
  fact('duty.province.days', 90),
  fact('training.people', 69),
  fact('training.sessions', 2, { unit: '批', text: '2批' }),
  fact('training.accounts', 64, { unit: '个', text: '64个' }),
]
const period = periodOf('2020') ?? expect.fail('no year')
/** What is not given is nil. */
const facts = (given: readonly [string, Fact][]): PeriodFacts => ({
  ...{ period, asOf: '2020-12-31T23:59:59.999+08:00', to: '2020-12-31', months: [], units: [] },
  facts: new Map([
    ...wordings.year.sections.flatMap(({ lines }) => keysIn(lines)).map((key) => fact(key, 0)),
    ...given,
  ]),
})
const textOf = (given: readonly [string, Fact][]) =>
  paragraphsOf(facts(given), wordings.year.sections)
    .map(({ text }) => text)
    .join('\n')

describe('the printed report of 2020', () => {
  const text = textOf(printed)
  it.each([
    '到区走访308批1026人次，与去年相比批次下降42%，人次下降43%。其中集体访47批611人次，与去年相比批次下降37%，人次下降36%。交办59件。',
    '到市走访132批573人次，与去年相比批次下降47%，人次下降70%。',
    // What it printed as 集访2984批次3791608人次.
    '其中集体访29批379人次，与去年相比批次下降65%，人次下降76%。',
    '到省越级访7批7人次，与去年相比批次下降30%',
    '进京越级访1批1人次，与去年相比批次下降97%',
    '无进京非接待场所上访。',
    '全年共受理上三级交办及区本级信件240件，与去年相比上升50%。其中，群众来信98件，省委书记信箱15件，省长信箱48件，人民网网民给省委书记、省长留言79件。按期回复率100%。',
    '全年收到信访复查申请25件，其中受理2件，不予受理17件，协调处理6件。',
    '“12345政务服务热线”共受理交办7708件，已办7529件，正在办理179件，及时签收率100%，按期回复率97%，延期率6.2%，超期390件（其中已回复超期226件，在办超期164件），总满意度80%（有效评价5000件）。',
    '市委书记信箱来信230件，区委书记信箱来信58件，市长信箱来信586件，区长信箱来信42件，及时受理率和按期回复率均为100%。',
    '其中本级（乡镇、街道，区级部门）可以化解事项240件，需区级以上协调化解事项340件。',
    '共化解65件（其中本级可以化解53件，协调化解12件），有化解方案正推进化解238件，需相关部门研究化解方案推动化解39件，',
    '召开联席会议28次（含区级领导召集的联席会议6次），协调信访事项16个。',
    '对88人进行困难救助，每人500—2000元，共计发放86500元。',
    '派出工作组参加全国、省、市“两会”安保值班，参加人员25人，共值班27天。',
    '保持“零”进京非接待场所上访。',
    '保持“零”到省集体访。',
    '全年共派出驻京日常值班人员3人，共值班90天。派出驻省日常值班人员6人，共值班90天。',
    '分2批对64个二级账号的具体经办人员进行业务培训，参训人员共69人。',
  ])('%s', (sentence) => {
    expect(text).toContain(sentence)
  })
})

describe('the wording', () => {
  it('names only what there is', () => {
    const named = Object.values(wordings).flatMap(({ sections }) =>
      sections.flatMap(({ lines }) => keysIn(lines)),
    )
    expect(named.filter((key) => !isNameable(key))).toEqual([])
  })

  it('claims no nil where something was counted', () => {
    const text = textOf([
      fact('visits.beijing.non-reception.batches', 2, { change: '去年同期为0，不作比较' }),
      fact('visits.beijing.non-reception.persons', 3, { unit: '人次', text: '3人次' }),
      fact('visits.province.collective.batches', 1),
      fact('visits.province.collective.persons', 9),
    ])
    expect(text).toContain('进京非接待场所上访2批3人次。')
    expect(text).toContain('到省集体访1批9人次。')
    expect(text).not.toContain('零')
    expect(text).not.toContain('无进京')
  })

  it('compares each unit by itself, says 持平 and a base of nil in words, and leaves out what was never there', () => {
    const change = (change: string | null) => ({ change })
    const text = textOf([
      fact('visits.district.batches', 5, change('与去年持平')),
      fact('visits.district.persons', 9, change('下降10%')),
      fact('visits.city.batches', 1, change('去年同期为0，不作比较')),
      fact('visits.city.persons', 1, change('去年同期为0，不作比较')),
      fact('visits.province.skip.batches', 0, change(null)),
      fact('visits.province.skip.persons', 0, change(null)),
    ])
    expect(text).toContain('到区走访5批9人次，批次与去年持平，人次下降10%。')
    expect(text).toContain('到市走访1批1人次，批次去年同期为0，不作比较，人次去年同期为0，不作比较。')
    expect(text).toContain('到省越级访0批0人次；')
  })

  it('tells the mailboxes apart where their rates differ', () => {
    const text = textOf([...printed, rate('mailboxes.mayor.on-time', '99.8%', 586)])
    expect(text).toContain('市长信箱来信586件，及时受理率100%，按期回复率99.8%。')
    expect(text).not.toContain('均为')
  })
})
