// Acts on an escalated case: handing over, investigating, reporting the result upward.
import { z } from 'zod'
import { dayOf, instantOf, type Day } from '../../platform/clock.ts'
import { day, id, textOf } from '../../platform/fields.ts'
import { fieldProblem, Problem } from '../../platform/problems.ts'
import { actRule, type Case, type NewLeg, type Setting } from '../case.ts'
import { admit, openLead } from '../rules.ts'
import { answered, punctualAfter } from './answered.ts'
import { remark } from './overseeing.ts'
import { stopped } from './routing.ts'
import { handledBy } from './signing.ts'

const target = {
  leadUnitId: id.describe('承办单位'),
  dueDay: day.describe('报送调查报告的期限'),
}

export const handOver = actRule({
  input: z.strictObject({ ...target, note: textOf(1, 500).optional() }),
  receivers: (input) => [input.leadUnitId],
  change: (subject, input, setting) => ({
    matter: {},
    openLegs: [legTo(subject, input, setting)],
    insert: remark(subject, setting, 'hand-over', input.note),
    data: { unitId: input.leadUnitId, dueDay: input.dueDay },
  }),
})

export const handElsewhere = actRule({
  input: z.strictObject({ ...target, reason: textOf(2, 500).describe('改交理由') }),
  receivers: (input) => [input.leadUnitId],
  change(subject, input, setting) {
    const leg = openLead(subject)
    if (leg.unitId === input.leadUnitId)
      throw fieldProblem('matter/same-unit', '/body/leadUnitId', '该单位已是承办单位')
    return {
      matter: {},
      legs: stopped(subject, setting, 'redispatched'),
      openLegs: [legTo(subject, input, setting)],
      insert: remark(subject, setting, 'hand-elsewhere', input.reason),
      data: { unitId: input.leadUnitId, fromUnitId: leg.unitId, dueDay: input.dueDay },
    }
  },
})

function legTo(
  subject: Case,
  { leadUnitId, dueDay }: { leadUnitId: string; dueDay: Day },
  setting: Setting,
): NewLeg {
  const { matter } = subject
  const unit = admit(setting.receivers.get(leadUnitId), matter.accusedUnitIds, '/body/leadUnitId', matter.id)
  return fixedLeg(subject, setting, {
    kind: 'handle',
    role: 'lead',
    unitId: unit.id,
    dueDay,
    at: '/body/dueDay',
  })
}

/** A clock whose end somebody fixed by day. */
export function fixedLeg(
  subject: Pick<Case, 'matter' | 'legs'>,
  setting: Pick<Setting, 'now' | 'newId'>,
  given: { kind: 'handle' | 'feedback'; role: 'lead' | 'co'; unitId: string; dueDay: Day; at: string },
): NewLeg {
  if (given.dueDay <= dayOf(setting.now)) throw fieldProblem('matter/past-time', given.at, '期限应晚于今天')
  const dueAt = instantOf(given.dueDay, '23:59:59.999')
  return {
    id: setting.newId(),
    matterId: subject.matter.id,
    no: subject.legs.length + 1,
    role: given.role,
    kind: given.kind,
    unitId: given.unitId,
    dispatchedAt: setting.now,
    policy: 'fixed',
    limit: null,
    signDueAt: dueAt,
    signedAt: setting.now,
    dueAt,
    effectiveDueAt: dueAt,
    provisional: false,
  }
}

export const nameLeader = actRule({
  input: z.strictObject({
    leaderName: textOf(2, 30).describe('包案领导'),
    leaderPost: textOf(2, 60).describe('职务'),
    reason: textOf(2, 500).describe('变更理由'),
  }),
  change: (subject, { reason, ...leader }, setting) => ({
    matter: {},
    insert: remark(subject, setting, 'name-leader', reason),
    update: { escalations: { id: subject.matter.id, patch: leader } },
    data: leader,
  }),
})

export const investigate = actRule({
  input: z.strictObject({
    facts: textOf(10, 8000).describe('调查情况'),
    measures: textOf(2, 4000).describe('处理和问责措施'),
    result: textOf(2, 4000).describe('调查结论'),
    approvedBy: textOf(1, 60).describe('单位审签人'),
  }),
  change(subject, input, setting) {
    const leg = openLead(subject)
    if (input.approvedBy === setting.actor.name)
      throw fieldProblem('matter/duties-apart', '/body/approvedBy', '单位审签人不得是经办人本人')
    return {
      matter: handledBy(subject, setting),
      legs: [{ id: leg.id, patch: { submittedAt: setting.now } }],
      insert: {
        replies: {
          id: setting.newId(),
          matterId: subject.matter.id,
          legId: leg.id,
          submittedAt: setting.now,
          submittedBy: setting.actor.id,
          ...input,
        },
      },
      data: { unitId: leg.unitId, dueAt: leg.effectiveDueAt },
    }
  },
})

export const acceptInvestigation = actRule({
  needs: ['reply'],
  input: z.strictObject({ note: textOf(1, 500).optional() }).default({}),
  change(subject, { note }, setting) {
    const pending = reportUnderReview(subject)
    const leg = openLead(subject)
    const legs = [{ id: leg.id, patch: { stoppedAt: pending.submittedAt, outcome: 'replied' as const } }]
    const at = { accepted: setting.now, replied: pending.submittedAt }
    return {
      matter: answered(subject, at, punctualAfter(subject, legs)),
      legs,
      update: { replies: { id: pending.id, patch: { ...reviewed(setting, note), accepted: true } } },
      data: { unitId: leg.unitId },
    }
  },
})

export const returnInvestigation = actRule({
  needs: ['reply'],
  input: z.strictObject({ note: textOf(2, 500).describe('退回理由') }),
  change(subject, { note }, setting) {
    const pending = reportUnderReview(subject)
    const leg = openLead(subject)
    return {
      matter: {},
      // A report that is sent back never stopped the clock.
      legs: [{ id: leg.id, patch: { submittedAt: null } }],
      update: { replies: { id: pending.id, patch: { ...reviewed(setting, note), accepted: false } } },
      data: { unitId: leg.unitId },
    }
  },
})

function reportUnderReview({ reply }: Case) {
  if (reply === null) throw new Problem('matter/nothing-pending')
  return reply
}

function reviewed(setting: Setting, note: string | undefined) {
  return { reviewedAt: setting.now, reviewedBy: setting.actor.id, reviewNote: note ?? null }
}

export const reportResult = actRule({
  input: z.strictObject({
    outcome: textOf(2, 4000).describe('办理结果'),
    reportNo: textOf(2, 60).optional().describe('报送文号'),
  }),
  change(subject, { outcome, reportNo }, setting) {
    const report = subject.legs.find((leg) => leg.kind === 'feedback' && leg.outcome === null)
    return {
      matter: { endedAt: setting.now },
      legs:
        report === undefined
          ? []
          : [
              {
                id: report.id,
                patch: { submittedAt: setting.now, stoppedAt: setting.now, outcome: 'replied' },
              },
            ],
      update: {
        escalations: {
          id: subject.matter.id,
          patch: { reportedAt: setting.now, reportNo: reportNo ?? null, outcome },
        },
      },
      data: { reportNo, dueAt: report?.effectiveDueAt },
    }
  },
})

export const drop = actRule({
  input: z.strictObject({ reason: textOf(4, 500).describe('撤销理由') }),
  change: (subject, { reason }, setting) => ({
    matter: { withdrawnAt: setting.now, endedAt: setting.now },
    legs: subject.legs
      .filter((leg) => leg.outcome === null)
      .map((leg) => ({ id: leg.id, patch: { stoppedAt: setting.now, outcome: 'terminated' as const } })),
    insert: remark(subject, setting, 'drop', reason),
  }),
})
