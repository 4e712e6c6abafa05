// Which meetings of a spreadsheet are there already.
import type { Day } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import { columnsOf } from '../platform/rows.ts'
import type { ToldItem, ToldMeeting } from './meeting-rows.ts'
import type { StoredMeeting } from './meetings.ts'
import { jointMeetings } from './tables.ts'

interface KnownMeeting extends StoredMeeting {
  items: {
    subjectId: string
    decision: string
    leadUnitId: string
    dueDay: Day
    doneDay: Day | null
    result: string | null
  }[]
}

const likely = statement<KnownMeeting>(
  'meeting.likely',
  `select ${columnsOf(jointMeetings, 'j')}, (
     select coalesce(json_agg(json_build_object('subjectId', coalesce(mi.matter_id, mi.ledger_item_id),
       'decision', mi.decision, 'leadUnitId', mi.lead_unit_id, 'dueDay', mi.due_day, 'doneDay', mi.done_day,
       'result', mi.result) order by mi.n), '[]') from meeting_items mi where mi.meeting_id = j.id) as items
   from joint_meetings j where j.voided_at is null and (j.no = any($1::text[]) or j.day = any($2::date[]))
   order by j.registered_at, j.id`,
)

/** Those of the same numbers and days. */
export function storedMeetings(tx: Tx, told: readonly ToldMeeting[]): Promise<KnownMeeting[]> {
  return likely(tx, [told.flatMap(({ no }) => no ?? []), [...new Set(told.map(({ day }) => day))]])
}

/** Whether it says the same in every column; its number is the file's own. */
export function isStored(stored: KnownMeeting, told: ToldMeeting): boolean {
  const of = (
    meeting: Pick<KnownMeeting, 'day' | 'kind' | 'convenor' | 'convenorRank' | 'attendees'>,
    place: unknown,
  ) => [meeting.day, meeting.kind, meeting.convenor, meeting.convenorRank, place ?? null, meeting.attendees]
  const items = (all: unknown[][]) => all.map((each) => JSON.stringify(each)).toSorted()
  const storedItems = items(
    stored.items.map((i) => [i.subjectId, i.decision, i.leadUnitId, i.dueDay, i.doneDay, i.result]),
  )
  const toldItems = items(told.items.map(wordsOf))
  return (
    JSON.stringify([of(stored, stored.place), storedItems]) ===
    JSON.stringify([of(told, told.place), toldItems])
  )
}

const wordsOf = ({ matterId, ledgerItemId, decision, leadUnitId, dueDay, doneDay, result }: ToldItem) => [
  ...[matterId ?? ledgerItemId, decision, leadUnitId, dueDay, doneDay ?? null, result ?? null],
]
