// The periods that reports are written of: weeks as ISO 8601 counts them, months of any length, years whose last second is theirs.
import { describe, expect, it } from 'vitest'
import { endOf, periodOf, periodOn } from '../../src/reports/periods.ts'

const bounds = (id: string) => {
  const period = periodOf(id)
  return period && [period.from, period.to, period.before.id, period.before.from, period.before.to]
}

describe('a period', () => {
  it.each([
    ['2020', ['2020-01-01', '2020-12-31', '2019', '2019-01-01', '2019-12-31']],
    ['2020-02', ['2020-02-01', '2020-02-29', '2020-01', '2020-01-01', '2020-01-31']],
    ['2021-02', ['2021-02-01', '2021-02-28', '2021-01', '2021-01-01', '2021-01-31']],
    ['2021-01', ['2021-01-01', '2021-01-31', '2020-12', '2020-12-01', '2020-12-31']],
    // 2020 has 53 weeks, and its last holds the first days of 2021.
    ['2020-W53', ['2020-12-28', '2021-01-03', '2020-W52', '2020-12-21', '2020-12-27']],
    ['2021-W01', ['2021-01-04', '2021-01-10', '2020-W53', '2020-12-28', '2021-01-03']],
    ['2020-W01', ['2019-12-30', '2020-01-05', '2019-W52', '2019-12-23', '2019-12-29']],
  ])('%s', (id, expected) => {
    expect(bounds(id)).toEqual(expected)
  })

  it.each([
    '2020-13',
    '2020-00',
    '2021-W53',
    '2020-W54',
    '2020-W00',
    '20',
    '1989',
    '2200',
    '9999-12',
    '2020-1',
    '２０２０',
  ])('%s is none', (id) => {
    expect(periodOf(id)).toBeUndefined()
  })

  it('is called as a bulletin calls it', () => {
    expect(periodOf('2020-11')?.label).toBe('2020年11月')
    expect(periodOf('2020-W46')?.label).toBe('2020年第46周（11月9日—11月15日）')
  })

  it('is found by any of its days', () => {
    expect(periodOn('week', '2021-01-03').id).toBe('2020-W53')
    expect(periodOn('month', '2020-02-29').id).toBe('2020-02')
    expect(periodOn('year', '2020-12-31').id).toBe('2020')
  })

  it('ends with its last moment, and now while it is not over', () => {
    const year = { to: '2020-12-31' }
    expect(endOf(year, '2021-01-01T00:00:00.000+08:00')).toBe('2020-12-31T23:59:59.999+08:00')
    expect(endOf(year, '2020-12-31T23:59:00.000+08:00')).toBe('2020-12-31T23:59:00.000+08:00')
  })
})
