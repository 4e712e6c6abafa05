// Routing a petition: forward 转送, assign 交办, report 上报, answer at once, tell the legal route; objection on competence.
import { z } from 'zod'
import { due } from '../../calendar/rules.ts'
import { dayOf, instantOf } from '../../platform/clock.ts'
import { day, id, textOf } from '../../platform/fields.ts'
import { fieldProblem, Problem } from '../../platform/problems.ts'
import { actRule, calendarOf, type Case, type Change, type LegPatch, type Setting } from '../case.ts'
import { legalRoutes, routeArticles } from '../petition-terms.ts'
import { admit, openLead } from '../rules.ts'
import { clockLeg, lawOf, petitionOf } from './entering.ts'
import { remark } from './overseeing.ts'
import { handledBy } from './signing.ts'

const target = {
  leadUnitId: id.describe('有权处理机关'),
  simple: z.boolean().default(false).describe('适用简易办理'),
  note: textOf(1, 500).optional(),
}

export const forward = actRule({
  needs: ['calendar', 'petition'],
  input: z.strictObject(target),
  receivers: (input) => [input.leadUnitId],
  change: (subject, input, setting) => route(subject, input, setting, 'forward'),
})

export const assign = actRule({
  needs: ['calendar', 'petition'],
  input: z.strictObject({ ...target, feedbackDue: day.describe('要求反馈结果的日期') }),
  receivers: (input) => [input.leadUnitId],
  change(subject, { feedbackDue, ...input }, setting) {
    if (feedbackDue <= dayOf(setting.now)) {
      throw fieldProblem('matter/past-time', '/body/feedbackDue', '反馈日期应晚于今天')
    }
    const sent = route(subject, input, setting, 'assign')
    const [leg] = sent.openLegs ?? []
    if (leg === undefined) throw new Error('assigning opens a leg')
    const feedbackDueAt = instantOf(feedbackDue, '23:59:59.999')
    // The duty to report the result runs beside the procedure, with a lateness of its own.
    const feedback = {
      ...clockLeg(subject, setting, {
        kind: 'feedback',
        unitId: leg.unitId,
        limit: { n: 365, unit: 'day' },
        regime: lawOf(subject).id,
        atMost: feedbackDueAt,
        role: 'co',
        ahead: 1,
      }),
    }
    return {
      ...sent,
      openLegs: [leg, feedback],
      update: {
        petitions: { id: subject.matter.id, patch: { assignedAt: setting.now, feedbackDueAt } },
      },
      data: { ...sent.data, feedbackDueAt },
    }
  },
})

function route(
  subject: Case,
  input: { leadUnitId: string; simple: boolean; note?: string | undefined },
  setting: Setting,
  act: 'forward' | 'assign',
): Change {
  const { matter } = subject
  const law = lawOf(subject)
  const unit = admit(
    setting.receivers.get(input.leadUnitId),
    matter.accusedUnitIds,
    '/body/leadUnitId',
    matter.id,
  )
  const { limit } = input.simple ? law.clocks.simpleAccept : law.clocks.accept
  const leg = clockLeg(subject, setting, {
    ...{ kind: 'accept', unitId: unit.id, limit, regime: law.id, atMost: petitionOf(subject).upstreamDueAt },
  })
  return {
    matter: {},
    legs: stopped(subject, setting, 'routed'),
    openLegs: [leg],
    insert: remark(subject, setting, act, input.note),
    update: { petitions: { id: matter.id, patch: { simple: input.simple } } },
    data: { unitId: unit.id, simple: input.simple, dueAt: leg.dueAt },
  }
}

/**
 * The lead leg ends now, or ended when it was answered, if that waits for review; a petition that was only told of by a
 * superior may have none.
 */
export function stopped(
  subject: Case,
  setting: Setting,
  outcome: NonNullable<LegPatch['outcome']>,
): NonNullable<Change['legs']> {
  const leg = subject.legs.find(
    ({ id: legId, outcome: ended }) => legId === subject.matter.leadLegId && ended === null,
  )
  return leg === undefined
    ? []
    : [{ id: leg.id, patch: { stoppedAt: leg.submittedAt ?? setting.now, outcome } }]
}

export const reportUp = actRule({
  needs: ['petition'],
  input: z.strictObject({
    to: textOf(2, 100).describe('上报机关'),
    text: textOf(2, 4000).describe('上报内容'),
  }),
  change: (subject, input, setting) => ({
    matter: { doneAt: setting.now },
    legs: stopped(subject, setting, 'routed'),
    insert: remark(subject, setting, 'report-up', input.text),
    update: { petitions: { id: subject.matter.id, patch: { reportedTo: input.to } } },
    data: { reportedTo: input.to },
  }),
})

export const answerAtOnce = actRule({
  needs: ['petition'],
  input: z.strictObject({ answer: textOf(2, 4000).describe('答复内容') }),
  change: (subject, { answer }, setting) => ({
    matter: {
      doneAt: setting.now,
      firstRepliedAt: setting.now,
      firstAcceptedAt: setting.now,
      firstOnTime: !isLate(subject, setting),
      publicReply: answer,
    },
    legs: stopped(subject, setting, 'replied'),
  }),
})

/** Whether a lead clock of the matter has run out by now. */
function isLate({ matter }: Case, { now }: Setting): boolean {
  return matter.lateFrom !== null && matter.lateFrom < now
}

export const redirect = actRule({
  needs: ['petition'],
  input: z.strictObject({
    route: z.enum(Object.keys(legalRoutes) as [keyof typeof legalRoutes]).describe('法定途径'),
    reason: textOf(2, 1000).describe('告知内容'),
  }),
  change: (subject, input, setting) => ({
    matter: { doneAt: setting.now, endReason: input.route, publicReply: input.reason },
    legs: stopped(subject, setting, 'routed'),
    update: {
      petitions: { id: subject.matter.id, patch: { route: input.route, decidedAt: setting.now } },
    },
    data: { route: input.route, article: routeArticles[input.route][lawOf(subject).id] },
  }),
})

export const file = actRule({
  needs: ['petition'],
  input: z.strictObject({ reason: textOf(2, 500).describe('存查理由') }),
  change: (subject, { reason }, setting) => ({
    matter: { doneAt: setting.now },
    legs: stopped(subject, setting, 'routed'),
    insert: remark(subject, setting, 'file', reason),
  }),
})

export const object = actRule({
  needs: ['calendar', 'petition'],
  input: z.strictObject({
    reason: textOf(4, 1000).describe('异议理由'),
    suggestedUnitId: id.optional().describe('建议承办单位'),
  }),
  change(subject, input, setting) {
    const leg = openLead(subject)
    if (subject.matter.binding) throw new Problem('matter/return-binding')
    const { limit, article } = lawOf(subject).clocks.object
    const until = due(calendarOf(setting), leg.dispatchedAt, limit).dueAt
    if (setting.now > until) {
      throw new Problem('matter/objection-too-late', {
        detail: `objections end at ${until} (${article})`,
        extras: { limit: until, article },
      })
    }
    return {
      matter: handledBy(subject, setting),
      insert: {
        returnRequests: {
          id: setting.newId(),
          matterId: subject.matter.id,
          legId: leg.id,
          askedAt: setting.now,
          askedBy: setting.actor.id,
          reason: input.reason,
          suggestedUnitId: input.suggestedUnitId ?? null,
        },
      },
      data: { unitId: leg.unitId, suggestedUnitId: input.suggestedUnitId },
    }
  },
})

export const upholdObjection = actRule({
  needs: ['calendar', 'petition', 'returnRequest'],
  input: z.strictObject({ note: textOf(1, 500).optional() }).default({}),
  change(subject, { note }, setting) {
    const request = pending(subject, setting)
    const leg = openLead(subject)
    const law = lawOf(subject)
    return {
      matter: { returnedAt: subject.matter.returnedAt ?? setting.now, returns: subject.matter.returns + 1 },
      legs: [
        { id: leg.id, patch: { stoppedAt: request.askedAt, outcome: 'returned' } },
        // The duty to feed back goes with the matter to whoever gets it next.
        ...subject.legs
          .filter(({ kind, outcome }) => kind === 'feedback' && outcome === null)
          .map(({ id: legId }) => ({
            id: legId,
            patch: { stoppedAt: request.askedAt, outcome: 'returned' },
          })),
      ],
      openLegs: [
        clockLeg(subject, setting, {
          kind: 'route',
          unitId: setting.actor.unitId ?? leg.unitId,
          limit: law.clocks.route.limit,
          regime: law.id,
          atMost: petitionOf(subject).upstreamDueAt,
        }),
      ],
      update: { returnRequests: { id: request.id, patch: decided(setting, true, note) } },
      data: { unitId: leg.unitId },
    }
  },
})

export const refuseObjection = actRule({
  needs: ['petition', 'returnRequest'],
  input: z.strictObject({ note: textOf(2, 500).describe('驳回理由') }),
  change(subject, { note }, setting) {
    const request = pending(subject, setting)
    return {
      matter: { binding: true },
      update: { returnRequests: { id: request.id, patch: decided(setting, false, note) } },
      data: { unitId: openLead(subject).unitId },
    }
  },
})

function pending(subject: Case, setting: Setting) {
  const request = subject.returnRequest
  if (request === null) throw new Problem('matter/nothing-pending')
  if (request.askedBy === setting.actor.id) throw new Problem('matter/duties-apart')
  return request
}

function decided(setting: Setting, granted: boolean, note: string | undefined) {
  return { decidedAt: setting.now, decidedBy: setting.actor.id, granted, decisionNote: note ?? null }
}

/** Acts on a petition that has been assigned with the duty to feed back. */
export function feedbackLeg(subject: Case) {
  if (petitionOf(subject).feedbackDueAt === null) return undefined
  return subject.legs.find(({ kind, outcome }) => kind === 'feedback' && outcome === null)
}
