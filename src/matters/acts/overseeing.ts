// Urge 催办, supervise 督办 and notes: acts that leave the state and the clocks alone.
import { z } from 'zod'
import { instant, textOf } from '../../platform/fields.ts'
import { fieldProblem } from '../../platform/problems.ts'
import { actRule, type Case, type Change, type Setting } from '../case.ts'
import { supervisionGrounds } from '../terms.ts'
import type { Act } from '../workflow.ts'

export const urge = actRule({
  input: z.strictObject({ text: textOf(2, 500).describe('催办内容') }),
  change: (subject, { text }, setting) => ({
    matter: {},
    insert: {
      supervisions: {
        id: setting.newId(),
        matterId: subject.matter.id,
        kind: 'urge',
        at: setting.now,
        by: setting.actor.id,
        text,
      },
    },
    data: { unitId: subject.matter.leadUnitId },
  }),
})

export const supervise = actRule({
  input: z.strictObject({
    ground: z.enum(Object.keys(supervisionGrounds) as [keyof typeof supervisionGrounds]).describe('督办事由'),
    text: textOf(2, 2000).describe('督办要求'),
    answerBy: instant.optional().describe('反馈时限'),
  }),
  change(subject, input, setting) {
    if (input.answerBy !== undefined && input.answerBy <= setting.now) {
      throw fieldProblem('matter/past-time', '/body/answerBy', '反馈时限应晚于现在')
    }
    return {
      matter: {},
      insert: {
        supervisions: {
          id: setting.newId(),
          matterId: subject.matter.id,
          kind: 'supervise',
          at: setting.now,
          by: setting.actor.id,
          ground: input.ground,
          text: input.text,
          answerBy: input.answerBy ?? null,
        },
      },
      data: { ground: input.ground, unitId: subject.matter.leadUnitId },
    }
  },
})

export const note = actRule({
  input: z.strictObject({ text: textOf(1, 2000).describe('批注') }),
  change: (subject, { text }, setting) => ({
    matter: {},
    insert: {
      notes: {
        id: setting.newId(),
        matterId: subject.matter.id,
        at: setting.now,
        by: setting.actor.id,
        text,
      },
    },
  }),
})

/** What somebody wrote about an act: it stands with the notes, so that the timeline, which lasts for ever, holds only facts. */
export function remark(
  subject: Case,
  setting: Setting,
  act: Act,
  ...texts: (string | undefined)[]
): NonNullable<Change['insert']> {
  const text = texts.filter((each) => each !== undefined).join('\n')
  if (text === '') return {}
  const { now: at, actor } = setting
  return { notes: { id: setting.newId(), matterId: subject.matter.id, at, by: actor.id, act, text } }
}
