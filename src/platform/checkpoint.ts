// The daily checkpoint: seals the heads of all chains under a signature, so that a later change of history shows.
import { createHash } from 'node:crypto'
import type { PoolClient } from 'pg'
import { dayOf, type Clock, type Day, type Instant } from './clock.ts'
import { statement, type Database, type Db } from './db.ts'
import { oncePer } from './scheduled.ts'
import type { Vault } from './vault.ts'

export interface Checkpoint {
  day: Day
  at: Instant
  /** All chains and all events sealed so far. */
  chains: number
  events: number
  /** SHA-256 over the digest of the checkpoint before and the heads sealed by this one. */
  digest: Buffer
  keyId: number
  signature: Buffer
}

const PAGE = 5_000
// A head that was committed after its day's checkpoint, by a long import or on a slow clock, is found within this time.
export const REACH_MS = 3 * 86_400_000
const LEAST_ID = '00000000-0000-0000-0000-000000000000'

export const NEWEST_SEALED = `select e.id from app.sealed_heads s join app.events e using (subject_id, seq)
   where s.day = (select max(day) from app.sealed_heads) order by e.id desc limit 1`
const newestSealed = statement<{ id: string }>('checkpoint.newest', NEWEST_SEALED)
// A chain that did not grow is sealed with this very head already: the conflict leaves it out.
const sealHeads = statement<{ chains: number; events: number }>(
  'checkpoint.heads',
  `with heads as (
     select distinct on (subject_id) subject_id, seq, hash from events where id >= $1 order by subject_id, seq desc),
   sealed as (
     insert into sealed_heads (subject_id, seq, hash, day) select subject_id, seq, hash, $2 from heads
     on conflict do nothing returning subject_id, seq),
   grown as (
     select s.seq, (select max(before.seq) from sealed_heads before where before.subject_id = s.subject_id) as known
     from sealed s)
   select (count(*) filter (where known is null))::int as chains, coalesce(sum(seq - coalesce(known, 0)), 0)::int as events
   from grown`,
)
const columns = 'day, at, chains, events, digest, key_id as "keyId", signature'
const all = statement<Checkpoint>('checkpoint.all', `select ${columns} from checkpoints order by day`)
const last = statement<Checkpoint>(
  'checkpoint.last',
  `select ${columns} from checkpoints order by day desc limit 1`,
)
const insert = statement(
  'checkpoint.insert',
  'insert into checkpoints (day, at, chains, events, digest, key_id, signature) values ($1, $2, $3, $4, $5, $6, $7)',
)

export function listCheckpoints(db: Db): Promise<Checkpoint[]> {
  return all(db)
}

/** Seals what has happened until now, once a day. False when today's checkpoint is taken already. */
export function takeCheckpoint(deps: { db: Database; clock: Clock; vault: Vault }): Promise<boolean> {
  const day = dayOf(deps.clock.now())
  return oncePer(deps, 'checkpoint', day, async (tx, client) => {
    const [[previous], [newest]] = await Promise.all([last(tx), newestSealed(tx)])
    const from = newest === undefined ? LEAST_ID : idBefore(newest.id, REACH_MS)
    const [grown = { chains: 0, events: 0 }] = await sealHeads(tx, [from, day])
    const digest = await digestOf(client, day, previous?.digest)
    const chains = (previous?.chains ?? 0) + grown.chains
    const events = (previous?.events ?? 0) + grown.events
    const { keyId, signature } = deps.vault.sign(checkpointText({ day, at: tx.now, chains, events, digest }))
    await insert(tx, [day, tx.now, chains, events, digest, keyId, signature])
    return `${chains} chains, ${events} events`
  })
}

/** The bytes that are signed. */
export function checkpointText(checkpoint: Omit<Checkpoint, 'keyId' | 'signature'>): Buffer {
  const { day, at, chains, events, digest } = checkpoint
  return Buffer.from(
    `banjian checkpoint v1\n${day}\n${at}\n${chains}\n${events}\n${digest.toString('hex')}\n`,
  )
}

/** The digest of a day's checkpoint, from the heads that it sealed; `client` has a transaction open. */
export async function digestOf(client: PoolClient, day: Day, previous: Buffer | undefined): Promise<Buffer> {
  const sum = createHash('sha256')
  sum.update(previous ?? '')
  const heads = streamRows<{ subjectId: string; seq: number; hash: Buffer }>(
    client,
    'select subject_id as "subjectId", seq, hash from sealed_heads where day = $1 order by subject_id, seq',
    [day],
  )
  for await (const { subjectId, seq, hash } of heads)
    sum.update(`${subjectId} ${seq} ${hash.toString('hex')}\n`)
  return sum.digest()
}

/** Rows of a query, a few thousand at a time; `client` has a transaction open. Read one query to its end, then the next. */
export async function* streamRows<R extends object>(
  client: PoolClient,
  text: string,
  values: unknown[] = [],
): AsyncGenerator<R, void> {
  await client.query(`declare streamed no scroll cursor for ${text}`, values)
  for (;;) {
    const { rows } = await client.query<R>(`fetch ${PAGE} from streamed`)
    yield* rows
    if (rows.length < PAGE) break
  }
  await client.query('close streamed')
}

/** The least UUID of version 7 that is made `ms` before this one. */
export function idBefore(id: string, ms: number): string {
  const made = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
  const hex = Math.max(0, made - ms)
    .toString(16)
    .padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}
