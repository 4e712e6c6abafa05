// What the history tells of backups and drills: when each last succeeded.
import type { Instant } from './clock.ts'
import { statement } from './db.ts'

export const BACKED_UP = 'system.backed-up'
export const DRILLED = 'system.drilled'
export const DRILL_FAILED = 'system.drill-failed'

/** The last backup and the last drill that succeeded, and the first event of all. */
export const lastGood = statement<{
  backup: Instant | null
  drill: Instant | null
  since: Instant | null
}>(
  'backup.last-good',
  `select (select max(at) from events where type = '${BACKED_UP}') as backup,
     (select max(at) from events where type = '${DRILLED}') as drill,
     (select at from events order by id limit 1) as since`,
)
