// Every error that leaves: RFC 9457 problem documents, and never a word of an exception that we did not write.
import { randomUUIDv7 } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { constraintOf, isTransient, sqlState } from './db.ts'
import { SAFE_HEADERS } from './headers.ts'
import type { Log } from './log.ts'
import { Problem, problemDocument, type FieldError, type ProblemCode } from './problems.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Code of the problem that was the answer, for the log line. */
    problem?: ProblemCode
  }
}

const PLACES: Record<string, string> = {
  body: '/body',
  querystring: '/query',
  params: '/path',
  headers: '/headers',
}

/** Sets the handlers of errors and of unknown routes. `unknown` may refuse a caller who asks for too many of those. */
export function answerErrors(
  app: FastifyInstance,
  log: Log,
  unknown: (request: FastifyRequest) => void,
): void {
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, error, log))
  app.setNotFoundHandler((request, reply) => {
    unknown(request)
    return sendProblem(request, reply, new Problem('request/not-found', { detail: 'No such address' }), log)
  })
}

/** Answers with the problem that an error is. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
  log: Log,
): FastifyReply {
  const problem = toProblem(error)
  request.problem = problem.code
  if (problem.status >= 500) {
    const line = { err: error, requestId: request.id, route: request.routeOptions.url }
    if (problem.status === 503) log.warn(line, 'a request could not be served')
    else log.error(line, 'a request failed')
  }
  const { retryAfter } = problem.options.extras ?? {}
  if (typeof retryAfter === 'number') void reply.header('retry-after', retryAfter)
  return reply
    .code(problem.status)
    .headers({ ...SAFE_HEADERS, 'x-request-id': request.id })
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemDocument(problem, request.id)))
}

/** The problem that an error is: its own, one of the request's form, one of the database's state, or just a failure. */
function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (hasZodFastifySchemaValidationErrors(error))
    return new Problem('request/invalid', { errors: fieldErrors(error) })
  const state = sqlState(error)
  if (state !== undefined) return problemOfState(state, constraintOf(error))
  if (isTransient(error)) return new Problem('server/unavailable', { extras: { retryAfter: 2 } })
  const { statusCode } = error as Partial<FastifyError>
  if (statusCode === 503) return new Problem('server/unavailable', { extras: { retryAfter: 2 } })
  return new Problem(codeOfStatus(statusCode))
}

function codeOfStatus(status: number | undefined): ProblemCode {
  // 414 is a path parameter longer than any that exists.
  if (status === 404 || status === 414) return 'request/not-found'
  if (status === 408) return 'request/timeout'
  if (status === 413) return 'request/too-large'
  if (status === 406 || status === 415) return 'request/unsupported-media-type'
  if (status === 429) return 'request/too-many'
  if (status === 431) return 'request/headers-too-large'
  return status !== undefined && status >= 400 && status < 500 ? 'request/malformed' : 'server/error'
}

// Classes and codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
function problemOfState(state: string, constraint: string | undefined): Problem {
  const detail = constraint === undefined ? {} : { detail: `Violates ${constraint}` }
  if (state === '23505' || state === '23503') return new Problem('request/conflict', detail)
  if (state === '55P03') return new Problem('request/busy', { extras: { retryAfter: 1 } })
  if (state === '40001' || state === '40P01')
    return new Problem('server/unavailable', { extras: { retryAfter: 1 } })
  if (/^(08|53|57|25P03)/.test(state)) return new Problem('server/unavailable', { extras: { retryAfter: 2 } })
  if (state.startsWith('22') || state === '23502' || state === '23514')
    return new Problem('request/invalid', detail)
  return new Problem('server/error')
}

function fieldErrors(error: FastifyError): FieldError[] {
  const place = PLACES[error.validationContext ?? ''] ?? ''
  return (error.validation ?? []).flatMap(({ keyword, instancePath, message, params }): FieldError[] => {
    const path = instancePath === '/' ? '' : instancePath
    const names = params['keys']
    if (keyword === 'unrecognized_keys' && Array.isArray(names)) {
      return names.map((name) => ({
        pointer: `${place}${path}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`,
        code: keyword,
        message: '没有这一项',
      }))
    }
    return [{ pointer: `${place}${path}`, code: keyword ?? 'invalid', message: message ?? '内容有误' }]
  })
}

/** Answers on a bare socket what Node refuses before there is a request: broken, oversized or slow headers. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket, log: Log): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const codes: Record<string, ProblemCode> = {
    ERR_HTTP_REQUEST_TIMEOUT: 'request/timeout',
    HPE_HEADER_OVERFLOW: 'request/headers-too-large',
    HPE_CHUNK_EXTENSIONS_OVERFLOW: 'request/too-large',
  }
  const problem = new Problem(codes[error.code ?? ''] ?? 'request/malformed')
  const requestId = randomUUIDv7()
  const body = JSON.stringify(problemDocument(problem, requestId))
  const headers = {
    ...SAFE_HEADERS,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-request-id': requestId,
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  log.info({ requestId, code: problem.code, status: problem.status }, 'a broken request was refused')
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`)
}
