// The edge refuses what is malformed, hostile or too much, always with a problem document and never with an inner word.
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { buildApp } from '../../src/app.ts'
import { systemActor, type Actor } from '../../src/platform/actor.ts'
import { createHttp, type Authenticate } from '../../src/platform/http.ts'
import { Problem } from '../../src/platform/problems.ts'
import { openDependencies, type Opened } from './opened.ts'

const secret = 'SELECT * FROM people WHERE name = 张三丰'
const caller: Actor = {
  ...systemActor(''),
  kind: 'person',
  id: '01890000-0000-7000-8000-000000000001',
  can: new Set(['test.write']),
}

/** Signed in are those who send `x-test: in`. */
const authenticate: Authenticate = async (request) => {
  if (request.headers['x-test'] === 'in') return { ...caller, requestId: request.id }
  if (request.routeOptions.config.audience === 'anyone') return undefined
  throw new Problem('access/not-signed-in')
}

function testRoutes(app: FastifyInstance, deps: Opened): void {
  const http = createHttp(app, deps, authenticate)
  const reply = z.object({ ok: z.boolean() })
  const common = { summary: '测试', tag: '测试', reply }
  const ok = async () => ({ ok: true })
  http.reads(
    {
      ...common,
      url: '/test/read',
      for: 'anyone',
      query: z.strictObject({ n: z.coerce.number().int().max(9).optional() }),
    },
    ok,
  )
  http.reads({ ...common, url: '/test/private', for: 'signed-in' }, ok)
  http.reads({ ...common, url: '/test/forbidden', for: 'test.never' }, ok)
  http.reads({ ...common, url: '/test/broken', for: 'anyone' }, async () => {
    throw new Error(secret)
  })
  http.reads({ ...common, url: '/test/wrong-reply', for: 'anyone' }, async () => ({ ok: secret }) as never)
  const sql = (name: string, text: string) =>
    http.reads({ ...common, url: `/test/${name}`, for: 'anyone' }, async (db) => {
      await db.query({ name: `test.${name}`, text })
      return { ok: true }
    })
  sql('sql-error', `select 1 / (length('${secret}') - length('${secret}'))`)
  sql('sql-unknown', `select "${secret}"`)
  http.writes({ ...common, url: '/test/bare', for: 'anyone' }, ok)
  http.writes(
    {
      ...common,
      url: '/test/write',
      for: 'anyone',
      body: z.strictObject({
        name: z.string().min(1).max(10),
        tags: z.array(z.string()).max(3).optional(),
        deep: z.unknown().optional(),
      }),
    },
    ok,
  )
}

describe('the edge', () => {
  let deps: Opened
  let app: FastifyInstance
  let port: number

  beforeAll(async () => {
    deps = await openDependencies({ RATE_LIMIT_PER_MINUTE: '1000000' })
    app = await buildApp(deps, { authenticate })
    testRoutes(app, deps)
    await app.listen({ port: 0, host: '127.0.0.1' })
    const address = app.server.address()
    port = typeof address === 'object' && address !== null ? address.port : 0
  })
  afterAll(async () => {
    await app.close()
    await deps.close()
  })

  /** Sends bytes over a socket and returns all that comes back until it closes. */
  const raw = (bytes: string | Buffer, then?: { after: number; bytes: string }) =>
    new Promise<{ text: string; ms: number }>((resolve, reject) => {
      const begun = performance.now()
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
      let text = ''
      if (then !== undefined) setTimeout(() => socket.writable && socket.write(then.bytes), then.after)
      socket.on('data', (chunk) => (text += chunk.toString('utf8')))
      socket.on('close', () => resolve({ text, ms: performance.now() - begun }))
      socket.on('error', (error) => (text === '' ? reject(error) : undefined))
    })
  const post = (payload: string | Buffer, headers: Record<string, string> = {}, url = '/test/write') =>
    app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json', ...headers } })

  const expectProblem = (
    reply: { statusCode: number; headers: Record<string, unknown>; json(): unknown; payload: string },
    status: number,
    code: string,
  ) => {
    expect([reply.statusCode, (reply.json() as { code: string }).code]).toEqual([status, code])
    expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(reply.headers['x-content-type-options']).toBe('nosniff')
    expect(reply.headers['content-security-policy']).toContain("default-src 'none'")
    expect(reply.headers['cache-control']).toBe('no-store')
    expect(reply.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(reply.json()).toMatchObject({
      type: `/problems/${code}`,
      status,
      title: expect.stringMatching(/[\u4e00-\u9fff]/),
      requestId: reply.headers['x-request-id'],
    })
  }

  it('answers an unknown address with a problem and the headers of every reply', async () => {
    expectProblem(await app.inject('/no/such'), 404, 'request/not-found')
    expectProblem(await app.inject({ method: 'DELETE', url: '/test/read' }), 404, 'request/not-found')
    const fine = await app.inject('/test/read')
    expect(fine.statusCode).toBe(200)
    expect(fine.headers).toMatchObject({
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    })
  })

  it('answers broken paths and overlong parameters with a problem', async () => {
    expectProblem(await app.inject('/test/%E0%A4%A'), 400, 'request/malformed')
    expectProblem(await app.inject(`/problems/request/${'a'.repeat(200)}`), 404, 'request/not-found')
  })

  it('says which field is wrong, where and what to do, in Chinese', async () => {
    const reply = await post('{"name":"","tags":["a","b","c","d"],"extra":1}')
    expectProblem(reply, 422, 'request/invalid')
    expect(reply.json()).toMatchObject({
      errors: expect.arrayContaining([
        { pointer: '/body/name', code: 'too_small', message: '不能为空' },
        { pointer: '/body/tags', code: 'too_big', message: '最多3项' },
        { pointer: '/body/extra', code: 'unrecognized_keys', message: '没有这一项' },
      ]),
    })
    const missing = await post('')
    expectProblem(missing, 422, 'request/invalid')
    expect(missing.json()).toMatchObject({ errors: [{ pointer: '/body/name', message: '必填' }] })
    const query = await app.inject('/test/read?n=77')
    expect(query.json()).toMatchObject({ errors: [{ pointer: '/query/n', message: '不能大于 9' }] })
  })

  it('refuses a parameter that comes twice, and the names of prototypes', async () => {
    expectProblem(await app.inject('/test/read?n=1&n=2'), 422, 'request/invalid')
    expectProblem(await app.inject('/test/read?__proto__=3'), 422, 'request/invalid')
    expectProblem(await app.inject('/test/private?constructor=3'), 422, 'request/invalid')
    expectProblem(await app.inject('/test/read?n=%00'), 422, 'request/invalid')
  })

  it('reads JSON in UTF-8 and nothing else', async () => {
    expectProblem(
      await post('{"name":"a"}', { 'content-type': 'text/plain' }),
      415,
      'request/unsupported-media-type',
    )
    expectProblem(
      await post('name=a', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'request/unsupported-media-type',
    )
    expectProblem(
      await post('{"name":"a"}', { 'content-type': 'application/json; charset=gbk' }),
      415,
      'request/unsupported-media-type',
    )
    expectProblem(
      await post('{"name":"a"}', { 'content-encoding': 'gzip' }),
      415,
      'request/unsupported-media-type',
    )
    const boundary = '--b\r\nContent-Disposition: form-data; name="name"\r\n\r\na\r\n--b--\r\n'
    expectProblem(
      await post(boundary, { 'content-type': 'multipart/form-data; boundary=b' }),
      415,
      'request/unsupported-media-type',
    )
    expectProblem(
      await post(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
      400,
      'request/malformed',
    )
    expect(
      (await post('{"name":"a"}', { 'content-type': 'application/json; charset=UTF-8' })).statusCode,
    ).toBe(200)
    const untyped = await raw(
      'POST /test/write HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{"name":"a"}',
    )
    expect(untyped.text).toMatch(/^HTTP\/1.1 415 /)
  })

  it.each([
    ['deep', `{"name":"a","deep":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['many members', `{"name":"a","deep":{${Array.from({ length: 1001 }, (_, i) => `"k${i}":1`).join()}}}`],
    ['a member twice', '{"name":"a","name":"b"}'],
    ['a prototype key', '{"name":"a","deep":{"__proto__":{"x":1}}}'],
    ['a long number', '{"name":"a","deep":12345678901234567890}'],
    ['a lone surrogate', '{"name":"a","deep":"\\ud800"}'],
    ['U+0000', '{"name":"a\\u0000"}'],
    ['half a document', '{"name":'],
    ['a byte order mark', '\ufeff{"name":"a"}'],
  ])('refuses JSON with %s', async (_what, body) => {
    const reply = await post(body)
    expectProblem(reply, 400, 'request/malformed')
    expect(reply.payload.length).toBeLessThan(500)
  })

  it('refuses a body where none belongs', async () => {
    expectProblem(await post('{"name":"a"}', {}, '/test/bare'), 422, 'request/invalid')
    expect((await post('', {}, '/test/bare')).statusCode).toBe(200)
    expect((await post('{}', {}, '/test/bare')).statusCode).toBe(200)
  })

  it('refuses what is too large, announced or not', async () => {
    expectProblem(await post(`{"name":"${'长'.repeat(100_000)}"}`), 413, 'request/too-large')
    const announced = await raw(
      'POST /test/write HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{',
    )
    expect(announced.text).toMatch(/^HTTP\/1.1 413 /)
    const chunk = `10000\r\n${'1'.repeat(65_536)}\r\n`
    const chunked = await raw(
      `POST /test/write HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(5)}`,
    )
    expect(chunked.text).toMatch(/^HTTP\/1.1 413 /)
    expect(chunked.text).toContain('request/too-large')
  })

  it('gives a slow body ten seconds and slow headers five', async () => {
    const head =
      'POST /test/write HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n'
    const [body, headers] = await Promise.all([
      raw(`${head}{"na`, { after: 5_000, bytes: 'm' }),
      raw('GET / HTTP/1.1\r\nHost: a\r\nX-'),
    ])
    expect(body.text).toMatch(/^HTTP\/1.1 408 /)
    expect(body.text).toContain('"code":"request/timeout"')
    expect(body.ms).toBeGreaterThan(9_500)
    expect(body.ms).toBeLessThan(13_000)
    expect(headers.text).toMatch(/^HTTP\/1.1 408 /)
    expect(headers.text).toContain('application/problem+json')
    expect(headers.ms).toBeLessThan(8_000)
  })

  it('refuses smuggled lengths, huge headers and odd hosts as problems too', async () => {
    const both =
      'POST /test/write HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
    const twice = 'POST /test/write HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n{}'
    const huge = `GET / HTTP/1.1\r\nHost: a\r\nX-Huge: ${'x'.repeat(20_000)}\r\n\r\n`
    const host = 'GET / HTTP/1.1\r\nHost: a b/c\r\nConnection: close\r\n\r\n'
    for (const [bytes, status] of [
      [both, 400],
      [twice, 400],
      [huge, 431],
      [host, 400],
    ] as const) {
      const { text } = await raw(bytes)
      expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
      expect(text.toLowerCase()).toContain('content-type: application/problem+json')
      expect(text.toLowerCase()).toContain('x-content-type-options: nosniff')
    }
  })

  it('never lets a word of an inner error out, nor into the log', async () => {
    deps.lines.length = 0
    expectProblem(await app.inject('/test/broken'), 500, 'server/error')
    expectProblem(await app.inject('/test/wrong-reply'), 500, 'server/error')
    expectProblem(await app.inject('/test/sql-error'), 422, 'request/invalid')
    expectProblem(await app.inject('/test/sql-unknown'), 500, 'server/error')
    for (const url of ['/test/broken', '/test/wrong-reply', '/test/sql-error', '/test/sql-unknown']) {
      const { payload } = await app.inject(url)
      for (const word of ['SELECT', 'people', '张三丰', 'Error:', 'node_modules', 'at '])
        expect(payload).not.toContain(word)
    }
    expect(deps.lines.length).toBeGreaterThan(8)
    expect(deps.lines.join('')).not.toContain('张三丰')
    expect(deps.lines.join('')).toContain('"issues":"/ok invalid_type"')
    expect(deps.lines.join('')).toContain('"sqlState":"42703"')
  })

  it('asks who it is, and for the permission', async () => {
    expectProblem(await app.inject('/test/private'), 401, 'access/not-signed-in')
    const headers = { 'x-test': 'in' }
    expect((await app.inject({ url: '/test/private', headers })).statusCode).toBe(200)
    expectProblem(await app.inject({ url: '/test/forbidden', headers }), 403, 'access/forbidden')
  })

  it('refuses writes that another site makes a browser send', async () => {
    for (const site of ['cross-site', 'same-site', 'none']) {
      expectProblem(await post('{"name":"a"}', { 'sec-fetch-site': site }), 403, 'access/cross-site')
    }
    expectProblem(await post('{"name":"a"}', { cookie: 'bj=abc' }), 403, 'access/cross-site')
    expectProblem(
      await post('{"name":"a"}', { cookie: 'x=1; __Host-bj=abc', 'x-banjian': '0' }),
      403,
      'access/cross-site',
    )
    expect(
      (await post('{"name":"a"}', { cookie: 'bj=abc', 'x-banjian': '1', 'sec-fetch-site': 'same-origin' }))
        .statusCode,
    ).toBe(200)
    expect(
      (await app.inject({ url: '/test/read', headers: { 'sec-fetch-site': 'cross-site', cookie: 'bj=abc' } }))
        .statusCode,
    ).toBe(200)
  })

  it('writes one line a request, without addresses, parameters and names', async () => {
    deps.lines.length = 0
    await app.inject({ url: '/test/private?q=13800138000', headers: { 'x-test': 'in' } })
    expect(deps.lines).toHaveLength(1)
    const line = JSON.parse(deps.lines[0] ?? '') as Record<string, unknown>
    expect(Object.keys(line).toSorted()).toEqual([
      'actor',
      'level',
      'method',
      'ms',
      'msg',
      'requestId',
      'route',
      'status',
      'time',
    ])
    expect(line).toMatchObject({ method: 'GET', route: '/test/private', status: 200, actor: caller.id })
  })

  it('limits requests by account or address, and tells when to come back', async () => {
    const strict = await openDependencies({ RATE_LIMIT_PER_MINUTE: '10' })
    const small = await buildApp(strict, { authenticate })
    testRoutes(small, strict)
    const statuses: number[] = []
    for (let i = 0; i < 11; i++) statuses.push((await small.inject('/no/such')).statusCode)
    expect(statuses).toEqual([...Array<number>(10).fill(404), 429])
    const reply = await small.inject('/no/such')
    expectProblem(reply, 429, 'request/too-many')
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0)
    expect((await small.inject('/healthz')).statusCode).toBe(200)
    await small.close()
    await strict.close()
  })

  it('refuses what comes in numbers while it cannot keep up, but takes neither its own start nor a pause of the machine for such', async () => {
    const hold = async () => {
      for (const until = performance.now() + 700; performance.now() < until;);
      await pause(0)
    }
    const busy = await buildApp(deps, { authenticate })
    testRoutes(busy, deps)
    const [gate, begun] = [Promise.withResolvers<void>(), vi.fn<() => void>()]
    busy.route({
      ...{ method: 'GET', url: '/test/slow', config: { audience: 'anyone' } },
      handler: async () => (begun(), gate.promise.then(() => ({ ok: true }))),
    })
    const ask = (count: number, url: string) =>
      Promise.all(Array.from({ length: count }, () => busy.inject(url)))
    const statuses = async (count: number, url = '/test/read') =>
      new Set((await ask(count, url)).map((answer) => answer.statusCode))
    await hold()
    await hold()
    expect(await statuses(30)).toEqual(new Set([200]))
    await pause(1_100)
    await hold()
    await hold()
    const atWork = statuses(19, '/test/slow')
    await vi.waitFor(() => expect(begun).toHaveBeenCalledTimes(19), { timeout: 10_000 })
    for (const refused of await ask(11, '/test/read')) {
      expectProblem(refused, 503, 'server/unavailable')
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    }
    gate.resolve()
    expect(await atWork).toEqual(new Set([200]))
    expect(await statuses(1)).toEqual(new Set([200]))
    await vi.waitFor(async () => expect(await statuses(30)).toEqual(new Set([200])), { timeout: 5_000 })
    await busy.close()
  })

  it('knows for whom each route is', async () => {
    const other = await buildApp(deps, { authenticate })
    other.route({ method: 'GET', url: '/x', handler: () => '' })
    await expect(other.ready()).rejects.toThrow('it is not said whom these are for: GET /x')
    await other.close()
  })
})
