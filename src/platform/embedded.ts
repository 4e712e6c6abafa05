// Keeps an embedded PostgreSQL running for this process: starts or adopts it, revives it, stops it.
import { setTimeout as pause } from 'node:timers/promises'
import {
  createCluster,
  openHome,
  servicePassword,
  writeSettings,
  type Home,
  type HomeOptions,
} from './embedded-home.ts'
import { openPrograms } from './embedded-programs.ts'
import {
  findServer,
  halt,
  launch,
  launchOn,
  superuser,
  takeOwnership,
  type Ownership,
  type Server,
} from './embedded-server.ts'

export interface EmbeddedLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface EmbeddedOptions extends HomeOptions {
  /** The usual port; another free one is taken when it is busy, or when it is 0. */
  port?: number
  log: EmbeddedLog
}

export interface Embedded {
  /** Of the service's own role, which owns the database `banjian` and is no superuser. */
  url: string
  /** The server was left running by a process that is gone. */
  adopted: boolean
  /** Folder that holds the cluster, its password and its logs: the one asked for unless the server's user cannot reach that. */
  home: string
  cluster: string
  archiveDir: string | undefined
  stop(): Promise<void>
}

const USUAL_PORT = 54320

/**
 * Starts the server of `dataDir` (a folder of its own; made when missing), or takes over the one that is still running there.
 * While this process lives, the server is started again whenever it dies, on the same port.
 * @throws Error "already running, pid …" when another process owns it; the server's own words when it does not start.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { log, durable } = options
  const home = await openHome(options)
  const programs = await openPrograms(home.folder, home.runner)
  if (home.moved)
    log.warn(
      { home: home.folder },
      'the data folder is out of reach of the database user: the database lives elsewhere',
    )
  if (await createCluster(home, programs, durable))
    log.info({ cluster: home.cluster }, 'database cluster made')

  const port = options.port ?? USUAL_PORT
  const running = await adopt(home, { durable, log })
  const server = running?.server ?? (await launchOn(port, home, programs).catch(orRival(home)))
  const owner = running?.owner ?? (await takeOwnership(home, server.port))
  const adopted = running !== undefined
  if (!adopted && port !== 0 && server.port !== port)
    log.warn({ usual: port, port: server.port }, 'the usual database port is taken')
  const stop = keepAlive(home, programs, { server, owner, log })
  await prepareDatabase(home, server.port, durable).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  log.info({ pid: server.pid, port: server.port, adopted, cluster: home.cluster }, 'database ready')

  return {
    url: serviceUrl(home, server),
    adopted,
    home: home.folder,
    cluster: home.cluster,
    archiveDir: home.archiveFolder,
    stop,
  }
}

/** The server that runs for `dataDir`, without owning it; undefined when none runs. */
export async function attachEmbedded(
  options: HomeOptions,
): Promise<Pick<Embedded, 'url' | 'cluster' | 'archiveDir'> | undefined> {
  const home = await openHome(options)
  const server = await findServer(home)
  if (server === undefined) return undefined
  return { url: serviceUrl(home, server), cluster: home.cluster, archiveDir: home.archiveFolder }
}

/** Through the Unix socket where there is one: a third more statements a second than through TCP. */
function serviceUrl(home: Home, server: Server): string {
  const url = `postgres://banjian:${servicePassword(home)}@127.0.0.1:${server.port}/banjian`
  return home.socketFolder === undefined ? url : `${url}?host=${encodeURIComponent(home.socketFolder)}`
}

/** Takes over a server that runs already; one that runs with other settings is stopped instead. */
async function adopt(
  home: Home,
  { durable, log }: Pick<EmbeddedOptions, 'durable' | 'log'>,
): Promise<{ server: Server; owner: Ownership } | undefined> {
  const server = await findServer(home)
  const owner = server && (await takeOwnership(home, server.port))
  const changed = await writeSettings(home, durable)
  if (server === undefined || owner === undefined) return undefined
  if (!changed) return { server, owner }
  log.info({ pid: server.pid }, 'settings have changed: the running database is restarted')
  await owner.release()
  await halt(home, server.pid)
  return undefined
}

/** Of two starters at once, one finds the cluster taken by the other: whoever then owns the server goes on. */
function orRival(home: Home): (error: unknown) => Promise<Server> {
  return async (error) => {
    const rival = await findServer(home)
    if (rival === undefined) throw error
    return rival
  }
}

/** Watches the owner's connection: when it ends, the server is looked for, or started again, until it is back. */
function keepAlive(
  home: Home,
  programs: string,
  held: { server: Server; owner: Ownership; log: EmbeddedLog },
): () => Promise<void> {
  const { log } = held
  let { server, owner } = held
  let stopped: Promise<void> | undefined
  let reviving: Promise<void> | undefined

  function watch(): void {
    void owner.lost.then(() => {
      if (stopped === undefined) reviving = revive()
    })
  }
  async function revive(): Promise<void> {
    log.error({ pid: server.pid }, 'the connection to the database server was lost')
    for (let wait = 50; stopped === undefined; wait = Math.min(wait * 2, 5_000)) {
      try {
        server = (await findServer(home)) ?? (await launch(server.port, home, programs))
        owner = await takeOwnership(home, server.port)
        watch()
        log.warn({ pid: server.pid, port: server.port }, 'the database server is back')
        return
      } catch (error) {
        log.error({ err: error }, 'the database server is not back yet')
        await pause(wait)
      }
    }
  }
  async function stop(): Promise<void> {
    await reviving
    await owner.release()
    await halt(home, server.pid)
    log.info({ pid: server.pid }, 'database stopped')
  }
  watch()
  return () => (stopped ??= stop())
}

/** The service's role and database; made once. */
async function prepareDatabase(home: Home, port: number, durable: boolean): Promise<void> {
  const server = superuser(home, port)
  await server.connect()
  try {
    const roles = await server.query(`select from pg_roles where rolname = 'banjian'`)
    if (roles.rowCount === 0) {
      await server.query(
        `create role banjian login ${durable ? '' : 'createdb'} password '${servicePassword(home)}'`,
      )
      await server.query('grant pg_monitor to banjian')
    }
    const databases = await server.query(`select from pg_database where datname = 'banjian'`)
    if (databases.rowCount === 0) await server.query('create database banjian owner banjian')
    // The first look at archive_timeout is up to checkpoint_timeout after a start, unless the server is nudged.
    if (home.archiveFolder !== undefined) await server.query('select pg_reload_conf()')
  } finally {
    await server.end()
  }
  const database = superuser(home, port, 'banjian')
  await database.connect()
  try {
    // To close a piece of the log at once, before something risky, or at a named point.
    await database.query(
      'grant execute on function pg_switch_wal(), pg_create_restore_point(text) to banjian',
    )
  } finally {
    await database.end()
  }
}
