// URLs of API keys, with which scheduled jobs and other systems call.
import { z } from 'zod'
import type { Db } from '../platform/db.ts'
import { day, id, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { Problem } from '../platform/problems.ts'
import { createKey, revokeKey } from './key-commands.ts'
import { findKey, listKeys } from './queries.ts'

const tag = '接口密钥'

const key = z.object({
  id,
  accountId: id,
  accountName: z.string(),
  name: z.string(),
  ips: z.array(z.string()),
  createdAt: z.string(),
  expiresAt: z.string(),
  lastUsedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
})
const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: '应为IP地址或网段，如 10.0.0.0/8',
})

export function keyRoutes(http: Http): void {
  const { db } = http.deps

  http.reads(
    {
      url: '/api/keys',
      summary: '接口密钥列表',
      tag,
      for: 'keys.manage',
      query: z.strictObject({ accountId: id.optional() }),
      reply: z.object({ items: z.array(key) }),
    },
    async (_db, _actor, { query }) => ({ items: await listKeys(db, query.accountId) }),
  )

  http.secrets(
    {
      url: '/api/keys',
      summary: '签发接口密钥',
      description: '密钥只显示这一次。最长一年；每个接口账号最多两个有效密钥，便于轮换。',
      tag,
      for: 'keys.manage',
      body: z.strictObject({
        accountId: id.describe('接口账号（service）'),
        name: textOf(1, 60),
        ips: z.array(network).max(50).default([]).describe('允许调用的地址或网段；空为不限'),
        validThrough: day.describe('有效期的最后一天'),
      }),
      reply: z.object({ key, secret: z.string() }),
      status: 201,
      problems: [
        ...(['account/not-found', 'account/disabled', 'key/account-not-service'] as const),
        ...(['key/two-active', 'key/expiry-invalid'] as const),
      ],
    },
    (actor, { body }) =>
      db.transaction(async (tx) => {
        const created = await createKey(tx, actor, body)
        return { key: await view(tx, created.id), secret: created.secret }
      }),
  )

  http.writes(
    {
      method: 'DELETE',
      url: '/api/keys/:id',
      summary: '吊销接口密钥',
      tag,
      for: 'keys.manage',
      params: z.strictObject({ id }),
      reply: key,
      problems: ['key/not-found'],
    },
    async (tx, actor, { params }) => {
      await revokeKey(tx, actor, params.id)
      return view(tx, params.id)
    },
  )
}

async function view(db: Db, keyId: string) {
  const found = await findKey(db, keyId)
  if (found === undefined) throw new Problem('key/not-found')
  return found
}
