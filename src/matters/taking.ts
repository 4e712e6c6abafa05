// When a matter comes to accuse a unit that is handling it: the unit's legs end at once, and the matter is to be dispatched anew.
import { randomUUIDv7 } from 'node:crypto'
import { holdCalendar } from '../calendar/queries.ts'
import { NIL, type Actor } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import { clockLeg } from './acts/entering.ts'
import type { Case, Change, Leg } from './case.ts'
import { channelOf, firstState } from './channels/index.ts'
import { readReceivers } from './reading.ts'
import { regimeOf } from './regimes.ts'
import { standsAccused } from './rules.ts'
import type { State } from './workflow.ts'

const held: readonly State[] = ['assigned', 'returning', 'handling', 'replied', 'routed', 'objecting']

/** What of a case must be read for it. */
export const takingNeeds = ['extension', 'returnRequest', 'petition', 'reply', 'opinion'] as const

/**
 * What follows for the legs of accused units and those below them (信访条例 art. 23; 信访工作条例 art. 30(3)). What was late
 * stays late; what waits for a decision on such a leg is refused. Undefined where no accused unit holds a leg.
 */
export async function takeFromAccused(
  tx: Tx,
  actor: Actor,
  subject: Case,
  { accusedUnitIds = [] }: { accusedUnitIds?: string[] | undefined },
): Promise<(Omit<Change, 'others'> & { state: State }) | undefined> {
  const open = subject.legs.filter(({ outcome, kind }) => outcome === null && kind !== 'route')
  const units = await readReceivers(tx, [...new Set(open.map(({ unitId }) => unitId))])
  const accused = open.filter(({ unitId }) => standsAccused(units.get(unitId), accusedUnitIds))
  if (accused.length === 0) return undefined
  const { matter } = subject
  const leads = accused.some(({ id }) => id === matter.leadLegId) && held.includes(matter.state)
  // Co-handling belongs to the lead leg and ends with it.
  // The office's own duty to report upward stays with the office.
  const ended = leads ? open.filter((leg) => leg.kind !== 'feedback' || accused.includes(leg)) : accused
  return {
    matter: {},
    legs: ended.map((leg) => ({ id: leg.id, patch: endOf(leg, tx) })),
    openLegs: leads ? await routeAgain(tx, actor, subject) : [],
    update: leads ? refusals(subject, tx) : {},
    state: leads ? firstState(matter.channel) : matter.state,
  }
}

function endOf(leg: Leg, { now }: Tx) {
  return { submittedAt: null, stoppedAt: leg.submittedAt ?? now, outcome: 'redispatched' }
}

async function routeAgain(tx: Tx, actor: Actor, subject: Case) {
  const { petition, matter } = subject
  if (petition === null || channelOf(matter.channel).workflow !== 'petition') return []
  const regime = regimeOf(petition.regime)
  const calendar = await holdCalendar(tx)
  const setting = {
    ...{ now: tx.now, actor, calendar, receivers: new Map(), others: [], newId: () => randomUUIDv7() },
  }
  return [
    clockLeg(subject, setting, {
      kind: 'route',
      unitId: actor.unitId ?? NIL,
      limit: regime.clocks.route.limit,
      regime: regime.id,
      atMost: petition.upstreamDueAt,
    }),
  ]
}

const NOTE = '承办单位被反映，依法回避'

function refusals(
  { extension, returnRequest, reply, opinion }: Case,
  { now }: Tx,
): NonNullable<Change['update']> {
  const refused = { decidedAt: now, granted: false, decisionNote: NOTE }
  const unread = { reviewedAt: now, accepted: false, reviewNote: NOTE }
  return {
    ...(extension === null ? {} : { extensions: { id: extension.id, patch: refused } }),
    ...(returnRequest === null ? {} : { returnRequests: { id: returnRequest.id, patch: refused } }),
    ...(reply === null ? {} : { replies: { id: reply.id, patch: unread } }),
    ...(opinion === null ? {} : { opinions: { id: opinion.id, patch: unread } }),
  }
}
