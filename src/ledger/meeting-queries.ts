// Reads joint meetings: lists, the subjects that they took up, and their numbers.
import { visibilityValues } from '../matters/access.ts'
import type { Actor } from '../platform/actor.ts'
import type { Day } from '../platform/clock.ts'
import { statement, type Db } from '../platform/db.ts'
import { Problem } from '../platform/problems.ts'
import { columnsOf } from '../platform/rows.ts'
import { versionsOf } from '../platform/versions.ts'
import { seenItems } from './access.ts'
import type { StoredMeeting } from './meetings.ts'
import { jointMeetings } from './tables.ts'

export interface ListedMeeting extends StoredMeeting {
  /** Something that it took up is withheld from the reader: then its minutes are, too. */
  withheld: boolean
  items: {
    id: string
    n: number
    matterId: string | null
    ledgerItemId: string | null
    /** The subject's number. */
    subjectNo: string | null
    subject: string | null
    decision: string
    leadUnit: string
    dueDay: Day
    doneDay: Day | null
    result: string | null
  }[]
}

export interface MeetingFilter {
  from: Day
  to: Day
  rank?: string | undefined
  kind?: string | undefined
  /** Only decisions whose day has passed and that nobody reported as carried out, and the meetings that took them. */
  overdue?: boolean | undefined
  /** Only those that were entered by mistake; otherwise only the others. */
  voided?: boolean | undefined
}

const isOverdue = (today: string) => `mi.done_day is null and mi.due_day < ${today}::date`

/** Meetings of a period, newest first; of their items only those whose subject the reader may see, numbered without gaps. */
const meetingsOf = statement<ListedMeeting>(
  'meeting.list',
  `select ${columnsOf(jointMeetings, 'j')}, t.items,
     t.seen < (select count(*) from meeting_items every where every.meeting_id = j.id) as withheld
   from joint_meetings j cross join lateral (
     select count(*) as seen, count(*) filter (where s.wanted) as n,
       coalesce(json_agg(json_build_object('id', s.id, 'n', s.place, 'matterId', s.matter_id, 'ledgerItemId', s.ledger_item_id,
         'subjectNo', s.subject_no, 'subject', s.subject, 'decision', s.decision, 'leadUnit', s.unit, 'dueDay', s.due_day, 'doneDay', s.done_day,
         'result', s.result) order by s.place) filter (where s.wanted), '[]') as items
     from (select mi.*, row_number() over (order by mi.n) as place, coalesce(m.title, i.title) as subject,
         coalesce(m.no, i.no) as subject_no, u.name as unit,
         (not $8::boolean or (${isOverdue('$9')})) as wanted
       from ${seenItems(1)} and mi.meeting_id = j.id) s) t
   where j.day between $4 and $5 and ($6::text is null or j.convenor_rank = $6) and ($7::text is null or j.kind = $7)
     and (not $8::boolean or t.n > 0)
     and ($10::date is null or (j.day, j.id) < ($10, $11::uuid))
     and ($13::boolean is null or (j.voided_at is not null) = $13) and ($14::uuid is null or j.id = $14)
   order by j.day desc, j.id desc limit $12`,
)

export function listMeetings(
  db: Db,
  actor: Actor,
  filter: MeetingFilter,
  page: { limit: number; after?: { day: Day; id: string } | undefined },
  today: Day,
): Promise<ListedMeeting[]> {
  const { from, to, rank = null, kind = null, overdue = false, voided = false } = filter
  const { after } = page
  return meetingsOf(db, [
    ...visibilityValues(actor),
    ...[from, to, rank, kind, overdue, today, after?.day ?? null, after?.id ?? null, page.limit],
    ...[voided, null],
  ])
}

/** One meeting, a void one too, with what it said before each change where nothing of it is withheld. */
export async function openMeeting(db: Db, actor: Actor, id: string) {
  const ever = ['1990-01-01', '2100-12-31', null, null, false, '1990-01-01', null, null, 1, null, id]
  const [[meeting], versions] = await Promise.all([
    meetingsOf(db, [...visibilityValues(actor), ...ever]),
    versionsOf(db, id),
  ])
  if (meeting === undefined) throw new Problem('meeting/not-found')
  return { ...meeting, history: meeting.withheld ? [] : versions }
}

const meetingSums = statement<{ meetings: number; byLeaders: number; subjects: number; open: number }>(
  'meeting.sums',
  `select count(distinct j.id)::int as meetings,
     count(distinct j.id) filter (where j.convenor_rank = 'district-leader')::int as "byLeaders",
     count(distinct s.subject)::int as subjects, (count(*) filter (where s.overdue))::int as open
   from joint_meetings j left join lateral (
     select coalesce(mi.matter_id, mi.ledger_item_id) as subject, ${isOverdue('$6')} as overdue
     from ${seenItems(1)} and mi.meeting_id = j.id) s on true
   where j.voided_at is null and j.day between $4 and $5`,
)

/** Meetings, those that district leaders convened, and of what the reader may see the distinct subjects and the decisions overdue. */
export async function countMeetings(db: Db, actor: Actor, from: Day, to: Day, today: Day) {
  const [sums] = await meetingSums(db, [...visibilityValues(actor), from, to, today])
  return sums ?? { meetings: 0, byLeaders: 0, subjects: 0, open: 0 }
}

export interface MeetingSubject {
  id: string
  kind: 'matter' | 'ledger'
  no: string
  title: string
  /** How often meetings of the period took it up. */
  meetings: number
}

/** Distinct subjects of a period's meetings, those that the reader may see. */
const subjectsOf = statement<{ total: number; page: MeetingSubject[] }>(
  'meeting.subjects',
  `with taken as (
     select coalesce(m.id, i.id) as id, case when m.id is null then 'ledger' else 'matter' end as kind,
       coalesce(m.no, i.no) as no, coalesce(m.title, i.title) as title, count(distinct mi.meeting_id)::int as meetings
     from ${seenItems(1)} and coalesce(m.id, i.id) is not null
       and mi.meeting_id in (select id from joint_meetings where voided_at is null and day between $4 and $5) group by 1, 2, 3, 4)
   select (select count(*)::int from taken) as total, coalesce(json_agg(s order by s.id), '[]') as page
   from (select * from taken where $6::uuid is null or id > $6 order by id limit $7) s`,
)

export async function listSubjects(
  db: Db,
  actor: Actor,
  {
    from,
    to,
    limit,
    cursor = null,
  }: { from: Day; to: Day; limit: number; cursor?: string | null | undefined },
): Promise<{ total: number; items: MeetingSubject[]; next: string | null }> {
  const [found] = await subjectsOf(db, [...visibilityValues(actor), from, to, cursor, limit + 1])
  const { total, page } = found ?? { total: 0, page: [] }
  const items = page.slice(0, limit)
  return { total, items, next: page.length > limit ? (items.at(-1)?.id ?? null) : null }
}
