// The server process of an embedded PostgreSQL: found, owned, launched, halted.
import { spawn } from 'node:child_process'
import { open, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Home } from './embedded-home.ts'
import { ifMissing, isAlive, run, SERVER_ENVIRONMENT } from './embedded-programs.ts'

export interface Server {
  pid: number
  port: number
}

/** The right to stop and revive a server. It is an advisory lock in it: no kill leaves it behind. */
export interface Ownership {
  /** Resolves when the connection that holds the lock has ended, for whatever reason. */
  lost: Promise<void>
  release(): Promise<void>
}

const OWNERSHIP = 5_108_020_000
const STOP_MS = 20_000
const SILENT_MS = 60_000
const STEP_MS = 25

/** The running server of this cluster, whoever started it. Waits while it starts, recovers or shuts down. */
export async function findServer(home: Home): Promise<Server | undefined> {
  const file = join(home.cluster, 'postmaster.pid')
  const read = () => readFile(file, 'utf8').catch(ifMissing(''))
  const begun = performance.now()
  for (;;) {
    const text = await read()
    const [pidLine, , , portLine] = text.split('\n')
    const pid = Number(pidLine)
    if (!pid || pid < 0) return undefined
    const port = Number(portLine)
    if (port > 0 && (await answers(home, port))) return { pid, port }
    if (!isAlive(pid)) return undefined
    if (!(await isServer(home, pid))) {
      // Left by a crash, and its number now belongs to another program: the server itself would refuse to start.
      if ((await read()) === text) await rm(file, { force: true })
      return undefined
    }
    if (performance.now() - begun > SILENT_MS) {
      throw new Error(`the database server of ${home.cluster}, pid ${pid}, does not answer on port ${port}`)
    }
    await pause(STEP_MS)
  }
}

async function answers(home: Home, port: number): Promise<boolean> {
  const client = superuser(home, port, 'postgres', 2_000)
  try {
    await client.connect()
    if (home.socketFolder !== undefined) return true
    const { rows } = await client.query<{ data_directory: string }>('show data_directory')
    return (await realpath(rows[0]?.data_directory ?? '').catch(ifMissing(''))) === home.cluster
  } catch {
    return false // starting, stopping, or somebody else's server: the caller looks at the process
  } finally {
    await client.end()
  }
}

/** A server's working directory is its cluster; a recycled process number has another one. */
async function isServer(home: Home, pid: number): Promise<boolean> {
  if (process.platform === 'win32') return true
  if (process.platform === 'linux')
    return (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === home.cluster
  return run(home.folder, undefined, '/bin/sh', [
    '-c',
    'ps -ww -o command= -p "$0" | grep -qF -- "$1"',
    String(pid),
    home.cluster,
  ]).then(
    () => true,
    () => false,
  )
}

export async function takeOwnership(home: Home, port: number): Promise<Ownership> {
  const client = superuser(home, port)
  const lost = new Promise<void>((done) => client.once('end', done))
  try {
    await client.connect()
    // The server notices the end of a killed owner within moments, not at once.
    for (let tries = 0; tries < 40; tries++) {
      const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
        OWNERSHIP,
      ])
      if (rows[0]?.taken === true) return { lost, release: () => client.end() }
      await pause(STEP_MS)
    }
    const { rows } = await client.query<{ owner: string }>(
      `select a.application_name as owner from pg_locks l join pg_stat_activity a using (pid)
        where l.locktype = 'advisory' and l.granted and l.classid::bigint << 32 | l.objid::bigint = $1`,
      [OWNERSHIP],
    )
    throw new Error(
      `the database of ${home.folder} is already running, ${rows[0]?.owner ?? 'its owner has just ended: try again'}`,
    )
  } catch (error) {
    await client.end()
    throw error
  }
}

export function superuser(home: Home, port: number, database = 'postgres', timeoutMs = 30_000): pg.Client {
  const client = new pg.Client({
    host: home.socketFolder ?? '127.0.0.1',
    port,
    user: 'postgres',
    password: home.password,
    database,
    application_name: `pid ${process.pid}`,
    connectionTimeoutMillis: timeoutMs,
    keepAlive: true,
  })
  client.on('error', () => undefined) // the loss of the connection is seen by its 'end'
  return client
}

/** `settings` go before those of the configuration file, for this run only. */
export async function launchOn(
  port: number,
  home: Home,
  programs: string,
  settings: Record<string, string> = {},
): Promise<Server> {
  for (let tries = 0; ; tries++) {
    const chosen = port !== 0 && tries === 0 && (await isFree(port)) ? port : await freePort()
    try {
      return await launch(chosen, home, programs, settings)
    } catch (error) {
      if (tries === 2 || !/Address already in use|shared memory block/.test(String(error))) throw error
      await pause(300)
    }
  }
}

/** In a session of its own: neither Ctrl-C in the terminal nor the death of this process reaches the server. */
export async function launch(
  port: number,
  home: Home,
  programs: string,
  settings: Record<string, string> = {},
): Promise<Server> {
  const startLog = join(home.logFolder, 'start.log')
  const output = await open(startLog, 'w', 0o600)
  const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(join(programs, 'postgres'), ['-D', home.cluster, '-p', String(port), ...given], {
    cwd: home.folder,
    env: SERVER_ENVIRONMENT,
    stdio: ['ignore', output.fd, output.fd],
    detached: true,
    ...home.runner,
  })
  let ended: string | undefined
  child.once('error', (error) => (ended = error.message))
  child.once('exit', (code, signal) => (ended ??= `ended with ${code ?? signal}`))
  child.unref()
  await output.close()
  while (ended === undefined) {
    if (await answers(home, port)) return { pid: child.pid ?? 0, port }
    await pause(STEP_MS)
  }
  throw new Error(`the database server ${ended}:\n${await lastWords(home)}`)
}

/** The last lines of the server's logs: why it ended. */
export async function lastWords(home: Home): Promise<string> {
  const names = await readdir(home.logFolder)
  const texts = await Promise.all(names.map((name) => readFile(join(home.logFolder, name), 'utf8')))
  return texts.flatMap((text) => text.trim().split('\n').slice(-5)).join('\n')
}

/** Stops fast: sessions are ended, what is committed is on disk. Falls back to a stop that the next start recovers from. */
export async function halt(home: Home, pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!(await isServer(home, pid))) return
    process.kill(pid, signal)
    for (let waited = 0; waited < STOP_MS; waited += STEP_MS) {
      const file = await readFile(join(home.cluster, 'postmaster.pid'), 'utf8').catch(ifMissing(''))
      if (!isAlive(pid) || !file.startsWith(`${pid}\n`)) return
      await pause(STEP_MS)
    }
  }
  throw new Error(`the database server, pid ${pid}, does not stop`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer()
    probe.once('error', () => done(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)))
  })
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer()
    probe.once('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() =>
        address !== null && typeof address === 'object'
          ? done(address.port)
          : fail(new Error('no free port')),
      )
    })
  })
}
