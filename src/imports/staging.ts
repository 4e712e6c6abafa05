// Where the rows of a checked file wait for their commit: tables of their own for each import, dropped with it.
import { getTableColumns } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import * as recordTables from '../matters/record-tables.ts'
import * as matterTables from '../matters/tables.ts'
import { people } from '../people/tables.ts'
import { copyInto, copyLine, type BulkClient, type CopyValue } from '../platform/copy.ts'
import { importOrders } from './tables.ts'

interface Staged {
  table: PgTable
  /** Filled when the import is committed, or kept as the database has it. */
  without: readonly string[]
  /** Columns of the staging table alone, with their SQL types. */
  more: Readonly<Record<string, string>>
}

const fresh = { fresh: 'boolean' }

/**
 * What is staged, by the name of its staging table. `fresh` rows are inserted, others update the row of their id. They are
 * unlogged: a crash of the server empties them, which the commit notices and has the file checked again.
 */
const staged = {
  matters: {
    table: matterTables.matters,
    without: [
      ...[
        'no',
        'registeredAt',
        'registeredBy',
        'binding',
        'handlerIds',
        'importId',
        'mergedIntoId',
        'mergedAt',
      ],
      ...['stateBefore', 'version', 'seq', 'head'],
    ],
    // expected: version and due of the matter when it was compared; event: the data of its event, as JSON.
    more: {
      ...fresh,
      row_no: 'integer',
      expected_version: 'integer',
      expected_due_at: 'timestamptz',
      event: 'text',
    },
  },
  people: {
    table: people,
    without: ['createdAt', 'version'],
    more: { ...fresh, expected_version: 'integer' },
  },
  legs: { table: matterTables.legs, without: ['warnedAt', 'redAt', 'overdueAt'], more: fresh },
  replies: { table: recordTables.replies, without: [], more: fresh },
  extensions: { table: recordTables.extensions, without: [], more: fresh },
  return_requests: { table: recordTables.returnRequests, without: [], more: fresh },
  call_backs: { table: recordTables.callBacks, without: [], more: fresh },
  screenings: { table: recordTables.screenings, without: [], more: fresh },
  import_orders: {
    table: importOrders,
    without: ['importId', 'version', 'seenAt'],
    more: { ...fresh, expected_version: 'integer' },
  },
} as const satisfies Record<string, Staged>

export type StagedName = keyof typeof staged

export const stagedNames = Object.keys(staged) as StagedName[]

interface Shape {
  /** Members of a row and their columns, in one order. */
  keys: readonly string[]
  columns: readonly string[]
}

const shapes = new Map<StagedName, Shape>(
  stagedNames.map((name) => {
    const { table, without, more }: Staged = staged[name]
    const all = Object.entries(
      getTableColumns(table) as Record<string, { name: string; generated?: unknown }>,
    )
    const kept = all.filter(([key, column]) => column.generated === undefined && !without.includes(key))
    return [
      name,
      {
        keys: [...kept.map(([key]) => key), ...Object.keys(more)],
        columns: [...kept.map(([, column]) => column.name), ...Object.keys(more)],
      },
    ]
  }),
)

function shapeOf(name: StagedName): Shape {
  const shape = shapes.get(name)
  if (shape === undefined) throw new Error(`${name} is not staged`)
  return shape
}

/** The columns that a staging table shares with its target. */
export function sharedColumns(name: StagedName): string[] {
  const more: Readonly<Record<string, string>> = staged[name].more
  return shapeOf(name).columns.filter((column) => !(column in more))
}

/** The staging table of an import, with its schema. */
export function stagingTable(importId: string, name: StagedName): string {
  if (!/^[0-9a-f-]{36}$/.test(importId)) throw new TypeError('not an id')
  return `staging.i${importId.replaceAll('-', '')}_${name}`
}

export async function createStaging(client: BulkClient, importId: string): Promise<void> {
  await dropStaging(client, importId)
  for (const name of stagedNames) {
    const shared = sharedColumns(name).map((column) => `"${column}"`)
    const own = Object.entries(staged[name].more).map(([column, type]) => `null::${type} as ${column}`)
    await client.query(
      `create unlogged table ${stagingTable(importId, name)} as select ${[...shared, ...own].join(', ')} from app.${name} with no data`,
    )
  }
}

export async function dropStaging(client: Pick<BulkClient, 'query'>, importId: string): Promise<void> {
  const tables = stagedNames.map((name) => stagingTable(importId, name))
  await client.query(`drop table if exists ${tables.join(', ')}`)
}

/** Lines for COPY of one batch, by staging table. */
export interface Batch {
  add(name: StagedName, row: object): void
  /** Sends them, one table after the other; nothing else may use the connection meanwhile. */
  send(client: BulkClient, importId: string): Promise<void>
}

export function newBatch(): Batch {
  const lines = new Map<StagedName, string>()
  return {
    add(name, row) {
      const values = shapeOf(name).keys.map((key) => (row as Record<string, CopyValue>)[key])
      lines.set(name, (lines.get(name) ?? '') + copyLine(values))
    },
    async send(client, importId) {
      for (const [name, text] of lines)
        await copyInto(client, stagingTable(importId, name), shapeOf(name).columns, text)
    },
  }
}
