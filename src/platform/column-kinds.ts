// The kinds of columns that registers and their spreadsheets are made of: how each is told, checked and labelled.
import { z } from 'zod'
import { day, id, textOf } from './fields.ts'

export type ColumnKind = 'text' | 'code' | 'int' | 'fen' | 'yuan' | 'day' | 'month' | 'choice' | 'reference'

export interface Column {
  label: string
  kind: ColumnKind
  shape: z.ZodType
  /** Codes and their labels. */
  choices?: Record<string, string>
  /** What it refers to. */
  refers?: string
  /** What files also call it. */
  aliases?: readonly string[]
  /** The column must be there, though a cell of it may be empty. */
  heading?: true
  /** Its cells are about somebody: no finding repeats them. */
  personal?: true
}

export type Columns = Record<string, Column>

/** The input of a row: its columns, and no others. */
export function rowShape(columns: Columns) {
  return z.strictObject(Object.fromEntries(Object.entries(columns).map(([key, { shape }]) => [key, shape])))
}

const keys = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as [K, ...K[]]
export const text = (label: string, min = 1, max = 200): Column => ({
  label,
  kind: 'text',
  shape: textOf(min, max),
})
export const optional = (column: Column): Column => ({ ...column, shape: column.shape.optional() })
/** Also called so. */
export const called = (column: Column, ...aliases: string[]): Column => ({ ...column, aliases })
/** Its cells are repeated by no finding. */
export const personal = (column: Column): Column => ({ ...column, personal: true })
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
/** A number that is not reckoned with; what a spreadsheet has rounded is none any more. */
export const code = (label: string, max: number): Column => ({
  ...{ label, kind: 'code' },
  shape: z
    .string({ error: '数字精度已丢失，请将该列设为文本后重新填写' })
    .max(max, { error: `最多${max}个字` }),
})
/** Written in yuan, kept in fen. */
export const yuan = (label: string): Column => ({
  ...{ label, kind: 'yuan' },
  shape: z.int({ error: '金额应以元为单位，最多两位小数，如 1,000.00' }).min(1, { error: '金额应大于0' }),
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
export const refersTo = (refers: string, label: string): Column => ({
  label,
  kind: 'reference',
  refers,
  shape: id,
})
