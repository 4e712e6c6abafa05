// The dependencies of a process, opened on a database of their own for a test file.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig, type Config } from '../../src/config.ts'
import { openDeps, type Deps } from '../../src/deps.ts'
import { logTo, type Log } from '../../src/platform/log.ts'
import { cloneDatabase } from '../support/database.ts'

export interface Opened extends Deps {
  databaseUrl: string
  /** Every line that was logged. */
  lines: string[]
  close(): Promise<void>
}

export function collectingLog(): { log: Log; lines: string[] } {
  const lines: string[] = []
  return { log: logTo({ write: (line: string) => void lines.push(line) }), lines }
}

/** `environment` as for the service; the queue is on Redis when it names one. */
export async function openDependencies(environment: Record<string, string> = {}): Promise<Opened> {
  const dataDir = mkdtempSync(join(tmpdir(), 'banjian-opened-'))
  const database = await cloneDatabase()
  const config: Config = readConfig({
    DATA_DIR: dataDir,
    UNSAFE_DATABASE: 'true',
    MIN_FREE_DISK: '0',
    ...environment,
  })
  const { log, lines } = collectingLog()
  const deps = await openDeps(config, database.url, { log })
  return {
    ...deps,
    databaseUrl: database.url,
    lines,
    async close() {
      await deps.close()
      await database.drop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
