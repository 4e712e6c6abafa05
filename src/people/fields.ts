// The fields of a person as they are entered.
import { z } from 'zod'
import { textOf } from '../platform/fields.ts'

const optional = (max: number) => textOf(0, max).nullish()

/** Only lengths: what the texts must be, `checks.ts` says. Null or an empty text is "not known". */
export const personFieldsShape = z.strictObject({
  name: optional(200).describe('姓名'),
  phone: optional(60).describe('联系电话'),
  phone2: optional(60).describe('备用电话'),
  idNo: optional(60).describe('居民身份证号码'),
  address: optional(400).describe('住址'),
})

export const personEntryShape = personFieldsShape.extend({
  regionCode: z
    .string()
    .regex(/^\d{6}(?:\d{3})?$/, { error: '区划代码应为6位或9位数字' })
    .nullish(),
  confidential: z.boolean().optional().describe('要求为其保密'),
})
