// What a reader sees of imports: labels beside codes, the acts that are open, findings row by row; nothing personal.
import { z } from 'zod'
import type { Actor } from '../platform/actor.ts'
import type { Finding } from './findings.ts'
import type { ImportRow, ListedImport } from './queries.ts'
import {
  importActs,
  importModes,
  importStatuses,
  verdicts,
  type ImportAct,
  type ImportStatus,
} from './workflow.ts'

const labelled = z.object({ code: z.string(), label: z.string() })
const moment = z.string().meta({ format: 'date-time' })

export const importShape = z
  .object({
    id: z.string(),
    fileName: z.string(),
    bytes: z.int(),
    status: labelled,
    mode: labelled.nullable(),
    sheet: z.string().nullable().describe('读取的工作表'),
    format: z.string().nullable(),
    encoding: z.string().nullable().describe('CSV 的文字编码'),
    ignoredSheets: z.array(z.string()),
    ignoredColumns: z.array(z.string()).describe('未采用的列'),
    counts: z.object({
      rows: z.int().describe('已读取的行数'),
      ok: z.int(),
      errors: z.int(),
      warnings: z.int(),
      new: z.int(),
      changed: z.int(),
      unchanged: z.int(),
    }),
    problem: z
      .object({
        code: z.string(),
        title: z.string(),
        errors: z.array(z.object({ pointer: z.string(), code: z.string(), message: z.string() })).optional(),
      })
      .nullable(),
    asOf: moment.nullable().describe('文件中最晚的时间'),
    createdBy: z.string().nullable(),
    createdAt: moment,
    checkedAt: moment.nullable(),
    committedBy: z.string().nullable(),
    committedAt: moment.nullable(),
    acts: z.array(z.object({ act: z.string(), label: z.string() })).describe('当前可进行的操作'),
    version: z.int(),
  })
  .meta({ id: 'Import' })

export function viewImport(row: ListedImport, actor: Actor): z.input<typeof importShape> {
  const { id, fileName, bytes, sheet, about, rows, errors, warnings, unchanged, changed } = row
  return {
    ...{ id, fileName, bytes, sheet },
    status: { code: row.status, label: importStatuses[row.status] },
    mode: row.mode === null ? null : { code: row.mode, label: importModes[row.mode] },
    format: about?.format ?? null,
    encoding: about?.encoding ?? null,
    ignoredSheets: about?.ignored.map((each) => each.sheet) ?? [],
    ignoredColumns: row.ignoredColumns,
    counts: { rows, ok: rows - errors, errors, warnings, new: row.newOrders, changed, unchanged },
    problem: row.problem,
    asOf: row.asOf,
    createdBy: row.createdByName,
    createdAt: row.createdAt,
    checkedAt: row.checkedAt,
    committedBy: row.committedByName,
    committedAt: row.committedAt,
    acts: actor.can.has('imports.run') ? openTo(row.status) : [],
    version: row.version,
  }
}

function openTo(status: ImportStatus): { act: string; label: string }[] {
  const open = (Object.keys(importActs) as ImportAct[]).filter((act) => {
    const from: readonly ImportStatus[] = importActs[act].from
    return from.includes(status)
  })
  return open.map((act) => ({ act, label: importActs[act].label }))
}

const findingShape = z.object({
  column: z.string().describe('列名，空为整行'),
  code: z.string(),
  message: z.string(),
  value: z.string().optional().describe('单元格内容，涉及个人信息的已遮盖或省略'),
})

export const importRowShape = z
  .object({
    row: z.int().describe('表格中的行号'),
    externalNo: z.string().nullable(),
    verdict: labelled,
    matterId: z.string().nullable().describe('导入后对应的办件'),
    changes: z.array(z.string()).describe('有变化的列'),
    errors: z.array(findingShape),
    warnings: z.array(findingShape),
  })
  .meta({ id: 'ImportRow' })

export function viewRow(row: ImportRow): z.input<typeof importRowShape> {
  const told = (list: Finding[] | null) =>
    list?.map(({ column, code, message, value }) => ({ column, code, message, value })) ?? []
  return {
    row: row.rowNo,
    externalNo: row.externalNo,
    verdict: { code: row.verdict, label: verdicts[row.verdict] },
    matterId: row.matterId,
    changes: row.changes ?? [],
    errors: told(row.errors),
    warnings: told(row.warnings),
  }
}

export const writtenShape = z
  .object({
    id: z.string(),
    status: z.string(),
    version: z.int(),
    known: z.boolean().describe('此文件先前已上传'),
  })
  .meta({ id: 'ImportWritten' })
