// Merging 并单: an order goes on as part of another; and its undoing, after which it stands as if it never had.
import { z } from 'zod'
import type { Limit } from '../../calendar/rules.ts'
import type { Instant } from '../../platform/clock.ts'
import { id, textOf } from '../../platform/fields.ts'
import { fieldProblem, Problem } from '../../platform/problems.ts'
import { actRule, calendarOf, type Case, type Leg, type NewLeg, type Setting } from '../case.ts'
import { channelOf } from '../channels/index.ts'
import { promisedBy } from '../deadlines.ts'
import { leadLeg } from '../rules.ts'
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
    if (
      accuses(matter.accusedUnitIds, target.matter.unitIds, setting) ||
      accuses(target.matter.accusedUnitIds, matter.unitIds, setting)
    ) {
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
    // What a superior fixed goes over also where no leg runs yet, and binds the legs to come.
    const superior = earliest([matter.upstreamDueAt, target.matter.upstreamDueAt], setting.now)
    const oldUpstreamDueAt = target.matter.upstreamDueAt
    const bound = superior !== null && superior !== oldUpstreamDueAt
    const hastened =
      targetLeg !== undefined &&
      // What was answered is answered: a promise made elsewhere does not make a reply late that was given in time.
      targetLeg.submittedAt === null &&
      promised !== null &&
      promised < targetLeg.effectiveDueAt
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
          confidential,
          ...(bound ? { upstreamDueAt: superior } : {}),
        },
        legs: hastened ? [{ id: targetLeg.id, patch: { effectiveDueAt: promised, limit: null } }] : [],
        data: {
          fromId: matter.id,
          fromNo: matter.no,
          ...(hastened ? { oldDueAt: targetLeg.effectiveDueAt, newDueAt: promised } : {}),
          ...(bound ? { oldUpstreamDueAt, newUpstreamDueAt: superior } : {}),
        },
      },
    }
  },
})

export const unmerge = actRule({
  needs: ['calendar', 'granted'],
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
    }
  },
})

const notInto = (message: string) => fieldProblem('matter/merge-target', '/body/intoId', message)

/** Whether one of the units is accused, or stands below one that is. */
function accuses(accused: readonly string[], units: readonly string[], { receivers }: Setting): boolean {
  return units.some((unit) => (receivers.get(unit)?.path ?? [unit]).some((id) => accused.includes(id)))
}

/**
 * The earliest promise that still holds. It holds for both matters: joining a later one wins no time, also when a calendar year
 * is amended. One that was missed before is on the leg that missed it, and binds nobody anew.
 */
function earliest(promises: readonly (Instant | null | undefined)[], now: Instant): Instant | null {
  const held = promises.filter((at): at is Instant => at !== null && at !== undefined && at > now)
  return held.toSorted()[0] ?? null
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
  const same = { ...kept, id: setting.newId(), no }
  // As in `due-moves.ts`: what a superior, a platform or a merge fixed, no calendar of ours moves.
  if (old.limit === null || (old.imported && old.extensions > 0)) return same
  const granted = subject.granted.find((each) => continues(old, each))
  const extended = old.extensions > 0 ? (granted?.workdays ?? 0) : 0
  const { urgency, upstreamDueAt } = subject.matter
  const bound = upstreamDueAt !== null && upstreamDueAt > old.dispatchedAt ? upstreamDueAt : null
  const anew = promisedBy(calendarOf(setting), {
    ...{ ...old, limit: old.limit as Limit, extended, urgency },
    ...{ signTold: old.imported, upstreamDueAt: bound },
  })
  const { dueAt, signDueAt, provisional } = anew
  const marks = dueAt > old.effectiveDueAt ? { warnedAt: null, redAt: null, overdueAt: null } : {}
  return { ...same, effectiveDueAt: dueAt, signDueAt, provisional, ...marks }
}
