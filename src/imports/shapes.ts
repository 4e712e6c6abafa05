// The rows that imports write, by table: which columns are staged, which the commit fills in, and which members of a row they are.
import { getTableColumns } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import * as recordTables from '../matters/record-tables.ts'
import * as matterTables from '../matters/tables.ts'
import { people } from '../people/tables.ts'
import type { CopyColumn } from '../platform/copy.ts'
import { events } from '../platform/tables.ts'
import type { History } from './history.ts'
import { importOrders, importRows } from './tables.ts'

interface Staged {
  table: PgTable
  /** Known only when the import is committed. */
  late: readonly string[]
  /** Kept as the database has it. */
  kept: readonly string[]
  /** Columns of the staging table alone, with their SQL types. */
  more: Readonly<Record<string, string>>
}

const fresh = { fresh: 'boolean' }
const none = { late: [], kept: [], more: {} }

/** `fresh` rows are inserted, others update the row of their id. */
const staged = {
  matters: {
    table: matterTables.matters,
    late: ['no', 'registeredAt', 'registeredBy', 'importId', 'version', 'seq', 'head'],
    kept: ['binding', 'barredIds', 'handlerIds', 'mergedIntoId', 'mergedAt', 'stateBefore'],
    // expected: version and due of the matter when it was compared; event: the data of its event, as JSON.
    more: {
      row_no: 'integer',
      expected_version: 'integer',
      expected_due_at: 'timestamp with time zone',
      event: 'text',
    },
  },
  people: {
    ...none,
    table: people,
    late: ['createdAt', 'version'],
    more: { ...fresh, expected_version: 'integer' },
  },
  legs: { ...none, table: matterTables.legs, kept: ['warnedAt', 'redAt', 'overdueAt'], more: fresh },
  replies: { ...none, table: recordTables.replies },
  extensions: { ...none, table: recordTables.extensions },
  return_requests: { ...none, table: recordTables.returnRequests },
  call_backs: { ...none, table: recordTables.callBacks },
  screenings: { ...none, table: recordTables.screenings },
  import_orders: {
    ...none,
    table: importOrders,
    late: ['importId', 'version', 'seenAt'],
    more: { expected_version: 'integer' },
  },
} as const satisfies Record<string, Staged>

export type StagedName = keyof typeof staged

export const stagedNames = Object.keys(staged) as StagedName[]

function shaped(
  table: PgTable,
  without: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
): CopyColumn[] {
  const found = Object.entries(getTableColumns(table)).filter(
    ([key, column]) => column.generated === undefined && !without.includes(key),
  )
  return [
    ...found.map(([key, column]) => ({ key, name: column.name, type: column.getSQLType() })),
    ...Object.entries(more).map(([name, type]) => ({ key: name, name, type })),
  ]
}

const shapesOf = (shape: (of: Staged) => CopyColumn[]) =>
  Object.fromEntries(stagedNames.map((name) => [name, shape(staged[name])])) as Record<
    StagedName,
    CopyColumn[]
  >
/** Of the staging tables. */
export const wholeShapes = shapesOf(({ table, late, kept, more }) => shaped(table, [...late, ...kept], more))
/** Of what staging tables share with their targets. */
const sharedShapes = shapesOf(({ table, late, kept }) => shaped(table, [...late, ...kept]))
/** Of rows that the commit writes as they are. */
export const writtenShapes = shapesOf(({ table, kept }) => shaped(table, kept))
/** Of the report on a file, which stays. */
export const reportShape = shaped(importRows)
export const eventShape = shaped(events)

/** The columns that a staging table shares with its target. */
export function sharedColumns(name: StagedName): readonly string[] {
  return sharedShapes[name].map((column) => column.name)
}

/** The columns of a staging table as SQL, with those of its own. */
export function stagedColumns(name: StagedName): string {
  const own = Object.entries(staged[name].more).map(([column, type]) => `null::${type} as ${column}`)
  return [...sharedColumns(name).map((column) => `"${column}"`), ...own].join(', ')
}

/** The rows beside a matter and its legs, each with its table. */
export function recordsOf(history: History): [StagedName, object][] {
  const { replies, extensions, returnRequests, callBacks, screenings } = history
  const rows = { replies, extensions, return_requests: returnRequests, call_backs: callBacks, screenings }
  return Object.entries(rows).flatMap(([name, each]) =>
    each.map((row): [StagedName, object] => [name as StagedName, row]),
  )
}
