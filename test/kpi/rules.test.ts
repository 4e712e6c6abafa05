// Rounding and wording of figures: never a false 100 %, never a false 0 %, never a share of nothing.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeText, pointsBetween, pointsText } from '../../src/kpi/rules.ts'
import { yearBefore } from '../../src/platform/clock.ts'
import { percent, percentText } from '../../src/platform/numbers.ts'

describe('a rate', () => {
  it.each([
    [7303, 7529, 0, '97'],
    [7303, 7693, 2, '94.93'],
    [7529, 7708, 2, '97.68'],
    [478, 7708, 1, '6.2'],
    [996, 1000, 0, '99.6'],
    [9996, 10_000, 0, '99.96'],
    [99_999_999, 100_000_000, 1, '99.999999'],
    [1, 1000, 0, '0.1'],
    [4, 1000, 0, '0.4'],
    [5, 1000, 0, '1'],
    [1, 3_000_000, 0, '0.00003'],
    [995, 1000, 0, '99.5'],
    [994, 1000, 0, '99'],
    [1, 8, 0, '13'],
    [1, 8, 1, '12.5'],
    [5, 5, 0, '100'],
    [5, 5, 1, '100.0'],
    [0, 5, 0, '0'],
    [0, 5, 2, '0.00'],
  ])('of %i in %i with %i decimals is %s%%', (numerator, denominator, decimals, value) => {
    expect(percent(numerator, denominator, decimals)).toBe(value)
  })

  it('of nothing is 无', () => {
    expect(percent(0, 0)).toBeNull()
    expect(percentText(percent(0, 0))).toBe('无')
    expect(percentText('99.6')).toBe('99.6%')
  })

  it('reads 100 only for all and 0 only for none, and is otherwise within half of its last place', () => {
    const count = fc.oneof(fc.nat(20), fc.nat(100_000), fc.maxSafeNat())
    fc.assert(
      fc.property(count, count, fc.nat(3), (a, b, decimals) => {
        const [numerator, denominator] = [Math.min(a, b), Math.max(a, b)]
        const text = percent(numerator, denominator, decimals)
        if (denominator === 0) {
          expect(text).toBeNull()
          return
        }
        const places = text?.split('.')[1]?.length ?? 0
        const scaled = BigInt(text?.replace('.', '') ?? '')
        const scale = 100n * 10n ** BigInt(places)
        expect(places).toBeGreaterThanOrEqual(decimals)
        expect(scaled === scale).toBe(numerator === denominator)
        expect(scaled === 0n).toBe(numerator === 0)
        const off = 2n * (scaled * BigInt(denominator) - BigInt(numerator) * scale)
        expect((off < 0n ? -off : off) <= BigInt(denominator)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('refuses what is no count', () => {
    expect(() => percent(-1, 5)).toThrow(RangeError)
    expect(() => percent(1.5, 5)).toThrow(RangeError)
    expect(() => percent(1, Number.NaN)).toThrow(RangeError)
  })
})

describe('a count against the year before', () => {
  it.each([
    [308, 531, '下降42%'],
    [240, 160, '上升50%'],
    [5, 5, '与去年持平'],
    [0, 0, '与去年持平'],
    [3, 0, '去年同期为0，不作比较'],
    [0, 33, '下降100%'],
    [1, 33, '下降97%'],
    [1, 1000, '下降99.9%'],
    [1001, 1000, '上升0.1%'],
    [20, 10, '上升100%'],
    [30, 10, '上升200%'],
  ])('%i after %i: %s', (current, previous, text) => {
    expect(changeText(current, previous)).toBe(text)
  })

  it('names the period it is compared with', () => {
    expect(changeText(3, 2, { with: '上月' })).toBe('上升50%')
    expect(changeText(2, 2, { with: '上月' })).toBe('与上月持平')
    expect(changeText(2, 0, { with: '上月' })).toBe('上月为0，不作比较')
  })
})

describe('rates are compared in percentage points', () => {
  const rate = (numerator: number, denominator: number) => ({ numerator, denominator })
  it.each([
    [rate(97, 100), rate(95, 100), '上升2个百分点'],
    [rate(95, 100), rate(97, 100), '下降2个百分点'],
    [rate(973, 1000), rate(961, 1000), '上升1.2个百分点'],
    [rate(1, 2), rate(2, 4), '与去年持平'],
    [rate(0, 0), rate(1, 2), '不作比较'],
    [rate(1, 2), rate(0, 0), '不作比较'],
    [rate(10_008, 20_000), rate(1, 2), '上升0.04个百分点'],
    [rate(5, 5), rate(0, 5), '上升100个百分点'],
  ])('%o after %o: %s', (current, previous, text) => {
    expect(pointsText(current, previous)).toBe(text)
  })

  it('a difference never reads 0 unless there is none, and changes its sign with the order', () => {
    const rates = fc.record({ numerator: fc.nat(10_000), denominator: fc.integer({ min: 1, max: 10_000 }) })
    fc.assert(
      fc.property(rates, rates, (a, b) => {
        const there = pointsBetween(a, b)
        const back = pointsBetween(b, a)
        expect(there === '0').toBe(a.numerator * b.denominator === b.numerator * a.denominator)
        expect(there === '0' ? back : there?.replace('-', '')).toBe(back?.replace('-', ''))
      }),
    )
  })
})

describe('the same days a year before', () => {
  it.each([
    ['a year', '2020-01-01', '2020-12-31', '2019-01-01', '2019-12-31'],
    ['February after a leap year', '2021-02-01', '2021-02-28', '2020-02-01', '2020-02-29'],
    ['February of a leap year', '2020-02-01', '2020-02-29', '2019-02-01', '2019-02-28'],
    ['two months that end with February', '2021-01-01', '2021-02-28', '2020-01-01', '2020-02-29'],
    ['a month of a leap year that is not over', '2020-02-01', '2020-02-28', '2019-02-01', '2019-02-28'],
    ['a week that ends with February', '2021-02-22', '2021-02-28', '2020-02-22', '2020-02-28'],
    ['29 February', '2020-02-29', '2020-02-29', '2019-02-28', '2019-02-28'],
    ['1 March', '2021-03-01', '2021-03-01', '2020-03-01', '2020-03-01'],
    ['a winter', '2020-12-01', '2021-02-28', '2019-12-01', '2020-02-29'],
  ])('of %s', (_, from, to, first, last) => {
    expect(yearBefore({ from, to })).toEqual({ from: first, to: last })
  })
})
