// The edge: what every request must keep to before a route sees it, and what is written down of it.
import { randomUUIDv7 } from 'node:crypto'
import type { Server } from 'node:http'
import underPressure from '@fastify/under-pressure'
import {
  LogController,
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyRequest,
  type RouteOptions,
} from 'fastify'
import type { Config } from '../config.ts'
import type { Database } from './db.ts'
import { answerBrokenRequest, sendProblem } from './errors.ts'
import { SAFE_HEADERS } from './headers.ts'
import type { Authenticate } from './http.ts'
import type { Limiter } from './limits.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { Problem } from './problems.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
const PROTOTYPE_KEYS = new Set(['__proto__', 'constructor', 'prototype'])
const HOST = /^(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i
const SESSION_COOKIE = /(?:^|; *)(?:__Host-)?bj=/

export function edgeOptions(config: Config, log: Log): FastifyHttpOptions<Server> {
  const proxies = config.TRUST_PROXY.split(',').map((address) => address.trim())
  return {
    loggerInstance: log,
    // One line a request is written by `guardEdge`; a child logger for each would cost more than the line.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger,
    genReqId: () => randomUUIDv7(),
    requestIdHeader: false,
    trustProxy: config.TRUST_PROXY === '' ? false : proxies.filter((address) => address !== ''),
    bodyLimit: 256 * 1024,
    // For uploads; all other bodies have ten seconds (`body.ts`).
    requestTimeout: 600_000,
    http: { headersTimeout: 5_000, connectionsCheckingInterval: 1_000 },
    // A proxy must close its idle connections first, or it sends requests into closed ones.
    keepAliveTimeout: config.TRUST_PROXY === '' ? 5_000 : 75_000,
    maxRequestsPerSocket: 1_000,
    exposeHeadRoutes: false,
    return503OnClosing: true,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 100 },
    frameworkErrors: (error, request, reply) => void sendProblem(request, reply, error, log),
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, log),
  }
}

interface Guarded {
  log: Log
  db: Database
  metrics: Metrics
  /** Database connections; forty requests may wait for each. */
  connections: number
}

/** How long a measurement of the event loop lasts, and counts. */
const SAMPLE_MS = 500

/** A late event loop with fewer requests at work than this is a pause of the machine: to refuse them would relieve nobody. */
const MANY_REQUESTS = 20

/** Installs the guards; before any route. */
export function guardEdge(app: FastifyInstance, { log, db, metrics, connections }: Guarded): void {
  app.server.maxConnections = 2_000
  app.decorateRequest('actor')
  app.decorateRequest('problem')

  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => void routes.push(route))
  let readyAt = Number.POSITIVE_INFINITY
  app.addHook('onReady', async () => {
    readyAt = performance.now()
    const open = routes.filter((route) => route.config?.audience === undefined)
    const names = open.map(({ method, url }) => `${String(method)} ${url}`)
    if (names.length > 0) throw new Error(`it is not said whom these are for: ${names.join(', ')}`)
  })
  let atWork = 0
  app.addHook('onRequest', async (request, reply) => {
    atWork++
    reply.raw.once('close', () => atWork--)
    void reply.headers(SAFE_HEADERS).header('x-request-id', request.id)
    if (!HOST.test(request.headers.host ?? ''))
      throw new Problem('request/malformed', { detail: 'Host is malformed' })
    refuseOddQuery(request)
    if (!SAFE_METHODS.has(request.method)) refuseOtherSites(request)
    if (db.waiting() > connections * 40) throw unavailable()
  })
  void app.register(underPressure, {
    maxEventLoopDelay: 500,
    sampleInterval: SAMPLE_MS,
    pressureHandler: async () => {
      // What was measured while the service started is no pressure: on a slow machine the first callers would be refused.
      if (atWork >= MANY_REQUESTS && performance.now() - readyAt > 2 * SAMPLE_MS) throw unavailable()
    },
  })

  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions, actor, problem: code, id: requestId } = request
    const ms = Math.round(reply.elapsedTime * 10) / 10
    const route = routeOptions.url ?? 'unknown'
    metrics.request(method, route, reply.statusCode, reply.elapsedTime / 1000)
    log.info({ requestId, method, route, status: reply.statusCode, ms, actor: actor?.id, code }, 'request')
  })
}

function unavailable(): Problem {
  return new Problem('server/unavailable', { detail: 'Too much at once', extras: { retryAfter: 1 } })
}

/** Of a parameter that comes twice nobody can say which one counts. */
function refuseOddQuery({ query }: FastifyRequest): void {
  for (const [name, value] of Object.entries(query as Record<string, unknown>)) {
    const pointer = `/query/${name.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100)}`
    if (Array.isArray(value)) {
      throw new Problem('request/invalid', { errors: [{ pointer, code: 'repeated', message: '参数重复' }] })
    }
    const text = String(value)
    if (PROTOTYPE_KEYS.has(name) || text.includes('\0') || !text.isWellFormed()) {
      throw new Problem('request/invalid', {
        errors: [{ pointer, code: 'forbidden', message: '参数不可用' }],
      })
    }
  }
}

/**
 * Cross-site requests: a browser says where a request comes from, and a page of another site cannot set a header of our
 * own. Callers with an API key are no browsers.
 */
function refuseOtherSites({ headers, routeOptions }: FastifyRequest): void {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') {
    throw new Problem('access/cross-site', { detail: 'Sec-Fetch-Site must be same-origin' })
  }
  if (routeOptions.config.form === true) return // who is signed in does not matter there
  if (SESSION_COOKIE.test(headers.cookie ?? '') && headers['x-banjian'] !== '1') {
    throw new Problem('access/cross-site', { detail: 'The header X-Banjian: 1 is missing' })
  }
}

/** Counts requests by account, and by address where nobody is signed in or a route asks for it. */
export function limited(authenticate: Authenticate, limiter: Limiter, perMinute: number): Authenticate {
  const count = (key: string, limit: number) => {
    const retryAfter = limiter.take(key, limit)
    if (retryAfter > 0) throw new Problem('request/too-many', { extras: { retryAfter } })
  }
  return async (request) => {
    const { limit } = request.routeOptions.config
    const address = `address ${request.ip}`
    if (limit?.by === 'address') count(`${request.routeOptions.url} ${address}`, limit.perMinute)
    let actor
    try {
      actor = await authenticate(request)
    } catch (error) {
      count(address, perMinute)
      throw error
    }
    const caller = actor === undefined ? address : `account ${actor.id}`
    count(caller, perMinute)
    if (limit?.by === 'account') count(`${request.routeOptions.url} ${caller}`, limit.perMinute)
    return actor
  }
}
