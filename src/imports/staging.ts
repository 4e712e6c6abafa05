// Where the rows of a checked file wait for their commit: tables of their own for each import, dropped with it.
import { getTableColumns } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import * as recordTables from '../matters/record-tables.ts'
import * as matterTables from '../matters/tables.ts'
import { people } from '../people/tables.ts'
import { copyInto, copyLine, type BulkClient, type CopyValue } from '../platform/copy.ts'
import { SOURCE } from './existing.ts'
import type { History } from './history.ts'
import { importOrders, importRows } from './tables.ts'

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
        'barredIds',
        'upstreamDueAt',
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

const stagedNames = Object.keys(staged) as StagedName[]

interface Shape {
  /** Members of a row and their columns, in one order. */
  keys: readonly string[]
  columns: readonly string[]
}

function shaped(table: PgTable, without: readonly string[], more: Readonly<Record<string, string>>): Shape {
  const all = Object.entries(getTableColumns(table) as Record<string, { name: string; generated?: unknown }>)
  const kept = all.filter(([key, column]) => column.generated === undefined && !without.includes(key))
  return {
    keys: [...kept.map(([key]) => key), ...Object.keys(more)],
    columns: [...kept.map(([, column]) => column.name), ...Object.keys(more)],
  }
}

/** `rows` are not staged: they are `import_rows`, and stay. */
const shapes = new Map<StagedName | 'rows', Shape>([
  ...stagedNames.map((name) => {
    const { table, without, more }: Staged = staged[name]
    return [name, shaped(table, without, more)] as const
  }),
  ['rows', shaped(importRows, [], {})] as const,
])

function shapeOf(name: StagedName | 'rows'): Shape {
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

function memberOf(row: object, key: string): CopyValue {
  return (row as Record<string, CopyValue>)[key]
}

/** Rows on their way into the staging tables, already in the form of COPY and outside of the heap. */
export interface Staging {
  /** `own`: members that count before those of `row`; apart from it, as large objects are costly to copy. */
  add(name: StagedName | 'rows', row: object, own?: object): void
  /** Turns what was added into bytes; call it often, as strings weigh on the heap. */
  pack(): void
  /** Bytes packed since the last `take`. */
  size(): number
  /** What was packed, to be sent; begins anew. */
  take(): (client: BulkClient, importId: string) => Promise<void>
}

export function openStaging(): Staging {
  let lines = new Map<StagedName | 'rows', string[]>()
  let packed = new Map<StagedName | 'rows', Buffer[]>()
  let bytes = 0
  return {
    add(name, row, own = {}) {
      const values = shapeOf(name).keys.map((key) => memberOf(key in own ? own : row, key))
      const known = lines.get(name)
      if (known === undefined) lines.set(name, [copyLine(values)])
      else known.push(copyLine(values))
    },
    pack() {
      for (const [name, texts] of lines) {
        const buffer = Buffer.from(texts.join(''))
        bytes += buffer.length
        packed.set(name, [...(packed.get(name) ?? []), buffer])
      }
      lines = new Map()
    },
    size: () => bytes,
    take() {
      const sending = packed
      packed = new Map()
      bytes = 0
      return async (client, importId) => {
        for (const [name, buffers] of sending) {
          const table = name === 'rows' ? 'app.import_rows' : stagingTable(importId, name)
          await copyInto(client, table, shapeOf(name).columns, buffers)
        }
      }
    },
  }
}

/** What every matter of an import has in common. */
export const FIXED = { channel: 'hotline', source: SOURCE }

/** The rows beside a matter; `before`: the legs of a matter that is here already. */
export function stageHistory(
  staging: Staging,
  history: History,
  legs: History['legs'],
  before?: readonly { id: string }[],
): void {
  const fresh = before === undefined
  for (const leg of legs)
    staging.add('legs', leg, { fresh: fresh || !before.some(({ id }) => id === leg.id) })
  for (const row of history.replies) staging.add('replies', row, { fresh })
  for (const row of history.extensions) staging.add('extensions', row, { fresh })
  for (const row of history.returnRequests) staging.add('return_requests', row, { fresh })
  for (const row of history.callBacks) staging.add('call_backs', row, { fresh })
  for (const row of history.screenings) staging.add('screenings', row, { fresh })
}
