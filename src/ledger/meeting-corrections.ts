// Corrects a meeting and what it decided, and voids one that was entered by mistake; what it said before is kept.
import { readReceivers } from '../matters/reading.ts'
import type { Actor } from '../platform/actor.ts'
import { dayOf, type Day } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { updateRow } from '../platform/rows.ts'
import { keepVersion } from '../platform/versions.ts'
import {
  admitItem,
  demandMeeting,
  type MeetingEntry,
  type MeetingWritten,
  type StoredMeeting,
} from './meetings.ts'
import { jointMeetings, meetingItems } from './tables.ts'

const SPOKEN = ['day', 'kind', 'convenor', 'convenorRank', 'place', 'attendees', 'minutes'] as const

interface StoredItem {
  id: string
  n: number
  matterId: string | null
  ledgerItemId: string | null
  decision: string
  leadUnitId: string
  leadUnit: string
  dueDay: Day
  doneDay: Day | null
}

const itemsOf = statement<StoredItem>(
  'meeting.items',
  `select mi.id, mi.n, mi.matter_id as "matterId", mi.ledger_item_id as "ledgerItemId", mi.decision,
     mi.lead_unit_id as "leadUnitId", u.name as "leadUnit", mi.due_day as "dueDay", mi.done_day as "doneDay"
   from meeting_items mi join units u on u.id = mi.lead_unit_id where mi.meeting_id = $1 order by mi.n`,
)

export interface ItemPatch {
  id: string
  decision?: string | undefined
  leadUnitId?: string | undefined
  dueDay?: Day | undefined
}

export type MeetingPatch = { [K in (typeof SPOKEN)[number]]?: MeetingEntry[K] | undefined } & {
  items?: ItemPatch[] | undefined
}

/** Corrects a meeting whose minutes are not issued yet, and those of its decisions that are not carried out. */
export async function correctMeeting(
  tx: Tx,
  actor: Actor,
  id: string,
  { items: told = [], ...patch }: MeetingPatch,
  reason: string,
  ifMatch: number | undefined,
): Promise<MeetingWritten> {
  const meeting = await demandMeeting(tx, actor, id, ifMatch)
  if (meeting.issuedAt !== null) throw new Problem('meeting/issued')
  if (patch.day !== undefined && patch.day > dayOf(tx.now)) {
    throw fieldProblem('ledger/future-day', '/body/day', '会议日期不能晚于今天')
  }
  const items = await itemsOf(tx, [id])
  await correctItems(tx, actor, items, told)
  keep(tx, actor, meeting, items, reason)
  const version = meeting.version + 1
  updateRow(tx, jointMeetings, id, { ...patch, version })
  const data = { fields: [...Object.keys(patch), ...(told.length > 0 ? ['items'] : [])], version }
  await record(tx, actor, { subject: 'meeting', subjectId: id, type: 'meeting.corrected', data })
  return { id, no: meeting.no, version }
}

async function correctItems(
  tx: Tx,
  actor: Actor,
  items: readonly StoredItem[],
  told: readonly ItemPatch[],
): Promise<void> {
  const units = told.flatMap(({ leadUnitId }) => (leadUnitId === undefined ? [] : [leadUnitId]))
  const receivers = await readReceivers(tx, [...new Set(units)])
  for (const [n, { id, ...patch }] of told.entries()) {
    const item = items.find((each) => each.id === id)
    if (item === undefined || item.doneDay !== null) {
      throw fieldProblem('meeting/item-not-open', `/body/items/${n}/id`, '没有待落实的该议定事项')
    }
    if (patch.leadUnitId !== undefined) {
      const { matterId, ledgerItemId, decision, dueDay } = item
      const about = { matterId: matterId ?? undefined, ledgerItemId: ledgerItemId ?? undefined }
      const given = { ...about, decision, dueDay, leadUnitId: patch.leadUnitId }
      await admitItem(tx, actor, given, n, receivers)
    }
    updateRow(tx, meetingItems, id, patch)
  }
}

/** A meeting that was entered by mistake: it stays to be seen and counts nowhere. */
export async function voidMeeting(
  tx: Tx,
  actor: Actor,
  id: string,
  reason: string,
  ifMatch: number | undefined,
): Promise<MeetingWritten> {
  const meeting = await demandMeeting(tx, actor, id, ifMatch)
  keep(tx, actor, meeting, await itemsOf(tx, [id]), reason)
  const version = meeting.version + 1
  updateRow(tx, jointMeetings, id, { voidedAt: tx.now, version })
  await record(tx, actor, { subject: 'meeting', subjectId: id, type: 'meeting.voided', data: { version } })
  return { id, no: meeting.no, version }
}

function keep(
  tx: Tx,
  actor: Actor,
  meeting: StoredMeeting,
  items: readonly StoredItem[],
  reason: string,
): void {
  const spoken = Object.fromEntries(SPOKEN.map((key) => [key, meeting[key]]))
  keepVersion(tx, actor, 'meeting', meeting, { row: { ...spoken, items }, reason })
}
