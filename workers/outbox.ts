// Beside the relay: sweeps the outbox and keeps the schedules, in a queue that may have been wiped.
import type { Deps } from '../src/deps.ts'
import { schedules } from '../src/jobs.ts'
import { dayOf } from '../src/platform/clock.ts'
import { sweepOutbox } from '../src/platform/outbox.ts'

export async function tidy({ db, queue, config, log }: Deps): Promise<void> {
  const { freed, dead } = await sweepOutbox(db)
  if (freed > 0)
    log.warn({ component: 'outbox', count: freed }, 'effects were late and are handed over again')
  if (dead > 0) log.error({ component: 'outbox', dead }, 'effects were given up and need a person')
  if (config.SCHEDULES) await queue.schedule(schedules)
}

/** What a machine that is off at night has missed; work that is done for the day does nothing. */
export async function makeUp({ queue, clock, config }: Deps): Promise<void> {
  const daily = config.SCHEDULES ? schedules.filter(({ pattern }) => pattern !== undefined) : []
  const day = dayOf(clock.now())
  await queue.add(daily.map(({ name }) => ({ name, id: `${name}-${day}`, data: {} })))
}
