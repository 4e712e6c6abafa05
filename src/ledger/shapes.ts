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
