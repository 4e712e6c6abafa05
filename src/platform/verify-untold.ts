// Finds rows that were put in beside the history: of which no event tells, or whose subject has none.
import type { PoolClient } from 'pg'
import { streamRows } from './checkpoint.ts'
import type { EventData } from './events.ts'
import type { ToldRows } from './told-rows.ts'

/** A table whose every row begins with an event, and the name of the events' subject. */
export interface Provable {
  subject: string
  table: string
  /** Where the subject is another, named by the column `of`: its event of this type, which says the value of the column. */
  told?: { of: string; type: string; column: string }
  /** What stands beside it: each row is told by an event of its subject, or came with an import. */
  rows: readonly Beside[]
}

export interface Beside {
  table: string
  /** The column that names the subject. */
  of: string
  /** Ids of rows that came with an import are the subject's own but for the last 16 bits, which differ by this much. */
  imported?: readonly [from: number, to: number]
}

/** Whether all rows of a subject are told; `imported`: all but those that imports wrote; `untold`: some go back to a version that told none. */
export type Origin = 'told' | 'imported' | 'untold'

/** What begins a chain or leads to a state may write rows of any kind; marks and moved deadlines begin none. */
export function originAfter(
  before: Origin | undefined,
  { data, rows }: { data?: EventData | undefined; rows?: ToldRows | null },
): Origin {
  if (before === 'untold') return before
  if (rows === null || data?.['imported'] === true) return 'imported'
  const writes = before === undefined || typeof data?.['to'] === 'string'
  return rows === undefined && writes ? 'untold' : (before ?? 'told')
}

/** What of it the database has: an earlier version may have left it. */
export async function provableIn(client: PoolClient, all: readonly Provable[]): Promise<Provable[]> {
  const { rows } = await client.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'app'`,
  )
  const there = new Set(rows.map(({ name }) => name))
  return all
    .filter(({ table }) => there.has(table))
    .map((each) => ({ ...each, rows: each.rows.filter(({ table }) => there.has(table)) }))
}

interface Row {
  id: string
  subjectId: string
}

/** Those rows of subjects that are neither among the told nor came with an import. */
export async function untoldRows(
  client: PoolClient,
  { table, of, imported = NONE }: Beside,
  origins: ReadonlyMap<string, Origin>,
  told: readonly (readonly [id: string, subjectId: string])[],
): Promise<Row[]> {
  const proved = [...origins].filter(([, origin]) => origin !== 'untold')
  if (proved.length === 0) return []
  const { rows } = await client.query<Row>(
    `select t.id, s.id as "subjectId"
     from app."${table}" t join unnest($1::uuid[], $2::boolean[]) as s (id, imported) on s.id = t."${of}"
     where not exists (
         select from unnest($3::uuid[], $4::uuid[]) as told (id, by) where told.id = t.id and told.by = s.id)
       and not (s.imported and left(t.id::text, 32) = left(s.id::text, 32)
         and (${LAST_BITS('t.id')} # ${LAST_BITS('s.id')})::int between $5 and $6)
     order by t.id`,
    [
      ...[proved.map(([id]) => id), proved.map(([, origin]) => origin === 'imported')],
      ...[told.map(([id]) => id), told.map(([, by]) => by), ...imported],
    ],
  )
  return rows
}

/** A range that holds nothing. */
const NONE = [1, 0] as const

const LAST_BITS = (id: string) => `('x' || right(${id}::text, 4))::bit(16)`

/** Those rows that have no event at all, or whose subject is not there. */
export async function findStrangers(
  client: PoolClient,
  provable: readonly Provable[],
  find: (id: string, table: string) => void,
): Promise<void> {
  for (const { subject, table, told, rows } of provable) {
    const first =
      told === undefined
        ? 'e.subject_id = t.id and e.seq = 1'
        : `e.subject_id = t."${told.of}" and e.type = '${told.type}' and strpos(e.canon, t."${told.column}"::text) > 0`
    const own = streamRows<{ id: string }>(
      client,
      `select t.id from app."${table}" t
       where not exists (select from app.events e where e.subject = $1 and ${first}) order by 1`,
      [subject],
    )
    for await (const { id } of own) find(id, table)
    for (const beside of rows) {
      const lost = streamRows<{ id: string }>(
        client,
        `select t.id from app."${beside.table}" t
         where not exists (select from app."${table}" s where s.id = t."${beside.of}") order by 1`,
      )
      for await (const { id } of lost) find(id, beside.table)
    }
  }
}
