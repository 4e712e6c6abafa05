// Brings a database to the current schema: extensions, migrations and the queue's own tables, one starter at a time.
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url))
const LOCK = 5_108_020_001

/** Safe to call from several processes at once: they take turns under an advisory lock. */
export async function migrate(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    options: '-c TimeZone=Asia/Shanghai -c client_min_messages=warning',
  })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await runMigrations(drizzle(client), {
      migrationsFolder: MIGRATIONS,
      migrationsSchema: 'app',
      migrationsTable: 'migrations',
    })
  } finally {
    await client.end()
  }
}

/** Migrations on disk against those applied; readiness asks. */
export async function pendingMigrations(query: (text: string) => Promise<{ n: number }[]>): Promise<number> {
  const { default: journal } = await import('../../migrations/meta/_journal.json', { with: { type: 'json' } })
  const [applied] = await query('select count(*)::int as n from app.migrations')
  return journal.entries.length - (applied?.n ?? 0)
}
