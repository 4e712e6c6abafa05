// Every hour, where BACKUP_DIR is set: warns when the last good backup or drill is more than 26 hours old.
import { lastGood } from '../src/platform/backup-events.ts'
import { plusHours } from '../src/platform/clock.ts'
import { folderOf } from './backup.ts'
import type { Job } from './job.ts'

const TOO_OLD_HOURS = 26

export const backupAge: Job = async (deps) => {
  if (folderOf(deps) === undefined) return
  const [last] = await lastGood(deps.db)
  const limit = plusHours(deps.clock.now(), -TOO_OLD_HOURS)
  for (const what of ['backup', 'drill'] as const) {
    const at = last?.[what] ?? last?.since ?? undefined
    if (at !== undefined && at < limit)
      deps.log.error({ job: what }, `the last good ${what} is more than ${TOO_OLD_HOURS} hours old`)
  }
}
