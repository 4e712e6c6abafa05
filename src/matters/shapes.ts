// The inputs of registering, correcting and listing matters.
import { z } from 'zod'
import { personFieldsShape } from '../people/fields.ts'
import { day, id, instant, pageQuery, textOf } from '../platform/fields.ts'
import { dispatchShape } from './acts/dispatching.ts'
import { channels } from './channels/index.ts'
import { topics, urgencies } from './terms.ts'
import { states } from './workflow.ts'

const keysOf = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as [K, ...K[]]

const category = z.enum(keysOf(channels.hotline.categories)).describe('诉求类型')
const urgency = z.enum(keysOf(urgencies)).describe('紧急程度')
const topic = z.enum(keysOf(topics), { error: '没有这个主题' }).describe('主题')
const regionCode = z.string().regex(/^\d{6}(\d{3})?$/, { error: '区划代码应为6位或9位数字' })
const number = textOf(1, 64)

export const registrationShape = z
  .strictObject({
    channel: z.enum(keysOf(channels)).default('hotline').describe('信访形式'),
    source: z.enum(keysOf(channels.hotline.sources)).default('counter').describe('来源'),
    externalNo: number.optional().describe('市平台工单号'),
    title: textOf(2, 200).describe('标题'),
    content: textOf(2, 20_000).describe('诉求内容'),
    category,
    urgency: urgency.default('normal'),
    topic: topic.default('other'),
    regionCode: regionCode.optional().describe('问题属地'),
    receivedAt: instant.optional().describe('受理时间,默认为现在'),
    confidential: z.boolean().default(false).describe('要求保密身份'),
    accusedUnitIds: z.array(id).max(20).default([]).describe('被反映的单位'),
    personId: id.optional().describe('已确认的诉求人'),
    caller: personFieldsShape.optional().describe('诉求人'),
    dispatch: dispatchShape.optional().describe('登记同时派单'),
  })
  .refine((r) => r.personId === undefined || r.caller === undefined, {
    path: ['personId'],
    error: '诉求人只能选择已有的或新登记的',
  })

export const correctionShape = z
  .strictObject({
    title: textOf(2, 200),
    content: textOf(2, 20_000),
    category,
    urgency,
    topic,
    regionCode: regionCode.nullable(),
    confidential: z.boolean(),
    accusedUnitIds: z.array(id).max(20),
  })
  .partial()
  .refine((c) => Object.values(c).some((value) => value !== undefined), { error: '没有要更正的内容' })

const stateList = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(keysOf(states))).min(1))

export const listQuery = z.strictObject({
  no: number.optional().describe('编号'),
  externalNo: number.optional().describe('市平台工单号'),
  state: stateList.optional().describe('状态,可用逗号分隔多个'),
  unitId: id.optional().describe('主办单位'),
  mine: z.enum(['lead', 'co']).optional().describe('本单位主办或协办的在办件,按期限排序'),
  clock: z.enum(['today', 'next-workday', 'overdue']).optional().describe('今日到期、下一工作日到期、已超期'),
  channel: z.enum(keysOf(channels)).optional().describe('信访形式'),
  category: category.optional(),
  urgency: urgency.optional(),
  topic: topic.optional(),
  source: z.enum(keysOf(channels.hotline.sources)).optional(),
  from: day.optional().describe('受理日期起(含)'),
  to: day.optional().describe('受理日期止(含)'),
  personId: id.optional(),
  q: textOf(1, 100).optional().describe('全文检索,至少两个字'),
  ...pageQuery,
})
