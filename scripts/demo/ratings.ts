// What callers said when they were called back: exactly as many ratings of each kind as the recipe has, and what followed.
import type { Calendar } from '../../src/calendar/days.ts'
import { addWorkdays } from '../../src/calendar/rules.ts'
import { promise } from '../../src/matters/deadlines.ts'
import type { CallResult, Rating } from '../../src/matters/terms.ts'
import { dayOf, type Instant } from '../../src/platform/clock.ts'
import type { Rng } from '../../test/support/identity.ts'
import { oneOf, shuffled } from './draw.ts'
import type { History } from './history.ts'
import { minutesAfter, officeMomentBetween, workdaysFrom } from './moments.ts'
import type { Plan } from './plan.ts'
import type { YearRecipe } from './recipe.ts'
import { screeningReasons } from './subjects.data.ts'

export interface Opinion {
  calledBackAt: Instant
  callResult: CallResult
  rating: Rating | null
  ratedAt: Instant | null
  resolved: boolean | null
  screening: { upheld: boolean; at: Instant; reason: string } | null
  redo: { at: Instant; repliedAt: Instant } | null
}

/** Working days that screening and a second handling may take after a rating. */
const AFTERMATH = 20

/** For each order, in the same sequence, its opinion; null where nobody has called back. */
export function opinionsOf(
  orders: readonly { plan: Plan; history: History }[],
  recipe: YearRecipe,
  calendar: Calendar,
  rng: Rng,
): (Opinion | null)[] {
  const { satisfied, basic, dissatisfied } = recipe.ratings
  const called = orders.flatMap(({ history: { calledBackAt } }, i) =>
    calledBackAt === null ? [] : [{ i, at: calledBackAt }],
  )
  const settledBy = daysBefore(recipe.exportedAt, calendar)
  const isEarly = ({ i, at }: (typeof called)[number]) =>
    at < settledBy && orders[i]?.plan.urgency === 'normal'
  const early = shuffled(rng, called.filter(isEarly))
  const unhappy = early.slice(0, recipe.screenedOut + dissatisfied)
  const chosen = new Set(unhappy.map(({ i }) => i))
  const others = shuffled(
    rng,
    called.filter(({ i }) => !chosen.has(i)),
  )
  if (unhappy.length < recipe.screenedOut + dissatisfied || others.length < satisfied + basic) {
    throw new RangeError(`the recipe asks for more ratings than the ${called.length} calls give`)
  }
  const opinions = new Map<number, Opinion>()
  for (const [n, { i, at }] of unhappy.entries()) {
    const kept = n - recipe.screenedOut
    const upheld = kept < 0
    const screened = upheld || kept < recipe.screeningRefused
    const redone = kept >= recipe.screeningRefused && kept < recipe.screeningRefused + recipe.redone
    const plan = orders[i]?.plan
    opinions.set(i, {
      ...rated(at, 'dissatisfied', rng),
      screening: screened ? screening(at, upheld, calendar, rng) : null,
      redo: redone && plan !== undefined ? redo(at, plan, calendar, rng) : null,
    })
  }
  for (const [n, { i, at }] of others.entries()) {
    if (n < satisfied + basic) opinions.set(i, rated(at, n < satisfied ? 'satisfied' : 'basic', rng))
    else opinions.set(i, { ...unrated, calledBackAt: at, callResult: rng() < 0.45 ? 'refused' : 'missed' })
  }
  return orders.map((_, i) => opinions.get(i) ?? null)
}

const unrated = { rating: null, ratedAt: null, resolved: null, screening: null, redo: null } as const

function rated(at: Instant, rating: Rating, rng: Rng): Opinion {
  const solved = { satisfied: 0.97, basic: 0.8, dissatisfied: 0.15 }[rating]
  return {
    ...unrated,
    calledBackAt: at,
    callResult: 'reached',
    rating,
    ratedAt: minutesAfter(rng, at, 1, 6),
    resolved: rng() < solved,
  }
}

function screening(ratedAt: Instant, upheld: boolean, calendar: Calendar, rng: Rng): Opinion['screening'] {
  const range = { after: minutesAfter(rng, ratedAt, 30, 60), until: addWorkdays(calendar, ratedAt, 3) }
  return {
    upheld,
    at: officeMomentBetween(rng, calendar, range),
    reason: oneOf(rng, screeningReasons[upheld ? 'upheld' : 'refused']),
  }
}

/** Done again by the same unit, within the limit that begins anew. */
function redo(ratedAt: Instant, plan: Plan, calendar: Calendar, rng: Rng): Opinion['redo'] {
  const range = { after: minutesAfter(rng, ratedAt, 30, 60), until: addWorkdays(calendar, ratedAt, 1) }
  const at = officeMomentBetween(rng, calendar, range)
  const { dueAt } = promise(
    calendar,
    at,
    { category: plan.subject.category, urgency: plan.urgency },
    'ordinary',
  )
  return {
    at,
    repliedAt: officeMomentBetween(rng, calendar, { after: minutesAfter(rng, at, 60, 120), until: dueAt }),
  }
}

function daysBefore(exportedAt: Instant, calendar: Calendar): Instant {
  const year = Number(exportedAt.slice(0, 4))
  const days = workdaysFrom(calendar, `${year - 1}-10-01`, dayOf(exportedAt))
  return `${days.at(-AFTERMATH) ?? days[0] ?? dayOf(exportedAt)}T00:00:00.000+08:00`
}
