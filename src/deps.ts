// Everything a process needs from outside, opened and closed in one place.
import { join } from 'node:path'
import { keyFileOf, type Config } from './config.ts'
import { jobsFor } from './jobs.ts'
import { openSmsGateway, type SmsGateway } from './notices/sms.ts'
import { systemClock, type Clock } from './platform/clock.ts'
import { openDatabase, type Database } from './platform/db.ts'
import { openFiles, type Files } from './platform/files.ts'
import { openLog, type Log } from './platform/log.ts'
import { openQueue, type Queue } from './platform/queue.ts'
import type { Vault } from './platform/vault.ts'
import { openVaultOf } from './platform/vault-keys.ts'

export interface Deps {
  config: Config
  log: Log
  db: Database
  clock: Clock
  queue: Queue
  vault: Vault
  files: Files
  /** Undefined where the office has none. */
  sms: SmsGateway | undefined
}

/** Opens all of it against a migrated database; `close` ends in the reverse order. */
export async function openDeps(
  config: Config,
  databaseUrl: string,
  overrides: { clock?: Clock; log?: Log } = {},
): Promise<Deps & { close(): Promise<void> }> {
  const log = overrides.log ?? openLog(config)
  const clock = overrides.clock ?? systemClock
  const files = await openFiles({ dir: join(config.dataDir, 'files') })
  const onError = (error: Error) => log.warn({ err: error }, 'an idle database connection was lost')
  const db = openDatabase({
    url: databaseUrl,
    connections: config.DATABASE_CONNECTIONS,
    clock,
    jobsFor,
    onError,
  })
  try {
    const keyFile = keyFileOf(config)
    const vault = await openVaultOf({ db, clock }, { keyFile, create: config.MASTER_KEY_FILE === undefined })
    const queue = await openQueue({ databaseUrl, redisUrl: config.REDIS_URL, log })
    const close = async () => {
      await queue.close()
      await db.end()
    }
    const { SMS_GATEWAY_URL: gateway, SMS_GATEWAY_TOKEN: token = '' } = config
    const sms = gateway === undefined ? undefined : openSmsGateway(gateway, token)
    return { config, log, db, clock, queue, vault, files, sms, close }
  } catch (error) {
    await db.end()
    throw error
  }
}
