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
import { Problem } from '../../src/platform/problems.ts'
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
        if (failing) throw new Error('broken')
        if (body.text === 'refused') throw new Problem('request/conflict')
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

  it('keeps no failure and no refusal: a repetition is a new try', async () => {
    const key = randomUUIDv7()
    failing = true
    expect((await post(key, note('again'))).statusCode).toBe(500)
    failing = false
    const reply = await post(key, note('again'))
    expect([reply.statusCode, reply.headers['idempotent-replayed']]).toEqual([201, undefined])
    expect(await notes('again')).toBe(1)
    const refusedKey = randomUUIDv7()
    expect((await post(refusedKey, note('refused'))).statusCode).toBe(409)
    expect((await post(refusedKey, note('allowed'))).statusCode).toBe(201)
    expect(await notes('refused')).toBe(0)
  })

  it('records an attempt that must be seen, on whichever kind of route it was made', async () => {
    const recorded = async () => {
      const { rows } = await deps.db.bulk((client) =>
        client.query(`select 1 from app.events where type = 'test.attempt' and subject_id = $1`, [
          accounts.two,
        ]),
      )
      return rows.length
    }
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
