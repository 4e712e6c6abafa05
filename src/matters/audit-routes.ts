// URL of the audit trail: the audit administrator's alone.
import { z } from 'zod'
import { day, id, pageOf, pageQuery } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { auditTypeNames } from './audit-terms.ts'
import { readAudit } from './audit.ts'

export function auditRoutes(http: Http): void {
  http.reads(
    {
      url: '/api/audit',
      summary: '审计记录',
      description:
        '登录、账号与角色变动、查看群众信息、下载导出、被拒绝的越权尝试；只有编号、类型、时间和账号，不含个人信息。',
      tag: '审计',
      for: 'audit.read',
      query: z.strictObject({
        ...pageQuery,
        from: day.optional().describe('起始日期'),
        to: day.optional().describe('截止日期'),
        type: z.enum(auditTypeNames).optional(),
        accountId: id.optional().describe('操作的账号，或被操作的账号'),
        matterId: id.optional().describe('涉及的办件'),
      }),
      reply: pageOf(
        z.object({
          id,
          at: z.string(),
          type: z.object({ code: z.string(), label: z.string() }),
          actor: z
            .object({ id, login: z.string().nullable(), name: z.string().nullable() })
            .nullable()
            .describe('空：系统'),
          subject: z.string(),
          subjectId: id.nullable(),
          matterId: id.nullable().describe('审计管理员应当回避的办件不显示'),
          facts: z.record(z.string(), z.unknown()),
        }),
      ),
    },
    (db, actor, { query }) => readAudit(db, actor, query),
  )
}
