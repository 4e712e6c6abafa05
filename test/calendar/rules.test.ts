// Limits end where the law and the notices of the State Council put them.
import { describe, expect, test } from 'vitest'
import { daysOf, isWorking } from '../../src/calendar/days.ts'
import {
  addCalendarDays,
  addClockHours,
  addWorkdays,
  due,
  dueMoves,
  isWorkday,
  workdaysLeft,
  yellowAt,
} from '../../src/calendar/rules.ts'
import { planYear } from '../../src/calendar/years.ts'
import { instantOf } from '../../src/platform/clock.ts'
import { shippedCalendar } from './calendars.ts'

const calendar = shippedCalendar()
const at = (day: string, time = '10:00:00') => instantOf(day, time)
const close = (day: string) => `${day}T23:59:59.999+08:00`

describe('a day', () => {
  test.each(['2020-01-31', '2020-02-01', '2020-02-02'])('%s was off: the holiday was extended', (day) => {
    expect(isWorkday(calendar, day)).toEqual({
      workday: false,
      kind: 'holiday',
      name: '春节',
      provisional: false,
    })
  })

  test('Sunday 2020-09-27 was worked for the National Day', () => {
    expect(isWorkday(calendar, '2020-09-27')).toEqual({
      workday: true,
      kind: 'makeup',
      name: '国庆节',
      provisional: false,
    })
  })

  test.each(['2026-01-04', '2026-02-14', '2026-02-28', '2026-10-10'])('%s is a make-up day', (day) => {
    expect(isWorkday(calendar, day)).toMatchObject({ workday: true, kind: 'makeup' })
  })

  test('an ordinary Friday and Saturday', () => {
    expect(isWorkday(calendar, '2020-08-14')).toMatchObject({ workday: true, kind: 'workday', name: null })
    expect(isWorkday(calendar, '2020-08-15')).toMatchObject({ workday: false, kind: 'restday', name: null })
  })

  test.each([
    [2019, 250],
    [2020, 249],
    [2021, 250],
    [2022, 249],
    [2023, 249],
    [2024, 251],
    [2025, 248],
    [2026, 248],
  ])('%i has %i working days', (year, workdays) => {
    expect(daysOf(calendar, year).filter((one) => isWorking(one.kind))).toHaveLength(workdays)
  })

  test.each(['2003-12-31', '2101-01-01', '2021-02-29', '2020-1-1', ''])('%s is refused', (day) => {
    expect(() => isWorkday(calendar, day)).toThrow('calendar/day-not-covered')
  })
})

describe('working days', () => {
  test('the day of the act is not counted; the limit ends at the close of the last one', () => {
    expect(addWorkdays(calendar, at('2020-08-14'), 1)).toBe(close('2020-08-17'))
    expect(addWorkdays(calendar, at('2020-08-14'), 7)).toBe(close('2020-08-25'))
  })

  test('a holiday and its make-up day are counted as they are worked', () => {
    expect(addWorkdays(calendar, at('2020-09-25'), 5)).toBe(close('2020-10-09'))
    expect(addWorkdays(calendar, at('2020-09-30'), 1)).toBe(close('2020-10-09'))
    expect(addWorkdays(calendar, at('2026-09-30'), 5)).toBe(close('2026-10-13'))
  })

  test('an act on a rest day counts from the next working day', () => {
    expect(addWorkdays(calendar, at('2020-08-15'), 1)).toBe(close('2020-08-17'))
    expect(addWorkdays(calendar, at('2020-10-01'), 1)).toBe(close('2020-10-09'))
  })

  test('the first and the last moment of a day are the same day', () => {
    expect(addWorkdays(calendar, at('2020-08-14', '00:00:00'), 3)).toBe(close('2020-08-19'))
    expect(addWorkdays(calendar, at('2020-08-14', '23:59:59.999'), 3)).toBe(close('2020-08-19'))
  })

  test('over the turn of a year, from its last minute', () => {
    expect(addWorkdays(calendar, at('2020-12-31', '23:59:00'), 1)).toBe(close('2021-01-04'))
    expect(addWorkdays(calendar, at('2019-12-31', '23:59:59.999'), 2)).toBe(close('2020-01-03'))
  })
})

describe('calendar days', () => {
  test.each([
    ['2020-01-10', 15, '2020-02-03'],
    ['2020-09-20', 15, '2020-10-09'],
    ['2020-12-01', 60, '2021-02-01'],
    ['2020-08-14', 15, '2020-08-31'],
    ['2020-01-31', 30, '2020-03-02'],
    ['2020-02-14', 15, '2020-03-02'],
    ['2020-02-28', 1, '2020-03-02'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2024-01-30', 30, '2024-02-29'],
    ['2020-09-12', 15, '2020-09-27'],
  ])('%s + %i days ends on %s, never on a rest day', (from, n, day) => {
    expect(addCalendarDays(calendar, at(from), n, { rollForward: true })).toBe(close(day))
    expect(due(calendar, at(from), { n, unit: 'day' }).dueAt).toBe(close(day))
  })

  test('without rolling forward the last day stays', () => {
    expect(addCalendarDays(calendar, at('2020-01-10'), 15, { rollForward: false })).toBe(close('2020-01-25'))
  })
})

describe('hours of the clock', () => {
  test('run through nights and holidays', () => {
    expect(addClockHours('2020-09-30T22:15:30.250+08:00', 24)).toBe('2020-10-01T22:15:30.250+08:00')
    expect(due(calendar, '2026-12-31T23:30:00.000+08:00', { n: 2, unit: 'hour' })).toEqual({
      dueAt: '2027-01-01T01:30:00.000+08:00',
      provisional: false,
      calendarVersion: 1,
    })
  })
})

describe('an impossible limit', () => {
  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('%d days are refused', (n) => {
    expect(() => due(calendar, at('2020-08-14'), { n, unit: 'workday' })).toThrow(RangeError)
    expect(() => due(calendar, at('2020-08-14'), { n, unit: 'day' })).toThrow(RangeError)
  })
  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('%d hours are refused', (n) => {
    expect(() => due(calendar, at('2020-08-14'), { n, unit: 'hour' })).toThrow(RangeError)
    expect(() => due(calendar, at('2020-08-14'), { n, unit: 'workhour' })).toThrow(RangeError)
  })
  test('one that leaves the calendar is refused', () => {
    expect(() => due(calendar, at('2003-12-31'), { n: 1, unit: 'workday' })).toThrow(
      'calendar/day-not-covered',
    )
    expect(() => due(calendar, at('2100-12-30'), { n: 15, unit: 'day' })).toThrow('calendar/day-not-covered')
    expect(() => due(calendar, at('2100-12-30'), { n: 5, unit: 'workday' })).toThrow(
      'calendar/day-not-covered',
    )
  })
})

describe('beyond the published years', () => {
  test('a deadline says that it is provisional', () => {
    expect(due(calendar, at('2026-12-24'), { n: 5, unit: 'workday' })).toMatchObject({
      dueAt: close('2026-12-31'),
      provisional: false,
    })
    expect(due(calendar, at('2026-12-25'), { n: 5, unit: 'workday' })).toMatchObject({
      dueAt: close('2027-01-04'),
      provisional: true,
    })
    expect(due(calendar, at('2026-12-31', '17:00:00'), { n: 1, unit: 'workhour' })).toMatchObject({
      dueAt: '2027-01-04T09:30:00.000+08:00',
      provisional: true,
    })
  })

  test('only the dates that the law fixes are known to be off', () => {
    const off = daysOf(calendar, 2027).filter((one) => one.kind === 'holiday')
    expect(off.map((one) => one.day)).toEqual([
      '2027-01-01',
      '2027-05-01',
      '2027-05-02',
      '2027-10-01',
      '2027-10-02',
      '2027-10-03',
    ])
    expect(off.every((one) => one.provisional)).toBe(true)
    expect(isWorkday(calendar, '2027-02-08')).toMatchObject({ workday: true, provisional: true })
  })
})

describe('what is left', () => {
  const dueAt = close('2020-10-09')

  test.each([
    ['2020-09-25', 5],
    ['2020-09-26', 5],
    ['2020-09-27', 4],
    ['2020-09-29', 2],
    ['2020-09-30', 1],
    ['2020-10-08', 1],
    ['2020-10-09', 0],
    ['2020-10-10', -1],
    ['2020-10-11', -1],
    ['2020-10-12', -2],
  ])('on %s it is %i working days', (now, left) => {
    expect(workdaysLeft(calendar, at(now), dueAt)).toBe(left)
  })

  test('the last moment inside is not late, the next one is', () => {
    expect(workdaysLeft(calendar, dueAt, dueAt)).toBe(0)
    expect(workdaysLeft(calendar, '2020-10-10T00:00:00.000+08:00', dueAt)).toBe(-1)
    expect(workdaysLeft(calendar, '2020-08-14T12:00:00.001+08:00', '2020-08-14T12:00:00.000+08:00')).toBe(-1)
  })

  test('yellow begins with the last working day before the due day, across a holiday', () => {
    expect(yellowAt(calendar, dueAt, 'workday')).toBe('2020-09-30T00:00:00.000+08:00')
    expect(yellowAt(calendar, close('2020-08-17'), 'day')).toBe('2020-08-14T00:00:00.000+08:00')
  })

  test('yellow does not exist for limits in hours', () => {
    expect(yellowAt(calendar, at('2020-08-14'), 'hour')).toBeNull()
    expect(yellowAt(calendar, at('2020-08-14'), 'workhour')).toBeNull()
  })
})

describe('another calendar', () => {
  const without = (day: string) => {
    const days = daysOf(calendar, 2020).map((one) =>
      one.day === day ? { day, kind: 'workday' as const, name: null } : one,
    )
    return planYear(calendar, { year: 2020, status: 'published', source: '2019-11 notice', days }).calendar
  }
  // What the notice of November 2019 said, before the holiday was extended: 31 January was to be worked.
  const before = without('2020-01-31')
  const leg = (id: string, day: string) => {
    const limit = { n: 7, unit: 'workday' as const }
    return { id, from: at(day), limit, dueAt: due(before, at(day), limit).dueAt }
  }

  test('moves exactly the deadlines that run through the changed days', () => {
    const legs = [leg('early', '2020-01-06'), leg('through', '2020-01-17'), leg('late', '2020-02-03')]
    const moves = dueMoves(calendar, legs)
    expect(moves).toEqual([
      { id: 'through', oldDue: close('2020-02-03'), newDue: close('2020-02-04'), provisional: false },
    ])
    expect(dueMoves(before, legs)).toEqual([])
  })

  test('moves nothing the second time', () => {
    const moved = dueMoves(calendar, [leg('through', '2020-01-17')]).map(({ newDue }) => ({
      ...leg('through', '2020-01-17'),
      dueAt: newDue,
    }))
    expect(moved).toHaveLength(1)
    expect(dueMoves(calendar, moved)).toEqual([])
  })
})
