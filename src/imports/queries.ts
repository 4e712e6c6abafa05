// Reads of imports: the list, one with its counts, and its rows by verdict, page by page.
import { z } from 'zod'
import { harmlessTo, withheldFrom } from '../matters/access.ts'
import type { Actor } from '../platform/actor.ts'
import { statement, type Db } from '../platform/db.ts'
import { id as idShape, instant, placeOf, writeCursor } from '../platform/fields.ts'
import { Problem } from '../platform/problems.ts'
import { columnsOf } from '../platform/rows.ts'
import { SOURCE } from './existing.ts'
import type { Finding } from './findings.ts'
import { findImport, type ImportRecord } from './records.ts'
import { imports } from './tables.ts'
import type { ImportStatus, Verdict } from './workflow.ts'

/** With the names of who uploaded and who confirmed; null for the system. */
export interface ListedImport extends ImportRecord {
  createdByName: string | null
  committedByName: string | null
}

const LISTED = `${columnsOf(imports, 'i')}, a.name as "createdByName", c.name as "committedByName"`
const NAMES = 'left join accounts a on a.id = i.created_by left join accounts c on c.id = i.committed_by'

const page = statement<ListedImport>(
  'imports.page',
  `select ${LISTED} from imports i ${NAMES}
   where ($1::text is null or i.status = $1) and ($2::timestamptz is null or (i.created_at, i.id) < ($2, $3::uuid))
   order by i.created_at desc, i.id desc limit $4`,
)
const one = statement<ListedImport>('imports.one', `select ${LISTED} from imports i ${NAMES} where i.id = $1`)

/** Newest first. */
export async function listImports(
  db: Db,
  query: { status?: ImportStatus | undefined; limit: number; cursor?: string | undefined },
): Promise<{ items: ListedImport[]; next: string | null }> {
  const [at, id] = placeOf(query.cursor, z.tuple([instant, idShape])) ?? [null, null]
  const rows = await page(db, [query.status ?? null, at, id, query.limit + 1])
  return paged(rows, query.limit, (last) => [last.createdAt, last.id])
}

/** Throws `import/not-found`. */
export async function openImport(db: Db, id: string): Promise<ListedImport> {
  const [row] = await one(db, [id])
  if (row === undefined) throw new Problem('import/not-found')
  return row
}

export interface ImportRow {
  rowNo: number
  externalNo: string | null
  verdict: Verdict
  matterId: string | null
  changes: string[] | null
  errors: Finding[] | null
  warnings: Finding[] | null
}

/**
 * SQL over `r` (rows of an import): nothing of it accuses the reader or is theirs to stay away from, neither the matter of
 * that number, whatever the row came to, nor, before there is one, the row itself. `$readers` is `withheldFrom` of the actor.
 */
const harmlessRow = (readers: number) =>
  `not exists (select 1 from matters m where m.source = '${SOURCE}' and m.external_no = r.external_no
       and not ${harmlessTo(readers - 2, 'm')})
     and not exists (select 1 from jsonb_array_elements(r.warnings) w where w -> 'accused' ?| $${readers}::uuid[]::text[])`

const rowsPage = statement<ImportRow>(
  'imports.rows',
  `select r.row_no as "rowNo", r.external_no as "externalNo", r.verdict,
     case when i.status = 'committed' then r.matter_id end as "matterId", r.changes, r.errors, r.warnings
   from import_rows r join imports i on i.id = r.import_id
   where r.import_id = $1 and ($2::text is null or r.verdict = $2) and (not $3::boolean or r.warnings is not null)
     and r.row_no > $4 and ${harmlessRow(6)} order by r.row_no limit $5`,
)

export interface RowQuery {
  verdict?: Verdict | undefined
  /** Only rows with a warning. */
  warned: boolean
  limit: number
  cursor?: string | undefined
}

/** In the order of the sheet, without the rows that are withheld from the reader. Throws `import/not-found`. */
export async function listRows(
  db: Db,
  actor: Actor,
  id: string,
  query: RowQuery,
): Promise<{ items: ImportRow[]; next: string | null }> {
  const [after] = placeOf(query.cursor, z.tuple([z.int().min(0)])) ?? [0]
  const [held, rows] = await Promise.all([
    findImport(db, id),
    rowsPage(db, [id, query.verdict ?? null, query.warned, after, query.limit + 1, withheldFrom(actor)]),
  ])
  if (held === undefined) throw new Problem('import/not-found')
  return paged(rows, query.limit, (last) => [last.rowNo])
}

function paged<T>(
  rows: T[],
  limit: number,
  at: (last: T) => (string | number | null)[],
): { items: T[]; next: string | null } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? writeCursor(at(last)) : null }
}

const findingsPage = statement<ImportRow>(
  'imports.findings',
  `select r.row_no as "rowNo", r.external_no as "externalNo", r.verdict, null as "matterId", r.changes, r.errors, r.warnings
   from import_rows r where r.import_id = $1 and (r.verdict = 'error' or r.warnings is not null) and r.row_no > $2
     and ${harmlessRow(4)} order by r.row_no limit $3`,
)

/** Up to `limit` rows with an error or a warning, after the given row of the sheet. */
export function listFindings(
  db: Db,
  actor: Actor,
  id: string,
  after: number,
  limit: number,
): Promise<ImportRow[]> {
  return findingsPage(db, [id, after, limit, withheldFrom(actor)])
}
