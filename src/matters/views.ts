// What a reader sees of a matter: labels beside codes, the caller masked, the acts that are open to them.
import { z } from 'zod'
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import { newCase, type Case, type Petition, type Visit } from './case.ts'
import { channelOf } from './channels/index.ts'
import type { ListRow } from './listing.ts'
import {
  competentLevels,
  declineGrounds,
  legalRoutes,
  matterClasses,
  opinionOutcomes,
  receptionKinds,
  reviewGrounds,
  reviewIntakes,
  reviewResults,
  stepwise,
  venues,
  visitLevels,
  visitModes,
} from './petition-terms.ts'
import type { Opened } from './queries.ts'
import { regimeOf } from './regimes.ts'
import { isOverdue, officeDue, openActs } from './rules.ts'
import {
  legOutcomes,
  ratings,
  supervisionGrounds,
  supervisionKinds,
  textFields,
  topics,
  urgencies,
} from './terms.ts'
import { actLabel, eventLabels, states, type State } from './workflow.ts'

export const labelled = z.object({ code: z.string(), label: z.string() })
export const moment = z.string().meta({ format: 'date-time' })
const maybe = moment.nullable()
const text = z.string().nullable()
const callerShape = z.object({ name: text, phone: text, idNo: text, township: text })

export const matterItem = z
  .object({
    id: z.string(),
    no: z.string(),
    externalNo: z.string().nullable(),
    title: z.string(),
    state: labelled,
    channel: labelled,
    category: labelled,
    urgency: labelled,
    topic: labelled,
    leadUnitId: z.string().nullable(),
    leadUnit: z.string().nullable(),
    receivedAt: moment,
    dispatchedAt: maybe,
    dueAt: maybe,
    provisional: z.boolean().describe('期限所在年份的放假安排尚未公布'),
    overdue: z.boolean(),
    rating: labelled.nullable(),
    callerName: z.string().nullable(),
    callerPhone: z.string().nullable(),
    version: z.int(),
  })
  .meta({ id: 'MatterItem' })

export const writtenShape = z
  .object({
    id: z.string(),
    no: z.string(),
    version: z.int(),
    state: z.string(),
    dueAt: maybe,
    warnings: z
      .array(z.object({ pointer: z.string(), code: z.string(), message: z.string() }))
      .optional()
      .describe('存疑但已登记的内容'),
    queryCode: z.string().optional().describe('查询码，交诉求人查询办理情况'),
  })
  .meta({ id: 'MatterWritten' })

const free = z.record(z.string(), z.unknown())

export const matterDetail = z
  .object({
    ...matterItem.omit({ callerName: true, callerPhone: true }).shape,
    source: labelled,
    content: z.string(),
    regionCode: z.string().nullable(),
    personId: z.string().nullable(),
    confidential: z.boolean(),
    accusedUnitIds: z.array(z.string()).describe('被反映的单位'),
    caller: callerShape.nullable(),
    binding: z.boolean(),
    returns: z.int(),
    firstRepliedAt: maybe,
    firstOnTime: z.boolean().nullable(),
    screenedOut: z.boolean(),
    mergedInto: z.object({ id: z.string(), no: z.string() }).nullable(),
    merged: z.array(z.object({ id: z.string(), no: z.string() })),
    endedAt: maybe,
    endReason: z.string().nullable(),
    publicReply: z.string().nullable(),
    legs: z.array(
      z.object({
        id: z.string(),
        no: z.int(),
        role: z.string(),
        kind: z.string(),
        unitId: z.string(),
        unit: z.string(),
        dispatchedAt: moment,
        policy: z.string(),
        limit: z.object({ n: z.number(), unit: z.string() }).nullable(),
        signDueAt: moment,
        signedAt: maybe,
        dueAt: moment.describe('承诺的期限'),
        effectiveDueAt: moment.describe('延期后的期限'),
        provisional: z.boolean(),
        submittedAt: maybe,
        stoppedAt: maybe,
        outcome: labelled.nullable(),
        late: z.boolean(),
        imported: z.boolean(),
      }),
    ),
    replies: z.array(free),
    extensions: z.array(free),
    returnRequests: z.array(free),
    callBacks: z.array(free),
    screenings: z.array(free),
    supervisions: z.array(free),
    notes: z.array(free),
    texts: z
      .array(
        z.object({ seq: z.int(), field: labelled, text: z.string(), at: moment, by: z.string().nullable() }),
      )
      .describe('标题、内容、答复改动前的文字；seq 是时间线上改动它的一条'),
    files: z.array(
      z.object({ id: z.string(), name: z.string(), type: z.string(), bytes: z.number(), createdAt: moment }),
    ),
    timeline: z.array(
      z.object({
        seq: z.int(),
        type: z.string(),
        label: z.string(),
        at: moment,
        actor: z.string().nullable(),
        data: free,
      }),
    ),
    accused: z
      .array(
        z.object({
          id: z.string(),
          name: z.string(),
          post: z.string().nullable(),
          accountId: z.string().nullable(),
        }),
      )
      .describe('被反映人'),
    petition: free.nullable().describe('信访程序'),
    visit: free.nullable().describe('走访'),
    opinions: z.array(free).nullable(),
    chain: z.array(free).nullable().describe('复查、复核的来龙去脉'),
    otherPeople: z
      .array(z.object({ id: z.string(), name: z.string().nullable(), phone: z.string().nullable() }))
      .nullable()
      .describe('其他代表'),
    escalation: free.nullable().describe('督办案件'),
    acts: z.array(z.object({ act: z.string(), label: z.string() })).describe('当前可进行的操作'),
  })
  .meta({ id: 'Matter' })

export const label = (table: Record<string, string>, code: string) => ({ code, label: table[code] ?? code })
export const stateLabel = (state: State) => ({ code: state, label: states[state].label })
const ratingLabel = (rating: string | null) => (rating === null ? null : label(ratings, rating))

/** A row of a list. `now` decides what is overdue. */
export function viewItem(row: ListRow, now: Instant): z.input<typeof matterItem> {
  return {
    ...row,
    state: stateLabel(row.state),
    channel: { code: row.channel, label: channelOf(row.channel).label },
    category: label(channelOf(row.channel).categories, row.category),
    urgency: label(urgencies, row.urgency),
    topic: label(topics, row.topic),
    rating: ratingLabel(row.rating),
    overdue: row.lateFrom !== null && row.lateFrom < now,
    callerName: row.confidential ? '保密' : row.callerName,
    callerPhone: row.confidential ? '保密' : row.callerPhone,
  }
}

/** One matter with its history and the acts open to this reader. */
export function viewMatter(m: Opened, actor: Actor, now: Instant): z.input<typeof matterDetail> {
  const channel = channelOf(m.channel)
  return {
    ...m,
    state: stateLabel(m.state),
    channel: { code: channel.id, label: channel.label },
    source: label(channel.sources, m.source),
    category: label(channel.categories, m.category),
    urgency: label(urgencies, m.urgency),
    topic: label(topics, m.topic),
    rating: ratingLabel(m.rating),
    dueAt: m.dueAt ?? officeDue(m),
    overdue: isOverdue(m, now),
    screenedOut: m.screenedOutAt !== null,
    mergedInto:
      m.mergedIntoId === null || m.mergedIntoNo === null ? null : { id: m.mergedIntoId, no: m.mergedIntoNo },
    caller: viewCaller(m),
    legs: m.legs.map((leg) => ({
      ...leg,
      outcome: leg.outcome === null ? null : label(legOutcomes, leg.outcome),
      late: leg.lateFrom !== null && leg.lateFrom < now,
    })),
    supervisions: m.supervisions.map(({ kind, ground, ...rest }) => ({
      ...rest,
      kind: label(supervisionKinds, kind),
      ground: labelOrNull(supervisionGrounds, ground),
      late: rest.answerBy !== null && (rest.answeredAt ?? now) > rest.answerBy,
    })),
    texts: m.texts.map(({ field, ...rest }) => ({ ...rest, field: label(textFields, field) })),
    callBacks: m.callBacks.map((call) => ({ ...call, rating: ratingLabel(call.rating) })),
    timeline: m.events.map(({ seq, type, at, actor: who, data }) => ({
      seq,
      type,
      label: eventLabels[type] ?? type,
      at,
      actor: who,
      data,
    })),
    accused: m.accused.map(({ nameMasked: name, ...accused }) => ({ ...accused, name })),
    petition:
      m.petition === null
        ? null
        : viewPetition(m.petition, channel.workflow === 'review' ? reviewGrounds : declineGrounds),
    visit: m.visit === null ? null : viewVisit(m.visit),
    chain: (m.chain ?? []).map((link) => ({
      ...link,
      state: stateLabel(link.state),
      channel: { code: link.channel, label: channelOf(link.channel).label },
      reviewResult: labelOrNull(reviewResults, link.reviewResult),
    })),
    escalation: viewEscalation(m),
    otherPeople: (m.otherPeople ?? []).map(({ id: personId, nameMasked: name, phoneMasked: phone }) => ({
      ...(m.confidential ? { name: '保密', phone: '保密' } : { name, phone }),
      id: personId,
    })),
    acts: openActs(caseOf(m), actor).map((act) => ({ act, label: actLabel(act) })),
  }
}

const labelOrNull = (table: Record<string, string>, code: string | null) =>
  code === null ? null : label(table, code)

function viewPetition(petition: Petition, grounds: Record<string, string>) {
  const { regime, matterClass, route, declineGround, opinionOutcome, intake, reviewResult } = petition
  return {
    ...petition,
    regime: { code: regime, label: regimeOf(regime).label },
    matterClass: labelOrNull(matterClasses, matterClass),
    route: labelOrNull(legalRoutes, route),
    declineGround: labelOrNull(grounds, declineGround),
    opinionOutcome: labelOrNull(opinionOutcomes, opinionOutcome),
    intake: labelOrNull(reviewIntakes, intake),
    reviewResult: labelOrNull(reviewResults, reviewResult),
  }
}

function viewEscalation({ escalation }: Opened) {
  if (escalation === null) return null
  return { ...escalation, ground: label(supervisionGrounds, escalation.ground) }
}

function viewVisit(visit: Visit) {
  return {
    ...visit,
    stepwise: label(stepwise, visit.skipLevel ? 'no' : 'yes'),
    level: label(visitLevels, visit.level),
    competentLevel: label(competentLevels, visit.competentLevel),
    venue: label(venues, visit.venue),
    mode: label(visitModes, visit.mode),
    receptionKind: labelOrNull(receptionKinds, visit.receptionKind),
  }
}

function viewCaller(m: Opened) {
  if (m.caller === null) return null
  if (m.confidential) return { name: '保密', phone: '保密', idNo: '保密', township: null }
  const { nameMasked: name, phoneMasked: phone, idMasked: idNo, township } = m.caller
  return { name, phone, idNo, township }
}

function caseOf(m: Opened): Case {
  const { legs, petition, earlierIds, concluded } = m
  return { ...newCase(m), legs, petition, earlierIds, concluded }
}
