// The shipped calendar as a value, for the tests of the rules.
import { calendarFrom, type Calendar } from '../../src/calendar/days.ts'
import { shippedDays, shippedYears, SHIPPED_SOURCE } from '../../src/calendar/shipped.ts'

export function shippedCalendar(): Calendar {
  const years = shippedYears()
  return calendarFrom(
    years.map((year) => ({ year, status: 'published', version: 1, source: SHIPPED_SOURCE })),
    years.flatMap(shippedDays),
  )
}
