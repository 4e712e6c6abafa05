// Where what a checked file brings waits for its commit: tables of their own for each import, dropped with it.
import { copyInto, type BulkClient } from '../platform/copy.ts'
import type { History } from './history.ts'
import type { Order } from './order.ts'
import {
  lineOf,
  recordsOf,
  reportShape,
  sharedShapes,
  stagedColumns,
  stagedNames,
  wholeShapes,
  type StagedName,
} from './shapes.ts'

/** A new order as it waits: the commit makes its matter of it, while the database writes those before. */
export interface ReadyOrder {
  matterId: string
  /** In the file. */
  row: number
  personId: string | null
  /** Digest of the caller, in hex. */
  caller: string | null
  order: Order
}

/** What of new orders waits as lines: their people, sealed and in the form of COPY, and `ReadyOrder`s as JSON. */
export type ReadyName = 'people' | 'orders'

/** A staging table of an import, with its schema; `ready` has the lines of new orders, the others what changes. */
export function stagingTable(importId: string, name: StagedName | 'ready'): string {
  if (!/^[0-9a-f-]{36}$/.test(importId)) throw new TypeError('not an id')
  return `staging.i${importId.replaceAll('-', '')}_${name}`
}

/** They are unlogged: a crash of the server empties them, which the commit notices and has the file checked again. */
export async function createStaging(client: BulkClient, importId: string): Promise<void> {
  await dropStaging(client, importId)
  for (const name of stagedNames) {
    await client.query(
      `create unlogged table ${stagingTable(importId, name)} as select ${stagedColumns(name)} from app.${name} with no data`,
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
  /** A row of a changed order; `own` as in `lineOf`. */
  add(name: StagedName, row: object, own?: object): void
  /** The person of a new order. */
  person(row: object): void
  order(ready: ReadyOrder): void
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
    report: (row) => rows.add('rows', lineOf(reportShape, row)),
    add: (name, row, own) => changed.add(name, lineOf(wholeShapes[name], row, own)),
    person: (row) => ready.add('people', lineOf(sharedShapes.people, row)),
    // JSON holds no line end as such.
    order: (order) => ready.add('orders', `${JSON.stringify(order)}\n`),
    pack() {
      for (const lines of [rows, changed, ready]) lines.pack()
    },
    size: () => rows.size() + changed.size() + ready.size(),
    take() {
      const [told, touched, fresh] = [rows.take(), changed.take(), ready.take()]
      chunk += 1
      const no = chunk
      return async (client, importId) => {
        for (const { bytes } of told) await copyInto(client, 'app.import_rows', reportShape.columns, [bytes])
        for (const { name, bytes } of touched)
          await copyInto(client, stagingTable(importId, name), wholeShapes[name].columns, [bytes])
        for (const { name, rows: count, bytes } of fresh)
          await client.query(`insert into ${stagingTable(importId, 'ready')} values ($1, $2, $3, $4)`, [
            ...[no, name, count, bytes],
          ])
      }
    },
  }
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

/** The rows beside a changed matter: of its legs only those that have changed; `before` are those that are here already. */
export function stageChanges(
  staging: Staging,
  history: History,
  legs: History['legs'],
  before: readonly { id: string }[],
): void {
  for (const [name, row] of recordsOf(history)) staging.add(name, row)
  for (const leg of legs) staging.add('legs', leg, { fresh: !before.some(({ id }) => id === leg.id) })
}
