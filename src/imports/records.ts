// The row of an import: its life from upload to commit, each step only from the statuses that allow it.
import { statement, type Db, type Tx } from '../platform/db.ts'
import { columnsOf } from '../platform/rows.ts'
import type { InferSelectModel } from 'drizzle-orm'
import { imports } from './tables.ts'

export type ImportRecord = InferSelectModel<typeof imports>

const COLUMNS = columnsOf(imports, 'i')

const byId = statement<ImportRecord>('imports.by-id', `select ${COLUMNS} from imports i where i.id = $1`)
const lockById = statement<ImportRecord>(
  'imports.lock',
  `select ${COLUMNS} from imports i where i.id = $1 for update`,
)

export async function findImport(db: Db, id: string): Promise<ImportRecord | undefined> {
  return (await byId(db, [id]))[0]
}

export async function lockImport(db: Db, id: string): Promise<ImportRecord | undefined> {
  return (await lockById(db, [id]))[0]
}

const lockRun = statement('imports.lock-run', 'select pg_advisory_xact_lock(hashtextextended($1, 9))')

/** Two runs of one job take turns: the second waits, and finds the work done. */
export async function takeTurn(tx: Tx, id: string): Promise<void> {
  await lockRun(tx, [id])
}

const progress = statement(
  'imports.progress',
  `update imports set rows = $2 where id = $1 and status in ('checking', 'committing')`,
)

/** For whoever looks on; the count of the checked file replaces it. */
export async function noteProgress(db: Db, id: string, rows: number): Promise<void> {
  await progress(db, [id, rows])
}

const begin = statement<ImportRecord>(
  'imports.begin',
  `update imports i set status = 'checking', version = version + 1 where i.id = $1 and i.status = 'uploaded' returning ${COLUMNS}`,
)

/** The import that a job is to check: marked as being checked, or found so after a broken run; undefined otherwise. */
export async function beginCheck(db: Db, id: string): Promise<ImportRecord | undefined> {
  const [begun] = await begin(db, [id])
  if (begun !== undefined) return begun
  const held = await findImport(db, id)
  return held?.status === 'checking' ? held : undefined
}
