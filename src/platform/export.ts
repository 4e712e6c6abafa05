// All that an installation holds as lines of JSON, one file a table, for those who come when its database can no longer be read.
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import type { PoolClient } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { z } from 'zod'
import { beginBackup } from './backups.ts'
import { listCheckpoints } from './checkpoint.ts'
import { epochMs, instantOf, type Instant } from './clock.ts'
import type { Database } from './db.ts'
import { copyHashed, flushFolders, flushTree } from './file-copies.ts'
import type { Vault } from './vault.ts'

const fileShape = z.object({ path: z.string(), bytes: z.int(), sha256: z.string() })
export const exportShape = z.object({
  format: z.literal(1),
  /** Of the service that wrote it. */
  version: z.string(),
  takenAt: z.string(),
  /** Of which year the events and seals are; null: all. Every other table is there as it stood. */
  year: z.int().nullable(),
  tables: z.array(
    fileShape.extend({
      name: z.string(),
      rows: z.int(),
      columns: z.array(z.object({ name: z.string(), type: z.string() })),
    }),
  ),
  /** The migrations that made the tables, in order. */
  schema: z.array(fileShape),
  /** Tables, and columns as `table.column`, that hold no records of the office. */
  leftOut: z.array(z.string()),
  /** With which anybody can verify the signatures of the checkpoints: key version → SPKI PEM. */
  publicKeys: z.record(z.string(), z.string()),
})
export type ExportManifest = z.infer<typeof exportShape>

export const EXPORT_MANIFEST = 'manifest.json'
export const EXPORTED = 'system.exported'
const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url))

/** Secrets of signing in, work under way, and what is made anew from the rest. */
const LEFT_OUT = new Set([
  'sessions',
  'sign_in_attempts',
  'idempotency',
  'outbox',
  'matter_search',
  'accounts.password_hash',
  'accounts.previous_hashes',
  'api_keys.hash',
])

/**
 * Writes a folder below `to` and gives it its name when it is whole; all of one moment, while the service goes on. What
 * is sealed stays sealed.
 */
export async function writeExport(
  { db, vault }: { db: Database; vault: Vault },
  to: string,
  { at, year, version }: { at: Instant; year: number | undefined; version: string },
): Promise<{ name: string; folder: string; manifest: ExportManifest; sha256: string }> {
  const name = `banjian-export-${year ?? 'all'}-${at.slice(0, 19).replaceAll(/[-:]/g, '')}`
  const growing = await beginBackup(to, name)
  try {
    const tables = await db.bulk((client) => writeTables(client, growing, year))
    const schema: ExportManifest['schema'] = []
    await mkdir(join(growing, 'schema'))
    for (const file of (await readdir(MIGRATIONS)).filter((path) => path.endsWith('.sql')).toSorted())
      schema.push({
        path: `schema/${file}`,
        ...(await copyHashed(join(MIGRATIONS, file), join(growing, 'schema', file))),
      })
    const keys = new Set((await listCheckpoints(db)).map(({ keyId }) => keyId))
    const manifest: ExportManifest = {
      ...{ format: 1, version, takenAt: at, year: year ?? null, tables, schema, leftOut: [...LEFT_OUT] },
      publicKeys: Object.fromEntries([...keys].map((keyId) => [String(keyId), vault.publicKey(keyId)])),
    }
    const text = `${JSON.stringify(manifest, null, 1)}\n`
    await writeFile(join(growing, EXPORT_MANIFEST), text, { mode: 0o600 })
    await flushTree(growing)
    const folder = join(to, name)
    await rename(growing, folder)
    await flushFolders([to])
    return { name, folder, manifest, sha256: createHash('sha256').update(text).digest('hex') }
  } finally {
    await rm(growing, { recursive: true, force: true })
  }
}

async function writeTables(
  client: PoolClient,
  folder: string,
  year: number | undefined,
): Promise<ExportManifest['tables']> {
  const written: ExportManifest['tables'] = []
  await client.query('begin isolation level repeatable read read only')
  try {
    const { rows } = await client.query<{ table: string; name: string; type: string }>(
      `select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type
       from pg_class c join pg_attribute a on a.attrelid = c.oid
       where c.relnamespace = 'app'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
       order by c.relname, a.attnum`,
    )
    await mkdir(join(folder, 'tables'))
    for (const [table, all] of Map.groupBy(rows, (row) => row.table)) {
      if (LEFT_OUT.has(table)) continue
      const columns = all
        .filter(({ name }) => !LEFT_OUT.has(`${table}.${name}`))
        .map(({ name, type }) => ({ name, type }))
      const path = `tables/${table}.ndjson`
      const listed = columns.map(({ name }) => `r."${name}"`).join(', ')
      const file = await copyLines(client, selectOf(table, listed, year), join(folder, path))
      written.push({ name: table, path, ...file, columns })
    }
  } finally {
    await client.query('rollback')
  }
  return written
}

/** The history in the order of its chains. Of a year: of each chain what was written in it, the first with the hash before it. */
function selectOf(table: string, columns: string, year: number | undefined): string {
  if (table === 'sealed_heads') {
    const which = year === undefined ? '' : `where day between '${year}-01-01' and '${year}-12-31'`
    return `select ${columns} from app.sealed_heads r ${which} order by r.subject_id, r.seq`
  }
  if (table !== 'events') return `select ${columns} from app."${table}" r`
  if (year === undefined) return `select ${columns} from app.events r order by r.subject_id, r.seq`
  // By when they were written, which their ids tell: what an import brings happened earlier.
  return `select ${columns}, p.hash as before
    from (select subject_id, min(seq) as low, max(seq) as high from app.events
      where id >= '${idAt(year)}' and id < '${idAt(year + 1)}' group by subject_id) c
    join app.events r on r.subject_id = c.subject_id and r.seq between c.low and c.high
    left join app.events p on p.subject_id = c.subject_id and p.seq = c.low - 1 and r.seq = c.low
    order by r.subject_id, r.seq`
}

/** The least UUID of version 7 of a year. */
function idAt(year: number): string {
  const hex = epochMs(instantOf(`${year}-01-01`))
    .toString(16)
    .padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}

/** JSON holds no control characters: with two of them as quote and delimiter, COPY writes it as it is. */
async function copyLines(client: PoolClient, select: string, path: string) {
  const sum = createHash('sha256')
  let bytes = 0
  let rows = 0
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum.update(chunk)
      bytes += chunk.length
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) rows++
      done(null, chunk)
    },
  })
  const text = `copy (select row_to_json(l) from (${select}) l) to stdout (format csv, quote e'\\x01', delimiter e'\\x02')`
  await pipeline(client.query(copyTo(text)), counted, createWriteStream(path, { mode: 0o600 }))
  return { bytes, sha256: sum.digest('hex'), rows }
}
