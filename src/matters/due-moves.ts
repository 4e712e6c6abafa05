// What a calendar that was published or amended does to open deadlines: a preview, and the moves themselves, page by page.
import { addWorkdays, due, type Limit } from '../calendar/rules.ts'
import type { Calendar } from '../calendar/days.ts'
import { instantFromJson, type Instant } from '../platform/clock.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { lateness } from './deadlines.ts'
import { tell } from './telling.ts'

interface PromisedLeg {
  legId: string
  matterId: string
  no: string
  dispatchedAt: Instant
  limit: Limit
  dueAt: Instant
  effectiveDueAt: Instant
  extended: number
}

const PROMISED = `select l.id as "legId", m.id as "matterId", m.no, l.dispatched_at as "dispatchedAt",
    l.time_limit as "limit", l.due_at as "dueAt", l.effective_due_at as "effectiveDueAt",
    coalesce((select sum(e.workdays) from extensions e where e.leg_id = l.id and e.granted), 0)::int as extended
  from legs l join matters m on m.id = l.matter_id
  where l.outcome is null and l.time_limit is not null and l.time_limit->>'unit' in ('workday', 'day', 'workhour')`
const promisedAfter = statement<PromisedLeg>(
  'redue.preview',
  `${PROMISED} and l.id > $1 order by l.id limit $2`,
)
const lockPromised = statement<PromisedLeg>(
  'redue.legs',
  `${PROMISED} and l.id > $1 order by l.id limit $2 for update of m, l`,
)

export interface DueMove {
  legId: string
  matterId: string
  matterNo: string
  oldDue: Instant
  newDue: Instant
  provisional: boolean
}

const PAGE = 500
const FIRST = '00000000-0000-0000-0000-000000000000'

/** Which open deadlines a calendar would move; the first `most` of them, in the order of the legs. */
export async function previewDueMoves(db: Db, calendar: Calendar, most = 1000): Promise<DueMove[]> {
  const found: DueMove[] = []
  let after = FIRST
  while (found.length < most) {
    const legs = await promisedAfter(db, [after, PAGE])
    found.push(...legs.flatMap((leg) => moveOf(calendar, leg)))
    if (legs.length < PAGE) break
    after = legs.at(-1)?.legId ?? after
  }
  return found.slice(0, most)
}

/** A deadline is recomputed from its dispatch; granted extensions are laid on again. Only the calendar's own change moves it. */
function moveOf(calendar: Calendar, leg: PromisedLeg): DueMove[] {
  const promised = due(calendar, leg.dispatchedAt, leg.limit)
  const newDue = leg.extended > 0 ? addWorkdays(calendar, promised.dueAt, leg.extended) : promised.dueAt
  if (newDue === leg.effectiveDueAt) return []
  const { legId, matterId, no: matterNo, effectiveDueAt: oldDue } = leg
  return [{ legId, matterId, matterNo, oldDue, newDue, provisional: promised.provisional }]
}

const moveLegs = statement(
  'redue.move',
  `update legs l set effective_due_at = t.due_at, provisional = t.provisional
   from unnest($1::uuid[], $2::timestamptz[], $3::bool[]) as t(id, due_at, provisional) where l.id = t.id`,
)
const matterState = statement<{
  id: string
  seq: number
  head: Buffer
  leadLegId: string | null
  legs: LegClock[]
}>(
  'redue.matters',
  `select m.id, m.seq, m.head, m.lead_leg_id as "leadLegId", json_agg(json_build_object('id', l.id, 'role', l.role,
     'effectiveDueAt', l.effective_due_at, 'submittedAt', l.submitted_at, 'stoppedAt', l.stopped_at,
     'signDueAt', l.sign_due_at, 'signedAt', l.signed_at) order by l.no) as legs
   from matters m join legs l on l.matter_id = m.id where m.id = any($1::uuid[]) group by m.id`,
)
const moveMatters = statement(
  'redue.dues',
  `update matters m set due_at = t.due_at, late_from = t.late_from, provisional = t.provisional,
     lead_late_from = (select l.late_from from legs l where l.id = m.lead_leg_id)
   from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::bool[]) as t(id, due_at, late_from, provisional)
   where m.id = t.id`,
)

interface LegClock {
  id: string
  role: string
  effectiveDueAt: Instant
  submittedAt: Instant | null
  stoppedAt: Instant | null
  signDueAt: Instant
  signedAt: Instant | null
}

/** Moves one page of open deadlines to the present calendar, with old and new in the timeline; the last leg, null at the end. */
export async function moveDues(tx: Tx, calendar: Calendar, after: string = FIRST): Promise<string | null> {
  const legs = await lockPromised(tx, [after, PAGE])
  const moves = legs.flatMap((leg) => moveOf(calendar, leg))
  if (moves.length > 0) {
    await moveLegs(tx, [
      moves.map((m) => m.legId),
      moves.map((m) => m.newDue),
      moves.map((m) => m.provisional),
    ])
    const ids = [...new Set(moves.map((m) => m.matterId))]
    const matters = new Map((await matterState(tx, [ids])).map((m) => [m.id, m]))
    await tell(
      tx,
      moves.flatMap((move) => {
        const matter = matters.get(move.matterId)
        const data = {
          legId: move.legId,
          oldDueAt: move.oldDue,
          newDueAt: move.newDue,
          calendar: calendar.version,
        }
        return matter === undefined
          ? []
          : [{ matterId: matter.id, seq: matter.seq, head: matter.head, type: 'matter.due-moved', data }]
      }),
    )
    const changed = [...matters.values()].map((m) => {
      const move = moves.find(({ legId }) => legId === m.leadLegId)
      return { id: m.id, move, lateFrom: lateness(m.legs.map(canonicalClock)).lateFrom }
    })
    const led = changed.filter(({ move }) => move !== undefined)
    tx.later(moveMatters, [
      led.map((m) => m.id),
      led.map((m) => m.move?.newDue),
      led.map((m) => m.lateFrom),
      led.map((m) => m.move?.provisional),
    ])
  }
  return legs.length < PAGE ? null : (legs.at(-1)?.legId ?? null)
}

/** JSON of the database writes instants without trailing zeros; comparing as text needs the canonical form. */
function canonicalClock(leg: LegClock): LegClock {
  const canonical = (at: Instant | null) => (at === null ? null : instantFromJson(at))
  return {
    ...leg,
    effectiveDueAt: instantFromJson(leg.effectiveDueAt),
    signDueAt: instantFromJson(leg.signDueAt),
    submittedAt: canonical(leg.submittedAt),
    stoppedAt: canonical(leg.stoppedAt),
    signedAt: canonical(leg.signedAt),
  }
}
