// The rollup is never wrong to its readers: events that wait, time that passes, rivals that recount, rows that were spoilt.
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { jobsFor } from '../../src/jobs.ts'
import { createAnswers } from '../../src/kpi/answers.ts'
import { matterIdsBehind } from '../../src/kpi/lists.ts'
import { metrics } from '../../src/kpi/metrics.ts'
import { figures } from '../../src/kpi/queries.ts'
import { compare, prove, rebuild, recountDays, rollupEvents, type Key } from '../../src/kpi/rollup.ts'
import { systemActor } from '../../src/platform/actor.ts'
import { epochMs, instantFromMs, type Instant } from '../../src/platform/clock.ts'
import { statement } from '../../src/platform/db.ts'
import { record } from '../../src/platform/events.ts'
import { logTo } from '../../src/platform/log.ts'
import { runBatch } from '../../src/platform/outbox.ts'
import { cloneDatabase, type ClonedDatabase } from '../support/database.ts'
import { fold, type FoldQuery } from './fold.ts'
import {
  dayIn,
  empty,
  goneOn,
  history,
  insert,
  named,
  NOW,
  openWorld,
  PERIOD,
  unitAt,
  units,
  update,
  type History,
  type World,
} from './histories.ts'

let database: ClonedDatabase
let world: World
beforeAll(async () => {
  database = await cloneDatabase()
  world = await openWorld(database.url, jobsFor)
})
afterAll(async () => {
  await world.end()
  await database.drop()
})
beforeEach(() => world.at(NOW))

const office = systemActor('test')
const log = logTo({ write: () => undefined }, 'silent')
const outbox = statement<{ id: string }>(
  'test.outbox',
  `select event_id as id from outbox where job = 'rollup'`,
)
const rows = statement<{ n: number }>('test.rows', 'select count(*)::int as n from kpi_daily')

async function given(histories: readonly History[]): Promise<void> {
  await empty(world.db)
  await insert(world.db, histories)
  await world.db.transaction((tx) => rebuild(tx))
}

/** Kept over all tests, as a service keeps them. */
const answers = createAnswers(() => 0, 500)

/** Runs the job for everything that waits. */
async function work(): Promise<void> {
  const waiting = await outbox(world.db)
  await runBatch(
    { db: world.db, log },
    'rollup',
    waiting.map(({ id }) => id),
    rollupEvents,
  )
}

/** The figures from the rollup, by unit and for the office, now and as of a past instant, are those of a plain loop. */
async function expectExact(
  all: readonly History[],
  now: Instant = NOW,
  past: Instant = '2020-12-31T23:59:59.999+08:00',
): Promise<void> {
  const asked = units.slice(0, 5)
  const cases = [now, past].flatMap((asOf): [object, [string, FoldQuery][]][] => [
    [asOf === now ? {} : { asOf }, [['', { ...PERIOD, asOf, units: null }]]],
    [
      { groupBy: 'unit', units: asked, ...(asOf === now ? {} : { asOf }) },
      asked.map((u) => [u, { ...PERIOD, asOf, units: [u] }]),
    ],
  ])
  for (const [query, groups] of cases) {
    const table = await figures(world.db, office, { ...PERIOD, ...query }, now)
    expect(table.from).toBe('rollup')
    const counted = table.figures.map((f) => [f.group?.key ?? '', f.metric, f.numerator, f.denominator])
    const looped = groups.flatMap(([key, q]) =>
      metrics.map(({ id, unit }) => {
        return [
          key,
          id,
          fold(all, id, 'numerator', q),
          unit === '件' ? null : fold(all, id, 'denominator', q),
        ]
      }),
    )
    expect(counted).toEqual(looped)
  }
  const days = [PERIOD, { from: '2020-12-31', to: '2020-12-31' }, { from: '2021-01-01', to: '2021-01-03' }]
  for (const units_ of [undefined, [unitAt(0)], [unitAt(1)], [unitAt(0), unitAt(3)]])
    for (const metric of ['M01', 'M03', 'M07'] as const)
      for (const period of days) {
        const query = { ...period, metric, part: 'numerator' as const, units: units_ }
        const list = await matterIdsBehind(world.db, office, query, { limit: 100 }, now, answers)
        const n = fold(all, metric, 'numerator', { ...period, asOf: now, units: units_ ?? null })
        expect([query, list.total, list.items.length]).toEqual([query, n, Math.min(n, 100)])
      }
}

const some = fc.array(history, { minLength: 1, maxLength: 30 }).map(named)

describe('figures from the rollup', () => {
  it('are exact before, while and after the events of a change are worked off, also when the unit changes', async () => {
    const changes = fc.array(fc.tuple(fc.nat(), history), { minLength: 1, maxLength: 8 })
    const past = fc
      .integer({ min: epochMs('2020-12-29T00:00:00+08:00'), max: epochMs(NOW) })
      .map(instantFromMs)
    await fc.assert(
      fc.asyncProperty(some, changes, past, async (histories, changed, asOf) => {
        const all = [...histories]
        await given(all)
        for (const [choice, later] of changed) {
          const i = choice % all.length
          const before = all[i]
          if (before === undefined) continue
          const after = goneOn(before, later)
          await world.db.transaction(async (tx) => {
            await update(tx, before, after)
            await record(tx, office, {
              subject: 'matter',
              subjectId: after.matter.id,
              type: 'matter.redispatch',
            })
          })
          all[i] = after
          await expectExact(all, NOW, asOf)
          if (choice % 2 === 0) await work()
        }
        await work()
        expect(await outbox(world.db)).toEqual([])
        await expectExact(all, NOW, asOf)
        expect(await compare(world.db, NOW)).toEqual([])
      }),
      { numRuns: 25 },
    )
  }, 120_000)

  it('are exact for an import that has just been committed, and after its job', async () => {
    await fc.assert(
      fc.asyncProperty(some, some, async (first, imported) => {
        await given(first)
        const importId = '00000000-0000-4000-b000-000000000001'
        await world.db.transaction(async (tx) => {
          await insert(tx, imported)
          await markImported(tx, [importId, imported.map(({ matter }) => matter.id)])
          await record(tx, office, { subject: 'import', subjectId: importId, type: 'import.committed' })
        })
        await expectExact([...first, ...imported])
        await work()
        await expectExact([...first, ...imported])
        expect(await compare(world.db, NOW)).toEqual([])
      }),
      { numRuns: 15 },
    )
  }, 60_000)

  it('become late by the mere passing of time, without any recount, and a later job refreshes the rows', async () => {
    const hours = fc.integer({ min: 1, max: 12 * 24 * 60 })
    await fc.assert(
      fc.asyncProperty(some, fc.array(hours, { minLength: 1, maxLength: 4 }), async (all, minutes) => {
        await given(all)
        for (const later of minutes.toSorted((a, b) => a - b)) {
          const now = instantFromMs(epochMs(NOW) + later * 60_000)
          world.at(now)
          await expectExact(all, now)
        }
        await world.db.transaction((tx) => rollupEvents(tx, []))
        await expectExact(all, instantFromMs(epochMs(NOW) + Math.max(...minutes) * 60_000))
        world.at(NOW)
      }),
      { numRuns: 25 },
    )
  }, 120_000)

  it('turn late exactly when the last moment of the due day is over', async () => {
    const [sample] = named(
      fc.sample(history, { numRuns: 200, seed: 7 }).filter(({ legs }) => legs.length > 0),
    )
    if (sample === undefined) throw new Error('no history with a leg')
    const dueAt = '2021-01-11T23:59:59.999+08:00'
    const legs = sample.legs
      .slice(0, 1)
      .map((l) => ({ ...l, effective_due_at: dueAt, submitted_at: null, stopped_at: null, outcome: null }))
    const all = [goneOn({ ...sample, legs: [] }, { ...sample, legs })]
    await given(all)
    const overdue = async (now: Instant) => {
      world.at(now)
      const { figures: found } = await figures(world.db, office, { ...PERIOD, metrics: ['M07'] }, now)
      return found.map((f) => f.numerator)
    }
    expect(await overdue('2021-01-11T23:59:59.999+08:00')).toEqual([0])
    expect(await overdue('2021-01-12T00:00:00.000+08:00')).toEqual([1])
  })
})

const markImported = statement('test.import', 'update matters set import_id = $1 where id = any($2::uuid[])')

describe('recounting', () => {
  const keysOf = (all: readonly History[]): Key[] =>
    all.flatMap(({ matter }) =>
      matter.dispatched_at === null
        ? []
        : [...new Set([...matter.unit_ids, '00000000-0000-0000-0000-000000000000'])].map((unitId) => ({
            unitId,
            day: dayIn(matter.dispatched_at ?? ''),
            channel: matter.channel,
          })),
    )

  it('of one key in two transactions takes turns, and the later counts what was written meanwhile', async () => {
    const [before, later] = named(
      fc.sample(history, { numRuns: 50, seed: 3 }).filter(({ legs }) => legs.length === 1),
    ).slice(0, 2)
    if (before === undefined || later === undefined) throw new Error('no two histories')
    await given([before])
    const after = goneOn(before, later)
    const keys = keysOf([after])
    let firstHolds = () => undefined as void
    const holding = new Promise<void>((resolve) => (firstHolds = resolve))
    let letGo = () => undefined as void
    const released = new Promise<void>((resolve) => (letGo = resolve))
    const first = world.db.transaction(async (tx) => {
      await recountDays(tx, keys)
      firstHolds()
      await released
    })
    await holding
    let secondIsDone = false
    const second = world.db.transaction((tx) => recountDays(tx, keys)).then(() => (secondIsDone = true))
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(secondIsDone).toBe(false)
    // Had the second counted before it waited, this would escape it.
    await update(world.db, before, after)
    letGo()
    await Promise.all([first, second])
    expect(await compare(world.db, NOW)).toEqual([])
    await expectExact([after])
  })

  it('by many rivals in any order of keys neither blocks for good nor leaves a wrong row', async () => {
    const all = named(fc.sample(history, { numRuns: 60, seed: 11 }))
    await given(all)
    const later = fc.sample(history, { numRuns: 60, seed: 12 })
    await Promise.all(
      all.map(async (before, i) => {
        const after = goneOn(before, later[i] ?? before)
        all[i] = after
        await world.db.transaction(async (tx) => {
          await update(tx, before, after)
          await record(tx, office, { subject: 'matter', subjectId: after.matter.id, type: 'matter.sign' })
        })
        const keys = keysOf([after, all[(i * 7) % all.length] ?? after])
        await world.db.transaction((tx) => recountDays(tx, i % 2 === 0 ? keys : keys.toReversed()))
        if (i % 5 === 0) await work()
      }),
    )
    await work()
    expect(await compare(world.db, NOW)).toEqual([])
    await expectExact(all)
  }, 60_000)

  it('by rivals for two units of one day leaves the sum of both', async () => {
    const all = named(fc.sample(history, { numRuns: 60, seed: 14 }))
    await given(all)
    const spoil = statement<{ unitId: string; day: string; channel: string }>(
      'test.spoil-day',
      `update kpi_daily set done = done + 1 where (day, channel) = (
         select day, channel from kpi_daily group by day, channel order by count(*) desc, day, channel limit 1)
       returning unit_id as "unitId", day, channel`,
    )
    const [one, ...others] = await spoil(world.db)
    if (one === undefined) throw new Error('no such day')
    expect(others).not.toEqual([])
    let letGo = () => undefined as void
    const released = new Promise<void>((resolve) => (letGo = resolve))
    let rival = Promise.resolve()
    await world.db.transaction(async (tx) => {
      await recountDays(tx, [one])
      rival = world.db.transaction((theirs) => recountDays(theirs, others))
      setTimeout(letGo, 200)
      await released
    })
    await rival
    expect(await compare(world.db, NOW)).toEqual([])
  })

  it('takes out rows of units that have nothing left', async () => {
    await given(named(fc.sample(history, { numRuns: 30, seed: 5 })))
    expect((await rows(world.db))[0]?.n).toBeGreaterThan(0)
    await empty(world.db)
    await insert(world.db, [])
    await world.db.transaction((tx) => rebuild(tx))
    expect(await rows(world.db)).toEqual([{ n: 0 }])
    expect(await compare(world.db, NOW)).toEqual([])
  })

  it('leaves rows alone that are right', async () => {
    const all = named(fc.sample(history, { numRuns: 30, seed: 6 }))
    await given(all)
    const versions = statement<{ v: string }>(
      'test.versions',
      'select xmin::text || ctid::text as v from kpi_daily order by 1',
    )
    const before = await versions(world.db)
    await world.db.transaction((tx) => recountDays(tx, keysOf(all)))
    await world.db.transaction((tx) => rebuild(tx))
    expect(await versions(world.db)).toEqual(before)
  })
})

describe('the nightly proof', () => {
  it('finds each spoilt count, tells of it in an event, and mends it', async () => {
    const all = named(fc.sample(history, { numRuns: 40, seed: 9 }))
    await given(all)
    const spoil = statement<{ unitId: string; day: string; done: number }>(
      'test.spoil',
      `update kpi_daily set done = done + 3 where (unit_id, day) = (select unit_id, day from kpi_daily order by day, unit_id limit 1)
       returning unit_id as "unitId", day, done`,
    )
    const [spoilt] = await spoil(world.db)
    const lost = statement<{ n: number }>(
      'test.lose',
      `with gone as (delete from kpi_daily where (unit_id, day) = (select unit_id, day from kpi_daily order by day desc, unit_id desc limit 1)
       returning 1) select count(*)::int as n from gone`,
    )
    expect(await lost(world.db)).toEqual([{ n: 1 }])
    const found = await world.db.bulkTransaction((tx) => prove(tx))
    expect(found).toContainEqual(
      expect.objectContaining({
        ...pick(spoilt),
        part: 'done',
        rollup: spoilt?.done,
        recount: (spoilt?.done ?? 0) - 3,
      }),
    )
    expect(found.some(({ rollup }) => rollup === 0)).toBe(true)
    const told = statement<{ canon: string }>(
      'test.drift',
      `select canon from events where type = 'kpi.drift'`,
    )
    expect(
      (await told(world.db)).map(
        ({ canon }) => (JSON.parse(canon) as { data: { counts: number } }).data.counts,
      ),
    ).toEqual([found.length])
    expect(await compare(world.db, NOW)).toEqual([])
    await expectExact(all)
  })

  it('finds a spoilt sum of all units, and mends it', async () => {
    await given(named(fc.sample(history, { numRuns: 40, seed: 9 })))
    const spoil = statement<{ day: string; channel: string; rollup: number }>(
      'test.spoil-sum',
      `update kpi_office_daily set done = done + 3 where (day, channel) =
         (select day, channel from kpi_office_daily order by day, channel limit 1)
       returning day, channel, done as rollup`,
    )
    const [spoilt] = await spoil(world.db)
    const found = await world.db.bulkTransaction((tx) => prove(tx))
    expect(found).toEqual([{ ...spoilt, unitId: null, part: 'done', recount: (spoilt?.rollup ?? 0) - 3 }])
    expect(await compare(world.db, NOW)).toEqual([])
  })

  it('finds a row that claims to hold for earlier than it does, and mends it', async () => {
    await given(named(fc.sample(history, { numRuns: 40, seed: 9 })))
    const early = statement<{ unitId: string; day: string }>(
      'test.early',
      `update kpi_daily set fresh_from = '2020-12-28' where (unit_id, day) = (select unit_id, day from kpi_daily order by day, unit_id limit 1)
       returning unit_id as "unitId", day`,
    )
    const [spoilt] = await early(world.db)
    const found = await world.db.bulkTransaction((tx) => prove(tx))
    expect(found).toEqual([expect.objectContaining({ ...spoilt, part: 'freshFrom' })])
    expect(await compare(world.db, NOW)).toEqual([])
  })

  it('compares with the moments themselves, so that a fact of the future is no fact yet', async () => {
    const [sample] = named(
      fc
        .sample(history, { numRuns: 100, seed: 2 })
        .filter(
          ({ matter }) =>
            matter.merged_at === null &&
            matter.withdrawn_at === null &&
            matter.done_at !== null &&
            matter.dispatched_at !== null,
        ),
    )
    if (sample === undefined) throw new Error('no such history')
    await given([{ ...sample, matter: { ...sample.matter, done_at: '2021-02-01T00:00:00.000+08:00' } }])
    const parts = (await compare(world.db, NOW)).map(({ part }) => part)
    expect(parts).toContain('done')
  })
})

function pick(key: Partial<Key> | undefined) {
  return { unitId: key?.unitId, day: key?.day }
}

it('unit of no interest has no rows', async () => {
  await given(named(fc.sample(history, { numRuns: 10, seed: 4 })))
  const { figures: found } = await figures(
    world.db,
    office,
    { ...PERIOD, units: [unitAt(6)], metrics: ['M01', 'M05'] },
    NOW,
  )
  expect(found.map(({ text }) => text)).toEqual(['0件', '无'])
})
