// A base backup of the embedded PostgreSQL beside the running service, and a cluster made from one again.
import { hash } from 'node:crypto'
import { chown, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Instant } from './clock.ts'
import { openHome, writeSettings, type Home, type HomeOptions } from './embedded-home.ts'
import { openPrograms } from './embedded-programs.ts'
import { findServer, halt, lastWords, launchOn, superuser, type Server } from './embedded-server.ts'
import { restoreCommand } from './embedded-settings.ts'
import {
  copyHashed,
  eachOf,
  flushTree,
  isEmptyOrMissing,
  listTree,
  makeFolder,
  unlessGone,
  type CopiedFile,
  type Step,
} from './file-copies.ts'
import { timelineAfter } from './timelines.ts'

/** A backup of a cluster: `cluster/…`, `wal/…` (the log of the time of copying) and `password`, below one folder. */
export interface ClusterBackup {
  /** First segment of the write-ahead log that the backup needs, and the last. */
  firstSegment: string
  lastSegment: string
  /** Place in the log at which it ends: earlier it cannot be recovered to. */
  endLsn: string
  /** Folders that must be there although they are empty. */
  folders: string[]
  files: CopiedFile[]
}

// What a server makes anew; PostgreSQL 18 documentation, 25.3.4.2.
const EMPTIED =
  /^(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\/./
const LEFT_OUT = /^(postmaster\.(pid|opts)|backup_label|tablespace_map)$|(^|\/)(pgsql_tmp|pg_internal\.init)/
const CONTROL = 'global/pg_control'
const LABEL = 'cluster/backup_label'

/**
 * Copies the cluster of the server that runs for `options.dataDir` into `to`, an empty folder, while it goes on working;
 * each file through what `seals` says for its path. Throws when no server runs there.
 */
export async function backUpCluster(
  options: HomeOptions,
  to: string,
  seals?: (path: string) => Step,
): Promise<ClusterBackup> {
  const home = await openHome(options)
  const server = await findServer(home)
  if (server === undefined) throw new Error(`no database server runs for ${home.folder}`)
  const client = superuser(home, server.port)
  await client.connect()
  try {
    // Both end with the connection, whatever happens: the backup, and what keeps the log from being recycled meanwhile.
    await client.query('select pg_create_physical_replication_slot($1, true, true)', [
      `backup_${process.pid}`,
    ])
    const { rows: begun } = await client.query<{ segment: string }>(
      `select pg_walfile_name(pg_backup_start('banjian', true)) as segment`,
    )
    const { folders, files } = await listTree(
      home.cluster,
      (path) => EMPTIED.test(path) || LEFT_OUT.test(path),
    )
    const copied: CopiedFile[] = []
    const copy = async (path: string, from = `${home.cluster}/${path}`, as = `cluster/${path}`) => {
      // Between listing and copying a table may have gone; the log says so too.
      const one = await copyHashed(from, join(to, as), { step: seals?.(as) }).catch(unlessGone(undefined))
      if (one !== undefined) copied.push({ path: as, ...one })
    }
    for (const folder of ['wal', 'cluster', ...folders.map((path) => `cluster/${path}`)])
      await makeFolder(join(to, folder))
    await eachOf(
      files.filter((path) => path !== CONTROL),
      (path) => copy(path),
    )
    await copy(CONTROL)
    const { rows: ended } = await client.query<{
      segment: string
      lsn: string
      label: string
      spaces: string
    }>(
      `select pg_walfile_name(lsn - 1) as segment, lsn, labelfile as label, spcmapfile as spaces from pg_backup_stop(false)`,
    )
    const [first, last] = [begun[0]?.segment ?? '', ended[0]?.segment ?? '']
    if ((ended[0]?.spaces ?? '') !== '')
      throw new Error('the cluster has tablespaces, which are not backed up')
    const plain = Buffer.from(ended[0]?.label ?? '')
    const label = seals === undefined ? plain : await whole(seals(LABEL), plain)
    await writeFile(join(to, LABEL), label, { mode: 0o600 })
    copied.push({ path: LABEL, bytes: label.length, sha256: hash('sha256', label) })
    await copy('password', join(home.folder, 'password'), 'password')
    for (const name of await segments(home, first, last))
      await copy(name, `${home.cluster}/pg_wal/${name}`, `wal/${name}`)
    return { firstSegment: first, lastSegment: last, endLsn: ended[0]?.lsn ?? '', folders, files: copied }
  } finally {
    await client.end()
  }
}

async function whole(step: Step, bytes: Buffer): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(step(Readable.from([bytes]))))
}

/** The pieces of the log from the first to the last, and the histories of the timelines. */
async function segments(home: Home, first: string, last: string): Promise<string[]> {
  const { files } = await listTree(`${home.cluster}/pg_wal`, (path) => path === 'archive_status')
  const needed = files.filter((name) => /^[0-9A-F]{24}$/.test(name) && name >= first && name <= last)
  if (!needed.includes(first) || !needed.includes(last))
    throw new Error(`the write-ahead log from ${first} to ${last} is no longer complete`)
  return [...needed, ...files.filter((name) => name.endsWith('.history'))]
}

export interface Recovery {
  /** The moment to come back to; without it the end of the archive, or of the backup where there is no archive. */
  at?: Instant | undefined
  /** Folder of the archived log. */
  archiveFolder?: string | undefined
  /** What each file of a sealed backup is opened by, by its path. */
  opens?: ((path: string) => Step) | undefined
}

/**
 * Makes `options.dataDir` a cluster from a backup in `from`, recovered to the moment asked for, and stopped again. Every
 * file is checked against its hash first. From then on it is a timeline of its own, so that its log never meets the old
 * one's in the archive. `options.archiveDir` receives what the new timeline writes. Throws when a file differs, when a
 * cluster is there already, and when the log does not reach the moment.
 */
export async function restoreCluster(
  backup: ClusterBackup,
  from: string,
  options: HomeOptions,
  recovery: Recovery = {},
): Promise<void> {
  const home = await openHome(options)
  if (!(await isEmptyOrMissing(home.cluster))) throw new Error(`${home.cluster} is there already`)
  try {
    await layDown(backup, from, home, recovery.opens)
    const again = await openHome(options) // with the password of the backup
    await writeSettings(again, options.durable)
    await recover(again, recovery, await timelineOf(backup, recovery))
    if (options.durable) await flushTree(home.cluster)
  } catch (error) {
    await rm(home.cluster, { recursive: true, force: true })
    await rm(join(home.folder, 'password'), { force: true })
    throw error
  }
}

async function layDown(
  backup: ClusterBackup,
  from: string,
  home: Home,
  opens: Recovery['opens'],
): Promise<void> {
  const { runner } = home
  for (const folder of ['pg_wal', 'pg_wal/archive_status', ...backup.folders])
    await makeFolder(join(home.cluster, folder), runner)
  await eachOf(backup.files, async (file) => {
    const to = join(home.folder, file.path.replace(/^wal\//, 'cluster/pg_wal/'))
    const through = { step: opens?.(file.path), sums: 'read' as const }
    const copied = await copyHashed(join(from, file.path), to, { owner: runner, ...through })
    if (copied.sha256 !== file.sha256) throw new Error(`${file.path} of the backup was altered or is damaged`)
  })
  const signal = join(home.cluster, 'recovery.signal')
  await writeFile(signal, '', { mode: 0o600 })
  if (runner !== undefined) await chown(signal, runner.uid, runner.gid)
}

async function timelineOf(backup: ClusterBackup, { archiveFolder }: Recovery): Promise<string> {
  if (archiveFolder === undefined) return 'current'
  const end = { timeline: Number.parseInt(backup.lastSegment.slice(0, 8), 16), lsn: backup.endLsn }
  return String((await timelineAfter(end, archiveFolder)) ?? 'current')
}

async function recover(home: Home, { at, archiveFolder }: Recovery, timeline: string): Promise<void> {
  const programs = await openPrograms(home.folder, home.runner)
  const server = await launchOn(0, home, programs, {
    // Without an archive the log that came with the backup is all there is.
    restore_command: archiveFolder === undefined ? 'false' : restoreCommand(archiveFolder),
    ...(at === undefined ? {} : { recovery_target_time: at }),
    recovery_target_action: 'promote',
    recovery_target_timeline: timeline,
  })
  try {
    await promoted(home, server)
  } finally {
    await halt(home, server.pid)
  }
}

/** Resolves when the server takes writes again. */
async function promoted(home: Home, server: Server): Promise<void> {
  const client = superuser(home, server.port)
  try {
    await client.connect()
    for (;;) {
      const { rows } = await client.query<{ recovering: boolean }>('select pg_is_in_recovery() as recovering')
      if (rows[0]?.recovering === false) break
      await pause(100)
    }
    await client.query('checkpoint')
  } catch (error) {
    const words = await lastWords(home)
    throw new Error(`the database could not be recovered:\n${words}`, { cause: error })
  } finally {
    await client.end()
  }
}
