// How rows stood before each change: kept with who changed them and why, and read again.
import type { Actor } from './actor.ts'
import type { Instant } from './clock.ts'
import { statement, type Db, type Tx } from './db.ts'
import { insertRow } from './rows.ts'
import { registerVersions } from './tables.ts'

/** `row` holds nothing that is sealed. */
export function keepVersion(
  tx: Tx,
  actor: Actor,
  register: string,
  { id, version }: { id: string; version: number },
  { row, reason }: { row: object; reason: string },
): void {
  insertRow(tx, registerVersions, {
    ...{ rowId: id, version, register, row, reason, endedAt: tx.now, endedBy: actor.id },
  })
}

export interface EarlierVersion {
  version: number
  endedAt: Instant
  by: string | null
  reason: string
  row: Record<string, unknown>
}

const earlierVersions = statement<EarlierVersion>(
  'platform.versions',
  `select v.version, v.ended_at as "endedAt", a.name as "by", v.reason, v.row
   from register_versions v left join accounts a on a.id = v.ended_by where v.row_id = $1 order by v.version`,
)

export function versionsOf(db: Db, id: string): Promise<EarlierVersion[]> {
  return earlierVersions(db, [id])
}
