// The years that come with the program: the notices of the State Council as the data set chinese-days holds them.
import holidays from 'chinese-days/dist/chinese-days.json' with { type: 'json' }
import dataSet from 'chinese-days/package.json' with { type: 'json' }
import { yearDays } from './years.ts'
import type { CalendarDay } from './days.ts'

export const SHIPPED_SOURCE = `国务院办公厅放假安排（chinese-days ${dataSet.version}）`

/**
 * The years the data set truly has, ascending. Only its data is used: the functions of the package answer by weekday for
 * years it lacks and by the machine's time zone.
 */
export function shippedYears(): number[] {
  const years = new Set(Object.keys(holidays.holidays).map((day) => Number(day.slice(0, 4))))
  return [...years].toSorted((a, b) => a - b)
}

/** Every day of a shipped year, checked like a year that the office enters. */
export function shippedDays(year: number): CalendarDay[] {
  return yearDays(year, { holidays: named(holidays.holidays, year), makeups: named(holidays.workdays, year) })
}

/** `{ '2020-01-01': "New Year's Day,元旦,1" }` → the days of that year with their Chinese names. */
function named(days: Record<string, string>, year: number) {
  return Object.entries(days)
    .filter(([day]) => day.startsWith(`${year}-`))
    .map(([day, label]) => ({ day, name: label.split(',')[1] ?? label }))
}
