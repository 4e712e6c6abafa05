// The matters behind figures as CSV and xlsx: streamed, safe to open, and on record.
import type { Readable } from 'node:stream'
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import type { Db, Tx } from '../platform/db.ts'
import { record, type EventData } from '../platform/events.ts'
import { writeSheet, type Format, type SheetColumn } from '../platform/spreadsheets.ts'
import { matterIdsBehind, type ListQuery, type MatterBehind } from './lists.ts'
import { momentText } from './sheets.ts'

const matterColumns: readonly SheetColumn<MatterBehind>[] = [
  { header: '办件编号', width: 22, cell: (m) => m.no },
  { header: '平台工单号', width: 22, cell: (m) => m.externalNo },
  { header: '标题', width: 50, cell: (m) => m.title },
  { header: '主办单位', width: 24, cell: (m) => m.unit },
  { header: '状态', width: 10, cell: (m) => m.stateLabel },
  { header: '派单时间', width: 20, cell: (m) => momentText(m.dispatchedAt) },
  { header: '办理期限', width: 20, cell: (m) => momentText(m.dueAt) },
  { header: '回复时间', width: 20, cell: (m) => momentText(m.repliedAt) },
  { header: '超期起算', width: 20, cell: (m) => momentText(m.lateFrom) },
]

/**
 * Puts a table of figures on record before the first byte leaves, and returns its number, which every row carries.
 * `data` tells what was asked for.
 */
export async function recordExport(tx: Tx, actor: Actor, data: EventData): Promise<string> {
  const event = await record(tx, actor, {
    subject: 'account',
    subjectId: actor.id,
    type: 'kpi.exported',
    data,
  })
  return event.id
}

/** The whole list, read page by page as the receiver takes it. */
export function exportMatters(
  db: Db,
  actor: Actor,
  query: ListQuery & { asOf: Instant },
  format: Format,
  exportId: string,
): Readable {
  return writeSheet(format, '清单', matterColumns, pagesOf(db, actor, query), exportId)
}

async function* pagesOf(
  db: Db,
  actor: Actor,
  query: ListQuery & { asOf: Instant },
): AsyncGenerator<MatterBehind[]> {
  let cursor: string | undefined
  do {
    const page = await matterIdsBehind(db, actor, query, { limit: 1000, cursor }, query.asOf)
    yield page.items
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
}
