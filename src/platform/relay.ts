// The loop that hands the outbox to the queue, in one process or in many.
import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from './db.ts'
import type { Log } from './log.ts'
import { relayOnce } from './outbox.ts'
import type { Queue } from './queue.ts'

export interface Relay {
  /** Something was written: look now. */
  wake(): void
  /** Resolves when the last hand-over is committed. */
  close(): Promise<void>
}

export interface RelayOptions {
  batchJobs: ReadonlySet<string>
  /** What is looked after every half minute, and before the first hand-over. */
  tidy(): Promise<void>
}

const FULL = 500
const BUSY_MS = 200
const IDLE_MS = 1_000
const AFTER_ERROR_MS = 2_000
const TIDY_MS = 30_000

/** Runs until closed. An error is logged and tried again: the outbox keeps what was not handed over. */
export function startRelay(deps: { db: Database; queue: Queue; log: Log }, options: RelayOptions): Relay {
  let resting = new AbortController()
  let closing = false
  let tidiedAt = -Infinity

  /** Milliseconds to rest. */
  async function once(): Promise<number> {
    try {
      if (performance.now() - tidiedAt > TIDY_MS) {
        await options.tidy()
        tidiedAt = performance.now()
      }
      const handed = await relayOnce(deps.db, deps.queue, options)
      if (handed === 0) return IDLE_MS
      return handed < FULL ? BUSY_MS : 0
    } catch (error) {
      deps.log.warn({ err: error, component: 'outbox' }, 'the outbox could not be handed over')
      return AFTER_ERROR_MS
    }
  }
  async function run(): Promise<void> {
    while (!closing) {
      const ms = await once()
      if (closing || ms === 0) continue
      // Only an idle rest is cut short: under load, waiting a moment makes larger batches.
      const signal = ms === IDLE_MS ? resting.signal : undefined
      await pause(ms, undefined, { signal }).catch(() => undefined)
      resting = new AbortController()
    }
  }

  const running = run()
  return {
    wake: () => resting.abort(),
    async close() {
      closing = true
      resting.abort()
      await running
    },
  }
}
