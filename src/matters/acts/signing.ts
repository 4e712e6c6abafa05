// Sign 签收 and the way back: return asked, granted, refused 退单.
import { z } from 'zod'
import { due } from '../../calendar/rules.ts'
import { id, textOf } from '../../platform/fields.ts'
import { Problem } from '../../platform/problems.ts'
import { actRule, calendarOf, type Case, type Setting } from '../case.ts'
import { policyAt } from '../deadlines.ts'
import { openLead, ownCoLeg } from '../rules.ts'
import { refusePending, stopCoLegs } from './dispatching.ts'

const nothing = z.strictObject({}).default({})

export const sign = actRule({
  input: nothing,
  change(subject, _input, setting) {
    const leg = openLead(subject)
    return {
      matter: handledBy(subject, setting),
      legs: [{ id: leg.id, patch: { signedAt: setting.now } }],
      data: { unitId: leg.unitId },
    }
  },
})

export const coSign = actRule({
  input: nothing,
  change(subject, _input, setting) {
    const leg = ownCoLeg(subject, setting.actor)
    if (leg === undefined) throw new Problem('matter/no-open-leg')
    if (leg.signedAt !== null) throw new Problem('matter/already-signed')
    return {
      matter: handledBy(subject, setting),
      legs: [{ id: leg.id, patch: { signedAt: setting.now } }],
      data: { unitId: leg.unitId },
    }
  },
})

export const askReturn = actRule({
  needs: ['calendar', 'extension'],
  input: z.strictObject({
    reason: textOf(4, 1000).describe('退单理由'),
    suggestedUnitId: id.optional().describe('建议承办单位'),
  }),
  change(subject, input, setting) {
    const leg = openLead(subject)
    const { matter } = subject
    const policy = policyAt(leg.dispatchedAt)
    // 潍坊市12345条例 art. 22: once the office has decided who is competent, nothing is returned.
    if (matter.binding) throw new Problem('matter/return-binding')
    if (matter.returns >= policy.returns)
      throw new Problem('matter/returns-exhausted', { extras: { returns: matter.returns } })
    const limit = due(calendarOf(setting), leg.signDueAt, policy.returnWithin).dueAt
    if (setting.now > limit) throw new Problem('matter/return-too-late', { extras: { limit } })
    refusePending(subject)
    return {
      matter: handledBy(subject, setting),
      insert: {
        returnRequests: {
          id: setting.newId(),
          matterId: matter.id,
          legId: leg.id,
          askedAt: setting.now,
          askedBy: setting.actor.id,
          reason: input.reason,
          suggestedUnitId: input.suggestedUnitId ?? null,
        },
      },
      data: { unitId: leg.unitId, suggestedUnitId: input.suggestedUnitId },
    }
  },
})

export const grantReturn = actRule({
  needs: ['returnRequest'],
  input: z.strictObject({ note: textOf(1, 500).optional() }).default({}),
  change(subject, { note }, setting) {
    const request = pendingReturn(subject, setting)
    const leg = openLead(subject)
    return {
      matter: { returnedAt: subject.matter.returnedAt ?? setting.now, returns: subject.matter.returns + 1 },
      // The unit's clock stops when it asked: the office's own delay is not charged to it.
      legs: [
        { id: leg.id, patch: { stoppedAt: request.askedAt, outcome: 'returned' } },
        ...stopCoLegs(subject, setting, 'redispatched'),
      ],
      update: { returnRequests: { id: request.id, patch: decided(setting, true, note) } },
      data: { unitId: leg.unitId },
    }
  },
})

export const refuseReturn = actRule({
  needs: ['returnRequest'],
  input: z.strictObject({ note: textOf(2, 500).describe('驳回理由') }),
  change(subject, { note }, setting) {
    const request = pendingReturn(subject, setting)
    const leg = openLead(subject)
    return {
      matter: { binding: true },
      // A refused return counts as signed for, at the moment of the refusal if it was not signed before.
      legs: [{ id: leg.id, patch: { signedAt: leg.signedAt ?? setting.now } }],
      update: { returnRequests: { id: request.id, patch: decided(setting, false, note) } },
      data: { unitId: leg.unitId },
    }
  },
})

/** Whoever signs, asks or answers for the unit has handled the matter. */
export function handledBy(subject: Case, { actor }: Setting): { handlerIds?: string[] } {
  const { handlerIds } = subject.matter
  return handlerIds.includes(actor.id) ? {} : { handlerIds: [...handlerIds, actor.id] }
}

function pendingReturn(subject: Case, setting: Setting) {
  const request = subject.returnRequest
  if (request === null) throw new Problem('matter/nothing-pending')
  if (request.askedBy === setting.actor.id) throw new Problem('matter/duties-apart')
  return request
}

function decided(setting: Setting, granted: boolean, note: string | undefined) {
  return { decidedAt: setting.now, decidedBy: setting.actor.id, granted, decisionNote: note ?? null }
}
