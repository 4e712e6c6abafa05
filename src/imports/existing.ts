// Reads what is held of the orders of a batch: the matter, what was last told of it, its legs, its person.
import { statement, type Db } from '../platform/db.ts'
import type { Instant } from '../platform/clock.ts'
import { columnsOf } from '../platform/rows.ts'
import type { Matter } from '../matters/case.ts'
import { matters } from '../matters/tables.ts'
import type { StoredLeg } from './legs.ts'
import { parseSnapshot, type Snapshot } from './snapshot.ts'

export const SOURCE = 'city-platform'
/** What every matter of an import has in common. */
export const FIXED = { channel: 'hotline', source: SOURCE }

/** A matter with the number of an order, and what imports know of it. */
export interface Existing {
  externalNo: string
  matterId: string
  no: string
  /** The matter's version now; another than `toldVersion` means that people here have handled it since. */
  version: number
  dueAt: Instant | null
  personId: string | null
  confidential: boolean
  /** Null for a matter that was registered here. */
  told: {
    version: number
    seenAt: Instant
    snapshot: Snapshot
    caller: Buffer | null
    personVersion: number | null
  } | null
}

interface ExistingRow extends Omit<Existing, 'told'> {
  toldVersion: number | null
  seenAt: Instant | null
  snapshot: string | null
  caller: Buffer | null
  personVersion: number | null
}

const existingOf = statement<ExistingRow>(
  'imports.existing',
  `select m.external_no as "externalNo", m.id as "matterId", m.no, m.version, m.due_at as "dueAt",
     m.person_id as "personId", m.confidential, o.version as "toldVersion", o.seen_at as "seenAt", o.snapshot, o.caller,
     o.person_version as "personVersion"
   from matters m left join import_orders o on o.matter_id = m.id
   where m.source = $1 and m.external_no = any($2::text[])`,
)

/** By number; numbers that are new here are missing. */
export async function findExisting(db: Db, externalNos: readonly string[]): Promise<Map<string, Existing>> {
  const rows = await existingOf(db, [SOURCE, externalNos])
  return new Map(rows.map((row) => [row.externalNo, toldOf(row)]))
}

function toldOf({ toldVersion, seenAt, snapshot, caller, personVersion, ...row }: ExistingRow): Existing {
  if (toldVersion === null || seenAt === null || snapshot === null) return { ...row, told: null }
  const parsed = parseSnapshot(snapshot)
  return { ...row, told: { version: toldVersion, seenAt, snapshot: parsed, caller, personVersion } }
}

const legsOfMatters = statement<StoredLeg & { matterId: string }>(
  'imports.legs',
  `select l.matter_id as "matterId", l.id, l.no, l.role, l.kind, l.unit_id as "unitId", l.dispatched_at as "dispatchedAt",
     l.policy, l.time_limit as "limit", l.sign_due_at as "signDueAt", l.signed_at as "signedAt", l.due_at as "dueAt",
     l.effective_due_at as "effectiveDueAt", l.provisional, l.submitted_at as "submittedAt", l.stopped_at as "stoppedAt",
     l.outcome, l.extensions
   from legs l where l.matter_id = any($1::uuid[]) order by l.matter_id, l.no`,
)
const mattersById = statement<Matter>(
  'imports.matters',
  `select ${columnsOf(matters, 'm')} from matters m where m.id = any($1::uuid[])`,
)
const peopleById = statement<SealedPerson>(
  'imports.people',
  'select id, sealed, confidential, version from people where id = any($1::uuid[])',
)

export interface SealedPerson {
  id: string
  sealed: Buffer
  confidential: boolean
  version: number
}

/** More of those orders that have changed. */
export interface Details {
  legs: Map<string, StoredLeg[]>
  matters: Map<string, Matter>
  people: Map<string, SealedPerson>
}

export async function readDetails(
  db: Db,
  ids: { legs: readonly string[]; matters: readonly string[]; people: readonly string[] },
): Promise<Details> {
  const [legs, rows, sealed] = await Promise.all([
    ids.legs.length === 0 ? [] : legsOfMatters(db, [ids.legs]),
    ids.matters.length === 0 ? [] : mattersById(db, [ids.matters]),
    ids.people.length === 0 ? [] : peopleById(db, [ids.people]),
  ])
  return {
    legs: Map.groupBy(legs, (leg) => leg.matterId),
    matters: new Map(rows.map((row) => [row.id, row])),
    people: new Map(sealed.map((row) => [row.id, row])),
  }
}
