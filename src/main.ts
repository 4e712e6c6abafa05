// The process: configuration, database, dependencies, then the roles that were asked for, until a signal ends it. Started
// by scripts/start.ts, which brings the workers along.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { buildApp } from './app.ts'
import { loadShippedYears } from './calendar/commands.ts'
import { readConfig, type Config } from './config.ts'
import { openDeps, type Deps } from './deps.ts'
import { ensureAdministrator } from './orgs/administrator.ts'
import { loadShippedRegions } from './orgs/region-commands.ts'
import { systemClock } from './platform/clock.ts'
import { isTransient, openDatabase, sqlState } from './platform/db.ts'
import { startEmbedded, type Embedded } from './platform/embedded.ts'
import { databaseFaults, serverFaults } from './platform/health.ts'
import { openLog, withoutValues, type Log } from './platform/log.ts'
import { createMetrics, type Metrics } from './platform/metrics.ts'
import { migrate } from './platform/migrate.ts'
import { version } from './version.ts'

const GRACE_MS = 20_000
const DATABASE_WAIT_MS = 30_000

type Closing = () => Promise<unknown>

export interface Workers {
  /** Something was written: look at the outbox now. */
  wake(): void
  /** Takes no new job, waits for running ones at most this long, and resolves. */
  close(graceMs: number): Promise<void>
}
/** Starts the worker role; called only in a process that has it. */
export type StartWorkers = (deps: Deps, metrics: Metrics) => Promise<Workers>

/** What a person at the console must read; everything else goes to the log. */
class StartRefused extends Error {}

const closings: Closing[] = []
let leaving = false
let leavingSince = 0

/** Runs until a signal; ends the process with 1 and a reason when it cannot start. */
export async function main(startWorkers: StartWorkers): Promise<void> {
  try {
    const config = readConfig()
    const log = openLog(config)
    process.on('uncaughtException', (error) => crash(log, error))
    process.on('SIGTERM', () => void leave('SIGTERM', config, log))
    process.on('SIGINT', () => void leave('SIGINT', config, log))
    await run(config, log, startWorkers)
  } catch (error) {
    say(`启动失败 · banjian cannot start: ${reasonOf(error)}`)
    await closeAll().catch(() => undefined)
    process.exit(1)
  }
}

async function run(config: Config, log: Log, startWorkers: StartWorkers): Promise<void> {
  await listen(config, () => tryPort(config))
  const { url: databaseUrl, home } =
    config.DATABASE_URL === undefined ? await embedded(config, log) : { url: config.DATABASE_URL }
  await patiently(() => refuseUnfit(config, databaseUrl))
  await patiently(() => migrate(databaseUrl))
  const deps = await openDeps(config, databaseUrl, { log })
  closings.push(deps.close)
  refuseFor(await databaseFaults(deps.db, deps.clock, config))
  await prepare(deps)

  const metrics = createMetrics(deps)
  const workers = config.ROLE === 'api' ? undefined : await startWorkers(deps, metrics)
  if (workers !== undefined) closings.push(() => workers.close(GRACE_MS))
  const app = await buildApp(deps, {
    metrics,
    serves: config.ROLE !== 'worker',
    leaving: () => leaving,
    folders: home === undefined ? [config.dataDir] : [config.dataDir, home],
    ...(workers === undefined ? {} : { written: workers.wake }),
  })
  closings.push(async () => {
    const late = setTimeout(() => app.server.closeAllConnections(), GRACE_MS)
    await app.close()
    clearTimeout(late)
  })
  const address = await listen(config, () => app.listen({ host: config.HOST, port: config.PORT }))
  log.info({ address, role: config.ROLE, version }, 'ready')
  announce(config, address)
}

/** Before the first migration: a database that is refused is left as it was. */
async function refuseUnfit(config: Config, url: string): Promise<void> {
  const db = openDatabase({ url, connections: 1, clock: systemClock, onError: () => undefined })
  try {
    refuseFor(await serverFaults(db, systemClock, config))
  } finally {
    await db.end()
  }
}

function refuseFor(faults: string[]): void {
  if (faults.length > 0) throw new StartRefused(`the database is not fit for service: ${faults.join('; ')}`)
}

async function embedded(config: Config, log: Log): Promise<Embedded> {
  if (config.ROLE !== 'all')
    throw new StartRefused(`ROLE=${config.ROLE} needs DATABASE_URL: the embedded database serves one process`)
  const server = await startEmbedded({
    dataDir: join(config.dataDir, 'database'),
    port: config.EMBEDDED_PORT,
    durable: true,
    archiveDir: config.ARCHIVE_DIR,
    log,
  })
  closings.push(server.stop)
  return server
}

/** A database that is started beside this process may take its time. */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (const until = performance.now() + DATABASE_WAIT_MS; ; await pause(500)) {
    try {
      await work()
      return
    } catch (error) {
      if (!isTransient(error) || performance.now() > until || leaving) throw error
    }
  }
}

/** What the first start of a new installation, or of a new version, has to lay down. */
async function prepare(deps: Deps): Promise<void> {
  await deps.db.transaction(loadShippedRegions)
  await deps.db.transaction(loadShippedYears)
  const administrator = await ensureAdministrator(deps)
  if (administrator === undefined) return
  const { login, password } = administrator
  say(`第一个管理员 · first administrator: ${login}   一次性密码 · one-time password: ${password}`)
  say('请尽快登录并修改密码，此密码不再显示 · sign in and change it soon; it is not shown again')
}

/** A port that is taken is worth knowing before the database starts and the first password is shown. */
async function tryPort({ HOST: host, PORT: port }: Config): Promise<void> {
  const probe = createServer().listen({ host, port })
  await once(probe, 'listening')
  probe.close()
  await once(probe, 'close')
}

async function listen<T>(config: Config, start: () => Promise<T>): Promise<T> {
  try {
    return await start()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const where = `${config.HOST}:${config.PORT}`
    if (code === 'EADDRINUSE')
      throw new StartRefused(
        `PORT ${where} is taken by another program; set PORT to a free one (0 finds one)`,
      )
    if (code === 'EACCES') throw new StartRefused(`PORT ${where} may not be used by this user`)
    if (code === 'EADDRNOTAVAIL') throw new StartRefused(`HOST ${config.HOST} is no address of this machine`)
    throw error
  }
}

function announce(config: Config, address: string): void {
  say(`办件 banjian ${version} 已启动 · ready (${config.ROLE})`)
  if (config.ROLE !== 'worker') {
    say(`  接口 · API         ${address}/api`)
    say(`  文档 · docs        ${address}/docs/`)
    say(`  OpenAPI           ${address}/openapi.json`)
  }
  say(`  状态 · state       ${address}/readyz`)
  say(`  数据 · DATA_DIR    ${config.dataDir}`)
}

async function leave(signal: string, config: Config, log: Log): Promise<void> {
  // One Ctrl-C may arrive twice, from the terminal and from the program that started this one.
  if (leaving && performance.now() - leavingSince < 500) return
  if (leaving) process.exit(130)
  leaving = true
  leavingSince = performance.now()
  log.info({ signal }, 'stopping')
  say(`正在停止 · stopping (${signal})`)
  await pause(config.DRAIN_SECONDS * 1000)
  try {
    await closeAll()
    log.info({}, 'stopped')
    log.flush()
    process.exit(0)
  } catch (error) {
    log.error({ err: error }, 'stopping failed')
    process.exit(1)
  }
}

/** Closes what was opened, the last first: requests, then jobs, then connections, then the server of the database. */
async function closeAll(): Promise<void> {
  for (const close of closings.splice(0).toReversed()) await close()
}

function crash(log: Log, error: unknown): void {
  log.fatal({ err: error }, 'a fault that nobody caught')
  say(`程序错误 · a fault that nobody caught: ${reasonOf(error)}`)
  process.exit(1)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const state = sqlState(error)
  if (state !== undefined) return `the database refuses (SQLSTATE ${state})`
  // Messages of the configuration, of keys and of this file name what is wrong; others may quote values.
  const ours =
    error instanceof StartRefused ||
    /^(Configuration|Master key|PostgreSQL|already running)/.test(error.message)
  return ours ? error.message : withoutValues(error.message)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
