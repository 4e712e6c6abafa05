// Excel's serial numbers and the calendar arithmetic behind them, without Date objects: it runs for every dated cell.

/** 9999-12-31 */
export const MAX_SERIAL = 2_958_465
const SECONDS = 86_400

/**
 * Excel's serial number → `YYYY-MM-DD HH:mm:ss` as Excel shows it, `HH:mm:ss` below one day, to the nearest second;
 * undefined when Excel shows no date. The 1900 system counts a 1900-02-29 that never was.
 */
export function serialText(serial: number, from1904: boolean): string | undefined {
  if (!(serial >= 0 && serial < MAX_SERIAL + 1)) return undefined
  let day = Math.floor(serial)
  let second = Math.round((serial - day) * SECONDS)
  if (second === SECONDS) {
    day += 1
    second = 0
  }
  const time = `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`
  if (day === 0) return time
  const of1900 = from1904 ? day + 1462 : day
  if (of1900 > MAX_SERIAL) return undefined
  if (of1900 === 60) return `1900-02-29 ${time}`
  return `${dayText(of1900 < 60 ? of1900 - 25_568 : of1900 - 25_569)} ${time}`
}

/** Days since 1970-01-01 → `YYYY-MM-DD`, by era arithmetic (400 years are 146,097 days; years begin in March). */
export function dayText(days: number): string {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
}

/** Days since 1970-01-01 of a day of the Gregorian calendar. */
export function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  )
}

const PAIRS = Array.from({ length: 100 }, (_, n) => (n < 10 ? `0${n}` : String(n)))

/** At least two digits. */
export function two(n: number): string {
  return PAIRS[n] ?? String(n)
}
