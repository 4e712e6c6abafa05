// URLs of what withholds a matter from its own people: accused persons, and stepping aside.
import { z } from 'zod'
import { id, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { Problem } from '../platform/problems.ts'
import { accuse, askToLift, liftBar, recuse } from './bars.ts'
import { writtenShape } from './views.ts'

const tag = '回避与保密'
const byId = z.strictObject({ id })
const reason = textOf(2, 500)
const barred = z
  .union([
    z.strictObject({ accountId: id.describe('回避的账号') }),
    z.strictObject({ unitId: id.describe('被反映的单位') }),
  ])
  .describe('对谁解除')

export function barRoutes(http: Http): void {
  const { vault } = http.deps

  http.writes(
    {
      url: '/api/matters/:id/accused',
      summary: '登记被反映人',
      description:
        '同名的本系统账号立即不能再看到此件，此后新设、改名为此名的账号亦同；一次登记一人，姓名加密保存。再次登记同一人，使其后出现的同名账号回避。',
      tag,
      for: 'matters.edit',
      params: byId,
      body: z.strictObject({
        name: textOf(1, 60).describe('被反映人姓名'),
        post: textOf(1, 100).optional().describe('职务、级别'),
        unitId: id
          .optional()
          .describe('所在单位：本单位及其下属单位的同名账号回避；不填则各单位的同名账号都回避'),
      }),
      reply: z.object({ ...writtenShape.shape, barred: z.int().describe('回避的账号数') }),
      ifMatch: 'accepted',
      etag: (written) => written.version,
      problems: ['matter/not-found', 'matter/accused-already'],
    },
    (tx, actor, { params, body, ifMatch }) => accuse(tx, vault, actor, params.id, body, ifMatch),
  )

  http.writes(
    {
      url: '/api/matters/:id/recuse',
      summary: '回避',
      description: '本人申请，或由分管领导决定；此后不能再查看和办理此件。',
      tag,
      for: 'matters.read',
      params: byId,
      body: z.strictObject({
        accountId: id.optional().describe('由领导决定回避的账号；本人回避不填'),
        reason: reason.describe('回避理由；请勿写入个人信息'),
      }),
      reply: writtenShape,
      etag: (written) => written.version,
      problems: ['matter/not-found', 'matter/act-not-yours'],
    },
    (tx, actor, { params, body }) => recuse(tx, actor, params.id, body),
  )

  http.writes(
    {
      url: '/api/matters/:id/ask-lift-bar',
      summary: '申请解除回避、撤销被反映单位',
      description: '同名不同人、利害关系已消除，或经查并非反映该单位；由另一人决定，决定前一切不变。',
      tag,
      for: 'matters.edit',
      params: byId,
      body: z.strictObject({ barred, reason: reason.describe('理由；请勿写入个人信息') }),
      reply: writtenShape,
      etag: (written) => written.version,
      problems: ['matter/not-found', 'matter/not-barred'],
    },
    (tx, actor, { params, body }) => askToLift(tx, actor, params.id, body),
  )

  http.writes(
    {
      url: '/api/matters/:id/lift-bar',
      summary: '决定是否解除回避、撤销被反映单位',
      description: '由申请人以外的分管领导决定。',
      tag,
      for: 'matters.read',
      admits: ({ roles }) =>
        roles.includes('leader')
          ? undefined
          : new Problem('matter/act-not-yours', { detail: 'a leader lifts it' }),
      params: byId,
      body: z.strictObject({
        barred,
        agreed: z.boolean().default(true).describe('是否同意'),
        reason: reason.describe('决定的理由'),
      }),
      reply: writtenShape,
      etag: (written) => written.version,
      problems: [
        ...(['matter/not-found', 'matter/act-not-yours', 'matter/not-barred'] as const),
        ...(['matter/nothing-pending', 'matter/second-decider'] as const),
      ],
    },
    (tx, actor, { params, body }) => liftBar(tx, actor, params.id, body),
  )
}
