// Where what a checked file brings waits for its commit: tables of their own for each import, dropped with it.
import { getTableColumns } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import * as recordTables from '../matters/record-tables.ts'
import * as matterTables from '../matters/tables.ts'
import { people } from '../people/tables.ts'
import { copyInto, copyLine, type BulkClient, type CopyValue } from '../platform/copy.ts'
import type { EventData } from '../platform/events.ts'
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
 * What is staged of changed orders, by the name of its staging table; new orders wait in the table `ready`. `fresh` rows are
 * inserted, others update the row of their id. They are unlogged: a crash of the server empties them, which the commit
 * notices and has the file checked again.
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
  replies: { table: recordTables.replies, without: [], more: {} },
  extensions: { table: recordTables.extensions, without: [], more: {} },
  return_requests: { table: recordTables.returnRequests, without: [], more: {} },
  call_backs: { table: recordTables.callBacks, without: [], more: {} },
  screenings: { table: recordTables.screenings, without: [], more: {} },
  import_orders: {
    table: importOrders,
    without: ['importId', 'version', 'seenAt'],
    more: { expected_version: 'integer' },
  },
} as const satisfies Record<string, Staged>

export type StagedName = keyof typeof staged

const stagedNames = Object.keys(staged) as StagedName[]

/** What of a new order waits as lines: its rows, and the data of its event as `id`, tab, JSON. */
export type ReadyName = StagedName | 'events'

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

type Shapes = Record<StagedName, Shape>
const shapesOf = (shape: (staged: Staged) => Shape) =>
  Object.fromEntries(stagedNames.map((name) => [name, shape(staged[name])])) as Shapes
/** Of the staging tables. */
const whole = shapesOf(({ table, without, more }) => shaped(table, without, more))
/** What they share with their targets. */
const shared = shapesOf(({ table, without }) => shaped(table, without, {}))
/** Not staged: the report's rows stay. */
const reported = shaped(importRows, [], {})

/** The columns that a staging table shares with its target; lines that are ready have them in this order. */
export function sharedColumns(name: StagedName): readonly string[] {
  return shared[name].columns
}

/** A staging table of an import, with its schema; `ready` has the lines of new orders. */
export function stagingTable(importId: string, name: StagedName | 'ready'): string {
  if (!/^[0-9a-f-]{36}$/.test(importId)) throw new TypeError('not an id')
  return `staging.i${importId.replaceAll('-', '')}_${name}`
}

export async function createStaging(client: BulkClient, importId: string): Promise<void> {
  await dropStaging(client, importId)
  for (const name of stagedNames) {
    const columns = sharedColumns(name).map((column) => `"${column}"`)
    const own = Object.entries(staged[name].more).map(([column, type]) => `null::${type} as ${column}`)
    await client.query(
      `create unlogged table ${stagingTable(importId, name)} as select ${[...columns, ...own].join(', ')} from app.${name} with no data`,
    )
  }
  const ready = stagingTable(importId, 'ready')
  await client.query(
    `create unlogged table ${ready} (chunk integer not null, name text not null, rows integer not null, lines text not null)`,
  )
  // They are read once and soon: to compress them costs more than to write them.
  await client.query(`alter table ${ready} alter column lines set storage external`)
}

export async function dropStaging(client: Pick<BulkClient, 'query'>, importId: string): Promise<void> {
  const tables = ([...stagedNames, 'ready'] as const).map((name) => stagingTable(importId, name))
  await client.query(`drop table if exists ${tables.join(', ')}`)
}

/** Rows on their way into the staging tables, already in the form of COPY and outside of the heap. */
export interface Staging {
  /** A row of the report. */
  report(row: object): void
  /** A row of a changed order. `own`: members that count before those of `row`; apart from it, as large objects are costly to copy. */
  add(name: StagedName, row: object, own?: object): void
  /** A row of a new order, as it will be written but for what only the commit knows. */
  ready(name: StagedName, row: object, own?: object): void
  /** The data of the event of a new order, in the order of its matters. */
  event(matterId: string, data: EventData): void
  /** Turns what was added into bytes; call it often, as strings weigh on the heap. */
  pack(): void
  /** Bytes packed since the last `take`. */
  size(): number
  /** What was packed, to be sent; begins anew. */
  take(): (client: BulkClient, importId: string) => Promise<void>
}

export function openStaging(): Staging {
  const rows = openLines<'rows'>()
  const changed = openLines<StagedName>()
  const ready = openLines<ReadyName>()
  let chunk = 0
  return {
    report: (row) => rows.add('rows', lineOf(reported.keys, row, NOTHING)),
    add: (name, row, own = NOTHING) => changed.add(name, lineOf(whole[name].keys, row, own)),
    ready: (name, row, own = NOTHING) => ready.add(name, lineOf(shared[name].keys, row, own)),
    // JSON holds neither tab nor line end as such.
    event: (matterId, data) => ready.add('events', `${matterId}\t${JSON.stringify(data)}\n`),
    pack() {
      for (const lines of [rows, changed, ready]) lines.pack()
    },
    size: () => rows.size() + changed.size() + ready.size(),
    take() {
      const [told, touched, fresh] = [rows.take(), changed.take(), ready.take()]
      chunk += 1
      const no = chunk
      return async (client, importId) => {
        for (const { bytes } of told) await copyInto(client, 'app.import_rows', reported.columns, [bytes])
        for (const { name, bytes } of touched)
          await copyInto(client, stagingTable(importId, name), whole[name].columns, [bytes])
        for (const { name, rows: count, bytes } of fresh)
          await client.query(`insert into ${stagingTable(importId, 'ready')} values ($1, $2, $3, $4)`, [
            ...[no, name, count, bytes],
          ])
      }
    },
  }
}

const NOTHING = {}

function lineOf(keys: readonly string[], row: object, own: object): string {
  return copyLine(keys.map((key) => (key in own ? own : row)[key as never] as CopyValue))
}

interface Packed<N> {
  name: N
  rows: number
  bytes: Buffer
}

/** Lines by the name of what they are rows of. */
function openLines<N extends string>() {
  let lines = new Map<N, string[]>()
  let packed = new Map<N, { rows: number; buffers: Buffer[] }>()
  let bytes = 0
  return {
    add(name: N, line: string): void {
      const known = lines.get(name)
      if (known === undefined) lines.set(name, [line])
      else known.push(line)
    },
    pack(): void {
      for (const [name, texts] of lines) {
        const buffer = Buffer.from(texts.join(''))
        bytes += buffer.length
        const known = packed.get(name)
        packed.set(name, {
          rows: (known?.rows ?? 0) + texts.length,
          buffers: [...(known?.buffers ?? []), buffer],
        })
      }
      lines = new Map()
    },
    size: () => bytes,
    take(): Packed<N>[] {
      const taken = [...packed].map(([name, { rows, buffers }]) => ({
        name,
        rows,
        bytes: Buffer.concat(buffers),
      }))
      packed = new Map()
      bytes = 0
      return taken
    },
  }
}

/** What every matter of an import has in common. */
export const FIXED = { channel: 'hotline', source: SOURCE }

/** The rows beside a new matter. */
export function stageHistory(staging: Staging, history: History): void {
  stageRows(history, (name, row) => staging.ready(name, row))
  for (const leg of history.legs) staging.ready('legs', leg)
}

/** The rows beside a changed matter: of its legs only those that have changed, `before` are those that are here already. */
export function stageChanges(
  staging: Staging,
  history: History,
  legs: History['legs'],
  before: readonly { id: string }[],
): void {
  stageRows(history, (name, row) => staging.add(name, row))
  for (const leg of legs) staging.add('legs', leg, { fresh: !before.some(({ id }) => id === leg.id) })
}

function stageRows(history: History, stage: (name: StagedName, row: object) => void): void {
  for (const row of history.replies) stage('replies', row)
  for (const row of history.extensions) stage('extensions', row)
  for (const row of history.returnRequests) stage('return_requests', row)
  for (const row of history.callBacks) stage('call_backs', row)
  for (const row of history.screenings) stage('screenings', row)
}
