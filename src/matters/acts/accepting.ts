// The acceptance decision 受理 / 不予受理 / 不再受理, and how long handling may then take.
import { z } from 'zod'
import { due, type Limit } from '../../calendar/rules.ts'
import { NIL } from '../../platform/actor.ts'
import { id, textOf } from '../../platform/fields.ts'
import { fieldProblem, Problem } from '../../platform/problems.ts'
import { actRule, calendarOf, type Case, type Petition, type Setting } from '../case.ts'
import { unmarked } from '../deadlines.ts'
import {
  declineArticles,
  declineGrounds,
  groundsOfVisits,
  matterClasses,
  type DeclineGround,
} from '../petition-terms.ts'
import { regimeOf } from '../regimes.ts'
import { openLead } from '../rules.ts'
import { boundFrom, clockLeg, lawOf, petitionOf } from './entering.ts'
import { demandRunning } from './extending.ts'
import { remark } from './overseeing.ts'
import { stopped } from './routing.ts'
import { handledBy } from './signing.ts'

export const accept = actRule({
  needs: ['calendar', 'petition'],
  input: z.strictObject({
    matterClass: z.enum(Object.keys(matterClasses) as [keyof typeof matterClasses]).describe('事项分类'),
    noticeNo: textOf(1, 60).optional().describe('受理告知书编号'),
  }),
  change(subject, input, setting) {
    const leg = openLead(subject)
    const law = lawOf(subject)
    const petition = petitionOf(subject)
    const way = law.otherWays[input.matterClass]
    const { limit, article } =
      way === undefined ? lawfulClock(petition) : { limit: fromAbove, article: way.article }
    // No limit of the law: only what a superior or leader wants by a day has a clock.
    const openLegs =
      way !== undefined && petition.upstreamDueAt === null
        ? []
        : [
            clockLeg(subject, setting, {
              kind: 'handle',
              unitId: leg.unitId,
              limit,
              regime: law.id,
              atMost: petition.upstreamDueAt,
            }),
          ]
    return {
      matter: handledBy(subject, setting),
      legs: stopped(subject, setting, 'accepted'),
      openLegs,
      update: {
        petitions: {
          id: subject.matter.id,
          patch: { matterClass: input.matterClass, decidedAt: setting.now, acceptedAt: setting.now },
        },
      },
      data: {
        unitId: leg.unitId,
        matterClass: input.matterClass,
        noticeNo: input.noticeNo,
        dueAt: openLegs[0]?.dueAt,
        article,
      },
    }
  },
})

/** Beyond any deadline that is told from outside. */
const fromAbove: Limit = { n: 365, unit: 'day' }

function lawfulClock({ regime, simple }: Petition) {
  const { clocks } = regimeOf(regime)
  return simple ? clocks.simpleHandle : clocks.handle
}

/** What was taken for a suggestion or accusation is a claim after all: its time runs from acceptance, as if it had been told. */
export const makeClaim = actRule({
  needs: ['calendar', 'petition'],
  input: z.strictObject({ reason: textOf(4, 500).describe('认定为申诉求决类的理由') }),
  change(subject, { reason }, setting) {
    const petition = petitionOf(subject)
    const { limit, article } = lawfulClock(petition)
    const leg = clockLeg(subject, setting, {
      kind: 'handle',
      unitId: subject.matter.leadUnitId ?? NIL,
      limit,
      regime: petition.regime,
      from: petition.acceptedAt ?? setting.now,
      atMost: petition.upstreamDueAt,
    })
    return {
      matter: handledBy(subject, setting),
      legs: stopped(subject, setting, 'accepted'),
      openLegs: [leg],
      update: { petitions: { id: subject.matter.id, patch: { matterClass: 'claim' } } },
      insert: remark(subject, setting, 'make-claim', reason),
      data: { unitId: leg.unitId, matterClass: 'claim', dueAt: leg.dueAt, article },
    }
  },
})

export const decline = actRule({
  needs: ['petition'],
  input: z.strictObject({
    ground: z.enum(Object.keys(declineGrounds) as [keyof typeof declineGrounds]).describe('不予受理的情形'),
    reason: textOf(4, 2000).describe('理由及应当告知的途径'),
  }),
  change(subject, input, setting) {
    const article = declineArticles[input.ground][lawOf(subject).id]
    demandGround(subject, input.ground, article)
    return {
      matter: {
        ...handledBy(subject, setting),
        doneAt: setting.now,
        endReason: input.ground,
        publicReply: input.reason,
      },
      legs: [...stopped(subject, setting, 'declined'), ...stopFeedback(subject, setting)],
      update: {
        petitions: {
          id: subject.matter.id,
          patch: { declineGround: input.ground, decidedAt: setting.now },
        },
      },
      data: {
        unitId: subject.matter.leadUnitId,
        ground: input.ground,
        article,
      },
    }
  },
})

function demandGround({ skipLevel }: Case, ground: DeclineGround, article: string): void {
  const needed = groundsOfVisits[ground]
  const refuse = (message: string) =>
    fieldProblem('matter/ground-not-of-matter', '/body/ground', `${message}（${article}）`)
  if (needed !== undefined && skipLevel === null) throw refuse('此情形仅适用于走访')
  if (needed === 'skip' && skipLevel === false) throw refuse('该走访没有越级')
}

export const noLongerAccept = actRule({
  needs: ['petition'],
  input: z.strictObject({
    finalId: id.describe('已经复核终结的事项：原件、复查或复核均可'),
    reason: textOf(4, 1000).describe('认定为同一事实和理由的说明'),
  }),
  other: (input) => input.finalId,
  otherField: 'finalId',
  change(subject, input, setting) {
    const article = lawOf(subject).articles.finality
    if (setting.others[0]?.concluded !== true || input.finalId === subject.matter.id) {
      throw new Problem('matter/not-final', {
        detail: `no longer accepting needs a matter concluded by recheck (${article})`,
        errors: [
          {
            pointer: '/body/finalId',
            code: 'matter/not-final',
            message: `该事项尚未复核终结，不能不再受理（${article}）`,
          },
        ],
      })
    }
    return {
      matter: { doneAt: setting.now, endReason: 'concluded', publicReply: input.reason },
      legs: [...stopped(subject, setting, 'declined'), ...stopFeedback(subject, setting)],
      update: {
        petitions: {
          id: subject.matter.id,
          patch: { declineGround: 'concluded', decidedAt: setting.now, repeatOfId: input.finalId },
        },
      },
      data: { finalId: input.finalId, article },
    }
  },
})

/** The duty to feed back ends with the matter; what was late by then stays late. */
export function stopFeedback(subject: Case, setting: Setting) {
  return subject.legs
    .filter(({ kind, outcome }) => kind === 'feedback' && outcome === null)
    .map((leg) => ({ id: leg.id, patch: { stoppedAt: setting.now, outcome: 'terminated' } }))
}

export const makeOrdinary = actRule({
  needs: ['calendar', 'petition'],
  input: z.strictObject({ reason: textOf(4, 500).describe('转为普通程序的理由') }),
  change(subject, { reason }, setting) {
    const leg = openLead(subject)
    const law = lawOf(subject)
    if (!petitionOf(subject).simple) throw new Problem('matter/not-simple')
    // Counted from acceptance all the same: the way wins no time beyond what an ordinary petition has, or a superior gives.
    const { limit, effectiveDueAt: dueAt, provisional } = within(subject, law.clocks.handle.limit, setting)
    demandRunning(leg, setting, '/body/reason')
    return {
      matter: handledBy(subject, setting),
      legs: [{ id: leg.id, patch: { ...unmarked, limit, effectiveDueAt: dueAt, provisional } }],
      update: { petitions: { id: subject.matter.id, patch: { simple: false } } },
      insert: remark(subject, setting, 'make-ordinary', reason),
      data: { unitId: leg.unitId, oldDueAt: leg.effectiveDueAt, newDueAt: dueAt },
    }
  },
})

/** The open leg under another limit from its own beginning; a superior's deadline holds where it is earlier. */
function within(subject: Case, limit: Limit, setting: Setting) {
  const { dispatchedAt } = openLead(subject)
  const { dueAt, provisional } = due(calendarOf(setting), dispatchedAt, limit)
  const bound = boundFrom(dispatchedAt, petitionOf(subject).upstreamDueAt)
  if (bound === null || dueAt <= bound) return { limit, effectiveDueAt: dueAt, provisional }
  return { limit: null, effectiveDueAt: bound, provisional: false }
}
