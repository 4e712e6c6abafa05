// Answering 回复、反馈 a suggestion or an accusation, which end without a handling opinion.
import { z } from 'zod'
import { textOf } from '../../platform/fields.ts'
import { actRule } from '../case.ts'
import { classArticle } from '../rules.ts'
import { answered, punctualAfter } from './answered.ts'
import { feedbackLeg, stopped } from './routing.ts'
import { handledBy } from './signing.ts'

/** The answer to a suggestion or accusation: the matter ends with it, and so does the duty to feed back to whoever assigned it. */
export const respond = actRule({
  needs: ['petition'],
  input: z.strictObject({
    answer: textOf(4, 8000).describe('研究论证、办理的结果'),
    approvedBy: textOf(2, 60).describe('审签人'),
  }),
  change(subject, { answer, approvedBy }, setting) {
    const { now } = setting
    const owed = feedbackLeg(subject)
    const legs = [
      ...stopped(subject, setting, 'replied'),
      ...(owed === undefined
        ? []
        : [{ id: owed.id, patch: { submittedAt: now, stoppedAt: now, outcome: 'replied' as const } }]),
    ]
    return {
      matter: {
        ...handledBy(subject, setting),
        ...answered(subject, { accepted: now }, punctualAfter(subject, legs)),
        publicReply: answer,
        endedAt: now,
      },
      legs,
      ...(owed === undefined
        ? {}
        : { update: { petitions: { id: subject.matter.id, patch: { fedBackAt: now } } } }),
      data: { unitId: subject.matter.leadUnitId, approvedBy, article: classArticle(subject) },
    }
  },
})
