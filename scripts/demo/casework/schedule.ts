// A year of days at the desk: chains of steps, each at its moment, done in the order of time and several at once.
import { daysOf, isWorking, type Calendar } from '../../../src/calendar/days.ts'
import { instantOf, type Day, type Instant } from '../../../src/platform/clock.ts'
import type { DemoDesk } from './desk.ts'

export interface Step {
  at: Instant
  run(desk: DemoDesk): Promise<void>
}

const AT_ONCE = 6

/** Does all steps: those of one moment together, as different people would. */
export async function perform(desk: DemoDesk, steps: readonly Step[]): Promise<void> {
  const moments = new Map<Instant, Step[]>()
  for (const step of steps) {
    const known = moments.get(step.at)
    if (known === undefined) moments.set(step.at, [step])
    else known.push(step)
  }
  for (const [at, together] of [...moments].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    desk.setClock(at)
    for (let i = 0; i < together.length; i += AT_ONCE) {
      await Promise.all(together.slice(i, i + AT_ONCE).map(({ run }) => run(desk)))
    }
  }
}

/** The working days of a year. */
export function workdaysOf(calendar: Calendar, year: number): Day[] {
  return daysOf(calendar, year)
    .filter(({ kind }) => isWorking(kind))
    .map(({ day }) => day)
}

/** The n-th of `count` things spread evenly over the days, with so many days left behind it. */
export function spread(days: readonly Day[], n: number, count: number, left = 0): number {
  return Math.floor((n * (days.length - left)) / Math.max(1, count))
}

export function moment(days: readonly Day[], index: number, time: string): Instant {
  const day = days[Math.min(index, days.length - 1)] ?? days[0]
  if (day === undefined) throw new RangeError('a year without days')
  return instantOf(day, `${time}:00`)
}

/** `total` as so many whole numbers of at least `least` and at most `most`, as even as can be. */
export function shares(total: number, count: number, least: number, most: number): number[] {
  if (count === 0) return []
  const [base, rest] = [Math.floor(total / count), total % count]
  const even = Array.from({ length: count }, (_, i) => base + (i < rest ? 1 : 0))
  if (base < least || base + (rest > 0 ? 1 : 0) > most)
    throw new RangeError(`${total} in ${count} of ${least}–${most}`)
  // Neighbours give and take, so that not all are alike.
  for (let i = 0; i + 1 < count; i += 2) {
    const [giver = 0, taker = 0] = [even[i], even[i + 1]]
    const given = Math.min(i % 5, giver - least, most - taker)
    even[i] = giver - given
    even[i + 1] = taker + given
  }
  return even
}
