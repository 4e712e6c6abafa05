// Exports of rows: on record before the first byte leaves, and so many an hour for one account, over all processes.
import type { Config } from '../config.ts'
import type { Actor } from './actor.ts'
import { epochMs, plusHours, type Instant } from './clock.ts'
import { statement, type Tx } from './db.ts'
import { record, type EventData } from './events.ts'
import { Problem } from './problems.ts'

/** The events of files that list matters, people or what an office keeps of them. A table of figures names nobody. */
const exportsOfRows = ['kpi.list-exported', 'register.exported'] as const

const newest = statement<{ at: Instant }>(
  'exports.newest',
  `select at from events where type = any($1::text[]) and subject_id = $2 and at > $3 order by at desc limit $4`,
)

/** Puts an export on record and returns its number, or throws `export/too-many`; exports of one account go one by one. */
export async function recordRowExport(
  tx: Tx,
  actor: Actor,
  config: Config,
  type: (typeof exportsOfRows)[number],
  data: EventData,
): Promise<string> {
  const { id } = await record(tx, actor, { subject: 'account', subjectId: actor.id, type, data })
  const most = actor.kind === 'key' ? config.EXPORTS_PER_HOUR_BY_KEY : config.EXPORTS_PER_HOUR
  const found = await newest(tx, [exportsOfRows, actor.id, plusHours(tx.now, -1), most + 1])
  const leaving = found[most]
  if (leaving === undefined) return id
  const seconds = Math.ceil((epochMs(plusHours(leaving.at, 1)) - epochMs(tx.now)) / 1000)
  throw new Problem('export/too-many', { extras: { retryAfter: Math.max(1, seconds) } })
}
