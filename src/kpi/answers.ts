// Answers made of the rollup, given again while nothing has moved: a board that many look at is counted once.
import { hash } from 'node:crypto'
import type { Instant } from '../platform/clock.ts'
import { statement, type Db } from '../platform/db.ts'
import { repeated } from '../platform/repeated.ts'

/** Null while an event waits for the rollup, or a row of it no longer holds by the mere passing of time. */
const stampOf = statement<{ stamp: string | null }>(
  'kpi.stamp',
  `select case when exists (select 1 from outbox where job = 'rollup') then null
     when (select min(fresh_until) from kpi_daily) < $1 then null
     else (select last_value || ' ' || is_called from kpi_changes) end as stamp`,
)

/** Names of units and the like may change without the rollup: so long, at the most, they are given as they were. */
const LONGEST_MS = 30_000
const MOST = 100

export interface Answers {
  /**
   * What `make` made for the same question since the rollup last changed, or makes now. `question` must say all that the
   * answer depends on, also whose rights.
   */
  answer<T extends object>(db: Db, now: Instant, question: object, make: () => Promise<T>): Promise<T>
}

interface Kept {
  stamp: string
  at: number
  answer: Promise<object>
}

/** `elapsed`: milliseconds from any origin. */
export function createAnswers(elapsed: () => number): Answers {
  const kept = new Map<string, Kept>()
  return {
    async answer<T extends object>(
      db: Db,
      now: Instant,
      question: object,
      make: () => Promise<T>,
    ): Promise<T> {
      const [row] = await stampOf(db, [now])
      const stamp = row?.stamp ?? null
      if (stamp === null) return make()
      const key = hash('sha256', JSON.stringify(question), 'base64url')
      const known = kept.get(key)
      if (known?.stamp === stamp && elapsed() - known.at < LONGEST_MS) return known.answer as Promise<T>
      const made = make().then(repeated)
      kept.delete(key)
      kept.set(key, { stamp, at: elapsed(), answer: made })
      // What failed is not given again.
      made.catch(() => kept.delete(key))
      for (const oldest of kept.keys()) {
        if (kept.size <= MOST) break
        kept.delete(oldest)
      }
      return made
    },
  }
}
