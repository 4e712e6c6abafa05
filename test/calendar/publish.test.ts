// Years are stored whole, published one at a time, and seen by everyone the moment they are committed and not before.
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadShippedYears, publishYear } from '../../src/calendar/commands.ts'
import { daysOf, isWorking } from '../../src/calendar/days.ts'
import { holdCalendar, listDays, listYears, readCalendar } from '../../src/calendar/queries.ts'
import { isWorkday } from '../../src/calendar/rules.ts'
import type { YearNotice } from '../../src/calendar/years.ts'
import { systemActor } from '../../src/platform/actor.ts'
import { openDatabase, type Database, type Tx } from '../../src/platform/db.ts'
import { cloneDatabase, type ClonedDatabase } from '../support/database.ts'
import { shippedCalendar } from './calendars.ts'
import { plausible2027 } from './years-to-come.ts'

const NOW = '2026-11-20T10:00:00.000+08:00'
const actor = systemActor('calendar-test')
let database: ClonedDatabase
let db: Database
let loaded: number[][]

beforeAll(async () => {
  database = await cloneDatabase()
  db = openDatabase({
    url: database.url,
    connections: 4,
    clock: { now: () => NOW },
    jobsFor: (type) => (type === 'calendar.year-published' ? ['redue'] : []),
    onError: () => undefined,
  })
  loaded = await Promise.all([db.transaction(loadShippedYears), db.transaction(loadShippedYears)])
})

afterAll(async () => {
  await db.end()
  await database.drop()
})

class Undone extends Error {}

/** Runs the work in a transaction that is rolled back. */
async function undone(work: (tx: Tx) => Promise<void>): Promise<void> {
  const run = db.transaction(async (tx) => {
    await work(tx)
    throw new Undone()
  })
  await expect(run).rejects.toThrow(Undone)
}

const rows = <R extends object>(source: Database | Tx, name: string, text: string) =>
  source.query<R>({ name: `test.${name}`, text })

const events = (source: Database | Tx) =>
  rows<{ type: string; jobs: number }>(
    source,
    'events',
    `select type, (select count(*)::int from outbox where event_id = events.id) as jobs
     from events where subject = 'calendar' order by seq`,
  )

/** The year as it stands, with one working day made a holiday. */
async function dayOff(source: Database | Tx, day: string): Promise<YearNotice> {
  const year = Number(day.slice(0, 4))
  const days = (await listDays(source, year)).map((one) =>
    one.day === day
      ? { day, kind: 'holiday' as const, name: '临时放假' }
      : { day: one.day, kind: one.kind, name: one.name },
  )
  return { year, status: 'published', source: `${day} 临时放假通知`, days }
}

describe('a promise', () => {
  test('is made by the old calendar or by the new one, and a publication waits for those of the old', async () => {
    const notice = await dayOff(db, '2026-11-25')
    const order: string[] = []
    let publishing: Promise<void> | undefined
    await db.transaction(async (tx) => {
      const before = await holdCalendar(tx)
      publishing = undone(async (other) => {
        await publishYear(other, actor, notice)
        order.push('published')
        expect((await holdCalendar(other)).version).toBe(before.version + 1)
      })
      await pause(150)
      expect((await readCalendar(tx)).version).toBe(before.version)
      order.push('promised')
    })
    await publishing
    expect(order).toEqual(['promised', 'published'])
  })
})

describe('the first start', () => {
  test('two processes that start at once load the years once', async () => {
    expect(new Set(loaded.map((years) => years.length))).toEqual(new Set([0, 23]))
    expect(await events(db)).toEqual([{ type: 'calendar.loaded', jobs: 0 }])
  })

  test('the years from 2004 to 2026 have a row for every day', async () => {
    const [count] = await rows(
      db,
      'count',
      'select count(*)::int as n, min(day), max(day) from calendar_days',
    )
    expect(count).toEqual({ n: 8401, min: '2004-01-01', max: '2026-12-31' })
    expect(await readCalendar(db)).toEqual(shippedCalendar())
  })

  test('working days counted in SQL are those counted in memory', async () => {
    const calendar = await readCalendar(db)
    for (const { year, workdays } of await listYears(db)) {
      expect(workdays).toBe(daysOf(calendar, year).filter((one) => isWorking(one.kind)).length)
    }
  })

  test('another start loads nothing', async () => {
    expect(await db.transaction(loadShippedYears)).toEqual([])
  })
})

describe('a new year', () => {
  test('is stored day by day, raises the version and calls for the deadlines to be recomputed', () =>
    undone(async (tx) => {
      const { version } = await readCalendar(tx)
      await publishYear(tx, actor, plausible2027())
      const calendar = await readCalendar(tx)
      expect(calendar.version).toBe(version + 1)
      expect(isWorkday(calendar, '2027-02-08')).toMatchObject({ workday: false, provisional: false })
      expect((await listYears(tx)).at(-1)).toEqual({
        year: 2027,
        status: 'published',
        version: version + 1,
        source: plausible2027().source,
        loadedAt: NOW,
        workdays: 248,
      })
      expect((await events(tx)).at(-1)).toEqual({ type: 'calendar.year-published', jobs: 1 })
    }))

  test('that comes with an upgrade is an event like a publication', () =>
    undone(async (tx) => {
      await rows(tx, 'forget-days', `delete from calendar_days where day >= '2026-01-01'`)
      await rows(tx, 'forget-year', 'delete from calendar_years where year = 2026')
      expect(await loadShippedYears(tx)).toEqual([2026])
      expect((await events(tx)).at(-1)).toEqual({ type: 'calendar.year-published', jobs: 1 })
      expect(isWorkday(await readCalendar(tx), '2026-10-10')).toMatchObject({
        kind: 'makeup',
        provisional: false,
      })
    }))

  test('takes the place of the provisional one', () =>
    undone(async (tx) => {
      await publishYear(tx, actor, { ...plausible2027(), status: 'provisional' })
      expect(isWorkday(await readCalendar(tx), '2027-02-08')).toMatchObject({
        workday: false,
        provisional: true,
      })
      await publishYear(tx, actor, plausible2027())
      expect(isWorkday(await readCalendar(tx), '2027-02-08')).toMatchObject({
        workday: false,
        provisional: false,
      })
    }))

  test('that is refused changes nothing', async () => {
    const before = await readCalendar(db)
    const later: YearNotice = { ...plausible2027(), year: 2028 }
    await expect(db.transaction((tx) => publishYear(tx, actor, later))).rejects.toThrow(
      'calendar/year-out-of-order',
    )
    expect(await readCalendar(db)).toBe(before)
  })
})

describe('amending a published year', () => {
  test('rewrites the days that differ and no others', async () => {
    const { version } = await readCalendar(db)
    await db.transaction(async (tx) => publishYear(tx, actor, await dayOff(tx, '2019-07-01')))
    const changed = await db.query(
      { name: 'test.changed', text: 'select day, kind, name, source from calendar_days where version > $1' },
      [version],
    )
    expect(changed).toEqual([
      { day: '2019-07-01', kind: 'holiday', name: '临时放假', source: '2019-07-01 临时放假通知' },
    ])
  })

  test('with the same days again is refused', async () => {
    const again = db.transaction(async (tx) => {
      const notice = await dayOff(tx, '2018-07-02')
      await publishYear(tx, actor, notice)
      return publishYear(tx, actor, notice)
    })
    await expect(again).rejects.toThrow('calendar/unchanged')
    expect(isWorkday(await readCalendar(db), '2018-07-02').workday).toBe(true)
  })

  test('of two who read the same version, the second is told so', async () => {
    const { version } = await readCalendar(db)
    const notices = await Promise.all([dayOff(db, '2017-07-03'), dayOff(db, '2017-07-04')])
    const outcomes = await Promise.allSettled(
      notices.map((notice) => db.transaction((tx) => publishYear(tx, actor, notice, version))),
    )
    expect(outcomes.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(outcomes.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'request/stale' })
    expect((await readCalendar(db)).version).toBe(version + 1)
  })

  test('two amendments of different years at once both stand, one version after the other', async () => {
    const { version } = await readCalendar(db)
    const notices = await Promise.all([dayOff(db, '2015-07-01'), dayOff(db, '2016-07-01')])
    await Promise.all(notices.map((notice) => db.transaction((tx) => publishYear(tx, actor, notice))))
    const calendar = await readCalendar(db)
    expect(calendar.version).toBe(version + 2)
    expect(isWorkday(calendar, '2015-07-01').workday).toBe(false)
    expect(isWorkday(calendar, '2016-07-01').workday).toBe(false)
  })
})

describe('the calendar that a process keeps', () => {
  test('is the same value while nothing is published', async () => {
    expect(await readCalendar(db)).toBe(await readCalendar(db))
  })

  test('is not another’s before that one commits, nor after it has rolled back', async () => {
    const { version } = await readCalendar(db)
    await undone(async (tx) => {
      await publishYear(tx, actor, await dayOff(tx, '2014-07-01'))
      expect(isWorkday(await readCalendar(tx), '2014-07-01').workday).toBe(false)
      expect(isWorkday(await readCalendar(db), '2014-07-01').workday).toBe(true)
    })
    await db.transaction(async (tx) => publishYear(tx, actor, await dayOff(tx, '2014-07-02')))
    const calendar = await readCalendar(db)
    expect(calendar.version).toBe(version + 1) // the number that was given up is used again, with other days
    expect(isWorkday(calendar, '2014-07-01').workday).toBe(true)
    expect(isWorkday(calendar, '2014-07-02').workday).toBe(false)
  })
})

test('a calendar without years says so', () =>
  undone(async (tx) => {
    await rows(tx, 'forget-all', 'delete from calendar_years')
    await expect(readCalendar(tx)).rejects.toThrow('calendar/not-loaded')
  }))
