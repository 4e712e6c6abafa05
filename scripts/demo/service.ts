// Runs the service for the demonstration: the database in a folder of its own, the API on a free port, the workers.
import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { buildApp } from '../../src/app.ts'
import { readConfig, type Config } from '../../src/config.ts'
import { openDeps, type Deps } from '../../src/deps.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { openDatabase, type Database } from '../../src/platform/db.ts'
import { attachEmbedded, startEmbedded } from '../../src/platform/embedded.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { migrate } from '../../src/platform/migrate.ts'
import { startWorkers } from '../../workers/main.ts'
import { contentOf } from './office.ts'

export interface Serving {
  /** `http://127.0.0.1:…` */
  url: string
  deps: Deps
  databaseUrl: string
  close(): Promise<void>
}

/** What a person must read, without a trace. */
export class Refused extends Error {}

const WORKBOOKS = 'workbooks'

/** In a folder apart from an office's own, and with nothing of it but what the environment names on purpose. */
export function demoConfig(environment: Record<string, string | undefined>): Config {
  const given = (key: string) => (environment[key] === '' ? undefined : environment[key])
  const dataDir = given('DATA_DIR') ?? join('data', 'demo')
  return readConfig({
    ...environment,
    DATA_DIR: dataDir,
    LOG_FILE: given('LOG_FILE') ?? join(dataDir, 'logs', 'demo.log'),
    ...{ HOST: '127.0.0.1', PORT: '0', ROLE: 'all', SCHEDULES: 'false', RATE_LIMIT_PER_MINUTE: '1000000' },
    // A queue in Redis, an archive and a place for checkpoints might be an office's own.
    ...{ REDIS_URL: '', REDIS_URL_FILE: '', ARCHIVE_DIR: '', CHECKPOINT_DIR: '' },
  })
}

export function workbooksFolder(config: Config): string {
  return join(config.dataDir, WORKBOOKS)
}

/** Starts all of it; `fresh` forgets an earlier demonstration, and nothing else. */
export async function serveDemo(config: Config, { fresh }: { fresh: boolean }): Promise<Serving> {
  await mkdir(resolve(config.dataDir), { recursive: true })
  const database = await databaseOf(config)
  try {
    const earlier = await makeRoom(config, database, fresh)
    await migrate(database.url).catch((error: unknown) => {
      if (!earlier) throw error
      const reason =
        '演示数据由另一版本写成，请加 --fresh 重来。\nAnother version wrote these data: start over with --fresh.'
      throw new Refused(reason, { cause: error })
    })
    const deps = await openDeps(config, database.url)
    const serving = await serve(deps, database.url).catch(async (error: unknown) => {
      await deps.close()
      throw error
    })
    return {
      ...serving,
      async close() {
        await serving.close()
        await deps.close()
        await database.stop()
      },
    }
  } catch (error) {
    await database.stop()
    throw error
  }
}

/** The application on a free port with its workers; closing leaves the dependencies open. */
export async function serve(deps: Deps, databaseUrl: string): Promise<Serving> {
  const metrics = createMetrics(deps)
  const workers = await startWorkers(deps, metrics)
  const app = await buildApp(deps, { metrics, written: workers.wake })
  const close = async () => {
    await app.close()
    await workers.close(10_000)
  }
  try {
    return { url: await app.listen({ host: deps.config.HOST, port: 0 }), deps, databaseUrl, close }
  } catch (error) {
    await close()
    throw error
  }
}

interface RunningDatabase {
  url: string
  /** Another process has it running: it is used, and left as it is. */
  shared: boolean
  stop(): Promise<void>
}

async function databaseOf(config: Config): Promise<RunningDatabase> {
  if (config.DATABASE_URL !== undefined)
    return { url: config.DATABASE_URL, shared: false, stop: async () => undefined }
  const quiet = { info() {}, warn() {}, error() {} }
  const dataDir = join(config.dataDir, 'database')
  try {
    const server = await startEmbedded({ dataDir, port: config.EMBEDDED_PORT, durable: true, log: quiet })
    return { url: server.url, shared: false, stop: server.stop }
  } catch (error) {
    const running = String(error).includes('already running')
      ? await attachEmbedded({ dataDir, durable: true })
      : undefined
    if (running === undefined) throw error
    return { url: running.url, shared: true, stop: async () => undefined }
  }
}

/** True when an earlier demonstration stays. */
async function makeRoom(config: Config, { url, shared }: RunningDatabase, fresh: boolean): Promise<boolean> {
  const db = openDatabase({ url, connections: 2, clock: systemClock, onError: () => undefined })
  try {
    const content = await contentOf(db)
    if (content === 'other') {
      throw new Refused(
        '该数据库已有单位自己的数据，演示不会写入其中。请为演示另设 DATA_DIR 或 DATABASE_URL。\n' +
          'The database holds an office’s own data: give the demonstration another DATA_DIR or DATABASE_URL.',
      )
    }
    if (!fresh) return content === 'demo'
    if (shared)
      throw new Refused(
        '演示数据正由另一个进程使用，请先停止它再用 --fresh。\nStop the running service first.',
      )
    if (content !== 'demo') return false
    await forget(db)
    for (const folder of ['files', WORKBOOKS])
      await rm(join(config.dataDir, folder), { recursive: true, force: true })
    return false
  } finally {
    await db.end()
  }
}

async function forget(db: Database): Promise<void> {
  await db.bulk((client) => client.query('drop schema if exists app, staging, bullmq cascade'))
}
