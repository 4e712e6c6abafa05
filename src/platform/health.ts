// Whether the service can do its work: asked by the start and by readiness.
import { statfs } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../config.ts'
import { epochMs, type Clock } from './clock.ts'
import { statement, type Db } from './db.ts'
import { chainHash } from './events.ts'
import { pendingMigrations } from './migrate.ts'

const MAX_SKEW_MS = 2_000

type Accepting = Pick<Config, 'UNSAFE_DATABASE' | 'ACCEPT_DATABASE'>

interface ServerState {
  now: string
  fsync: string
  fullPageWrites: string
  synchronousCommit: string
  checksums: string
  encoding: string
  superuser: boolean
}

const serverState = statement<ServerState>(
  'health.server',
  `select clock_timestamp() as now, current_setting('fsync') as fsync,
     current_setting('full_page_writes') as "fullPageWrites", current_setting('synchronous_commit') as "synchronousCommit",
     current_setting('data_checksums') as checksums, current_setting('server_encoding') as encoding,
     (select rolsuper from pg_roles where rolname = current_user) as superuser`,
)

/**
 * What is wrong with the database as a keeper of acknowledged writes, one text a fault; empty when all is well. What the
 * configuration accepts passes: of a trial whatever may lose writes, else what it names.
 */
export async function databaseFaults(db: Db, clock: Clock, accepting: Accepting): Promise<string[]> {
  const faults = await serverFaults(db, clock, accepting)
  const pending = await pendingMigrations((text) => db.query({ name: 'health.migrations', text }))
  if (pending > 0) faults.push(`${pending} migrations are pending`)
  if (pending < 0) faults.push('the database was migrated by a newer version')
  return faults
}

/** Of these, what is to be known before anything is written to the database. */
export async function serverFaults(db: Db, clock: Clock, accepting: Accepting): Promise<string[]> {
  const before = epochMs(clock.now())
  const [server] = await serverState(db)
  const after = epochMs(clock.now())
  if (server === undefined) return ['the database does not answer']
  const faults: string[] = []
  const now = epochMs(server.now)
  const skew = now < before ? before - now : Math.max(0, now - after)
  if (skew > MAX_SKEW_MS) faults.push(`the clocks of this machine and of the database differ by ${skew} ms`)
  // Nothing makes up for this one: texts would be bytes, and searches in them would find nothing.
  if (server.encoding !== 'UTF8')
    faults.push(`数据库编码须为 UTF8 · the encoding of the database is ${server.encoding}, not UTF8`)
  if (accepting.UNSAFE_DATABASE) return faults
  if (server.fsync === 'off') faults.push('fsync is off')
  if (server.fullPageWrites === 'off') faults.push('full_page_writes is off')
  if (server.synchronousCommit === 'off') faults.push('synchronous_commit is off')
  const accepted = accepting.ACCEPT_DATABASE.split(',')
  if (server.checksums !== 'on' && !accepted.includes('no-checksums'))
    faults.push(
      '数据校验和未启用 · data checksums are off (pg_checksums --enable, or ACCEPT_DATABASE=no-checksums)',
    )
  if (server.superuser && !accepted.includes('superuser'))
    faults.push(
      '服务所用角色是超级用户 · the role of the service is a superuser (make one that owns its database, or ACCEPT_DATABASE=superuser)',
    )
  return faults
}

const newestEvent = statement<{ seq: number; canon: string; hash: Buffer; previous: Buffer | null }>(
  'health.newest-event',
  `select e.seq, e.canon, e.hash, p.hash as previous
   from (select subject_id, seq, canon, hash from events order by id desc limit 1) e
   left join events p on p.subject_id = e.subject_id and p.seq = e.seq - 1`,
)

/** Whether the history still ends as it was written: the newest event against the one before it. `verify` proves the rest. */
export async function historyFaults(db: Db): Promise<string[]> {
  const [newest] = await newestEvent(db)
  if (newest === undefined) return []
  const { seq, canon, hash, previous } = newest
  const fits = (seq === 1 || previous !== null) && chainHash(previous, canon).equals(hash)
  return fits ? [] : ['最新一条事件与事件链不符 · the newest event does not fit its chain']
}

/** Folders on whose disk less is free than the least percentage; the same disk is named once for each. */
export async function diskFaults(folders: readonly string[], leastPercent: number): Promise<string[]> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const { bavail, blocks } = await statfs(folder)
      const percent = Math.floor((100 * bavail) / Math.max(1, blocks))
      if (leastPercent === 0 || percent >= leastPercent) return []
      return [
        `磁盘空间不足 · ${percent} % of the disk of ${folder} is free, less than ${leastPercent} % (MIN_FREE_DISK)`,
      ]
    }),
  )
  return found.flat()
}

/** Resolves with what `check` found, or with `late` when it takes longer than `ms`; a failure is a fault as well. */
export async function within(ms: number, check: Promise<string[]>, late: string): Promise<string[]> {
  const stop = new AbortController()
  const timer = pause(ms, [late], { signal: stop.signal }).catch(() => [late])
  try {
    return await Promise.race([check.catch(() => [late]), timer])
  } finally {
    stop.abort()
  }
}
