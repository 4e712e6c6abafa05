// The append-only event log: hash chains, one a subject, and the outbox rows that follow an event.
import { hash, randomUUIDv7 } from 'node:crypto'
import type { Actor } from './actor.ts'
import type { Instant } from './clock.ts'
import { statement, type Tx } from './db.ts'
import { packRows, type ToldRows } from './told-rows.ts'

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined }
export type EventData = { [key: string]: Json | undefined }

export interface NewEvent {
  subject: string
  subjectId: string
  /** `matter.sign`, `person.revealed`: subject and verb. */
  type: string
  /** References and facts; never personal data. */
  data?: EventData
  /** What was written of the rows that the verification compares with the history (`rows.ts`). */
  rows?: ToldRows
  /** When it happened; the transaction's moment unless told (imported histories). */
  at?: Instant
}

/** An event with its place in the chain, ready to insert. */
export interface SealedEvent {
  id: string
  subject: string
  subjectId: string
  seq: number
  type: string
  at: Instant
  actorId: string
  canon: string
  hash: Buffer
}

/** Chains an event to its predecessor (null: the first). Pure but for the event's id. */
export function sealEvent(
  previous: { seq: number; hash: Buffer | null },
  actorId: string,
  at: Instant,
  { data, rows, ...event }: NewEvent,
): SealedEvent {
  const told = rows && packRows(rows, { at, actorId, subjectId: event.subjectId, data })
  return sealWritten(previous, actorId, at, event, JSON.stringify(data ?? {}), told)
}

/** The same for data that are JSON already, as `JSON.stringify` writes it; `rows` packed, null: some were written that it does not tell. */
export function sealWritten(
  previous: { seq: number; hash: Buffer | null },
  actorId: string,
  at: Instant,
  { subject, subjectId, type }: Omit<NewEvent, 'data' | 'rows' | 'at'>,
  data: string,
  rows?: ToldRows | null,
): SealedEvent {
  const id = randomUUIDv7()
  const seq = previous.seq + 1
  const facts = JSON.stringify({ id, subject, subjectId, seq, type, at, actorId })
  const told = rows === undefined ? '' : `,"rows":${JSON.stringify(rows)}`
  const canon = `${facts.slice(0, -1)},"data":${data}${told}}`
  return { id, subject, subjectId, seq, type, at, actorId, canon, hash: chainHash(previous.hash, canon) }
}

/** SHA-256 over the predecessor's hash and the exact bytes of the event. */
export function chainHash(previous: Buffer | null, canon: string): Buffer {
  const bytes = Buffer.from(canon, 'utf8')
  return hash('sha256', previous === null ? bytes : Buffer.concat([previous, bytes]), 'buffer')
}

const lockChain = statement('events.lock', 'select pg_advisory_xact_lock(hashtextextended($1::text, 7))')
const lastOf = statement<{ seq: number; hash: Buffer }>(
  'events.last',
  'select seq, hash from events where subject_id = $1 order by seq desc limit 1',
)
const insertEvent = statement(
  'events.insert',
  `with event as (
     insert into events (id, subject, subject_id, seq, type, at, actor_id, canon, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9))
   insert into outbox (event_id, job, subject_id, at)
   select $1, job, $3, $10 from unnest($11::text[]) as job`,
)

/**
 * Appends an event to its subject's chain, with the outbox rows of its reactions, in the caller's transaction.
 * Matters keep their chain's head on their own row and do this in the statement of the act (`matters/commands.ts`).
 */
export async function record(tx: Tx, actor: Actor, event: NewEvent): Promise<SealedEvent> {
  tx.later(lockChain, [event.subjectId])
  const [last] = await lastOf(tx, [event.subjectId])
  const sealed = sealEvent(last ?? { seq: 0, hash: null }, actor.id, event.at ?? tx.now, event)
  await insertEvent(tx, eventValues(tx, sealed))
  return sealed
}

/** Sends an event that the caller chained itself (matters keep their chain's head on their row) with the commit. */
export function appendSealed(tx: Tx, sealed: SealedEvent): void {
  tx.later(insertEvent, eventValues(tx, sealed))
}

function eventValues(tx: Tx, e: SealedEvent): unknown[] {
  return [
    e.id,
    e.subject,
    e.subjectId,
    e.seq,
    e.type,
    e.at,
    e.actorId,
    e.canon,
    e.hash,
    tx.now,
    tx.jobsFor(e.type),
  ]
}
