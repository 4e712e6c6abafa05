// Shapes that the URLs of figures share: what is asked, a figure as it leaves, and a page of the matters behind it.
import { z } from 'zod'
import { channels } from '../matters/channels/index.ts'
import { topics } from '../matters/terms.ts'
import { NIL } from '../platform/actor.ts'
import { day, id, instant } from '../platform/fields.ts'
import { groupings } from './questions.ts'

export const listOf = <Item extends z.ZodType<string, string>>(item: Item, most: number) =>
  z
    .string()
    .max(10_000)
    .transform((text) => text.split(','))
    .pipe(z.array(item).min(1).max(most))
const keysOf = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as [K, ...K[]]
const unit = z.union([z.literal('none').transform(() => NIL), id])

export const matterQuery = {
  from: day.describe('首次派单日期，含当日'),
  to: day.describe('首次派单日期，含当日'),
  asOf: instant.optional().describe('截至的时刻；缺省为现在'),
  unit: listOf(unit, 200).optional().describe('承办单位，逗号分隔；none 为无承办单位'),
  under: id.optional().describe('单位及其下属单位'),
  channel: z
    .enum(['hotline', 'mailbox'])
    .default('hotline')
    .describe('走交办流程的渠道：热线或领导信箱；走访、信件、复查等见 /api/kpi/tallies'),
  source: z
    .enum(keysOf({ ...channels.hotline.sources, ...channels.mailbox.sources }), { error: '没有这个来源' })
    .optional()
    .describe('来源'),
  category: z
    .enum(keysOf(channels.hotline.categories), { error: '没有这个诉求类型' })
    .optional()
    .describe('诉求类型'),
  topic: z.enum(keysOf(topics), { error: '没有这个主题' }).optional().describe('主题，含其下级'),
  exact: z
    .enum(['true', 'false'], { error: '应为 true 或 false' })
    .transform((text) => text === 'true')
    .optional()
    .describe('true：主题不含下级'),
}
export const settings = z.record(z.string(), z.union([z.string(), z.boolean()]))
export const unitOfMeasure = z.enum(['件', '%'])

export const figureShape = z.object({
  metric: z.string(),
  version: z.int(),
  name: z.string(),
  scope: z.string(),
  group: z
    .object({
      by: z.enum(groupings).exclude(['none']),
      key: z.string(),
      label: z.string(),
    })
    .nullable(),
  period: z.object({ from: z.string(), to: z.string() }),
  asOf: z.string(),
  numerator: z.int(),
  denominator: z.int().nullable(),
  value: z.string().nullable().describe('已修约；分母为零时为空'),
  unit: unitOfMeasure,
  text: z.string(),
  settings,
  note: z.string().nullable(),
  list: z.string().describe('分子所指办件的清单，件数与分子相同'),
  denominatorList: z.string().nullable(),
})
const matterBehind = z.object({
  id: z.string(),
  no: z.string().describe('办件编号'),
  externalNo: z.string().nullable().describe('平台工单号'),
  title: z.string(),
  unitId: z.string().nullable(),
  unit: z.string().nullable(),
  state: z.string(),
  stateLabel: z.string(),
  dispatchedAt: z.string(),
  dueAt: z.string().nullable(),
  repliedAt: z.string().nullable(),
  lateFrom: z.string().nullable(),
})
export const matterPage = z.object({
  asOf: z.string(),
  total: z.int(),
  items: z.array(matterBehind),
  next: z.string().nullable(),
})

export const figureProblems = ['kpi/unknown-metric', 'kpi/as-of-in-future', 'unit/not-found'] as const

export function asked<Q extends { unit?: string[] | undefined }>({ unit: units, ...query }: Q) {
  return { ...query, units }
}
