// Publishing: figures, settings, definitions, words and case lists of a report are frozen together under one hash, never changed again.
import { hash, randomUUIDv7 } from 'node:crypto'
import { systemActor, type Actor } from '../platform/actor.ts'
import { dayOf, type Instant } from '../platform/clock.ts'
import { statement, type Database, type Db, type Sql, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { Problem } from '../platform/problems.ts'
import { insertRow } from '../platform/rows.ts'
import { digestOfKept, gatherCases, keepCases } from './cases.ts'
import { blocking, makeSummary, type Asked, type Summary } from './summary.ts'
import { reportPublications } from './tables.ts'

/** A report as it was published. */
export type Snapshot = Summary

export interface Publication {
  id: string
  period: string
  edition: number
  asOf: Instant
  publishedAt: Instant
  by: string
  reason: string | null
  hash: string
}

const COLUMNS = `p.id, p.period, p.edition, p.as_of as "asOf", p.published_at as "publishedAt",
  coalesce(a.name, '系统') as "by", p.reason, p.hash`
const FROM = 'report_publications p left join accounts a on a.id = p.by_id'

const newestOf = statement<Publication>(
  'reports.newest',
  `select ${COLUMNS} from ${FROM} where p.period = $1 order by p.edition desc limit 1`,
)
const listed = statement<Publication>(
  'reports.publications',
  `select ${COLUMNS} from ${FROM} where $1::text is null or p.period = $1
   order by p.published_at desc, p.id desc limit 500`,
)
const opened = statement<Publication & { snapshot: Snapshot }>(
  'reports.publication',
  `select ${COLUMNS}, p.snapshot from ${FROM} where p.id = $1`,
)

export function listPublications(db: Db, period: string | null): Promise<Publication[]> {
  return listed(db, [period])
}

/** Throws `report/not-published`. */
export async function openPublication(db: Db, id: string): Promise<Publication & { snapshot: Snapshot }> {
  const [found] = await opened(db, [id])
  if (found === undefined) throw new Problem('report/not-published')
  return found
}

/** Whether the publication is still what was hashed. */
export async function isIntact(db: Db, publication: Publication & { snapshot: Snapshot }): Promise<boolean> {
  return publication.hash === hashOf(publication.snapshot, await digestOfKept(db, publication.id))
}

const ONE_SNAPSHOT: Sql = { name: '', text: 'set transaction isolation level repeatable read' }
/** Unlike a select for an advisory lock it takes no snapshot: who waited for another sees what that one published. */
const ONE_AT_A_TIME: Sql = { name: '', text: 'lock table report_publications in share row exclusive mode' }

/**
 * Publishes a period in one snapshot of the database, counted for the office as a whole. The same again answers with what
 * was published; anything else needs `reason` and becomes the next edition. Throws `report/not-begun`,
 * `report/published-already`, and `report/not-consistent` with every finding that stands in the way.
 */
export function publish(
  db: Database,
  actor: Actor,
  asked: Asked,
  reason: string | null,
): Promise<Publication> {
  return db.bulkTransaction(async (tx) => {
    await tx.query(ONE_SNAPSHOT)
    await tx.query(ONE_AT_A_TIME)
    return publishIn(tx, actor, asked, reason)
  })
}

async function publishIn(tx: Tx, actor: Actor, asked: Asked, reason: string | null): Promise<Publication> {
  const { period } = asked
  if (period.from > dayOf(asked.asOf)) throw new Problem('report/not-begun')
  const everything = systemActor(actor.requestId)
  const snapshot = await makeSummary(tx, everything, asked)
  refuseFaults(snapshot)
  const [newest] = await newestOf(tx, [period.id])
  const digest = await gatherCases(tx, everything, { period, asOf: asked.asOf, facts: snapshot.facts })
  const whole = hashOf(snapshot, digest)
  if (newest?.hash === whole) return newest
  if (newest !== undefined && reason === null)
    throw new Problem('report/published-already', { extras: { publication: newest.id } })
  const id = randomUUIDv7()
  const publication = {
    ...{ id, period: period.id, edition: (newest?.edition ?? 0) + 1, asOf: asked.asOf, hash: whole },
    ...{ publishedAt: tx.now, by: actor.id, reason: newest === undefined ? null : reason },
  }
  insertRow(tx, reportPublications, { ...publication, snapshot })
  await keepCases(tx, id)
  await record(tx, actor, {
    ...{ subject: 'report', subjectId: id, type: 'report.published' },
    data: { period: period.id, edition: publication.edition, asOf: asked.asOf, hash: whole },
  })
  return { ...publication, by: actor.name }
}

function refuseFaults(snapshot: Summary): void {
  const faults = blocking(snapshot)
  if (faults.length === 0) return
  throw new Problem('report/not-consistent', {
    detail: `${faults.length} findings stand in the way`,
    errors: faults.map(({ mark, check, zh }) => ({ pointer: `/findings/${mark}`, code: check, message: zh })),
  })
}

/** SHA-256 over the report and the digest of its cases. Members are sorted: jsonb keeps no order. */
function hashOf(snapshot: Snapshot, cases: string): string {
  return hash('sha256', `${canonical(snapshot)}\n${cases}`, 'hex')
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}
