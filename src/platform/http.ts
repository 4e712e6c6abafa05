// Reads and writes as routes: authentication, permission, validation, and the one write path.
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import type { Actor } from './actor.ts'
import { once, onRecord, readKey, toldBy, type Answer } from './idempotency.ts'
import { Problem, refuseReversed, type ProblemCode } from './problems.ts'
import type { Audience, Authenticate, Common, Http, Reply, RouteLimit, Shape } from './route.ts'

export type { Authenticate, Http } from './route.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    audience?: Audience
    problems?: readonly ProblemCode[]
    limit?: RouteLimit
    /** Set on writes, with what the route says of If-Match. */
    write?: { ifMatch: 'required' | 'accepted' | 'ignored' }
    /** Most members of the JSON body, where the usual limit is too small. */
    members?: number
    /** The route takes multipart bodies and nothing else. */
    upload?: boolean
    /** A page for people without an account: it takes forms as browsers send them, and knows no session. */
    form?: boolean
  }
  interface FastifyRequest {
    actor?: Actor
  }
}

type Gated = Pick<Common<unknown, unknown, unknown>, 'for' | 'admits'>

const BOUNDARY = /;\s*boundary="?[^\s";]/i

export function createHttp(app: FastifyInstance, deps: Deps, authenticate: Authenticate): Http {
  async function gate(request: FastifyRequest, { for: audience, admits }: Gated): Promise<void> {
    const actor = await authenticate(request)
    if (actor === undefined) {
      if (audience !== 'anyone') throw new Problem('access/not-signed-in')
      return
    }
    request.actor = actor
    if (audience !== 'anyone' && audience !== 'signed-in' && !actor.can.has(audience)) {
      throw new Problem('access/forbidden', { detail: `needs the permission ${audience}` })
    }
    const refused = admits?.(actor)
    if (refused !== undefined) throw refused
  }

  /** Every route begins here: who may not call it is refused before anything of what they sent is read or judged. */
  function serve(route: Gated, options: Omit<RouteOptions, 'onRequest'>): void {
    app.route({ ...options, onRequest: (request) => gate(request, route) })
  }

  return {
    app,
    deps,
    reads(route, handler) {
      serve(route, {
        method: 'GET',
        url: route.url,
        schema: schemaOf(route, { 200: route.reply }),
        config: configOf(route),
        handler: async (request, reply) => {
          const actor = callerOf(request)
          const result = await handler(deps.db, actor, inputOf(request) as never).catch((error: unknown) =>
            onRecord(deps, actor, error),
          )
          if (route.etag !== undefined) void reply.header('etag', `"${route.etag(result)}"`)
          return result
        },
      })
    },
    writes(route, handler) {
      const status = route.status ?? 200
      serve(route, {
        method: route.method ?? 'POST',
        url: route.url,
        ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
        schema: {
          ...schemaOf(route, { [status]: route.reply }),
          ...(route.body ? { body: route.body } : {}),
        },
        config: {
          ...configOf(route),
          write: { ifMatch: route.ifMatch ?? 'ignored' },
          ...(route.members === undefined ? {} : { members: route.members }),
        },
        handler: async (request, reply) => {
          const actor = callerOf(request)
          const ifMatch = route.ifMatch === undefined ? undefined : readIfMatch(request, route.ifMatch)
          const key = readKey(request, actor)
          const input = { ...inputOf(request), body: request.body, ifMatch, reply }
          return answer(
            request,
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
      serve(route, {
        method: 'POST',
        url: route.url,
        schema: { ...schemaOf(route, { [status]: route.reply }), consumes: ['multipart/form-data'] },
        config: { ...configOf(route), write: { ifMatch: route.ifMatch ?? 'ignored' }, upload: true },
        handler: async (request, reply) => {
          const actor = callerOf(request)
          const ifMatch = route.ifMatch === undefined ? undefined : readIfMatch(request, route.ifMatch)
          const key = readKey(request, actor)
          if (!BOUNDARY.test(request.headers['content-type'] ?? ''))
            throw new Problem('request/malformed', { detail: 'The form names no boundary' })
          const part = await request.file()
          if (part === undefined) throw new Problem('file/missing')
          const { maxBytes, allow } = route
          const file = await deps.files.store(part.file, { name: part.filename, maxBytes, allow })
          const told = () => toldBy(request, `${file.hash} ${file.name}`)
          return answer(
            request,
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
      serve(route, {
        method: route.method ?? 'POST',
        url: route.url,
        ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
        schema: {
          ...schemaOf(route, { [status]: route.reply }),
          ...(route.body ? { body: route.body } : {}),
        },
        config: configOf(route),
        handler: async (request, reply) => {
          const actor = callerOf(request)
          const ifMatch = route.ifMatch === undefined ? undefined : readIfMatch(request, route.ifMatch)
          const input = { ...inputOf(request), body: request.body, ifMatch, reply }
          const result = await handler(actor, input as never).catch((error: unknown) =>
            onRecord(deps, actor, error),
          )
          if (route.etag !== undefined) void reply.header('etag', `"${route.etag(result)}"`)
          return reply.code(status).send(result)
        },
      })
    },
    streams(route, handler) {
      serve(route, {
        method: route.method ?? 'GET',
        url: route.url,
        schema: { ...schemaOf(route, {}), produces: [route.produces] },
        config: { ...configOf(route), ...(route.method === 'POST' ? { upload: true } : {}) },
        handler: async (request, reply) => {
          const actor = callerOf(request)
          return handler(actor, { ...inputOf(request), reply } as never).catch((error: unknown) =>
            onRecord(deps, actor, error),
          )
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

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, body, etag, replayed }: Answer & { replayed: boolean },
): FastifyReply {
  if (replayed) void reply.header('idempotent-replayed', 'true')
  if (etag !== null) void reply.header('etag', `"${etag}"`)
  const refused = status >= 400
  if (refused) request.problem = (JSON.parse(body) as { code: ProblemCode }).code
  const type = `application/${refused ? 'problem+json' : 'json'}; charset=utf-8`
  return reply.code(status).type(type).send(body)
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
  refuseReversed(request.query as { from?: string; to?: string })
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

/** Whom the gate let in. */
function callerOf({ actor, id }: FastifyRequest): Actor {
  return actor ?? anonymous(id)
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
