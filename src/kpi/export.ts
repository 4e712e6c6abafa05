// Figures and the matters behind them as CSV and xlsx: streamed, safe to open, and on record.
import type { Readable } from 'node:stream'
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import type { Db, Tx } from '../platform/db.ts'
import { record, type EventData } from '../platform/events.ts'
import { writeSheet, type Format, type SheetColumn } from '../platform/spreadsheets.ts'
import type { Figure, FigureTable } from './figures.ts'
import { matterIdsBehind, type ListQuery, type MatterBehind } from './lists.ts'
import { findMetric } from './metrics.ts'

const figureColumns: readonly SheetColumn<Figure>[] = [
  { header: '指标编号', width: 10, cell: (f) => f.metric },
  { header: '指标', width: 22, cell: (f) => f.name },
  { header: '版本', width: 6, cell: (f) => f.version },
  { header: '范围', width: 24, cell: (f) => f.scope },
  { header: '分组', width: 24, cell: (f) => f.group?.label ?? null },
  { header: '起始日期', width: 12, cell: (f) => f.period.from },
  { header: '截止日期', width: 12, cell: (f) => f.period.to },
  { header: '截至时间', width: 20, cell: (f) => momentText(f.asOf) },
  { header: '分子', width: 10, cell: (f) => f.numerator },
  { header: '分母', width: 10, cell: (f) => f.denominator },
  { header: '值', width: 10, cell: (f) => (f.value === null ? null : Number(f.value)) },
  { header: '单位', width: 6, cell: (f) => f.unit },
  { header: '显示', width: 10, cell: (f) => f.text },
  { header: '口径', width: 60, cell: (f) => findMetric(f.metric)?.definition.zh ?? null },
  { header: '说明', width: 40, cell: (f) => f.note },
  { header: '清单', width: 40, cell: (f) => f.list },
]

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

/** `2020-08-14 09:03:07`, Shanghai time. */
function momentText(instant: Instant | null): string | null {
  return instant === null ? null : instant.slice(0, 19).replace('T', ' ')
}

/**
 * Puts an export on record before the first byte leaves, and returns its number, which every row carries.
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

export function exportFigures(table: FigureTable, format: Format, exportId: string): Readable {
  return writeSheet(format, '指标', figureColumns, [table.figures], exportId)
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
