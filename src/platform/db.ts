// The only place that imports the PostgreSQL driver: pools, prepared statements, transactions.
import pg from 'pg'
import { instantFromDatabase, type Clock, type Instant } from './clock.ts'

export interface Sql {
  name: string
  text: string
}

/** Reads: a pool or a transaction. Every statement is named, so it is prepared once a connection. */
export interface Db {
  query<R extends object>(sql: Sql, values?: unknown[]): Promise<R[]>
}

declare const transactional: unique symbol

/** A write's handle: commands ask for it by type, so that a pool does not compile. */
export interface Tx extends Db {
  readonly [transactional]: true
  /** The clock's reading when the transaction began: one moment for everything written in it. */
  readonly now: Instant
  /** The jobs that must follow an event of this type (`jobs.ts`). */
  jobsFor(eventType: string): readonly string[]
  /** Sends a statement whose rows nobody reads, in one flight with what follows; it fails the commit if it fails. */
  later(sql: Sql, values?: unknown[]): void
}

export interface Database extends Db {
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** A plain connection for COPY and cursors; the caller opens its own transaction. */
  bulk<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>
  /** A transaction on such a connection, for long jobs: no statement timeout. */
  bulkTransaction<T>(work: (tx: Tx, client: pg.PoolClient) => Promise<T>): Promise<T>
  waiting(): number
  end(): Promise<void>
}

export interface DatabaseOptions {
  url: string
  /** Connections of the request pool; 4–8 serve two cores best. */
  connections: number
  clock: Clock
  jobsFor?: (eventType: string) => readonly string[]
  onError: (error: Error) => void
}

const { builtins } = pg.types
const parsers = new Map<number, (text: string) => unknown>([
  [builtins.TIMESTAMPTZ, instantFromDatabase],
  [builtins.DATE, (text) => text],
  [builtins.INT8, integerFromDatabase],
])
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    parsers.get(oid) ?? (pg.types.getTypeParser(oid, format ?? 'text') as (text: string) => unknown),
}

const SESSION = '-c TimeZone=Asia/Shanghai -c search_path=app,public -c jit=off'
const REQUEST_LIMITS =
  '-c statement_timeout=15000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=10000'

/** Declares a prepared statement; call it with a pool or a transaction. */
export function statement<R extends object>(name: string, text: string) {
  const sql: Sql = { name, text }
  const run = (db: Db, values: unknown[] = []): Promise<R[]> => db.query<R>(sql, values)
  // A function's own name is read-only, so both are defined rather than assigned.
  return Object.defineProperties(run, { name: { value: name }, text: { value: text } }) as typeof run & Sql
}

/** Opens the request pool (pipelined: statements that need no answer travel together) and the bulk pool. */
export function openDatabase(options: DatabaseOptions): Database {
  const jobsFor = options.jobsFor ?? (() => [])
  const shared = { connectionString: options.url, types, connectionTimeoutMillis: 5_000, keepAlive: true }
  const requests = new pg.Pool({
    ...shared,
    max: options.connections,
    pipeline: true,
    options: `${SESSION} ${REQUEST_LIMITS}`,
  })
  const bulk = new pg.Pool({ ...shared, max: 3, options: SESSION })
  // A server that stops right after the pools may still cut a connection that is being closed.
  let ended = false
  const onError = (error: Error) => void (ended || options.onError(error))
  requests.on('error', onError)
  bulk.on('error', onError)

  async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    let broken = false
    // A connection may be cut while its work waits for something else; unheard, that would end the process.
    const lost = (error: Error) => {
      broken = true
      onError(error)
    }
    client.on('error', lost)
    try {
      return await work(client)
    } catch (error) {
      broken ||= isConnectionLoss(error)
      throw error
    } finally {
      client.off('error', lost)
      client.release(broken)
    }
  }

  const inTransaction = <T>(client: pg.PoolClient, send: Send, work: (tx: Tx) => Promise<T>) =>
    runTransaction(client, send, options.clock.now(), jobsFor, work)

  return {
    ...readsOf(requests),
    transaction: (work) =>
      withClient(requests, (client) => inTransaction(client, (query) => client.query(query), work)),
    bulk: (work) => withClient(bulk, work),
    bulkTransaction: (work) =>
      withClient(bulk, (client) => inTransaction(client, inTurn(client), (tx) => work(tx, client))),
    waiting: () => requests.waitingCount,
    async end() {
      ended = true
      await Promise.all([requests.end(), bulk.end()])
    },
  }
}

/** Does the work and undoes it: what it would come to. What it throws is thrown. */
export async function rehearse<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  tx.later({ name: '', text: 'savepoint rehearsal' })
  const result = await work()
  await tx.query({ name: '', text: 'rollback to savepoint rehearsal' })
  return result
}

function readsOf(source: pg.Pool | pg.PoolClient): Db {
  return {
    query: async <R extends object>(sql: Sql, values: unknown[] = []) =>
      (await source.query<R>({ name: sql.name, text: sql.text, values })).rows,
  }
}

const IN_FAILED_TRANSACTION = '25P02'

type Send = (query: string | { name: string; text: string; values: unknown[] }) => Promise<pg.QueryResult>

async function runTransaction<T>(
  client: pg.PoolClient,
  transmit: Send,
  now: Instant,
  jobsFor: (eventType: string) => readonly string[],
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const sent: Promise<unknown>[] = []
  const underway = new Set<Promise<unknown>>()
  let first: unknown
  let over = false
  const send: Send = (query) => {
    // One half of the work may go on when the other has failed: on its own, what it writes would be committed.
    if (over) return Promise.reject(new Error('the transaction is over'))
    const answer = transmit(query)
    underway.add(answer)
    const settled = () => underway.delete(answer)
    answer.then(settled, (error: unknown) => {
      first ??= error
      settled()
    })
    return answer
  }
  const later = (promise: Promise<unknown>) => {
    promise.catch(() => undefined) // awaited below; a rejection must not be unhandled before that
    sent.push(promise)
  }
  const tx = {
    query: async ({ name, text }: Sql, values: unknown[] = []) =>
      (await send({ name, text, values })).rows as object[],
    now,
    jobsFor,
    later: ({ name, text }: Sql, values: unknown[] = []) => later(send({ name, text, values })),
  } as unknown as Tx
  later(send('begin'))
  try {
    const result = await work(tx)
    const commit = send('commit')
    over = true
    commit.catch(() => undefined)
    await Promise.all(sent)
    if ((await commit).command !== 'COMMIT') throw new Error('the transaction was rolled back by the server')
    return result
  } catch (error) {
    over = true
    await Promise.allSettled(underway)
    await client.query('rollback').catch(() => undefined) // a lost connection has rolled back by itself
    // What was sent behind a failed statement fails as well, and may be heard of first: the cause is what counts.
    throw sqlState(error) === IN_FAILED_TRANSACTION ? first : error
  }
}

/** One statement after the other: a connection that is not pipelined takes the next when the last is answered. */
function inTurn(client: pg.PoolClient): Send {
  let last: Promise<unknown> = Promise.resolve()
  return (query) => {
    const next = last.then(() => client.query(query))
    last = next.catch(() => undefined)
    return next
  }
}

/** SQLSTATE of a driver or drizzle error, or undefined when it is something else. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const code = (error as { code?: unknown }).code
  // Every SQLSTATE has a digit; EPIPE has none.
  if (typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code)) return code
  return error.cause === undefined ? undefined : sqlState(error.cause)
}

/** The constraint a driver or drizzle error names. */
export function constraintOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { constraint } = error as { constraint?: unknown }
  return typeof constraint === 'string' ? constraint : constraintOf(error.cause)
}

function isConnectionLoss(error: unknown): boolean {
  const state = sqlState(error)
  // 25P03: whoever waited too long within a transaction is cut off.
  if (state !== undefined) return /^(08|57P|53|25P03)/.test(state)
  return (
    error instanceof Error && /terminated|ECONNRE|not queryable|EPIPE|timeout exceeded/.test(error.message)
  )
}

/** The same work may succeed a moment later: the server was away or full, or another transaction was in the way. */
export function isTransient(error: unknown): boolean {
  return isConnectionLoss(error) || /^(40|55|57)/.test(sqlState(error) ?? '')
}

function integerFromDatabase(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`integer out of range: ${text}`)
  return value
}
