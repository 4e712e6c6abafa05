// Figures of a calendar year for whoever shows them beside something else.
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import type { Figure } from './figures.ts'
import { figures } from './queries.ts'

/** Of the orders, as the figures are where nobody names a channel, so that each has as many matters behind it as it says. */
export async function figuresOfYear(
  db: Db,
  actor: Actor,
  { year, metrics }: { year: number; metrics: readonly string[] },
  now: Instant,
): Promise<Figure[]> {
  const period = { from: `${year}-01-01`, to: `${year}-12-31` }
  return (await figures(db, actor, { ...period, metrics, channel: 'hotline' }, now)).figures
}
