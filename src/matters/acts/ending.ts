// How matters end: terminate 终止, not accept 不予受理, close 办结, archive 归档.
import { z } from 'zod'
import { textOf } from '../../platform/fields.ts'
import { Problem } from '../../platform/problems.ts'
import { actRule, type Case, type Setting } from '../case.ts'
import { policyAt } from '../deadlines.ts'
import { leadLeg } from '../rules.ts'
import { refusalRoutes } from '../terms.ts'
import { refusePending, stopCoLegs } from './dispatching.ts'
import { remark } from './overseeing.ts'
import { screeningLimit } from './rating.ts'

export const terminate = actRule({
  needs: ['extension'],
  input: z.strictObject({ reason: textOf(4, 1000).describe('终止理由') }),
  change(subject, { reason }, setting) {
    refusePending(subject)
    return {
      matter: { endedAt: setting.now, endReason: reason, doneAt: subject.matter.doneAt ?? setting.now },
      legs: [...stopLead(subject, setting, 'terminated'), ...stopCoLegs(subject, setting, 'terminated')],
      data: { unitId: subject.matter.leadUnitId },
    }
  },
})

export const notAccept = actRule({
  input: z.strictObject({
    route: z.enum(Object.keys(refusalRoutes) as [keyof typeof refusalRoutes]).describe('告知的途径'),
    reason: textOf(2, 1000).describe('不予受理理由'),
  }),
  change: (subject, { route, reason }, setting) => ({
    matter: { endedAt: setting.now, endReason: reason, withdrawnAt: setting.now },
    data: { route, wasDispatched: subject.matter.dispatchedAt !== null },
  }),
})

export const close = actRule({
  needs: ['calendar', 'screening'],
  input: z.strictObject({ note: textOf(1, 500).optional() }).default({}),
  change(subject, { note }, setting) {
    const { matter } = subject
    const needed = policyAt(setting.now).missedCalls
    if (matter.state === 'reviewed' && matter.missedCalls < needed) {
      throw new Problem('matter/call-back-first', { extras: { missedCalls: matter.missedCalls, needed } })
    }
    refuseDissatisfied(subject, setting)
    return { matter: { endedAt: setting.now }, insert: remark(subject, setting, 'close', note) }
  },
})

/** A dissatisfied caller is heard again, or the rating screened, or the time for screening left to pass. */
function refuseDissatisfied({ matter, legs, screenedBefore }: Case, setting: Setting): void {
  const { rating, ratedAt } = matter
  if (rating !== 'dissatisfied' || ratedAt === null || screenedBefore) return
  if (legs.some((leg) => leg.kind === 'redo' && leg.dispatchedAt >= ratedAt)) return
  const limit = screeningLimit(ratedAt, setting)
  if (setting.now <= limit) throw new Problem('matter/dissatisfied-first', { extras: { limit } })
}

export const archive = actRule({
  input: z.strictObject({}).default({}),
  change: () => ({ matter: {} }),
})

export function openLegOf(subject: Case) {
  const leg = leadLeg(subject)
  return leg?.outcome === null ? leg : undefined
}

/** The clock of the lead leg, where one runs, ends with the matter. */
export function stopLead(subject: Case, setting: Setting, outcome: 'merged' | 'terminated') {
  const leg = openLegOf(subject)
  return leg === undefined ? [] : [{ id: leg.id, patch: { stoppedAt: setting.now, outcome } }]
}
