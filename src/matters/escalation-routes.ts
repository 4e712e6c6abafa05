// URL that opens an escalated case; what is done with it are acts of its workflow.
import { z } from 'zod'
import { day, id, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { openEscalation } from './escalations.ts'
import { escalationShape } from './shapes.ts'
import { supervisionGrounds } from './terms.ts'
import { writtenShape } from './views.ts'

const keysOf = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as [K, ...K[]]

export function escalationRoutes(http: Http): void {
  const { vault, config } = http.deps
  const region = config.OFFICE_REGION

  http.writes(
    {
      url: '/api/escalations',
      summary: '立案督办',
      description:
        '登记上级交办案件，或由本级立案督办；所涉办件保持原样并与之关联，其被反映单位和回避人员同样适用。',
      tag: '督办',
      for: 'matters.escalate',
      body: z.strictObject({
        ...escalationShape,
        superior: textOf(2, 60).optional().describe('交办机关'),
        documentNo: textOf(2, 60).optional().describe('交办文号'),
        ground: z.enum(keysOf(supervisionGrounds)).describe('督办事由'),
        leaderName: textOf(2, 30).describe('包案领导'),
        leaderPost: textOf(2, 60).describe('职务'),
        reportDay: day.optional().describe('向上级反馈结果的期限'),
        matterIds: z
          .array(id)
          .max(20)
          .default([])
          .refine((ids) => new Set(ids).size === ids.length, { error: '不能重复' })
          .describe('所涉办件'),
      }),
      status: 201,
      reply: writtenShape,
      etag: (written) => written.version,
      problems: [
        'matter/superior-untold',
        'matter/other-not-found',
        'matter/unknown-unit',
        'matter/past-time',
        'region/unknown',
      ],
    },
    (tx, actor, { body }) => openEscalation(tx, actor, body, { region, vault }),
  )
}
