// Dispatch 派单, re-dispatch 改派 and redo 重办: a matter goes to a unit as a new leg.
import { z } from 'zod'
import { NIL } from '../../platform/actor.ts'
import { dayOf, type Instant } from '../../platform/clock.ts'
import { id, textOf } from '../../platform/fields.ts'
import { Problem } from '../../platform/problems.ts'
import { actRule, calendarOf, type Case, type Change, type NewLeg, type Setting } from '../case.ts'
import { policyAt, promise } from '../deadlines.ts'
import { admit, leadLeg, openLead } from '../rules.ts'
import { remark } from './overseeing.ts'
import type { LimitClass } from '../policies.ts'

export const dispatchShape = z
  .strictObject({
    leadUnitId: id.describe('主办单位'),
    coUnitIds: z.array(id).max(10).default([]).describe('协办单位'),
    limitClass: z.enum(['ordinary', 'complex']).default('ordinary').describe('疑难件须说明理由'),
    note: textOf(1, 500).optional(),
  })
  .refine((d) => !d.coUnitIds.includes(d.leadUnitId) && new Set(d.coUnitIds).size === d.coUnitIds.length, {
    path: ['coUnitIds'],
    error: '协办单位不得重复，也不得与主办单位相同',
  })
  .refine((d) => d.limitClass === 'ordinary' || d.note !== undefined, {
    path: ['note'],
    error: '按疑难件派单须说明理由',
  })

export type DispatchInput = z.output<typeof dispatchShape>

export const dispatch = actRule({
  needs: ['calendar'],
  input: dispatchShape,
  receivers: (input) => [input.leadUnitId, ...input.coUnitIds],
  change: (subject, input, setting) =>
    send(subject, input, setting, subject.matter.redoneAt === null ? 'dispatch' : 'redo'),
})

export const redispatch = actRule({
  needs: ['calendar', 'extension'],
  input: dispatchShape.safeExtend({ reason: textOf(2, 500).describe('改派理由') }),
  receivers: (input) => [input.leadUnitId, ...input.coUnitIds],
  change(subject, { reason, ...input }, setting) {
    const leg = openLead(subject)
    if (leg.unitId === input.leadUnitId) {
      throw new Problem('matter/same-unit', {
        errors: [{ pointer: '/body/leadUnitId', code: 'matter/same-unit', message: '该单位已是主办单位' }],
      })
    }
    refusePending(subject)
    const sent = send(subject, input, setting, 'redispatch')
    return {
      ...sent,
      legs: [
        { id: leg.id, patch: { stoppedAt: setting.now, outcome: 'redispatched' } },
        ...stopCoLegs(subject, setting, 'redispatched'),
      ],
      insert: remark(subject, setting, 'redispatch', reason, input.note),
      data: { ...sent.data, fromUnitId: leg.unitId },
    }
  },
})

export const redo = actRule({
  needs: ['calendar'],
  input: z.strictObject({
    reason: textOf(2, 500).describe('重办理由'),
    leadUnitId: id.optional().describe('承办单位，默认为原承办单位'),
  }),
  units: (subject, input) => [input.leadUnitId ?? subject.matter.leadUnitId].filter((unit) => unit !== null),
  change(subject, { reason, leadUnitId }, setting) {
    const { matter } = subject
    const unitId = leadUnitId ?? matter.leadUnitId
    if (unitId === null) throw new Problem('matter/no-open-leg')
    if (matter.rating !== 'dissatisfied' || matter.screenedOutAt !== null)
      throw new Problem('matter/redo-without-ground')
    // The unit may have been abolished, or accused, since it answered.
    admit(setting.receivers.get(unitId), matter.accusedUnitIds, '/body/leadUnitId', matter.id)
    const leg = newLeg(subject, setting, { unitId, limitClass: 'ordinary', kind: 'redo' })
    return {
      // Calls that went unanswered before do not count for the new answer.
      matter: { redoneAt: matter.redoneAt ?? setting.now, missedCalls: 0 },
      openLegs: [leg],
      insert: remark(subject, setting, 'redo', reason),
      data: { unitId: leg.unitId, dueAt: leg.dueAt },
    }
  },
})

function send(
  subject: Case,
  input: DispatchInput,
  setting: Setting,
  kind: 'dispatch' | 'redispatch' | 'redo',
): Change {
  const { matter } = subject
  const lead = admit(
    setting.receivers.get(input.leadUnitId),
    matter.accusedUnitIds,
    '/body/leadUnitId',
    matter.id,
  )
  const co = input.coUnitIds.map((unit, i) =>
    admit(setting.receivers.get(unit), matter.accusedUnitIds, `/body/coUnitIds/${i}`, matter.id),
  )
  const missed = missedBefore(subject, setting)
  const { limitClass } = input
  const legs = [
    newLeg(subject, setting, { unitId: lead.id, limitClass, kind, ahead: missed.length }),
    ...co.map((unit, i) =>
      newLeg(subject, setting, { unitId: unit.id, limitClass, kind: 'co', ahead: missed.length + i + 1 }),
    ),
  ]
  return {
    matter: {},
    openLegs: [...missed, ...legs],
    insert: remark(subject, setting, 'dispatch', input.note),
    data: {
      unitId: lead.id,
      coUnitIds: co.map((unit) => unit.id),
      limitClass: input.limitClass,
      dueAt: legs[0]?.dueAt,
    },
  }
}

/**
 * A superior's deadline that passed while no unit held the matter was missed by the office: a leg of its own says so, ended by
 * the dispatch. It signs for nothing.
 */
function missedBefore(subject: Case, { now, actor, newId }: Setting): NewLeg[] {
  const { upstreamDueAt: dueAt, id: matterId } = subject.matter
  const from = heldSince(subject)
  if (dueAt === null || !missedByOffice(subject, now)) return []
  return [
    {
      ...{ id: newId(), matterId, no: subject.legs.length + 1, role: 'lead', kind: 'route' },
      ...{ unitId: actor.unitId ?? NIL, dispatchedAt: from, policy: policyAt(now).id, limit: null },
      ...{ signDueAt: now, dueAt, effectiveDueAt: dueAt, stoppedAt: now, outcome: 'routed' },
    },
  ]
}

/** Whether a superior's deadline passed while the office held the matter, unanswered, and no unit did. */
export function missedByOffice(subject: Case, now: Instant): boolean {
  const { upstreamDueAt, firstRepliedAt } = subject.matter
  return (
    upstreamDueAt !== null &&
    firstRepliedAt === null &&
    leadLeg(subject)?.outcome !== null &&
    heldSince(subject) < upstreamDueAt &&
    upstreamDueAt < now
  )
}

/** Since when the office holds what no unit does: since it was received, or given back. */
function heldSince(subject: Case): Instant {
  return leadLeg(subject)?.stoppedAt ?? subject.matter.receivedAt
}

function newLeg(
  subject: Case,
  setting: Setting,
  leg: { unitId: string; limitClass: LimitClass; kind: NewLeg['kind']; ahead?: number },
): NewLeg {
  const role = leg.kind === 'co' ? 'co' : 'lead'
  const lawful = promise(calendarOf(setting), setting.now, subject.matter, leg.limitClass, role)
  const { upstreamDueAt } = subject.matter
  // A deadline of a superior that has passed binds nobody anew: what was late by it is on the legs before.
  const fixed = upstreamDueAt !== null && upstreamDueAt > setting.now && upstreamDueAt < lawful.dueAt
  const dueAt = fixed ? upstreamDueAt : lawful.dueAt
  const promised = fixed
    ? {
        ...{ policy: lawful.policy, limit: null, provisional: false, dueAt },
        signDueAt: lawful.signDueAt < dueAt ? lawful.signDueAt : dueAt,
      }
    : lawful
  return {
    id: setting.newId(),
    matterId: subject.matter.id,
    no: subject.legs.length + 1 + (leg.ahead ?? 0),
    role,
    kind: leg.kind,
    unitId: leg.unitId,
    dispatchedAt: setting.now,
    policy: promised.policy,
    limit: promised.limit,
    signDueAt: promised.signDueAt,
    dueAt: promised.dueAt,
    effectiveDueAt: promised.dueAt,
    provisional: promised.provisional,
  }
}

/** Co-handling ends with the lead leg it belongs to; what was late by then stays late. */
export function stopCoLegs(
  subject: Case,
  setting: Setting,
  outcome: 'redispatched' | 'merged' | 'terminated',
) {
  return subject.legs
    .filter((leg) => leg.role === 'co' && leg.outcome === null)
    .map((leg) => ({
      id: leg.id,
      patch:
        leg.submittedAt === null
          ? { stoppedAt: setting.now, outcome }
          : { stoppedAt: leg.submittedAt, outcome: 'replied' as const },
    }))
}

/** An application must be decided before the leg it belongs to may be ended. */
export function refusePending(subject: Case): void {
  if (subject.extension !== null) {
    throw new Problem('matter/extension-pending', { detail: `asked on ${dayOf(subject.extension.askedAt)}` })
  }
}
