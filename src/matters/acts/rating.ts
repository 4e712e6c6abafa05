// Call-back 回访 with its rating, and screening 甄别 of a dissatisfied one by two deciders.
import { z } from 'zod'
import { addWorkdays } from '../../calendar/rules.ts'
import type { Instant } from '../../platform/clock.ts'
import { textOf } from '../../platform/fields.ts'
import { Problem } from '../../platform/problems.ts'
import { actRule, calendarOf, type Case, type Change, type Setting } from '../case.ts'
import { policyAt } from '../deadlines.ts'
import { ratings, ratingWays, screeningGrounds } from '../terms.ts'
import { handledBy } from './signing.ts'

const keysOf = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as [K, ...K[]]

const ratingShape = z
  .strictObject({
    result: z.enum(['reached', 'refused', 'missed']).describe('接通、拒绝评价、未接通'),
    rating: z.enum(keysOf(ratings)).optional().describe('满意度'),
    resolved: z.boolean().optional().describe('诉求是否解决'),
    way: z.enum(keysOf(ratingWays)).optional().describe('评价途径'),
    note: textOf(1, 1000).optional(),
  })
  .refine((i) => i.result === 'reached' || (i.rating === undefined && i.resolved === undefined), {
    path: ['rating'],
    error: '未接通或拒绝评价时不能填写满意度',
  })

export const callBack = actRule({
  input: ratingShape,
  change: (subject, input, setting) => ({
    to: input.result === 'missed' ? 'reviewed' : 'rated',
    ...rated(subject, input, setting),
  }),
})

/** The petitioner's evaluation 满意度评价 of a petition; it leaves the procedure as it is and is given once. */
export const rate = actRule({
  input: ratingShape,
  change(subject, input, setting) {
    if (subject.matter.ratedAt !== null) throw new Problem('matter/rated-already')
    return rated(subject, input, setting)
  },
})

function rated({ matter }: Case, input: z.output<typeof ratingShape>, setting: Setting): Change {
  const { result, rating = null, resolved = null, way = null, note = null } = input
  return {
    matter: {
      ...(result === 'missed' ? { missedCalls: matter.missedCalls + 1 } : {}),
      // Who refuses a further call takes back nothing that was said in an earlier one.
      ...(result === 'reached' || (result === 'refused' && matter.callResult !== 'reached')
        ? { calledBackAt: setting.now, callResult: result, resolved }
        : {}),
      // A rating after a redo is a new one: what was screened out before does not cover it.
      ...(rating === null ? {} : { rating, ratedAt: setting.now, screenedOutAt: null }),
    },
    insert: {
      callBacks: {
        id: setting.newId(),
        matterId: matter.id,
        at: setting.now,
        by: setting.actor.id,
        ...{ result, rating, resolved, way, note },
      },
    },
    data: { result, rating: rating ?? undefined, resolved: resolved ?? undefined, way: way ?? undefined },
  }
}

/** Until when screening of a rating may be asked for. */
export function screeningLimit(ratedAt: Instant, setting: Setting): Instant {
  return addWorkdays(calendarOf(setting), ratedAt, policyAt(ratedAt).screening.n)
}

export const askScreening = actRule({
  needs: ['calendar', 'screening'],
  input: z.strictObject({
    ground: z.enum(keysOf(screeningGrounds)).describe('甄别理由'),
    evidence: textOf(4, 4000).describe('佐证材料说明'),
  }),
  change(subject, input, setting) {
    const { matter } = subject
    if (matter.rating !== 'dissatisfied' || matter.ratedAt === null)
      throw new Problem('matter/screening-without-ground')
    if (subject.screenedBefore) throw new Problem('matter/screened-already')
    const limit = screeningLimit(matter.ratedAt, setting)
    if (setting.now > limit) throw new Problem('matter/screening-too-late', { extras: { limit } })
    return {
      matter: handledBy(subject, setting),
      insert: {
        screenings: {
          id: setting.newId(),
          matterId: matter.id,
          askedAt: setting.now,
          askedBy: setting.actor.id,
          ground: input.ground,
          evidence: input.evidence,
        },
      },
      data: { ground: input.ground },
    }
  },
})

export const screen = actRule({
  needs: ['screening'],
  input: z.strictObject({
    uphold: z.boolean().describe('是否成立'),
    note: textOf(2, 1000).describe('甄别意见'),
  }),
  change(subject, input, setting) {
    const { screening, matter } = subject
    if (screening === null) throw new Problem('matter/nothing-pending')
    const who = setting.actor.id
    if (screening.askedBy === who || screening.firstBy === who) throw new Problem('matter/second-decider')
    if (screening.firstBy === null) {
      return {
        to: 'screening',
        matter: {},
        update: {
          screenings: {
            id: screening.id,
            patch: { firstBy: who, firstAt: setting.now, firstUpheld: input.uphold, firstNote: input.note },
          },
        },
        data: { uphold: input.uphold, decider: 1 },
      }
    }
    const upheld = screening.firstUpheld === true && input.uphold
    return {
      to: 'rated',
      matter: upheld ? { screenedOutAt: matter.screenedOutAt ?? setting.now } : {},
      update: {
        screenings: {
          id: screening.id,
          patch: {
            secondBy: who,
            secondAt: setting.now,
            secondUpheld: input.uphold,
            secondNote: input.note,
            upheld,
          },
        },
      },
      data: { uphold: input.uphold, decider: 2, upheld },
    }
  },
})
