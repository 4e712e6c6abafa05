// The process itself: it says what is wrong and does not start, serves, survives kills, and stops in order.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemActor } from '../../src/platform/actor.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { openDatabase } from '../../src/platform/db.ts'
import { openHome } from '../../src/platform/embedded-home.ts'
import { openPrograms, run } from '../../src/platform/embedded-programs.ts'
import { startEmbedded } from '../../src/platform/embedded.ts'
import { record } from '../../src/platform/events.ts'
import { cloneDatabase, type ClonedDatabase } from '../support/database.ts'

interface Started {
  child: ChildProcess
  output(): string
  /** Resolves with the address once it is ready. */
  ready(): Promise<string>
  exit: Promise<number | null>
}

// A start takes two seconds of a whole core; a busy machine may have little of one to give.
describe('the process', { timeout: 180_000 }, () => {
  let dir: string
  let database: ClonedDatabase
  let running: Started[]

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'banjian-process-'))
    database = await cloneDatabase()
    running = []
  })
  afterEach(async () => {
    for (const { child, exit } of running) {
      child.kill('SIGKILL')
      await exit
    }
    await database.drop()
    rmSync(dir, { recursive: true, force: true })
  })

  const start = (environment: Record<string, string> = {}): Started => {
    const child = spawn(process.execPath, ['--disable-proto=throw', 'scripts/start.ts'], {
      env: {
        PATH: process.env['PATH'] ?? '',
        TZ: 'UTC',
        ...{ DATA_DIR: dir, DATABASE_URL: database.url, UNSAFE_DATABASE: 'true', PORT: '0' },
        MIN_FREE_DISK: '0',
        ...{ LOG_FILE: join(dir, 'log'), SCHEDULES: 'false' },
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const exit = once(child, 'exit').then(([code]) => code as number | null)
    const ready = async () => {
      for (const until = performance.now() + 60_000; performance.now() < until; await pause(20)) {
        const address = /API +(http:\S+)\/api/.exec(said)?.[1] ?? /state +(http:\S+)\/readyz/.exec(said)?.[1]
        if (address !== undefined && said.includes('DATA_DIR')) return address
        if (child.exitCode !== null) break
      }
      throw new Error(`not ready: ${said}`)
    }
    const started = { child, output: () => said, ready, exit }
    running.push(started)
    return started
  }
  const openOwn = () => {
    const jobsFor = (type: string) => (type.startsWith('matter.') ? ['rollup'] : [])
    return openDatabase({ url: database.url, connections: 2, clock: systemClock, jobsFor, onError() {} })
  }

  it('says where it is, shows the first password once, and stops in order', async () => {
    const first = start()
    const address = await first.ready()
    expect(first.output()).toMatch(/第一个管理员 .*: admin .*: \S{12,}/)
    expect(first.output()).toContain(`${address}/docs/`)
    expect(first.output()).toContain(dir)
    expect(((await (await fetch(`${address}/readyz`)).json()) as { status: string }).status).toBe('ready')
    first.child.kill('SIGTERM')
    expect(await first.exit).toBe(0)
    const log = readFileSync(join(dir, 'log'), 'utf8').trim().split('\n')
    expect(log.map((line) => (JSON.parse(line) as { msg: string }).msg)).toContain('stopped')
    expect(log.join('')).not.toContain('一次性密码')

    const second = start()
    await second.ready()
    expect(second.output()).not.toContain('第一个管理员')
    second.child.kill('SIGINT')
    expect(await second.exit).toBe(0)
  })

  it('answers the requests that are under way before it stops, and takes no new ones', async () => {
    const service = start()
    const address = await service.ready()
    const db = openOwn()
    const release = Promise.withResolvers<void>()
    const locked = Promise.withResolvers<void>()
    const blocking = db.transaction(async (tx) => {
      await tx.query({ name: 'test.lock', text: 'lock table calendar_years in access exclusive mode' })
      locked.resolve()
      await release.promise
    })
    await locked.promise
    const underWay = fetch(`${address}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"login":"nobody","password":"not the password"}',
    })
    await pause(30)
    service.child.kill('SIGTERM')
    await pause(300)
    release.resolve()
    await blocking
    expect((await underWay).status).toBeLessThan(500)
    expect(await service.exit).toBe(0)
    await expect(fetch(`${address}/healthz`)).rejects.toThrow('fetch failed')
    await db.end()
  })

  it('goes at once at the second signal', async () => {
    const service = start({ DRAIN_SECONDS: '30' })
    const address = await service.ready()
    service.child.kill('SIGTERM')
    await pause(700)
    expect((await fetch(`${address}/readyz`)).status).toBe(503)
    service.child.kill('SIGTERM')
    expect(await service.exit).toBe(130)
  })

  it('names the port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = String(typeof address === 'object' && address !== null ? address.port : 0)
    const service = start({ PORT: port })
    expect(await service.exit).toBe(1)
    expect(service.output()).toContain(`PORT 127.0.0.1:${port} is taken`)
    server.close()
  })

  it('names every key of the environment that is wrong', async () => {
    const service = start({ PORT: 'ten', ROLE: 'boss', RATE_LIMIT_PER_MINUTE: '1' })
    expect(await service.exit).toBe(1)
    for (const key of ['PORT', 'ROLE', 'RATE_LIMIT_PER_MINUTE']) expect(service.output()).toContain(key)
  })

  it('does not start on a database that may lose acknowledged writes', async () => {
    const name = new URL(database.url).pathname.slice(1)
    const db = openOwn()
    await db.bulk((client) => client.query(`alter database ${name} set synchronous_commit = off`))
    await db.end()
    const service = start({ UNSAFE_DATABASE: 'false' })
    expect(await service.exit).toBe(1)
    expect(service.output()).toContain('synchronous_commit is off')
  })

  it('does not start on a database of another encoding, without checksums or as superuser, and leaves it as it was', async () => {
    chmodSync(dir, 0o755) // the database's own user must pass through
    const quiet = { info() {}, warn() {}, error() {} }
    const home = await openHome({ dataDir: join(dir, 'old'), durable: true })
    const programs = await openPrograms(home.folder, home.runner)
    await run(home.folder, home.runner, join(programs, 'initdb'), [
      ...[`--pgdata=${home.cluster}`, '--username=postgres', `--pwfile=${join(home.folder, 'password')}`],
      ...['--encoding=SQL_ASCII', '--locale=C', '--no-data-checksums', '--no-sync', '--auth=scram-sha-256'],
    ])
    const server = await startEmbedded({ dataDir: join(dir, 'old'), port: 0, durable: true, log: quiet })
    const url = (name: string, role = 'banjian', password = new URL(server.url).password) => {
      const changed = new URL(server.url)
      return Object.assign(changed, { pathname: `/${name}`, username: role, password }).href
    }
    const ask = async (name: string, text: string) => {
      const client = new pg.Client({ connectionString: url(name, 'postgres', home.password) })
      await client.connect()
      const answer = await client.query(text)
      await client.end()
      return answer
    }
    try {
      await ask(
        'postgres',
        `create database sound owner banjian template template0 encoding 'UTF8' locale 'C'`,
      )
      const refusal = async (environment: Record<string, string>) => {
        const service = start({ UNSAFE_DATABASE: 'false', ...environment })
        expect(await service.exit).toBe(1)
        return service.output()
      }
      const ascii = await refusal({ DATABASE_URL: server.url, ACCEPT_DATABASE: 'no-checksums' })
      expect(ascii).toContain('the encoding of the database is SQL_ASCII, not UTF8')
      expect(ascii).not.toContain('checksums')
      expect(await refusal({ DATABASE_URL: url('sound') })).toContain('data checksums are off')
      const superuser = await refusal({
        DATABASE_URL: url('sound', 'postgres', home.password),
        ACCEPT_DATABASE: 'no-checksums',
      })
      expect(superuser).toContain('the role of the service is a superuser')
      expect(superuser).not.toContain('checksums are off')
      for (const name of ['banjian', 'sound'])
        expect((await ask(name, `select from pg_namespace where nspname = 'app'`)).rowCount).toBe(0)

      const accepted = start({
        ...{ DATABASE_URL: url('sound'), UNSAFE_DATABASE: 'false', ACCEPT_DATABASE: 'no-checksums' },
      })
      await accepted.ready()
      accepted.child.kill('SIGTERM')
      expect(await accepted.exit).toBe(0)
    } finally {
      await server.stop()
    }
  })

  it('asks for a database where the roles are apart', async () => {
    const service = start({ ROLE: 'worker', DATABASE_URL: '' })
    expect(await service.exit).toBe(1)
    expect(service.output()).toContain('DATABASE_URL')
    expect(service.output()).not.toContain('程序错误')
  })

  it('does the work of a worker that was killed, in another one, once', async () => {
    const db = openOwn()
    const happen = () =>
      db.transaction(async (tx) => {
        for (let i = 0; i < 20; i++) {
          const event = { subject: 'matter', subjectId: crypto.randomUUID(), type: 'matter.renamed' }
          await record(tx, systemActor('test'), event)
        }
      })
    const left = async () =>
      (await db.query<{ n: number }>({ name: 'test.left', text: 'select count(*)::int as n from outbox' }))[0]
        ?.n
    for (let kill = 0; kill < 3; kill++) {
      const worker = start({ ROLE: 'worker' })
      await worker.ready()
      await happen()
      await pause(100 * kill)
      worker.child.kill('SIGKILL')
      await worker.exit
    }
    const api = start({ ROLE: 'api' })
    const worker = start({ ROLE: 'worker' })
    await Promise.all([api.ready(), worker.ready()])
    // What was handed over just before a kill waits in the queue, or for the lock of the dead worker to expire.
    for (const until = performance.now() + 90_000; performance.now() < until && (await left()) !== 0;)
      await pause(200)
    expect(await left()).toBe(0)
    worker.child.kill('SIGTERM')
    api.child.kill('SIGTERM')
    expect(await Promise.all([worker.exit, api.exit])).toEqual([0, 0])
    await db.end()
  })
})
