// The checker of reports: finds what cannot be true and where, proposes what would be, and passes what is consistent.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkText } from '../../src/reports/check-text.ts'
import type { CheckId, Context, Finding } from '../../src/reports/stated.ts'

const report = readFileSync(join(import.meta.dirname, 'report-2020.txt'), 'utf8')
const district: Context = { townships: 15, population: 621_978 }
const found = (text: string, context: Context = {}) =>
  checkText(text, context).findings.filter(({ severity }) => severity !== 'note')
const ids = (text: string, context: Context = {}) => found(text, context).map(({ check }) => check)

describe('the printed report of 2020', () => {
  const findings = found(report, district)
  const on = (line: number) =>
    findings.filter(({ place }) => place.line === line).map(({ check, severity }) => [check, severity])

  it('is told of its impossible and contradictory figures, each in its line, and of nothing else', () => {
    const told = findings.map(({ place, check, severity }) => `${place.line} ${check} ${severity}`)
    expect(told).toEqual([
      // 集访2984批次3791608人次
      ...['16 SUBSET error', '16 CONCAT error', '16 SUBSET error', '16 POPULATION error'],
      // 97 %, 390, 179
      '20 RATE_MATCH warning',
      // 截至11月中旬, 截至目前
      '23 ASOF warning',
      // 11、 twice
      '26 NUMBERING error',
      // 88.123 %, 0.157 %
      ...['58 RATE_MATCH warning', '58 RATE_MATCH warning'],
      // 2. twice
      '89 NUMBERING error',
      // seven names, 8个项目, 等5个项目, four descriptions
      ...['107 SUM error', '107 SUM error', '110 SUM error'],
      // names of projects, 14个乡镇街道
      ...['112 ALIAS warning', '113 CONTRADICTION error', '113 ALIAS warning', '114 ALIAS warning'],
      // satisfaction measured by a rate of receipt, replies of 100 % against 97.68 %
      ...[
        '272 CONTRADICTION error',
        '321 CONTRADICTION error',
        '344 CONTRADICTION error',
        '344 CONTRADICTION error',
      ],
      // 副局长, 班子成员
      ...['446 CONTRADICTION error', '446 CONTRADICTION error'],
    ])
  })

  it('has the numbers that were pasted together taken apart in the only way there is', () => {
    const concat = findings.find(({ check }) => check === 'CONCAT')
    expect(concat?.proposal).toBe('29批379人次（上年84批1608人次）')
  })

  it('is told what the three figures of the hotline imply', () => {
    const said = findings.find(({ place }) => place.line === 20)?.zh
    for (const range of ['211—263件', '127—179件', '71%—100%']) expect(said).toContain(range)
  })

  it('with each fault mended has none left', () => {
    const mended = report
      .replace('集访2984批次3791608人次', '集访29批次379人次')
      .replace('超期390件', '超期226件')
      .replace('截止11月中旬', '截止目前')
      .replace('\n11、脱贫攻坚', '\n12、脱贫攻坚')
      .replace('88.123%', '88.124%')
      .replace('0.157%', '0.158%')
      .replace('2. 公务接待费支出', '3. 公务接待费支出')
      .replace('对8个项目编制', '对7个项目编制')
      .replace('对5个项目开展了绩效目标完成情况自评', '对4个项目开展了绩效目标完成情况自评')
      .replace('”等5个项目绩效', '”等7个项目绩效')
      .replaceAll('14个乡镇', '15个乡镇')
      .replaceAll('贫困村及非贫困村第一书记经费专项', '非贫困村（龙洞村）第一书记经费专项')
      .replaceAll('社情民意短信平台使用费', '社情民意短信平台经费')
      .replaceAll('12345热线人员经费', '12345民生热线工作经费')
      .replaceAll('市12345民生热线工作经费', '12345民生热线工作经费')
      .replace('群众短信接收率为100%', '群众满意')
      .replaceAll('回复工率达100%', '回复率达97.68%')
      .replaceAll(/热线回复率(达到?)100%/g, '群众满意率$180%')
      .replace('副局长3人，班子成员共4人', '副局长2人，班子成员共3人')
    expect(found(mended, district)).toEqual([])
  })

  it('is read whole whatever the ends of its lines, its marks and its width', () => {
    const plain = findings.map(({ place, check }) => `${place.line} ${check}`)
    const again = (text: string) => found(text, district).map(({ place, check }) => `${place.line} ${check}`)
    expect(again(report.replaceAll(/\r?\n/g, '\r\n'))).toEqual(plain)
    expect(again(`\ufeff${report}`)).toEqual(plain)
    const wide = report.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))
    expect(again(wide)).toEqual(plain)
    expect(on(16)).toHaveLength(4)
  })
})

describe('each check', () => {
  const cases: [CheckId, Context, wrong: string, right: string][] = [
    [
      'SUM',
      {},
      '12345热线共受理交办100件，已办90件，正在办理9件。',
      '12345热线共受理交办100件，已办90件，正在办理10件。',
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
      { history: new Map([['visits.district 到区走访 批', 300]]) },
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
        const percent = Math.round((Math.abs(now - before) / before) * 100)
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

describe('odd texts', () => {
  it('of any kind are read in bounded time', () => {
    const million = '9'.repeat(1_000_000)
    const texts = [
      '',
      million,
      `${million}%`,
      '“'.repeat(500_000),
      '其中'.repeat(300_000),
      '截至'.repeat(500_000),
      '1、\n'.repeat(100_000),
      '，其中1件'.repeat(100_000),
      '\u0000\ud800𠮷',
    ]
    const started = process.cpuUsage()
    for (const text of texts) expect(Array.isArray(checkText(text, district).findings)).toBe(true)
    const { user } = process.cpuUsage(started)
    // Quadratic reading of any of these would take minutes of processor time.
    expect(user / 1e6).toBeLessThan(60)
  })

  it('keep the numbers of their lines', () => {
    const [first] = checkText('甲\n\n\n到市走访30批29人次。').findings as [Finding]
    expect(first.place.line).toBe(4)
    expect(first.place.excerpt).toContain('30批29人次')
  })
})
