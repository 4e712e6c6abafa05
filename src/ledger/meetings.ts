// Joint meetings 联席会议: convened, what they coordinated, and whether it was carried out.
import { randomUUIDv7 } from 'node:crypto'
import { visibilityValues } from '../matters/access.ts'
import { findVisible } from '../matters/queries.ts'
import { readReceivers } from '../matters/reading.ts'
import { admit } from '../matters/rules.ts'
import type { Actor } from '../platform/actor.ts'
import { dayOf, type Day, type Instant } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { columnsOf, insertRow, updateRow } from '../platform/rows.ts'
import { itemVisibleTo, seenItems } from './access.ts'
import { takeLedgerNumber } from './commands.ts'
import { jointMeetings, meetingItems } from './tables.ts'

export interface MeetingWritten {
  id: string
  no: string
  version: number
}

export interface MeetingItemEntry {
  id?: string
  matterId?: string | undefined
  ledgerItemId?: string | undefined
  decision: string
  leadUnitId: string
  dueDay: Day
}

export interface MeetingEntry {
  day: Day
  kind: string
  convenor: string
  convenorRank: string
  place?: string | undefined
  attendees: string[]
  minutes?: string | undefined
  items: MeetingItemEntry[]
}

const accusedOf = statement<{ accused: string[] }>(
  'meeting.accused',
  `select m.accused_unit_ids as accused from matters m where m.id = $1
   union all
   select m.accused_unit_ids from ledger_matters l join matters m on m.id = l.matter_id where l.item_id = $2`,
)
const itemVisible = statement<{ id: string }>(
  'meeting.item',
  `select i.id from ledger_items i where i.id = $1 and ${itemVisibleTo(2)}`,
)

/** Enters a meeting with what it coordinated; each subject must be one the actor may see, each unit one it may go to. */
export async function enterMeeting(
  tx: Tx,
  actor: Actor,
  entry: MeetingEntry,
  office: { region: string },
): Promise<MeetingWritten> {
  if (entry.day > dayOf(tx.now)) throw fieldProblem('ledger/future-day', '/body/day', '会议日期不能晚于今天')
  const receivers = await readReceivers(tx, [...new Set(entry.items.map(({ leadUnitId }) => leadUnitId))])
  for (const [n, item] of entry.items.entries()) await admitItem(tx, actor, item, n, receivers)
  const [id, no] = [randomUUIDv7(), await takeLedgerNumber(tx, 'LX', office.region)]
  const { items, ...row } = entry
  insertRow(tx, jointMeetings, { id, no, ...row, registeredAt: tx.now })
  for (const [n, item] of items.entries()) {
    insertRow(tx, meetingItems, { id: randomUUIDv7(), meetingId: id, n: n + 1, ...item })
  }
  const { day, kind, convenorRank } = entry
  const leadUnitIds = [...new Set(items.map(({ leadUnitId }) => leadUnitId))]
  const data = { no, day, kind, convenorRank, items: items.length, leadUnitIds }
  await record(tx, actor, { subject: 'meeting', subjectId: id, type: 'meeting.entered', data })
  return { id, no, version: 1 }
}

export async function admitItem(
  tx: Tx,
  actor: Actor,
  item: MeetingItemEntry,
  n: number,
  receivers: Awaited<ReturnType<typeof readReceivers>>,
): Promise<void> {
  const { matterId, ledgerItemId } = item
  if (matterId !== undefined) await findVisible(tx, actor, matterId)
  if (ledgerItemId !== undefined) {
    const [seen] = await itemVisible(tx, [ledgerItemId, ...visibilityValues(actor)])
    if (seen === undefined) throw new Problem('ledger/not-found')
  }
  const accused = await accusedOf(tx, [matterId ?? null, ledgerItemId ?? null])
  admit(
    receivers.get(item.leadUnitId),
    accused.flatMap((row) => row.accused),
    `/body/items/${n}/leadUnitId`,
    matterId ?? ledgerItemId ?? '',
  )
}

export interface StoredMeeting extends Omit<MeetingEntry, 'items'> {
  id: string
  no: string
  issuedAt: Instant | null
  voidedAt: Instant | null
  version: number
}

const lockMeeting = statement<StoredMeeting>(
  'meeting.lock',
  `select ${columnsOf(jointMeetings, 'j')} from joint_meetings j where j.id = $1 for update`,
)

const withheldItems = statement<{ n: number }>(
  'meeting.withheld',
  `select ((select count(*) from meeting_items where meeting_id = $4)
     - (select count(*) from ${seenItems(1)} and mi.meeting_id = $4))::int as n`,
)

/** Meetings are the office's; whoever something that they took up is withheld from does not touch their minutes either. */
export async function demandMeeting(
  tx: Tx,
  actor: Actor,
  id: string,
  ifMatch: number | undefined,
): Promise<StoredMeeting> {
  const meeting = await demandVersion(tx, id, ifMatch)
  const [withheld] = await withheldItems(tx, [...visibilityValues(actor), id])
  if (withheld?.n !== 0) throw new Problem('meeting/not-found')
  return meeting
}

async function demandVersion(tx: Tx, id: string, ifMatch: number | undefined): Promise<StoredMeeting> {
  const [meeting] = await lockMeeting(tx, [id])
  if (meeting === undefined) throw new Problem('meeting/not-found')
  if (ifMatch !== undefined && ifMatch !== meeting.version) {
    throw new Problem('request/stale', { extras: { version: meeting.version } })
  }
  if (meeting.voidedAt !== null) throw new Problem('meeting/voided')
  return meeting
}

/** The convenor approves the minutes, and they go out: from then on they stand. */
export async function issueMinutes(
  tx: Tx,
  actor: Actor,
  id: string,
  minutes: string | undefined,
  ifMatch: number | undefined,
): Promise<MeetingWritten> {
  const meeting = await demandMeeting(tx, actor, id, ifMatch)
  if (meeting.issuedAt !== null) throw new Problem('meeting/issued')
  const text = minutes ?? meeting.minutes
  if (text === undefined || text === null) {
    throw fieldProblem('meeting/no-minutes', '/body/minutes', '请填写会议纪要')
  }
  const version = meeting.version + 1
  updateRow(tx, jointMeetings, id, { minutes: text, issuedAt: tx.now, issuedBy: actor.id, version })
  await record(tx, actor, { subject: 'meeting', subjectId: id, type: 'meeting.issued', data: { version } })
  return { id, no: meeting.no, version }
}

const doneItem = statement<{ id: string }>(
  'meeting.done',
  `update meeting_items d set done_day = $6, result = $7
   where d.done_day is null and d.id = (select mi.id from ${seenItems(1)} and mi.meeting_id = $4 and mi.id = $5
     and ($1::text = 'all' or mi.lead_unit_id = any($2::uuid[]))) returning d.id`,
)

/** Notes that a decision was carried out: the office, or the unit that was to. */
export async function carryOut(
  tx: Tx,
  actor: Actor,
  ids: { meetingId: string; itemId: string },
  input: { doneDay: Day; result: string },
): Promise<MeetingWritten> {
  const meeting = await demandVersion(tx, ids.meetingId, undefined)
  if (input.doneDay > dayOf(tx.now) || input.doneDay < meeting.day) {
    throw fieldProblem('ledger/future-day', '/body/doneDay', '落实日期应在会议之后、今天以前')
  }
  const { meetingId, itemId } = ids
  const [done] = await doneItem(tx, [
    ...visibilityValues(actor),
    ...[meetingId, itemId, input.doneDay, input.result],
  ])
  if (done === undefined) throw new Problem('meeting/item-not-open')
  const version = meeting.version + 1
  updateRow(tx, jointMeetings, ids.meetingId, { version })
  const data = { itemId: ids.itemId, doneDay: input.doneDay }
  await record(tx, actor, { subject: 'meeting', subjectId: ids.meetingId, type: 'meeting.carried-out', data })
  return { id: meeting.id, no: meeting.no, version }
}
