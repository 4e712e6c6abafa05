// Where what a checked file brings waits for its commit: tables of their own for each import, dropped with it.
import { Bytes } from '../platform/bytes.ts'
import { copyRows, type BulkClient, type CopyRows } from '../platform/copy.ts'
import type { History } from './history.ts'
import type { Order } from './order.ts'
import { recordsOf, reportShape, stagedColumns, stagedNames, wholeShapes, type StagedName } from './shapes.ts'

/** A new order as it waits: the commit makes its matter of it, while the database writes those before. */
export interface ReadyOrder extends ReadyFacts {
  order: Order
}

export interface ReadyFacts {
  matterId: string
  /** In the file. */
  row: number
  /** `person`: the row of the caller, sealed; its bytes and the digest in base64. */
  caller: { id: string; digest: string; person: object } | null
}

/** A staging table of an import, with its schema; `ready` has `ReadyOrder`s as lines of JSON, the others what changes. */
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
    `create unlogged table ${ready} (chunk integer primary key, rows integer not null, lines text not null)`,
  )
  // They are read once and soon: to compress them costs more than to write them.
  await client.query(`alter table ${ready} alter column lines set storage external`)
}

/** Whether they are there, and as this version makes them: an upgrade may have come since the check. */
export async function hasStaging(client: BulkClient, importId: string): Promise<boolean> {
  const wanted = [
    [stagingTable(importId, 'ready'), 'lines'],
    ...stagedNames.flatMap((name) =>
      wholeShapes[name].map((column) => [stagingTable(importId, name), column.name]),
    ),
  ]
  const { rows } = await client.query<{ there: boolean }>(
    `select bool_and(a.attname is not null) as there from unnest($1::text[], $2::text[]) as w (of, name)
     left join pg_attribute a on a.attrelid = to_regclass(w.of) and a.attname = w.name and not a.attisdropped`,
    [wanted.map(([of]) => of), wanted.map(([, name]) => name)],
  )
  return rows[0]?.there === true
}

export async function dropStaging(client: Pick<BulkClient, 'query'>, importId: string): Promise<void> {
  const tables = ([...stagedNames, 'ready'] as const).map((name) => stagingTable(importId, name))
  await client.query(`drop table if exists ${tables.join(', ')}`)
}

/** Rows on their way into the staging tables. */
export interface Staging {
  /** A row of the report. */
  report(row: object): void
  /** A row of a changed order; `own` as in `CopyRows`. */
  add(name: StagedName, row: object, own?: object): void
  /** A new order; `order` is its JSON. */
  order(ready: ReadyFacts, order: Buffer): void
  /** Bytes since the last `send`. */
  size(): number
  /** Sends what was added. More may be added meanwhile, but not sent. */
  send(client: BulkClient, importId: string): Promise<void>
}

/** Bytes of orders in one row of `ready`: what is read at once stays small, and what it is read into, too. */
const CHUNK = 64 * 1024

const READY = [
  { name: 'chunk', key: 'chunk', type: 'integer' },
  { name: 'rows', key: 'rows', type: 'integer' },
  { name: 'lines', key: 'lines', type: 'text' },
]

export function openStaging(): Staging {
  const report = copyRows(reportShape)
  const changed = new Map<StagedName, CopyRows>()
  const ready = copyRows(READY)
  const lines = new Bytes()
  let [chunk, rows] = [0, 0]

  function endChunk(): void {
    if (rows === 0) return
    chunk += 1
    ready.add({ chunk, rows, lines: lines.whole() })
    rows = lines.end = 0
  }

  return {
    report: (row) => report.add(row),
    add(name, row, own) {
      const waiting = changed.get(name) ?? copyRows(wholeShapes[name])
      changed.set(name, waiting)
      waiting.add(row, own)
    },
    // JSON holds no line end as such.
    order(facts, order) {
      rows += 1
      lines.text(`${JSON.stringify(facts).slice(0, -1)},"order":`)
      lines.bytes(order)
      lines.text('}\n')
      if (lines.end >= CHUNK) endChunk()
    },
    size: () =>
      [...changed.values(), report].reduce((sum, each) => sum + each.size(), ready.size() + lines.end),
    async send(client, importId) {
      endChunk()
      await report.send(client, 'app.import_rows')
      for (const [name, each] of changed) await each.send(client, stagingTable(importId, name))
      await ready.send(client, stagingTable(importId, 'ready'))
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
