// Field shapes that many routes share: ids, days, instants, texts, pages.
import { z } from 'zod'
import { toInstant } from './clock.ts'
import { CONTROLS } from './controls.ts'
import { fieldProblem } from './problems.ts'

export const id = z.uuid()

/** A real day between 1990 and 2100. */
export const day = z.iso
  .date({ error: '日期格式应为 2020-08-14' })
  .refine((d) => d >= '1990-01-01' && d <= '2100-12-31', { error: '日期应在1990年至2100年之间' })

/** Any moment with an offset, made canonical. */
export const instant = z
  .string()
  .max(40)
  .transform((text, ctx) => {
    const value = toInstant(text)
    if (value === undefined || value < '1990' || value > '2101') {
      ctx.addIssue({ code: 'custom', message: '时间格式应为 2020-08-14T09:03:07+08:00' })
      return z.NEVER
    }
    return value
  })
  .meta({ format: 'date-time', example: '2020-08-14T09:03:07+08:00' })

/** Text a person wrote: trimmed, well-formed, without control characters. */
export const textOf = (min: number, max: number) =>
  z
    .string()
    .trim()
    .min(min, { error: min === 1 ? '不能为空' : `至少${min}个字` })
    .max(max, { error: `最多${max}个字` })
    .refine((s) => s.isWellFormed() && !CONTROLS.test(s), { error: '含有无法识别的字符' })

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(400).optional(),
}

/** A page: the items and the cursor of the next page, null at the end. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() })

/** A keyset cursor: the sort values of the last item. */
export function writeCursor(values: (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/** The sort values of a cursor, where it was given one; refuses what is not one of this list's. */
export function placeOf<P>(cursor: string | undefined, place: z.ZodType<P>): P | undefined {
  if (cursor === undefined) return undefined
  const read = place.safeParse(parsed(cursor))
  if (!read.success) throw fieldProblem('request/invalid', '/query/cursor', '翻页标记无效')
  return read.data
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
