// The events of an import: one for each matter that it writes, in the form of COPY.
import { setImmediate } from 'node:timers/promises'
import type { Actor } from '../platform/actor.ts'
import { copyRows, type BulkClient } from '../platform/copy.ts'
import type { Tx } from '../platform/db.ts'
import { sealWritten, type SealedEvent } from '../platform/events.ts'
import { eventShape } from './shapes.ts'

const FETCH = 5000
/** Events between two breaths of the event loop. */
const BREATH = 50

/** A matter with its place in its chain (0 and null: a new one) and the data of its event, as JSON. */
interface ToSeal {
  id: string
  event: string
  seq: number
  head: Buffer | null
}

/** Chains one event to every changed matter, at this moment and by this actor; the table `sealed` gets the heads. */
export async function sealChanges(tx: Tx, client: BulkClient, actor: Actor, matters: string): Promise<void> {
  await client.query(`create temp table sealed (matter_id uuid, seq int, head bytea) on commit drop`)
  await client.query(
    `declare to_seal no scroll cursor for
     select s.id, s.event, m.seq, m.head from ${matters} s join app.matters m on m.id = s.id order by s.row_no`,
  )
  const events = copyRows(eventShape)
  const heads = copyRows(HEADS)
  for (let more = true; more;) {
    const { rows } = await client.query<ToSeal>(`fetch ${FETCH} from to_seal`)
    for (const [i, row] of rows.entries()) {
      if (i % BREATH === BREATH - 1) await setImmediate()
      const event = seal(tx, actor, 'matter.import-update', row)
      events.add(event)
      heads.add(event)
    }
    await events.send(client, 'app.events')
    await heads.send(client, 'sealed')
    more = rows.length === FETCH
  }
  await client.query('close to_seal')
}

const HEADS = [
  { name: 'matter_id', key: 'subjectId', type: 'uuid' },
  { name: 'seq', key: 'seq', type: 'integer' },
  { name: 'head', key: 'hash', type: 'bytea' },
]

export function seal(
  tx: Tx,
  actor: Actor,
  type: 'matter.import' | 'matter.import-update',
  { id, event, seq, head }: ToSeal,
): SealedEvent {
  const told = { subject: 'matter', subjectId: id, type }
  return sealWritten({ seq, hash: head }, actor.id, tx.now, told, event, null)
}
