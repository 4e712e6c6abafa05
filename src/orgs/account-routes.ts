// URLs of accounts: the security administrator's.
import { z } from 'zod'
import type { Db } from '../platform/db.ts'
import { id, pageOf, pageQuery, placeOf, textOf, writeCursor } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { Problem } from '../platform/problems.ts'
import {
  createAccount,
  disableAccount,
  editAccount,
  enableAccount,
  endSessions,
  resetPassword,
  unlockAccount,
} from './commands.ts'
import { initialPassword, type Passwords } from './passwords.ts'
import { findAccount, listAccounts } from './queries.ts'
import { roleNames } from './rules.ts'
import { accountView } from './views.ts'

const tag = '账号'
const role = z.enum(roleNames)
const held = z
  .array(role)
  .min(1, { error: '至少一个角色' })
  .max(roleNames.length)
  .refine((names) => new Set(names).size === names.length, { error: '角色重复' })
const login = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z][a-z0-9._-]{1,31}$/, { error: '登录名为2至32个小写字母、数字或 . _ -，以字母开头' })

const account = z.object({
  id,
  kind: z.enum(['person', 'service']),
  login: z.string(),
  name: z.string(),
  unit: z.object({ id, name: z.string() }),
  roles: z.array(z.string()),
  mustChangePassword: z.boolean(),
  passwordChangedAt: z.string().nullable(),
  passwordValidUntil: z.string().nullable().describe('初始密码的失效时间'),
  disabledAt: z.string().nullable(),
  lastSeenAt: z.string().nullable(),
  lockedUntil: z.string().nullable().describe('登录失败过多，锁定至'),
  version: z.int(),
  createdAt: z.string(),
})
const etag = (reply: { version: number }) => reply.version
const params = z.strictObject({ id })
const handedOver = z.object({
  account,
  initialPassword: z.string().nullable().describe('只显示这一次，24小时内有效'),
})

export function accountRoutes(http: Http, passwords: Passwords): void {
  const { db, clock } = http.deps

  async function view(from: Db, accountId: string) {
    const row = await findAccount(from, accountId, clock.now())
    if (row === undefined) throw new Problem('account/not-found')
    return accountView(row)
  }

  http.reads(
    {
      url: '/api/accounts',
      summary: '账号列表',
      tag,
      for: 'accounts.read',
      query: z.strictObject({
        ...pageQuery,
        unitId: id.optional(),
        role: role.optional(),
        active: z
          .enum(['true', 'false'])
          .transform((text) => text === 'true')
          .optional(),
        q: textOf(1, 40).optional().describe('登录名或姓名的一部分'),
      }),
      reply: pageOf(account),
    },
    async (_db, _actor, { query }) => {
      const { cursor, limit, ...filter } = query
      const [after] = placeOf(cursor, z.tuple([z.string()])) ?? []
      const rows = await listAccounts(db, clock.now(), {
        ...filter,
        after,
        limit,
      })
      const items = rows.slice(0, limit)
      const last = items.at(-1)
      const next = rows.length > limit && last !== undefined ? writeCursor([last.login]) : null
      return { items: items.map(accountView), next }
    },
  )

  http.reads(
    {
      url: '/api/accounts/:id',
      summary: '账号',
      tag,
      for: 'accounts.read',
      params,
      reply: account,
      etag,
      problems: ['account/not-found'],
    },
    (_db, _actor, input) => view(db, input.params.id),
  )

  http.secrets(
    {
      url: '/api/accounts',
      summary: '新建账号',
      description:
        '个人账号得到一个只显示一次的初始密码，首次登录须修改；接口账号（service）没有密码，凭密钥调用。',
      tag,
      for: 'accounts.manage',
      body: z.strictObject({
        kind: z.enum(['person', 'service']).default('person'),
        login,
        name: textOf(1, 40),
        unitId: id,
        roles: held,
      }),
      reply: handedOver,
      status: 201,
      etag: (reply) => reply.account.version,
      problems: [
        ...(['account/login-taken', 'account/roles-incompatible', 'account/role-not-for-unit'] as const),
        ...(['account/role-not-for-service', 'unit/not-active'] as const),
      ],
    },
    async (actor, { body }) => {
      const password = body.kind === 'person' ? initialPassword() : null
      const secret = password === null ? {} : { passwordHash: await passwords.hash(password), initial: true }
      return db.transaction(async (tx) => {
        const created = await createAccount(tx, actor, { ...body, ...secret })
        return { account: await view(tx, created), initialPassword: password }
      })
    },
  )

  http.writes(
    {
      method: 'PATCH',
      url: '/api/accounts/:id',
      summary: '修改账号的姓名、单位、角色',
      description: '新的角色自下一次请求起生效。不能改自己的单位和角色。',
      tag,
      for: 'accounts.manage',
      params,
      body: z.strictObject({ name: textOf(1, 40), unitId: id, roles: held }).partial(),
      reply: account,
      etag,
      ifMatch: 'required',
      problems: [
        ...(['account/not-found', 'account/own-account', 'account/roles-incompatible'] as const),
        ...(['account/role-not-for-unit', 'account/role-not-for-service', 'unit/not-active'] as const),
      ],
    },
    async (tx, actor, { params: at, body, ifMatch }) => {
      if (ifMatch === undefined) throw new Problem('request/if-match-required')
      await editAccount(tx, actor, at.id, ifMatch, body)
      return view(tx, at.id)
    },
  )

  const switches = [
    {
      act: 'disable',
      summary: '停用账号：会话立即结束',
      problem: 'account/disabled',
      command: disableAccount,
    },
    { act: 'enable', summary: '启用账号', problem: 'account/not-disabled', command: enableAccount },
  ] as const
  for (const { act, summary, problem, command } of switches) {
    http.writes(
      {
        url: `/api/accounts/:id/${act}`,
        summary,
        tag,
        for: 'accounts.manage',
        params,
        reply: account,
        etag,
        ifMatch: 'accepted',
        problems: ['account/not-found', 'account/own-account', problem],
      },
      async (tx, actor, { params: at, ifMatch }) => {
        await command(tx, actor, at.id, ifMatch)
        return view(tx, at.id)
      },
    )
  }

  http.secrets(
    {
      url: '/api/accounts/:id/reset-password',
      summary: '重置密码：发给新的初始密码',
      tag,
      for: 'accounts.manage',
      params,
      reply: handedOver,
      problems: ['account/not-found', 'account/own-account', 'account/has-no-password'],
    },
    async (actor, { params: at }) => {
      const password = initialPassword()
      const passwordHash = await passwords.hash(password)
      return db.transaction(async (tx) => {
        await resetPassword(tx, actor, at.id, passwordHash)
        return { account: await view(tx, at.id), initialPassword: password }
      })
    },
  )

  http.writes(
    {
      url: '/api/accounts/:id/unlock',
      summary: '解除登录锁定',
      tag,
      for: 'accounts.manage',
      params,
      reply: account,
      etag,
      problems: ['account/not-found'],
    },
    async (tx, actor, { params: at }) => {
      await unlockAccount(tx, actor, at.id)
      return view(tx, at.id)
    },
  )

  http.writes(
    {
      method: 'DELETE',
      url: '/api/accounts/:id/sessions',
      summary: '结束账号的全部会话',
      tag,
      for: 'accounts.manage',
      params,
      reply: z.object({ ended: z.int() }),
      problems: ['account/not-found'],
    },
    async (tx, actor, { params: at }) => ({ ended: await endSessions(tx, actor, at.id) }),
  )
}
