// What a calendar that was published or amended does to open deadlines: a preview, and the moves themselves, page by page.
import type { Calendar } from '../calendar/days.ts'
import { holdCalendar } from '../calendar/queries.ts'
import { NIL } from '../platform/actor.ts'
import { instantFromJson, type Instant } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import { tellUpdate } from '../platform/rows.ts'
import type { ToldRows } from '../platform/told-rows.ts'
import {
  lateFrom,
  lateness,
  promisedBy,
  signLateFrom,
  type DueAnew,
  type RunningPromise,
} from './deadlines.ts'
import { keepPasts } from './pasts.ts'
import * as tables from './tables.ts'
import { tell } from './telling.ts'

interface PromisedLeg extends RunningPromise {
  legId: string
  matterId: string
  no: string
  kind: string
}

// What the city platform fixed, its calendar moves, not ours: due times without a limit, what it extended, which nobody here
// decided, and the signing that it told. Until it is signed, every other leg has a deadline of ours. A leg that undoing a
// merge reopened goes on where the merged one stopped, with what was granted to that one.
const PROMISED = `select l.id as "legId", m.id as "matterId", m.no, l.kind, l.dispatched_at as "dispatchedAt", l.policy,
    case when g.platforms then null else l.time_limit end as "limit", l.due_at as "dueAt", l.effective_due_at as "effectiveDueAt", l.sign_due_at as "signDueAt",
    l.signed_at as "signedAt", l.submitted_at as "submittedAt", l.provisional, l.imported, m.urgency,
    exists (select from import_orders i join legs o on o.matter_id = i.matter_id where i.matter_id = l.matter_id
      and l.signed_at is null and o.imported and o.role = l.role and o.unit_id = l.unit_id
      and o.dispatched_at = l.dispatched_at and i.snapshot::jsonb ? 'givenSignDueAt') as "signTold",
    coalesce(g.workdays, 0) as extended,
    case when u.due_at > l.dispatched_at then u.due_at end as "upstreamDueAt"
  from legs l join matters m on m.id = l.matter_id cross join lateral (select coalesce(m.upstream_due_at,
      (select p.upstream_due_at from petitions p where p.id = m.id and l.kind in ('route', 'accept', 'handle'))) as due_at) u
    cross join lateral (select sum(e.workdays)::int as workdays, bool_or(e.decided_by is null) as platforms
      from extensions e join legs o on o.id = e.leg_id
      where l.extensions > 0 and e.matter_id = l.matter_id and e.granted and o.role = l.role and o.unit_id = l.unit_id
        and o.dispatched_at = l.dispatched_at) g
  where l.outcome is null and (l.signed_at is null or l.time_limit is not null and g.platforms is not true)
    and l.id > $1 order by l.id limit $2`
const promisedAfter = statement<PromisedLeg>('redue.preview', PROMISED)
const lockPromised = statement<PromisedLeg>('redue.legs', `${PROMISED} for update of m, l`)

/** One deadline that moves. */
export interface DueMove {
  legId: string
  matterId: string
  matterNo: string
  /** For signing, or for the answer. */
  deadline: 'sign' | 'reply'
  /** Of the leg: see `legs.kind`. */
  kind: string
  oldDue: Instant
  newDue: Instant
  /** What the move makes of it: late where it was not, or the other way. */
  turns: 'late' | 'punctual' | null
  provisional: boolean
}

/** A leg as a calendar has it. */
interface Promised extends DueAnew {
  leg: PromisedLeg
}

const PAGE = 500

/** How many open deadlines a calendar would move, and the first `most` of them, in the order of the legs. */
export async function previewDueMoves(
  tx: Tx,
  calendar: Calendar,
  most = 1000,
): Promise<{ moves: DueMove[]; total: number }> {
  const moves: DueMove[] = []
  let total = 0
  for (let after: string | undefined = NIL; after !== undefined;) {
    const legs: PromisedLeg[] = await promisedAfter(tx, [after, PAGE])
    const found = legs.flatMap((leg) => movesOf(promisedOf(calendar, leg), tx.now))
    total += found.length
    moves.push(...found.slice(0, most - moves.length))
    after = legs.length < PAGE ? undefined : legs.at(-1)?.legId
  }
  return { moves, total }
}

const promisedOf = (calendar: Calendar, leg: PromisedLeg): Promised => ({ leg, ...promisedBy(calendar, leg) })

function movesOf({ leg, dueAt, signDueAt, provisional }: Promised, now: Instant): DueMove[] {
  const { legId, matterId, no: matterNo, kind } = leg
  const deadlines = [
    { deadline: 'sign', oldDue: leg.signDueAt, newDue: signDueAt, met: leg.signedAt },
    { deadline: 'reply', oldDue: leg.effectiveDueAt, newDue: dueAt, met: leg.submittedAt },
  ] as const
  return deadlines
    .filter(({ oldDue, newDue }) => oldDue !== newDue)
    .map(({ met, ...moved }) => {
      const [was, is] = [moved.oldDue, moved.newDue].map((due) => (met ?? now) > due)
      const turns = was === is ? null : is === true ? 'late' : 'punctual'
      return { legId, matterId, matterNo, kind, ...moved, turns, provisional }
    })
}

// A due time that moves away is warned of anew.
const moveLegs = statement(
  'redue.move',
  `update legs l set effective_due_at = t.due_at, sign_due_at = t.sign_due_at, provisional = t.provisional,
     warned_at = case when t.due_at <= l.effective_due_at then l.warned_at end,
     red_at = case when t.due_at <= l.effective_due_at then l.red_at end,
     overdue_at = case when t.due_at <= l.effective_due_at then l.overdue_at end
   from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::bool[]) as t(id, due_at, sign_due_at, provisional)
   where l.id = t.id`,
)
const matterState = statement<MatterClock>(
  'redue.matters',
  `select m.id, m.seq, m.head, m.lead_leg_id as "leadLegId", m.signed_at as "signedAt", m.sign_due_at as "signDueAt",
     json_agg(json_build_object('id', l.id, 'role', l.role, 'provisional', l.provisional,
       'effectiveDueAt', l.effective_due_at, 'submittedAt', l.submitted_at, 'stoppedAt', l.stopped_at,
       'signDueAt', l.sign_due_at, 'signedAt', l.signed_at) order by l.no) as legs
   from matters m join legs l on l.matter_id = m.id where m.id = any($1::uuid[]) group by m.id`,
)
const moveMatters = statement(
  'redue.dues',
  `update matters m set due_at = t.due_at, sign_due_at = t.sign_due_at, provisional = t.provisional,
     late_from = t.late_from, sign_late_from = t.sign_late_from, lead_late_from = t.lead_late_from,
     lead_sign_late_from = t.lead_sign_late_from
   from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::bool[], $5::timestamptz[], $6::timestamptz[],
     $7::timestamptz[], $8::timestamptz[]) as t(id, due_at, sign_due_at, provisional, late_from, sign_late_from,
     lead_late_from, lead_sign_late_from)
   where m.id = t.id`,
)

interface LegClock {
  id: string
  role: string
  provisional: boolean
  effectiveDueAt: Instant
  submittedAt: Instant | null
  stoppedAt: Instant | null
  signDueAt: Instant
  signedAt: Instant | null
}

interface MatterClock {
  id: string
  seq: number
  head: Buffer
  leadLegId: string | null
  signedAt: Instant | null
  signDueAt: Instant | null
  legs: LegClock[]
}

/** Moves one page of open deadlines to the present calendar, with old and new in the timeline; the last leg, null at the end. */
export async function moveDues(tx: Tx, after: string = NIL, page = PAGE): Promise<string | null> {
  // Of each page anew: a run that began before a later publication would undo what that moved.
  const calendar = await holdCalendar(tx)
  const legs = await lockPromised(tx, [after, page])
  const changed = legs
    .map((leg) => promisedOf(calendar, leg))
    // Also where the due time stays: that its year is published now is worth knowing.
    .filter((each) => movesOf(each, tx.now).length > 0 || each.provisional !== each.leg.provisional)
  if (changed.length > 0) {
    const passed = changed.filter((each) =>
      movesOf(each, tx.now).some(({ oldDue, newDue }) => oldDue < tx.now || newDue < tx.now),
    )
    if (passed.length > 0) tx.later(keepPasts, [passed.map(({ leg }) => leg.matterId), tx.now])
    await moveLegs(tx, [
      changed.map(({ leg }) => leg.legId),
      changed.map(({ dueAt }) => dueAt),
      changed.map(({ signDueAt }) => signDueAt),
      changed.map(({ provisional }) => provisional),
    ])
    const matters = await matterState(tx, [[...new Set(changed.map(({ leg }) => leg.matterId))]])
    const moved = new Set(changed.map(({ leg }) => leg.legId))
    const followed = followingLead(
      matters.filter((matter) => matter.leadLegId !== null && moved.has(matter.leadLegId)),
    )
    await tell(tx, tellingsOf(changed, matters, followed, calendar.version, tx.now))
    followLead(tx, followed)
  }
  return legs.length < page ? null : (legs.at(-1)?.legId ?? null)
}

function tellingsOf(
  changed: readonly Promised[],
  matters: readonly MatterClock[],
  followed: readonly Followed[],
  calendar: number,
  now: Instant,
) {
  const byId = new Map(matters.map((matter) => [matter.id, matter]))
  const rowOf = new Map(followed.map(({ id, ...row }) => [id, row]))
  return changed.flatMap((each) => {
    const moves = new Map(movesOf(each, now).map((move) => [move.deadline, move]))
    const matter = byId.get(each.leg.matterId)
    if (matter === undefined || moves.size === 0) return []
    const [sign, reply] = [moves.get('sign'), moves.get('reply')]
    const { legId } = each.leg
    const data = {
      legId,
      ...(reply === undefined ? {} : { oldDueAt: reply.oldDue, newDueAt: reply.newDue }),
      ...(sign === undefined ? {} : { oldSignDueAt: sign.oldDue, newSignDueAt: sign.newDue }),
      calendar,
    }
    const rows: ToldRows = {}
    tellUpdate(rows, tables.legs, legId, { effectiveDueAt: each.dueAt, signDueAt: each.signDueAt })
    tellUpdate(rows, tables.matters, matter.id, rowOf.get(matter.id) ?? {})
    return [{ matterId: matter.id, seq: matter.seq, head: matter.head, type: 'matter.due-moved', data, rows }]
  })
}

type Followed = ReturnType<typeof followingLead>[number]

/** What the matter's row repeats of its lead leg; the same as `derived` in `rules.ts`. */
function followingLead(matters: readonly MatterClock[]) {
  return matters.flatMap((matter) => {
    const clocks = matter.legs.map(canonicalClock)
    const lead = clocks.find((leg) => leg.id === matter.leadLegId)
    if (lead === undefined) return []
    const row = {
      id: matter.id,
      dueAt: lead.effectiveDueAt,
      signDueAt: matter.signedAt === null ? lead.signDueAt : matter.signDueAt,
      provisional: lead.provisional,
      ...lateness(clocks),
      leadLateFrom: lateFrom(lead),
      leadSignLateFrom: signLateFrom(lead),
    }
    return [row]
  })
}

function followLead(tx: Tx, rows: readonly Followed[]): void {
  const of = <K extends keyof Followed>(key: K) => rows.map((row) => row[key])
  tx.later(moveMatters, [
    ...[of('id'), of('dueAt'), of('signDueAt'), of('provisional'), of('lateFrom')],
    ...[of('signLateFrom'), of('leadLateFrom'), of('leadSignLateFrom')],
  ])
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
