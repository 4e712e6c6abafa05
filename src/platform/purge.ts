// What has served its time and is deleted at night: answers kept for repeated requests.
import { plusHours, type Instant } from './clock.ts'
import { statement, type Database } from './db.ts'

/** Days for which a repeated request gets its first answer; published in the OpenAPI document. */
export const IDEMPOTENCY_DAYS = 30
const BATCH = 5_000

const forget = statement<{ key: string }>(
  'purge.idempotency',
  `delete from idempotency where (account_id, key) in (
     select account_id, key from idempotency where at < $1 limit $2) returning key`,
)

/** Deletes stored answers older than thirty days, in small transactions; returns how many. */
export async function purgeAnswers(db: Database, now: Instant): Promise<number> {
  const before = plusHours(now, -24 * IDEMPOTENCY_DAYS)
  for (let deleted = 0; ;) {
    const rows = await db.transaction((tx) => forget(tx, [before, BATCH]))
    deleted += rows.length
    if (rows.length < BATCH) return deleted
  }
}
