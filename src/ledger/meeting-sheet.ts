// Takes a spreadsheet of joint meetings in, all or nothing: a row a decision, each meeting once however often it comes.
import { randomUUIDv7 } from 'node:crypto'
import { visibilityValues, visibleTo } from '../matters/access.ts'
import { findVisible } from '../matters/queries.ts'
import { readReceivers } from '../matters/reading.ts'
import { unitReference } from '../orgs/unit-reference.ts'
import { safeValue } from '../people/safe-values.ts'
import type { Actor } from '../platform/actor.ts'
import { dayOf } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import { Problem, type FieldError, type ProblemOptions } from '../platform/problems.ts'
import {
  cellError,
  refusedCells,
  refuseRows,
  rowsOfSheet,
  type ReadTable,
  type Sheet,
  type SheetRow,
} from '../platform/sheet-rows.ts'
import { itemVisibleTo } from './access.ts'
import { meetingColumns } from './meeting-columns.ts'
import { isStored, storedMeetings } from './meeting-known.ts'
import { meetingsIn, type ToldItem, type ToldMeeting } from './meeting-rows.ts'
import { admitItem, carryOut, enterMeeting, type MeetingItemEntry } from './meetings.ts'

const meetingSheet: Sheet = {
  ...{ columns: meetingColumns, references: { unit: unitReference }, show: safeValue, most: 1000 },
}

interface MeetingsTaken {
  rows: number
  meetings: number
  items: number
  unchanged: number
}

/** Throws `register/invalid-row` with every wrong cell; then, and where it is only checked, nothing is written. */
export async function takeMeetings(
  tx: Tx,
  actor: Actor,
  batches: ReturnType<ReadTable>,
  { region, check }: { region: string; check: boolean },
): Promise<MeetingsTaken> {
  const errors: FieldError[] = []
  const fail = (row: SheetRow, column: string, message: string) =>
    void errors.push(cellError(meetingSheet, row, column, message))
  const rows = await rowsOfSheet(tx, meetingSheet, batches)
  const told = meetingsIn(rows, dayOf(tx.now), fail)
  refuseRows(errors)
  await lockMeetings(tx, [])
  const items = told.flatMap((meeting) => meeting.items)
  let attempt: ProblemOptions['record']
  const refused = (row: SheetRow, error: unknown) => {
    if (!(error instanceof Problem)) throw error
    attempt ??= error.options.record
    if (NOT_FOUND.has(error.code)) fail(row, 'subjectNo', '没有这件信访件或台账事项')
    else errors.push(...refusedCells(meetingSheet, row, error, (field) => field))
  }
  const subjects = await subjectsOf(tx, actor, items)
  for (const item of items) {
    try {
      Object.assign(item, await subjects(item.subjectNo))
    } catch (error) {
      refused(item.row, error)
    }
  }
  refuseRows(errors, attempt)

  const fresh = await freshOf(tx, told, fail)
  const receivers = await readReceivers(tx, [...new Set(items.map(({ leadUnitId }) => leadUnitId))])
  for (const item of fresh.flatMap((meeting) => meeting.items))
    await admitItem(tx, actor, entryOf(item), 0, receivers).catch((error: unknown) =>
      refused(item.row, error),
    )
  refuseRows(errors, attempt)
  if (!check) for (const meeting of fresh) await enter(tx, actor, meeting, region)
  return {
    rows: rows.length,
    meetings: fresh.length,
    items: fresh.reduce((n, meeting) => n + meeting.items.length, 0),
    unchanged: told.length - fresh.length,
  }
}

const NOT_FOUND: ReadonlySet<string> = new Set(['matter/not-found', 'ledger/not-found'])
const lockMeetings = statement(
  'meeting.lock-all',
  "select pg_advisory_xact_lock(hashtextextended('meetings', 12))",
)

const numbered = statement<{
  id: string
  of: 'matterId' | 'ledgerItemId'
  own: boolean
  no: string
  seen: boolean
}>(
  'meeting.numbered',
  `select m.id, 'matterId' as of, true as own, m.no, ${visibleTo(1)} as seen from matters m where m.no = any($4::text[])
   union all
   select m.id, 'matterId', false, m.external_no, ${visibleTo(1)} from matters m
   where m.external_no = any($4::text[])
   union all
   select i.id, 'ledgerItemId', true, i.no, ${itemVisibleTo(1)} from ledger_items i where i.no = any($4::text[])`,
)

/** What a number means to this reader: our own before the platform's; an attempt at what is withheld is on record. */
async function subjectsOf(tx: Tx, actor: Actor, items: readonly ToldItem[]) {
  const numbers = [...new Set(items.map(({ subjectNo }) => subjectNo))]
  const found = await numbered(tx, [...visibilityValues(actor), numbers])
  return async (no: string): Promise<Pick<MeetingItemEntry, 'matterId' | 'ledgerItemId'>> => {
    const meant = found.filter((each) => each.no === no)
    const seen = meant.filter((each) => each.seen)
    const own = seen.filter((each) => each.own)
    const [subject, other] = own.length > 0 ? own : seen
    if (subject === undefined) {
      const [hidden] = meant.filter(({ of }) => of === 'matterId')
      if (hidden !== undefined) await findVisible(tx, actor, hidden.id)
      throw new Problem('ledger/not-found')
    }
    if (other !== undefined) {
      const message = '此编号不止一件，请填写本系统的编号'
      throw new Problem('request/invalid', {
        errors: [{ pointer: '/subjectNo', code: 'request/invalid', message }],
      })
    }
    return { [subject.of]: subject.id }
  }
}

/** Those that are not there yet. One that is there and says something else is for a person to look at. */
async function freshOf(
  tx: Tx,
  told: readonly ToldMeeting[],
  fail: (row: SheetRow, column: string, message: string) => void,
): Promise<ToldMeeting[]> {
  const stored = await storedMeetings(tx, told)
  const same = new Map(told.map((meeting) => [meeting, stored.find((each) => isStored(each, meeting))]))
  const taken = new Set([...same.values()])
  return told.filter((meeting) => {
    if (same.get(meeting) !== undefined) return false
    const { row, no, day, kind, convenor } = meeting
    const other = stored.find(
      (each) =>
        !taken.has(each) &&
        (each.no === no || (each.day === day && each.kind === kind && each.convenor === convenor)),
    )
    if (other !== undefined) fail(row, 'day', `与已登记的${other.no}不同，没有更改，请核对后人工更正`)
    return other === undefined
  })
}

function entryOf({ decision, leadUnitId, dueDay, matterId, ledgerItemId }: ToldItem): MeetingItemEntry {
  return { decision, leadUnitId, dueDay, matterId, ledgerItemId }
}

async function enter(tx: Tx, actor: Actor, meeting: ToldMeeting, region: string): Promise<void> {
  const { day, kind, convenor, convenorRank, place, attendees } = meeting
  const items = meeting.items.map((item) => ({ item, id: randomUUIDv7() }))
  const entry = { day, kind, convenor, convenorRank, place, attendees }
  const written = await enterMeeting(
    tx,
    actor,
    { ...entry, items: items.map(({ item, id }) => ({ id, ...entryOf(item) })) },
    { region },
  )
  for (const { item, id } of items) {
    const { doneDay, result } = item
    if (doneDay !== undefined && result !== undefined)
      await carryOut(tx, actor, { meetingId: written.id, itemId: id }, { doneDay, result })
  }
}
