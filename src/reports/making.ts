// A report as files: one writer a format.
import type { FileKind } from '../platform/file-kinds.ts'
import { reportDocx } from './document.ts'
import type { Summary } from './summary.ts'
import { reportXlsx } from './workbook.ts'

/** `number` is that of the export, publication or run; the workbook carries it in every row. */
type Writer = (summary: Summary, number: string) => Promise<Buffer>

export const reportWriters = {
  docx: (summary) => reportDocx(summary),
  xlsx: reportXlsx,
  json: async (summary) => Buffer.from(`${JSON.stringify(summary, null, 1)}\n`),
} as const satisfies Partial<Record<FileKind, Writer>>

export type ReportFormat = keyof typeof reportWriters
export const reportFormats = Object.keys(reportWriters) as [ReportFormat, ...ReportFormat[]]
