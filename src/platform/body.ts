// Reading of request bodies: JSON in UTF-8, and forms for pages that ask, within the route's size and ten seconds.
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { JsonRefused, parseJson } from './json.ts'
import { Problem } from './problems.ts'

const JSON_TYPE = /^application\/json *(?:; *charset="?utf-8"? *)?$/i
const MULTIPART_TYPE = /^multipart\/form-data *;/i
const FORM_TYPE = /^application\/x-www-form-urlencoded *(?:; *charset="?utf-8"? *)?$/i
const MOST_FIELDS = 20

/**
 * Makes JSON the only body that a route reads, but for routes marked `upload`, which take only multipart, and the pages
 * marked `form`, which take only what a browser sends without a script.
 */
export function readBodies(app: FastifyInstance, deadlineMs = 10_000): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', (request: FastifyRequest, stream: IncomingMessage) =>
    readJson(request, stream, deadlineMs),
  )
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    (request: FastifyRequest, stream: IncomingMessage) => readForm(request, stream, deadlineMs),
  )
  app.addHook('onRequest', async (request) => refuseOtherTypes(request))
  app.addHook('preValidation', async (request) => {
    // An act that needs no words may come without a body; where it needs some, the fields say which.
    if (request.body === undefined && request.routeOptions.schema?.body !== undefined) request.body = {}
    refuseUnreadBody(request)
  })
}

function refuseOtherTypes({ headers, routeOptions }: FastifyRequest): void {
  const { 'content-type': type, 'content-encoding': encoding } = headers
  if (encoding !== undefined && encoding !== 'identity') {
    throw new Problem('request/unsupported-media-type', { detail: 'Compressed bodies are not read' })
  }
  if (type === undefined) {
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
    if (hasBody) throw new Problem('request/unsupported-media-type', { detail: 'Content-Type is missing' })
    return
  }
  const { upload = false, form = false } = routeOptions.config
  const [pattern, wanted] = upload
    ? [MULTIPART_TYPE, 'multipart/form-data']
    : form
      ? [FORM_TYPE, 'application/x-www-form-urlencoded in UTF-8']
      : [JSON_TYPE, 'application/json in UTF-8']
  if (!pattern.test(type)) {
    throw new Problem('request/unsupported-media-type', { detail: `The body must be ${wanted}` })
  }
}

/** A body sent to a route that takes none is a mistake of the caller, who may think it counted. */
function refuseUnreadBody({ body, routeOptions }: FastifyRequest): void {
  const { upload = false, form = false } = routeOptions.config
  if (body === undefined || upload || form || routeOptions.schema?.body !== undefined) return
  if (typeof body === 'object' && body !== null && Object.keys(body).length === 0) return
  throw new Problem('request/invalid', {
    errors: [{ pointer: '/body', code: 'unexpected', message: '此操作不接受内容' }],
  })
}

async function readJson(
  request: FastifyRequest,
  stream: IncomingMessage,
  deadlineMs: number,
): Promise<unknown> {
  const bytes = await readWhole(request, stream, deadlineMs)
  if (bytes.length === 0) return undefined
  if (!isUtf8(bytes)) throw new Problem('request/malformed', { detail: 'The body is not UTF-8' })
  try {
    return parseJson(bytes.toString('utf8'), request.routeOptions.config.members)
  } catch (error) {
    if (!(error instanceof JsonRefused)) throw error
    throw new Problem('request/malformed', { detail: `The body is refused: ${error.message}` })
  }
}

async function readForm(
  request: FastifyRequest,
  stream: IncomingMessage,
  deadlineMs: number,
): Promise<Map<string, string>> {
  const bytes = await readWhole(request, stream, deadlineMs)
  const fields = [...new URLSearchParams(bytes.toString('utf8'))]
  const form = new Map(fields)
  if (form.size !== fields.length || form.size > MOST_FIELDS)
    throw new Problem('request/malformed', { detail: 'A field comes twice, or there are too many' })
  return form
}

function readWhole(request: FastifyRequest, stream: IncomingMessage, deadlineMs: number): Promise<Buffer> {
  const limit = request.routeOptions.bodyLimit
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const timer = setTimeout(() => fail(new Problem('request/timeout')), deadlineMs)
    stream.on('data', take).on('end', finish).on('error', cut).on('aborted', cut)
    if (Number(request.headers['content-length'] ?? 0) > limit) fail(tooLarge(limit))

    function take(chunk: Buffer) {
      size += chunk.length
      if (size > limit) fail(tooLarge(limit))
      else chunks.push(chunk)
    }
    function finish() {
      stop()
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size))
    }
    function cut() {
      fail(new Problem('request/malformed', { detail: 'The body was cut off' }))
    }
    function fail(problem: Problem) {
      stop()
      // The connection is closed with the answer; what breaks after that is of no use.
      stream.on('error', () => undefined)
      stream.resume()
      reject(problem)
    }
    function stop() {
      clearTimeout(timer)
      stream.off('data', take).off('end', finish).off('error', cut).off('aborted', cut)
    }
  })
}

function tooLarge(limit: number): Problem {
  return new Problem('request/too-large', { detail: `The body may have ${limit} bytes` })
}
