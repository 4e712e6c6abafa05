// The checker of texts: finds what cannot be true and where, proposes what would be, and passes what is consistent.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkText } from '../../src/reports/check-text.ts'
import type { CheckId } from '../../src/reports/checks.data.ts'
import type { Context } from '../../src/reports/finding.ts'

const found = (text: string, context: Context = {}) =>
  checkText(text, context).findings.filter(({ severity }) => severity !== 'note')
const ids = (text: string, context: Context = {}) => found(text, context).map(({ check }) => check)

describe('each check', () => {
  const cases: [CheckId, Context, wrong: string, right: string][] = [
    [
      'SUM',
      {},
      '12345热线共受理交办100件，已办90件，正在办理9件。',
      '12345热线共受理交办100件，已办90件，正在办理10件。',
    ],
    [
      'SUM',
      {},
      '到区走访30批80人次。其中越级走访3批9人次，依法逐级走访28批71人次。',
      '到区走访30批80人次。其中越级走访3批9人次，依法逐级走访27批71人次。',
    ],
    [
      'SUBSET',
      {},
      '到区走访30批80人次。其中集体访40批200人次。',
      '到区走访30批80人次。其中集体访3批20人次。',
    ],
    ['MIN5', {}, '到区走访30批80人次。其中集体访10批49人次。', '到区走访30批80人次。其中集体访10批50人次。'],
    ['PERSONS≥BATCHES', {}, '到市走访30批29人次。', '到市走访30批30人次。'],
    ['RATE_RANGE', {}, '信件按期回复率101%。', '信件按期回复率100%。'],
    [
      'RATE_MATCH',
      {},
      '支出合计200万元，其中：基本支出50万元，占26%。',
      '支出合计200万元，其中：基本支出50万元，占25%。',
    ],
    ['YOY_FEASIBLE', {}, '到省越级访7批，与去年相比批次下降31%。', '到省越级访7批，与去年相比批次下降30%。'],
    [
      'UNIT',
      {},
      '12345热线共受理交办100件，已办90人，正在办理10件。',
      '12345热线共受理交办100件，已办90件，正在办理10件。',
    ],
    ['POPULATION', { population: 1000 }, '到区走访300批1001人次。', '到区走访300批1000人次。'],
    [
      'DIGITS',
      { history: new Map([['visits.district.batches', 300]]) },
      '到区走访3001批3001人次。',
      '到区走访3000批3001人次。',
    ],
    [
      'ASOF',
      {},
      '1、甲。截至目前3件。\n2、乙。截至11月底4件。',
      '1、甲。截至目前3件。\n2、乙。截至目前4件。',
    ],
    ['CONTRADICTION', {}, '班子成员共3人。\n班子成员共4人。', '班子成员共3人。\n班子成员共3人。'],
    ['NUMBERING', {}, '1、甲\n2、乙\n2、丙', '1、甲\n2、乙\n3、丙'],
    ['NUMBERING', {}, '一、甲\n二、乙\n四、丙', '一、甲\n二、乙\n三、丙'],
    [
      'ALIAS',
      {},
      '“群众信访专项、短信平台经费、热线工作经费”项目。\n（1）短信平台使用费项目绩效目标完成情况综述。',
      '“群众信访专项、短信平台经费、热线工作经费”项目。\n（1）短信平台经费项目绩效目标完成情况综述。',
    ],
    [
      'ZERO_CLAIM',
      {},
      '到省集体访1批6人次。\n保持“零”到省集体访。',
      '到省走访1批1人次。\n保持“零”到省集体访。',
    ],
  ]
  it.each(cases)('%s %j', (check, context, wrong, right) => {
    expect(ids(wrong, context)).toContain(check)
    expect(ids(right, context)).toEqual([])
  })

  it('CONCAT says nothing where no split would do', () => {
    const text = (b: string, p: string) =>
      `到市走访132批次573人次。其中集访${b}批次${p}人次，与去年相比批次下降50%，人次下降50%。`
    expect(ids(text('1122', '100200'))).toContain('CONCAT')
    for (const [b, p] of [
      ['1123', '100200'],
      ['1122', '100300'],
      ['2244', '100200'],
    ] as const) {
      expect(ids(text(b, p))).toContain('SUBSET')
      expect(ids(text(b, p))).not.toContain('CONCAT')
    }
  })
})

describe('a consistent report', () => {
  const visits = fc
    .record({
      individual: fc.integer({ min: 1, max: 400 }),
      collective: fc.integer({ min: 1, max: 80 }),
      extra: fc.integer({ min: 0, max: 300 }),
      crowd: fc.integer({ min: 0, max: 900 }),
      before: fc.integer({ min: 1, max: 900 }),
    })
    .map(({ individual, collective, extra, crowd, before }) => {
      const [batches, most] = [individual + collective, 5 * collective + crowd]
      const persons = individual + extra + most
      const change = (now: number) => {
        // The product first: 207 / 200 × 100 is a little less than the half that is to be rounded up.
        const percent = Math.round((Math.abs(now - before) * 100) / before)
        return now === before || percent === 0
          ? ''
          : `，与去年相比批次${now > before ? '上升' : '下降'}${percent}%`
      }
      return {
        ...{ batches, persons, collective, most },
        text: `1、到区走访。到区走访${batches}批${persons}人次${change(batches)}。其中集体访${collective}批${most}人次。`,
      }
    })

  it('gives no finding, whatever its numbers', () => {
    fc.assert(
      fc.property(visits, ({ text }) => {
        expect(ids(text)).toEqual([])
      }),
    )
  })

  it('with one number made too large is found', () => {
    fc.assert(
      fc.property(visits, fc.integer({ min: 1, max: 9 }), ({ text, batches, collective, most }, digit) => {
        const wrong = text.replace(
          `集体访${collective}批${most}人次`,
          `集体访${batches}${digit}批${most}人次`,
        )
        expect(ids(wrong)).toContain('SUBSET')
      }),
    )
  })
})
