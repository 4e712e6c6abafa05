// A repeated request is done once and answered alike, byte for byte; a key stands for one request only.
import { randomUUIDv7 } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { buildApp } from '../../src/app.ts'
import { systemActor } from '../../src/platform/actor.ts'
import { statement } from '../../src/platform/db.ts'
import { createHttp, type Authenticate } from '../../src/platform/http.ts'
import { fieldProblem, Problem } from '../../src/platform/problems.ts'
import { purgeAnswers } from '../../src/platform/purge.ts'
import { openDependencies, type Opened } from './opened.ts'

const accounts = { one: randomUUIDv7(), two: randomUUIDv7(), key: randomUUIDv7() }

/** Signed in as whom `x-test` names; `key` is a machine. */
const authenticate: Authenticate = async (request) => {
  const name = request.headers['x-test'] as keyof typeof accounts
  return { ...systemActor(request.id), kind: name === 'key' ? 'key' : 'person', id: accounts[name] }
}
const insert = statement<{ id: number }>(
  'test.note',
  'insert into public.notes (text) values ($1) returning id',
)

describe('idempotency keys', () => {
  let deps: Opened
  let app: FastifyInstance
  let failing = false
  let slow = 0
  /** What the rules say to the text `refused`. */
  let refusal = new Problem('request/conflict')
  /** Holds up a write after its first statement, or before its refusal. */
  let held: (() => Promise<void>) | undefined

  beforeAll(async () => {
    deps = await openDependencies({ RATE_LIMIT_PER_MINUTE: '1000000' })
    await deps.db.bulk((client) =>
      client.query('create table public.notes (id serial primary key, text text not null)'),
    )
    app = await buildApp(deps, { authenticate })
    const http = createHttp(app, deps, authenticate)
    http.writes(
      {
        url: '/test/notes',
        summary: '记一笔',
        tag: '测试',
        for: 'signed-in',
        body: z.strictObject({ text: z.string(), more: z.record(z.string(), z.unknown()).optional() }),
        reply: z.object({ id: z.int(), text: z.string(), random: z.string() }),
        status: 201,
        ifMatch: 'accepted',
        etag: ({ id }) => id,
      },
      async (tx, _actor, { body }) => {
        const [row] = await insert(tx, [body.text])
        await pause(slow)
        await held?.()
        if (failing) throw new Error('broken')
        if (body.text === 'refused') throw refusal
        return { text: body.text, id: row?.id ?? 0, random: randomUUIDv7() }
      },
    )
    const refuse = () =>
      Promise.reject(new Problem('request/conflict', { record: { type: 'test.attempt', data: {} } }))
    const attempt = (kind: string) => ({
      ...{ url: `/test/attempts/${kind}`, summary: '试一试', tag: '测试', for: 'signed-in' as const },
      reply: z.object({}),
    })
    http.reads(attempt('reads'), refuse)
    http.writes(attempt('writes'), refuse)
    http.secrets(attempt('secrets'), refuse)
    http.streams({ ...attempt('streams'), produces: 'text/csv' }, refuse)
    await app.ready()
  })
  afterAll(async () => {
    await app.close()
    await deps.close()
  })

  const post = (key: string | undefined, body: string, as: keyof typeof accounts = 'one', headers = {}) =>
    app.inject({
      method: 'POST',
      url: '/test/notes',
      payload: body,
      headers: {
        'content-type': 'application/json',
        'x-test': as,
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...headers,
      },
    })
  const note = (text: string) => JSON.stringify({ text })
  const notes = async (text: string) => {
    const { rows } = await deps.db.bulk((client) =>
      client.query('select 1 from public.notes where text = $1', [text]),
    )
    return rows.length
  }

  it('answers a repetition with the same bytes, status and version, and does nothing', async () => {
    const key = randomUUIDv7()
    const first = await post(key, note('once'))
    const second = await post(key, note('once'))
    expect(first.statusCode).toBe(201)
    expect(first.headers['idempotent-replayed']).toBeUndefined()
    expect(second.headers['idempotent-replayed']).toBe('true')
    expect([second.statusCode, second.payload, second.headers['etag']]).toEqual([
      201,
      first.payload,
      first.headers['etag'],
    ])
    expect(await notes('once')).toBe(1)
  })

  it('takes a body whose members stand in another order for the same', async () => {
    const key = randomUUIDv7()
    await post(key, '{"text":"order","more":{"a":1,"b":{"c":2,"d":3}}}')
    const again = await post(key, '{ "more": {"b":{"d":3,"c":2},"a":1}, "text": "order" }')
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect(await notes('order')).toBe(1)
  })

  it('refuses the same key for another body, version or address, and keeps it apart by account', async () => {
    const key = randomUUIDv7()
    await post(key, note('mine'))
    for (const other of [
      await post(key, note('other')),
      await post(key, note('mine'), 'one', { 'if-match': '"3"' }),
    ]) {
      expect([other.statusCode, other.json().code]).toEqual([422, 'idempotency/key-reused'])
    }
    expect(await notes('other')).toBe(0)
    const theirs = await post(key, note('mine'), 'two')
    expect(theirs.statusCode).toBe(201)
    expect(theirs.headers['idempotent-replayed']).toBeUndefined()
  })

  it('does one of twenty that arrive at the same time, and answers all alike', async () => {
    slow = 100
    const key = randomUUIDv7()
    const replies = await Promise.all(Array.from({ length: 20 }, () => post(key, note('at once'))))
    slow = 0
    expect(new Set(replies.map((reply) => `${reply.statusCode} ${reply.payload}`)).size).toBe(1)
    expect(replies[0]?.statusCode).toBe(201)
    expect(replies.filter((reply) => reply.headers['idempotent-replayed'] === undefined)).toHaveLength(1)
    expect(await notes('at once')).toBe(1)
  })

  it('keeps no failure: a repetition is a new try', async () => {
    const key = randomUUIDv7()
    failing = true
    expect((await post(key, note('again'))).statusCode).toBe(500)
    failing = false
    const reply = await post(key, note('again'))
    expect([reply.statusCode, reply.headers['idempotent-replayed']]).toEqual([201, undefined])
    expect(await notes('again')).toBe(1)
  })

  it('answers a repeated refusal with the same bytes, whatever the rules would say by now', async () => {
    const key = randomUUIDv7()
    refusal = new Problem('matter/not-found')
    const first = await post(key, note('refused'))
    refusal = new Problem('request/conflict')
    const second = await post(key, note('refused'))
    expect([first.statusCode, first.json().code, first.headers['idempotent-replayed']]).toEqual([
      ...[404, 'matter/not-found', undefined],
    ])
    expect([second.statusCode, second.payload, second.headers['content-type']]).toEqual([
      ...[404, first.payload, 'application/problem+json; charset=utf-8'],
    ])
    expect(second.headers['idempotent-replayed']).toBe('true')
    expect((await post(key, note('allowed'))).json().code).toBe('idempotency/key-reused')
    expect((await post(key, note('refused'), 'two')).json().code).toBe('request/conflict')
    expect([await notes('refused'), await notes('allowed')]).toEqual([0, 0])
  })

  it('decides anew who may ask and what could not be served', async () => {
    for (const code of [
      'access/forbidden',
      'request/too-many',
      'import/too-slow',
      'calendar/not-loaded',
    ] as const) {
      const key = randomUUIDv7()
      refusal = new Problem(code)
      expect((await post(key, note('refused'))).json().code).toBe(code)
      refusal = new Problem('request/conflict')
      const again = await post(key, note('refused'))
      expect([code, again.statusCode, again.headers['idempotent-replayed']]).toEqual([code, 409, undefined])
    }
  })

  it('keeps what a refusal says of the request under seal', async () => {
    const key = randomUUIDv7()
    refusal = fieldProblem('request/invalid', '/body/text', '没有{王小明}这一项')
    const first = await post(key, note('refused'))
    expect(first.payload).toContain('王小明')
    const { rows } = await deps.db.bulk((client) =>
      client.query('select body from app.idempotency where key = $1', [key]),
    )
    expect(rows).toHaveLength(1)
    expect(Buffer.from(String(rows[0].body), 'base64').toString()).not.toContain('王小明')
    expect(String(rows[0].body)).not.toContain('王小明')
    expect((await post(key, note('refused'))).payload).toBe(first.payload)
  })

  /** Two of the same key at work at once: one is refused, one is not, and the named one ends first. */
  async function twins(first: 'done' | 'refused') {
    const key = randomUUIDv7()
    const text = `twins ${first}`
    const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let count = 0
    held = async () => {
      const mine = count++
      begun[mine]?.resolve()
      await gates[mine]?.promise
      if ((mine === 0) === (first === 'refused')) throw new Problem('request/conflict')
    }
    const sent = [post(key, note(text))]
    await begun[0]?.promise
    sent.push(post(key, note(text)))
    await begun[1]?.promise
    gates[0]?.resolve()
    await sent[0]
    gates[1]?.resolve()
    const replies = await Promise.all(sent)
    held = undefined
    const again = await post(key, note(text))
    expect(new Set([...replies, again].map(({ payload }) => payload)).size).toBe(1)
    expect([...replies, again].map(({ headers }) => headers['idempotent-replayed'])).toEqual([
      ...[undefined, 'true', 'true'],
    ])
    return { status: again.statusCode, notes: await notes(text) }
  }

  it('lets no refusal replace what a twin has done, nor the other way round', async () => {
    expect(await twins('done')).toEqual({ status: 201, notes: 1 })
    expect(await twins('refused')).toEqual({ status: 409, notes: 0 })
  })

  it('refuses twenty that arrive at the same time in the same words', async () => {
    const key = randomUUIDv7()
    slow = 100
    const replies = await Promise.all(Array.from({ length: 20 }, () => post(key, note('refused'))))
    slow = 0
    expect(new Set(replies.map(({ statusCode, payload }) => `${statusCode} ${payload}`)).size).toBe(1)
    expect(replies.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1)
  })

  const recorded = async () => {
    const { rows } = await deps.db.bulk((client) =>
      client.query(`select 1 from app.events where type = 'test.attempt' and subject_id = $1`, [
        accounts.two,
      ]),
    )
    return rows.length
  }

  it('records an attempt that must be seen once, also when it is repeated', async () => {
    const before = await recorded()
    const headers = { 'x-test': 'two', 'idempotency-key': randomUUIDv7() }
    const attempt = () => app.inject({ method: 'POST', url: '/test/attempts/writes', headers })
    const replies = [...(await Promise.all([attempt(), attempt(), attempt()])), await attempt()]
    expect(new Set(replies.map(({ statusCode, payload }) => `${statusCode} ${payload}`)).size).toBe(1)
    expect([replies[0]?.statusCode, await recorded()]).toEqual([409, before + 1])
  })

  it('records an attempt that must be seen, on whichever kind of route it was made', async () => {
    const kinds = { reads: 'GET', streams: 'GET', writes: 'POST', secrets: 'POST' } as const
    for (const [kind, method] of Object.entries(kinds)) {
      const before = await recorded()
      const headers = { 'x-test': 'two' }
      const { statusCode } = await app.inject({ method, url: `/test/attempts/${kind}`, headers })
      expect([kind, statusCode, await recorded()]).toEqual([kind, 409, before + 1])
    }
  })

  it('asks machines for a key and lets people go without', async () => {
    const without = await post(undefined, note('machine'), 'key')
    expect([without.statusCode, without.json().code]).toEqual([400, 'idempotency/key-required'])
    expect((await post(undefined, note('person'))).statusCode).toBe(201)
    for (const key of ['', ' ', 'a b', 'é', 'x'.repeat(201)]) {
      const reply = await post(key, note('odd'))
      expect([reply.statusCode, reply.json().code]).toEqual([400, 'idempotency/key-invalid'])
    }
    expect(await notes('odd')).toBe(0)
  })

  it('forgets answers after thirty days', async () => {
    const key = randomUUIDv7()
    await post(key, note('old'))
    await deps.db.bulk((client) =>
      client.query(`update app.idempotency set at = at - interval '31 days' where key = $1`, [key]),
    )
    expect(await purgeAnswers(deps.db, deps.clock.now())).toBe(1)
    expect((await post(key, note('old'))).headers['idempotent-replayed']).toBeUndefined()
    expect(await notes('old')).toBe(2)
  })
})
