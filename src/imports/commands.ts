// Writes imports: a file is uploaded, confirmed, checked again or given up; the work itself is the job's (`job.ts`).
import { randomUUIDv7 } from 'node:crypto'
import type { Actor } from '../platform/actor.ts'
import { statement, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import type { StoredFile } from '../platform/files.ts'
import { Problem } from '../platform/problems.ts'
import { insertRow, updateRow } from '../platform/rows.ts'
import { files } from '../platform/tables.ts'
import { lockImport, type ImportRecord } from './records.ts'
import { imports } from './tables.ts'
import { importActs, importStatuses, type ImportAct, type ImportMode, type ImportStatus } from './workflow.ts'

export interface ImportWritten {
  id: string
  status: ImportStatus
  version: number
  /** The file was uploaded before: this is that import. */
  known: boolean
}

const lockFile = statement('imports.lock-file', 'select pg_advisory_xact_lock(hashtextextended($1, 8))')
const sameFile = statement<{ id: string; status: ImportStatus; version: number }>(
  'imports.same-file',
  `select id, status, version from imports where file_hash = $1 and status not in ('failed', 'discarded')
   order by created_at desc limit 1`,
)
/**
 * Takes an uploaded file in and has it checked. The same content again answers with its earlier import, unless that has
 * failed, was given up, or is taken over already and `again` asks for a new comparison.
 */
export async function requestImport(
  tx: Tx,
  actor: Actor,
  file: StoredFile,
  again: boolean,
): Promise<ImportWritten> {
  await lockFile(tx, [file.hash])
  const [earlier] = await sameFile(tx, [file.hash])
  if (earlier !== undefined && !(again && earlier.status === 'committed')) return { ...earlier, known: true }
  const id = randomUUIDv7()
  const { hash, name, size: bytes, type } = file
  const by = { createdBy: actor.id, createdAt: tx.now }
  insertRow(tx, imports, { id, fileHash: hash, fileName: name, bytes, status: 'uploaded', ...by })
  insertRow(tx, files, {
    id: randomUUIDv7(),
    purpose: 'import',
    subjectId: id,
    name,
    type,
    bytes,
    hash,
    ...by,
  })
  await record(tx, actor, {
    subject: 'import',
    subjectId: id,
    type: 'import.requested',
    data: { fileHash: hash, bytes },
  })
  return { id, status: 'uploaded', version: 1, known: false }
}

/** Has a checked import taken over. `import/has-errors` when all rows were to be right and some are not. */
export async function requestCommit(
  tx: Tx,
  actor: Actor,
  id: string,
  mode: ImportMode,
  ifMatch: number | undefined,
): Promise<ImportWritten> {
  const held = await lockedFor(tx, id, 'commit', ifMatch)
  if (mode === 'all-or-nothing' && held.errors > 0)
    throw new Problem('import/has-errors', { extras: { errors: held.errors } })
  return step(
    tx,
    actor,
    held,
    { status: 'committing', mode, committedBy: actor.id, problem: null },
    'import.commit-requested',
    { mode },
  )
}

/** Has the file checked again: units or matters may have changed since. */
export async function requestRecheck(
  tx: Tx,
  actor: Actor,
  id: string,
  ifMatch: number | undefined,
): Promise<ImportWritten> {
  const held = await lockedFor(tx, id, 'recheck', ifMatch)
  const counts = { rows: 0, errors: 0, warnings: 0, newOrders: 0, changed: 0, unchanged: 0 }
  return step(
    tx,
    actor,
    held,
    { status: 'uploaded', problem: null, checkedAt: null, ...counts },
    'import.requested',
    { again: true },
  )
}

export async function discardImport(
  tx: Tx,
  actor: Actor,
  id: string,
  ifMatch: number | undefined,
): Promise<ImportWritten> {
  const held = await lockedFor(tx, id, 'discard', ifMatch)
  return step(tx, actor, held, { status: 'discarded' }, 'import.discarded', {}) // its job clears what was staged
}

async function lockedFor(
  tx: Tx,
  id: string,
  act: ImportAct,
  ifMatch: number | undefined,
): Promise<ImportRecord> {
  const held = await lockImport(tx, id)
  if (held === undefined) throw new Problem('import/not-found')
  if (ifMatch !== undefined && ifMatch !== held.version) {
    throw new Problem('request/stale', { extras: { version: held.version } })
  }
  const from: readonly ImportStatus[] = importActs[act].from
  if (!from.includes(held.status)) {
    const extras = {
      act,
      status: held.status,
      statusLabel: importStatuses[held.status],
      version: held.version,
    }
    throw new Problem('import/wrong-status', { detail: `${act} is not possible when ${held.status}`, extras })
  }
  return held
}

async function step(
  tx: Tx,
  actor: Actor,
  held: ImportRecord,
  patch: Partial<ImportRecord> & { status: ImportStatus },
  type: string,
  data: { [key: string]: string | boolean },
): Promise<ImportWritten> {
  const version = held.version + 1
  updateRow(tx, imports, held.id, { ...patch, version })
  await record(tx, actor, { subject: 'import', subjectId: held.id, type, data })
  return { id: held.id, status: patch.status, version, known: true }
}
