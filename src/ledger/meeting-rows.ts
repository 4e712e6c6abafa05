// Makes meetings of the rows of a spreadsheet: which rows belong to one, and what they say together. Pure.
import type { Day } from '../platform/clock.ts'
import type { SheetRow } from '../platform/sheet-rows.ts'
import type { meetingColumns } from './meeting-columns.ts'

export interface ToldItem {
  row: SheetRow
  subjectNo: string
  decision: string
  leadUnitId: string
  dueDay: Day
  doneDay?: Day
  result?: string
  /** What the number means. */
  matterId?: string
  ledgerItemId?: string
}

export interface ToldMeeting {
  row: SheetRow
  no?: string
  day: Day
  kind: string
  convenor: string
  convenorRank: string
  place?: string
  attendees: string[]
  items: ToldItem[]
}

type Key = keyof typeof meetingColumns
const REQUIRED = ['day', 'kind', 'convenor', 'convenorRank'] as const
const SPOKEN = [...REQUIRED, 'place', 'attendees'] as const
const ITEM = ['subjectNo', 'subject', 'decision', 'leadUnitId', 'dueDay', 'doneDay', 'result'] as const
const NEEDED = ['subjectNo', 'decision', 'leadUnitId', 'dueDay'] as const

type Fail = (row: SheetRow, column: Key, message: string) => void

/**
 * A row that says nothing of a meeting belongs to the one above, as under a merged cell; one that says the same of it as an
 * earlier row belongs to that one.
 */
export function meetingsIn(rows: readonly SheetRow[], today: Day, fail: Fail): ToldMeeting[] {
  const meetings: ToldMeeting[] = []
  const byNumber = new Map<string, ToldMeeting>()
  const byWords = new Map<string, ToldMeeting>()
  for (const row of rows) {
    const told = row.row as Partial<Record<Key, string>>
    const { no } = told
    const silent = SPOKEN.every((key) => told[key] === undefined)
    const words = JSON.stringify([no, ...SPOKEN.map((key) => told[key])])
    const above = no === undefined ? meetings.at(-1) : byNumber.get(no)
    let meeting = silent ? above : byWords.get(words)
    if (meeting === undefined) {
      if (no !== undefined && byNumber.has(no)) fail(row, 'no', '与文件中同一编号的会议不一致')
      meeting = meetingOf(row, today, fail)
      meetings.push(meeting)
      byWords.set(words, meeting)
      if (no !== undefined) byNumber.set(no, meeting)
    }
    const item = itemOf(row, meeting.day, today, fail)
    if (item !== undefined) meeting.items.push(item)
  }
  for (const { row, items } of meetings)
    if (items.length > 50) fail(row, 'decision', '一次会议最多50项议定事项')
  return meetings
}

function meetingOf(row: SheetRow, today: Day, fail: Fail): ToldMeeting {
  const told = row.row as Partial<Record<Key, string>>
  for (const key of REQUIRED) if (told[key] === undefined) fail(row, key, '不能为空')
  const { no, day = '', kind = '', convenor = '', convenorRank = '', place } = told
  if (day > today) fail(row, 'day', '会议日期不能晚于今天')
  const attendees = (told.attendees ?? '').split(/[、，,;；\n]+/).map((each) => each.trim())
  const named = attendees.filter((each) => each !== '')
  if (named.length > 200 || named.some((each) => Array.from(each).length > 60))
    fail(row, 'attendees', '最多200个，每个最多60个字，用顿号分开')
  return {
    ...{ row, day, kind, convenor, convenorRank, attendees: named, items: [] },
    ...(no === undefined ? {} : { no }),
    ...(place === undefined ? {} : { place }),
  }
}

function itemOf(row: SheetRow, held: Day, today: Day, fail: Fail): ToldItem | undefined {
  const told = row.row as Partial<Record<Key, string>>
  if (ITEM.every((key) => told[key] === undefined)) return undefined
  for (const key of NEEDED) if (told[key] === undefined) fail(row, key, '议定事项的此列不能为空')
  const { subjectNo = '', decision = '', leadUnitId = '', dueDay = '', doneDay, result } = told
  if ((doneDay === undefined) !== (result === undefined))
    fail(row, doneDay === undefined ? 'doneDay' : 'result', '落实日期和落实情况须一并填写')
  if (doneDay !== undefined && (doneDay < held || doneDay > today))
    fail(row, 'doneDay', '落实日期应在会议之后、今天以前')
  return {
    ...{ row, subjectNo: subjectNo.normalize('NFKC'), decision, leadUnitId, dueDay },
    ...(doneDay === undefined || result === undefined ? {} : { doneDay, result }),
  }
}
