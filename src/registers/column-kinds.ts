// The kinds of columns that registers are made of: how each is told, checked and labelled.
import { z } from 'zod'
import { day, id, textOf } from '../platform/fields.ts'

export type ColumnKind = 'text' | 'int' | 'fen' | 'day' | 'month' | 'choice' | 'unit' | 'project'

export interface Column {
  label: string
  kind: ColumnKind
  shape: z.ZodType
  /** Codes and their labels. */
  choices?: Record<string, string>
}

const keys = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as [K, ...K[]]
export const text = (label: string, min = 1, max = 200): Column => ({
  label,
  kind: 'text',
  shape: textOf(min, max),
})
export const optional = (column: Column): Column => ({ ...column, shape: column.shape.optional() })
export const int = (label: string, min = 0, max = 1_000_000_000): Column => ({
  ...{ label, kind: 'int' },
  shape: z
    .int({ error: '应为整数' })
    .min(min, { error: `不能少于${min}` })
    .max(max),
})
export const fen = (label: string, min = 0): Column => ({
  ...{ label, kind: 'fen' },
  shape: z.int({ error: '金额以分为单位，应为整数' }).min(min).max(1_000_000_000_000),
})
export const dayOf = (label: string): Column => ({ label, kind: 'day', shape: day })
export const choice = (label: string, choices: Record<string, string>): Column => ({
  ...{ label, kind: 'choice', choices },
  shape: z.enum(keys(choices), { error: `应为:${Object.values(choices).join('、')}` }),
})
export const month = (label: string): Column => ({
  ...{ label, kind: 'month' },
  shape: z
    .string()
    .regex(/^(?:19|20)\d{2}-(?:0[1-9]|1[0-2])(?:-01)?$/, { error: '月份格式应为 2020-08' })
    .transform((value) => `${value.slice(0, 7)}-01`),
})
/** By id in the API, by name in files. */
export const refersTo = (kind: 'unit' | 'project', label: string): Column => ({ label, kind, shape: id })
