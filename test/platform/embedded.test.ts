// The embedded PostgreSQL against kills, orphans, busy ports and rivals: real servers, real processes.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  attachEmbedded,
  startEmbedded,
  type Embedded,
  type EmbeddedOptions,
} from '../../src/platform/embedded.ts'

const STARTER = fileURLToPath(new URL('embedded-starter.ts', import.meta.url))

let folder: string
let running: Embedded[]
let children: ChildProcess[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'banjian-embedded-'))
  await chmod(folder, 0o755) // mkdtemp's 0700 would keep the database's user out
  running = []
  children = []
})

afterEach(async () => {
  for (const child of children) await kill(child)
  for (const server of running) await server.stop()
  if (children.length > 0) await (await start()).stop()
  await rm(folder, { recursive: true, force: true })
})

describe('an embedded server', { timeout: 60_000 }, () => {
  test('stores what is committed, keeps it over a restart and is set up to be durable', async () => {
    const first = await start({ durable: true })
    expect(first.adopted).toBe(false)
    await query(first.url, 'create table kept (n int)')
    await query(first.url, 'insert into kept values (7)')
    const settings = `select name, setting from pg_settings
      where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums', 'listen_addresses', 'jit', 'server_encoding')`
    expect(
      Object.fromEntries((await query(first.url, settings)).map((row) => [row['name'], row['setting']])),
    ).toEqual({
      data_checksums: 'on',
      fsync: 'on',
      full_page_writes: 'on',
      jit: 'off',
      listen_addresses: '127.0.0.1',
      server_encoding: 'UTF8',
      synchronous_commit: 'on',
    })
    await first.stop()
    await first.stop()
    expect(await attachEmbedded({ dataDir: join(folder, 'data'), durable: true })).toBeUndefined()

    const second = await start({ durable: true })
    expect(second.adopted).toBe(false)
    expect(await query(second.url, 'select n from kept')).toEqual([{ n: 7 }])
  })

  test('lets the service in by password only, not as superuser, and knows the trigrams of Chinese text', async () => {
    const { url, home } = await start()
    await query(url, 'create extension pg_trgm')
    expect(await query(url, `select cardinality(show_trgm('噪声扰民')) as n`)).toEqual([{ n: 5 }])
    expect(await query(url, 'select rolsuper from pg_roles where rolname = current_user')).toEqual([
      { rolsuper: false },
    ])
    expect((await stat(join(home, 'password'))).mode & 0o777).toBe(0o600)
    expect((await stat(home)).mode & 0o777).toBe(0o700)
    const wrong = new URL(url)
    wrong.password = 'wrong'
    await expect(query(wrong.href, 'select 1')).rejects.toThrow(/password authentication failed/)
  })

  test('is adopted by the next start when its process was killed with -9', async () => {
    const killed = await startElsewhere()
    await query(killed.url, 'create table kept as select 1 as n')
    await kill(killed.child)

    const adopter = await start()
    expect(adopter).toMatchObject({ adopted: true, url: killed.url })
    expect(await query(adopter.url, 'select n from kept')).toEqual([{ n: 1 }])
  })

  test('is restarted instead when its settings are no longer the ones wanted', async () => {
    const killed = await startElsewhere()
    await kill(killed.child)
    const archiveDir = join(folder, 'archive')
    const restarted = await start({ durable: true, archiveDir })
    expect(restarted.adopted).toBe(false)
    await query(restarted.url, 'select pg_create_restore_point($$here$$)')
    const [segment] = await query(restarted.url, 'select pg_walfile_name(pg_switch_wal()) as name')
    await eventually(async () =>
      expect(
        gunzipSync(await readFile(join(restarted.archiveDir ?? '', `${String(segment?.['name'])}.gz`))),
      ).toHaveLength(16 * 1024 * 1024),
    )
  })

  test('refuses a second process on the same folder, naming the first', async () => {
    const owner = await startElsewhere()
    await expect(start()).rejects.toThrow(`already running, pid ${owner.child.pid}`)
    const attached = await attachEmbedded({ dataDir: join(folder, 'data'), durable: false })
    expect(attached).toMatchObject({ url: owner.url, cluster: owner.cluster })
  })

  test('goes to exactly one of two that start at once on an empty folder', async () => {
    const told = await Promise.all([tell(launch('throwaway')), tell(launch('throwaway'))])
    const [winner, loser] = told[0].error === undefined ? told : told.toReversed()
    expect(winner?.url).toBeDefined()
    expect(loser?.error).toMatch(/already running, pid \d+/)
  })

  test('starts with every row after postmaster and owner were killed with -9', async () => {
    const owner = await startElsewhere('durable')
    await query(owner.url, 'create table kept as select generate_series(1, 20000) as n')
    const pid = await serverPid(owner.cluster)
    await kill(owner.child)
    process.kill(pid, 'SIGKILL')

    const next = await start({ durable: true })
    expect(next.adopted).toBe(false)
    expect(await query(next.url, 'select count(*)::int as n from kept')).toEqual([{ n: 20_000 }])
  })

  test('is not kept from starting by the trace of a server whose process number is now another program’s', async () => {
    const { cluster, stop } = await start()
    const trace = await readFile(join(cluster, 'postmaster.pid'), 'utf8')
    await stop()
    await writeFile(join(cluster, 'postmaster.pid'), trace.replace(/^\d+/, String(process.pid)))
    expect((await start()).adopted).toBe(false)
  })

  test('comes back by itself, on the same address, when it is killed under a living owner', async () => {
    const server = await start({ durable: true })
    await query(server.url, 'create table kept as select 1 as n')
    process.kill(await serverPid(server.cluster), 'SIGKILL')
    await eventually(async () => expect(await query(server.url, 'select n from kept')).toEqual([{ n: 1 }]))
    await eventually(async () => expect(await owners(server)).toBe(1))
    await expect(start()).rejects.toThrow(/already running/)
  })

  test('keeps its owner when an administrator ends all its connections', async () => {
    const server = await start()
    await superuserQuery(
      server,
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and usename is not null',
    )
    await eventually(async () => expect(await owners(server)).toBe(1))
  })

  test.runIf(process.getuid?.() === 0)(
    'moves, with its archive, when its user cannot pass through the folders above',
    async () => {
      const hidden = join(folder, 'hidden')
      await mkdir(hidden, { mode: 0o700 })
      const options = { dataDir: join(hidden, 'data'), archiveDir: join(hidden, 'archive') }
      const server = await start(options)
      expect(server.home).toMatch(/^\/var\/tmp\/banjian-[0-9a-f]{12}$/)
      expect(server.archiveDir).toBe(join(server.home, 'archive'))
      await query(server.url, 'create table kept as select 1 as n')
      await server.stop()
      const again = await start(options)
      expect(await query(again.url, 'select n from kept')).toEqual([{ n: 1 }])
      await again.stop()
      await rm(server.home, { recursive: true })
    },
  )

  test('leaves the server of another folder alone, and takes another port when the usual one is busy', async () => {
    const one = await start({ dataDir: join(folder, 'one') })
    const port = Number(new URL(one.url).port)
    const two = await start({ dataDir: join(folder, 'two'), port })
    expect(Number(new URL(two.url).port)).not.toBe(port)
    await query(one.url, 'create table only_here (n int)')
    await one.stop()
    expect(await query(two.url, `select to_regclass('only_here') as found`)).toEqual([{ found: null }])
  })
})

async function start(options: Partial<EmbeddedOptions> = {}): Promise<Embedded> {
  const log = { info() {}, warn() {}, error() {} }
  const server = await startEmbedded({
    dataDir: join(folder, 'data'),
    port: 0,
    log,
    durable: false,
    ...options,
  })
  running.push(server)
  return server
}

function launch(durability: 'durable' | 'throwaway'): ChildProcess {
  const child = spawn(process.execPath, [STARTER, join(folder, 'data'), durability], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  return child
}

interface Told {
  url?: string
  cluster?: string
  error?: string
}

async function tell(child: ChildProcess): Promise<Told> {
  if (child.stdout === null) throw new Error('no output')
  for await (const line of createInterface(child.stdout)) return JSON.parse(line) as Told
  throw new Error('the starter ended without a word')
}

async function startElsewhere(
  durability: 'durable' | 'throwaway' = 'throwaway',
): Promise<{ child: ChildProcess; url: string; cluster: string }> {
  const child = launch(durability)
  const { url = '', cluster = '', error } = await tell(child)
  if (error !== undefined) throw new Error(error)
  return { child, url, cluster }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function serverPid(cluster: string): Promise<number> {
  return Number((await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')[0])
}

async function owners(server: Embedded): Promise<number> {
  const rows = await superuserQuery(
    server,
    `select count(*)::int as n from pg_locks where locktype = 'advisory' and granted`,
  )
  return Number(rows[0]?.['n'])
}

async function superuserQuery(server: Embedded, text: string): Promise<Record<string, unknown>[]> {
  const url = new URL(server.url)
  url.username = 'postgres'
  url.password = await readFile(join(server.home, 'password'), 'utf8')
  url.pathname = '/postgres'
  return query(url.href, text)
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

async function eventually(check: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await check()
    } catch (error) {
      if (tries === 100) throw error
      await pause(100)
    }
  }
}
