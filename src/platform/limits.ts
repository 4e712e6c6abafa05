// How often somebody may ask: a limiter that needs one number for each caller.

export interface Limiter {
  /** Counts a request of `key`; returns 0 when it is within the limit, else the seconds after which it will be. */
  take(key: string, perMinute: number): number
}

const MOST_KEYS = 100_000

/**
 * The generic cell rate algorithm: a caller may spend a whole minute's requests at once and then goes on at the steady
 * rate. `now` gives milliseconds of a clock that never goes back. In the memory of one process: several processes
 * together allow as many times more.
 */
export function createLimiter(now: () => number = () => performance.now()): Limiter {
  const arrivals = new Map<string, number>()

  function forgetSome(at: number): void {
    for (const [key, arrival] of arrivals) if (arrival <= at) arrivals.delete(key)
    // Under a flood from many addresses the longest known go first.
    for (const key of arrivals.keys()) {
      if (arrivals.size <= MOST_KEYS / 2) break
      arrivals.delete(key)
    }
  }

  return {
    take(key, perMinute) {
      const at = now()
      const interval = 60_000 / perMinute
      const next = Math.max(arrivals.get(key) ?? 0, at) + interval
      const early = next - at - 60_000
      if (early > 0.001) return Math.max(1, Math.ceil(early / 1000))
      if (arrivals.size >= MOST_KEYS && !arrivals.has(key)) forgetSome(at)
      arrivals.set(key, next)
      return 0
    },
  }
}
