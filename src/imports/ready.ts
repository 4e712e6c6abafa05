// Writes the new orders of a checked import: makes their matters and sends them with COPY, one chunk while the next is made.
import { setImmediate } from 'node:timers/promises'
import type { Actor } from '../platform/actor.ts'
import { copyRows, type BulkClient } from '../platform/copy.ts'
import { constraintOf, statement, type Db, type Tx } from '../platform/db.ts'
import type { EventData, SealedEvent } from '../platform/events.ts'
import { FIXED } from './existing.ts'
import { derive } from './history.ts'
import type { ImportRecord } from './records.ts'
import { seal } from './sealing.ts'
import { eventShape, recordsOf, stagedNames, writtenShapes, type StagedName } from './shapes.ts'
import { snapshotOf, writeSnapshot } from './snapshot.ts'
import { stagingTable, type ReadyOrder } from './staging.ts'

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
  const chunks = await client.query<{ last: number }>(`select coalesce(max(chunk), 0) as last from ${ready}`)
  const last = chunks.rows[0]?.last ?? 0
  const rows = openRows(client)
  const read = (no: number) => (no > last ? NONE : readChunks(db, ready, no))
  let next = read(1)
  try {
    for (let no = 1; no <= last; no += AT_ONCE) {
      const orders = await next
      next = read(no + AT_ONCE)
      next.catch(() => undefined) // awaited in the next round, unless the server refuses what is sent
      await complete(orders, { tx, actor, record, numbered }, rows)
    }
    await rows.finish()
  } catch (error) {
    if (constraintOf(error) === 'matters_external') return 'taken'
    throw error
  } finally {
    await rows.rest()
  }
  return 'written'
}

interface Orders {
  /** `ReadyOrder`s as JSON. */
  lines: readonly string[]
  /** For the orders, in their order. */
  numbers: number[]
}

const NONE = Promise.resolve<Orders>({ lines: [], numbers: [] })
/** Chunks that are read together. */
const AT_ONCE = 4

async function readChunks(db: Db, ready: string, from: number): Promise<Orders> {
  const chunks = await db.query<{ rows: number; lines: string }>(
    { name: '', text: `select rows, lines from ${ready} where chunk between $1 and $2 order by chunk` },
    [from, from + AT_ONCE - 1],
  )
  const numbers = await nextNumbers(db, [chunks.reduce((sum, { rows }) => sum + rows, 0)])
  return {
    lines: chunks.flatMap(({ lines }) => lines.split('\n').slice(0, -1)),
    numbers: numbers.map(({ n }) => n),
  }
}

const nextNumbers = statement<{ n: number }>(
  'imports.numbers',
  `select nextval('matter_numbers') as n from generate_series(1, $1)`,
)

interface Setting {
  tx: Tx
  actor: Actor
  record: ImportRecord
  numbered: string
}

/** Bytes. A COPY of less costs more to begin than to carry. */
const WORTH_SENDING = 256 * 1024
/** Bytes that may wait while the server takes others. */
const AHEAD = 6 * 1024 * 1024

/** Rows on their way into the tables: the server takes some while more are made. */
function openRows(client: BulkClient) {
  const events = copyRows(eventShape)
  const tables = new Map(stagedNames.map((name) => [name, copyRows(writtenShapes[name])]))
  const all = [...tables, ['events', events] as const]
  /** What is being sent; stays when it was refused. */
  let sending: Promise<void> | undefined
  let ended = false

  /** Sends one table after the other, until none has as many bytes. */
  function begin(least: number): void {
    const [name, rows] = all.reduce((most, each) => (each[1].size() > most[1].size() ? each : most))
    if (ended || rows.size() < least) return
    sending = rows.send(client, `app.${name}`).then(() => {
      sending = undefined
      begin(least)
    })
    sending.catch(() => undefined) // is awaited when too much waits, or at the end
  }

  async function sent(): Promise<void> {
    while (sending !== undefined) await sending
  }

  return {
    event: (event: SealedEvent) => events.add(event),
    add: (name: StagedName, row: object, own?: object) => tables.get(name)?.add(row, own),
    /** Lets what waits go on its way; takes longer when the server is behind. Throws what it refused before. */
    async breathe(): Promise<void> {
      if (sending === undefined) begin(WORTH_SENDING)
      const waiting = all.reduce((sum, [, rows]) => sum + rows.size(), 0)
      await (waiting > AHEAD ? sending : setImmediate())
    },
    async finish(): Promise<void> {
      await sent()
      begin(1)
      await sent()
    },
    /** Until nothing is under way, refused or not. */
    async rest(): Promise<void> {
      ended = true
      await sending?.catch(() => undefined)
    },
  }
}

type Rows = ReturnType<typeof openRows>

/** Orders between two breaths. */
const BREATH = 5

async function complete({ lines, numbers }: Orders, setting: Setting, rows: Rows): Promise<void> {
  const { tx, actor, record, numbered } = setting
  const same = {
    ...FIXED,
    ...{ registeredAt: tx.now, registeredBy: actor.id, importId: record.id, version: 1 },
  }
  const added = { createdAt: tx.now, version: 1 }
  const seenAt = record.asOf ?? tx.now
  for (const [i, line] of lines.entries()) {
    if (i % BREATH === BREATH - 1) await rows.breathe()
    const { matterId: id, row, caller, order } = JSON.parse(line) as ReadyOrder
    const history = derive(order, { matterId: id, legs: [], seenAt: null, now: null })
    const data: EventData = {
      ...{ imported: true, importId: record.id, row, externalNo: order.externalNo },
      ...{ to: history.matter.state, history: history.acts.map((act) => ({ ...act })) },
    }
    const event = JSON.stringify(data)
    const sealed = seal(tx, actor, 'matter.import', { id, event, seq: 0, head: null })
    rows.event(sealed)
    if (caller !== null) rows.add('people', caller.person, added)
    const { externalNo } = order
    const no = `${numbered}-${String(numbers[i]).padStart(6, '0')}`
    const chained = { seq: sealed.seq, head: sealed.hash }
    const own = { ...same, ...chained, id, externalNo, personId: caller?.id ?? null, no }
    rows.add('matters', history.matter, own)
    for (const leg of history.legs) rows.add('legs', leg)
    for (const [name, each] of recordsOf(history)) rows.add(name, each)
    rows.add('import_orders', {
      ...{ matterId: id, importId: record.id, version: 1, seenAt },
      ...{ caller: caller?.digest ?? null, personVersion: caller === null ? null : 1 },
      snapshot: writeSnapshot(snapshotOf(order)),
    })
  }
}
