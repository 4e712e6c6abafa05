// A deadline can be read day by day.
import { expect, test } from 'vitest'
import { explain } from '../../src/calendar/explain.ts'
import type { LimitUnit } from '../../src/calendar/rules.ts'
import { instantOf } from '../../src/platform/clock.ts'
import { shippedCalendar } from './calendars.ts'

const calendar = shippedCalendar()
const read = (day: string, time: string, n: number, unit: LimitUnit) =>
  explain(calendar, instantOf(day, time), { n, unit }).map(
    (one) => `${one.day} ${one.weekday} ${one.counted} ${one.note}`,
  )

test('working days over the National Day of 2020', () => {
  expect(read('2020-09-25', '16:00:00', 4, 'workday')).toEqual([
    '2020-09-25 周五 0 当日不计',
    '2020-09-26 周六 0 周末，不计',
    '2020-09-27 周日 1 第 1 个工作日（国庆节调休上班）',
    '2020-09-28 周一 2 第 2 个工作日',
    '2020-09-29 周二 3 第 3 个工作日',
    '2020-09-30 周三 4 第 4 个工作日，24:00 期满',
  ])
})

test('calendar days that end in the Spring Festival of 2020', () => {
  const days = read('2020-01-10', '10:00:00', 15, 'day')
  expect(days).toHaveLength(25)
  expect(days.slice(14, 17)).toEqual([
    '2020-01-24 周五 14 第 14 日',
    '2020-01-25 周六 15 第 15 日，春节放假，顺延至下一工作日',
    '2020-01-26 周日 15 春节放假，顺延',
  ])
  expect(days.at(-1)).toBe('2020-02-03 周一 15 顺延后的工作日，24:00 期满')
})

test('hours of the clock', () => {
  expect(read('2020-08-14', '09:00:00', 24, 'hour')).toEqual([
    '2020-08-14 周五 15 自 09:00 起算，计 15 小时',
    '2020-08-15 周六 24 计 9 小时，09:00 期满',
  ])
})

test('hours of office time', () => {
  expect(read('2020-08-14', '17:10:00', 2, 'workhour')).toEqual([
    '2020-08-14 周五 0.33 自 17:10 起算，计 0.33 小时',
    '2020-08-15 周六 0.33 周末，不计',
    '2020-08-16 周日 0.33 周末，不计',
    '2020-08-17 周一 2 计 1.67 小时，10:40 期满',
  ])
  expect(read('2020-08-14', '20:00:00', 1, 'workhour')[0]).toBe(
    '2020-08-14 周五 0 自 20:00 起算，非办公时间，不计',
  )
})

test('a provisional day says so', () => {
  expect(read('2026-12-31', '10:00:00', 1, 'workday')).toEqual([
    '2026-12-31 周四 0 当日不计',
    '2027-01-01 周五 0 元旦放假，不计（暂定）',
    '2027-01-02 周六 0 周末，不计（暂定）',
    '2027-01-03 周日 0 周末，不计（暂定）',
    '2027-01-04 周一 1 第 1 个工作日，24:00 期满（暂定）',
  ])
})
