// A year's export holds every table as lines of JSON, keeps secret what is sealed, and is proved by its own files alone.
import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPerson } from '../../src/people/commands.ts'
import { NIL, systemActor } from '../../src/platform/actor.ts'
import { takeCheckpoint } from '../../src/platform/checkpoint.ts'
import { epochMs, instantOf, systemClock, type Instant } from '../../src/platform/clock.ts'
import { chainHash } from '../../src/platform/events.ts'
import { verifyExport } from '../../src/platform/export-verify.ts'
import { writeExport } from '../../src/platform/export.ts'
import { openDesk, type Desk } from '../matters/desk.ts'
import { generateName, generatePhone, seeded } from '../support/identity.ts'
import { openDependencies } from './opened.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const rng = seeded(11)
const caller = { name: generateName(rng), phone: generatePhone(rng) }
const TEXT = '反映"噪声"扰民\\n，C:\\temp\n第二行\t完'

type Row = Record<string, unknown>
const read = (folder: string, table: string) =>
  readFileSync(join(folder, 'tables', `${table}.ndjson`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)

/** As somebody would who knows how: the list of files agrees with what was changed. */
function rewrite(folder: string, table: string, change: (rows: Row[]) => Row[]): void {
  const text = change(read(folder, table))
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('')
  writeFileSync(join(folder, 'tables', `${table}.ndjson`), text)
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { tables: Row[] }
  const sha256 = createHash('sha256').update(text).digest('hex')
  for (const file of manifest.tables) if (file['name'] === table) file['sha256'] = sha256
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
}

describe('the export of a small office', { timeout: 60_000 }, () => {
  let desk: Desk
  let to: string
  let folder: string
  let said: string
  let copies = 0
  const query = async (text: string) => (await desk.deps.db.bulk((client) => client.query<Row>(text))).rows
  const run = (args: string[], environment: Record<string, string> = {}) =>
    new Promise<{ code: number; said: string }>((done) => {
      const env = { PATH: process.env['PATH'], TZ: 'UTC', ...environment }
      execFile(process.execPath, ['scripts/export.ts', ...args], { cwd: ROOT, env }, (error, out, err) =>
        done({ code: error === null ? 0 : Number(error.code), said: out + err }),
      )
    })
  /** A copy to tamper with; what its verification finds. */
  const tampered = async (change: (copy: string) => void) => {
    const copy = join(to, `copy-${copies++}`)
    cpSync(folder, copy, { recursive: true })
    change(copy)
    return (await verifyExport(copy)).findings
  }

  beforeAll(async () => {
    to = mkdtempSync(join(tmpdir(), 'banjian-export-'))
    desk = await openDesk()
    const { id } = await desk.register({ content: TEXT })
    await desk.does('dispatcher', id, 'dispatch', { leadUnitId: desk.township })
    await desk.register()
    await desk.deps.db.transaction((tx) => createPerson(tx, desk.deps.vault, systemActor('test'), caller))
    await takeCheckpoint(desk.deps)
    const { DATABASE_URL: url = '', dataDir } = desk.deps.config
    const taken = await run(['--to', to], { DATABASE_URL: url, DATA_DIR: dataDir })
    said = taken.said
    expect(taken).toMatchObject({ code: 0 })
    folder = join(to, readdirSync(to)[0] ?? '')
  })
  afterAll(async () => {
    await desk.close()
    rmSync(to, { recursive: true })
  })

  it('holds each row of each table that keeps records, and what made the tables', async () => {
    const { manifest } = await verifyExport(folder)
    const tables = await query(`select tablename as name from pg_tables where schemaname = 'app' order by 1`)
    const named = manifest.tables.map(({ name }) => name)
    expect(tables.map(({ name }) => name).filter((name) => !named.includes(String(name)))).toEqual([
      'idempotency',
      'matter_search',
      'outbox',
      'sessions',
      'sign_in_attempts',
    ])
    for (const { name, rows, columns } of manifest.tables) {
      const lines = read(folder, name)
      expect([name, lines.length]).toEqual([name, rows])
      if (name !== 'events')
        expect([name, (await query(`select count(*)::int as n from app.${name}`))[0]?.['n']]).toEqual([
          name,
          rows,
        ])
      expect(lines.filter((line) => Object.keys(line).join() !== columns.map((c) => c.name).join())).toEqual(
        [],
      )
    }
    expect(read(folder, 'matters').map((row) => row['content'])).toContain(TEXT)
    expect(manifest.schema.map(({ path }) => path)).toContain('schema/0000_init.sql')
  })

  it('leaves sealed what is sealed, and holds no secret of signing in', async () => {
    const [row] = await query(`select encode(sealed, 'hex') as sealed from app.people`)
    expect(read(folder, 'people').map((line) => line['sealed'])).toEqual([`\\x${String(row?.['sealed'])}`])
    const written = readdirSync(join(folder, 'tables')).map((name) =>
      readFileSync(join(folder, 'tables', name), 'utf8'),
    )
    for (const open of [caller.name, caller.phone]) expect(written.join('')).not.toContain(open)
    const all = read(folder, 'accounts')
    expect(all.length).toBeGreaterThan(10)
    expect(all.filter((row) => 'password_hash' in row || 'previous_hashes' in row)).toEqual([])
  })

  it('is proved without database and key, and its list is what the history tells', async () => {
    const proof = await run(['--verify', folder])
    expect(proof).toMatchObject({ code: 0, said: expect.stringContaining('✓ 导出完整，未发现改动。') })
    const { sha256, events, checkpoints, chains } = await verifyExport(folder)
    expect(said).toContain(sha256)
    const [told] = await query(
      `select canon::json -> 'data' as data from app.events where type = 'system.exported'`,
    )
    expect(told?.['data']).toMatchObject({ year: null, sha256 })
    const [counted] = await query(
      `select count(*)::int as events, count(distinct subject_id)::int as chains from app.events where type <> 'system.exported'`,
    )
    expect({ events, chains, checkpoints }).toEqual({ ...counted, checkpoints: 1 })
    expect(proof.said).toContain(`${events} 条事件、${chains} 条事件链、1 次封存`)
    expect(await run(['--verify', folder, '--to', to])).toMatchObject({ code: 2 })
  })

  it('tells of a file that was changed, lost or added', async () => {
    const path = 'tables/matters.ndjson'
    const append = (copy: string) => writeFileSync(join(copy, path), '{}\n', { flag: 'a' })
    expect(await tampered(append)).toEqual([`${path}  文件被改动：散列值不符`])
    expect(await tampered((copy) => rmSync(join(copy, path)))).toEqual([`${path}  文件不见了`])
    expect(await tampered((copy) => writeFileSync(join(copy, 'tables/x'), ''))).toEqual([
      'tables/x  清单中没有此文件',
    ])
    expect((await run(['--verify', join(to, 'copy-0')])).code).toBe(1)
  })

  it('tells of a history that was changed, though the list of files was made to fit', async () => {
    const last = read(folder, 'events').at(-1) ?? {}
    const place = `${String(last['subject_id'])} #${String(last['seq'])}`
    const altered = await tampered((copy) =>
      rewrite(copy, 'events', (rows) => rows.with(-1, { ...last, canon: `${String(last['canon'])} ` })),
    )
    expect(altered).toEqual([`${place}  事件或其前一条被改动：散列值不符`])
    const typed = await tampered((copy) =>
      rewrite(copy, 'events', (rows) => rows.with(-1, { ...last, type: 'matter.renamed' })),
    )
    expect(typed).toEqual([`${place}  事件各列与其原文不一致`])
    const cut = await tampered((copy) => rewrite(copy, 'events', (rows) => rows.slice(0, -1)))
    expect(cut).toEqual([
      expect.stringMatching(new RegExp(`^${place}  \\d{4}-\\d\\d-\\d\\d 已封存的事件不见了$`)),
    ])
    const gap = await tampered((copy) =>
      rewrite(copy, 'events', (rows) => rows.toSpliced(rows.findIndex((row) => row['seq'] === 2) - 1, 1)),
    )
    expect(gap.join()).toContain('事件链不连续：此处应为第 1 条')
    const forged = await tampered((copy) => {
      const canon = `${String(last['canon'])} `
      const before = read(copy, 'events').at(-2)
      const previous =
        before?.['subject_id'] === last['subject_id']
          ? Buffer.from(String(before?.['hash']).slice(2), 'hex')
          : null
      const hash = `\\x${chainHash(previous, canon).toString('hex')}`
      rewrite(copy, 'events', (rows) => rows.with(-1, { ...last, canon, hash }))
      const same = (row: Row) => row['subject_id'] === last['subject_id'] && row['seq'] === last['seq']
      rewrite(copy, 'sealed_heads', (rows) => rows.map((row) => (same(row) ? { ...row, hash } : row)))
    })
    expect(forged).toEqual([expect.stringContaining('封存的内容被改动：摘要不符')])
    const signed = await tampered((copy) =>
      rewrite(copy, 'checkpoints', (rows) =>
        rows.map((row) => ({ ...row, events: Number(row['events']) - 1 })),
      ),
    )
    expect(signed).toEqual([expect.stringContaining('封存的签名不符'), expect.stringContaining('事件数不符')])
  })
})

describe("a year's export", () => {
  it('holds of each chain what that year wrote, leads on from the year before, and is proved like the whole', async () => {
    const deps = await openDependencies()
    const to = mkdtempSync(join(tmpdir(), 'banjian-year-'))
    const heads = new Map<string, { seq: number; hash: Buffer }>()
    /** An event that was written at a moment of the past. */
    const write = async (subjectId: string, at: Instant) => {
      const ms = epochMs(at).toString(16).padStart(12, '0')
      const tail = randomBytes(6).toString('hex')
      const id = `${ms.slice(0, 8)}-${ms.slice(8)}-7000-8000-${tail}`
      const last = heads.get(subjectId)
      const facts = {
        id,
        subject: 'unit',
        subjectId,
        seq: (last?.seq ?? 0) + 1,
        type: 'unit.renamed',
        at,
        actorId: NIL,
      }
      const canon = JSON.stringify({ ...facts, data: {} })
      const hash = chainHash(last?.hash ?? null, canon)
      heads.set(subjectId, { seq: facts.seq, hash })
      await deps.db.bulk((client) =>
        client.query(
          'insert into app.events (id, subject, subject_id, seq, type, at, actor_id, canon, hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
          [...Object.values(facts), canon, hash],
        ),
      )
    }
    const seal = (day: string) =>
      takeCheckpoint({ ...deps, clock: { now: () => instantOf(day, '00:10:00') } })
    try {
      const [long, old, fresh] = [1, 2, 3].map((n) => `01990000-0000-7000-8000-00000000000${n}`) as [
        string,
        string,
        string,
      ]
      await write(long, '2025-12-30T09:00:00.000+08:00')
      await write(long, '2025-12-30T10:00:00.000+08:00')
      await seal('2025-12-31')
      await write(long, '2025-12-31T23:59:59.999+08:00')
      await write(old, '2025-12-31T12:00:00.000+08:00')
      await seal('2026-01-01')
      await write(long, '2026-01-01T00:00:00.000+08:00')
      await write(long, '2026-02-01T09:00:00.000+08:00')
      await write(fresh, '2026-02-01T09:00:00.000+08:00')
      await seal('2026-02-02')

      const taken = async (year: number) => {
        const { folder } = await writeExport(deps, to, { at: systemClock.now(), year, version: '0' })
        const { findings, checkpoints } = await verifyExport(folder)
        expect({ findings, checkpoints }).toEqual({ findings: [], checkpoints: 3 })
        return folder
      }
      const places = (folder: string) =>
        read(folder, 'events').map(
          ({ subject_id: chain, seq }) => `${String(chain).slice(-1)} ${String(seq)}`,
        )
      expect(places(await taken(2025))).toEqual(['1 1', '1 2', '1 3', '2 1'])
      const folder = await taken(2026)
      expect(places(folder)).toEqual(['1 4', '1 5', '3 1'])

      rewrite(folder, 'events', (rows) =>
        rows.map((row, at) => (at === 0 ? { ...row, before: row['hash'] } : row)),
      )
      expect((await verifyExport(folder)).findings).toEqual([`${long} #4  事件或其前一条被改动：散列值不符`])
      rewrite(folder, 'events', (rows) => rows.slice(0, 1))
      expect((await verifyExport(folder)).findings).toContainEqual(
        `${long} #5  2026-02-02 已封存的事件不见了`,
      )
    } finally {
      await deps.close()
      rmSync(to, { recursive: true })
    }
  })
})
