// Every night, where BACKUP_DIR is set: backs up the embedded database, and proves the backup by a drill.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open } from 'node:fs/promises'
import { constants, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Deps } from '../src/deps.ts'
import { lastGood } from '../src/platform/backup-events.ts'
import { dayOf } from '../src/platform/clock.ts'
import { oncePer } from '../src/platform/scheduled.ts'
import type { Job } from './job.ts'

const STOPPING = ['SIGTERM', 'SIGINT', 'exit'] as const

export const backup: Job = async (deps) => {
  const to = folderOf(deps)
  if (to === undefined) return
  const day = dayOf(deps.clock.now())
  await oncePer(deps, 'backup', day, async () => {
    const before = (await lastGood(deps.db))[0]?.backup
    const code = await run(deps, 'backup', ['--to', to, '--rotate'])
    if (code === 0) return 'taken'
    // What failed is tried again, unless there is a backup all the same: that some file in it is damaged stays so.
    if ((await lastGood(deps.db))[0]?.backup === before) throw new Error(`the backup ended with code ${code}`)
    deps.log.error({ job: 'backup', code }, 'the nightly backup is not whole: see backup.log')
    return 'taken, not whole'
  })
  await oncePer(deps, 'drill', day, async () => {
    const code = await run(deps, 'restore', ['--from', to, '--verify'])
    if (code === 0) return 'passed'
    deps.log.error({ job: 'drill', code }, 'the drill of the nightly backup failed: see drill.log')
    return 'failed'
  })
}

/** Undefined where nobody asked for it, and for a PostgreSQL of one's own, which has its own means. */
export function folderOf({ config }: Deps): string | undefined {
  return config.DATABASE_URL === undefined ? config.BACKUP_DIR : undefined
}

/** Runs the command in a process of its own behind all others; what it says is in the log folder until the next night. */
async function run({ config }: Deps, command: 'backup' | 'restore', args: string[]): Promise<number> {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const logs = join(config.dataDir, 'logs')
  await mkdir(logs, { recursive: true })
  const said = await open(join(logs, command === 'backup' ? 'backup.log' : 'drill.log'), 'w', 0o600)
  const { MASTER_KEY_FILE, ARCHIVE_DIR, BACKUP_KEY_FILE } = config
  try {
    const child = spawn(process.execPath, [join('scripts', `${command}.ts`), ...args], {
      cwd: root,
      env: {
        TZ: 'UTC',
        TMPDIR: tmpdir(),
        DATA_DIR: config.dataDir,
        EMBEDDED_PORT: String(config.EMBEDDED_PORT),
        ...(MASTER_KEY_FILE === undefined ? {} : { MASTER_KEY_FILE }),
        ...(ARCHIVE_DIR === undefined ? {} : { ARCHIVE_DIR }),
        ...(BACKUP_KEY_FILE === undefined ? {} : { BACKUP_KEY_FILE }),
      },
      stdio: ['ignore', said.fd, said.fd],
    })
    const ended = once(child, 'close')
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
    // Without the service a backup has nothing to copy; a drill goes on by itself, and takes away what it made.
    const end = () => void (command === 'backup' && child.kill())
    for (const signal of STOPPING) process.on(signal, end)
    const [code] = (await ended) as [number | null]
    for (const signal of STOPPING) process.off(signal, end)
    return code ?? 1
  } finally {
    await said.close()
  }
}
