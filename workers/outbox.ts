// Hands the outbox to the queue without end, sweeps it, and keeps the schedules in a queue that may be wiped.
import { setTimeout as pause } from 'node:timers/promises'
import type { Deps } from '../src/deps.ts'
import { batchJobs, schedules } from '../src/jobs.ts'
import { dayOf } from '../src/platform/clock.ts'
import { relayOnce, sweepOutbox } from '../src/platform/outbox.ts'

const FULL = 500
const REST = { busyMs: 200, idleMs: 1_000, afterErrorMs: 2_000 }
const SWEEP_MS = 30_000

/** `wake` looks at once; `close` resolves when the last hand-over is committed. */
export function startRelay(deps: Deps): { wake(): void; close(): Promise<void> } {
  let resting = new AbortController()
  let closing = false
  let sweptAt = -Infinity

  async function once(): Promise<number> {
    try {
      if (performance.now() - sweptAt > SWEEP_MS) {
        await tidy(deps, sweptAt === -Infinity)
        sweptAt = performance.now()
      }
      const handed = await relayOnce(deps.db, deps.queue, { batchJobs })
      if (handed === 0) return REST.idleMs
      return handed < FULL ? REST.busyMs : 0
    } catch (error) {
      deps.log.warn({ err: error, component: 'outbox' }, 'the outbox could not be handed over')
      return REST.afterErrorMs
    }
  }
  async function run(): Promise<void> {
    while (!closing) {
      const ms = await once()
      if (closing || ms === 0) continue
      // Only an idle rest is cut short: under load, waiting a moment makes larger batches.
      const signal = ms === REST.idleMs ? resting.signal : undefined
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

async function tidy({ db, queue, clock, config, log }: Deps, starting: boolean): Promise<void> {
  const { freed, dead } = await sweepOutbox(db)
  if (freed > 0)
    log.warn({ component: 'outbox', count: freed }, 'effects were late and are handed over again')
  if (dead > 0) log.error({ component: 'outbox', dead }, 'effects were given up and need a person')
  if (!config.SCHEDULES) return
  await queue.schedule(schedules)
  if (!starting) return
  // What a machine that is off at night has missed; work that is done for the day does nothing.
  const daily = schedules.filter(({ pattern }) => pattern !== undefined)
  const day = dayOf(clock.now())
  await queue.add(daily.map(({ name }) => ({ name, id: `${name}-${day}`, data: {} })))
}
