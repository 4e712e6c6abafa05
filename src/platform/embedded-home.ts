// Where an embedded PostgreSQL lives, who runs it, and the making of its cluster.
import { createHash, randomBytes } from 'node:crypto'
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { exists, ifExists, ifMissing, isAlive, run, type Runner } from './embedded-programs.ts'
import { settingsFile } from './embedded-settings.ts'

export interface Home {
  /** Holds the cluster, its logs and its password; the folder asked for, or another when that one is out of the runner's reach. */
  folder: string
  moved: boolean
  cluster: string
  logFolder: string
  archiveFolder: string | undefined
  /** Folder of the Unix socket, undefined where its path would be too long or the system has none. */
  socketFolder: string | undefined
  /** Password of the server's superuser; the service's own role has another one, derived from it. */
  password: string
  runner: Runner | undefined
}

export interface HomeOptions {
  dataDir: string
  durable: boolean
  archiveDir?: string | undefined
}

const MAJOR = '18'
// macOS allows 104 bytes with the closing zero, Linux 108.
const SOCKET_PATH_BYTES = 103
const NOBODY = 65534

/** Finds or prepares the folders and the password. Nothing is started. */
export async function openHome(options: HomeOptions): Promise<Home> {
  await mkdir(options.dataDir, { recursive: true })
  const wanted = await realpath(options.dataDir)
  const runner = await runnerOf(wanted)
  const folder = await folderFor(wanted, runner, options.durable)
  await own(folder, runner)
  const cluster = join(folder, 'cluster')
  const logFolder = join(folder, 'log')
  await ownNew(logFolder, runner)
  const socketPath = join(folder, '.s.PGSQL.65535')
  const hasSocket = process.platform !== 'win32' && Buffer.byteLength(socketPath) <= SOCKET_PATH_BYTES
  return {
    folder,
    moved: folder !== wanted,
    cluster,
    logFolder,
    archiveFolder: await archiveFolderFor(options.archiveDir, folder, runner),
    socketFolder: hasSocket ? folder : undefined,
    password: await passwordIn(folder, runner),
    runner,
  }
}

/** Password of the role that the service itself uses; it does not reveal the superuser's. */
export function servicePassword(home: Home): string {
  return createHash('sha256').update(`banjian service role ${home.password}`).digest('hex')
}

/** undefined: this process's own user. */
async function runnerOf(folder: string): Promise<Runner | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const owner = await stat(join(folder, 'cluster')).catch(ifMissing(undefined))
  return owner !== undefined && owner.uid !== 0
    ? { uid: owner.uid, gid: owner.gid }
    : { uid: NOBODY, gid: NOBODY }
}

async function folderFor(wanted: string, runner: Runner | undefined, durable: boolean): Promise<string> {
  if (runner === undefined || (await reachable(dirname(wanted), runner))) return wanted
  if (await exists(join(wanted, 'cluster'))) {
    throw new Error(
      `${wanted} holds a cluster that uid ${runner.uid} cannot reach: let others pass through its parent folders (chmod o+x)`,
    )
  }
  const note = join(wanted, 'moved-to')
  const noted = (await readFile(note, 'utf8').catch(ifMissing(''))).trim()
  if (noted !== '' && (await exists(noted))) return noted
  // /var/tmp is cleaned by age on some systems: nothing durable may live there.
  const parent = durable ? '/var/lib' : '/var/tmp'
  const elsewhere = join(parent, `banjian-${createHash('sha256').update(wanted).digest('hex').slice(0, 12)}`)
  await writeFile(note, `${elsewhere}\n`)
  return elsewhere
}

/** Whether the runner may pass through the folder and all above it. */
async function reachable(folder: string, runner: Runner): Promise<boolean> {
  const { mode, uid, gid } = await stat(folder)
  const bit = uid === runner.uid ? 0o100 : gid === runner.gid ? 0o010 : 0o001
  if ((mode & bit) === 0) return false
  return folder === dirname(folder) ? true : reachable(dirname(folder), runner)
}

/** Makes the folder the runner's alone; a folder that a third user put there is not trusted. */
async function own(folder: string, runner: Runner | undefined): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch(ifExists)
  const { uid } = await lstat(folder)
  if (runner !== undefined) {
    if (uid !== 0 && uid !== runner.uid)
      throw new Error(`${folder} belongs to uid ${uid}, not to uid ${runner.uid} that runs the database`)
    await chown(folder, runner.uid, runner.gid)
  } else if (process.getuid !== undefined && uid !== process.getuid()) {
    throw new Error(`${folder} belongs to uid ${uid}: start as that user, as root, or choose another folder`)
  }
  await chmod(folder, 0o700)
}

async function ownNew(folder: string, runner: Runner | undefined): Promise<void> {
  if (!(await exists(folder))) await own(folder, runner)
}

async function archiveFolderFor(
  asked: string | undefined,
  folder: string,
  runner: Runner | undefined,
): Promise<string | undefined> {
  if (asked === undefined) return undefined
  if (process.platform === 'win32')
    throw new Error('archiving the write-ahead log of the embedded database needs a POSIX shell')
  const path = resolve(asked)
  await mkdir(dirname(path), { recursive: true })
  const inReach = runner === undefined || (await reachable(await realpath(dirname(path)), runner))
  const archive = inReach ? path : join(folder, 'archive')
  await own(archive, runner)
  return archive
}

async function passwordIn(folder: string, runner: Runner | undefined): Promise<string> {
  const file = join(folder, 'password')
  if (!(await exists(file))) {
    if (await exists(join(folder, 'cluster')))
      throw new Error(`${file} is missing: the cluster beside it cannot be opened without it`)
    const draft = `${file}.${process.pid}`
    await writeFile(draft, randomBytes(24).toString('hex'), { mode: 0o600 })
    if (runner !== undefined) await chown(draft, runner.uid, runner.gid)
    await link(draft, file).catch(ifExists) // of two starters at once, the first one's password counts
    await rm(draft)
  }
  return (await readFile(file, 'utf8')).trim()
}

/** Makes the cluster unless it exists. An initdb that was cut short, or that another starter overtook, leaves no trace in it. */
export async function createCluster(home: Home, bin: string, durable: boolean): Promise<boolean> {
  const version = await readFile(join(home.cluster, 'PG_VERSION'), 'utf8').catch(ifMissing(undefined))
  if (version !== undefined) {
    if (version.trim() !== MAJOR)
      throw new Error(`${home.cluster} was made by PostgreSQL ${version.trim()}, this is ${MAJOR}`)
    return false
  }
  await sweepDrafts(home)
  const draft = join(home.folder, `new-${process.pid}`)
  // C.UTF-8: trigrams of Chinese text need a character type that knows letters beyond ASCII.
  const ctype = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'
  await run(home.folder, home.runner, join(bin, 'initdb'), [
    `--pgdata=${draft}`,
    '--username=postgres',
    `--pwfile=${join(home.folder, 'password')}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    `--lc-ctype=${ctype}`,
    '--data-checksums',
    ...(durable ? [] : ['--no-sync']),
  ])
  try {
    await rename(draft, home.cluster)
    return true
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (await exists(join(home.cluster, 'PG_VERSION'))) return false
    throw error
  }
}

/** Writes postgresql.conf; true when it says something else than before. */
export async function writeSettings(home: Home, durable: boolean): Promise<boolean> {
  const file = join(home.cluster, 'postgresql.conf')
  const hasLocal = await exists(join(home.cluster, 'local.conf'))
  const text = settingsFile({ ...home, durable, hasLocal })
  if ((await readFile(file, 'utf8')) === text) return false
  const draft = `${file}.${process.pid}`
  await writeFile(draft, text, { mode: 0o600 })
  if (home.runner !== undefined) await chown(draft, home.runner.uid, home.runner.gid)
  await rename(draft, file)
  return true
}

/** Folders of starters that are gone. */
async function sweepDrafts(home: Home): Promise<void> {
  for (const name of await readdir(home.folder)) {
    const pid = /^new-(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(home.folder, name), { recursive: true, force: true })
  }
}
