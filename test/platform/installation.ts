// An installation on an embedded database of its own, to be backed up and restored by the scripts as an office runs them.
import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { readConfig } from '../../src/config.ts'
import { openDeps } from '../../src/deps.ts'
import { startEmbedded } from '../../src/platform/embedded.ts'
import { migrate } from '../../src/platform/migrate.ts'
import { collectingLog } from './opened.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const quiet = { info() {}, warn() {}, error() {} }

export type Installation = Awaited<ReturnType<typeof install>>

/** `archived`: with a folder in which the database keeps its history. */
export async function install({ archived = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'banjian-installed-'))
  chmodSync(folder, 0o755) // the database's own user must pass through
  const live = join(folder, 'live')
  const archive = archived ? { archiveDir: join(folder, 'archive') } : {}
  const home = { dataDir: join(live, 'database'), port: 0, durable: true, ...archive, log: quiet }
  const server = await startEmbedded(home)
  await migrate(server.url)
  const config = readConfig({ DATA_DIR: live })
  const deps = await openDeps(config, server.url, { log: collectingLog().log })
  const close = async () => {
    await deps.close()
    await server.stop()
    rmSync(homeOf(live), { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  }
  return { folder, server, deps, close }
}

/** Where the database of a data folder lies: elsewhere, when its own user could not reach it there. */
export function homeOf(dataDir: string): string {
  const note = join(dataDir, 'database', 'moved-to')
  return existsSync(note) ? readFileSync(note, 'utf8').trim() : join(dataDir, 'database')
}

/** What the scripts of an installation are told. */
export const environment = (dataDir: string) => ({
  PATH: process.env['PATH'],
  TZ: 'UTC',
  DATA_DIR: dataDir,
  EMBEDDED_PORT: '0',
})

/** Runs a script as `npm run` would; all that it said. */
export function run(
  script: 'backup' | 'restore' | 'drills',
  args: string[],
  env: Record<string, string | undefined>,
) {
  return new Promise<{ code: number; said: string }>((done) => {
    execFile(
      process.execPath,
      [`scripts/${script}.ts`, ...args],
      { cwd: ROOT, env },
      (error, stdout, stderr) =>
        done({ code: error === null ? 0 : Number(error.code), said: stdout + stderr }),
    )
  })
}

export async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}
