// Answers made of the rollup, given again while nothing has moved: a board that many look at is counted once.
import { hash } from 'node:crypto'
import { repeated } from '../platform/repeated.ts'

/**
 * What the rollup stands at, as SQL: other after every change of it; null while an event waits for it, or a row of it no
 * longer holds at `now` by the mere passing of time.
 */
export const stampAt = (now: string): string => `case
  when exists (select 1 from outbox where job = 'rollup') or (select min(fresh_until) from kpi_daily) < ${now} then null
  else (select last_value || ' ' || is_called from kpi_changes) end`

/** Names of units and the like may change without the rollup: so long, at the most, they are given as they were. */
const LONGEST_MS = 30_000

export interface Answers {
  /**
   * What `make` made for the same question since the rollup last changed, or makes now. `question` must say all that the
   * answer depends on, also whose rights.
   */
  answer<T extends object>(stamp: string | null, question: object, make: () => Promise<T>): Promise<T>
}

interface Kept {
  stamp: string
  at: number
  answer: Promise<object>
}

/** `elapsed`: milliseconds from any origin. `most`: how many answers are kept. */
export function createAnswers(elapsed: () => number, most = 100): Answers {
  const kept = new Map<string, Kept>()

  return {
    answer<T extends object>(stamp: string | null, question: object, make: () => Promise<T>): Promise<T> {
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
        if (kept.size <= most) break
        kept.delete(oldest)
      }
      return made
    },
  }
}
