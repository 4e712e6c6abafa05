// Reads and writes as routes: authentication, permission, validation, and the one write path.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import type { Actor } from './actor.ts'
import type { Db, Tx } from './db.ts'
import type { FileKind } from './file-kinds.ts'
import type { StoredFile } from './files.ts'
import { once, readKey, toldBy, type Answer } from './idempotency.ts'
import { Problem, type ProblemCode } from './problems.ts'

type Shape = z.ZodType
type Out<S> = S extends z.ZodType ? z.output<S> : undefined
type Reply<S> = S extends z.ZodType ? z.input<S> : undefined

/** Who may call a route: a permission of `orgs/rules.ts`, anyone signed in, or anyone at all. */
export type Audience = 'anyone' | 'signed-in' | (string & {})

interface Common<P, Q, R> {
  url: string
  /** In Chinese, as the office says it; shown in the documentation. */
  summary: string
  description?: string
  tag: string
  for: Audience
  params?: P
  query?: Q
  reply: R
  /** Problems a caller should expect beyond those every route can give. */
  problems?: readonly ProblemCode[]
  /** Where the usual limit of requests is too generous: signing in, searching. */
  limit?: RouteLimit
}

export interface RouteLimit {
  perMinute: number
  by: 'address' | 'account'
}

export interface ReadRoute<P, Q, R> extends Common<P, Q, R> {
  /** The version of a single object, sent as its ETag. */
  etag?: (reply: Reply<R>) => number
}

export interface WriteRoute<P, Q, B, R> extends Common<P, Q, R> {
  method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: B
  status?: 200 | 201 | 202
  /** `required`: an edit of what somebody read. `accepted`: an act, guarded by the state as well. */
  ifMatch?: 'required' | 'accepted'
  /** Version after the write, sent as ETag. */
  etag?: (reply: Reply<R>) => number
  /** Largest body in bytes where the usual limit is too small. */
  bodyLimit?: number
}

interface Input<P, Q> {
  params: Out<P>
  query: Out<Q>
  request: FastifyRequest
}

export interface Http {
  app: FastifyInstance
  deps: Deps
  reads<P extends Shape | undefined, Q extends Shape | undefined, R extends Shape>(
    route: ReadRoute<P, Q, R>,
    handler: (db: Db, actor: Actor, input: Input<P, Q>) => Promise<Reply<R>>,
  ): void
  writes<
    P extends Shape | undefined,
    Q extends Shape | undefined,
    B extends Shape | undefined,
    R extends Shape,
  >(
    route: WriteRoute<P, Q, B, R>,
    handler: (
      tx: Tx,
      actor: Actor,
      input: Input<P, Q> & { body: Out<B>; ifMatch: number | undefined; reply: FastifyReply },
    ) => Promise<Reply<R>>,
  ): void
  /**
   * A write whose body or answer is a secret (passwords, keys): nothing of it is kept for an Idempotency-Key. The handler
   * opens its transactions itself, so that no connection waits while a password is hashed and a refusal can be recorded.
   */
  secrets<
    P extends Shape | undefined,
    Q extends Shape | undefined,
    B extends Shape | undefined,
    R extends Shape,
  >(
    route: WriteRoute<P, Q, B, R>,
    handler: (
      actor: Actor,
      input: Input<P, Q> & { body: Out<B>; ifMatch: number | undefined; reply: FastifyReply },
    ) => Promise<Reply<R>>,
  ): void
  /**
   * A write that brings one file (multipart, field `file`): the file is kept first, by its content, then the write runs
   * like any other. A file whose write fails is unreferenced and swept.
   */
  uploads<P extends Shape | undefined, Q extends Shape | undefined, R extends Shape>(
    route: Omit<WriteRoute<P, Q, undefined, R>, 'body' | 'method' | 'bodyLimit'> & {
      allow: readonly FileKind[]
      maxBytes: number
    },
    handler: (
      tx: Tx,
      actor: Actor,
      input: Input<P, Q> & { file: StoredFile; ifMatch: number | undefined },
    ) => Promise<Reply<R>>,
  ): void
  /** Routes that stream (downloads, uploads): the same gate, an own body. */
  streams<P extends Shape | undefined, Q extends Shape | undefined>(
    route: Omit<Common<P, Q, undefined>, 'reply'> & { method?: 'GET' | 'POST'; produces: string },
    handler: (actor: Actor, input: Input<P, Q> & { reply: FastifyReply }) => Promise<unknown>,
  ): void
}

/** Finds out who is calling, or throws `access/not-signed-in`; `undefined` only for routes open to anyone. */
export type Authenticate = (request: FastifyRequest) => Promise<Actor | undefined>

declare module 'fastify' {
  interface FastifyContextConfig {
    audience?: Audience
    problems?: readonly ProblemCode[]
    limit?: RouteLimit
    /** Set on writes, with what the route says of If-Match. */
    write?: { ifMatch: 'required' | 'accepted' | 'ignored' }
    /** The route takes multipart bodies and nothing else. */
    upload?: boolean
  }
  interface FastifyRequest {
    actor?: Actor
  }
}

export function createHttp(app: FastifyInstance, deps: Deps, authenticate: Authenticate): Http {
  async function gate(request: FastifyRequest, audience: Audience): Promise<Actor> {
    const actor = await authenticate(request)
    if (actor === undefined) {
      if (audience !== 'anyone') throw new Problem('access/not-signed-in')
      return anonymous(request.id)
    }
    request.actor = actor
    if (audience !== 'anyone' && audience !== 'signed-in' && !actor.can.has(audience)) {
      throw new Problem('access/forbidden', { detail: `needs the permission ${audience}` })
    }
    return actor
  }

  return {
    app,
    deps,
    reads(route, handler) {
      app.route({
        method: 'GET',
        url: route.url,
        schema: schemaOf(route, { 200: route.reply }),
        config: configOf(route),
        handler: async (request, reply) => {
          const actor = await gate(request, route.for)
          const result = await handler(deps.db, actor, inputOf(request) as never)
          if (route.etag !== undefined) void reply.header('etag', `"${route.etag(result)}"`)
          return result
        },
      })
    },
    writes(route, handler) {
      const status = route.status ?? 200
      app.route({
        method: route.method ?? 'POST',
        url: route.url,
        ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
        schema: {
          ...schemaOf(route, { [status]: route.reply }),
          ...(route.body ? { body: route.body } : {}),
        },
        config: { ...configOf(route), write: { ifMatch: route.ifMatch ?? 'ignored' } },
        handler: async (request, reply) => {
          const actor = await gate(request, route.for)
          const ifMatch = route.ifMatch === undefined ? undefined : readIfMatch(request, route.ifMatch)
          const key = readKey(request, actor)
          const input = { ...inputOf(request), body: request.body, ifMatch, reply }
          return answer(
            reply,
            await once(deps, actor, { key, told: () => toldBy(request) }, async (tx) => {
              const result = await handler(tx, actor, input as never)
              return answerOf(route, status, result)
            }),
          )
        },
      })
    },
    uploads(route, handler) {
      const status = route.status ?? 201
      app.route({
        method: 'POST',
        url: route.url,
        schema: { ...schemaOf(route, { [status]: route.reply }), consumes: ['multipart/form-data'] },
        config: { ...configOf(route), write: { ifMatch: route.ifMatch ?? 'ignored' }, upload: true },
        handler: async (request, reply) => {
          const actor = await gate(request, route.for)
          const ifMatch = route.ifMatch === undefined ? undefined : readIfMatch(request, route.ifMatch)
          const key = readKey(request, actor)
          const part = await request.file()
          if (part === undefined) throw new Problem('file/missing')
          const { maxBytes, allow } = route
          const file = await deps.files.store(part.file, { name: part.filename, maxBytes, allow })
          const told = () => toldBy(request, `${file.hash} ${file.name}`)
          return answer(
            reply,
            await once(deps, actor, { key, told }, async (tx) => {
              const result = await handler(tx, actor, { ...inputOf(request), file, ifMatch } as never)
              return answerOf(route, status, result)
            }),
          )
        },
      })
    },
    secrets(route, handler) {
      const status = route.status ?? 200
      app.route({
        method: route.method ?? 'POST',
        url: route.url,
        schema: {
          ...schemaOf(route, { [status]: route.reply }),
          ...(route.body ? { body: route.body } : {}),
        },
        config: configOf(route),
        handler: async (request, reply) => {
          const actor = await gate(request, route.for)
          const ifMatch = route.ifMatch === undefined ? undefined : readIfMatch(request, route.ifMatch)
          const input = { ...inputOf(request), body: request.body, ifMatch, reply }
          const result = await handler(actor, input as never)
          if (route.etag !== undefined) void reply.header('etag', `"${route.etag(result)}"`)
          return reply.code(status).send(result)
        },
      })
    },
    streams(route, handler) {
      app.route({
        method: route.method ?? 'GET',
        url: route.url,
        schema: { ...schemaOf(route, {}), produces: [route.produces] },
        config: { ...configOf(route), ...(route.method === 'POST' ? { upload: true } : {}) },
        handler: async (request, reply) => {
          const actor = await gate(request, route.for)
          return handler(actor, { ...inputOf(request), reply } as never)
        },
      })
    },
  }
}

function answerOf<R extends Shape>(
  route: { reply: R; etag?: (reply: Reply<R>) => number },
  status: number,
  result: Reply<R>,
): Answer {
  return {
    status,
    body: JSON.stringify(z.encode(route.reply, result as never)),
    etag: route.etag?.(result) ?? null,
  }
}

function answer(reply: FastifyReply, given: Answer & { replayed: boolean }): FastifyReply {
  if (given.replayed) void reply.header('idempotent-replayed', 'true')
  if (given.etag !== null) void reply.header('etag', `"${given.etag}"`)
  return reply.code(given.status).type('application/json; charset=utf-8').send(given.body)
}

function readIfMatch(request: FastifyRequest, need: 'required' | 'accepted'): number | undefined {
  const header = request.headers['if-match']
  if (header === undefined) {
    if (need === 'required') throw new Problem('request/if-match-required')
    return undefined
  }
  const match = /^"(\d{1,9})"$/.exec(header)
  if (match === null) throw new Problem('request/if-match-invalid')
  return Number(match[1])
}

function inputOf(request: FastifyRequest) {
  return { params: request.params, query: request.query, request }
}

function schemaOf(
  route: Omit<Common<Shape | undefined, Shape | undefined, unknown>, 'reply'>,
  response: Record<number, Shape>,
) {
  return {
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    tags: [route.tag],
    ...(route.params === undefined ? {} : { params: route.params }),
    ...(route.query === undefined ? {} : { querystring: route.query }),
    response,
  }
}

function configOf(route: Pick<Common<unknown, unknown, unknown>, 'for' | 'problems' | 'limit'>) {
  return {
    audience: route.for,
    ...(route.problems === undefined ? {} : { problems: route.problems }),
    ...(route.limit === undefined ? {} : { limit: route.limit }),
  }
}

function anonymous(requestId: string): Actor {
  return {
    kind: 'person',
    id: '00000000-0000-0000-0000-000000000001',
    name: '未登录',
    roles: [],
    unitId: null,
    unitIds: [],
    unitPath: [],
    sees: 'none',
    can: new Set(),
    requestId,
  }
}
