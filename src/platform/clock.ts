// The only reader of the clock, and the arithmetic of instants and Shanghai days that everything else shares.

/** A moment as it travels everywhere: `2020-08-14T09:03:07.000+08:00`. Always this form, so instants compare as text. */
export type Instant = string
/** A day of Asia/Shanghai: `2020-08-14`. */
export type Day = string

export interface Clock {
  now(): Instant
}

const SHANGHAI_MS = 8 * 3_600_000
const CANONICAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00$/

export const systemClock: Clock = { now: () => instantFromMs(Date.now()) }

/** Milliseconds since the epoch → Instant. */
export function instantFromMs(ms: number): Instant {
  return `${new Date(ms + SHANGHAI_MS).toISOString().slice(0, 23)}+08:00`
}

/** Instant → milliseconds since the epoch. */
export function epochMs(instant: Instant): number {
  return Date.parse(instant)
}

/** Midnights of the days that came lately: to read a date costs more than all else that a row does. */
const midnights = new Map<Day, number>()
const DAYS = 10_000

/** The same for an instant in its canonical form alone, at a fraction of the time; of another text not a number. */
export function canonicalMs(instant: Instant): number {
  if (instant.length !== 29 || !instant.endsWith('+08:00')) return Number.NaN
  const day = dayOf(instant)
  let midnight = midnights.get(day)
  if (midnight === undefined) {
    midnight = epochMs(instantOf(day))
    if (midnights.size >= DAYS) midnights.clear()
    midnights.set(day, midnight)
  }
  const two = (at: number) => 10 * (instant.charCodeAt(at) - 48) + instant.charCodeAt(at + 1) - 48
  const seconds = 3600 * two(11) + 60 * two(14) + two(17)
  return midnight + 1000 * seconds + 10 * two(20) + instant.charCodeAt(22) - 48
}

/** Any ISO 8601 moment with an offset → the canonical Instant; undefined when it is not a moment. */
export function toInstant(text: string): Instant | undefined {
  if (!CANONICAL.test(text) && !/(?:Z|[+-]\d\d:?\d\d)$/.test(text)) return undefined
  // Date.parse takes 30 February for 1 March.
  const midnight = Date.parse(`${text.slice(0, 10)}T00:00:00Z`)
  if (Number.isNaN(midnight) || new Date(midnight).getUTCDate() !== Number(text.slice(8, 10)))
    return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : instantFromMs(ms)
}

export function dayOf(instant: Instant): Day {
  return instant.slice(0, 10)
}

/** `time` is a local time of day, `HH:mm:ss` or `HH:mm:ss.SSS`. */
export function instantOf(day: Day, time = '00:00:00'): Instant {
  return `${day}T${time.length === 8 ? `${time}.000` : time}+08:00`
}

export function plusMs(instant: Instant, ms: number): Instant {
  return instantFromMs(Date.parse(instant) + ms)
}

export function plusHours(instant: Instant, hours: number): Instant {
  return plusMs(instant, hours * 3_600_000)
}

/** Calendar days, not working days. */
export function plusDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** 0 is Monday. */
export function weekdayOf(day: Day): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7
}

/** The same days a year before; whole months beside whole months, also where February has a day more or less there. */
export function yearBefore({ from, to }: { from: Day; to: Day }): { from: Day; to: Day } {
  const monthEnds = from.endsWith('-01') && plusDays(to, 1).endsWith('-01')
  const end = monthEnds ? plusDays(dayAYearBefore(plusDays(to, 1)), -1) : dayAYearBefore(to)
  return { from: dayAYearBefore(from), to: end }
}

/** 29 February has none of its own there. */
function dayAYearBefore(day: Day): Day {
  const year = Number(day.slice(0, 4)) - 1
  return day.endsWith('02-29') ? `${year}-02-28` : `${year}${day.slice(4)}`
}

/** PostgreSQL's text form of a timestamptz (session zone Asia/Shanghai) → Instant. */
export function instantFromDatabase(text: string): Instant {
  if (text.endsWith('+08')) {
    const fraction = text.length > 22 ? text.slice(20, -3) : ''
    return `${text.slice(0, 10)}T${text.slice(11, 19)}.${(fraction + '000').slice(0, 3)}+08:00`
  }
  return instantFromMs(Date.parse(`${text.replace(' ', 'T')}:00`.replace(/([+-]\d\d:\d\d):00$/, '$1')))
}

/** A timestamptz inside the database's JSON (`2020-08-14T09:03:07.1+08:00`, zeros cut off) → Instant. */
export function instantFromJson(text: string): Instant {
  if (text.length === 29) return text
  return `${text.slice(0, 19)}.${(text.slice(20, -6) + '000').slice(0, 3)}${text.slice(-6)}`
}
