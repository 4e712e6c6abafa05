// Before all tests: a PostgreSQL server and one migrated template database. After them, whatever happened: all of it gone.
import { readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { attachEmbedded, startEmbedded } from '../../src/platform/embedded.ts'
import { migrate } from '../../src/platform/migrate.ts'
import { dropDatabase, onServer } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** `server` may create databases; each test file clones `template`. */
    database: { server: string; template: string; run: string }
    /** Redis for the flow tests of the queue, where there is one. */
    redisUrl: string | undefined
  }
}

type Closing = () => Promise<unknown>

const quiet = { info() {}, warn: complain, error: complain }

export async function setup(project: TestProject): Promise<Closing> {
  const closings: Closing[] = []
  const close = async () => {
    for (const closing of closings.splice(0).toReversed()) await closing()
  }
  try {
    const run = `banjian_test_${process.pid}_${Math.random().toString(36).slice(2, 8)}`
    const server = await serverUrl(closings)
    const template = `${run}_template`
    closings.push(() => dropAll(server, run))
    await onServer(server, (client) => client.query(`create database ${template}`))
    await migrate(withDatabase(server, template))
    project.provide('database', { server, template, run })
    project.provide('redisUrl', await redisUrl(closings))
    return close
  } catch (error) {
    await close()
    throw error
  }
}

async function serverUrl(closings: Closing[]): Promise<string> {
  const given = process.env['TEST_DATABASE_URL']
  if (given !== undefined && given !== '') return given
  if (process.env['TEST_PG'] === 'testcontainers') {
    const { PostgreSqlContainer } = await import('@testcontainers/postgresql')
    const container = await new PostgreSqlContainer('postgres:18')
      .withEnvironment({
        POSTGRES_INITDB_ARGS:
          '--locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C --lc-ctype=C.UTF-8',
      })
      .withCommand([
        'postgres',
        '-c',
        'fsync=off',
        '-c',
        'full_page_writes=off',
        '-c',
        'synchronous_commit=off',
      ])
      .start()
    closings.push(() => container.stop())
    return container.getConnectionUri()
  }
  await sweepLeftovers()
  const dataDir = join(tmpdir(), `${LEFTOVER}${process.pid}`)
  closings.push(() => rm(dataDir, { recursive: true, force: true }))
  const server = await startEmbedded({ dataDir, port: 0, log: quiet, durable: false })
  closings.push(() => rm(server.home, { recursive: true, force: true }), server.stop)
  return server.url
}

async function redisUrl(closings: Closing[]): Promise<string | undefined> {
  const given = process.env['TEST_REDIS_URL']
  if (given !== undefined && given !== '') return given
  if (process.env['TEST_PG'] !== 'testcontainers') return undefined
  const { GenericContainer } = await import('testcontainers')
  const container = await new GenericContainer('redis:7').withExposedPorts(6379).start()
  closings.push(() => container.stop())
  return `redis://${container.getHost()}:${container.getMappedPort(6379)}`
}

const LEFTOVER = 'banjian-test-'

/** Servers and folders of test runs that were killed or interrupted. */
async function sweepLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(LEFTOVER) ? Number(name.slice(LEFTOVER.length)) : Number.NaN
    if (!Number.isInteger(pid) || isAlive(pid)) continue
    const dataDir = join(tmpdir(), name)
    const running = await attachEmbedded({ dataDir, durable: false })
    if (running !== undefined) {
      const server = await startEmbedded({ dataDir, log: quiet, durable: false })
      await server.stop()
      await rm(server.home, { recursive: true, force: true })
    }
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function dropAll(server: string, run: string): Promise<void> {
  await onServer(server, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'select datname as name from pg_database where starts_with(datname, $1)',
      [run],
    )
    for (const { name } of rows) await dropDatabase(client, name)
  })
}

function withDatabase(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function complain(fields: object, message: string): void {
  process.stderr.write(`${message} ${JSON.stringify(fields)}\n`)
}
