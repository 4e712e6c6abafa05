// Statements on the test server itself, outside of any one database.
import pg from 'pg'

/**
 * Drops a database and ends our own connections to it. `with (force)` would ask for the right to end an autovacuum
 * that happens to be at work there, which only a superuser has; without it the server sends that one away itself.
 */
export async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = current_user`,
    [name],
  )
  await client.query(`drop database if exists ${name}`)
}

export async function onServer(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
