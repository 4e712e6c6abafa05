// What each order of a year is to be: how it ends, when it is dispatched, what it is about. Follows the recipe exactly.
import { isWorking, type Calendar } from '../../src/calendar/days.ts'
import { isWorkday } from '../../src/calendar/rules.ts'
import type { Topic, Urgency } from '../../src/matters/terms.ts'
import { dayOf, plusDays, plusMs, type Day, type Instant } from '../../src/platform/clock.ts'
import type { Rng } from '../../test/support/identity.ts'
import { oneOf, pick, shuffled, weighted } from './draw.ts'
import { officeMoment, workdaysFrom } from './moments.ts'
import { outcomes, type Outcome, type YearRecipe } from './recipe.ts'
import { ordinaryTopics, subjects, type Subject } from './subjects.data.ts'

export interface Plan {
  outcome: Outcome
  extended: boolean
  returned: boolean
  coHandled: boolean
  urgency: Urgency
  subject: Subject
  dispatchedAt: Instant
}

/** In the order of dispatch. */
export function planYear(recipe: YearRecipe, calendar: Calendar, rng: Rng): Plan[] {
  const standing = outcomes.flatMap((outcome) =>
    Array.from({ length: recipe.orders[outcome] }, (_, i) => ({
      outcome,
      extended: i < recipe.extended[outcome],
    })),
  )
  const fixed = Object.entries(recipe.topics).flatMap(([topic, n]) => Array<Topic>(n).fill(topic as Topic))
  const plain = standing.filter(({ outcome, extended }) => outcome === 'onTime' && !extended).length
  if (fixed.length + recipe.returned > plain) throw new RangeError('the recipe has too few ordinary orders')
  const days = dispatchDays(recipe, calendar)
  let left = plain
  const plans = standing.map(({ outcome, extended }): Plan => {
    const ordinary = outcome === 'onTime' && !extended
    if (ordinary) left--
    const topic = ordinary ? fixed[left] : undefined
    const returned = ordinary && topic === undefined && left < fixed.length + recipe.returned
    const urgency = ordinary && !returned ? pickUrgency(rng, topic !== undefined) : 'normal'
    const day = topic === undefined ? days.of(outcome, extended, rng) : days.ofTopics(rng)
    const subject = pickSubject(rng, topic, outcome === 'openInTime')
    return {
      outcome,
      extended,
      returned,
      coHandled: false,
      urgency,
      subject,
      dispatchedAt: officeMoment(rng, day),
    }
  })
  for (const plan of shuffled(
    rng,
    plans.filter(({ subject }) => subject.with !== undefined),
  ).slice(0, recipe.coHandled)) {
    plan.coHandled = true
  }
  return plans.toSorted((a, b) => (a.dispatchedAt < b.dispatchedAt ? -1 : 1))
}

/**
 * The days on which orders of each outcome may be dispatched: counted in working days back from the export, so that what
 * is to be replied can be, and what is to be overdue is.
 */
function dispatchDays({ year, exportedAt, topicsFrom }: YearRecipe, calendar: Calendar) {
  const lastDay = dayOf(plusMs(exportedAt, -1))
  const back = workdaysFrom(calendar, `${year}-01-01`, lastDay).toReversed()
  const backTo = (n: number) => back[n - 1] ?? lastDay
  const ofYear = Array.from({ length: 366 }, (_, i) => plusDays(`${year}-01-01`, i)).filter((day) =>
    day.startsWith(String(year)),
  )
  const within = (from: Day, to: Day, weight: (day: Day) => number) =>
    weighted(ofYear.filter((day) => from <= day && day <= to).map((day) => [day, weight(day)] as const))
  const usual = (day: Day) => (isWorking(isWorkday(calendar, day).kind) ? 1 : 0.12) * season(day)
  const recent = (day: Day) =>
    usual(day) * Math.exp((Date.parse(day) - Date.parse(lastDay)) / (45 * 86_400_000))
  const first = `${year}-01-01`
  const windows = {
    onTime: { plain: within(first, backTo(3), usual), extended: within(first, backTo(26), usual) },
    late: { plain: within(first, backTo(22), usual), extended: within(first, backTo(32), usual) },
    openOverdue: { plain: within(first, backTo(10), recent), extended: within(first, backTo(26), recent) },
    // With seven working days from the seventh last one on, the limit ends after the export.
    openInTime: {
      plain: within(backTo(7), backTo(1), usual),
      extended: within(backTo(10), backTo(8), usual),
    },
  }
  const topics = within(topicsFrom, plusDays(topicsFrom, 110), (day) => {
    const since = (Date.parse(day) - Date.parse(topicsFrom)) / 86_400_000
    return (isWorking(isWorkday(calendar, day).kind) ? 1 : 0.7) * Math.exp(-since / 30)
  })
  return {
    of: (outcome: Outcome, extended: boolean, rng: Rng) =>
      pick(rng, windows[outcome][extended ? 'extended' : 'plain']),
    ofTopics: (rng: Rng) => pick(rng, topics),
  }
}

/** Quiet around Spring Festival and at the end of the year, busier once the units have accounts of their own. */
function season(day: Day): number {
  const date = day.slice(5)
  if (date >= '12-21') return date >= '12-28' ? 0.3 : 0.6
  if (date >= '01-20' && date <= '02-20') return 0.6
  return date >= '05-01' && date <= '09-30' ? 1.2 : 1
}

function pickUrgency(rng: Rng, pressing: boolean): Urgency {
  const drawn = rng()
  if (drawn < (pressing ? 0.02 : 0.006)) return 'critical'
  return drawn < (pressing ? 0.2 : 0.06) ? 'urgent' : 'normal'
}

const topicWeights = weighted(
  Object.entries(ordinaryTopics).map(([topic, weight]) => [topic as Topic, weight] as const),
)

/** `slow`: nothing that must be answered within three days. */
function pickSubject(rng: Rng, fixed: Topic | undefined, slow: boolean): Subject {
  const topic = fixed ?? pick(rng, topicWeights)
  const fitting = subjects.filter(
    (subject) => subject.topic === topic && !(slow && subject.category === 'consult'),
  )
  return fitting.length === 0 ? pickSubject(rng, fixed, slow) : oneOf(rng, fitting)
}
