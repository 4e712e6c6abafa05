// Whatever is killed, lost or overtaken between the check of a file and the end of its commit: everything goes in once, or nothing.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importFile } from '../../workers/import.ts'
import { publishYear } from '../../src/calendar/commands.ts'
import { listDays } from '../../src/calendar/queries.ts'
import { systemActor } from '../../src/platform/actor.ts'
import { statement } from '../../src/platform/db.ts'
import { csvOf, openImportDesk, rated, row, type Cells } from './import-desk.ts'

let desk: Awaited<ReturnType<typeof openImportDesk>>
let other: pg.Client
beforeAll(async () => {
  desk = await openImportDesk()
  other = new pg.Client({ connectionString: desk.database.url })
  await other.connect()
})
afterAll(async () => {
  await other.end()
  await desk.close()
})

const jobs = statement<{ id: string }>(
  'test.fault-jobs',
  `select event_id as id from outbox where job = 'import' order by at desc`,
)
const orders = (prefix: string, n: number, more: Cells = {}) =>
  Array.from({ length: n }, (_, i) =>
    row(`${prefix}-${String(i).padStart(5, '0')}`, { ...(i % 2 === 0 ? rated : {}), ...more }),
  )

async function waitingJob(): Promise<string> {
  const [job] = await jobs(desk.deps.db)
  if (job === undefined) throw new Error('no job waits')
  return job.id
}

function startWorker(eventId: string) {
  const script = fileURLToPath(new URL('./import-child.ts', import.meta.url))
  return spawn(process.execPath, [script, desk.database.url, desk.config.dataDir, eventId], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** Starts the job in a process of its own, waits until it stands before a locked table, and kills it there. */
async function killAt(table: string, eventId: string): Promise<void> {
  await other.query('begin')
  await other.query(`lock table app.${table} in share mode`)
  const child = startWorker(eventId)
  const ended = once(child, 'exit')
  try {
    await until(async () => {
      const { rows } = await other.query<{ n: number }>(
        `select count(*)::int as n from pg_locks l join pg_database d on d.oid = l.database
         where not l.granted and l.relation = $1::regclass and d.datname = current_database()`,
        [`app.${table}`],
      )
      return (rows[0]?.n ?? 0) > 0
    })
    child.kill('SIGKILL')
    expect(await ended).toEqual([null, 'SIGKILL'])
  } finally {
    child.kill('SIGKILL')
    await other.query('rollback')
  }
  // The server notices the loss only when it has got the lock and answers.
  await until(async () => {
    const { rows } = await other.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and state like '%transaction%' and pid <> pg_backend_pid()`,
    )
    return rows[0]?.n === 0
  })
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 60_000; performance.now() < end; await pause(20))
    if (await holds()) return
  throw new Error('it does not come')
}

describe('a worker killed in the middle', { timeout: 150_000 }, () => {
  test.each(['import_rows'])('of the check, at %s: nothing is told; the next run tells it', async (table) => {
    const before = await desk.counts()
    const { body } = await desk.upload(csvOf(orders('K0', 40)))
    await killAt(table, await waitingJob())
    expect(await desk.told(body.id)).toMatchObject({ status: { code: 'checking' } })
    await desk.work()
    expect(await desk.told(body.id)).toMatchObject({
      status: { code: 'checked' },
      counts: { rows: 40, new: 40 },
    })
    expect(await desk.counts()).toEqual(before)
    await desk.post(`/api/imports/${body.id}/discard`)
    await desk.work()
  })

  test.each(['events', 'people', 'matters', 'legs', 'call_backs', 'import_orders', 'outbox', 'imports'])(
    'of the commit, at %s: nothing is there; the next run brings all of it, once',
    async (table) => {
      const before = await desk.counts()
      const told = await desk.check(orders(`K-${table}`, 40))
      await desk.post(`/api/imports/${told.id}/commit`, { mode: 'all-or-nothing' })
      const job = await waitingJob()
      await killAt(table, job)
      expect(await desk.counts()).toEqual(before)
      expect(await desk.told(told.id)).toMatchObject({ status: { code: 'committing' } })

      await importFile(desk.deps, { eventIds: [job] })
      await importFile(desk.deps, { eventIds: [job] })
      expect(await desk.told(told.id)).toMatchObject({ status: { code: 'committed' } })
      const after = await desk.counts()
      expect([
        (after?.matters ?? 0) - (before?.matters ?? 0),
        (after?.events ?? 0) - (before?.events ?? 0),
      ]).toEqual([40, 40])
      expect(await desk.events(told.id)).toEqual([
        'import.requested',
        'import.checked',
        'import.commit-requested',
        'import.committed',
      ])
    },
  )
})

test('two workers on one job: the second waits and finds it done', async () => {
  const before = await desk.counts()
  const told = await desk.check(orders('T', 30))
  await desk.post(`/api/imports/${told.id}/commit`, { mode: 'all-or-nothing' })
  const job = await waitingJob()
  await Promise.all([importFile(desk.deps, { eventIds: [job] }), importFile(desk.deps, { eventIds: [job] })])
  expect((await desk.counts())?.matters).toBe((before?.matters ?? 0) + 30)
})

describe('between check and commit', () => {
  test('the server crashed and lost what was staged: the file is checked again, and goes in', async () => {
    const told = await desk.check(orders('L', 10))
    const tables = `select tablename as t from pg_tables where schemaname = 'staging' and tablename like 'i${told.id.replaceAll('-', '')}%'`
    // What a crash of the server does to unlogged tables.
    for (const { t } of (await other.query<{ t: string }>(tables)).rows)
      await other.query(`truncate staging.${t}`)
    await desk.post(`/api/imports/${told.id}/commit`, { mode: 'all-or-nothing' })
    await desk.work()
    expect(await desk.told(told.id)).toMatchObject({ status: { code: 'committed' }, counts: { new: 10 } })
    expect(await desk.matter('L-00009')).toMatchObject({ state: 'handling' })
  })

  test.each([
    ['V', 'drop table staging.of_ready'],
    ['W', 'alter table staging.of_matters drop column upstream_due_at'],
  ])(
    'the service was upgraded, and what waits is of its former version (%s): checked again',
    async (no, was) => {
      await desk.take(orders(no, 1))
      const told = await desk.check(orders(no, 3, { title: '路灯不亮(催)' }))
      await other.query(was.replace('of_', `i${told.id.replaceAll('-', '')}_`))
      await desk.post(`/api/imports/${told.id}/commit`, { mode: 'all-or-nothing' })
      await desk.work()
      const counts = { new: 2, changed: 1 }
      expect(await desk.told(told.id)).toMatchObject({ status: { code: 'committed' }, counts })
    },
  )

  test('another import brought the same orders: each is there once', async () => {
    const [first, second] = [await desk.check(orders('S', 6)), await desk.check(orders('S', 8))]
    for (const { id } of [first, second])
      await desk.post(`/api/imports/${id}/commit`, { mode: 'all-or-nothing' })
    await desk.work()
    expect((await desk.told(first.id)).counts).toMatchObject({ new: 6 })
    expect((await desk.told(second.id)).counts).toMatchObject({ new: 2, unchanged: 6 })
  })

  test('another import brought the last order of a long file: what was written of it before is undone, and all is there once', async () => {
    const rows = orders('LAST', 3000)
    const long = await desk.check(rows)
    const chunks = `select count(distinct chunk)::int as n from staging.i${long.id.replaceAll('-', '')}_ready`
    expect((await other.query<{ n: number }>(chunks)).rows[0]?.n).toBeGreaterThan(1)
    await desk.take(rows.slice(-1))
    const before = await desk.counts()
    await desk.post(`/api/imports/${long.id}/commit`, { mode: 'all-or-nothing' })
    await desk.work()
    expect(await desk.told(long.id)).toMatchObject({
      status: { code: 'committed' },
      counts: { rows: 3000, new: 2999, unchanged: 1 },
    })
    const after = await desk.counts()
    expect((after?.matters ?? 0) - (before?.matters ?? 0)).toBe(2999)
    const { rows: numbered } = await other.query<{ n: number; in_order: boolean }>(
      `select count(distinct no)::int as n, bool_and(coalesce(no > before, true)) as in_order from (
         select no, lag(no) over (order by external_no) as before from app.matters where import_id = $1) m`,
      [long.id],
    )
    expect(numbered[0]).toEqual({ n: 2999, in_order: true })
  })

  test('another import brought the first order of a file with long texts: what waits to be written is dropped, and all is there once', async () => {
    // Several times what may wait while the server takes what came before.
    const rows = orders('LONG', 1000, { content: '反映小区夜间施工噪声扰民的问题。'.repeat(600) })
    const long = await desk.check(rows)
    await desk.take(rows.slice(0, 1))
    const before = await desk.counts()
    await desk.post(`/api/imports/${long.id}/commit`, { mode: 'all-or-nothing' })
    await desk.work()
    expect(await desk.told(long.id)).toMatchObject({
      status: { code: 'committed' },
      counts: { rows: 1000, new: 999, unchanged: 1 },
    })
    const after = await desk.counts()
    expect((after?.matters ?? 0) - (before?.matters ?? 0)).toBe(999)
  })

  test('a day off was announced: what is promised is promised by the calendar of the commit', async () => {
    const told = await desk.check([row('F-00001')])
    desk.clock.forward({ minutes: 1 })
    await desk.deps.db.transaction(async (tx) => {
      const days = (await listDays(tx, 2020)).map(({ day, kind, name }) =>
        day === '2020-08-18' ? { day, kind: 'holiday' as const, name: '临时放假' } : { day, kind, name },
      )
      const year = { year: 2020, status: 'published' as const, source: '临时放假通知', days }
      await publishYear(tx, systemActor('test'), year)
    })
    await desk.post(`/api/imports/${told.id}/commit`, { mode: 'all-or-nothing' })
    await desk.work()
    const { id } = await desk.matter('F-00001')
    expect((await desk.legs(id))[0]?.dueAt).toBe('2020-08-20T23:59:59.999+08:00')
  })

  test('somebody handled a matter: what they did stays', async () => {
    await desk.take([row('H-00001')])
    const told = await desk.check([row('H-00001', rated)])
    expect(told.counts.changed).toBe(1)
    const { id } = await desk.matter('H-00001')
    await desk.does('liaison', id, 'reply', desk.answer)
    await desk.post(`/api/imports/${told.id}/commit`, { mode: 'all-or-nothing' })
    await desk.work()
    expect(await desk.told(told.id)).toMatchObject({
      status: { code: 'committed' },
      counts: { changed: 1, warnings: 1 },
    })
    expect(await desk.matter(`H-00001`)).toMatchObject({ state: 'replied', rating: null, version: 3 })
  })

  test('a unit was abolished and all rows were to be right: it goes back to the clerk', async () => {
    const unit = await desk.unit3('将撤销的单位')
    const told = await desk.check([row('U-00001', { leadUnit: '将撤销的单位' })])
    await other.query(`update app.units set valid_to = '2020-08-01' where id = $1`, [unit])
    // A crash of the server empties what waits.
    await other.query(`truncate staging.i${told.id.replaceAll('-', '')}_ready`)
    await desk.post(`/api/imports/${told.id}/commit`, { mode: 'all-or-nothing' })
    await desk.work()
    expect(await desk.told(told.id)).toMatchObject({
      status: { code: 'checked' },
      mode: null,
      problem: { code: 'import/has-errors' },
      counts: { errors: 1, new: 0 },
    })
  })
})

test('a caller who is told only later becomes the person of the order', async () => {
  const silent = { callerName: '', callerPhone: '', address: '' }
  await desk.take([row('P-00001', silent)])
  expect(await desk.matter('P-00001')).toMatchObject({ personId: null })
  const told = await desk.take([row('P-00001')])
  expect(told.counts).toMatchObject({ changed: 1 })
  expect(await desk.matter('P-00001')).toMatchObject({ name: '王*明', version: 2 })
})

test(
  'twenty thousand rows, new and then changed, take bounded memory and no more time for changes',
  { timeout: 300_000 },
  async () => {
    const before = await desk.counts()
    const content = '反映事项的经过。'.repeat(40)
    const first = await followed(csvOf(orders('M', 20_000, { content })))
    expect(first.told).toMatchObject({ status: { code: 'committed' }, counts: { rows: 20_000, new: 20_000 } })
    expect((await desk.counts())?.matters).toBe((before?.matters ?? 0) + 20_000)
    const second = await followed(csvOf(orders('M', 20_000, { content, topic: '供电' })))
    expect(second.told).toMatchObject({
      status: { code: 'committed' },
      counts: { rows: 20_000, changed: 20_000 },
    })
    for (const { grown } of [first, second]) expect(grown / 1024 / 1024).toBeLessThan(200)
    expect(second.commitMs).toBeLessThan(5 * first.commitMs)
  },
)

/** Takes a file in with processes of their own: how much the larger of them grew, and how long the commit took. */
async function followed(bytes: Buffer) {
  const { body } = await desk.upload(bytes)
  const check = await runWorker()
  await desk.post(`/api/imports/${body.id}/commit`, { mode: 'all-or-nothing' })
  const commit = await runWorker()
  return { told: await desk.told(body.id), grown: Math.max(check.grown, commit.grown), commitMs: commit.ms }
}

async function runWorker(): Promise<{ grown: number; ms: number }> {
  const begun = performance.now()
  const worker = startWorker(await waitingJob())
  let told = ''
  worker.stdout.on('data', (text: Buffer) => (told += text.toString()))
  expect(await once(worker, 'close')).toEqual([0, null])
  return { grown: Number(told), ms: performance.now() - begun }
}
