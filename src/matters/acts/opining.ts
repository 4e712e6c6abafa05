// The handling opinion 处理意见书: submitted, issued by a second person, delivered; and the other ways a petition ends.
import { z } from 'zod'
import { due } from '../../calendar/rules.ts'
import type { Instant } from '../../platform/clock.ts'
import { id, instant, textOf } from '../../platform/fields.ts'
import { fieldProblem, Problem } from '../../platform/problems.ts'
import { actRule, calendarOf, type Case, type Change, type Opinion, type Setting } from '../case.ts'
import { deliveryReceipts, deliveryWays, opinionOutcomes } from '../petition-terms.ts'
import { admit, openLead } from '../rules.ts'
import { stopFeedback } from './accepting.ts'
import { answered, punctualAfter } from './answered.ts'
import { clockLeg, lawOf, petitionOf } from './entering.ts'
import { remark } from './overseeing.ts'
import { feedbackLeg, stopped } from './routing.ts'
import { handledBy } from './signing.ts'

export const opine = actRule({
  needs: ['petition', 'extension'],
  input: z.strictObject({
    claim: textOf(2, 4000).describe('投诉请求'),
    facts: textOf(2, 8000).describe('事实和理由'),
    basis: textOf(2, 4000).describe('处理意见的法律法规依据'),
    opinion: textOf(2, 8000).describe('处理意见'),
    outcome: z.enum(Object.keys(opinionOutcomes) as [keyof typeof opinionOutcomes]).describe('结论'),
    reviewRightTold: z.boolean().describe('已在意见书中告知申请复查的权利'),
  }),
  change(subject, { reviewRightTold, ...input }, setting) {
    const leg = openLead(subject)
    const { articles, clocks } = lawOf(subject)
    if (!reviewRightTold) {
      throw fieldProblem(
        'matter/review-right-untold',
        '/body/reviewRightTold',
        `处理意见书须告知复查的权利和期限(${articles.opinion}、${clocks.requestReview.article})`,
      )
    }
    if (subject.extension !== null) throw new Problem('matter/extension-pending')
    return {
      matter: handledBy(subject, setting),
      legs: [{ id: leg.id, patch: { submittedAt: setting.now } }],
      insert: {
        opinions: {
          id: setting.newId(),
          matterId: subject.matter.id,
          legId: leg.id,
          ...input,
          submittedAt: setting.now,
          submittedBy: setting.actor.id,
        },
      },
      data: { unitId: leg.unitId, outcome: input.outcome, dueAt: leg.effectiveDueAt },
    }
  },
})

const number = textOf(2, 60).describe('意见书文号')

export const issue = actRule({
  needs: ['petition', 'opinion'],
  input: z.strictObject({ opinionNo: number, note: textOf(1, 500).optional() }),
  change(subject, { opinionNo, note }, setting) {
    const pending = underReview(subject, setting)
    const leg = openLead(subject)
    const legs = [{ id: leg.id, patch: { stoppedAt: pending.submittedAt, outcome: 'replied' as const } }]
    const at = { accepted: setting.now, replied: pending.submittedAt }
    return {
      matter: {
        ...answered(subject, at, punctualAfter(subject, legs)),
        publicReply: pending.opinion,
      },
      legs,
      update: {
        opinions: { id: pending.id, patch: { ...reviewed(setting, note), accepted: true } },
        petitions: {
          id: subject.matter.id,
          patch: { opinionNo, opinionOutcome: pending.outcome, issuedAt: setting.now },
        },
      },
      data: { unitId: leg.unitId, opinionNo, outcome: pending.outcome },
    }
  },
})

export const returnOpinion = actRule({
  needs: ['petition', 'opinion'],
  input: z.strictObject({ note: textOf(2, 500).describe('退回理由') }),
  change(subject, { note }, setting) {
    const pending = underReview(subject, setting)
    const leg = openLead(subject)
    return {
      matter: {},
      // An opinion that is sent back never stopped the clock.
      legs: [{ id: leg.id, patch: { submittedAt: null } }],
      update: { opinions: { id: pending.id, patch: { ...reviewed(setting, note), accepted: false } } },
      data: { unitId: leg.unitId },
    }
  },
})

export function underReview(subject: Case, setting: Setting): Opinion {
  if (subject.opinion === null) throw new Problem('matter/nothing-pending')
  if (subject.opinion.submittedBy === setting.actor.id) throw new Problem('matter/duties-apart')
  return subject.opinion
}

export function reviewed(setting: Setting, note: string | undefined) {
  return { reviewedAt: setting.now, reviewedBy: setting.actor.id, reviewNote: note ?? null }
}

export const deliveryShape = z.strictObject({
  deliveredAt: instant.describe('送达时间'),
  way: z.enum(Object.keys(deliveryWays) as [keyof typeof deliveryWays]).describe('送达方式'),
  receipt: z.enum(Object.keys(deliveryReceipts) as [keyof typeof deliveryReceipts]).describe('签收情况'),
})

/** What delivering writes on the procedure; a delivery is neither before the opinion was issued nor to come. */
export function delivered(subject: Case, input: z.output<typeof deliveryShape>, setting: Setting): Change {
  const { issuedAt } = petitionOf(subject)
  if (issuedAt === null || input.deliveredAt < issuedAt) {
    throw fieldProblem('matter/time-order', '/body/deliveredAt', '送达时间不能早于出具意见书的时间')
  }
  if (input.deliveredAt > setting.now) {
    throw fieldProblem('matter/future-time', '/body/deliveredAt', '送达时间不能晚于现在')
  }
  const { deliveredAt, way: deliveryWay, receipt: deliveryReceipt } = input
  return {
    matter: handledBy(subject, setting),
    update: { petitions: { id: subject.matter.id, patch: { deliveredAt, deliveryWay, deliveryReceipt } } },
    data: { deliveredAt, way: deliveryWay, receipt: deliveryReceipt },
  }
}

export const deliver = actRule({
  needs: ['petition'],
  input: deliveryShape,
  change: delivered,
})

export const feedBack = actRule({
  needs: ['petition'],
  input: z.strictObject({ text: textOf(4, 4000).describe('办理结果') }),
  change(subject, { text }, setting) {
    const leg = feedbackLeg(subject)
    if (leg === undefined) throw new Problem('matter/nothing-to-feed-back')
    return {
      matter: handledBy(subject, setting),
      legs: [
        {
          id: leg.id,
          patch: { submittedAt: setting.now, stoppedAt: setting.now, outcome: 'replied' },
        },
      ],
      insert: remark(subject, setting, 'feed-back', text),
      update: { petitions: { id: subject.matter.id, patch: { fedBackAt: setting.now } } },
      data: { unitId: leg.unitId, dueAt: leg.effectiveDueAt },
    }
  },
})

export const mediate = actRule({
  needs: ['petition', 'extension'],
  input: z.strictObject({ agreement: textOf(4, 8000).describe('调解协议主要内容') }),
  change(subject, { agreement }, setting) {
    if (subject.extension !== null) throw new Problem('matter/extension-pending')
    const legs = stopped(subject, setting, 'replied')
    return {
      matter: {
        ...handledBy(subject, setting),
        ...answered(subject, { accepted: setting.now }, punctualAfter(subject, legs)),
        endReason: 'mediated',
      },
      legs: [...legs, ...stopFeedback(subject, setting)],
      insert: remark(subject, setting, 'mediate', agreement),
      data: { unitId: subject.matter.leadUnitId },
    }
  },
})

export const withdraw = actRule({
  needs: ['petition', 'opinion', 'extension'],
  input: z.strictObject({ reason: textOf(2, 500).describe('撤回的说明') }),
  change: (subject, { reason }, setting) => ({
    matter: { withdrawnAt: setting.now, endReason: 'withdrawn' },
    legs: [...stopped(subject, setting, 'terminated'), ...stopFeedback(subject, setting)],
    insert: remark(subject, setting, 'withdraw', reason),
    update: {
      ...(subject.opinion === null
        ? {}
        : {
            opinions: {
              id: subject.opinion.id,
              patch: { reviewedAt: setting.now, accepted: false, reviewNote: '信访人撤回' },
            },
          }),
      ...(subject.extension === null
        ? {}
        : {
            extensions: {
              id: subject.extension.id,
              patch: { decidedAt: setting.now, granted: false, decisionNote: '信访人撤回' },
            },
          }),
    },
  }),
})

export const rehandle = actRule({
  needs: ['calendar', 'petition'],
  input: z.strictObject({
    reviewId: id.describe('撤销原处理意见的复查或复核'),
    note: textOf(1, 500).optional(),
  }),
  other: (input) => input.reviewId,
  otherField: 'reviewId',
  units: (subject) => [subject.matter.leadUnitId].filter((unit) => unit !== null),
  change(subject, input, setting) {
    const found = setting.others[0]?.petition
    const revoked =
      found?.reviewResult === 'revoked' &&
      found.rootId === subject.matter.id &&
      isAbout(subject, setting.others[0]?.matter.receivedAt)
    if (!revoked) throw fieldProblem('matter/not-revoked', '/body/reviewId', '该复查复核未撤销本件的处理意见')
    const { matter } = subject
    const law = lawOf(subject)
    const unit = admit(
      setting.receivers.get(matter.leadUnitId ?? ''),
      matter.accusedUnitIds,
      '/body/leadUnitId',
      matter.id,
    )
    const leg = clockLeg(subject, setting, {
      kind: 'handle',
      unitId: unit.id,
      limit: law.clocks.handle.limit,
      regime: law.id,
    })
    return {
      // The first opinion stays the measured one.
      matter: { redoneAt: matter.redoneAt ?? setting.now, endedAt: null },
      openLegs: [leg],
      insert: remark(subject, setting, 'rehandle', input.note),
      update: { petitions: { id: matter.id, patch: { opinionNo: null, issuedAt: null, deliveredAt: null } } },
      data: { reviewId: input.reviewId, unitId: unit.id, dueAt: leg.dueAt },
    }
  },
})

/** Whether what was asked for then is about the opinion that stands: the one delivered before, not one given anew since. */
function isAbout(subject: Case, askedAt: Instant | undefined): boolean {
  const { deliveredAt } = petitionOf(subject)
  return deliveredAt !== null && askedAt !== undefined && askedAt >= deliveredAt
}

export const conclude = actRule({
  needs: ['calendar', 'petition'],
  input: z.strictObject({
    agreed: z.boolean().describe('信访人已书面表示息诉'),
    note: textOf(1, 1000).optional(),
  }),
  change(subject, { agreed, note }, setting) {
    if (subject.underReview) throw new Problem('matter/under-review')
    const { deliveredAt } = petitionOf(subject)
    const { limit, article } = lawOf(subject).clocks.requestReview
    if (deliveredAt === null) throw new Problem('matter/nothing-pending')
    const until = due(calendarOf(setting), deliveredAt, limit).dueAt
    if (!agreed && setting.now <= until) {
      throw new Problem('matter/review-period-open', {
        detail: `a review may be asked for until ${until} (${article})`,
        extras: { until, article },
      })
    }
    return {
      matter: { endedAt: setting.now },
      legs: stopFeedback(subject, setting),
      insert: remark(subject, setting, 'conclude', note),
      data: { agreed },
    }
  },
})
