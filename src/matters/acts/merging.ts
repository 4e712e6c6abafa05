// Merging 并单: an order goes on as part of another; and its undoing, after which it stands as if it never had.
import { z } from 'zod'
import type { Limit } from '../../calendar/rules.ts'
import type { Instant } from '../../platform/clock.ts'
import { id, textOf } from '../../platform/fields.ts'
import { fieldProblem, Problem } from '../../platform/problems.ts'
import {
  actRule,
  calendarOf,
  type Case,
  type Change,
  type Leg,
  type Matter,
  type MergeHold,
  type NewLeg,
  type Setting,
} from '../case.ts'
import { channelOf } from '../channels/index.ts'
import { promise, promisedBy, unmarked } from '../deadlines.ts'
import { leadLeg, standsAccused } from '../rules.ts'
import { states, type State } from '../workflow.ts'
import { refusePending, stopCoLegs } from './dispatching.ts'
import { openLegOf, stopLead } from './ending.ts'
import { remark } from './overseeing.ts'

export const merge = actRule({
  needs: ['extension'],
  input: z.strictObject({
    intoId: id.describe('并入的工单'),
    reason: textOf(2, 500).describe('并单理由（同一诉求人同一事项）'),
  }),
  other: (input) => input.intoId,
  units: (subject, _input, other) => [...subject.matter.unitIds, ...(other?.matter.unitIds ?? [])],
  change(subject, input, setting) {
    const target = setting.other
    const { matter } = subject
    if (target === null || target.matter.id === matter.id) throw notInto('不能并入自身')
    // What else runs under the law of petitions or a superior's date is not the clock, nor the count, of an order.
    if (channelOf(target.matter.channel).workflow !== 'order')
      throw notInto('只能并入交办件，不能并入信访事项、复查复核或督办案件')
    if (!states[target.matter.state].open || target.matter.mergedIntoId !== null)
      throw notInto('并入的工单已经办结或已并单')
    const accused = [...new Set([...target.matter.accusedUnitIds, ...matter.accusedUnitIds])]
    const accuses = (one: Matter, other: Matter) =>
      other.unitIds.some((unit) => standsAccused(setting.receivers.get(unit), one.accusedUnitIds))
    if (accuses(matter, target.matter) || accuses(target.matter, matter)) {
      throw new Problem('matter/accused-unit', {
        errors: [
          { pointer: '/body/intoId', code: 'matter/accused-unit', message: '并入的工单由被反映的单位承办' },
        ],
        record: {
          type: 'account.transfer-refused',
          data: { matterId: matter.id, intoId: target.matter.id, reason: 'accused-unit' },
        },
      })
    }
    refusePending(subject)
    refusePending(target)
    const leg = openLegOf(subject)
    const targetLeg = openLegOf(target)
    if (leg !== undefined && targetLeg === undefined) throw new Problem('matter/merge-target-not-dispatched')
    const promised = earliest([leg?.effectiveDueAt, matter.upstreamDueAt], setting.now)
    // Co-handling units answer before the lead unit must, also where that must earlier.
    const held = promised === null || targetLeg === undefined ? [] : openLegsOf(target)
    // What was answered is answered: a promise made elsewhere counts for a reply only once it is sent back.
    const hastened = targetLeg?.submittedAt === null ? drawnIn(held, promised) : []
    const moved = hastened.some(({ id: legId }) => legId === targetLeg?.id)
    // What a superior fixed goes over also where no leg runs yet, and binds the legs to come.
    const oldUpstreamDueAt = target.matter.upstreamDueAt
    const brought = earliest([matter.upstreamDueAt], setting.now)
    const superior = earliest([brought, oldUpstreamDueAt], setting.now)
    const bound = superior !== null && superior !== oldUpstreamDueAt
    const [hold] = target.holds
    // They are of one person: who asked for confidence on either is kept on both.
    const confidential = matter.confidential || target.matter.confidential
    return {
      matter: {
        ...{ mergedIntoId: target.matter.id, mergedAt: setting.now, stateBefore: matter.state },
        confidential,
      },
      legs: [...stopLead(subject, setting, 'merged'), ...stopCoLegs(subject, setting, 'merged')],
      insert: remark(subject, setting, 'merge', input.reason),
      data: { intoId: target.matter.id, intoNo: target.matter.no },
      other: {
        event: 'matter.merge',
        matter: {
          accusedUnitIds: accused,
          barredIds: [...new Set([...target.matter.barredIds, ...matter.barredIds])],
          // Who handled the one does not judge what becomes of both.
          handlerIds: [...new Set([...target.matter.handlerIds, ...matter.handlerIds])],
          confidential,
          ...(bound ? { upstreamDueAt: superior } : {}),
        },
        insert: {
          mergeHolds: (held.length > 0 || brought === null ? held : [undefined]).map((each) => ({
            ...{ id: setting.newId(), matterId: target.matter.id, fromId: matter.id, at: setting.now },
            ...(each === undefined ? {} : { ...ownOf(target, each), legId: each.id, dueAt: promised }),
            upstreamDueAt: brought,
            ownUpstreamDueAt: hold === undefined ? oldUpstreamDueAt : hold.ownUpstreamDueAt,
          })),
        },
        legs: hastened,
        data: {
          fromId: matter.id,
          fromNo: matter.no,
          ...(moved ? { oldDueAt: targetLeg?.effectiveDueAt, newDueAt: promised } : {}),
          ...(bound ? { oldUpstreamDueAt, newUpstreamDueAt: superior } : {}),
        },
      },
    }
  },
})

export const unmerge = actRule({
  needs: ['calendar', 'granted', 'holds'],
  ofMerged: true,
  input: z.strictObject({ reason: textOf(2, 500).describe('撤销理由') }),
  change(subject, { reason }, setting) {
    const { matter } = subject
    const before = (matter.stateBefore ?? 'registered') as State
    return {
      to: before,
      matter: { mergedIntoId: null, mergedAt: null, stateBefore: null },
      openLegs: before === 'registered' ? [] : reopened(subject, setting),
      insert: remark(subject, setting, 'unmerge', reason),
      data: { intoId: matter.mergedIntoId },
      ...(setting.other === null ? {} : { other: released(setting.other, matter, setting) }),
    }
  },
})

const notInto = (message: string) => fieldProblem('matter/merge-target', '/body/intoId', message)

/**
 * The earliest promise that still holds. It holds for both matters: joining a later one wins no time, also when a calendar year
 * is amended. One that was missed before is on the leg that missed it, and binds nobody anew.
 */
function earliest(promises: readonly (Instant | null | undefined)[], now: Instant): Instant | null {
  const held = promises.filter((at): at is Instant => at !== null && at !== undefined && at > now)
  return held.toSorted()[0] ?? null
}

/** The lead leg that runs, and those of co-handling units. */
export const openLegsOf = ({ legs }: Case) => legs.filter(({ outcome }) => outcome === null)

/** Those legs that are due later, due then. */
export function drawnIn(legs: readonly Leg[], dueAt: Instant | null): NonNullable<Change['legs']> {
  if (dueAt === null) return []
  return legs
    .filter(({ effectiveDueAt }) => dueAt < effectiveDueAt)
    .map(({ id: legId }) => ({ id: legId, patch: { effectiveDueAt: dueAt, limit: null } }))
}

/** The due time and limit that a leg has by itself, whatever was merged into its matter. */
export function ownOf(subject: Case, leg: Leg): { ownDueAt: Instant; ownLimit: Leg['limit'] } {
  const hold = holdsOn(subject, leg)[0]
  return {
    ownDueAt: hold?.ownDueAt ?? leg.effectiveDueAt,
    ownLimit: hold === undefined ? leg.limit : hold.ownLimit,
  }
}

/** What was laid upon a leg, also before its matter was itself merged and that undone. */
export function holdsOn({ holds, legs }: Case, leg: Leg): MergeHold[] {
  return holds.filter(({ legId }) => legs.some((each) => each.id === legId && continues(leg, each)))
}

/** The matter that had taken the other stands as before, as far as nothing else that was merged into it still holds it. */
function released(target: Case, from: Matter, setting: Setting): NonNullable<Change['other']> {
  const event = 'matter.unmerge'
  const data = { fromId: from.id, fromNo: from.no }
  const running = target.holds.filter(({ undoneAt }) => undoneAt === null)
  const undone = running.filter(({ fromId }) => fromId === from.id)
  const [hold] = undone
  if (hold === undefined) return { event, matter: {}, data }
  const others = running.filter((each) => !undone.includes(each))
  const superiors = [hold.ownUpstreamDueAt, ...others.map((each) => each.upstreamDueAt)]
  const superior = earliest(superiors, setting.now) ?? hold.ownUpstreamDueAt
  const legs = openLegsOf(target).flatMap((leg) => {
    const laid = holdsOn(target, leg)
    const began = laid.length === 0 && hold.at <= leg.dispatchedAt
    const patch = laid.some((each) => undone.includes(each))
      ? clockOf(target, leg, others, setting)
      : began && leg.effectiveDueAt === hold.upstreamDueAt
        ? unbound(target, leg, superior, setting)
        : undefined
    return patch === undefined ? [] : [{ id: leg.id, patch }]
  })
  const lead = leadLeg(target)
  const moved = legs.find(({ id: legId }) => legId === lead?.id)
  return {
    event,
    matter: hold.upstreamDueAt === null ? {} : { upstreamDueAt: superior },
    legs,
    update: { mergeHolds: undone.map((each) => ({ id: each.id, patch: { undoneAt: setting.now } })) },
    data: {
      ...data,
      ...(moved === undefined
        ? {}
        : { oldDueAt: lead?.effectiveDueAt, newDueAt: moved.patch.effectiveDueAt }),
    },
  }
}

/** A leg that began under the superior's deadline which the other had brought has the policy's limit now. */
function unbound(subject: Case, leg: Leg, superior: Instant | null, setting: Setting) {
  const role = leg.role === 'co' ? 'co' : 'lead'
  const { limit } = promise(calendarOf(setting), leg.dispatchedAt, subject.matter, 'ordinary', role)
  const own = { ...anew(subject, { ...leg, limit }, superior, setting), limit, ...unmarked }
  return own.effectiveDueAt > leg.effectiveDueAt ? own : undefined
}

/** A leg's own clock, as far as no merge that still holds draws it in. */
function clockOf(subject: Case, leg: Leg, running: readonly MergeHold[], setting: Setting) {
  const laid = holdsOn(subject, leg)
  const { ownDueAt, ownLimit } = ownOf(subject, leg)
  const asItWas = { ...leg, limit: ownLimit, effectiveDueAt: ownDueAt }
  const own = anew(subject, asItWas, laid[0]?.ownUpstreamDueAt ?? null, setting)
  const held = running.filter((each) => laid.includes(each)).map(({ dueAt }) => dueAt)
  const least = earliest([own.effectiveDueAt, ...held], '') ?? own.effectiveDueAt
  // Undoing draws nothing in: what was granted meanwhile stays granted.
  const effectiveDueAt = least > leg.effectiveDueAt ? least : leg.effectiveDueAt
  const marks = effectiveDueAt > leg.effectiveDueAt ? unmarked : {}
  return least < own.effectiveDueAt && leg.limit === null
    ? { effectiveDueAt, ...marks }
    : { ...own, ...marks, effectiveDueAt, limit: ownLimit }
}

/** The legs that merging ended go on as new ones: a closed leg is never rewritten. */
function reopened(subject: Case, setting: Setting): NewLeg[] {
  const lead = leadLeg(subject)
  const stopped = subject.legs.filter(
    (leg) =>
      leg.outcome === 'merged' &&
      (leg.id === lead?.id || (leg.role === 'co' && leg.stoppedAt === subject.matter.mergedAt)) &&
      !subject.legs.some((later) => later.no > leg.no && continues(later, leg)),
  )
  const last = Math.max(...subject.legs.map((leg) => leg.no))
  return stopped.map((leg, i) => continued(subject, leg, last + 1 + i, setting))
}

type Run = Pick<Leg, 'role' | 'unitId' | 'dispatchedAt'>

const continues = (later: Run, leg: Run) =>
  later.role === leg.role && later.unitId === leg.unitId && later.dispatchedAt === leg.dispatchedAt

/**
 * The clock never stood still: the new leg keeps the promise of the one that merging ended, by the calendar as it is now, and
 * what was told of it.
 */
function continued(subject: Case, old: Leg, no: number, setting: Setting): NewLeg {
  const { outcome: _, stoppedAt: __, lateFrom: ___, signLateFrom: ____, ...kept } = old
  const running = subject.holds.filter(({ undoneAt }) => undoneAt === null)
  const due =
    holdsOn(subject, old).length > 0
      ? clockOf(subject, old, running, setting)
      : anew(subject, old, subject.matter.upstreamDueAt, setting)
  const marks = due.effectiveDueAt > old.effectiveDueAt ? unmarked : {}
  return { ...kept, ...due, ...marks, id: setting.newId(), no }
}

/** The due times of a leg by the calendar as it is now. */
function anew(subject: Case, leg: Leg, upstreamDueAt: Instant | null, setting: Setting) {
  const { effectiveDueAt, signDueAt, provisional, limit } = leg
  // As in `due-moves.ts`: what a superior, a platform or a merge fixed, no calendar of ours moves.
  if (limit === null || (leg.imported && leg.extensions > 0))
    return { effectiveDueAt, signDueAt, provisional }
  const granted = subject.granted.find((each) => continues(leg, each))
  const extended = leg.extensions > 0 ? (granted?.workdays ?? 0) : 0
  const { urgency } = subject.matter
  const bound = upstreamDueAt !== null && upstreamDueAt > leg.dispatchedAt ? upstreamDueAt : null
  const { dueAt, ...rest } = promisedBy(calendarOf(setting), {
    ...{ ...leg, limit: limit as Limit, extended, urgency },
    ...{ signTold: leg.imported, upstreamDueAt: bound },
  })
  return { effectiveDueAt: dueAt, ...rest }
}
