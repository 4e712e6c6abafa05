// Who may do what on a matter: roles, units, states, duties kept apart; and what an act's change comes to.
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import { fieldProblem, Problem, type ProblemCode, type ProblemOptions } from '../platform/problems.ts'
import type { Case, Change, Leg, LegPatch, Matter, MatterPatch, Receiver } from './case.ts'
import { lateFrom, lateness, signLateFrom } from './deadlines.ts'
import { handledUnits } from './access.ts'
import { actsOf } from './channels/index.ts'
import type { MatterClass } from './petition-terms.ts'
import { regimeOf } from './regimes.ts'
import { actLabel, states, type Act, type State } from './workflow.ts'

/** The acts that touch what a unit did: whoever handled the matter may not do them. */
const judging: readonly Act[] = [
  'approve',
  'reject',
  'call-back',
  'rate',
  'screen',
  'issue',
  'return-opinion',
  'grant-prolongation',
  'refuse-prolongation',
  'conclude',
  'issue-review',
  'return-review',
  'accept-investigation',
  'return-investigation',
]

/**
 * The acts that decide a review 复查 or recheck 复核: whoever handled, wrote or approved what it is about may not do them, nor,
 * of a recheck, who did so of the petition before that. Each must need the petition, with which they are read.
 */
const reviewing: readonly Act[] = [
  'accept-review',
  'decline-review',
  'coordinate',
  'open-hearing',
  'end-hearing',
  'opine-review',
  'issue-review',
  'return-review',
]

/** The acts that would begin the procedure again; each must need the petition. */
const beginning: readonly Act[] = ['forward', 'assign', 'accept']

/** The class by which a petition is handled: one and the same for all where the law does not tell them apart. */
export function classOf({ petition }: Pick<Case, 'petition'>): MatterClass {
  const told = petition?.matterClass as MatterClass | null | undefined
  return petition !== null && told && told in regimeOf(petition.regime).otherWays ? told : 'claim'
}

/** The article by which a class is handled. */
export function classArticle({ petition }: Pick<Case, 'petition'>): string | undefined {
  if (petition === null) return undefined
  const { otherWays, articles } = regimeOf(petition.regime)
  return otherWays[classOf({ petition })]?.article ?? articles.opinion
}

/** The lead leg that is open, or the last one that was. */
export function leadLeg(subject: Case): Leg | undefined {
  return subject.legs.find((leg) => leg.id === subject.matter.leadLegId)
}

export function openLead(subject: Case): Leg {
  const leg = leadLeg(subject)
  if (leg === undefined || leg.outcome !== null) throw new Problem('matter/no-open-leg')
  return leg
}

/** The open co-handling leg of the actor's units. */
export function ownCoLeg(subject: Case, actor: Actor): Leg | undefined {
  return subject.legs.find(
    (leg) => leg.role === 'co' && leg.outcome === null && handledUnits(actor).includes(leg.unitId),
  )
}

/** What stands against an act; an error costs a stack trace, and most acts are only asked about. */
interface Obstacle {
  code: ProblemCode
  options: ProblemOptions
}

const obstruct = (code: ProblemCode, options: ProblemOptions): Obstacle => ({ code, options })

/** Why an actor may not do an act on this matter now, or undefined when they may. */
export function refusal(act: Act, subject: Case, actor: Actor): Problem | undefined {
  const found = obstacle(act, subject, actor)
  return found === undefined ? undefined : new Problem(found.code, found.options)
}

function obstacle(act: Act, subject: Case, actor: Actor): Obstacle | undefined {
  const { matter } = subject
  const rule = actsOf(matter.channel)[act]
  if (rule === undefined) {
    return obstruct('matter/act-not-of-channel', {
      detail: `${act} is no act on matters of the channel ${matter.channel}`,
      extras: { act, actLabel: actLabel(act), channel: matter.channel },
    })
  }
  if (!rule.by.some((role) => actor.roles.includes(role))) {
    return obstruct('matter/act-not-yours', { detail: `${act} is for ${rule.by.join(', ')}` })
  }
  if (!rule.from.includes(matter.state)) {
    return obstruct('matter/act-not-allowed', {
      detail: `${act} is not possible in state ${matter.state}`,
      extras: { act, state: matter.state, stateLabel: states[matter.state].label, version: matter.version },
    })
  }
  if (rule.of !== undefined && !rule.of.includes(classOf(subject))) {
    const article = classArticle(subject)
    return obstruct('matter/act-not-of-class', {
      detail: `${act} is for the classes ${rule.of.join(', ')}; this is ${classOf(subject)} (${article})`,
      extras: { article, act, actLabel: actLabel(act) },
    })
  }
  if (rule.leg === 'lead' && !handledUnits(actor).includes(leadLeg(subject)?.unitId ?? '')) {
    return obstruct('matter/act-not-yours', { detail: 'another unit holds the matter' })
  }
  if (rule.leg === 'co' && ownCoLeg(subject, actor) === undefined) {
    return obstruct('matter/act-not-yours', { detail: 'your unit does not co-handle the matter' })
  }
  if (rule.leg === 'office' && actor.sees !== 'all') {
    return obstruct('matter/act-not-yours', { detail: 'an act of the office' })
  }
  if (judging.includes(act) && matter.handlerIds.includes(actor.id)) {
    return obstruct('matter/duties-apart', { detail: `whoever handled a matter may not ${act} it` })
  }
  if (reviewing.includes(act) && subject.earlierIds.includes(actor.id)) {
    const article = reviewArticle(subject)
    return obstruct('matter/duties-apart', {
      detail: `whoever handled or approved what is under review may not ${act} (${article})`,
      extras: { article },
    })
  }
  if (beginning.includes(act) && subject.petition !== null && subject.concluded) {
    const article = regimeOf(subject.petition.regime).articles.finality
    return obstruct('matter/concluded-finally', {
      detail: `the same matter is final by recheck (${article}): no-longer-accept it; where the facts are others, undo the link or correct what it repeats`,
      extras: { article, way: 'no-longer-accept' },
    })
  }
  return undefined
}

function reviewArticle({ matter, petition }: Case): string | undefined {
  if (petition === null) return undefined
  const { review, recheck } = regimeOf(petition.regime).clocks
  return matter.channel === 'recheck' ? recheck.article : review.article
}

/** The acts open to an actor on a matter, in the order of the table. */
export function openActs(subject: Case, actor: Actor): Act[] {
  return (Object.keys(actsOf(subject.matter.channel)) as Act[]).filter(
    (act) => obstacle(act, subject, actor) === undefined,
  )
}

/** The state after an act. */
export function outcomeOf(
  act: Act,
  { channel, state }: Pick<Matter, 'channel' | 'state'>,
  change: Change,
): State {
  const to = actsOf(channel)[act]?.to ?? []
  const next = change.to ?? (to.length > 1 ? undefined : (to[0] ?? state))
  if (next === undefined || (change.to !== undefined && !to.includes(change.to))) {
    throw new Error(`the rule of ${act} must name one of ${to.join(', ')}`)
  }
  return next
}

/** The legs as they stand after a change. */
export function legsAfter(subject: Case, change: Omit<Change, 'others'>): (Leg & LegPatch)[] {
  const patched = subject.legs.map((leg) => ({
    ...leg,
    ...change.legs?.find(({ id }) => id === leg.id)?.patch,
  }))
  const opened = (change.openLegs ?? []).map(
    (leg) => ({ signedAt: null, submittedAt: null, stoppedAt: null, outcome: null, ...leg }) as Leg,
  )
  return [...patched, ...opened]
}

/** What follows on the matter's row from its legs: who holds it, its clocks, its lateness. Every change passes here. */
export function derived(subject: Case, change: Omit<Change, 'others'>): MatterPatch {
  if (change.legs === undefined && change.openLegs === undefined) return {}
  const legs = legsAfter(subject, change)
  const lead = legs.findLast((leg) => leg.role === 'lead')
  if (lead === undefined) return {}
  const { matter } = subject
  const late = lateness(legs)
  const signedAt = matter.signedAt ?? earliestOf(legs)
  return {
    leadUnitId: lead.unitId,
    leadLegId: lead.id,
    dispatchedAt: matter.dispatchedAt ?? lead.dispatchedAt,
    unitIds: [...new Set([...matter.unitIds, ...legs.map((leg) => leg.unitId)])],
    signedAt,
    // The first signature counts; until there is one, the limit is that of the unit which holds the matter.
    signDueAt: matter.signedAt === null ? lead.signDueAt : matter.signDueAt,
    signLateFrom: late.signLateFrom,
    // Between a return and the next dispatch no unit's clock runs; nor after the acceptance of what has no limit of the law.
    dueAt: clockless.includes(lead.outcome) ? null : lead.effectiveDueAt,
    provisional: lead.provisional ?? false,
    submittedAt: lead.submittedAt,
    lateFrom: late.lateFrom,
    leadLateFrom: lateFrom(lead),
    leadSignedAt: lead.signedAt,
    leadSignLateFrom: signLateFrom(lead),
  }
}

const clockless: readonly Leg['outcome'][] = ['returned', 'redispatched', 'accepted']

function earliestOf(legs: readonly Leg[]): Instant | null {
  const signed = legs
    .filter((leg) => leg.role === 'lead' && leg.signedAt !== null)
    .map((leg) => leg.signedAt as Instant)
  return signed.toSorted()[0] ?? null
}

/** Where nobody was sent an order, nor answered it, the superior's deadline is the office's own. */
export function officeDue({ state, firstRepliedAt, upstreamDueAt }: Matter): Instant | null {
  return state === 'registered' && firstRepliedAt === null ? upstreamDueAt : null
}

export function isOverdue(matter: Matter, now: Instant): boolean {
  return [matter.lateFrom, officeDue(matter)].some((from) => from !== null && from < now)
}

/** Whether a unit is accused, or stands below one that is (N1, N7). */
export function standsAccused(unit: Pick<Receiver, 'path'> | undefined, accused: readonly string[]): boolean {
  return unit?.path.some((id) => accused.includes(id)) === true
}

/** Refuses a receiver that is gone, or that the matter accuses, or that stands below what it accuses (N1, N7). */
export function admit(
  receiver: Receiver | undefined,
  accused: readonly string[],
  pointer: string,
  matterId: string,
): Receiver {
  if (receiver === undefined) {
    throw new Problem('matter/unknown-unit', {
      errors: [{ pointer, code: 'matter/unknown-unit', message: '单位不存在' }],
    })
  }
  if (!receiver.active) {
    const message = receiver.successor === null ? '单位已撤销' : `单位已撤销，请改派至${receiver.successor}`
    throw new Problem('matter/unit-abolished', {
      errors: [{ pointer, code: 'matter/unit-abolished', message }],
    })
  }
  if (standsAccused(receiver, accused)) {
    throw new Problem('matter/accused-unit', {
      errors: [{ pointer, code: 'matter/accused-unit', message: '不得将检举控告材料转给被反映的单位' }],
      record: {
        type: 'account.transfer-refused',
        data: { matterId, unitId: receiver.id, reason: 'accused-unit' },
      },
    })
  }
  return receiver
}

/**
 * Refuses accused units that do not exist, and the office itself: what accuses it would be withheld from all who could
 * handle it (信访工作条例 art. 30(3)), and is for the authority above.
 */
export function demandAccused(
  ids: readonly string[],
  receivers: ReadonlyMap<string, Receiver>,
  pointer: string,
): void {
  for (const [n, id] of ids.entries()) {
    const unit = receivers.get(id)
    const at = `${pointer}/accusedUnitIds/${n}`
    if (unit === undefined) throw fieldProblem('matter/unknown-unit', at, '单位不存在')
    if (unit.office) {
      throw fieldProblem(
        'matter/accused-office',
        at,
        '反映的是受理机关本身，应报告上级机关，不在本机关登记为被反映单位',
      )
    }
  }
}
