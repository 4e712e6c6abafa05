// Appends events to the chains of many matters at once, for what the clock and the calendar do to them.
import { systemActor } from '../platform/actor.ts'
import { statement, type Tx } from '../platform/db.ts'
import { sealEvent, type EventData, type NewEvent, type SealedEvent } from '../platform/events.ts'
import type { ToldRows } from '../platform/told-rows.ts'

const moveHeads = statement(
  'sweep.heads',
  `update matters m set seq = t.seq, head = t.head
   from unnest($1::uuid[], $2::int[], $3::bytea[]) as t(id, seq, head) where m.id = t.id`,
)
const insertEvents = statement(
  'sweep.events',
  `with told as (
     insert into events (id, subject, subject_id, seq, type, at, actor_id, canon, hash)
     select id, 'matter', subject_id, seq, type, $1, $2, canon, hash
     from unnest($3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::text[], $8::bytea[])
       as t(id, subject_id, seq, type, canon, hash))
   insert into outbox (event_id, job, subject_id, at)
   select id, job, subject_id, $1 from unnest($9::uuid[], $10::uuid[], $11::text[]) as t(id, subject_id, job)`,
)

export interface Telling {
  matterId: string
  seq: number
  head: Buffer
  type: string
  data: EventData
  /** What is written of the matter and its legs besides marks. */
  rows?: ToldRows
}

/** Appends events to the chains of matters whose rows the caller has locked, several of one matter in their order. */
export async function tell(tx: Tx, tellings: Telling[]): Promise<void> {
  if (tellings.length === 0) return
  const actor = systemActor('sweep')
  const heads = new Map<string, { seq: number; hash: Buffer }>()
  const events: SealedEvent[] = tellings.map((t) => {
    const { matterId: subjectId, type, data, rows } = t
    const event: NewEvent = { subject: 'matter', subjectId, type, data, ...(rows && { rows }) }
    const sealed = sealEvent(heads.get(t.matterId) ?? { seq: t.seq, hash: t.head }, actor.id, tx.now, event)
    heads.set(t.matterId, sealed)
    return sealed
  })
  const follow = events.flatMap((e) =>
    tx.jobsFor(e.type).map((job) => ({ id: e.id, subjectId: e.subjectId, job })),
  )
  const of = <K extends keyof SealedEvent>(key: K) => events.map((e) => e[key])
  tx.later(insertEvents, [
    tx.now,
    actor.id,
    of('id'),
    of('subjectId'),
    of('seq'),
    of('type'),
    of('canon'),
    of('hash'),
    follow.map((f) => f.id),
    follow.map((f) => f.subjectId),
    follow.map((f) => f.job),
  ])
  const ids = [...heads.keys()]
  tx.later(moveHeads, [ids, ids.map((id) => heads.get(id)?.seq), ids.map((id) => heads.get(id)?.hash)])
}
