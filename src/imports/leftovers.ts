// What imports leave behind and nobody needs any more: the uploaded tables, abandoned checks, staging tables.
import type { Deps } from '../deps.ts'
import { systemActor } from '../platform/actor.ts'
import { dayOf, instantOf, plusDays } from '../platform/clock.ts'
import { statement } from '../platform/db.ts'
import { discardImport } from './commands.ts'
import { dropStaging } from './staging.ts'

const removeRow = statement<{ hash: string; used: boolean }>(
  'imports.forget-file',
  `with gone as (
     update files set removed_at = $2 where purpose = 'import' and subject_id = $1 and removed_at is null returning id, hash)
   select g.hash, exists (select from files f where f.hash = g.hash and f.removed_at is null and f.id <> g.id) as used from gone g`,
)

/** The uploaded table lies open on disk, with names and phones: it is kept no longer than it is needed. */
export async function forgetFile(deps: Deps, id: string): Promise<void> {
  const rows = await deps.db.transaction((tx) => removeRow(tx, [id, tx.now]))
  for (const { hash, used } of rows) if (!used) await deps.files.remove(hash)
}

/** Days after which a failed import loses its file, and one that nobody confirmed, or whose check never ended, is given up. */
const KEPT_DAYS = 30

const oldFiles = statement<{ id: string }>(
  'imports.old-files',
  `select distinct i.id from imports i join files f on f.subject_id = i.id and f.purpose = 'import'
   where f.removed_at is null
     and (i.status in ('committed', 'discarded') or (i.status = 'failed' and i.created_at < $1))`,
)
const abandoned = statement<{ id: string }>(
  'imports.abandoned',
  `select id from imports where status in ('uploaded', 'checking', 'checked') and created_at < $1`,
)
const orphans = statement<{ id: string }>(
  'imports.orphans',
  `select distinct substring(t.tablename from '^i([0-9a-f]{32})_')::uuid as id from pg_tables t
   where t.schemaname = 'staging' and t.tablename ~ '^i[0-9a-f]{32}_' and not exists (
     select from imports i where i.status in ('checking', 'checked', 'committing')
       and i.id = substring(t.tablename from '^i([0-9a-f]{32})_')::uuid)`,
)

/** Every night: gives up what was never confirmed, and removes files and tables that a broken run has left. */
export async function purgeImports(
  deps: Deps,
): Promise<{ discarded: number; files: number; staged: number }> {
  const { db, clock } = deps
  const before = instantOf(plusDays(dayOf(clock.now()), -KEPT_DAYS))
  const given = await abandoned(db, [before])
  for (const { id } of given)
    await db.transaction((tx) => discardImport(tx, systemActor('purge'), id, undefined))
  const files = await oldFiles(db, [before])
  for (const { id } of files) await forgetFile(deps, id)
  const left = await orphans(db)
  for (const { id } of left) await db.bulk((client) => dropStaging(client, id))
  return { discarded: given.length, files: files.length, staged: left.length }
}
