// Writes that count once: the answer of a key is kept with the write itself and given again to whoever repeats it.
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import type { Actor } from './actor.ts'
import { statement, type Db, type Tx } from './db.ts'
import { record } from './events.ts'
import { Problem } from './problems.ts'

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

/**
 * Runs a write in one transaction together with its key, or gives the stored answer of the same key: `idempotency/key-reused`
 * when it belongs to another request. Of two at once, the second waits for the first and then repeats its answer. A refusal
 * that asks to be recorded is recorded.
 */
export async function once(
  deps: Deps,
  actor: Actor,
  request: Repeatable,
  write: (tx: Tx) => Promise<Answer>,
): Promise<Answer & { replayed: boolean }> {
  try {
    return await repeatable(deps, actor, request, write)
  } catch (error) {
    return onRecord(deps, actor, error)
  }
}

/** Records what a refusal asks to have recorded of the caller, and refuses. */
export async function onRecord({ db }: Deps, actor: Actor, error: unknown): Promise<never> {
  const told = error instanceof Problem ? error.options.record : undefined
  if (told !== undefined) {
    await db.transaction((tx) => record(tx, actor, { subject: 'account', subjectId: actor.id, ...told }))
  }
  throw error
}

async function repeatable(
  { db, vault }: Deps,
  actor: Actor,
  { key, told }: Repeatable,
  write: (tx: Tx) => Promise<Answer>,
): Promise<Answer & { replayed: boolean }> {
  if (key === undefined) return { ...(await db.transaction(write)), replayed: false }
  // Keyed, because a phone number could be guessed from a plain hash of a short body.
  const marks = vault.blinds('request', told())
  const earlier = async (source: Db): Promise<Answer | undefined> => {
    const [found] = await stored(source, [actor.id, key])
    if (found === undefined) return undefined
    if (!marks.some((mark) => mark.equals(found.fingerprint))) throw new Problem('idempotency/key-reused')
    return { status: found.status, body: found.body, etag: found.etag }
  }
  try {
    const answer = await db.transaction(async (tx) => {
      // The look for the key and the write's first statement travel together; a repeat abandons the write unmade.
      const [before, work] = await Promise.allSettled([earlier(tx), write(tx)])
      if (before.status === 'rejected') throw before.reason
      if (before.value !== undefined) throw new Repeated(before.value)
      if (work.status === 'rejected') throw work.reason
      const { status, body, etag } = work.value
      tx.later(keep, [actor.id, key, marks[0], status, body, etag, tx.now])
      return work.value
    })
    return { ...answer, replayed: false }
  } catch (error) {
    if (error instanceof Repeated) return { ...error.answer, replayed: true }
    // A twin may have been faster: then its answer is there now, whatever our own attempt failed on.
    const twin = await earlier(db)
    if (twin !== undefined) return { ...twin, replayed: true }
    throw error
  }
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
