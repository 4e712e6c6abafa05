// Reads a workbook: the rows of its first visible sheet that has any.
import type { ImportLimits } from './limits.ts'
import { worksheetMerges } from './merges.ts'
import { openParts, type Meter } from './package-parts.ts'
import { refuse } from './refusal.ts'
import type { About, Batch } from './sheet.ts'
import { openWorkbook } from './workbook.ts'
import { worksheetRows } from './worksheet.ts'

export interface ReadOptions {
  limits: ImportLimits
  meter: Meter
  /** Folder for a scratch file. */
  scratch: string
}

/**
 * Why not the streaming reader of hucre, which writes our workbooks: it buffers whole parts and texts without bound,
 * has no back-pressure, and yields neither formulas, merges, hidden sheets nor the digits of long numbers.
 */
export async function* readXlsx(
  path: string,
  { limits, meter, scratch }: ReadOptions,
): AsyncGenerator<Batch> {
  const parts = await openParts(path, limits, meter)
  try {
    const workbook = await openWorkbook(parts, limits, scratch)
    try {
      const total = { chars: 0 }
      for (const candidate of workbook.sheets) {
        if (candidate.hidden) continue
        const { sheet, part } = candidate
        const merges = await worksheetMerges(parts.read(part), { sheet, part, limits })
        const context = { ...workbook, sheet, part, limits, total }
        const ignored = workbook.sheets.filter((other) => other !== candidate)
        let about: About | undefined = {
          format: 'xlsx',
          ignored: ignored.map((other) => ({ sheet: other.sheet, hidden: other.hidden })),
        }
        for await (const rows of worksheetRows(parts.read(part), context, merges)) {
          yield about === undefined ? { sheet, rows } : { sheet, rows, about }
          about = undefined
        }
        if (about === undefined) return
      }
      refuse({ code: 'import/no-rows', detail: 'no visible sheet has a value' })
    } finally {
      workbook.strings.close()
    }
  } finally {
    parts.close()
  }
}
