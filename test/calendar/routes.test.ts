// The calendar over HTTP: what a deadline rests on, and publishing a year after a look at what it changes.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify, { type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadShippedYears } from '../../src/calendar/commands.ts'
import { readCalendar } from '../../src/calendar/queries.ts'
import { calendarRoutes } from '../../src/calendar/routes.ts'
import { due } from '../../src/calendar/rules.ts'
import { readConfig } from '../../src/config.ts'
import { openDeps } from '../../src/deps.ts'
import { systemActor, type Actor } from '../../src/platform/actor.ts'
import { createHttp } from '../../src/platform/http.ts'
import { Problem, problemDocument } from '../../src/platform/problems.ts'
import { cloneDatabase, type ClonedDatabase } from '../support/database.ts'
import { plausible2027 } from './years-to-come.ts'

const FROM = '2026-12-25T10:00:00.000+08:00'
const actors: Record<string, Actor> = {
  liaison: { ...systemActor('routes-test'), kind: 'person' },
  administrator: { ...systemActor('routes-test'), kind: 'person', can: new Set(['calendar.publish']) },
}
let database: ClonedDatabase
let deps: Awaited<ReturnType<typeof openDeps>>
let app: FastifyInstance
let folder: string

beforeAll(async () => {
  database = await cloneDatabase()
  folder = await mkdtemp(join(tmpdir(), 'banjian-calendar-'))
  const now = () => '2026-11-20T10:00:00.000+08:00'
  deps = await openDeps(readConfig({ DATA_DIR: folder, LOG_LEVEL: 'silent' }), database.url, {
    clock: { now },
  })
  await deps.db.transaction(loadShippedYears)
  app = fastify()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler((error, request, reply) => {
    if (!(error instanceof Problem)) return reply.send(error)
    return reply.code(error.status).send(problemDocument(error, request.id))
  })
  const http = createHttp(app, deps, async (request) => actors[String(request.headers['x-actor'])])
  calendarRoutes(http, {
    previewMoves: async (_db, next) => {
      const limit = { n: 30, unit: 'workday' } as const
      const oldDue = due(await readCalendar(deps.db), FROM, limit).dueAt
      const newDue = due(next, FROM, limit).dueAt
      const moved = { matterNo: '示例-1', deadline: 'reply', kind: 'dispatch', turns: null } as const
      return { moves: [{ ...moved, oldDue, newDue }], total: 1 }
    },
  })
})

afterAll(async () => {
  await app.close()
  await deps.close()
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

const get = (url: string, actor = 'liaison') => app.inject({ url, headers: { 'x-actor': actor } })
const publish = (payload: object, headers: Record<string, string> = {}, actor = 'administrator') =>
  app.inject({
    method: 'POST',
    url: '/api/calendar/years',
    headers: { 'x-actor': actor, ...headers },
    payload,
  })

describe('reading', () => {
  test('the years, with the version of the whole as ETag', async () => {
    const reply = await get('/api/calendar/years')
    expect(reply.headers['etag']).toBe('"1"')
    expect(reply.json().items).toHaveLength(23)
    expect(reply.json().items.at(-1)).toMatchObject({ year: 2026, status: 'published', workdays: 248 })
  })

  test('the days of a year, and of a year that is not published yet', async () => {
    const { items } = (await get('/api/calendar/days?year=2020')).json()
    expect(items).toHaveLength(366)
    expect(items[270]).toEqual({
      day: '2020-09-27',
      weekday: '周日',
      kind: 'makeup',
      name: '国庆节',
      provisional: false,
    })
    expect((await get('/api/calendar/days?year=2027')).json().items[0]).toMatchObject({ provisional: true })
    expect((await get('/api/calendar/days?year=2003')).json()).toMatchObject({
      ...{ code: 'calendar/day-not-covered', errors: [{ pointer: '/query/year' }] },
    })
  })

  test('names the field that leads out of the calendar', async () => {
    const due = async (from: string, n: number) =>
      (await get(`/api/calendar/due?from=${encodeURIComponent(from)}&n=${n}&unit=workday`)).json()
    const code = 'calendar/day-not-covered'
    expect(await due('2003-05-06T02:00:00Z', 3)).toMatchObject({ code, errors: [{ pointer: '/query/from' }] })
    expect(await due('2100-12-30T02:00:00Z', 30)).toMatchObject({ code, errors: [{ pointer: '/query/n' }] })
  })

  test('when a limit ends, and why', async () => {
    const from = encodeURIComponent('2020-01-10T02:00:00Z')
    const reply = await get(`/api/calendar/due?from=${from}&n=15&unit=day`)
    expect(reply.json()).toMatchObject({ dueAt: '2020-02-03T23:59:59.999+08:00', provisional: false })
    expect(reply.json().explain).toHaveLength(25)
    expect(reply.json().explain[15]).toMatchObject({ day: '2020-01-25', counted: 15, name: '春节' })
  })

  test('a limit of half a day is refused, one of half an hour is not', async () => {
    const from = encodeURIComponent(FROM)
    expect((await get(`/api/calendar/due?from=${from}&n=0.5&unit=workday`)).json()).toMatchObject({
      status: 422,
      errors: [{ pointer: '/query/n' }],
    })
    expect((await get(`/api/calendar/due?from=${from}&n=0.5&unit=hour`)).json()).toMatchObject({
      dueAt: '2026-12-25T10:30:00.000+08:00',
    })
  })

  test('nothing without signing in', async () => {
    expect((await get('/api/calendar/years', 'nobody')).statusCode).toBe(401)
  })
})

describe('publishing', () => {
  const notice = plausible2027()

  test('needs the permission', async () => {
    expect((await publish(notice, {}, 'liaison')).statusCode).toBe(403)
  })

  test('a dry run shows the days and deadlines that would change, and changes nothing', async () => {
    const reply = await publish({ ...notice, dryRun: true })
    expect(reply.json()).toMatchObject({ year: 2027, version: 2, dryRun: true, workdays: 248 })
    expect(reply.json().changes).toContainEqual({
      day: '2027-02-08',
      before: { kind: 'workday', name: null },
      after: { kind: 'holiday', name: '春节' },
    })
    expect(reply.json().moves).toEqual([
      {
        ...{ matterNo: '示例-1', deadline: 'reply', kind: 'dispatch', turns: null },
        oldDue: '2027-02-08T23:59:59.999+08:00',
        newDue: '2027-02-16T23:59:59.999+08:00',
      },
    ])
    expect((await get('/api/calendar/years')).headers['etag']).toBe('"1"')
  })

  test('an arrangement with faults names each of them', async () => {
    const reply = await publish({
      ...notice,
      makeups: [...notice.makeups, { day: '2027-03-01', name: '春节' }],
    })
    expect(reply.json()).toMatchObject({
      code: 'calendar/year-implausible',
      errors: [{ pointer: '/body/makeups/5/day', message: '2027-03-01 不是周末，无须补班' }],
    })
  })

  test('days and exceptions at once are refused', async () => {
    expect((await publish({ ...notice, days: [] })).statusCode).toBe(400)
  })

  test('makes the year final, once, and not over a version that has passed', async () => {
    const reply = await publish(notice, { 'if-match': '"1"', 'idempotency-key': 'publish-2027' })
    expect(reply.json()).toMatchObject({ year: 2027, version: 2, dryRun: false, moves: [] })
    const again = await publish(notice, { 'if-match': '"1"', 'idempotency-key': 'publish-2027' })
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect((await publish(notice, { 'if-match': '"1"' })).json()).toMatchObject({
      code: 'request/stale',
      version: 2,
    })
    expect((await publish(notice)).json()).toMatchObject({ code: 'calendar/unchanged' })
    const from = encodeURIComponent(FROM)
    expect((await get(`/api/calendar/due?from=${from}&n=30&unit=workday`)).json()).toMatchObject({
      dueAt: '2027-02-16T23:59:59.999+08:00',
      provisional: false,
      calendarVersion: 2,
    })
  })
})
