// The outbox: hands what must follow an event to the queue, and lets each effect happen exactly once.
import { hash } from 'node:crypto'
import { isTransient, statement, type Database, type Db, type Tx } from './db.ts'
import type { EventData } from './events.ts'
import { describeError, type Log } from './log.ts'
import type { Queue } from './queue.ts'

/** An event as a job sees it. */
export interface OutboxEvent {
  id: string
  subject: string
  subjectId: string
  seq: number
  type: string
  at: string
  actorId: string
  data: EventData
}

const BATCH = 500
const SWEEP_BATCH = 5000
// A row that failed is given up after twenty hand-overs, about as many minutes; one that never failed only waited in a
// long queue, or its worker died each time, and gets five times as many.
const HAND_OVERS_AFTER_FAILURE = 20
const HAND_OVERS = 100

const take = statement<{ eventId: string; job: string }>(
  'outbox.take',
  `with waiting as (
     select event_id, job from outbox where handed_at is null and dead_at is null
     order by at limit $1 for update skip locked)
   update outbox set handed_at = clock_timestamp() from waiting
   where outbox.event_id = waiting.event_id and outbox.job = waiting.job
   returning outbox.event_id as "eventId", outbox.job`,
)

/**
 * Hands up to 500 waiting rows to the queue and returns how many. The rows stay locked until the queue has the jobs, so
 * that a crash in between hands them again; a job that starts early waits for this commit.
 */
export function relayOnce(
  db: Database,
  queue: Queue,
  options: { batchJobs: ReadonlySet<string> },
): Promise<number> {
  return db.transaction(async (tx) => {
    const rows = await take(tx, [BATCH])
    const batches = Map.groupBy(rows, (row) => row.job)
    await queue.add(
      [...batches].flatMap(([job, taken]) => {
        const ids = taken.map((row) => row.eventId).toSorted()
        if (!options.batchJobs.has(job)) {
          return ids.map((id) => ({ name: job, id: `${job}-${id}`, data: { eventIds: [id] } }))
        }
        return [
          { name: job, id: `${job}-${hash('sha256', ids.join(), 'base64url')}`, data: { eventIds: ids } },
        ]
      }),
    )
    return rows.length
  })
}

const sweep = statement<{ dead: boolean; job: string }>(
  'outbox.sweep',
  `with late as (
     select event_id, job from outbox
     where dead_at is null and handed_at < clock_timestamp() - make_interval(secs => $1)
     order by handed_at limit $2 for update skip locked)
   update outbox set handed_at = null, attempts = attempts + 1,
     dead_at = case when attempts + 1 >= case when last_error is null then $3::int else $4::int end then $5::timestamptz end
   from late where outbox.event_id = late.event_id and outbox.job = late.job
   returning outbox.job, dead_at is not null as dead`,
)

/**
 * Makes rows wait again that were handed over more than `seconds` ago and are not done: the queue may have been wiped.
 * Rows that a job is working on right now are locked and left alone. Returns how many were freed and how many given up.
 */
export async function sweepOutbox(db: Database, seconds = 60): Promise<{ freed: number; dead: number }> {
  let freed = 0
  let dead = 0
  for (;;) {
    const values = [seconds, SWEEP_BATCH, HAND_OVERS, HAND_OVERS_AFTER_FAILURE]
    const rows = await db.transaction((tx) => sweep(tx, [...values, tx.now]))
    freed += rows.filter((row) => !row.dead).length
    dead += rows.filter((row) => row.dead).length
    if (rows.length < SWEEP_BATCH) return { freed, dead }
  }
}

const revive = statement<{ job: string }>(
  'outbox.revive',
  `update outbox set dead_at = null, handed_at = null, attempts = 0, last_error = null
   where dead_at is not null and ($1::text is null or job = $1) returning job`,
)

/** Gives rows that were given up another twenty tries, after their cause is mended. Returns how many. */
export async function reviveOutbox(db: Database, job?: string): Promise<number> {
  return (await db.transaction((tx) => revive(tx, [job ?? null]))).length
}

const state = statement<{
  job: string
  waiting: number
  dead: number
  oldest: string | null
  lastError: string | null
}>(
  'outbox.state',
  `select job, (count(*) filter (where dead_at is null))::int as waiting,
     (count(*) filter (where dead_at is not null))::int as dead, min(at) filter (where dead_at is null) as oldest,
     (array_agg(last_error order by at desc) filter (where last_error is not null))[1] as "lastError"
   from outbox group by job order by job`,
)

/** For each job: rows not done, rows given up, the moment of the oldest that is not done, and an error, if any. */
export function outboxState(db: Db) {
  return state(db)
}

const lockRows = statement<Omit<OutboxEvent, 'data'> & { canon: string }>(
  'outbox.lock',
  `select e.id, e.subject, e.subject_id as "subjectId", e.seq, e.type, e.at, e.actor_id as "actorId", e.canon
   from outbox o join events e on e.id = o.event_id
   where o.job = $1 and o.event_id = any ($2::uuid[])
   order by o.event_id for update of o`,
)
const removeRows = statement<{ eventId: string }>(
  'outbox.remove',
  'delete from outbox where job = $1 and event_id = any ($2::uuid[]) returning event_id as "eventId"',
)
const keepError = statement<{ eventId: string }>(
  'outbox.error',
  'update outbox set last_error = $3 where job = $1 and event_id = any ($2::uuid[]) returning event_id as "eventId"',
)
const touch = statement(
  'outbox.touch',
  'update outbox set handed_at = clock_timestamp() where job = $1 and event_id = $2',
)

/**
 * Runs an effect for those of the events that are not done yet, and takes their rows out in the same transaction: however
 * often the queue repeats the job, the effect is committed once. Of a batch that fails, the halves are tried apart, so
 * that one bad event does not hold up the others; its error is kept on its row and thrown.
 */
export async function runBatch(
  deps: { db: Database; log: Log },
  job: string,
  eventIds: readonly string[],
  effect: (tx: Tx, events: OutboxEvent[]) => Promise<unknown>,
): Promise<void> {
  try {
    await deps.db.transaction(async (tx) => {
      const rows = await lockRows(tx, [job, eventIds])
      if (rows.length === 0) return
      await effect(tx, rows.map(toEvent))
      await removeRows(tx, [job, rows.map((row) => row.id)])
    })
  } catch (error) {
    if (eventIds.length === 1 || isTransient(error)) {
      await noteFailure(deps, job, eventIds, error)
      throw error
    }
    const middle = Math.ceil(eventIds.length / 2)
    try {
      await runBatch(deps, job, eventIds.slice(0, middle), effect)
    } finally {
      await runBatch(deps, job, eventIds.slice(middle), effect)
    }
  }
}

/**
 * Runs a long job of several transactions. `work` calls `settle(tx)` in its last one: it takes the row out, and throws
 * when another run was faster, so that this run's last transaction leaves nothing behind. `work` is not called when the
 * event is done already. While it runs, the row counts as freshly handed over.
 */
export async function runLong(
  deps: { db: Database; log: Log },
  job: string,
  eventId: string,
  work: (event: OutboxEvent, settle: (tx: Tx) => Promise<void>) => Promise<unknown>,
): Promise<void> {
  const [row] = await deps.db.transaction((tx) => lockRows(tx, [job, [eventId]]))
  if (row === undefined) return
  const heartbeat = setInterval(() => {
    touch(deps.db, [job, eventId]).catch((error: unknown) =>
      deps.log.warn({ err: error, job }, 'a job missed a heartbeat'),
    )
  }, 20_000)
  try {
    await work(toEvent(row), async (tx) => {
      const removed = await removeRows(tx, [job, [eventId]])
      if (removed.length === 0) throw new SettledElsewhere(job)
    })
  } catch (error) {
    if (error instanceof SettledElsewhere) return
    await noteFailure(deps, job, [eventId], error)
    throw error
  } finally {
    clearInterval(heartbeat)
  }
}

class SettledElsewhere extends Error {}

async function noteFailure(
  deps: { db: Database; log: Log },
  job: string,
  eventIds: readonly string[],
  error: unknown,
): Promise<void> {
  const { name, code, sqlState, constraint, message } = describeError(error)
  const known = [name, code ?? sqlState, constraint, message].filter((part) => typeof part === 'string')
  try {
    await deps.db.transaction((tx) => keepError(tx, [job, eventIds, known.join(' ').slice(0, 300)]))
  } catch (second) {
    // Most likely the database is away, which is also why the job failed; the job's own error is what counts.
    deps.log.warn({ err: second, job }, 'the error of a job could not be kept')
  }
}

function toEvent({ canon, ...event }: Omit<OutboxEvent, 'data'> & { canon: string }): OutboxEvent {
  return { ...event, data: (JSON.parse(canon) as { data: EventData }).data }
}
