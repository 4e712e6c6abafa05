// A migrated database of its own for a test file, cloned from the template in a tenth of a second.
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

export interface ClonedDatabase {
  url: string
  /** Ends what is still connected to it; end your own pools before, or they report the loss. */
  drop(): Promise<void>
}

/** In `beforeAll`: `database = await cloneDatabase()`; in `afterAll`: `await database.drop()`. */
export async function cloneDatabase(): Promise<ClonedDatabase> {
  const { server, template, run } = inject('database')
  const name = `${run}_${randomBytes(4).toString('hex')}`
  await onServer(server, `create database ${name} template ${template} strategy wal_log`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => onServer(server, `drop database if exists ${name} with (force)`) }
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
