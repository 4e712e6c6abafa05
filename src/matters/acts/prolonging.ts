// Prolongation 延长办理期限 of a claim: asked before expiry, granted by another, thirty days in all.
import { z } from 'zod'
import { due } from '../../calendar/rules.ts'
import { instant, textOf } from '../../platform/fields.ts'
import { fieldProblem, Problem } from '../../platform/problems.ts'
import { actRule, calendarOf, type Case, type Setting } from '../case.ts'
import { unmarked } from '../deadlines.ts'
import { openLead } from '../rules.ts'
import { boundFrom, lawOf, petitionOf } from './entering.ts'
import { asked, decided, demandRunning, pendingRequest } from './extending.ts'
import { handledBy } from './signing.ts'

export const askProlongation = actRule({
  needs: ['calendar', 'petition', 'extension'],
  input: z.strictObject({
    days: z.int().min(1).max(60).describe('申请延长的天数'),
    reason: textOf(4, 1000).describe('情况复杂的说明'),
  }),
  change(subject, input, setting) {
    const leg = openLead(subject)
    const { days: most, article } = lawOf(subject).prolongation
    const petition = petitionOf(subject)
    if (subject.extension !== null) throw new Problem('matter/extension-pending')
    demandRunning(leg, setting, '/body/days', article)
    if (petition.simple) throw new Problem('matter/simple-not-prolonged')
    if (petition.prolongedDays + input.days > most) {
      throw fieldProblem(
        'matter/extension-too-long',
        '/body/days',
        `延长期限累计不得超过${most}日，已延长${petition.prolongedDays}日（${article}）`,
      )
    }
    const newDueAt = prolonged(subject, input.days, setting).dueAt
    return {
      matter: handledBy(subject, setting),
      insert: {
        extensions: asked(subject, leg, setting, { reason: input.reason, days: input.days, newDueAt }),
      },
      data: { unitId: leg.unitId, days: input.days, oldDueAt: leg.effectiveDueAt, newDueAt },
    }
  },
})

function prolonged(subject: Case, days: number, setting: Setting) {
  const leg = openLead(subject)
  const limit = leg.limit as { n: number; unit: 'day' } | null
  if (limit === null) throw new Problem('matter/upstream-deadline')
  const longer = { n: limit.n + days, unit: limit.unit }
  const bound = boundFrom(leg.dispatchedAt, petitionOf(subject).upstreamDueAt)
  const lengthened = due(calendarOf(setting), leg.dispatchedAt, longer)
  if (bound !== null && lengthened.dueAt > bound) {
    throw new Problem('matter/upstream-deadline', { extras: { dueAt: bound } })
  }
  return { limit: longer, ...lengthened }
}

export const grantProlongation = actRule({
  needs: ['calendar', 'petition', 'extension'],
  input: z.strictObject({
    toldAt: instant.describe('告知信访人延期理由的时间'),
    note: textOf(1, 500).optional(),
  }),
  change(subject, input, setting) {
    const request = pendingRequest(subject, setting)
    if (input.toldAt > setting.now) {
      throw fieldProblem('matter/future-time', '/body/toldAt', '告知时间不能晚于现在')
    }
    const leg = openLead(subject)
    const days = request.days ?? 0
    const petition = petitionOf(subject)
    const { limit, dueAt, provisional } = prolonged(subject, days, setting)
    return {
      matter: { extendedAt: subject.matter.extendedAt ?? setting.now },
      legs: [{ id: leg.id, patch: { ...unmarked, limit, effectiveDueAt: dueAt, provisional } }],
      update: {
        extensions: {
          id: request.id,
          patch: {
            ...decided(setting, true, input.note),
            callerToldAt: input.toldAt,
            oldDueAt: leg.effectiveDueAt,
            newDueAt: dueAt,
          },
        },
        petitions: { id: subject.matter.id, patch: { prolongedDays: petition.prolongedDays + days } },
      },
      data: { unitId: leg.unitId, days, oldDueAt: leg.effectiveDueAt, newDueAt: dueAt },
    }
  },
})

export const refuseProlongation = actRule({
  needs: ['petition', 'extension'],
  input: z.strictObject({ note: textOf(2, 500).describe('不批准的理由') }),
  change(subject, { note }, setting) {
    const request = pendingRequest(subject, setting)
    return {
      matter: {},
      update: { extensions: { id: request.id, patch: decided(setting, false, note) } },
      data: { unitId: openLead(subject).unitId },
    }
  },
})
