// Work that happens once a period, however often and by however many processes it is begun.
import type { Clock } from './clock.ts'
import { statement, type Database, type Tx } from './db.ts'

const claim = statement<{ job: string }>(
  'scheduled.claim',
  'insert into scheduled_runs (job, period, started_at) values ($1, $2, $3) on conflict do nothing returning job',
)
const finish = statement(
  'scheduled.finish',
  'update scheduled_runs set finished_at = $3, result = $4 where job = $1 and period = $2',
)

/** What the last finished run of a job came to. */
export const lastResult = statement<{ result: string }>(
  'scheduled.last',
  'select result from scheduled_runs where job = $1 and finished_at is not null order by finished_at desc limit 1',
)

/**
 * Runs `work` in one transaction, without a time limit, unless the period is done already; what it returns is kept as the
 * result of the run. A second run waits for the first, and takes over when that fails. False when there was nothing to do.
 */
export function oncePer(
  deps: { db: Database; clock: Clock },
  job: string,
  period: string,
  work: (tx: Tx, client: Parameters<Parameters<Database['bulkTransaction']>[0]>[1]) => Promise<string>,
): Promise<boolean> {
  return deps.db.bulkTransaction(async (tx, client) => {
    if ((await claim(tx, [job, period, tx.now])).length === 0) return false
    const result = await work(tx, client)
    await finish(tx, [job, period, deps.clock.now(), result])
    return true
  })
}
