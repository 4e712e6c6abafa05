// Proves the history: every hash, every chain without a gap, every checkpoint, every matter's head, and the rows that events tell of.
import type { PoolClient } from 'pg'
import { differingFiles } from './checkpoint-files.ts'
import {
  checkpointText,
  digestOf,
  idBefore,
  NEWEST_SEALED,
  REACH_MS,
  streamRows,
  type Checkpoint,
} from './checkpoint.ts'
import type { Database } from './db.ts'
import { chainHash } from './events.ts'
import type { Vault } from './vault.ts'
import { foldRows } from './verify-rows.ts'
import { findStrangers, provableIn, type Provable } from './verify-untold.ts'

/** What is wrong, where, in Chinese; it names ids and days, nothing of content. */
export interface Finding {
  kind:
    | 'hash'
    | 'gap'
    | 'columns'
    | 'sealed-lost'
    | 'sealed-changed'
    | 'unsealed'
    | 'checkpoint'
    | 'copy'
    | 'head'
    | 'row'
  /** `018f… #3` or `2026-11-22`. */
  place: string
  message: string
}

export interface Verification {
  events: number
  chains: number
  checkpoints: number
  findings: Finding[]
  /** Findings beyond those listed. */
  more: number
}

const LISTED = 1_000

interface EventRow {
  id: string
  subject: string
  subjectId: string
  seq: number
  type: string
  at: string
  actorId: string
  canon: string
  hash: Buffer
}

/**
 * Reads all of the history in one snapshot, beside the running service. What was changed before the last checkpoint is
 * found whatever else was changed with it; what was changed since, unless its whole chain was forged anew and, for a
 * matter, the matter's row too. `provable`: the rows that events tell of; `checkpointDir`: the copies to compare with.
 */
export function verifyChains(
  db: Database,
  vault: Vault,
  provable: readonly Provable[],
  checkpointDir?: string,
): Promise<Verification> {
  return db.bulk(async (client) => {
    const result: Verification = { events: 0, chains: 0, checkpoints: 0, findings: [], more: 0 }
    const find = (kind: Finding['kind'], place: string, message: string) => {
      if (result.findings.length < LISTED) result.findings.push({ kind, place, message })
      else result.more++
    }
    await client.query('begin isolation level repeatable read read only')
    try {
      const rows = await provableIn(client, provable)
      await verifyEvents(client, rows, result, find)
      await verifySealedHeads(client, find)
      await verifyCheckpoints(client, vault, result, find, checkpointDir)
      await verifyMatters(client, find)
      await findStrangers(client, rows, (id, table) => find('row', id, `${table} 多一行：没有事件讲到`))
    } finally {
      await client.query('rollback')
    }
    return result
  })
}

type Find = (kind: Finding['kind'], place: string, message: string) => void

async function verifyEvents(
  client: PoolClient,
  provable: readonly Provable[],
  result: Verification,
  find: Find,
): Promise<void> {
  const events = streamRows<EventRow>(
    client,
    `select id, subject, subject_id as "subjectId", seq, type, at, actor_id as "actorId", canon, hash
     from app.events order by subject_id, seq`,
  )
  const rows = foldRows(client, provable, (id, what) => find('row', id, `行与事件所记不符：${what}`))
  let previous: EventRow | undefined
  for await (const event of events) {
    const before = previous?.subjectId === event.subjectId ? previous : undefined
    const place = `${event.subjectId} #${event.seq}`
    const expected = (before?.seq ?? 0) + 1
    if (event.seq !== expected) find('gap', place, `事件链不连续：此处应为第 ${expected} 条`)
    if (!chainHash(before?.hash ?? null, event.canon).equals(event.hash)) {
      find('hash', place, '事件或其前一条被改动：散列值不符')
    }
    const told = toldBy(event.canon)
    if (!agrees(event, told)) find('columns', place, '事件各列与其原文不一致')
    await rows.take({ ...event, canon: told ?? {} })
    result.events++
    if (before === undefined) result.chains++
    previous = event
  }
  await rows.end()
}

function toldBy(canon: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(canon) as Record<string, unknown>
  } catch {
    return undefined
  }
}

function agrees(
  { canon: _canon, hash: _hash, ...columns }: EventRow,
  told?: Record<string, unknown>,
): boolean {
  return told !== undefined && Object.entries(columns).every(([name, value]) => told[name] === value)
}

async function verifySealedHeads(client: PoolClient, find: Find): Promise<void> {
  const broken = streamRows<{ subjectId: string; seq: number; day: string; lost: boolean }>(
    client,
    `select s.subject_id as "subjectId", s.seq, s.day, e.hash is null as lost
     from app.sealed_heads s left join app.events e using (subject_id, seq)
     where e.hash is distinct from s.hash order by s.subject_id, s.seq`,
  )
  for await (const { subjectId, seq, day, lost } of broken) {
    const place = `${subjectId} #${seq}`
    if (lost) find('sealed-lost', place, `${day} 已封存的事件不见了`)
    else find('sealed-changed', place, `${day} 已封存的事件被重写`)
  }
  const { rows: newest } = await client.query<{ id: string }>(NEWEST_SEALED)
  if (newest[0] === undefined) return
  const unsealed = streamRows<{ subjectId: string; seq: number }>(
    client,
    `select h.subject_id as "subjectId", h.seq from (
       select distinct on (subject_id) subject_id, seq, id from app.events order by subject_id, seq desc) h
     where h.id < $1 and not exists (
       select from app.sealed_heads s where s.subject_id = h.subject_id and s.seq = h.seq) order by 1`,
    [idBefore(newest[0].id, REACH_MS)],
  )
  for await (const { subjectId, seq } of unsealed) {
    find('unsealed', `${subjectId} #${seq}`, '事件早于最近一次封存，却未被封存')
  }
}

async function verifyCheckpoints(
  client: PoolClient,
  vault: Vault,
  result: Verification,
  find: Find,
  dir: string | undefined,
): Promise<void> {
  const { rows: checkpoints } = await client.query<Checkpoint>(
    'select day, at, chains, events, digest, key_id as "keyId", signature from app.checkpoints order by day',
  )
  const { rows: sums } = await client.query<{ day: string; chains: number; events: number }>(
    `select s.day, (count(*) filter (where s.known = 0))::int as chains, sum(s.seq - s.known)::int as events
     from (select day, seq, lag(seq, 1, 0) over (partition by subject_id order by seq) as known from app.sealed_heads) s
     group by s.day`,
  )
  const sealed = new Map(sums.map((row) => [row.day, row]))
  let previous: Checkpoint | undefined
  for (const checkpoint of checkpoints) {
    const { day, chains, events, keyId, signature } = checkpoint
    const grown = sealed.get(day) ?? { chains: 0, events: 0 }
    sealed.delete(day)
    if (!(await digestOf(client, day, previous?.digest)).equals(checkpoint.digest)) {
      find('checkpoint', day, '封存的内容被改动：摘要不符')
    }
    if (!vault.verify(checkpointText(checkpoint), { keyId, signature }))
      find('checkpoint', day, '封存的签名不符')
    if (
      chains !== (previous?.chains ?? 0) + grown.chains ||
      events !== (previous?.events ?? 0) + grown.events
    ) {
      find('checkpoint', day, '封存的链数或事件数不符')
    }
    previous = checkpoint
  }
  for (const day of sealed.keys()) find('checkpoint', day, '有封存的事件，却没有当日的封存')
  const { rows: missing } = await client.query<{ day: string }>(
    `select period as day from app.scheduled_runs r where job = 'checkpoint' and finished_at is not null
       and not exists (select from app.checkpoints c where c.day::text = r.period) order by 1`,
  )
  for (const { day } of missing) find('checkpoint', day, '当日的封存不见了')
  if (dir !== undefined) {
    for (const day of await differingFiles(checkpoints, dir)) find('copy', day, '与另存的封存文件不一致')
  }
  result.checkpoints = checkpoints.length
}

async function verifyMatters(client: PoolClient, find: Find): Promise<void> {
  const broken = streamRows<{ id: string }>(
    client,
    `select m.id from app.matters m join lateral (
       select seq, hash from app.events e where e.subject_id = m.id order by seq desc limit 1) e on true
     where e.seq is distinct from m.seq or e.hash is distinct from m.head order by m.id`,
  )
  for await (const { id } of broken) find('head', id, '办件所记的最后一条事件与事件链不符')
}
