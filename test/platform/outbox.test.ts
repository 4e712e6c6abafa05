// What must follow an event follows it exactly once: whatever is killed, wiped or repeated on the way.
import { randomUUIDv7 } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemActor } from '../../src/platform/actor.ts'
import { openDatabase, statement, type Database, type Tx } from '../../src/platform/db.ts'
import { record } from '../../src/platform/events.ts'
import { systemClock } from '../../src/platform/clock.ts'
import {
  outboxState,
  relayOnce,
  reviveOutbox,
  runBatch,
  runLong,
  sweepOutbox,
} from '../../src/platform/outbox.ts'
import { openQueue, type Handler, type Queue } from '../../src/platform/queue.ts'
import { redisUrl } from '../support/redis.ts'
import { collectingLog, openDependencies, type Opened } from './opened.ts'

const actor = systemActor('test')
const batchJobs = new Set(['gather'])
const countEffects = statement<{ events: number; distinct: number }>(
  'test.effects',
  'select count(*)::int as events, count(distinct event_id)::int as distinct from public.effects',
)
const addEffect = statement(
  'test.effect',
  'insert into public.effects (event_id, job) select unnest($1::uuid[]), $2',
)

const redis = redisUrl()
const backends = redis === undefined ? ['postgres'] : ['postgres', 'redis']

describe.each(backends)('the outbox on %s', (backend) => {
  let deps: Opened
  let db: Database
  let queue: Queue

  beforeAll(async () => {
    deps = await openDependencies(backend === 'redis' && redis !== undefined ? { REDIS_URL: redis } : {})
    const onError = (error: Error) => deps.log.warn({ err: error }, 'lost')
    const jobsFor = (type: string) =>
      type === 'test.gathered' ? ['gather'] : type === 'test.done' ? ['one'] : []
    db = openDatabase({ url: deps.databaseUrl, connections: 6, clock: systemClock, jobsFor, onError })
    queue = deps.queue
    await db.bulk((client) =>
      client.query('create table public.effects (event_id uuid not null, job text not null)'),
    )
    expect(queue.backend).toBe(backend)
  })
  afterAll(async () => {
    await queue.obliterate()
    await db.end()
    await deps.close()
  })
  beforeEach(async () => {
    await queue.obliterate()
    await db.bulk((client) => client.query('truncate public.effects; delete from app.outbox'))
  })

  const happen = (count: number, type = 'test.done') =>
    db.transaction(async (tx) => {
      const ids: string[] = []
      for (let i = 0; i < count; i++) {
        const event = { subject: 'system', subjectId: randomUUIDv7(), type, data: { i } }
        ids.push((await record(tx, actor, event)).id)
      }
      return ids
    })
  const effect = (job: string) => async (tx: Tx, events: { id: string }[]) => {
    await addEffect(tx, [events.map((event) => event.id), job])
  }
  const idsOf = (data: Record<string, unknown>) => data['eventIds'] as string[]
  const working = async (handlers: Record<string, Handler>, work: () => Promise<void>) => {
    const worker = await queue.work(handlers, { concurrency: 4 })
    try {
      await work()
    } finally {
      await worker.close(2_000)
    }
  }
  const waitFor = async (what: () => Promise<boolean>, ms = 15_000) => {
    for (const until = performance.now() + ms; performance.now() < until; await pause(25))
      if (await what()) return
    throw new Error('it did not happen in time')
  }
  const left = async () => (await outboxState(db)).reduce((sum, row) => sum + row.waiting + row.dead, 0)
  const effects = async () => (await countEffects(db))[0]

  it('writes its rows in the transaction of the event, and none when that fails', async () => {
    await expect(
      db.transaction(async (tx) => {
        await record(tx, actor, { subject: 'system', subjectId: randomUUIDv7(), type: 'test.done' })
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await left()).toBe(0)
    await happen(2)
    expect(await left()).toBe(2)
    await happen(1, 'test.of-no-consequence')
    expect(await left()).toBe(2)
  })

  it('hands each row over once when two relays run at the same time', async () => {
    await happen(60)
    const [first, second] = await Promise.all([
      relayOnce(db, queue, { batchJobs }),
      relayOnce(db, queue, { batchJobs }),
    ])
    expect(first + second).toBe(60)
    expect(await relayOnce(db, queue, { batchJobs })).toBe(0)
    const counts = await queue.counts()
    expect(counts['waiting']).toBe(60)
  })

  it('runs a job for each event, and one job for many events where the job takes batches', async () => {
    const single = await happen(5)
    const many = await happen(40, 'test.gathered')
    let gatherings = 0
    const handlers: Record<string, Handler> = {
      one: (data) => runBatch({ db, log: deps.log }, 'one', idsOf(data), effect('one')),
      gather: (data) => {
        gatherings++
        return runBatch({ db, log: deps.log }, 'gather', idsOf(data), effect('gather'))
      },
    }
    await working(handlers, async () => {
      await relayOnce(db, queue, { batchJobs })
      await waitFor(async () => (await left()) === 0)
    })
    expect(await effects()).toEqual({ events: single.length + many.length, distinct: 45 })
    expect(gatherings).toBe(1)
  })

  it('lets a job that starts before the relay has committed wait for it, and not pass by', async () => {
    const [id = ''] = await happen(1)
    const early = Promise.withResolvers<unknown>()
    const impatient: Queue = {
      ...queue,
      async add() {
        early.resolve(runBatch({ db, log: deps.log }, 'one', [id], effect('one')))
        await pause(100)
      },
    }
    await relayOnce(db, impatient, { batchJobs })
    await early.promise
    expect(await effects()).toEqual({ events: 1, distinct: 1 })
    expect(await left()).toBe(0)
  })

  it('hands rows over again when the relay died after the queue had them and before it committed', async () => {
    const ids = await happen(10)
    const dying: Queue = {
      ...queue,
      async add(jobs) {
        await queue.add(jobs)
        throw new Error('killed')
      },
    }
    await expect(relayOnce(db, dying, { batchJobs })).rejects.toThrow('killed')
    expect(await relayOnce(db, queue, { batchJobs })).toBe(10)
    await working({ one: (data) => runBatch({ db, log: deps.log }, 'one', idsOf(data), effect('one')) }, () =>
      waitFor(async () => (await left()) === 0),
    )
    expect(await effects()).toEqual({ events: ids.length, distinct: ids.length })
  })

  it('hands everything over again after the queue was wiped', async () => {
    await happen(30)
    await happen(30, 'test.gathered')
    await relayOnce(db, queue, { batchJobs })
    await queue.obliterate()
    expect((await queue.counts())['waiting']).toBe(0)
    expect(await sweepOutbox(db, 60)).toEqual({ freed: 0, dead: 0 })
    expect(await sweepOutbox(db, 0)).toEqual({ freed: 60, dead: 0 })
    expect(await relayOnce(db, queue, { batchJobs })).toBe(60)
    const handlers = {
      one: (data: Record<string, unknown>) =>
        runBatch({ db, log: deps.log }, 'one', idsOf(data), effect('one')),
      gather: (data: Record<string, unknown>) =>
        runBatch({ db, log: deps.log }, 'gather', idsOf(data), effect('gather')),
    }
    await working(handlers, () => waitFor(async () => (await left()) === 0))
    expect(await effects()).toEqual({ events: 60, distinct: 60 })
  })

  it('does not add a job again that still waits in the queue', async () => {
    await happen(3)
    await happen(7, 'test.gathered')
    await relayOnce(db, queue, { batchJobs })
    await sweepOutbox(db, 0)
    await relayOnce(db, queue, { batchJobs })
    expect((await queue.counts())['waiting']).toBe(4)
  })

  it('repeats a job that throws three times until its effect is committed once', async () => {
    await happen(1)
    let runs = 0
    await working(
      {
        one: (data) =>
          runBatch({ db, log: deps.log }, 'one', idsOf(data), async (tx, events) => {
            await effect('one')(tx, events)
            if (++runs <= 3) throw new Error('not yet')
          }),
      },
      async () => {
        await relayOnce(db, queue, { batchJobs })
        await waitFor(async () => (await left()) === 0, 25_000)
      },
    )
    expect(runs).toBe(4)
    expect(await effects()).toEqual({ events: 1, distinct: 1 })
  })

  it('commits an effect once when ten runs of the same batch meet', async () => {
    const ids = await happen(20, 'test.gathered')
    await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        runBatch(
          { db, log: deps.log },
          'gather',
          i % 2 === 0 ? ids : ids.toReversed(),
          async (tx, events) => {
            await effect('gather')(tx, events)
            await pause(20)
          },
        ),
      ),
    )
    expect(await effects()).toEqual({ events: 20, distinct: 20 })
    expect(await left()).toBe(0)
  })

  it('does not let one bad event hold up the rest of its batch, and keeps why it failed', async () => {
    const ids = await happen(50, 'test.gathered')
    const bad = ids[17] ?? ''
    const handle = () =>
      runBatch({ db, log: deps.log }, 'gather', ids, async (tx, events) => {
        await effect('gather')(tx, events)
        if (events.some((event) => event.id === bad)) throw new TypeError('cannot read "李四" of 13800138000')
      })
    await expect(handle()).rejects.toThrow(TypeError)
    expect(await effects()).toEqual({ events: 49, distinct: 49 })
    const rows = await db.query<{ lastError: string }>({
      name: 'test.errors',
      text: 'select last_error as "lastError" from outbox',
    })
    expect(rows).toEqual([{ lastError: 'TypeError cannot read … of …' }])
  })

  it('gives a failing row up after twenty hand-overs, reports it, and takes it up again when told to', async () => {
    const [id = ''] = await happen(1)
    const failing = () =>
      runBatch({ db, log: deps.log }, 'one', [id], async () => {
        throw new Error('never')
      })
    await expect(failing()).rejects.toThrow('never')
    let dead = 0
    for (let i = 0; i < 20; i++) {
      expect(await relayOnce(db, queue, { batchJobs })).toBe(1)
      await queue.obliterate()
      dead += (await sweepOutbox(db, 0)).dead
    }
    expect(dead).toBe(1)
    expect(await relayOnce(db, queue, { batchJobs })).toBe(0)
    expect(await outboxState(db)).toMatchObject([{ job: 'one', waiting: 0, dead: 1 }])
    expect(await reviveOutbox(db, 'one')).toBe(1)
    expect(await relayOnce(db, queue, { batchJobs })).toBe(1)
    await runBatch({ db, log: deps.log }, 'one', [id], effect('one'))
    expect(await left()).toBe(0)
  })

  it('gives a row that never failed five times as long: it may only have waited', async () => {
    await happen(1)
    for (let i = 0; i < 99; i++) {
      await relayOnce(db, queue, { batchJobs })
      expect(await sweepOutbox(db, 0)).toEqual({ freed: 1, dead: 0 })
    }
    await relayOnce(db, queue, { batchJobs })
    expect(await sweepOutbox(db, 0)).toEqual({ freed: 0, dead: 1 })
  })

  it('does not free a row that is being worked on', async () => {
    const [id = ''] = await happen(1)
    await relayOnce(db, queue, { batchJobs })
    const inside = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const run = runBatch({ db, log: deps.log }, 'one', [id], async () => {
      inside.resolve()
      await go.promise
    })
    await inside.promise
    expect(await sweepOutbox(db, 0)).toEqual({ freed: 0, dead: 0 })
    go.resolve()
    await run
    expect(await left()).toBe(0)
  })

  it('lets of two runs of a long job only one settle', async () => {
    const [id = ''] = await happen(1)
    const both = Promise.withResolvers<void>()
    let begun = 0
    const run = () =>
      runLong({ db, log: deps.log }, 'one', id, async (event, settle) => {
        if (++begun === 2) both.resolve()
        await both.promise
        await db.transaction(async (tx) => {
          await effect('one')(tx, [event])
          await settle(tx)
        })
      })
    await Promise.all([run(), run()])
    expect(await effects()).toEqual({ events: 1, distinct: 1 })
    expect(begun).toBe(2)
    await run()
    expect(begun).toBe(2)
  })
})

describe('the queue', () => {
  it('keeps exactly the schedules it is given and leaves unchanged ones alone', async () => {
    const deps = await openDependencies()
    const { queue } = deps
    await queue.schedule([
      { name: 'nightly', pattern: '10 2 * * *' },
      { name: 'often', every: 60_000 },
    ])
    await queue.schedule([
      { name: 'nightly', pattern: '20 2 * * *' },
      { name: 'often', every: 60_000 },
      { name: 'new', every: 30_000 },
    ])
    const rows = await deps.db.query<{ id: string }>({
      name: 'test.schedules',
      text: 'select scheduler_id as id from bullmq.scheduler order by 1',
    })
    expect(rows.map((row) => row.id)).toEqual(['new', 'nightly', 'often'])
    await queue.schedule([])
    expect((await queue.counts())['delayed']).toBe(0)
    await deps.close()
  })

  it('takes over the job of a worker that died, more often than BullMQ would by itself', async () => {
    const deps = await openDependencies()
    const { log } = collectingLog()
    const queue = await openQueue({
      databaseUrl: deps.databaseUrl,
      log,
      lockDuration: 400,
      stalledInterval: 200,
    })
    await queue.add([{ name: 'heavy', id: 'heavy-1', data: {} }])
    for (let death = 0; death < 3; death++) {
      const started = Promise.withResolvers<void>()
      const worker = await queue.work(
        {
          heavy: () => {
            started.resolve()
            return new Promise(() => undefined)
          },
        },
        { concurrency: 1 },
      )
      await started.promise
      await worker.close(0)
    }
    const done = Promise.withResolvers<string>()
    const worker = await queue.work({ heavy: async () => done.resolve('done') }, { concurrency: 1 })
    expect(await done.promise).toBe('done')
    await worker.close()
    await queue.close()
    await deps.close()
  })
})
