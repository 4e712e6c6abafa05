// The events of an import: one for each matter that it writes, sealed in order and sent as they are sealed.
import { setImmediate } from 'node:timers/promises'
import type { Actor } from '../platform/actor.ts'
import { copyInto, copyLine, type BulkClient } from '../platform/copy.ts'
import type { Tx } from '../platform/db.ts'
import { sealEvent, type EventData } from '../platform/events.ts'

const FETCH = 5000
/** Events between two breaths of the event loop, in which what is sealed already is sent. */
const BREATH = 50

interface ToSeal {
  id: string
  event: string
  seq: number | null
  head: Buffer | null
}

/**
 * Chains one event to every matter that is written, at this moment and by this actor; new ones get their number, which
 * begins with `numbered`. The table `sealed` gets the heads.
 */
export async function sealEvents(
  tx: Tx,
  client: BulkClient,
  actor: Actor,
  matters: string,
  numbered: string,
): Promise<void> {
  await client.query(
    `declare to_seal no scroll cursor for
     select s.id, s.event, m.seq, m.head from ${matters} s left join app.matters m on m.id = s.id order by s.row_no`,
  )
  let sealed: Sealed | undefined
  for (let more = true; more;) {
    const { rows } = await client.query<ToSeal>(`fetch ${FETCH} from to_seal`)
    const { rows: numbers } = await client.query<{ n: number }>(
      `select nextval('app.matter_numbers') as n from generate_series(1, $1)`,
      [rows.filter(({ seq }) => seq === null).length],
    )
    // While the server takes the events of one batch, the next is sealed.
    const sending = send(client, sealed)
    sending.catch(() => undefined) // awaited below
    sealed = await sealAll(
      tx,
      actor,
      rows,
      numbers.map(({ n }) => `${numbered}-${String(n).padStart(6, '0')}`),
    )
    await sending
    more = rows.length === FETCH
  }
  await send(client, sealed)
  await client.query('close to_seal')
}

/** Lines for COPY. */
interface Sealed {
  events: string
  heads: string
}

async function sealAll(
  tx: Tx,
  actor: Actor,
  rows: readonly ToSeal[],
  numbers: readonly string[],
): Promise<Sealed> {
  const events: string[] = []
  const heads: string[] = []
  let taken = 0
  for (const [i, { id, event, seq, head }] of rows.entries()) {
    if (i % BREATH === BREATH - 1) await setImmediate()
    const type = seq === null ? 'matter.import' : 'matter.import-update'
    const data = JSON.parse(event) as EventData
    const told = { subject: 'matter', subjectId: id, type, data }
    const sealed = sealEvent({ seq: seq ?? 0, hash: head }, actor.id, tx.now, told)
    const { canon, hash } = sealed
    events.push(copyLine([sealed.id, 'matter', id, sealed.seq, type, sealed.at, sealed.actorId, canon, hash]))
    heads.push(copyLine([id, seq === null ? numbers[taken++] : null, sealed.seq, hash]))
  }
  return { events: events.join(''), heads: heads.join('') }
}

async function send(client: BulkClient, sealed: Sealed | undefined): Promise<void> {
  if (sealed === undefined) return
  await copyInto(client, 'app.events', EVENT_COLUMNS, sealed.events)
  await copyInto(client, 'sealed', ['matter_id', 'no', 'seq', 'head'], sealed.heads)
}

const EVENT_COLUMNS = ['id', 'subject', 'subject_id', 'seq', 'type', 'at', 'actor_id', 'canon', 'hash']
