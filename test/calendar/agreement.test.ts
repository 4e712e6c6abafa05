// The arithmetic agrees with a slow count, day by day, over what the data set's own functions say of each day.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import chineseDays from 'chinese-days'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explain } from '../../src/calendar/explain.ts'
import {
  addWorkingHours,
  OFFICE_HOURS,
  officeTimeBetween,
  timeOfDay,
} from '../../src/calendar/office-hours.ts'
import {
  due,
  isWorkday,
  LIMIT_UNITS,
  workdaysLeft,
  yellowAt,
  type LimitUnit,
} from '../../src/calendar/rules.ts'
import {
  dayOf,
  epochMs,
  instantFromMs,
  plusDays,
  plusMs,
  type Day,
  type Instant,
} from '../../src/platform/clock.ts'
import { shippedCalendar } from './calendars.ts'

process.env.TZ = 'Asia/Shanghai' // the data set's functions answer by the machine's zone
const calendar = shippedCalendar()

const isWorked = (day: Day) => chineseDays.isWorkday(day)

function slowWorkdays(from: Day, n: number): Day {
  let day = from
  for (let left = n; left > 0;) {
    day = plusDays(day, 1)
    if (isWorked(day)) left--
  }
  return day
}

function slowDays(from: Day, n: number): Day {
  let day = plusDays(from, n)
  while (!isWorked(day)) day = plusDays(day, 1)
  return day
}

/** Minute by minute; limits and beginnings are whole minutes here. */
function slowWorkingHours(from: Instant, hours: number): Instant {
  let at = epochMs(from)
  for (let left = hours * 60; left > 0; at += 60_000) {
    const now = instantFromMs(at)
    const time = now.slice(11, 16)
    const open = OFFICE_HOURS.some(({ opens, closes }) => opens <= time && time < closes)
    if (open && isWorked(dayOf(now))) left--
  }
  return instantFromMs(at)
}

const moment = (first: string, last: string, step = 1) =>
  fc
    .integer({ min: 0, max: Math.floor((Date.parse(last) - Date.parse(first)) / step) })
    .map((ms) => instantFromMs(Date.parse(first) + ms * step))
const published = moment('2004-01-01T00:00:00+08:00', '2025-12-31T23:59:59.999+08:00')
const anyUnit = fc.constantFrom<LimitUnit>(...LIMIT_UNITS)

test('every day from 2004 to 2026', () => {
  const differing = calendar.days
    .slice(0, calendar.lastPublished + 1)
    .filter((day) => isWorkday(calendar, day).workday !== isWorked(day))
  expect(differing).toEqual([])
  expect(calendar.days[calendar.lastPublished]).toBe('2026-12-31')
})

describe('random limits', () => {
  test('of working days', () => {
    fc.assert(
      fc.property(published, fc.integer({ min: 1, max: 60 }), (from, n) => {
        const { dueAt, provisional } = due(calendar, from, { n, unit: 'workday' })
        expect(dueAt).toBe(`${slowWorkdays(dayOf(from), n)}T23:59:59.999+08:00`)
        expect(provisional).toBe(false)
      }),
      { numRuns: 3000 },
    )
  })

  test('of calendar days', () => {
    fc.assert(
      fc.property(published, fc.integer({ min: 1, max: 300 }), (from, n) => {
        const { dueAt } = due(calendar, from, { n, unit: 'day' })
        expect(dueAt).toBe(`${slowDays(dayOf(from), n)}T23:59:59.999+08:00`)
      }),
      { numRuns: 3000 },
    )
  })

  test('of office time', () => {
    const minutes = moment('2019-01-01T00:00:00+08:00', '2026-06-30T23:59:00+08:00', 60_000)
    fc.assert(
      fc.property(minutes, fc.integer({ min: 1, max: 16 }), (from, hours) => {
        expect(addWorkingHours(calendar, from, hours)).toBe(slowWorkingHours(from, hours))
      }),
      { numRuns: 60 },
    )
  })

  test('of office time hold exactly that much of it', () => {
    fc.assert(
      fc.property(published, fc.integer({ min: 1, max: 200 }), (from, hours) => {
        const end = addWorkingHours(calendar, from, hours)
        let worked = 0
        for (let day = dayOf(from); day <= dayOf(end); day = plusDays(day, 1)) {
          const opens = day === dayOf(from) ? timeOfDay(from) : 0
          const closes = day === dayOf(end) ? timeOfDay(end) : 86_400_000
          if (isWorked(day)) worked += officeTimeBetween(OFFICE_HOURS, opens, closes)
        }
        expect(worked).toBe(hours * 3_600_000)
      }),
      { numRuns: 500 },
    )
  })
})

describe('whatever the limit', () => {
  const limited = fc.tuple(published, fc.integer({ min: 1, max: 40 }), anyUnit)

  test('a later beginning never ends earlier', () => {
    fc.assert(
      fc.property(limited, fc.integer({ min: 0, max: 10 * 86_400_000 }), ([from, n, unit], later) => {
        const first = due(calendar, from, { n, unit }).dueAt
        const second = due(calendar, plusMs(from, later), { n, unit }).dueAt
        expect(second >= first).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('the explanation runs from the first day to the due day and uses up the limit', () => {
    fc.assert(
      fc.property(limited, ([from, n, unit]) => {
        const days = explain(calendar, from, { n, unit })
        const { dueAt } = due(calendar, from, { n, unit })
        expect(days[0]?.day).toBe(dayOf(from))
        expect(days.at(-1)).toMatchObject({ day: dayOf(dueAt), counted: n })
        expect(days.every((one, i) => i === 0 || one.day === plusDays(days[i - 1]?.day ?? '', 1))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('yellow is the first moment with so many working days left', () => {
    fc.assert(
      fc.property(
        published,
        fc.integer({ min: 4, max: 40 }),
        fc.integer({ min: 1, max: 3 }),
        (from, n, left) => {
          const { dueAt } = due(calendar, from, { n, unit: 'workday' })
          const yellow = yellowAt(calendar, dueAt, 'workday', left) ?? ''
          expect(workdaysLeft(calendar, yellow, dueAt)).toBe(left)
          expect(workdaysLeft(calendar, plusMs(yellow, -1), dueAt)).toBe(left + 1)
          expect(workdaysLeft(calendar, from, dueAt)).toBe(n)
        },
      ),
      { numRuns: 1000 },
    )
  })
})

test.each(['America/Los_Angeles', 'Pacific/Kiritimati', 'UTC'])(
  'the zone of the machine does not matter: %s',
  (TZ) => {
    const script = `
    import { due } from './src/calendar/rules.ts'
    import { explain } from './src/calendar/explain.ts'
    import { shippedCalendar } from './test/calendar/calendars.ts'
    const calendar = shippedCalendar()
    const answers = []
    for (const unit of ['workday', 'day', 'hour', 'workhour']) {
      for (const from of ['2020-01-10T00:00:00.000+08:00', '2020-09-25T23:59:59.999+08:00', '2026-12-31T12:00:00.000+08:00']) {
        answers.push(due(calendar, from, { n: 15, unit }), explain(calendar, from, { n: 3, unit }))
      }
    }
    process.stdout.write(new Date(2020, 0, 1).toISOString() + '\\n' + JSON.stringify([calendar.days, calendar.kinds, answers]))`
    const run = (zone: string) =>
      execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
        cwd: fileURLToPath(new URL('../..', import.meta.url)),
        env: { ...process.env, TZ: zone },
        encoding: 'utf8',
        maxBuffer: 16 * 1024 * 1024,
      }).split('\n')
    const [midnightThere, there] = run(TZ)
    const [midnightHere, here] = run('Asia/Shanghai')
    expect(midnightThere).not.toBe(midnightHere) // the child truly ran in another zone
    expect(there).toBe(here)
  },
)
