// Writes the new orders of a checked import: makes their matters and sends them with COPY, one chunk while the next is made.
import { setImmediate } from 'node:timers/promises'
import type { Actor } from '../platform/actor.ts'
import { copyInto, type BulkClient } from '../platform/copy.ts'
import { constraintOf, statement, type Db, type Tx } from '../platform/db.ts'
import type { EventData } from '../platform/events.ts'
import { FIXED } from './existing.ts'
import { derive } from './history.ts'
import type { ImportRecord } from './records.ts'
import { seal, sendEvents } from './sealing.ts'
import { lineOf, recordsOf, sharedColumns, stagedNames, writtenShapes, type StagedName } from './shapes.ts'
import { snapshotOf, writeSnapshot } from './snapshot.ts'
import { stagingTable, type ReadyName, type ReadyOrder } from './staging.ts'

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
      // While the server takes one chunk, the next is read and made.
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
  } finally {
    await sending.catch(() => undefined)
  }
  return 'written'
}

interface Chunk {
  lines: Map<ReadyName, string>
  /** For the orders, in their order. */
  numbers: number[]
}

const NONE = Promise.resolve<Chunk>({ lines: new Map(), numbers: [] })

async function readChunk(db: Db, ready: string, no: number): Promise<Chunk> {
  const rows = await db.query<{ name: ReadyName; rows: number; lines: string }>(
    { name: '', text: `select name, rows, lines from ${ready} where chunk = $1` },
    [no],
  )
  const numbers = await nextNumbers(db, [rows.find(({ name }) => name === 'orders')?.rows ?? 0])
  return { lines: new Map(rows.map(({ name, lines }) => [name, lines])), numbers: numbers.map(({ n }) => n) }
}

const nextNumbers = statement<{ n: number }>(
  'imports.numbers',
  `select nextval('matter_numbers') as n from generate_series(1, $1)`,
)

/** What a chunk is on its way into the tables: lines for COPY. */
interface Copies {
  events: string
  rows: Map<StagedName, string>
}

interface Setting {
  tx: Tx
  actor: Actor
  record: ImportRecord
  numbered: string
}

/** Orders between two breaths of the event loop, in which what was made before goes on being sent. */
const BREATH = 5

async function complete({ lines, numbers }: Chunk, setting: Setting): Promise<Copies> {
  const { tx, actor, record, numbered } = setting
  const same = {
    ...FIXED,
    ...{ registeredAt: tx.now, registeredBy: actor.id, importId: record.id, version: 1 },
  }
  const seenAt = record.asOf ?? tx.now
  const events: string[] = []
  const rows = new Map<StagedName, string[]>(stagedNames.map((name) => [name, []]))
  const add = (name: StagedName, row: object, own?: object) =>
    void rows.get(name)?.push(lineOf(writtenShapes[name], row, own))

  // The check has sealed them, and could not know when they would come.
  const people = lines.get('people')?.replaceAll('\n', `\t${tx.now}\t1\n`)
  if (people !== undefined) rows.set('people', [people])
  for (const [i, line] of rowsOf(lines.get('orders')).entries()) {
    if (i % BREATH === BREATH - 1) await setImmediate()
    const { matterId: id, row, personId, caller, order } = JSON.parse(line) as ReadyOrder
    const history = derive(order, { matterId: id, legs: [], seenAt: null })
    const data: EventData = {
      ...{ imported: true, importId: record.id, row, externalNo: order.externalNo },
      ...{ to: history.matter.state, history: history.acts.map((act) => ({ ...act })) },
    }
    const event = JSON.stringify(data)
    const sealed = seal(tx, actor, 'matter.import', { id, event, seq: 0, head: null })
    events.push(sealed.line)
    const no = `${numbered}-${String(numbers[i]).padStart(6, '0')}`
    const { seq, head } = sealed
    add('matters', history.matter, { ...same, id, externalNo: order.externalNo, personId, no, seq, head })
    for (const leg of history.legs) add('legs', leg)
    for (const [name, each] of recordsOf(history)) add(name, each)
    add('import_orders', {
      ...{ matterId: id, importId: record.id, version: 1, seenAt },
      caller: caller === null ? null : Buffer.from(caller, 'hex'),
      personVersion: personId === null ? null : 1,
      snapshot: writeSnapshot(snapshotOf(order)),
    })
  }
  const written = [...rows].filter(([, each]) => each.length > 0)
  return {
    events: events.join(''),
    rows: new Map(written.map(([name, each]) => [name, each.join('')])),
  }
}

function rowsOf(lines = ''): string[] {
  return lines === '' ? [] : lines.slice(0, -1).split('\n')
}

const PEOPLE = [...sharedColumns('people'), 'created_at', 'version']

async function send(client: BulkClient, { events, rows }: Copies): Promise<void> {
  for (const [name, lines] of rows)
    await copyInto(client, `app.${name}`, name === 'people' ? PEOPLE : writtenShapes[name].columns, lines)
  await sendEvents(client, events)
}
