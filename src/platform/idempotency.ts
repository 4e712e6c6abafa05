// Writes that count once: the answer of a key, a refusal as well, is kept and given again to whoever repeats it.
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import type { Actor } from './actor.ts'
import { statement, type Db, type Tx } from './db.ts'
import { record } from './events.ts'
import { Problem, problemDocument, type ProblemCode } from './problems.ts'

/** What is kept of a write: its status, the exact text that was sent, and the version for the ETag. */
export interface Answer {
  status: number
  body: string
  etag: number | null
}

export interface Repeatable {
  /** The caller's Idempotency-Key; undefined when they sent none. */
  key: string | undefined
  /** Everything that makes it this request and no other. */
  told: () => string
}

const stored = statement<Answer & { fingerprint: Buffer }>(
  'idempotency.stored',
  'select fingerprint, status, body, etag from idempotency where account_id = $1 and key = $2',
)
const keep = statement(
  'idempotency.keep',
  `insert into idempotency (account_id, key, fingerprint, status, body, etag, at) values ($1, $2, $3, $4, $5, $6, $7)`,
)

class Repeated extends Error {
  readonly answer: Answer
  constructor(answer: Answer) {
    super('the key was used before')
    this.answer = answer
  }
}

/** Statuses of what the rules refuse; who may ask, and whether it can be served now, is found out anew each time. */
const REFUSALS = new Set([404, 409, 412, 422])
/** What the machine was too busy for: the same file may be read a moment later. */
const PASSING = new Set<ProblemCode>(['import/too-slow', 'import/too-much-memory'])

/**
 * Runs a write in one transaction together with its key, or gives the stored answer of the same key: `idempotency/key-reused`
 * when it belongs to another request. Of two at once, the second waits for the first and then repeats its answer. A refusal
 * by the rules is an answer too; one that asks to be recorded is recorded.
 */
export async function once(
  deps: Deps,
  actor: Actor,
  request: Repeatable,
  write: (tx: Tx) => Promise<Answer>,
): Promise<Answer & { replayed: boolean }> {
  const { key, told } = request
  try {
    if (key === undefined) return { ...(await deps.db.transaction(write)), replayed: false }
    return await repeatable(deps, actor, { key, told }, write)
  } catch (error) {
    return onRecord(deps, actor, error)
  }
}

/** Records what a refusal asks to have recorded of the caller, and refuses. */
export async function onRecord({ db }: Deps, actor: Actor, error: unknown): Promise<never> {
  if (error instanceof Problem && error.options.record !== undefined)
    await db.transaction((tx) => recordRefused(tx, actor, error))
  throw error
}

async function recordRefused(tx: Tx, actor: Actor, { options }: Problem): Promise<void> {
  if (options.record === undefined) return
  await record(tx, actor, { subject: 'account', subjectId: actor.id, ...options.record })
}

async function repeatable(
  { db, vault }: Deps,
  actor: Actor,
  { key, told }: { key: string; told: () => string },
  write: (tx: Tx) => Promise<Answer>,
): Promise<Answer & { replayed: boolean }> {
  // Keyed, because a phone number could be guessed from a plain hash of a short body.
  const marks = vault.blinds('request', told())
  // A refusal may repeat what somebody typed, so it is sealed; what a write answers holds nothing of it.
  const place = `idempotency|${actor.id}|${key}`
  const earlier = async (source: Db): Promise<Answer | undefined> => {
    const [found] = await stored(source, [actor.id, key])
    if (found === undefined) return undefined
    if (!marks.some((mark) => mark.equals(found.fingerprint))) throw new Problem('idempotency/key-reused')
    const { status, body, etag } = found
    return { status, body: status < 400 ? body : vault.open(Buffer.from(body, 'base64'), place), etag }
  }
  const keepAnswer = (tx: Tx, { status, body, etag }: Answer) => {
    const text = status < 400 ? body : vault.seal(body, place).toString('base64')
    tx.later(keep, [actor.id, key, marks[0], status, text, etag, tx.now])
  }
  // A twin may have been faster: then its answer is there now, whatever our own attempt failed on.
  const twinOr = async (error: unknown): Promise<Answer & { replayed: true }> => {
    const twin = await earlier(db)
    if (twin === undefined) throw error
    return { ...twin, replayed: true }
  }
  try {
    const answer = await db.transaction(async (tx) => {
      // The look for the key and the write's first statement travel together; a repeat abandons the write unmade.
      const [before, work] = await Promise.allSettled([earlier(tx), write(tx)])
      if (before.status === 'rejected') throw before.reason
      if (before.value !== undefined) throw new Repeated(before.value)
      if (work.status === 'rejected') throw work.reason
      keepAnswer(tx, work.value)
      return work.value
    })
    return { ...answer, replayed: false }
  } catch (error) {
    if (error instanceof Repeated) return { ...error.answer, replayed: true }
    if (!isRefusal(error)) return twinOr(error)
    const body = JSON.stringify(problemDocument(error, actor.requestId))
    const answer: Answer = { status: error.status, body, etag: null }
    try {
      // The key is unique: of a twin that did the write and this refusal only one is kept, and is the answer of both.
      await db.transaction(async (tx) => {
        await recordRefused(tx, actor, error)
        keepAnswer(tx, answer)
      })
    } catch (failure) {
      return twinOr(failure)
    }
    return { ...answer, replayed: false }
  }
}

/** Whether the rules refused the write: that holds for its key, as what they allowed does. */
function isRefusal(error: unknown): error is Problem {
  return (
    error instanceof Problem &&
    REFUSALS.has(error.status) &&
    !PASSING.has(error.code) &&
    error.code !== 'idempotency/key-reused'
  )
}

/** Method, URL, version and body of a request, the members of objects in one order. */
export function toldBy(request: FastifyRequest, content = canonical(request.body)): string {
  return `${request.method} ${request.url}\n${request.headers['if-match'] ?? ''}\n${content}`
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** The request's Idempotency-Key: required of API keys, accepted from people. */
export function readKey(request: FastifyRequest, actor: Actor): string | undefined {
  const header = request.headers['idempotency-key']
  if (header === undefined) {
    if (actor.kind === 'key') throw new Problem('idempotency/key-required')
    return undefined
  }
  if (Array.isArray(header) || !/^[\x21-\x7e]{1,200}$/.test(header))
    throw new Problem('idempotency/key-invalid')
  return header
}
