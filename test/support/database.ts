// A migrated database of its own for a test file, cloned from the template in a tenth of a second.
import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { dropDatabase, onServer } from './server.ts'

export interface ClonedDatabase {
  url: string
  /** Ends what is still connected to it; end your own pools before, or they report the loss. */
  drop(): Promise<void>
}

/** In `beforeAll`: `database = await cloneDatabase()`; in `afterAll`: `await database.drop()`. */
export async function cloneDatabase(): Promise<ClonedDatabase> {
  const { server, template, run } = inject('database')
  const name = `${run}_${randomBytes(4).toString('hex')}`
  await onServer(server, (client) =>
    client.query(`create database ${name} template ${template} strategy wal_log`),
  )
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => onServer(server, (client) => dropDatabase(client, name)) }
}
