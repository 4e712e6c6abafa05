// History cannot be changed unnoticed: whatever is altered, removed, added or forged anew, the verification names it.
import { randomUUIDv7 } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { schedules } from '../../src/jobs.ts'
import { systemActor } from '../../src/platform/actor.ts'
import { exportCheckpoints } from '../../src/platform/checkpoint-files.ts'
import { takeCheckpoint } from '../../src/platform/checkpoint.ts'
import { plusHours, systemClock, type Clock } from '../../src/platform/clock.ts'
import { chainHash, record } from '../../src/platform/events.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { verifyChains } from '../../src/platform/verify.ts'
import { provable } from '../../src/provable.ts'
import { verify as verifyNightly } from '../../workers/verify.ts'
import { openDesk } from '../matters/desk.ts'
import { openDependencies, type Opened } from './opened.ts'

interface Link {
  id: string
  seq: number
  canon: string
  hash: Buffer
}

describe('verification of the history', () => {
  let deps: Opened
  let chains: string[]
  let copies: string
  let days = 0

  beforeAll(async () => {
    deps = await openDependencies()
    await change('alter table app.events disable trigger user')
    await change('alter table app.sealed_heads disable trigger user')
    await change('alter table app.checkpoints disable trigger user')
  })
  afterAll(() => deps.close())

  /** Ten chains of one to ten events, sealed; then one more event on each of the first five. */
  beforeEach(async () => {
    await change('truncate app.events, app.sealed_heads, app.checkpoints, app.scheduled_runs, app.outbox')
    copies = mkdtempSync(join(tmpdir(), 'banjian-copies-'))
    days = 0
    chains = Array.from({ length: 10 }, () => randomUUIDv7()).toSorted()
    for (const [i, chain] of chains.entries()) await grow(chain, i + 1)
    await sealNextDay()
    for (const chain of chains.slice(0, 5)) await grow(chain, 1)
    await sealNextDay()
    await grow(chains[9] ?? '', 2)
    return () => rmSync(copies, { recursive: true })
  })

  const change = (sql: string, values?: unknown[]) => deps.db.bulk((client) => client.query(sql, values))
  const grow = (subjectId: string, count: number) =>
    deps.db.transaction(async (tx) => {
      for (let i = 0; i < count; i++) {
        await record(tx, systemActor('test'), {
          subject: 'unit',
          subjectId,
          type: 'unit.renamed',
          data: { i },
        })
      }
    })
  const sealNextDay = async () => {
    const clock: Clock = { now: () => plusHours(systemClock.now(), 24 * days) }
    expect(await takeCheckpoint({ ...deps, clock })).toBe(true)
    await exportCheckpoints(deps.db, deps.vault, copies)
    days++
  }
  const verify = async () => (await verifyChains(deps.db, deps.vault, provable, copies)).findings
  const kinds = async () => [...new Set((await verify()).map((finding) => finding.kind))].toSorted()
  const linksOf = async (chain = '') =>
    (await change('select id, seq, canon, hash from app.events where subject_id = $1 order by seq', [chain]))
      .rows as Link[]
  /** What somebody does who knows how: changes an event and gives it and all that follow fitting hashes. */
  const forge = async (chain: string | undefined, from: number, alter: (canon: string) => string) => {
    const links = await linksOf(chain)
    let previous = links[from - 2]?.hash ?? null
    for (const link of links.slice(from - 1)) {
      const canon = link.seq === from ? alter(link.canon) : link.canon
      previous = chainHash(previous, canon)
      await change('update app.events set canon = $2, hash = $3 where id = $1', [link.id, canon, previous])
    }
  }
  const another = (canon: string) => canon.replace('"data":{"i":', '"data":{"j":')

  it('finds nothing where nothing was done', async () => {
    expect(await verifyChains(deps.db, deps.vault, provable, copies)).toEqual({
      events: 62,
      chains: 10,
      checkpoints: 2,
      findings: [],
      more: 0,
    })
    expect(readdirSync(copies)).toHaveLength(2)
  })

  it('takes one checkpoint a day, however many processes try', async () => {
    const clock: Clock = { now: () => plusHours(systemClock.now(), 24 * days) }
    const taken = await Promise.all([1, 2, 3].map(() => takeCheckpoint({ ...deps, clock })))
    expect(taken.filter(Boolean)).toHaveLength(1)
    expect(await kinds()).toEqual([])
  })

  it.each(['{"units":{"@zz":{"name":"x"}}}', '{"units":null}', '{"units":{"@2":null}}'])(
    'finds an event that was altered to tell %s of rows, and goes on',
    async (rows) => {
      await change(`update app.events set canon = left(canon, -1) || $2 where subject_id = $1 and seq = 1`, [
        chains[3],
        `,"rows":${rows}}`,
      ])
      expect(await kinds()).toContain('hash')
    },
  )

  it('finds an altered event', async () => {
    await change(
      `update app.events set canon = replace(canon, '"i":0', '"i":1') where subject_id = $1 and seq = 1`,
      [chains[3]],
    )
    expect(await verify()).toMatchObject([{ kind: 'hash', place: `${chains[3]} #1` }])
  })

  it('finds columns that no longer say what the event said', async () => {
    await change(`update app.events set at = at - interval '1 day' where subject_id = $1 and seq = 2`, [
      chains[3],
    ])
    expect(await verify()).toMatchObject([{ kind: 'columns', place: `${chains[3]} #2` }])
  })

  it('finds a removed event in the middle', async () => {
    await change('delete from app.events where subject_id = $1 and seq = 2', [chains[6]])
    expect(await kinds()).toEqual(['gap', 'hash'])
  })

  it('finds an event that was put in', async () => {
    const [first] = await linksOf(chains[6])
    await change('update app.events set seq = seq + 1000 where subject_id = $1 and seq > 1', [chains[6]])
    await change('update app.events set seq = seq - 999 where subject_id = $1 and seq > 1000', [chains[6]])
    await change(
      `insert into app.events select $2, subject, subject_id, 2, type, at, actor_id, canon, $3 from app.events
       where subject_id = $1 and seq = 1`,
      [chains[6], randomUUIDv7(), chainHash(first?.hash ?? null, first?.canon ?? '')],
    )
    expect(await kinds()).toEqual(['columns', 'hash', 'sealed-changed'])
  })

  it('finds two events that were swapped', async () => {
    await change(
      `update app.events a set canon = b.canon, hash = b.hash from app.events b
       where a.subject_id = $1 and b.subject_id = $1 and a.seq in (2, 3) and b.seq = 5 - a.seq`,
      [chains[6]],
    )
    expect(await kinds()).toEqual(['columns', 'hash'])
  })

  it('finds a sealed tail that was cut off', async () => {
    await change('delete from app.events where subject_id = $1 and seq > 3', [chains[6]])
    expect(await verify()).toMatchObject([{ kind: 'sealed-lost', place: `${chains[6]} #7` }])
  })

  it('finds a chain that was forged anew with fitting hashes', async () => {
    await forge(chains[6], 4, another)
    expect(await verify()).toMatchObject([{ kind: 'sealed-changed', place: `${chains[6]} #7` }])
  })

  it('finds a sealed event that was forged in a chain that has grown since', async () => {
    await forge(chains[9], 10, another)
    expect(await verify()).toMatchObject([{ kind: 'sealed-changed', place: `${chains[9]} #10` }])
  })

  it('finds a whole chain that is gone', async () => {
    await change('delete from app.events where subject_id = $1', [chains[7]])
    expect(await verify()).toMatchObject([{ kind: 'sealed-lost', place: `${chains[7]} #8` }])
  })

  it('finds a forgery whose sealed heads were forged as well', async () => {
    await forge(chains[6], 4, another)
    await change(
      'update app.sealed_heads s set hash = e.hash from app.events e where e.subject_id = s.subject_id and e.seq = s.seq',
    )
    expect(await verify()).toMatchObject([{ kind: 'checkpoint', message: expect.stringContaining('摘要') }])
    await change('delete from app.sealed_heads where subject_id = $1', [chains[7]])
    await change('delete from app.events where subject_id = $1', [chains[7]])
    expect(await kinds()).toEqual(['checkpoint'])
  })

  it('finds a checkpoint that was altered, removed, or signed by another key', async () => {
    await change('update app.checkpoints set events = events - 1')
    expect(await kinds()).toEqual(['checkpoint', 'copy'])
    await change('update app.checkpoints set events = events + 1')
    await change('update app.checkpoints set signature = sha256(signature) || sha256(digest)')
    expect(await kinds()).toEqual(['checkpoint', 'copy'])
    await change('delete from app.checkpoints where day = (select max(day) from app.checkpoints)')
    expect(await kinds()).toEqual(['checkpoint', 'copy'])
  })

  it('finds by its copies that the last day was wiped from every table', async () => {
    await change(`delete from app.scheduled_runs where period = (select max(day)::text from app.checkpoints)`)
    await change('delete from app.sealed_heads where day = (select max(day) from app.checkpoints)')
    await change('delete from app.checkpoints where day = (select max(day) from app.checkpoints)')
    expect(await kinds()).toEqual(['copy'])
  })

  it('finds a copy that was altered or torn', async () => {
    const [first = ''] = readdirSync(copies).toSorted()
    const text = readFileSync(join(copies, first), 'utf8')
    writeFileSync(join(copies, first), text.replace('"chains": 10', '"chains": 11'))
    expect(await kinds()).toEqual(['copy'])
    writeFileSync(join(copies, first), text.slice(0, 100))
    expect(await kinds()).toEqual(['copy'])
  })

  it('seals an event that a long transaction committed after the checkpoint of its day', async () => {
    const late = randomUUIDv7()
    const open = Promise.withResolvers<void>()
    const sealed = Promise.withResolvers<void>()
    const slow = deps.db.transaction(async (tx) => {
      await record(tx, systemActor('test'), { subject: 'unit', subjectId: late, type: 'unit.renamed' })
      open.resolve()
      await sealed.promise
    })
    await open.promise
    await grow(chains[0] ?? '', 1)
    await sealNextDay()
    sealed.resolve()
    await slow
    await sealNextDay()
    expect(await kinds()).toEqual([])
    const { rows } = await change('select seq from app.sealed_heads where subject_id = $1', [late])
    expect(rows).toEqual([{ seq: 1 }])
  })

  it('finds an old-looking event that was added after its time was sealed', async () => {
    const chain = randomUUIDv7()
    await grow(chain, 1)
    const [link] = await linksOf(chain)
    const old = '01800000-0000-7000-8000-000000000000'
    const canon = link?.canon.replace(link.id, old) ?? ''
    await change('update app.events set id = $2, canon = $3, hash = $4 where id = $1', [
      link?.id,
      old,
      canon,
      chainHash(null, canon),
    ])
    expect(await verify()).toMatchObject([{ kind: 'unsealed', place: `${chain} #1` }])
  })

  it('finds that the last, not yet sealed event of a matter was cut off, or its row put back', async () => {
    const desk = await openDesk()
    const { db, vault } = desk.deps
    const alter = (sql: string, id: string) => db.bulk((client) => client.query(sql, [id]))
    const found = async () =>
      (await verifyChains(db, vault, provable)).findings.map(({ kind, place }) => [kind, place])
    const { id } = await desk.register()
    await desk.does('dispatcher', id, 'dispatch', { leadUnitId: desk.township })
    expect(await found()).toEqual([])
    await alter('update app.matters set seq = seq - 1 where id = $1', id)
    expect(await found()).toEqual([['head', id]])
    await alter('update app.matters set seq = seq + 1 where id = $1', id)
    await db.bulk((client) => client.query('alter table app.events disable trigger user'))
    await alter(
      'delete from app.events e using app.matters m where m.id = $1 and e.subject_id = m.id and e.seq = m.seq',
      id,
    )
    expect(await found()).toContainEqual(['head', id])
    await desk.close()
  })

  it('finds rows that were rewritten behind the history, whatever was written of them last', async () => {
    const desk = await openDesk()
    const { db, vault } = desk.deps
    const alter = (sql: string, id: string) => db.bulk((client) => client.query(sql, [id]))
    const found = async () =>
      (await verifyChains(db, vault, provable)).findings.map(({ kind, message }) => `${kind} ${message}`)
    const rated = await desk.register()
    await desk.does('dispatcher', rated.id, 'dispatch', { leadUnitId: desk.township })
    await desk.does('liaison', rated.id, 'sign')
    await desk.does('liaison', rated.id, 'reply', desk.answer)
    await desk.does('reviewer', rated.id, 'approve')
    await desk.does('callback', rated.id, 'call-back', { result: 'reached', rating: 'dissatisfied' })
    const open = await desk.register()
    await desk.does('dispatcher', open.id, 'dispatch', { leadUnitId: desk.township })
    expect(await found()).toEqual([])
    await db.bulk((client) => client.query('alter table app.legs disable trigger user'))
    const cases: [table: string, column: string, of: string, value: string][] = [
      ['matters', 'rating', rated.id, `'satisfied'`],
      ['matters', 'rating', open.id, `'satisfied'`],
      ['matters', 'state', open.id, `'handling'`],
      ['matters', 'title', open.id, `'另一件事'`],
      ['matters', 'returns', open.id, '2'],
      ['legs', 'effective_due_at', open.id, `effective_due_at + interval '1 day'`],
      ['legs', 'signed_at', rated.id, `signed_at - interval '1 hour'`],
      ['replies', 'result', rated.id, `'已全部解决'`],
      ['call_backs', 'rating', rated.id, `'basic'`],
    ]
    for (const [table, column, id, value] of cases) {
      const key = table === 'matters' ? 'id' : 'matter_id'
      const { rows } = await alter(`select ${column} as was from app.${table} where ${key} = $1`, id)
      await alter(`update app.${table} set ${column} = ${value} where ${key} = $1`, id)
      expect(await found(), `${table}.${column}`).toEqual([`row 行与事件所记不符：${table}.${column}`])
      const back = (client: pg.PoolClient) =>
        client.query(`update app.${table} set ${column} = $2 where ${key} = $1`, [id, rows[0].was])
      await db.bulk(back)
    }
    expect(await found()).toEqual([])
    await alter('delete from app.replies where matter_id = $1', rated.id)
    expect(await found()).toEqual(['row 行与事件所记不符：replies 少一行'])
    await desk.close()
  })

  it('proves the history every night, once, and raises the alarm in the measurements', async () => {
    const desk = await openDesk()
    const { deps: night } = desk
    expect(schedules.map(({ name }) => name)).toContain('verify')
    const metrics = createMetrics(night)
    const measured = async () => /^banjian_history_findings (\d+)$/m.exec((await metrics.read()).text)?.[1]
    const { id } = await desk.register()
    await verifyNightly(night, {})
    expect(await measured()).toBe('0')
    await night.db.bulk((client) =>
      client.query(`update app.matters set urgency = 'urgent' where id = $1`, [id]),
    )
    await verifyNightly(night, {})
    expect(await measured(), 'the day is done').toBe('0')
    desk.clock.forward({ days: 1 })
    await verifyNightly(night, {})
    expect(await measured()).toBe('1')
    await desk.close()
  })

  it('refuses changes through the database while the triggers stand', async () => {
    const guarded = await openDependencies()
    const refused = (sql: string) =>
      expect(guarded.db.bulk((client) => client.query(sql))).rejects.toThrow('append-only')
    await refused('update app.events set seq = 2')
    await refused('delete from app.events')
    await refused('truncate app.events')
    await refused('delete from app.checkpoints')
    await refused('update app.sealed_heads set seq = 1')
    const versions = ['document_wordings', 'report_wordings', 'report_paragraphs', 'register_versions']
    for (const table of versions) await refused(`delete from app.${table}`)
    await refused(`update app.report_overrides set explanation = ''`)
    for (const table of ['ledger_statuses', 'ledger_progress']) await refused(`truncate app.${table}`)
    await guarded.close()
  })
})
