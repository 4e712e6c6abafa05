// Reads a matter as the rules see it, under the lock of its row, in one flight with what only some acts ask for.
import type { Actor } from '../platform/actor.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { Problem } from '../platform/problems.ts'
import { columnsOf } from '../platform/rows.ts'
import { harmlessTo, visibilityValues, visibleTo, withheldFrom } from './access.ts'
import type {
  Case,
  Extension,
  Granted,
  Leg,
  Matter,
  MergeHold,
  Opinion,
  Pending,
  Petition,
  Receiver,
  Reply,
  ReturnRequest,
  Screening,
  Supervision,
} from './case.ts'
import { opinions, petitions } from './petition-tables.ts'
import { extensions, mergeHolds, replies, returnRequests, screenings, supervisions } from './record-tables.ts'
import { legs, matters } from './tables.ts'
import { states } from './workflow.ts'

// The lock comes first: what is read by the later statements is then what no other writer is changing.
const lockMatter = statement<Matter>(
  'matter.lock',
  `select ${columnsOf(matters, 'm')} from matters m where m.id = $1 and ${visibleTo(2)} for update`,
)
const legsOf = statement<Leg>(
  'matter.legs',
  `select ${columnsOf(legs, 'l')} from legs l where l.matter_id = $1 order by l.no`,
)
const pendingExtension = statement<Extension>(
  'matter.extension',
  `select ${columnsOf(extensions, 'e')} from extensions e where e.matter_id = $1 and e.decided_at is null
   order by e.asked_at desc limit 1`,
)
const pendingReturn = statement<ReturnRequest>(
  'matter.return',
  `select ${columnsOf(returnRequests, 'r')} from return_requests r where r.matter_id = $1 and r.decided_at is null
   order by r.asked_at desc limit 1`,
)
const lastScreening = statement<Screening>(
  'matter.screening',
  `select ${columnsOf(screenings, 's')} from screenings s where s.matter_id = $1 order by s.asked_at desc limit 1`,
)
const replyUnderReview = statement<Reply>(
  'matter.reply',
  `select ${columnsOf(replies, 'r')} from replies r join matters m on m.id = r.matter_id
   where r.matter_id = $1 and r.leg_id = m.lead_leg_id and r.reviewed_at is null order by r.submitted_at desc limit 1`,
)
/**
 * SQL: who handled, wrote or approved what the review `p` is about, and what that is about in its turn. The system, which
 * imports, is nobody.
 */
export const EARLIER_IDS = `array(select unnest(e.handler_ids) from matters e where e.id in (p.parent_id, p.root_id)
  union select o.reviewed_by from opinions o where o.matter_id in (p.parent_id, p.root_id) and o.reviewed_by is not null)`
/**
 * SQL: whether the petition `p`, what it repeats, or what a clerk confirmed to be the same thing is at its end by recheck,
 * whichever of a chain is named. A supervised case joins matters without making one thing of them.
 */
export const CONCLUDED = `exists (with recursive same(id) as (
    select p.id
    union
    select x.id from same s cross join lateral (
        select unnest(array[q.repeat_of_id, q.root_id]) as id from petitions q where q.id = s.id
        union all select q.id from petitions q where q.root_id = s.id
        union all select case when l.a_id = s.id then l.b_id else l.a_id end from matter_links l
          where s.id in (l.a_id, l.b_id) and l.state = 'confirmed') x
      join matters o on o.id = x.id and o.channel <> 'escalation')
  select 1 from same join petitions f on f.id = same.id where f.final)`
const OPEN = Object.entries(states)
  .flatMap(([state, { open }]) => (open ? [`'${state}'`] : []))
  .join(', ')
const procedureOf = statement<
  Petition & Pick<Case, 'concluded' | 'skipLevel' | 'underReview'> & { earlierIds: string[] }
>(
  'matter.petition',
  `select ${columnsOf(petitions, 'p')}, ${EARLIER_IDS} as "earlierIds", ${CONCLUDED} as concluded,
     (select v.skip_level from visits v where v.id = p.id) as "skipLevel",
     exists (select 1 from petitions r join matters m on m.id = r.id
       where r.parent_id = p.id and m.state in (${OPEN})) as "underReview"
   from petitions p where p.id = $1`,
)
const opinionUnderReview = statement<Opinion>(
  'matter.opinion',
  `select ${columnsOf(opinions, 'o')} from opinions o where o.matter_id = $1 and o.reviewed_at is null`,
)
const openSupervisions = statement<Supervision>(
  'matter.supervisions',
  `select ${columnsOf(supervisions, 's')} from supervisions s where s.matter_id = $1 and s.kind <> 'urge' and s.answered_at is null`,
)
const grantedDays = statement<Granted>(
  'matter.granted',
  `select l.role, l.unit_id as "unitId", l.dispatched_at as "dispatchedAt", sum(e.workdays)::int as workdays
   from extensions e join legs l on l.id = e.leg_id
   where e.matter_id = $1 and e.granted and e.workdays is not null group by l.role, l.unit_id, l.dispatched_at`,
)
// Also what was undone while the matter was itself merged: its leg ended as that had left it.
const holdsOf = statement<MergeHold>(
  'matter.holds',
  `select ${columnsOf(mergeHolds, 'h')} from merge_holds h join matters m on m.id = h.matter_id
   where h.matter_id = $1 and (h.undone_at is null or h.undone_at >= m.merged_at) order by h.at, h.id`,
)
const findReceivers = statement<Receiver>(
  'matter.receivers',
  `select u.id, u.name, u.path, u.valid_to is null and u.kind <> 'platform' as active, u.kind = 'office' as office,
     s.name as successor
   from units u left join units s on s.id = u.successor_id where u.id = any($1::uuid[])`,
)

const isWithheld = statement<{ id: string }>(
  'matter.withheld',
  `select m.id from matters m where m.id = $1 and not ${harmlessTo(0, 'm')}`,
)

/**
 * The answer for what the actor may not see, exactly as for what does not exist. Where it exists and is withheld because of
 * what it accuses, the attempt goes on record (信访工作条例 art. 30(3)); the reader is told nothing of it.
 */
export async function notForReader(db: Db, actor: Actor, id: string): Promise<Problem> {
  const withheld = await isWithheld(db, [id, withheldFrom(actor)])
  if (withheld.length === 0) return new Problem('matter/not-found')
  return new Problem('matter/not-found', {
    record: { type: 'account.view-refused', data: { matterId: id } },
  })
}

const intoOf = statement<{ id: string }>(
  'matter.merged-into',
  `with recursive into_(id, n) as (
     select merged_into_id, 1 from matters where id = $1
     union all
     select m.merged_into_id, i.n + 1 from into_ i join matters m on m.id = i.id)
   select id from into_ where id is not null order by n`,
)

/** What a matter is merged into at the moment, and what that is, and so on; whoever acts on them locks them and looks again. */
export async function mergedInto(tx: Tx, id: string): Promise<string[]> {
  return (await intoOf(tx, [id])).map((into) => into.id)
}

/** Locks a matter that the actor may see; `matter/not-found` when there is none for them. */
export async function lockCase(tx: Tx, actor: Actor, id: string, needs: readonly Pending[]): Promise<Case> {
  const wants = (part: Pending) => needs.includes(part)
  const [
    [matter],
    legRows,
    extension,
    returnRequest,
    screening,
    reply,
    petition,
    opinion,
    supervised,
    granted,
    holds,
  ] = await Promise.all([
    lockMatter(tx, [id, ...visibilityValues(actor)]),
    legsOf(tx, [id]),
    wants('extension') ? pendingExtension(tx, [id]) : [],
    wants('returnRequest') ? pendingReturn(tx, [id]) : [],
    wants('screening') ? lastScreening(tx, [id]) : [],
    wants('reply') ? replyUnderReview(tx, [id]) : [],
    wants('petition') ? procedureOf(tx, [id]) : [],
    wants('opinion') ? opinionUnderReview(tx, [id]) : [],
    wants('supervisions') ? openSupervisions(tx, [id]) : [],
    wants('granted') ? grantedDays(tx, [id]) : [],
    wants('holds') ? holdsOf(tx, [id]) : [],
  ])
  if (matter === undefined) throw await notForReader(tx, actor, id)
  const last = screening[0]
  const {
    earlierIds = [],
    concluded = false,
    skipLevel = null,
    underReview = false,
    ...procedure
  } = petition[0] ?? {}
  return {
    matter,
    legs: legRows,
    extension: extension[0] ?? null,
    returnRequest: returnRequest[0] ?? null,
    screening: last !== undefined && last.upheld === null ? last : null,
    reply: reply[0] ?? null,
    petition: petition[0] === undefined ? null : (procedure as Petition),
    earlierIds,
    concluded,
    skipLevel,
    underReview,
    opinion: opinion[0] ?? null,
    supervisions: supervised,
    granted,
    holds,
    screenedBefore: last !== undefined && matter.ratedAt !== null && last.askedAt >= matter.ratedAt,
  }
}

/** The units that an input names, by id; those that do not exist are missing. */
export async function readReceivers(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, Receiver>> {
  if (ids.length === 0) return new Map()
  return new Map((await findReceivers(tx, [ids])).map((unit) => [unit.id, unit]))
}
