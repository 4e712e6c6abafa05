// Writes the new orders of a checked import: their lines wait ready for COPY, and get here what only the commit knows.
import type { Actor } from '../platform/actor.ts'
import { copyInto, copyLine, type BulkClient, type CopyValue } from '../platform/copy.ts'
import { constraintOf, statement, type Db, type Tx } from '../platform/db.ts'
import type { ImportRecord } from './records.ts'
import { seal, sendEvents } from './sealing.ts'
import { sharedColumns, stagingTable, type ReadyName, type StagedName } from './staging.ts'

/**
 * `taken`: somebody has registered one of the orders since the check; the transaction has failed. `db` reads what waits, as
 * the transaction's own connection is busy writing; `numbered` is what the numbers of the matters begin with.
 */
export async function writeReady(
  tx: Tx,
  client: BulkClient,
  actor: Actor,
  { db, record, numbered }: { db: Db; record: ImportRecord; numbered: string },
): Promise<'written' | 'taken'> {
  const ready = stagingTable(record.id, 'ready')
  const { rows } = await client.query<{ last: number }>(
    `select coalesce(max(chunk), 0) as last from ${ready}`,
  )
  const last = rows[0]?.last ?? 0
  const read = (no: number) => (no > last ? NONE : readChunk(db, ready, no))
  let next = read(1)
  let sending: Promise<void> = Promise.resolve()
  try {
    for (let no = 1; no <= last; no++) {
      // While the server takes one chunk, the next is read and sealed.
      const copies = await complete(await next, { tx, actor, record, numbered })
      next = read(no + 1)
      next.catch(() => undefined) // awaited in the next round, unless the server refuses what is sent
      await sending
      sending = send(client, copies)
      sending.catch(() => undefined) // awaited in the next round or at the end
    }
    await sending
  } catch (error) {
    if (constraintOf(error) === 'matters_external') return 'taken'
    throw error
  }
  return 'written'
}

interface Chunk {
  lines: Map<ReadyName, string>
  /** Of the matters, in their order. */
  numbers: number[]
}

const NONE = Promise.resolve<Chunk>({ lines: new Map(), numbers: [] })

async function readChunk(db: Db, ready: string, no: number): Promise<Chunk> {
  const rows = await db.query<{ name: ReadyName; rows: number; lines: string }>(
    { name: '', text: `select name, rows, lines from ${ready} where chunk = $1` },
    [no],
  )
  const numbers = await nextNumbers(db, [rows.find(({ name }) => name === 'matters')?.rows ?? 0])
  return { lines: new Map(rows.map(({ name, lines }) => [name, lines])), numbers: numbers.map(({ n }) => n) }
}

const nextNumbers = statement<{ n: number }>(
  'imports.numbers',
  `select nextval('matter_numbers') as n from generate_series(1, $1)`,
)

/** What a chunk is on its way into the tables. */
interface Copies {
  events: string
  rows: { name: StagedName; columns: readonly string[]; lines: string }[]
}

/** What only the commit knows of a row: its columns, and their values for the row at this place. */
interface More {
  columns: readonly string[]
  values(i: number): CopyValue[]
}

async function complete(
  { lines, numbers }: Chunk,
  setting: { tx: Tx; actor: Actor; record: ImportRecord; numbered: string },
): Promise<Copies> {
  const { tx, actor, record, numbered } = setting
  const toSeal = rowsOf(lines.get('events')).map((line) => {
    const tab = line.indexOf('\t')
    return { id: line.slice(0, tab), event: line.slice(tab + 1), seq: 0, head: null }
  })
  const { events, heads } = await seal(tx, actor, 'matter.import', toSeal)
  const told = [record.id, 1, record.asOf ?? tx.now]
  const more: Partial<Record<ReadyName, More>> = {
    people: { columns: ['created_at', 'version'], values: () => [tx.now, 1] },
    import_orders: { columns: ['import_id', 'version', 'seen_at'], values: () => told },
    matters: {
      columns: ['no', 'seq', 'head', 'registered_at', 'registered_by', 'import_id', 'version'],
      values(i) {
        const no = `${numbered}-${String(numbers[i]).padStart(6, '0')}`
        return [no, heads[i]?.seq, heads[i]?.head, tx.now, actor.id, record.id, 1]
      },
    },
  }
  const rows: Copies['rows'] = []
  for (const [name, text] of lines) {
    if (name === 'events') continue
    const columns = sharedColumns(name)
    const own = more[name]
    if (own === undefined) rows.push({ name, columns, lines: text })
    else {
      const longer = rowsOf(text).map((line, i) => `${line}\t${copyLine(own.values(i))}`)
      rows.push({ name, columns: [...columns, ...own.columns], lines: longer.join('') })
    }
  }
  return { events, rows }
}

function rowsOf(lines = ''): string[] {
  return lines === '' ? [] : lines.slice(0, -1).split('\n')
}

async function send(client: BulkClient, { events, rows }: Copies): Promise<void> {
  for (const { name, columns, lines } of rows) await copyInto(client, `app.${name}`, columns, lines)
  await sendEvents(client, events)
}
