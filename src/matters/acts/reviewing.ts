// Reviews 复查 and rechecks 复核: how a request is taken in, heard and answered, and what is final then.
import { z } from 'zod'
import { due, type Limit } from '../../calendar/rules.ts'
import { day, textOf } from '../../platform/fields.ts'
import { dayOf, type Day, type Instant } from '../../platform/clock.ts'
import { fieldProblem, Problem } from '../../platform/problems.ts'
import { actRule, calendarOf, type Case, type Change, type Setting } from '../case.ts'
import { unmarked } from '../deadlines.ts'
import { reviewGroundArticles, reviewGrounds, reviewResults } from '../petition-terms.ts'
import { openLead } from '../rules.ts'
import { answered, punctualAfter } from './answered.ts'
import { lawOf, petitionOf } from './entering.ts'
import { demandRunning } from './extending.ts'
import { delivered, deliveryShape, reviewed, underReview } from './opining.ts'
import { remark } from './overseeing.ts'
import { stopped } from './routing.ts'
import { handledBy } from './signing.ts'

const patchOf = (subject: Case, patch: Partial<Case['petition']>) => ({
  petitions: { id: subject.matter.id, patch: { ...patch } },
})

export const acceptReview = actRule({
  needs: ['petition'],
  input: z.strictObject({ note: textOf(1, 500).optional() }).default({}),
  change: (subject, { note }, setting) => ({
    matter: handledBy(subject, setting),
    insert: remark(subject, setting, 'accept-review', note),
    update: patchOf(subject, { intake: 'accepted', decidedAt: setting.now, acceptedAt: setting.now }),
    data: { intake: 'accepted', article: clockOf(subject).article },
  }),
})

/** The clock that a review or recheck runs by, with its article. */
function clockOf(subject: Case) {
  const { clocks } = lawOf(subject)
  return subject.matter.channel === 'recheck' ? clocks.recheck : clocks.review
}

export const declineReview = actRule({
  needs: ['petition'],
  input: z.strictObject({
    ground: z.enum(Object.keys(reviewGrounds) as [keyof typeof reviewGrounds]).describe('不予受理的情形'),
    reason: textOf(4, 2000).describe('理由'),
  }),
  change(subject, { ground, reason }, setting) {
    const legs = stopped(subject, setting, 'declined')
    return {
      matter: {
        ...handledBy(subject, setting),
        ...answered(subject, { accepted: setting.now }, punctualAfter(subject, legs)),
        endReason: ground,
        publicReply: reason,
      },
      legs,
      update: patchOf(subject, { intake: 'not-accepted', declineGround: ground, decidedAt: setting.now }),
      data: {
        intake: 'not-accepted',
        ground,
        article: reviewGroundArticles[ground]?.[lawOf(subject).id] ?? clockOf(subject).article,
      },
    }
  },
})

export const coordinate = actRule({
  needs: ['petition'],
  input: z.strictObject({ text: textOf(4, 2000).describe('协调处理情况') }),
  change(subject, { text }, setting) {
    const legs = stopped(subject, setting, 'replied')
    return {
      matter: {
        ...handledBy(subject, setting),
        ...answered(subject, { accepted: setting.now }, punctualAfter(subject, legs)),
      },
      legs,
      insert: remark(subject, setting, 'coordinate', text),
      update: patchOf(subject, { intake: 'coordinated', decidedAt: setting.now }),
      data: { intake: 'coordinated' },
    }
  },
})

export const openHearing = actRule({
  needs: ['calendar', 'petition'],
  input: z.strictObject({
    from: day.describe('听证开始日期'),
    to: day
      .optional()
      .describe('预计结束日期，默认为开始当日；复核的期限即按此顺延，听证结束时以实际日期为准'),
  }),
  change(subject, { from, to = from }, setting) {
    if (petitionOf(subject).hearingFrom !== null) throw new Problem('matter/hearing-open')
    if (from > dayOf(setting.now)) {
      throw fieldProblem('matter/future-time', '/body/from', '听证开始日期不能晚于今天')
    }
    const leg = openLead(subject)
    if (from < dayOf(leg.dispatchedAt)) {
      throw fieldProblem('matter/time-order', '/body/from', '听证不能早于收到申请之日')
    }
    const { hearingTo } = petitionOf(subject)
    if (hearingTo !== null && from <= hearingTo) {
      throw fieldProblem('matter/time-order', '/body/from', `听证应在上次听证结束（${hearingTo}）之后开始`)
    }
    // What is late stays late: a hearing that nobody told of in time moves no limit.
    demandRunning(leg, setting, '/body/from')
    if (to < from) throw fieldProblem('matter/time-order', '/body/to', '听证结束日期不能早于开始日期')
    // A plan without end would hide that the limit has passed; what takes longer is adjourned and opened anew.
    const most = clockOf(subject).limit.n
    const days = daysBetween(from, to)
    if (days > most) {
      throw fieldProblem('matter/extension-too-long', '/body/to', `一次听证预计不得超过${most}日`)
    }
    const legs = heard(subject, days, setting)
    return {
      matter: handledBy(subject, setting),
      legs,
      update: patchOf(subject, { hearingFrom: from, hearingTo: to }),
      data: { hearingFrom: from, hearingTo: to, oldDueAt: leg.effectiveDueAt, newDueAt: dueOf(legs, leg) },
    }
  },
})

export const endHearing = actRule({
  needs: ['calendar', 'petition'],
  input: z.strictObject({ to: day.describe('听证结束日期'), record: textOf(4, 8000).describe('听证意见') }),
  change(subject, { to, record }, setting) {
    const from = petitionOf(subject).hearingFrom
    if (from === null) throw new Problem('matter/no-hearing')
    if (to > dayOf(setting.now))
      throw fieldProblem('matter/future-time', '/body/to', '听证结束日期不能晚于今天')
    if (to < from) throw fieldProblem('matter/time-order', '/body/to', '听证结束日期不能早于开始日期')
    const leg = openLead(subject)
    const { legs, days, patch } = ended(subject, from, to, setting)
    return {
      matter: handledBy(subject, setting),
      legs,
      insert: remark(subject, setting, 'end-hearing', record),
      update: patchOf(subject, patch),
      data: {
        hearingFrom: from,
        hearingTo: to,
        days,
        oldDueAt: leg.effectiveDueAt,
        newDueAt: dueOf(legs, leg),
      },
    }
  },
})

const dueOf = (legs: NonNullable<Change['legs']>, leg: { effectiveDueAt: Instant }) =>
  legs[0]?.patch.effectiveDueAt ?? leg.effectiveDueAt

/**
 * A hearing over: its days count instead of those that were planned. What is late stays late: where the limit has passed
 * before it was told, no more of them than were planned.
 */
function ended(subject: Case, from: Day, to: Day, setting: Setting) {
  const { hearingTo, hearingDays } = petitionOf(subject)
  const planned = hearingTo === null || hearingTo < from ? 0 : daysBetween(from, hearingTo)
  const days = daysBetween(from, to)
  const counted = setting.now > openLead(subject).effectiveDueAt ? Math.min(days, planned) : days
  const patch = { hearingFrom: null, hearingTo: to, hearingDays: hearingDays + days }
  return { legs: heard(subject, counted - planned, setting), days, patch }
}

/**
 * The time of a hearing is not counted for a recheck (信访条例 art. 35(2); 信访工作条例 art. 36(2)): the limit grows by its
 * days, or shrinks where it was held on fewer than were planned. Of a review the laws say nothing of the kind, so its limit
 * stays.
 */
function heard(subject: Case, days: number, setting: Setting): NonNullable<Change['legs']> {
  if (subject.matter.channel !== 'recheck' || days === 0) return []
  const leg = openLead(subject)
  const limit = leg.limit as Limit | null
  if (limit === null) throw new Problem('matter/upstream-deadline')
  const longer = { n: limit.n + days, unit: limit.unit }
  const { dueAt, provisional } = due(calendarOf(setting), leg.dispatchedAt, longer)
  const marks = days < 0 ? {} : unmarked
  return [{ id: leg.id, patch: { ...marks, limit: longer, effectiveDueAt: dueAt, provisional } }]
}

/** Both days counted. */
function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1
}

export const opineReview = actRule({
  needs: ['petition'],
  input: z.strictObject({
    claim: textOf(2, 4000).describe('复查复核请求'),
    facts: textOf(2, 8000).describe('查明的事实'),
    basis: textOf(2, 4000).describe('依据'),
    opinion: textOf(2, 8000).describe('复查复核意见'),
    result: z.enum(Object.keys(reviewResults) as [keyof typeof reviewResults]).describe('结论'),
  }),
  change(subject, { result, ...input }, setting) {
    const leg = openLead(subject)
    if (petitionOf(subject).hearingFrom !== null) throw new Problem('matter/hearing-open')
    return {
      matter: handledBy(subject, setting),
      legs: [{ id: leg.id, patch: { submittedAt: setting.now } }],
      insert: {
        opinions: {
          id: setting.newId(),
          matterId: subject.matter.id,
          legId: leg.id,
          ...input,
          outcome: result,
          submittedAt: setting.now,
          submittedBy: setting.actor.id,
        },
      },
      data: { result, dueAt: leg.effectiveDueAt },
    }
  },
})

export const issueReview = actRule({
  needs: ['petition', 'opinion'],
  input: z.strictObject({ opinionNo: textOf(2, 60).describe('意见书文号'), note: textOf(1, 500).optional() }),
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
        ...patchOf(subject, {
          opinionNo,
          reviewResult: pending.outcome,
          issuedAt: setting.now,
          // 三级终结: with the recheck opinion the matter is at its end (信访条例 art. 35(3); 信访工作条例 art. 36(3)).
          final: subject.matter.channel === 'recheck' && pending.outcome !== 'revoked',
        }),
      },
      data: { opinionNo, result: pending.outcome },
    }
  },
})

export const returnReview = actRule({
  needs: ['petition', 'opinion'],
  input: z.strictObject({ note: textOf(2, 500).describe('退回理由') }),
  change(subject, { note }, setting) {
    const pending = underReview(subject, setting)
    return {
      matter: {},
      legs: [{ id: openLead(subject).id, patch: { submittedAt: null } }],
      update: { opinions: { id: pending.id, patch: { ...reviewed(setting, note), accepted: false } } },
    }
  },
})

export const deliverReview = actRule({
  needs: ['petition'],
  input: deliveryShape,
  change: (subject, input, setting) => {
    const done = delivered(subject, input, setting)
    return { ...done, matter: { ...done.matter, endedAt: setting.now } }
  },
})

export const withdrawReview = actRule({
  needs: ['calendar', 'petition'],
  input: z.strictObject({ reason: textOf(2, 500).describe('撤回的说明') }),
  change(subject, { reason }, setting) {
    const { hearingFrom } = petitionOf(subject)
    const hearing =
      hearingFrom === null ? undefined : ended(subject, hearingFrom, dayOf(setting.now), setting)
    return {
      matter: { withdrawnAt: setting.now, endReason: 'withdrawn' },
      legs: stopped(subject, setting, 'terminated').map((stop) => ({
        ...stop,
        patch: { ...hearing?.legs[0]?.patch, ...stop.patch },
      })),
      insert: remark(subject, setting, 'withdraw-review', reason),
      update: patchOf(subject, hearing?.patch ?? { hearingFrom: null }),
    }
  },
})
