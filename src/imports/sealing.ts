// The events of an import: one for each matter that it writes, in the form of COPY.
import { setImmediate } from 'node:timers/promises'
import type { Actor } from '../platform/actor.ts'
import { copyInto, copyLine, type BulkClient } from '../platform/copy.ts'
import type { Tx } from '../platform/db.ts'
import { sealWritten } from '../platform/events.ts'

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
  for (let more = true; more;) {
    const { rows } = await client.query<ToSeal>(`fetch ${FETCH} from to_seal`)
    const events: string[] = []
    const heads: string[] = []
    for (const [i, row] of rows.entries()) {
      if (i % BREATH === BREATH - 1) await setImmediate()
      const { line, seq, head } = seal(tx, actor, 'matter.import-update', row)
      events.push(line)
      heads.push(copyLine([row.id, seq, head]))
    }
    await sendEvents(client, events.join(''))
    await copyInto(client, 'sealed', ['matter_id', 'seq', 'head'], heads.join(''))
    more = rows.length === FETCH
  }
  await client.query('close to_seal')
}

/** The event as a line for `sendEvents`, and the new place in the chain. */
export function seal(
  tx: Tx,
  actor: Actor,
  type: 'matter.import' | 'matter.import-update',
  { id, event, seq, head }: ToSeal,
): { line: string; seq: number; head: Buffer } {
  const told = { subject: 'matter', subjectId: id, type }
  const sealed = sealWritten({ seq, hash: head }, actor.id, tx.now, told, event)
  const { canon, hash } = sealed
  const values = [sealed.id, 'matter', id, sealed.seq, type, sealed.at, sealed.actorId, canon, hash]
  return { line: copyLine(values), seq: sealed.seq, head: hash }
}

export async function sendEvents(client: BulkClient, events: string): Promise<void> {
  await copyInto(client, 'app.events', EVENT_COLUMNS, events)
}

const EVENT_COLUMNS = ['id', 'subject', 'subject_id', 'seq', 'type', 'at', 'actor_id', 'canon', 'hash']
