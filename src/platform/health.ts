// Whether the service can do its work: asked by the start and by readiness.
import { setTimeout as pause } from 'node:timers/promises'
import { epochMs, type Clock } from './clock.ts'
import { statement, type Db } from './db.ts'
import { pendingMigrations } from './migrate.ts'

const MAX_SKEW_MS = 2_000

interface ServerState {
  now: string
  fsync: string
  fullPageWrites: string
  synchronousCommit: string
}

const serverState = statement<ServerState>(
  'health.server',
  `select clock_timestamp() as now, current_setting('fsync') as fsync,
     current_setting('full_page_writes') as "fullPageWrites", current_setting('synchronous_commit') as "synchronousCommit"`,
)

/**
 * What is wrong with the database as a keeper of acknowledged writes, in English, one text a fault; empty when all is
 * well. `unsafe` lets a database pass that may lose them (trials and tests).
 */
export async function databaseFaults(db: Db, clock: Clock, unsafe: boolean): Promise<string[]> {
  const before = epochMs(clock.now())
  const [server] = await serverState(db)
  const after = epochMs(clock.now())
  if (server === undefined) return ['the database does not answer']
  const faults: string[] = []
  const now = epochMs(server.now)
  const skew = now < before ? before - now : Math.max(0, now - after)
  if (skew > MAX_SKEW_MS) faults.push(`the clocks of this machine and of the database differ by ${skew} ms`)
  if (!unsafe) {
    if (server.fsync === 'off') faults.push('fsync is off')
    if (server.fullPageWrites === 'off') faults.push('full_page_writes is off')
    if (server.synchronousCommit === 'off') faults.push('synchronous_commit is off')
  }
  const pending = await pendingMigrations((text) => db.query({ name: 'health.migrations', text }))
  if (pending > 0) faults.push(`${pending} migrations are pending`)
  if (pending < 0) faults.push('the database was migrated by a newer version')
  return faults
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
