// The checker on the office's own report of 2020: what is impossible or contradicts itself is found in its line, what is consistent passes.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkText } from '../../src/reports/check-text.ts'
import { textOfBytes } from '../../src/reports/reading/text.ts'
import type { CheckId } from '../../src/reports/checks.data.ts'
import type { Context } from '../../src/reports/finding.ts'

const report = readFileSync(join(import.meta.dirname, 'report-2020.txt'), 'utf8')
const district: Context = { townships: 15, population: 621_978 }
const found = (text: string, context: Context = {}) =>
  checkText(text, context).findings.filter(({ severity }) => severity !== 'note')

describe('the printed report of 2020', () => {
  const findings = found(report, district)
  const told = findings.map(({ place, check, severity }) => `${place.line} ${check} ${severity}`)

  it('is told of its impossible and contradictory figures, each in its line, and of nothing else', () => {
    expect(told).toEqual([
      // F5: 集访2984批次3791608人次, F42: 集访 and 集体访
      ...[
        '16 SUBSET error',
        '16 CONCAT error',
        '16 SUBSET error',
        '16 POPULATION error',
        '16 WORDING warning',
      ],
      // F15: 97 %, 390, 179
      '20 RATE_MATCH warning',
      // F18, F42: 受利率
      ...['21 WORDING warning', '21 WORDING warning'],
      // F20: 人 among 件; F42: 截止
      ...['22 WORDING warning', '22 UNIT warning'],
      // F41: 截至11月中旬, 截至目前; F42: 截止, 非访
      ...['23 ASOF warning', '23 WORDING warning', '23 WORDING warning'],
      // F42: 截止, 战役前线
      ...['24 WORDING warning', '25 WORDING warning'],
      // F28: 11、 twice
      '26 NUMBERING error',
      // F39: 88.123 %, 0.157 %
      ...['58 RATE_MATCH warning', '58 RATE_MATCH warning'],
      // 2. twice
      '89 NUMBERING error',
      // F29: seven names, 8个项目, 等5个项目, four descriptions
      ...['107 SUM error', '107 SUM error', '110 SUM error'],
      // F30: names of projects; F34: 14个乡镇街道
      ...['112 ALIAS warning', '113 CONTRADICTION error', '113 ALIAS warning', '114 ALIAS warning'],
      // F33: satisfaction measured by a rate of receipt
      '272 CONTRADICTION error',
      // F42: 回复工率; F32: replies of 100 % against 97.68 %
      ...['320 WORDING warning', '321 CONTRADICTION error', '321 WORDING warning'],
      // F33 and F32: satisfaction measured by the reply rate, and that against the counts
      ...['344 CONTRADICTION error', '344 CONTRADICTION error'],
      // F35: 副局长, 班子成员
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

  it('is noted where it does not say of which unit a change is', () => {
    const { findings: all } = checkText(report, district)
    const notes = all.filter(({ severity }) => severity === 'note')
    expect(notes.map(({ place, check }) => `${place.line} ${check}`)).toEqual(['17 UNIT', '17 UNIT'])
  })

  it('is read with what its figures count', () => {
    const { figures } = checkText(report, district)
    const read = new Map(
      figures.flatMap(({ metric, value }) => (metric === undefined ? [] : [[metric, value]])),
    )
    expect(Object.fromEntries(read)).toMatchObject({
      ...{ 'visits.district.batches': 308, 'visits.district.persons': 1026, 'visits.district.assigned': 59 },
      ...{ 'visits.district.collective.batches': 47, 'visits.district.collective.persons': 611 },
      ...{ 'visits.province.skip.batches': 7, 'visits.beijing.skip.persons': 1 },
      ...{
        letters: 240,
        'letters.letter': 98,
        'letters.people-daily': 79,
        reviews: 25,
        'reviews.not-accepted': 17,
      },
      ...{ M01: 7708, M02: 7529, M03: 179, M04: 100, M05: 97, M06: 6.2, M07: 390, M10: 80 },
      ...{ 'mailboxes.city-secretary': 230, 'mailboxes.mayor': 586, 'mailboxes.district-head': 42 },
      ...{ 'ledger.level.local': 240, 'ledger.level.district-plus': 340, 'ledger.status.resolved': 65 },
      ...{ 'ledger.status.watch': 185, 'ledger.status.territorial': 53 },
      ...{ meetings: 28, 'meetings.by-district-leaders': 6, 'meetings.subjects': 16 },
      ...{ 'relief.people': 88, 'relief.sum': 86_500, 'relief.most': 2000 },
      ...{ 'duty.two-sessions.people': 25, 'duty.two-sessions.days': 27, 'duty.beijing.days': 90 },
      ...{ 'training.people': 69, 'training.accounts': 64, 'sms.sent': 360_000 },
      ...{ 'staffing.established': 17, 'staffing.in-post': 15 },
    })
  })

  it('with each fault mended has none left', () => {
    const mended = report
      .replace('集访2984批次3791608人次', '集体访29批次379人次')
      .replace('超期390件', '超期226件')
      .replaceAll('受利率', '受理率')
      .replace('共计53人', '共计53件')
      .replace('截止11月中旬', '截至目前')
      .replaceAll('截止目前', '截至目前')
      .replace('“零”进京非访', '“零”进京非接待场所上访')
      .replace('战役前线', '战疫前线')
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
      .replace('回复工率达到100%', '回复率达到100%')
      .replace('回复工率达100%', '回复率达97.68%')
      .replaceAll(/热线回复率(达到?)100%/g, '群众满意率$180%')
      .replace('副局长3人，班子成员共4人', '副局长2人，班子成员共3人')
    expect(found(mended, district)).toEqual([])
  })

  it('is read whole whatever the ends of its lines, its marks, its width and its encoding', () => {
    const again = (text: string) =>
      found(text, district).map(({ place, check, severity }) => `${place.line} ${check} ${severity}`)
    expect(again(report.replaceAll(/\r?\n/g, '\r\n'))).toEqual(told)
    expect(again(`\ufeff${report}`)).toEqual(told)
    const wide = report.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))
    expect(again(wide)).toEqual(told)
    const line = '到市走访132批次573人次。'
    const gbk = Buffer.from('b5bdcad0d7dfb7c3313332c5fab4ce353733c8cbb4cea1a3', 'hex')
    for (const bytes of [
      gbk,
      Buffer.from(line),
      Buffer.from(`\ufeff${line}`),
      Buffer.from(`\ufeff${line}`, 'utf16le'),
    ]) {
      expect(textOfBytes(bytes)).toBe(line)
    }
  })

  // Each of its consistent figures spoiled, one at a time, is told of in its line.
  const spoiled: [said: string, instead: string, check: CheckId][] = [
    ['308批1026人次', '308批302人次', 'PERSONS≥BATCHES'],
    ['47批611人次', '47批211人次', 'MIN5'],
    ['47批611人次', '47批1611人次', 'SUBSET'],
    ['交办59件', '交办590件', 'SUBSET'],
    ['7批7人次，与去年相比下降30%', '7批7人次，与去年相比下降31%', 'YOY_FEASIBLE'],
    ['群众来信98件', '群众来信99件', 'SUM'],
    ['不予受理17件', '不予受理16件', 'SUM'],
    ['已办7529件', '已办7528件', 'SUM'],
    ['正在办理179件', '正在办理180件', 'SUM'],
    ['延期率6.2%', '延期率162%', 'RATE_RANGE'],
    ['事项240件', '事项241件', 'SUM'],
    ['本级可以化解53件', '本级可以化解54件', 'SUM'],
    ['推动化解39件', '推动化解49件', 'SUM'],
    ['召集的联席会议6次', '召集的联席会议29次', 'SUBSET'],
    ['共计发放86500元', '共计发放186500元', 'RATE_MATCH'],
    ['共计发放86500元', '共计发放8650元', 'RATE_MATCH'],
    ['按期回复率达97%', '按期回复率达98%', 'CONTRADICTION'],
    ['行政编制6名', '行政编制7名', 'SUM'],
    ['事业人员8人', '事业人员9人', 'SUM'],
    ['分别增长28.06%和39.10%', '分别增长28.06%和38.10%', 'RATE_MATCH'],
    ['分别增长28.06%和39.10%', '分别增长27.06%和39.10%', 'RATE_MATCH'],
    ['项目支出94.65万元', '项目支出95.65万元', 'SUM'],
    ['占29.88%', '占28.88%', 'RATE_MATCH'],
    ['支出决算为16.52万元', '支出决算为15.52万元', 'SUM'],
    ['日常公用经费20.59万元', '日常公用经费21.59万元', 'SUM'],
    ['执行数为16.72万元', '执行数为17.72万元', 'RATE_MATCH'],
    ['增长22.34%', '增长23.34%', 'RATE_MATCH'],
    ['到省越级访7批7人次', '到省集体访1批7人次', 'ZERO_CLAIM'],
    ['“两会”安保', '“两会”安保，全年短信发送35万条，全年短信发送36万条，', 'CONTRADICTION'],
    ['内设机构为办公室', '副局长1人，内设机构为办公室', 'CONTRADICTION'],
  ]
  it.each(spoiled)('%s spoiled to %s is told by %s', (said, instead, check) => {
    expect(report).toContain(said)
    const more = found(report.replace(said, instead), district).map((finding) => finding.check)
    const before = findings.filter((finding) => finding.check === check).length
    expect(more.filter((each) => each === check).length).toBeGreaterThan(before)
  })
})
