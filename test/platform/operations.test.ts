// Those who run the service can see that it is alive, ready and how it fares; strangers see none of it.
import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { systemActor } from '../../src/platform/actor.ts'
import { plusHours, systemClock } from '../../src/platform/clock.ts'
import { openDatabase } from '../../src/platform/db.ts'
import { record } from '../../src/platform/events.ts'
import { databaseFaults } from '../../src/platform/health.ts'
import { createLimiter } from '../../src/platform/limits.ts'
import { problems } from '../../src/platform/problems.data.ts'
import { openDependencies, type Opened } from './opened.ts'

describe('operation', () => {
  const opened: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of opened.splice(0).toReversed()) await close()
  })
  const open = async (
    environment: Record<string, string> = {},
    options: Parameters<typeof buildApp>[1] = {},
  ): Promise<[FastifyInstance, Opened]> => {
    const deps = await openDependencies(environment)
    opened.push(() => deps.close())
    const app = await buildApp(deps, options)
    opened.push(() => app.close())
    return [app, deps]
  }

  it('is alive and ready with a sound database and queue', async () => {
    const [app] = await open()
    expect((await app.inject('/healthz')).json()).toEqual({ status: 'alive' })
    expect((await app.inject('/readyz')).json()).toEqual({ status: 'ready', faults: [] })
  })

  it('is alive but not ready without its database, and says so within a moment', async () => {
    const deps = await openDependencies()
    const away = {
      url: 'postgres://nobody@127.0.0.1:1/none',
      connections: 2,
      clock: systemClock,
      onError() {},
    }
    const app = await buildApp({ ...deps, db: openDatabase(away) })
    opened.push(deps.close, () => app.close())
    const begun = performance.now()
    const reply = await app.inject('/readyz')
    expect(reply.statusCode).toBe(503)
    expect(reply.json().faults).toContain('the database does not answer')
    expect(performance.now() - begun).toBeLessThan(2_500)
    expect((await app.inject('/healthz')).statusCode).toBe(200)
  })

  it('is not ready while it stops', async () => {
    let leaving = false
    const [app] = await open({}, { leaving: () => leaving })
    leaving = true
    const reply = await app.inject('/readyz')
    expect([reply.statusCode, reply.json()]).toEqual([503, { status: 'not ready', faults: ['stopping'] }])
  })

  it('names a database that may lose writes, runs on another clock, or was not migrated', async () => {
    const deps = await openDependencies()
    opened.push(deps.close)
    const trial = { UNSAFE_DATABASE: true, ACCEPT_DATABASE: '' }
    const sound = { UNSAFE_DATABASE: false, ACCEPT_DATABASE: '' }
    expect(await databaseFaults(deps.db, deps.clock, trial)).toEqual([])
    const name = new URL(deps.databaseUrl).pathname.slice(1)
    await deps.db.bulk((client) => client.query(`alter database ${name} set synchronous_commit = off`))
    const other = openDatabase({ url: deps.databaseUrl, connections: 2, clock: systemClock, onError() {} })
    expect(await databaseFaults(other, deps.clock, sound)).toContain('synchronous_commit is off')
    expect(await databaseFaults(other, deps.clock, trial)).toEqual([])
    await other.end()
    const ahead = { now: () => plusHours(systemClock.now(), 1) }
    expect(await databaseFaults(deps.db, ahead, trial)).toEqual([
      expect.stringMatching(/^the clocks .* differ by 3[56]\d{5} ms$/),
    ])
    await deps.db.bulk((client) =>
      client.query('delete from app.migrations where id = (select max(id) from app.migrations)'),
    )
    expect(await databaseFaults(deps.db, deps.clock, trial)).toEqual(['1 migrations are pending'])
  })

  it('is not ready when its disk runs full, or when the history no longer ends as it was written', async () => {
    const [roomy] = await open({ MIN_FREE_DISK: '1' })
    expect((await roomy.inject('/readyz')).json().faults).toEqual([])
    const [app, deps] = await open({ MIN_FREE_DISK: '100' })
    const full = await app.inject('/readyz')
    expect([full.statusCode, full.json().faults]).toEqual([
      503,
      [expect.stringMatching(/^磁盘空间不足 · \d+ % of the disk of \S+ is free, less than 100 %/)],
    ])

    const event = { subject: 'unit', subjectId: crypto.randomUUID(), type: 'unit.renamed' }
    for (let n = 0; n < 2; n++) await deps.db.transaction((tx) => record(tx, systemActor('test'), event))
    const watched = await buildApp({ ...deps, config: { ...deps.config, MIN_FREE_DISK: 0 } })
    opened.push(() => watched.close())
    expect((await watched.inject('/readyz')).json()).toEqual({ status: 'ready', faults: [] })
    await deps.db.bulk(async (client) => {
      await client.query('alter table app.events disable trigger user')
      await client.query(`update app.events set canon = canon || ' ' where subject_id = $1 and seq = 2`, [
        event.subjectId,
      ])
    })
    const changed = await watched.inject('/readyz')
    expect([changed.statusCode, changed.json().faults]).toEqual([
      503,
      ['最新一条事件与事件链不符 · the newest event does not fit its chain'],
    ])
  })

  it('shows its measures on this machine only, or to whom knows the token', async () => {
    const [app] = await open()
    await app.inject('/problems')
    const local = await app.inject('/metrics')
    expect(local.statusCode).toBe(200)
    expect(local.payload).toContain(
      'banjian_http_request_seconds_count{method="GET",route="/problems",status="200"} 1',
    )
    expect(local.payload).toContain('banjian_database_waiting 0')
    expect((await app.inject({ url: '/metrics', remoteAddress: '10.0.0.7' })).statusCode).toBe(404)
    expect(
      (await app.inject({ url: '/metrics', headers: { 'x-forwarded-for': '10.0.0.7' } })).statusCode,
    ).toBe(404)
    const [guarded] = await open({ METRICS_TOKEN: 'a-token-of-16-characters' })
    expect((await guarded.inject('/metrics')).statusCode).toBe(404)
    const authorization = 'Bearer a-token-of-16-characters'
    expect(
      (await guarded.inject({ url: '/metrics', headers: { authorization }, remoteAddress: '10.0.0.7' }))
        .statusCode,
    ).toBe(200)
  })

  it('sheds requests while too many wait for the database, but not the question whether it is alive', async () => {
    const [app, deps] = await open({ DATABASE_CONNECTIONS: '2' })
    const sleeping = Array.from({ length: 90 }, () =>
      deps.db.query({ name: 'test.sleep', text: 'select pg_sleep(0.02)' }),
    )
    const reply = await app.inject('/problems')
    expect([reply.statusCode, reply.json().code, reply.headers['retry-after']]).toEqual([
      503,
      'server/unavailable',
      '1',
    ])
    await Promise.all(sleeping)
    expect((await app.inject('/problems')).statusCode).toBe(200)
  })

  it('takes the address of a caller from a proxy that it trusts, and from nobody else', async () => {
    const [app] = await open({ RATE_LIMIT_PER_MINUTE: '10' })
    const [trusting] = await open({ RATE_LIMIT_PER_MINUTE: '10', TRUST_PROXY: '127.0.0.1' })
    const from = (n: number) => ({ url: '/nowhere', headers: { 'x-forwarded-for': `10.0.0.${n}` } })
    for (let n = 0; n < 10; n++) expect((await app.inject(from(n))).statusCode).toBe(404)
    expect((await app.inject(from(99))).statusCode).toBe(429)
    for (let n = 0; n < 20; n++) expect((await trusting.inject(from(n))).statusCode).toBe(404)
  })

  it('documents every route of the API, with its problems, in OpenAPI 3.1', async () => {
    const [app] = await open()
    const document = (await app.inject('/openapi.json')).json()
    expect(document.openapi).toMatch(/^3\.1/)
    expect(document.info.title).toBe('办件 banjian')
    const operations = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(
      ([path, item]) => Object.values(item).map((operation) => ({ path, operation })),
    )
    expect(operations.length).toBeGreaterThan(5)
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { operation } of operations) {
      expect(operation.summary).toMatch(/[\u4e00-\u9fff]/)
      expect(operation['x-audience']).toBeTypeOf('string')
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['500', '503', '429']))
    }
    const write = operations.find(({ operation }) =>
      operation.parameters?.some(({ name }) => name === 'Idempotency-Key'),
    )
    expect(write?.operation.responses['422']).toMatchObject({
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    })
    expect(document.components.schemas.Problem.properties.code.enum).toEqual(Object.keys(problems))
    expect((await app.inject('/openapi.json')).payload).toBe(JSON.stringify(document))
  })

  it('asks of every edit which version it is of, but of what has none', async () => {
    const [app] = await open()
    const { paths } = (await app.inject('/openapi.json')).json()
    const blind = Object.entries<Record<string, { parameters?: { name: string; required?: boolean }[] }>>(
      paths,
    ).flatMap(([url, methods]) =>
      ['put', 'patch', 'delete']
        .filter((method) => methods[method] !== undefined)
        .filter(
          (method) =>
            methods[method]?.parameters?.some(({ name, required }) => name === 'If-Match' && required) !==
            true,
        )
        .map((method) => `${method} ${url}`),
    )
    expect(blind.toSorted()).toEqual([
      'delete /api/accounts/{id}/sessions', // ends what there is
      'delete /api/keys/{id}', // revoking: there is no other version to come
      'delete /api/session',
      'delete /api/sessions/{id}',
      'put /api/reports/declared/{id}/figures/{key}', // enters a figure, or corrects one: then it asks
      'put /api/session/password', // the present password says it
    ])
  })

  it('explains each problem at the address that it names', async () => {
    const [app] = await open()
    const { items } = (await app.inject('/problems')).json()
    expect(items).toHaveLength(Object.keys(problems).length)
    for (const { type, status, zh } of items) {
      expect((await app.inject(type)).json()).toMatchObject({ type, status, zh })
      expect(zh).toMatch(/[\u4e00-\u9fff]/)
    }
    expect((await app.inject('/problems/no/such')).statusCode).toBe(404)
    expect((await app.inject('/problems/toString/x')).statusCode).toBe(404)
  })

  it('shows pages that ask nobody else for anything', async () => {
    const [app] = await open()
    const pages = [await app.inject('/'), await app.inject('/docs/')]
    for (const page of pages) {
      expect(page.statusCode).toBe(200)
      expect(page.payload).not.toMatch(/(src|href)="(https?:)?\/\//)
      expect(page.headers['content-security-policy']).toContain("connect-src 'self'")
      expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    }
    expect(pages[1]?.payload).toContain('"telemetry": false')
    expect(pages[1]?.payload).toContain('"proxyUrl": ""')
    expect((await app.inject('/docs/js/scalar.js')).headers['content-type']).toContain('javascript')
  })

  it('serves only the routes of operation from a process that works on jobs', async () => {
    const [app] = await open({}, { serves: false })
    expect((await app.inject('/readyz')).statusCode).toBe(200)
    expect((await app.inject('/api/calendar/years')).statusCode).toBe(404)
    expect((await app.inject('/')).statusCode).toBe(404)
  })
})

interface Operation {
  operationId: string
  summary: string
  'x-audience': string
  parameters?: { name: string }[]
  responses: Record<string, unknown>
}

describe('the limiter', () => {
  it('lets a minute through at once, then the steady rate, for each key apart', () => {
    let now = 0
    const limiter = createLimiter(() => now)
    const taken = (count: number, key = 'a') =>
      Array.from({ length: count }, () => limiter.take(key, 60)).filter((wait) => wait === 0).length
    expect(taken(100)).toBe(60)
    expect(taken(1, 'b')).toBe(1)
    expect(limiter.take('a', 60)).toBe(1)
    now += 1_000
    expect(taken(5)).toBe(1)
    now += 600_000
    expect(taken(100)).toBe(60)
  })

  it('does not grow without end under a flood of addresses', () => {
    const limiter = createLimiter(() => 0)
    for (let i = 0; i < 300_000; i++) limiter.take(`address ${i}`, 600)
    expect(process.memoryUsage().heapUsed).toBeLessThan(1_000 * 1024 * 1024)
    expect(limiter.take('address 299999', 1)).toBeGreaterThan(0)
  })
})
