// What an accepted answer settles on the matter, whichever act accepts it.
import type { Instant } from '../../platform/clock.ts'
import type { Case, Change, MatterPatch } from '../case.ts'
import { lateness } from '../deadlines.ts'
import { legsAfter } from '../rules.ts'

/** On time means: no lead leg of the matter is late, also those that were returned or re-dispatched. */
export function punctualAfter(subject: Case, legs: NonNullable<Change['legs']>): boolean {
  return lateness(legsAfter(subject, { matter: {}, legs })).lateFrom === null
}

/** The first accepted answer counts, once and for all: nothing that comes later moves it. */
export function answered(
  { matter }: Case,
  at: { accepted: Instant; replied?: Instant },
  punctual: boolean,
): MatterPatch {
  if (matter.firstAcceptedAt !== null) return {}
  return {
    firstRepliedAt: at.replied ?? at.accepted,
    firstAcceptedAt: at.accepted,
    firstOnTime: punctual,
    doneAt: matter.doneAt ?? at.accepted,
  }
}
