// The inputs of registering, correcting and listing matters.
import { z } from 'zod'
import { personFieldsShape } from '../people/fields.ts'
import { day, id, instant, pageQuery, textOf } from '../platform/fields.ts'
import { dispatchShape } from './acts/dispatching.ts'
import { channels } from './channels/index.ts'
import { purposes } from './channels/letter.ts'
import {
  competentLevels,
  matterClasses,
  receptionKinds,
  venues,
  visitLevels,
  visitModes,
} from './petition-terms.ts'
import { topics, urgencies } from './terms.ts'
import { states } from './workflow.ts'

const keysOf = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as [K, ...K[]]

const orderCategory = z.enum(keysOf(channels.hotline.categories)).describe('诉求类型')
/** What any channel knows; whether it is one of the matter's own channel is asked of the matter. */
const merged = <T extends 'sources' | 'categories'>(of: T) =>
  Object.assign({}, ...Object.values(channels).map((channel) => channel[of])) as Record<string, string>
const category = z.enum(keysOf(merged('categories'))).describe('类别')
const urgency = z.enum(keysOf(urgencies)).describe('紧急程度')
const topic = z.enum(keysOf(topics), { error: '没有这个主题' }).describe('主题')
const regionCode = z.string().regex(/^\d{6}(\d{3})?$/, { error: '区划代码应为6位或9位数字' })
export const number = textOf(1, 64)

export const registrationShape = z
  .strictObject({
    channel: z.enum(['hotline', 'mailbox']).default('hotline').describe('信访形式'),
    source: z
      .enum(keysOf({ ...channels.hotline.sources, ...channels.mailbox.sources }))
      .default('counter')
      .describe('来源'),
    externalNo: number.optional().describe('市平台工单号'),
    title: textOf(2, 200).describe('标题'),
    content: textOf(2, 20_000).describe('诉求内容'),
    category: orderCategory,
    urgency: urgency.default('normal'),
    topic: topic.default('other'),
    regionCode: regionCode.optional().describe('问题属地'),
    receivedAt: instant.optional().describe('受理时间，默认为现在'),
    confidential: z.boolean().default(false).describe('要求保密身份'),
    accusedUnitIds: z.array(id).max(20).default([]).describe('被反映的单位'),
    personId: id.optional().describe('已确认的诉求人'),
    caller: personFieldsShape.optional().describe('诉求人'),
    upstreamDueAt: instant.optional().describe('上级要求的办理期限：早于规定期限的，以其为准'),
    dispatch: dispatchShape.optional().describe('登记同时派单'),
  })
  .refine((r) => r.personId === undefined || r.caller === undefined, {
    path: ['personId'],
    error: '诉求人只能选择已有的或新登记的',
  })
  .refine((r) => Object.hasOwn(channels[r.channel].sources, r.source), {
    path: ['source'],
    error: '此来源不属于该信访形式',
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

const petitionFields = {
  title: textOf(2, 200).describe('标题'),
  content: textOf(2, 20_000).describe('概况和诉求'),
  category: z.enum(keysOf(purposes)).default('claim').describe('信访目的'),
  urgency: urgency.default('normal'),
  topic: topic.default('other'),
  regionCode: regionCode.optional().describe('问题属地'),
  receivedAt: instant.optional().describe('收到或来访时间，默认为现在'),
  confidential: z.boolean().default(false).describe('要求保密身份'),
  accusedUnitIds: z.array(id).max(20).default([]).describe('被反映的单位'),
  personId: id.optional().describe('已确认的信访人'),
  caller: personFieldsShape.optional().describe('信访人'),
  matterClass: z.enum(keysOf(matterClasses)).optional().describe('事项分类'),
  nationalFirst: z.boolean().optional().describe('全国初次'),
  repeatOfId: id.optional().describe('重复信访：原信访件'),
}
const onePerson = { path: ['personId'], error: '信访人只能选择已有的或新登记的' }

export const letterShape = z
  .strictObject({
    source: z.enum(keysOf(channels.letter.sources)).default('letter').describe('来源'),
    externalNo: number.optional().describe('上级编号'),
    ...petitionFields,
    signatories: z.int().min(2).max(100_000).optional().describe('联名人数'),
    anonymous: z.boolean().default(false).describe('匿名信'),
    upstreamDueAt: instant.optional().describe('上级要求的办理期限'),
  })
  .refine((r) => r.personId === undefined || r.caller === undefined, onePerson)
  .refine((r) => !r.anonymous || (r.personId === undefined && r.caller === undefined), {
    path: ['anonymous'],
    error: '匿名信不登记信访人',
  })

export const letterBatchShape = z.strictObject({
  letters: z.array(letterShape).min(1, { error: '至少一封' }).max(100, { error: '一次最多100封' }),
})

const receptionFields = {
  kind: z.enum(keysOf(receptionKinds)).describe('领导接访方式'),
  leaderName: textOf(1, 40).describe('接访领导'),
  leaderPost: textOf(1, 60).describe('职务'),
  opinion: textOf(1, 2000).optional().describe('领导意见'),
  dueDay: day.optional().describe('领导要求办结的日期'),
}

export const receptionCorrection = z.strictObject({
  ...receptionFields,
  dueDay: day.nullable().optional().describe('领导要求办结的日期；改晚的只对以后的环节有效'),
})

const visitEntryShape = z
  .strictObject({
    personCount: z
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .describe('来访人次：到场的每一人；不填则按登记的代表计'),
    involvedCount: z.int().min(1).max(10_000_000).optional().describe('涉及人数'),
    collective: z.boolean().optional().describe('集体访；不填则按人数判定'),
    level: z.enum(keysOf(visitLevels)).default('district').describe('走访层级'),
    competentLevel: z.enum(keysOf(competentLevels)).default('district').describe('有权处理机关的层级'),
    venue: z.enum(keysOf(venues)).default('reception').describe('场所'),
    mode: z.enum(keysOf(visitModes)).default('onsite').describe('接访方式'),
    place: textOf(1, 100).optional().describe('接待地点'),
    listNo: number.optional().describe('上级通报编号'),
    listDay: day.optional().describe('通报日期'),
    reception: z.strictObject(receptionFields).optional(),
  })
  .prefault({})

export const visitShape = z
  .strictObject({
    source: z.enum(keysOf(channels.visit.sources)).default('own').describe('登记来源'),
    ...petitionFields,
    others: z.array(personFieldsShape).max(4, { error: '代表最多5人' }).default([]).describe('其他代表'),
    visit: visitEntryShape,
  })
  .refine((r) => r.personId === undefined || r.caller === undefined, onePerson)
  .refine((r) => (r.source === 'notified') === (r.visit.listNo !== undefined), {
    path: ['visit', 'listNo'],
    error: '上级通报的走访须填写通报编号，本级接访不填',
  })
  .refine((r) => r.source === 'notified' || r.visit.level !== 'beijing', {
    path: ['visit', 'level'],
    error: '进京走访由上级通报，不是本级接访',
  })

/** What an escalated case has in common with other matters. */
export const escalationShape = {
  source: z.enum(keysOf(channels.escalation.sources)).describe('案件来源'),
  title: petitionFields.title,
  content: petitionFields.content,
  category: petitionFields.category,
  topic: petitionFields.topic,
  regionCode: petitionFields.regionCode,
  confidential: petitionFields.confidential,
  accusedUnitIds: petitionFields.accusedUnitIds,
}

const stateList = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(keysOf(states))).min(1))

export const listQuery = z.strictObject({
  no: number.optional().describe('编号'),
  externalNo: number.optional().describe('市平台工单号'),
  state: stateList.optional().describe('状态，可用逗号分隔多个'),
  unitId: id.optional().describe('主办单位'),
  mine: z.enum(['lead', 'co']).optional().describe('本单位主办或协办的在办件，按期限排序'),
  clock: z.enum(['today', 'next-workday', 'overdue']).optional().describe('今日到期、下一工作日到期、已超期'),
  channel: z.enum(keysOf(channels)).optional().describe('信访形式'),
  category: category.optional(),
  urgency: urgency.optional(),
  topic: topic.optional(),
  source: z.enum(keysOf(merged('sources'))).optional(),
  from: day.optional().describe('受理日期起（含）'),
  to: day.optional().describe('受理日期止（含）'),
  personId: id.optional(),
  alarm: z.stringbool().optional().describe('true：标记为重大紧急的'),
  linked: z.stringbool().optional().describe('true：与其他办件为同一事项的'),
  q: textOf(1, 100).optional().describe('全文检索标题、内容和答复，至少两个字；空格隔开的各词须同时出现'),
  ...pageQuery,
})
