// Walks every table and b-tree of an embedded database: what the checksum of a page alone does not show.
import { openHome, type HomeOptions } from './embedded-home.ts'
import { findServer, superuser } from './embedded-server.ts'

interface Relation {
  name: string
  index: boolean
}

// Every one that can be checked: of a table all pages, of an index its order and that no row is missing from it.
const RELATIONS = `select c.oid::regclass::text as name, c.relkind = 'i' as index
  from pg_class c left join pg_index i on i.indexrelid = c.oid left join pg_am a on a.oid = c.relam
  where c.relpersistence = 'p' and (c.relkind in ('r', 't', 'm') and a.amname = 'heap'
    or c.relkind = 'i' and a.amname = 'btree' and i.indisvalid and i.indisready)
  order by c.oid`

/** Of the server that runs for `options.dataDir`; loads it fully, so it is for one that does no other work. */
export async function findDamage(options: HomeOptions): Promise<{ checked: number; damaged: string[] }> {
  const home = await openHome(options)
  const server = await findServer(home)
  if (server === undefined) throw new Error(`no database server runs for ${home.folder}`)
  const client = superuser(home, server.port, 'banjian')
  await client.connect()
  try {
    await client.query('set client_min_messages = warning')
    await client.query('create extension if not exists amcheck')
    const { rows } = await client.query<Relation>(RELATIONS)
    const damaged: string[] = []
    for (const { name, index } of rows) {
      try {
        const text = index
          ? 'select bt_index_check($1::regclass, true)'
          : 'select from verify_heapam($1::regclass) limit 1'
        const found = await client.query(text, [name])
        if (!index && found.rows.length > 0) damaged.push(name)
      } catch (error) {
        if (!isFinding(error)) throw error
        damaged.push(name)
      }
    }
    return { checked: rows.length, damaged }
  } finally {
    await client.end()
  }
}

/** index_corrupted and data_corrupted. */
function isFinding(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'XX002' || error.code === 'XX001')
}
