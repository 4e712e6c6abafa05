// Merging 并单: an order goes on as part of another; and its undoing, after which it stands as if it never had.
import { z } from 'zod'
import type { EventData } from '../../platform/events.ts'
import { id, textOf } from '../../platform/fields.ts'
import { fieldProblem, Problem } from '../../platform/problems.ts'
import {
  actRule,
  type Case,
  type Change,
  type Leg,
  type Matter,
  type MergeHold,
  type NewLeg,
  type Setting,
} from '../case.ts'
import { channelOf } from '../channels/index.ts'
import { unmarked } from '../deadlines.ts'
import { leadLeg, standsAccused } from '../rules.ts'
import { states, type State } from '../workflow.ts'
import { refusePending, stopCoLegs } from './dispatching.ts'
import { openLegOf, stopLead } from './ending.ts'
import {
  broughtBy,
  clockOf,
  continues,
  drawnIn,
  dueOf,
  earliest,
  holdsOn,
  openLegsOf,
  ownOf,
  running,
  superiorOf,
  unbound,
  type Brought,
} from './holding.ts'
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
    const [target] = setting.others
    const { matter } = subject
    if (target === undefined || target.matter.id === matter.id) throw notInto('不能并入自身')
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
    const { dueAt: promised, upstreamDueAt: brought } = broughtBy(matter, leg?.effectiveDueAt, setting.now)
    // Co-handling units answer before the lead unit must, also where that must earlier.
    const held = promised === null || targetLeg === undefined ? [] : openLegsOf(target)
    // What was answered is answered: a promise made elsewhere counts for a reply only once it is sent back.
    const hastened = targetLeg?.submittedAt === null ? drawnIn(held, promised) : []
    const moved = hastened.some(({ id: legId }) => legId === targetLeg?.id)
    // What a superior fixed goes over also where no leg runs yet, and binds the legs to come.
    const oldUpstreamDueAt = target.matter.upstreamDueAt
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
      others: [
        {
          of: target,
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
      ],
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
      others: released(setting.others, matter, null, { fromId: matter.id, fromNo: matter.no }, setting),
    }
  },
})

const notInto = (message: string) => fieldProblem('matter/merge-target', '/body/intoId', message)

/**
 * What had taken the other, and what that was merged into in turn, stand as if it had never come, as far as nothing else that
 * is merged into them still holds them; undoing draws nothing in, so that a promise which had not come over because it was
 * missed under the other's does not come over now. `brings`: what `from` brings without it; nothing where it is what leaves.
 */
function released(
  [target, ...beyond]: readonly Case[],
  from: Matter,
  brings: Brought | null,
  data: EventData,
  setting: Setting,
): NonNullable<Change['others']> {
  if (target === undefined) return []
  const undone = running(target).filter(
    (each) => each.fromId === from.id && (brings === null || differs(each, brings)),
  )
  const told = { of: target, event: 'matter.unmerge' }
  const [hold] = undone
  // Further up, nothing changes where what is brought stays the same.
  if (hold === undefined) return brings === null ? [{ ...told, matter: {}, data }] : []
  const relaid = undone.flatMap((each) => laidAnew(each, brings, setting))
  const holds = target.holds.map((each) =>
    undone.includes(each) ? { ...each, undoneAt: setting.now } : each,
  )
  const held = { ...target, holds: [...holds, ...relaid] }
  const matter = hold.upstreamDueAt === null ? {} : { upstreamDueAt: superiorOf(held) }
  const after = { ...held, matter: { ...target.matter, ...matter } }
  const legs = openLegsOf(target).flatMap((leg) => {
    const patch = holdsOn(target, leg).some((each) => undone.includes(each))
      ? clockOf(after, leg, setting)
      : unbound(after, leg, setting)
    return patch === undefined ? [] : [{ id: leg.id, patch }]
  })
  const lead = leadLeg(target)
  const moved = legs.find(({ id: legId }) => legId === lead?.id)
  const dues =
    moved === undefined ? {} : { oldDueAt: lead?.effectiveDueAt, newDueAt: moved.patch.effectiveDueAt }
  return [
    {
      ...told,
      matter,
      legs,
      insert: { mergeHolds: relaid },
      update: { mergeHolds: undone.map((each) => ({ id: each.id, patch: { undoneAt: setting.now } })) },
      data: { ...data, ...dues },
    },
    ...released(beyond, target.matter, bringsNow(after, setting), data, setting),
  ]
}

const differs = (hold: MergeHold, { dueAt, upstreamDueAt }: Brought) =>
  hold.upstreamDueAt !== upstreamDueAt || (hold.legId !== null && hold.dueAt !== dueAt)

/** What still holds by what the other brings now. */
function laidAnew(hold: MergeHold, brings: Brought | null, setting: Setting): MergeHold[] {
  const dueAt = hold.legId === null ? null : (brings?.dueAt ?? null)
  const upstreamDueAt = brings?.upstreamDueAt ?? null
  if (dueAt === null && upstreamDueAt === null) return []
  return [{ ...hold, id: setting.newId(), dueAt, upstreamDueAt }]
}

/** What a merged matter would have brought when it was merged, by what holds it now. */
function bringsNow(subject: Case, setting: Setting): Brought {
  const { matter } = subject
  const lead = leadLeg(subject)
  const ended = lead?.outcome === 'merged' ? lead : undefined
  // A clock that nothing drew in brought its own time, whatever a calendar says by now.
  const due = ended?.limit === null ? dueOf(subject, ended, setting) : ended
  return broughtBy(matter, due?.effectiveDueAt, matter.mergedAt ?? setting.now)
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

/**
 * The clock never stood still: the new leg keeps the promise of the one that merging ended, by the calendar as it is now, and
 * what was told of it.
 */
function continued(subject: Case, old: Leg, no: number, setting: Setting): NewLeg {
  const { outcome: _, stoppedAt: __, lateFrom: ___, signLateFrom: ____, ...kept } = old
  const due = dueOf(subject, old, setting)
  const marks = due.effectiveDueAt > old.effectiveDueAt ? unmarked : {}
  return { ...kept, ...due, ...marks, id: setting.newId(), no }
}
