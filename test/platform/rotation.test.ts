// Of backups taken every night the rotation keeps what a bureau may have to go back to, and no more.
import { describe, expect, test } from 'vitest'
import { instantOf, plusDays, weekdayOf, type Day } from '../../src/platform/clock.ts'
import { rotated } from '../../src/platform/rotation.ts'

/** Takes a backup each night from one day to another, and after each takes away what is not kept. */
function nights(from: Day, to: Day, skips: (day: Day) => boolean = () => false): Day[] {
  let held: Day[] = []
  for (let day = from; day <= to; day = plusDays(day, 1))
    if (!skips(day)) held = rotated([...held, day], (taken) => instantOf(taken, '01:10:00')).kept
  return held
}

const span = (from: Day, days: number) => Array.from({ length: days }, (_none, at) => plusDays(from, at))

describe('the rotation', () => {
  test('keeps 14 days, the last of each of 8 weeks and the last of each of 24 months', () => {
    const kept = nights('2023-01-01', '2026-01-31')
    const daily = span('2026-01-18', 14)
    // 31 January 2026 is a Saturday: its own week, and the Sundays that ended the seven before.
    const weekly = ['2026-01-31', ...span('2025-12-14', 43).filter((day) => weekdayOf(day) === 6)]
    const monthly = Array.from({ length: 24 }, (_none, at) => {
      const month = new Date(Date.UTC(2024, 2 + at + 1, 0))
      return month.toISOString().slice(0, 10)
    }).filter((day) => day <= '2026-01-31')
    monthly.push('2024-02-29')
    expect(new Set(kept)).toEqual(new Set([...daily, ...weekly, ...monthly]))
    expect(kept).toEqual(kept.toSorted())
    expect(kept).toContain('2024-02-29')
    expect(kept).toContain('2025-12-31')
    expect(kept).not.toContain('2024-01-31')
  })

  test('counts a week across the end of the year once', () => {
    const kept = nights('2025-12-01', '2026-02-20')
    // Monday 29 December to Sunday 4 January is one week; 31 December stays as the last of its month.
    expect(kept.filter((day) => day >= '2025-12-29' && day <= '2026-01-04')).toEqual([
      '2025-12-31',
      '2026-01-04',
    ])
  })

  test('counts days that have a backup: what was held before a long stop is not lost by it', () => {
    const kept = nights('2025-10-01', '2026-01-02', (day) => day > '2025-11-20' && day < '2026-01-01')
    expect(kept.slice(-14)).toEqual([...span('2025-11-09', 12), '2026-01-01', '2026-01-02'])
  })

  test('keeps of one day the last only, and says from which days on the log is needed', () => {
    const taken = ['01:10:00', '09:00:00', '15:30:00'].map((time) => instantOf('2026-01-31', time))
    const older = instantOf('2025-06-30', '01:10:00')
    const { kept, daily } = rotated([older, ...taken], (at) => at)
    expect(kept).toEqual([older, taken[2]])
    expect(daily).toEqual([older, taken[2]])
    const many = span('2026-01-01', 31).map((day) => instantOf(day, '01:10:00'))
    expect(rotated(many, (at) => at).daily).toEqual(many.slice(-14))
    expect(rotated([], (at: string) => at)).toEqual({ kept: [], daily: [] })
  })
})
