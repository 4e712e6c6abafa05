// Odd texts: however long, however broken, they are read in bounded time and nothing fails.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkText } from '../../src/reports/check-text.ts'
import type { Context, Finding } from '../../src/reports/finding.ts'

const district: Context = { townships: 15, population: 621_978 }

describe('odd texts', () => {
  it('of any kind are read in bounded time', () => {
    const million = '9'.repeat(1_000_000)
    const texts = [
      '',
      `${million}${million}`,
      `${million}%`,
      '“'.repeat(700_000),
      '（'.repeat(700_000),
      '其中'.repeat(300_000),
      `1、${'截至'.repeat(300_000)}`,
      '1、\n'.repeat(100_000),
      '，其中1件'.repeat(100_000),
      '1件，其中9件，增长3%，'.repeat(50_000),
      '到区走访1批2人次，批次上升3%，'.repeat(40_000),
      '（1件'.repeat(100_000),
      '1,111'.repeat(300_000),
      '1—2'.repeat(300_000),
      '零到省集'.repeat(100_000),
      '增加3万元，增长4%，'.repeat(40_000),
      '“甲乙丙丁、甲乙丙丁、甲乙丙丁”项目'.repeat(20_000),
      '\u0000\ud800𠮷',
    ]
    for (const text of texts) {
      const started = process.cpuUsage()
      expect(Array.isArray(checkText(text, district).findings)).toBe(true)
      // Quadratic reading of any of these would take minutes of processor time.
      expect(process.cpuUsage(started).user / 1e6).toBeLessThan(20)
    }
  }, 120_000)

  it('of any characters never make the checker fail', () => {
    const piece = fc.constantFrom(
      ...[
        '其中',
        '（',
        '）',
        '，',
        '。',
        '；',
        '：',
        '\n',
        '\t',
        '批',
        '人次',
        '件',
        '%',
        '万元',
        '占',
        '分别',
        '上升',
        '零',
      ],
      ...[
        '到区走访',
        '12345',
        '热线',
        '12',
        '0',
        '3.5',
        '9'.repeat(40),
        '—',
        '“',
        '”',
        '、',
        '共',
        '1、',
        '满意度指标',
      ],
    )
    const text = fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 60 })
    fc.assert(
      fc.property(text, (pieces) => {
        const { figures } = checkText(pieces.join(''), { population: 10, townships: 3 })
        expect(figures.every(({ place }) => place.line >= 1 && place.column >= 0)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('keep the numbers of their lines', () => {
    const [first] = checkText('甲\n\n\n到市走访30批29人次。').findings as [Finding]
    expect(first.place.line).toBe(4)
    expect(first.place.excerpt).toContain('30批29人次')
  })
})
