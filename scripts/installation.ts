// The installation that the configuration names, opened beside the running service, or by itself when none runs.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { keyFileOf, readConfig, type Config } from '../src/config.ts'
import { systemClock } from '../src/platform/clock.ts'
import { openDatabase, type Database } from '../src/platform/db.ts'
import { attachEmbedded, startEmbedded } from '../src/platform/embedded.ts'
import { openVault, type Vault } from '../src/platform/vault.ts'

const silent = { info() {}, warn() {}, error() {} }

/** Calls `work` with the database and the keys; starts the embedded server for it when that does not run. */
export async function withInstallation(
  work: (installation: { config: Config; db: Database; vault: Vault }) => Promise<void>,
  config: Config = readConfig(),
): Promise<void> {
  const server = await findDatabase(config)
  try {
    const vault = openVault({ keyFile: keyFileOf(config) })
    const onError = (error: Error) => say(`数据库连接中断：${error.name}`)
    const db = openDatabase({ url: server.url, connections: 2, clock: systemClock, onError })
    try {
      await work({ config, db, vault })
    } finally {
      await db.end()
    }
  } finally {
    await server.stop()
  }
}

/** Whether there is a database to read; an embedded one that was never started is none. */
export function isInstalled({ DATABASE_URL, dataDir }: Config): boolean {
  return DATABASE_URL !== undefined || existsSync(join(dataDir, 'database'))
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function findDatabase(config: Config): Promise<{ url: string; stop(): Promise<void> }> {
  const stop = () => Promise.resolve()
  if (config.DATABASE_URL !== undefined) return { url: config.DATABASE_URL, stop }
  const home = { dataDir: join(config.dataDir, 'database'), durable: true, archiveDir: config.ARCHIVE_DIR }
  const running = await attachEmbedded(home)
  if (running !== undefined) return { url: running.url, stop }
  return startEmbedded({ ...home, port: config.EMBEDDED_PORT, log: silent })
}
