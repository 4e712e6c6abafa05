// The list of errors and warnings as CSV, for the clerk to work through beside the original table.
import { verdicts } from './workflow.ts'
import { listFindings, type ImportRow } from './queries.ts'
import type { Actor } from '../platform/actor.ts'
import type { Db } from '../platform/db.ts'
import { defuse } from '../platform/spreadsheets.ts'

const HEAD = ['行号', '工单编号', '结果', '级别', '列', '说明', '单元格内容']
const PAGE = 1000

/** In pieces: begins with a byte order mark, so that Excel reads it as UTF-8. */
export async function* reportLines(db: Db, actor: Actor, importId: string): AsyncGenerator<string> {
  yield `\ufeff${line(HEAD)}`
  for (let after = 0; ;) {
    const rows = await listFindings(db, actor, importId, after, PAGE)
    if (rows.length > 0) yield rows.map(linesOf).join('')
    after = rows.at(-1)?.rowNo ?? after
    if (rows.length < PAGE) return
  }
}

function linesOf({ rowNo, externalNo, verdict, errors, warnings }: ImportRow): string {
  const told = [
    ...(errors ?? []).map((each) => ({ level: '错误', ...each })),
    ...(warnings ?? []).map((each) => ({ level: '提示', ...each })),
  ]
  return told
    .map(({ level, column, message, value }) =>
      line([String(rowNo), externalNo ?? '', verdicts[verdict], level, column, message, value ?? '']),
    )
    .join('')
}

function line(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

function cell(text: string): string {
  const safe = defuse(text)
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
