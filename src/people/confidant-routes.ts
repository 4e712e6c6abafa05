// URLs of the need-to-know list of a person who asked for confidence.
import { z } from 'zod'
import { id, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { endConfidant, listConfidants, nameConfidant } from './confidants.ts'
import type { KnownPeople } from './queries.ts'

const url = '/api/people/:id/confidants'
const params = z.strictObject({ id })
const written = z.object({ id: z.string() })
const common = { tag: '群众', for: 'people.confide', params } as const

export function confidantRoutes(http: Http, { known }: { known: KnownPeople }): void {
  http.writes(
    {
      url,
      ...common,
      summary: '指定可查看保密群众信息的人员',
      description: '要求保密的群众，任何角色都不能直接查看其真实信息，只有名单上的人员可以；不能指定本人。',
      body: z.strictObject({
        accountId: id,
        reason: textOf(4, 200).describe('工作需要；请勿写入个人信息'),
      }),
      status: 201,
      reply: written,
      problems: ['person/not-confidential', 'person/confidant-self', 'person/confidant-already'],
    },
    (tx, actor, input) => nameConfidant(tx, actor, input.params.id, { ...input.body, known }),
  )

  http.writes(
    {
      url: `${url}/end`,
      ...common,
      summary: '撤销可查看保密群众信息的人员',
      body: z.strictObject({ accountId: id }),
      reply: written,
      problems: ['person/not-confidential'],
    },
    (tx, actor, input) => endConfidant(tx, actor, input.params.id, { ...input.body, known }),
  )

  http.reads(
    {
      url,
      ...common,
      summary: '可查看保密群众信息的人员名单',
      reply: z.object({
        items: z.array(
          z.object({
            accountId: z.string(),
            name: z.string(),
            reason: z.string(),
            grantedAt: z.string(),
            grantedBy: z.string().nullable(),
            endedAt: z.string().nullable(),
          }),
        ),
      }),
    },
    async (db, actor, input) => ({ items: await listConfidants(db, actor, input.params.id, known) }),
  )
}
