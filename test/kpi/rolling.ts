// The rollup at a desk: dispatched orders, and the job that counts what waits.
import { rollupEvents } from '../../src/kpi/rollup.ts'
import { statement } from '../../src/platform/db.ts'
import { runBatch } from '../../src/platform/outbox.ts'
import type { Desk } from '../matters/desk.ts'

const waiting = statement<{ id: string }>(
  'test.waiting',
  `select event_id as id from outbox where job = 'rollup'`,
)

/** Counts all events that wait. */
export async function rollUp({ deps }: Desk): Promise<void> {
  const ids = (await waiting(deps.db)).map(({ id }) => id)
  await runBatch(deps, 'rollup', ids, rollupEvents)
}

/** Registers an order and dispatches it to the township; gives its id. */
export async function dispatched(desk: Desk): Promise<string> {
  const { id } = await desk.register()
  await desk.does('dispatcher', id, 'dispatch', { leadUnitId: desk.township })
  return id
}
