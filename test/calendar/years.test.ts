// A year is published only when its arrangement can be true.
import { describe, expect, test } from 'vitest'
import { calendarFrom, daysOf, type Calendar } from '../../src/calendar/days.ts'
import { due, isWorkday } from '../../src/calendar/rules.ts'
import { planYear, yearDays, type NamedDay, type YearNotice } from '../../src/calendar/years.ts'
import { plusDays } from '../../src/platform/clock.ts'
import { Problem } from '../../src/platform/problems.ts'
import { shippedCalendar } from './calendars.ts'
import { plausible2027 } from './years-to-come.ts'

const calendar = shippedCalendar()

function problemOf(work: () => unknown): Problem {
  try {
    work()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const faults = (year: number, arrangement: Parameters<typeof yearDays>[1]) =>
  problemOf(() => yearDays(year, arrangement)).options.errors?.map((one) => `${one.pointer} ${one.code}`)

describe('publishing the year after the last', () => {
  const plan = planYear(calendar, plausible2027())

  test('makes its days final', () => {
    expect(isWorkday(calendar, '2027-02-08')).toMatchObject({ workday: true, provisional: true })
    expect(isWorkday(plan.calendar, '2027-02-08')).toMatchObject({
      workday: false,
      name: '春节',
      provisional: false,
    })
    expect(isWorkday(plan.calendar, '2028-01-04')).toMatchObject({ provisional: true })
    expect(plan.calendar.version).toBe(2)
    const from = '2026-12-25T10:00:00.000+08:00'
    expect(due(plan.calendar, from, { n: 5, unit: 'workday' })).toMatchObject({
      provisional: false,
      calendarVersion: 2,
    })
  })

  test('tells which days change against the provisional ones', () => {
    expect(plan.changes.map((one) => one.day)).not.toContain('2027-01-01')
    expect(plan.changes).toContainEqual({
      day: '2027-02-08',
      before: { kind: 'workday', name: null },
      after: { kind: 'holiday', name: '春节' },
    })
    expect(plan.workdays).toBe(
      daysOf(plan.calendar, 2027).filter((one) => /workday|makeup/.test(one.kind)).length,
    )
  })

  test('leaves every other year as it was', () => {
    expect(daysOf(plan.calendar, 2026)).toEqual(daysOf(calendar, 2026))
    expect(plan.calendar.years.slice(0, -1)).toEqual(calendar.years)
  })
})

test('all days of the year say the same as the notice', () => {
  const { days } = planYear(calendar, plausible2027())
  const again = planYear(calendar, { year: 2027, status: 'published', source: 's', days: days.toReversed() })
  expect(again.days).toEqual(days)
})

test('amending a year changes that day alone and raises the version', () => {
  const days = daysOf(calendar, 2020).map(({ day, kind, name }) =>
    day === '2020-02-03' ? { day, kind: 'holiday' as const, name: '春节' } : { day, kind, name },
  )
  const plan = planYear(calendar, { year: 2020, status: 'published', source: 's', days })
  expect(plan.changes).toEqual([
    { day: '2020-02-03', before: { kind: 'workday', name: null }, after: { kind: 'holiday', name: '春节' } },
  ])
  expect(plan.calendar.version).toBe(calendar.version + 1)
})

describe('a provisional year', () => {
  const entered = planYear(calendar, { ...plausible2027(), status: 'provisional' }).calendar

  test('counts as entered and stays provisional', () => {
    expect(isWorkday(entered, '2027-02-08')).toMatchObject({ workday: false, provisional: true })
  })
  test('becomes final without a change of days', () => {
    const final = planYear(entered, plausible2027())
    expect(final.changes).toEqual([])
    expect(isWorkday(final.calendar, '2027-02-08')).toMatchObject({ workday: false, provisional: false })
  })
  test('does not replace a published one', () => {
    const notice = { ...plausible2027(), status: 'provisional' } satisfies YearNotice
    const published = planYear(calendar, plausible2027()).calendar
    expect(problemOf(() => planYear(published, notice)).code).toBe('calendar/already-published')
  })
  test('must be final before the next one is', () => {
    const days = yearDays(2027, plausible2027()).map(({ kind, name }, i) => ({
      day: plusDays('2028-01-01', i),
      kind,
      name,
    }))
    const notice: YearNotice = { year: 2028, status: 'published', source: 's', days }
    expect(problemOf(() => planYear(entered, notice)).code).toBe('calendar/year-out-of-order')
  })
})

test.each([2003, 2028])('%i is refused: years follow one another', (year) => {
  const notice: YearNotice = { year, status: 'published', source: 's', holidays: [], makeups: [] }
  expect(problemOf(() => planYear(calendar, notice)).code).toBe('calendar/year-out-of-order')
})

describe('faults of an arrangement', () => {
  const good = plausible2027()
  const holidays = (...more: NamedDay[]) => ({ holidays: [...good.holidays, ...more], makeups: good.makeups })
  const makeups = (...more: NamedDay[]) => ({ holidays: good.holidays, makeups: [...good.makeups, ...more] })
  const next = good.holidays.length
  const nextMakeup = good.makeups.length

  test.each([
    [
      'a day of another year',
      holidays({ day: '2028-01-01', name: '元旦' }),
      `/body/holidays/${next}/day other-year`,
    ],
    [
      'a day that does not exist',
      holidays({ day: '2027-02-30', name: '春节' }),
      `/body/holidays/${next}/day other-year`,
    ],
    ['a day twice', holidays({ day: '2027-01-01', name: '元旦' }), `/body/holidays/${next}/day twice`],
    [
      'off and worked at once',
      makeups({ day: '2027-10-02', name: '国庆节' }),
      `/body/makeups/${nextMakeup}/day twice`,
    ],
    [
      'a make-up day on a Monday',
      makeups({ day: '2027-03-01', name: '春节' }),
      `/body/makeups/${nextMakeup}/day weekday`,
    ],
    ['no name', holidays({ day: '2027-03-01', name: ' ' }), `/body/holidays/${next}/name unnamed`],
  ])('%s', (_case, arrangement, expected) => {
    expect(faults(2027, arrangement)).toEqual([expected])
  })

  test('nothing but weekends', () => {
    expect(faults(2027, { holidays: [], makeups: [] })).toEqual([
      ...Array.from({ length: 6 }, () => '/body/holidays statutory'),
      '/body/holidays too-few',
      '/body/holidays workdays',
    ])
  })

  test('too many days off', () => {
    const july = Array.from({ length: 31 }, (_, i) => ({ day: plusDays('2027-07-01', i), name: '暑假' }))
    expect(faults(2027, holidays(...july))).toEqual(['/body/holidays workdays'])
  })

  test('a list with a hole, or with days that are not what they are called', () => {
    const days = yearDays(2027, good)
    expect(faults(2027, { days: days.slice(1) })).toEqual(['/body/days incomplete'])
    const wrong = days.map((one, i) => (i === 3 ? { ...one, kind: 'restday' as const } : one)) // a Monday
    expect(faults(2027, { days: wrong })).toEqual(['/body/days/3/day weekday'])
  })
})

test('a stored calendar with a hole is refused', () => {
  const rebuilt = (calendarOf: Calendar, without: string) =>
    calendarFrom(
      calendarOf.years,
      calendarOf.years.flatMap((one) => daysOf(calendarOf, one.year)).filter((one) => one.day !== without),
    )
  expect(() => rebuilt(calendar, '2015-09-03')).toThrow('gap at 2015-09-03')
  expect(() => calendarFrom([], [])).toThrow('calendar/not-loaded')
})
