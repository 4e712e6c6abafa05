// URLs of signing in and out, of oneself and one's own sessions and password.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { id, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { Problem } from '../platform/problems.ts'
import { changePassword } from './change-password.ts'
import { MAX_PASSWORD } from './password-rules.ts'
import type { Passwords } from './passwords.ts'
import { findAccount, listSessions } from './queries.ts'
import { sessionLimits } from './session.ts'
import { idleSince } from './sign-in-rules.ts'
import { endOwnSession, signIn, signOut, type Origin } from './sign-in.ts'
import { addressOf, sessionCookie, sessionTokenHash } from './tokens.ts'
import { ownView } from './views.ts'

const tag = '登录'
/** Taken exactly as typed. */
const password = z
  .string()
  .min(1, { error: '不能为空' })
  .max(MAX_PASSWORD, { error: `最多${MAX_PASSWORD}个字符` })

const oneself = z.object({
  id,
  kind: z.enum(['person', 'service']),
  login: z.string(),
  name: z.string(),
  unit: z.object({ id, name: z.string() }),
  roles: z.array(z.object({ name: z.string(), label: z.string() })),
  permissions: z.array(z.string()),
  sees: z.enum(['all', 'units', 'none']),
  mustChangePassword: z.boolean(),
  passwordExpiresAt: z.string().nullable(),
})
const session = z.object({
  id,
  createdAt: z.string(),
  seenAt: z.string(),
  expiresAt: z.string(),
  userAgent: z.string(),
  ip: z.string(),
  current: z.boolean(),
})

export function sessionRoutes(http: Http, passwords: Passwords): void {
  const { config, db, clock } = http.deps
  const services = { db, config, passwords }

  async function own(accountId: string) {
    const account = await findAccount(db, accountId, clock.now())
    if (account === undefined) throw new Problem('access/not-signed-in')
    return ownView(account, config.PASSWORD_PROFILE)
  }

  http.secrets(
    {
      url: '/api/session',
      summary: '登录',
      description: '会话保存在 Cookie 中。账号不存在、密码不对、账号停用的答复相同；连续失败后须等待。',
      tag,
      for: 'anyone',
      body: z.strictObject({ login: textOf(1, 64), password }),
      reply: oneself,
      status: 201,
      problems: [
        ...(['session/refused', 'session/too-many-attempts', 'session/too-many-sign-ins'] as const),
        'session/initial-password-expired',
      ],
    },
    async (_actor, { body, request, reply }) => {
      const presented = sessionTokenHash(request, config)
      const attempt = { ...body, ...originOf(request), requestId: request.id, presented }
      const { token, accountId } = await signIn(services, attempt)
      setCookie(reply, token)
      return own(accountId)
    },
  )

  http.writes(
    {
      method: 'DELETE',
      url: '/api/session',
      summary: '退出登录',
      tag,
      for: 'signed-in',
      reply: z.object({}),
    },
    async (tx, actor, { request, reply }) => {
      await signOut(tx, actor, sessionTokenHash(request, config))
      setCookie(reply, undefined)
      void reply.header('clear-site-data', '"cache", "cookies", "storage"')
      return {}
    },
  )

  http.reads(
    { url: '/api/session', summary: '本人：单位、角色、权限', tag, for: 'signed-in', reply: oneself },
    (_db, actor) => own(actor.id),
  )

  http.secrets(
    {
      method: 'PUT',
      url: '/api/session/password',
      summary: '修改本人密码',
      description: '其他会话随之结束，本会话换发新的 Cookie。',
      tag,
      for: 'signed-in',
      body: z.strictObject({ current: password, password: z.string().max(1000) }),
      reply: oneself,
      problems: [
        ...(['password/current-wrong', 'password/too-weak', 'password/used-before'] as const),
        ...(['session/too-many-attempts', 'account/has-no-password'] as const),
      ],
    },
    async (actor, { body, request, reply }) => {
      const { token } = await changePassword(services, actor, { ...body, ...originOf(request) })
      setCookie(reply, token)
      return own(actor.id)
    },
  )

  http.reads(
    {
      url: '/api/sessions',
      summary: '本人的会话',
      tag,
      for: 'signed-in',
      reply: z.object({ items: z.array(session) }),
    },
    async (_db, actor, { request }) => {
      const now = clock.now()
      const at = {
        now,
        since: idleSince(now, sessionLimits(config)),
        token: sessionTokenHash(request, config),
      }
      return { items: await listSessions(db, actor, at) }
    },
  )

  http.writes(
    {
      method: 'DELETE',
      url: '/api/sessions/:id',
      summary: '结束本人的一个会话',
      tag,
      for: 'signed-in',
      params: z.strictObject({ id }),
      reply: z.object({}),
      problems: ['request/not-found'],
    },
    async (tx, actor, { params }) => {
      await endOwnSession(tx, actor, params.id)
      return {}
    },
  )

  function setCookie(reply: FastifyReply, token: string | undefined): void {
    void reply.header('set-cookie', sessionCookie(config, token))
  }
}

function originOf(request: FastifyRequest): Origin {
  return { address: addressOf(request), userAgent: request.headers['user-agent'] ?? '' }
}
