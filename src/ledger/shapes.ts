// Shapes that the routes of meetings and relief share.
import { z } from 'zod'
import { id } from '../platform/fields.ts'

export const keysOf = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as [K, ...K[]]
export const labelled = z.object({ code: z.string(), label: z.string() })
export const label = (table: Record<string, string>, code: string) => ({ code, label: table[code] ?? code })
export const byId = z.strictObject({ id })
export const free = z.record(z.string(), z.unknown())
export const figure = z.object({
  key: z.string(),
  name: z.string(),
  unit: z.string(),
  value: z.int().nullable(),
  text: z.string(),
  list: z.string(),
})
/** At least one of these, each as it would be entered. */
export const someOf = <S extends z.ZodRawShape>(shape: S) =>
  z
    .strictObject(shape)
    .partial()
    .refine((told) => Object.keys(told).length > 0, { error: '没有要更正的内容' })
/** What a row said before each change. */
export const versions = z.array(
  z.object({
    version: z.int(),
    endedAt: z.string(),
    by: z.string().nullable(),
    reason: z.string(),
    row: free,
  }),
)
/** How a spreadsheet is taken in. */
export const sheetIn = {
  allow: ['xlsx', 'csv'],
  maxBytes: 2 * 1024 * 1024,
  status: 200,
  query: z.strictObject({
    mode: z.enum(['check', 'all-or-nothing']).default('all-or-nothing').describe('check 只检查，不登记'),
  }),
  problems: ['register/header', 'register/no-rows', 'register/invalid-row', 'register/too-many-rows'],
} as const
export const allOrNothing = '有一行有误则都不导入，逐格说明；同一文件再次导入不重复登记。'
