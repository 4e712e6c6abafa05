// Answers made of the rollup, given again while nothing has moved: a board that many look at is counted once.
import { hash } from 'node:crypto'
import { repeated } from '../platform/repeated.ts'

/** At what the rollup stands, as SQL: other after every change of it. */
export const STAMP = 'coalesce((select changes from kpi_stand), 0)::text'

/** Beyond these it is not told apart what waits. */
const MOST_WAITING = 500

/**
 * Which events wait for the rollup, as SQL: empty where none does, null where they are very many, or where a row has ceased
 * to hold at `now` by the mere passing of time.
 */
export const waitingAt = (
  now: string,
): string => `case when (select min(fresh_until) from kpi_daily) < ${now} then null else
  (select case when count(*) <= ${MOST_WAITING} then coalesce(md5(string_agg(event_id::text, '' order by event_id)), '') end
   from (select event_id from outbox where job = 'rollup' limit ${MOST_WAITING + 1}) w) end`

/** The two, read in one snapshot. */
export interface Stand {
  stamp: string
  waiting: string | null
}

/** The same for as long as nobody has done anything that counts, and no deadline has passed; null where that cannot be told. */
export function standing({ stamp, waiting }: Stand): string | null {
  return waiting === null ? null : `${stamp} ${waiting}`
}

/** Names of units and the like may change without the rollup: so long, at the most, they are given as they were. */
const LONGEST_MS = 30_000

export interface Answers {
  /**
   * What `make` made for the same question at the same stamp, or makes now, as without a stamp. `question` must say all
   * that the answer depends on besides, also whose rights.
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
      kept.delete(key)
      if (known?.stamp === stamp && elapsed() - known.at < LONGEST_MS) {
        kept.set(key, known) // last of all: the next to go is the one that nobody has asked for the longest
        return known.answer as Promise<T>
      }
      const made = make().then(repeated)
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
