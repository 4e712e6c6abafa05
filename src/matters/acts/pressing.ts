// The steps beyond supervision (约谈、通报、挂牌督办、限期整改: 信访工作条例 art. 39(3)), and what units answer to any of them.
import { z } from 'zod'
import { dayOf, instantOf, type Day } from '../../platform/clock.ts'
import { day, id, textOf } from '../../platform/fields.ts'
import { fieldProblem } from '../../platform/problems.ts'
import { actRule, type Change } from '../case.ts'
import { supervisionGrounds } from '../terms.ts'
import { handledBy } from './signing.ts'

const ground = z
  .enum(Object.keys(supervisionGrounds) as [keyof typeof supervisionGrounds])
  .describe('督办事由')

export const interview = stepRule('interview', { persons: textOf(2, 200).describe('被约谈单位负责人及职务') })
export const circulate = stepRule('circulate', { scope: textOf(2, 200).describe('通报范围') })
export const listPublicly = stepRule('list-publicly', {})
export const rectify = stepRule('rectify', { answerBy: day.describe('整改期限') })

/** One step of 信访工作条例 art. 39(3), recorded with its ground; what must be answered by a day carries that day. */
function stepRule<S extends z.ZodRawShape>(
  kind: 'interview' | 'circulate' | 'list-publicly' | 'rectify',
  more: S,
) {
  return actRule({
    input: z.strictObject({ ground, text: textOf(2, 2000).describe('内容和要求'), ...more }),
    change(subject, input, setting): Change {
      const { persons, scope, answerBy, ...told } = input as {
        ground: keyof typeof supervisionGrounds
        text: string
        persons?: string
        scope?: string
        answerBy?: Day
      }
      if (answerBy !== undefined && answerBy <= dayOf(setting.now))
        throw fieldProblem('matter/past-time', '/body/answerBy', '整改期限应晚于今天')
      return {
        matter: {},
        insert: {
          supervisions: {
            id: setting.newId(),
            matterId: subject.matter.id,
            kind,
            at: setting.now,
            by: setting.actor.id,
            ...told,
            about: persons ?? scope ?? null,
            answerBy: answerBy === undefined ? null : instantOf(answerBy, '23:59:59.999'),
          },
        },
        data: { ground: told.ground, unitId: subject.matter.leadUnitId, answerBy },
      }
    },
  })
}

/** What the unit answers to a supervision or a step beyond it; late when that is after the day that was set. */
export const answerSupervision = actRule({
  needs: ['supervisions'],
  input: z.strictObject({ supervisionId: id, text: textOf(2, 4000).describe('反馈内容') }),
  change(subject, { supervisionId, text }, setting) {
    const open = subject.supervisions.find((each) => each.id === supervisionId)
    if (open === undefined)
      throw fieldProblem('matter/no-such-supervision', '/body/supervisionId', '没有待反馈的此项督办')
    return {
      matter: handledBy(subject, setting),
      update: {
        supervisions: {
          id: supervisionId,
          patch: { answeredAt: setting.now, answeredBy: setting.actor.id, answer: text },
        },
      },
      data: { supervisionId, kind: open.kind, answerBy: open.answerBy },
    }
  },
})
