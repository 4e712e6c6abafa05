// Writes the new orders of a checked import: their lines wait ready for COPY, and get here what only the commit knows.
import type { Actor } from '../platform/actor.ts'
import { copyInto, copyLine, type BulkClient, type CopyValue } from '../platform/copy.ts'
import { constraintOf, type Tx } from '../platform/db.ts'
import type { ImportRecord } from './records.ts'
import { seal, sendEvents } from './sealing.ts'
import { sharedColumns, stagingTable, type ReadyName, type StagedName } from './staging.ts'

/** `taken`: somebody has registered one of the orders since the check; the transaction has failed. `numbered`: what numbers begin with. */
export async function writeReady(
  tx: Tx,
  client: BulkClient,
  actor: Actor,
  { record, numbered }: { record: ImportRecord; numbered: string },
): Promise<'written' | 'taken'> {
  const ready = stagingTable(record.id, 'ready')
  const { rows } = await client.query<{ last: number }>(
    `select coalesce(max(chunk), 0) as last from ${ready}`,
  )
  const last = rows[0]?.last ?? 0
  let sending: Promise<void> = Promise.resolve()
  try {
    let next = await readChunk(client, ready, 1)
    for (let no = 1; no <= last; no++) {
      // While the server takes one chunk, the next is sealed.
      const copies = await complete(next, { tx, actor, record, numbered })
      await sending
      if (no < last) next = await readChunk(client, ready, no + 1)
      sending = send(client, copies)
      sending.catch(() => undefined) // awaited with the next chunk or at the end
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

async function readChunk(client: BulkClient, ready: string, no: number): Promise<Chunk> {
  const { rows } = await client.query<{ name: ReadyName; rows: number; lines: string }>(
    `select name, rows, lines from ${ready} where chunk = $1`,
    [no],
  )
  const { rows: numbers } = await client.query<{ n: number }>(
    `select nextval('app.matter_numbers') as n from generate_series(1, $1)`,
    [rows.find(({ name }) => name === 'matters')?.rows ?? 0],
  )
  return { lines: new Map(rows.map(({ name, lines }) => [name, lines])), numbers: numbers.map(({ n }) => n) }
}

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
