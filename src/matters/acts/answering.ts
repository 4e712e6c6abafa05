// Reply 回复 and its review 审核, co-handling replies, and answers given directly at the desk 直接答复.
import { z } from 'zod'
import type { Instant } from '../../platform/clock.ts'
import { instant, textOf } from '../../platform/fields.ts'
import { fieldProblem, Problem } from '../../platform/problems.ts'
import { actRule, type Case, type MatterPatch, type Setting } from '../case.ts'
import { lateness } from '../deadlines.ts'
import { leadLeg, openLead, ownCoLeg } from '../rules.ts'
import { answered, punctualAfter } from './answered.ts'
import { missedByOffice, refusePending } from './dispatching.ts'
import { drawnIn, holdsOn, openLegsOf } from './holding.ts'
import { handledBy } from './signing.ts'

const answerShape = z.strictObject({
  contactedAt: instant.describe('联系诉求人的时间'),
  contactWay: z.enum(['phone', 'visit', 'message', 'writing']).describe('联系方式'),
  facts: textOf(2, 4000).describe('调查核实情况'),
  measures: textOf(2, 4000).describe('处理措施'),
  result: textOf(2, 4000).describe('办理结果'),
  nextStep: textOf(1, 2000).optional().describe('下一步打算'),
})

export const reply = actRule({
  input: answerShape.safeExtend({ approvedBy: textOf(1, 60).describe('单位审签人') }),
  change(subject, input, setting) {
    const leg = openLead(subject)
    if (input.approvedBy === setting.actor.name) {
      throw fieldProblem('matter/duties-apart', '/body/approvedBy', '单位审签人不得是经办人本人')
    }
    checkContact(input.contactedAt, subject, setting)
    return {
      matter: {
        ...handledBy(subject, setting),
        ...firstContact(subject, input.contactedAt),
      },
      legs: [{ id: leg.id, patch: { submittedAt: setting.now } }],
      insert: { replies: answer(subject, leg.id, input, setting) },
      data: { unitId: leg.unitId, dueAt: leg.effectiveDueAt },
    }
  },
})

export const coReply = actRule({
  input: answerShape.partial({ contactedAt: true, contactWay: true }),
  change(subject, input, setting) {
    const leg = ownCoLeg(subject, setting.actor)
    if (leg === undefined) throw new Problem('matter/no-open-leg')
    if (leg.signedAt === null) throw new Problem('matter/not-signed')
    if (input.contactedAt !== undefined) checkContact(input.contactedAt, subject, setting)
    return {
      matter: handledBy(subject, setting),
      legs: [{ id: leg.id, patch: { submittedAt: setting.now, stoppedAt: setting.now, outcome: 'replied' } }],
      insert: {
        replies: { ...answer(subject, leg.id, input, setting), accepted: true, reviewedAt: setting.now },
      },
      data: { unitId: leg.unitId, dueAt: leg.effectiveDueAt },
    }
  },
})

export const directReply = actRule({
  input: answerShape,
  change(subject, input, setting) {
    checkContact(input.contactedAt, subject, setting)
    const punctual = subject.matter.lateFrom === null && !missedByOffice(subject, setting.now)
    return {
      matter: {
        ...handledBy(subject, setting),
        ...firstContact(subject, input.contactedAt),
        ...answered(subject, { accepted: setting.now }, punctual),
        publicReply: input.result,
      },
      insert: {
        replies: { ...answer(subject, null, input, setting), accepted: true, reviewedAt: setting.now },
      },
    }
  },
})

export const approve = actRule({
  needs: ['reply', 'extension'],
  input: z.strictObject({ note: textOf(1, 500).optional() }).default({}),
  change(subject, { note }, setting) {
    const pending = underReview(subject)
    const leg = openLead(subject)
    refusePending(subject)
    const legs = [
      { id: leg.id, patch: { stoppedAt: pending.submittedAt, outcome: 'replied' as const } },
      ...subject.legs
        .filter((co) => co.role === 'co' && co.outcome === null)
        // Since the lead unit's reply there was nothing left for them to do: the review is not on their time.
        .map((co) => ({
          id: co.id,
          patch: { stoppedAt: pending.submittedAt, outcome: 'terminated' as const },
        })),
    ]
    const at = { accepted: setting.now, replied: pending.submittedAt }
    return {
      matter: {
        ...answered(subject, at, punctualAfter(subject, legs)),
        publicReply: pending.result,
      },
      legs,
      update: {
        replies: { id: pending.id, patch: { ...reviewed(setting, note), accepted: true } },
      },
      data: { unitId: leg.unitId, replyId: pending.id },
    }
  },
})

export const reject = actRule({
  needs: ['reply', 'holds'],
  input: z.strictObject({ note: textOf(2, 500).describe('退回理由') }),
  change(subject, { note }, setting) {
    const pending = underReview(subject)
    const leg = openLead(subject)
    const since = holdsOn(subject, leg).filter(({ at }) => at >= pending.submittedAt)
    const [promised = null] = since.flatMap(({ dueAt }) => dueAt ?? []).toSorted()
    const drawn = new Map(drawnIn(openLegsOf(subject), promised).map((each) => [each.id, each]))
    const own = { ...drawn.get(leg.id)?.patch, submittedAt: null }
    return {
      matter: {},
      // A reply that is sent back never stopped the clock, nor that of what was merged into the matter meanwhile.
      legs: [...drawn.set(leg.id, { id: leg.id, patch: own }).values()],
      update: { replies: { id: pending.id, patch: { ...reviewed(setting, note), accepted: false } } },
      data: { unitId: leg.unitId, replyId: pending.id },
    }
  },
})

/** In time before any lead leg was late: another unit's later limit does not make up for that of the first. */
function firstContact({ matter, legs }: Case, at: Instant): MatterPatch {
  if (matter.contactedAt !== null) return {}
  const { lateFrom } = lateness(legs)
  return { contactedAt: at, contactedOnTime: lateFrom === null || at <= lateFrom }
}

function checkContact(at: Instant, subject: Case, setting: Setting): void {
  if (at > setting.now) throw fieldProblem('matter/future-time', '/body/contactedAt', '联系时间不能晚于现在')
  if (at < subject.matter.receivedAt) {
    throw fieldProblem('matter/time-order', '/body/contactedAt', '联系时间不能早于受理时间')
  }
}

function answer(
  subject: Case,
  legId: string | null,
  input:
    | z.output<typeof answerShape>
    | (Partial<z.output<typeof answerShape>> & {
        facts: string
        measures: string
        result: string
        approvedBy?: string
      }),
  setting: Setting,
) {
  return {
    id: setting.newId(),
    matterId: subject.matter.id,
    legId,
    submittedAt: setting.now,
    submittedBy: setting.actor.id,
    contactedAt: input.contactedAt ?? null,
    contactWay: input.contactWay ?? null,
    facts: input.facts,
    measures: input.measures,
    result: input.result,
    nextStep: input.nextStep ?? null,
    approvedBy: 'approvedBy' in input ? (input.approvedBy ?? null) : null,
  }
}

function underReview(subject: Case) {
  const { reply: pending } = subject
  if (pending === null || leadLeg(subject)?.submittedAt === null) throw new Problem('matter/nothing-pending')
  return pending
}

function reviewed(setting: Setting, note: string | undefined) {
  return { reviewedAt: setting.now, reviewedBy: setting.actor.id, reviewNote: note ?? null }
}
