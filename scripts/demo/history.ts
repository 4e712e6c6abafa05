// The history of one order, step by step with its moments: received, dispatched, signed, extended, replied, reviewed, called back.
import type { Calendar } from '../../src/calendar/days.ts'
import { addWorkdays } from '../../src/calendar/rules.ts'
import { addWorkingHours } from '../../src/calendar/office-hours.ts'
import { promise } from '../../src/matters/deadlines.ts'
import { dayOf, instantOf, plusMs, type Instant } from '../../src/platform/clock.ts'
import type { Rng } from '../../test/support/identity.ts'
import { between } from './draw.ts'
import { minutesAfter, momentBetween, officeMomentBetween, workdaysFrom } from './moments.ts'
import type { Plan } from './plan.ts'
import type { YearRecipe } from './recipe.ts'

export interface History {
  receivedAt: Instant
  dispatchedAt: Instant
  signedAt: Instant
  contactedAt: Instant | null
  returnedAt: Instant | null
  /** As promised at dispatch. */
  dueAt: Instant
  extension: { askedAt: Instant; grantedAt: Instant; to: Instant } | null
  repliedAt: Instant | null
  reviewedAt: Instant | null
  /** When the office would call back; null when that is after the export. */
  calledBackAt: Instant | null
}

/** The last moments of a year's files at which a unit replies and the office reviews and calls. */
export interface Ending {
  reply: Instant
  review: Instant
  call: Instant
}

export function endingOf(recipe: YearRecipe, calendar: Calendar): Ending {
  const last = dayOf(plusMs(recipe.exportedAt, -1))
  const day = workdaysFrom(calendar, `${recipe.year}-12-01`, last).at(-1) ?? last
  return {
    reply: instantOf(day, '11:30:00'),
    review: instantOf(day, '15:30:00'),
    call: instantOf(day, '17:00:00'),
  }
}

export function historyOf(plan: Plan, ending: Ending, calendar: Calendar, rng: Rng): History {
  const { dispatchedAt, urgency, subject, outcome } = plan
  const { signDueAt, dueAt } = promise(
    calendar,
    dispatchedAt,
    { category: subject.category, urgency },
    'ordinary',
  )
  const signedAt = signing(plan, [signDueAt, ending.call], calendar, rng)
  const extension = plan.extended ? extending(plan, signedAt, dueAt, calendar, rng) : null
  const limit = extension?.to ?? dueAt
  const replied = outcome === 'onTime' || outcome === 'late'
  const repliedAt = replied
    ? replying(plan, { signedAt, dueAt, limit, extension, ending }, calendar, rng)
    : null
  const reviewedAt = repliedAt === null ? null : soon(repliedAt, 1, ending.review, calendar, rng)
  const calledBackAt = reviewedAt === null ? null : soon(reviewedAt, 2, undefined, calendar, rng)
  const contactBy = earlier(repliedAt ?? earlier(limit, ending.call), ending.call)
  return {
    receivedAt: receipt(dispatchedAt, rng),
    dispatchedAt,
    signedAt,
    contactedAt:
      repliedAt !== null || rng() < 0.6
        ? officeMomentBetween(rng, calendar, { after: signedAt, until: contactBy }, 0.6)
        : null,
    returnedAt: plan.returned ? momentBetween(dispatchedAt, signedAt, 0.3 + rng() * 0.4) : null,
    dueAt,
    extension,
    repliedAt,
    reviewedAt,
    calledBackAt: calledBackAt !== null && calledBackAt <= ending.call ? calledBackAt : null,
  }
}

/** Calls come day and night; most orders are dispatched within the hour or the next morning. */
function receipt(dispatchedAt: Instant, rng: Rng): Instant {
  const kind = rng()
  const [from, to] = kind < 0.6 ? [-90, -8] : kind < 0.85 ? [-600, -90] : [-1500, -600]
  const at = minutesAfter(rng, dispatchedAt, from, to)
  const small = Number(at.slice(11, 13)) < 6 && rng() < 0.9
  return small ? plusMs(at, -6 * 3_600_000) : at
}

function signing(plan: Plan, limits: readonly Instant[], calendar: Calendar, rng: Rng): Instant {
  const { dispatchedAt, urgency } = plan
  const at =
    urgency === 'normal'
      ? minutesAfter(rng, addWorkingHours(calendar, dispatchedAt, 0.2 + 5 * rng() ** 2), 0, 3)
      : minutesAfter(rng, dispatchedAt, 4, 30)
  const limit = limits.reduce(earlier)
  return at < limit ? at : momentBetween(dispatchedAt, limit, 0.5)
}

function extending(
  plan: Plan,
  signedAt: Instant,
  dueAt: Instant,
  calendar: Calendar,
  rng: Rng,
): History['extension'] {
  const askedAt = officeMomentBetween(
    rng,
    calendar,
    { after: signedAt, until: plusMs(dueAt, -8 * 3_600_000) },
    3,
  )
  const grantedAt = officeMomentBetween(rng, calendar, { after: askedAt, until: dueAt })
  // No longer than the limit itself; what is open in time must reach beyond the export.
  const most = plan.subject.category === 'consult' ? 3 : 7
  const workdays = plan.outcome === 'openInTime' ? most : between(rng, Math.ceil(most / 2), most)
  return { askedAt, grantedAt, to: addWorkdays(calendar, dueAt, workdays) }
}

interface Limits {
  signedAt: Instant
  dueAt: Instant
  limit: Instant
  extension: History['extension']
  ending: Ending
}

function replying(plan: Plan, limits: Limits, calendar: Calendar, rng: Rng): Instant {
  const { signedAt, dueAt, limit, extension, ending } = limits
  if (plan.outcome === 'late') {
    const latest = addWorkdays(calendar, limit, 1 + Math.floor(12 * rng() ** 2))
    return officeMomentBetween(rng, calendar, { after: limit, until: earlier(latest, ending.reply) })
  }
  const until = earlier(limit, ending.reply)
  if (extension !== null) {
    const after = rng() < 0.85 ? dueAt : extension.grantedAt
    return officeMomentBetween(rng, calendar, { after, until }, 1.3)
  }
  const after = minutesAfter(rng, signedAt, 8, 40)
  if (plan.urgency !== 'normal') return momentBetween(earlier(after, limit), until, rng() * 0.8)
  return officeMomentBetween(rng, calendar, { after, until }, 1.2)
}

/** Within so many working days. */
function soon(
  at: Instant,
  workdays: number,
  limit: Instant | undefined,
  calendar: Calendar,
  rng: Rng,
): Instant {
  const until = addWorkdays(calendar, at, workdays)
  return officeMomentBetween(
    rng,
    calendar,
    { after: at, until: limit === undefined ? until : earlier(until, limit) },
    0.8,
  )
}

function earlier(a: Instant, b: Instant): Instant {
  return a < b ? a : b
}
