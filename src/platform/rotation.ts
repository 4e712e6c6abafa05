// Which of many backups are kept: the newest of each of the last days, weeks and months that have one.
import { dayOf, plusDays, weekdayOf, type Day, type Instant } from './clock.ts'

const DAYS = 14
const WEEKS = 8
const MONTHS = 24

/** `daily` are those of the last days, which the log between them joins; `kept` are all. In the order given. */
export function rotated<T>(
  backups: readonly T[],
  takenAt: (backup: T) => Instant,
): { kept: T[]; daily: T[] } {
  const newestFirst = backups.toSorted((a, b) => (takenAt(a) < takenAt(b) ? 1 : -1))
  const newestOfEach = (periodOf: (day: Day) => string, count: number) => {
    const newest = new Map<string, T>()
    for (const backup of newestFirst) {
      const period = periodOf(dayOf(takenAt(backup)))
      if (!newest.has(period)) newest.set(period, backup)
    }
    return [...newest.values()].slice(0, count)
  }
  const daily = new Set(newestOfEach((day) => day, DAYS))
  const monday = (day: Day) => plusDays(day, -weekdayOf(day))
  const kept = new Set([
    ...daily,
    ...newestOfEach(monday, WEEKS),
    ...newestOfEach((day) => day.slice(0, 7), MONTHS),
  ])
  return {
    kept: backups.filter((backup) => kept.has(backup)),
    daily: backups.filter((backup) => daily.has(backup)),
  }
}
