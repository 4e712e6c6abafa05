// Extension 延期: asked before expiry, granted or refused by another person, capped, the caller told.
import { z } from 'zod'
import { addWorkdays, isWorkday } from '../../calendar/rules.ts'
import { dayOf, type Instant } from '../../platform/clock.ts'
import { instant, textOf } from '../../platform/fields.ts'
import { fieldProblem, Problem } from '../../platform/problems.ts'
import { actRule, calendarOf, type Case, type Extension, type Leg, type Setting } from '../case.ts'
import { lawfulLimit, policyAt, unmarked } from '../deadlines.ts'
import { leadLeg, openLead } from '../rules.ts'
import { ownOf } from './holding.ts'
import { handledBy } from './signing.ts'

export const askExtension = actRule({
  needs: ['calendar', 'extension', 'holds'],
  input: z.strictObject({
    workdays: z.int().min(1).max(60).describe('申请延长的工作日数'),
    reason: textOf(4, 1000).describe('延期理由'),
    callerToldAt: instant.optional().describe('告知诉求人的时间'),
  }),
  change(subject, input, setting) {
    const leg = openLead(subject)
    const policy = policyAt(leg.dispatchedAt)
    const { extension } = policy
    if (subject.extension !== null) throw new Problem('matter/extension-pending')
    if (leg.submittedAt !== null) throw new Problem('matter/already-replied')
    demandRunning(leg, setting, '/body/workdays')
    if (leg.extensions >= extension.timesWithLeader) {
      throw new Problem('matter/extensions-exhausted', { extras: { extensions: leg.extensions } })
    }
    // A merge that drew in the due time keeps the leg's own limit.
    const limit = ownOf(subject, leg).ownLimit
    const most = mostWorkdays(lawfulLimit({ ...leg, limit }, subject.matter), extension.max.n)
    if (input.workdays > most) {
      throw fieldProblem('matter/extension-too-long', '/body/workdays', `最多可延长${most}个工作日`)
    }
    if (input.callerToldAt !== undefined && input.callerToldAt > setting.now) {
      throw fieldProblem('matter/future-time', '/body/callerToldAt', '告知时间不能晚于现在')
    }
    const newDueAt = addWorkdays(calendarOf(setting), leg.effectiveDueAt, input.workdays)
    if (passesSuperior(subject, leg, newDueAt)) {
      throw fieldProblem('matter/upstream-deadline', '/body/workdays', '延长后晚于上级要求的办理期限')
    }
    return {
      matter: handledBy(subject, setting),
      insert: {
        extensions: asked(subject, leg, setting, {
          reason: input.reason,
          workdays: input.workdays,
          newDueAt,
          callerToldAt: input.callerToldAt ?? null,
        }),
      },
      data: { unitId: leg.unitId, workdays: input.workdays, oldDueAt: leg.effectiveDueAt, newDueAt },
    }
  },
})

export const grantExtension = actRule({
  needs: ['calendar', 'extension'],
  input: z
    .strictObject({
      callerToldAt: instant.optional().describe('告知诉求人的时间'),
      note: textOf(1, 500).optional(),
    })
    .default({}),
  change(subject, input, setting) {
    const request = pendingRequest(subject, setting)
    const leg = openLead(subject)
    const { extension } = policyAt(leg.dispatchedAt)
    if (leg.extensions >= extension.times && !setting.actor.roles.includes('leader')) {
      throw new Problem('matter/second-extension-needs-leader')
    }
    const toldAt = input.callerToldAt ?? request.callerToldAt
    if (toldAt === null) {
      throw fieldProblem('matter/caller-not-told', '/body/callerToldAt', '延期须告知诉求人，请填写告知时间')
    }
    if (toldAt > setting.now)
      throw fieldProblem('matter/future-time', '/body/callerToldAt', '告知时间不能晚于现在')
    // Since it was asked for, a published calendar may have moved the due time: the working days count from where it is now.
    const calendar = calendarOf(setting)
    const oldDueAt = leg.effectiveDueAt
    const newDueAt = addWorkdays(calendar, oldDueAt, request.workdays ?? 0)
    if (passesSuperior(subject, leg, newDueAt)) throw new Problem('matter/upstream-deadline')
    return {
      matter: { extendedAt: subject.matter.extendedAt ?? setting.now },
      legs: [
        {
          id: leg.id,
          patch: {
            effectiveDueAt: newDueAt,
            provisional: leg.provisional || isWorkday(calendar, dayOf(newDueAt)).provisional,
            extensions: leg.extensions + 1,
            ...unmarked,
          },
        },
      ],
      update: {
        extensions: {
          id: request.id,
          patch: { ...decided(setting, true, input.note), callerToldAt: toldAt, oldDueAt, newDueAt },
        },
      },
      data: { unitId: leg.unitId, oldDueAt, newDueAt },
    }
  },
})

export const refuseExtension = actRule({
  needs: ['extension'],
  input: z.strictObject({ note: textOf(2, 500).describe('驳回理由') }),
  change(subject, { note }, setting) {
    const request = pendingRequest(subject, setting)
    return {
      matter: {},
      update: { extensions: { id: request.id, patch: decided(setting, false, note) } },
      data: { unitId: leadLeg(subject)?.unitId },
    }
  },
})

/** Not more than the original limit, and never more than the policy's cap; clock-hour limits extend by one working day. */
function mostWorkdays(limit: { n: number; unit: string }, cap: number): number {
  return limit.unit === 'workday' || limit.unit === 'day' ? Math.min(limit.n, cap) : 1
}

/** What a superior fixed only the superior prolongs; a deadline that had passed before the dispatch binds nobody anew. */
function passesSuperior({ matter }: Case, leg: Leg, dueAt: Instant): boolean {
  const { upstreamDueAt } = matter
  return upstreamDueAt !== null && upstreamDueAt > leg.dispatchedAt && dueAt > upstreamDueAt
}

/** A request for more time as it is written when it is made. */
export function asked<Told extends object>({ matter }: Case, leg: Leg, setting: Setting, told: Told) {
  return {
    id: setting.newId(),
    matterId: matter.id,
    legId: leg.id,
    askedAt: setting.now,
    askedBy: setting.actor.id,
    oldDueAt: leg.effectiveDueAt,
    ...told,
  }
}

/** The request that waits for a decision, which is another person's than who asked. */
export function pendingRequest(subject: Case, setting: Setting): Extension {
  if (subject.extension === null) throw new Problem('matter/nothing-pending')
  if (subject.extension.askedBy === setting.actor.id) throw new Problem('matter/duties-apart')
  return subject.extension
}

export function decided(setting: Setting, granted: boolean, note: string | undefined) {
  return { decidedAt: setting.now, decidedBy: setting.actor.id, granted, decisionNote: note ?? null }
}

/**
 * More time is asked for, and a hearing told of, while the clock runs: late once is late. Throws `matter/extension-after-expiry`
 * of the field that asks.
 */
export function demandRunning(leg: Leg, { now }: Setting, pointer: string, article?: string): void {
  const { effectiveDueAt: dueAt } = leg
  if (now <= dueAt) return
  const code = 'matter/extension-after-expiry'
  throw new Problem(code, {
    ...(article === undefined ? {} : { detail: `asked after the limit (${article})` }),
    errors: [{ pointer, code, message: `办理期限已于${dayOf(dueAt)}届满` }],
    extras: { dueAt, ...(article === undefined ? {} : { article }) },
  })
}
