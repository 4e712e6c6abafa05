// Compares rows with the history: what the events tell of them, folded, is what the tables must hold.
import type { PoolClient } from 'pg'
import type { Json } from './events.ts'
import { toldValue, UNTOLD, WHOLE } from './rows.ts'
import { unpackRows, type ToldBeside, type ToldRows } from './told-rows.ts'
import { originAfter, untoldRows, type Origin, type Provable } from './verify-untold.ts'

/** What is amiss with one row, told by its subject. */
export type Amiss = (subjectId: string, what: string) => void

interface ToldEvent {
  seq: number
  subject: string
  subjectId: string
  /** What the event says, which may have been altered. */
  canon: Partial<ToldBeside> & { rows?: ToldRows | null }
}

type Row = Map<string, Json>
/** Table → id → what is told of the row. */
type Fold = Map<string, Map<string, Row>>

/** Subjects whose rows are read together. */
const TOGETHER = 500

export interface RowFold {
  /** Takes the events of each subject in their order, one subject after the other. */
  take(event: ToldEvent): Promise<void>
  /** Compares what is left. */
  end(): Promise<void>
}

/** An event of a version that told nothing of rows tells only the state that it led to. */
export function foldRows(client: PoolClient, provable: readonly Provable[], amiss: Amiss): RowFold {
  let fold: Fold = new Map()
  const subjects = new Map<string, string>()
  /** What stands beside whom, by kind of subject. */
  const beside = provable.map((each) => ({ ...each, origins: new Map<string, Origin>() }))
  /** Table → id of a row that an event told from its beginning → whose event. */
  const begun = new Map<string, Map<string, string>>()
  const tables = new Map<string, Promise<TableFacts>>()
  let count = 0
  let last: string | undefined

  const compareAll = async () => {
    for (const [table, rows] of fold) {
      if (!tables.has(table)) tables.set(table, factsOf(client, table))
      const facts = (await tables.get(table)) as TableFacts
      await compare(client, table, facts, rows, (id, what) => amiss(subjects.get(id) ?? id, what))
    }
    for (const { rows, origins } of beside) {
      for (const table of rows) {
        const told = [...(begun.get(table.table) ?? [])].filter(([id]) => UUID.test(id))
        const untold = await untoldRows(client, table, origins, told)
        for (const { id, subjectId } of untold) amiss(subjectId, `${table.table} 多一行 ${id}`)
      }
      origins.clear()
    }
    fold = new Map()
    begun.clear()
    subjects.clear()
    count = 0
  }
  const rowOf = (table: string, id: string, subjectId: string): Row => {
    const rows = at(fold, table, () => new Map<string, Row>())
    subjects.set(id, subjectId)
    return at(rows, id, () => new Map<string, Json>())
  }
  /** They are still there: what they hold is no longer told. */
  const forget = (subjectId: string) => {
    for (const rows of fold.values())
      for (const [id, row] of rows) if (subjects.get(id) === subjectId) row.clear()
  }
  return {
    async take({ seq, subject, subjectId, canon }) {
      if (subjectId !== last && count++ >= TOGETHER) await compareAll()
      last = subjectId
      if (canon.rows === null && seq > 1) forget(subjectId)
      const origins = beside.find((each) => each.subject === subject)?.origins
      origins?.set(subjectId, originAfter(origins.get(subjectId), canon))
      for (const [table, told] of Object.entries(unpackRows(canon.rows ?? {}, canon)))
        for (const [id, columns] of Object.entries(told)) {
          const row = rowOf(table, id, subjectId)
          for (const [column, value] of Object.entries(columns)) row.set(column, value ?? null)
          if (columns[WHOLE] === true) at(begun, table, () => new Map<string, string>()).set(id, subjectId)
        }
      const to = canon.data?.to
      if (subject === 'matter' && typeof to === 'string')
        rowOf('matters', subjectId, subjectId).set('state', toldValue(subjectId, 'state', to))
    },
    end: compareAll,
  }
}

function at<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) map.set(key, (value = make()))
  return value
}

/** Columns that may be told, with what they hold when an insert says nothing of them. */
type TableFacts = Map<string, unknown>

async function factsOf(client: PoolClient, table: string): Promise<TableFacts> {
  const { rows } = await client.query<{ name: string; preset: string | null }>(
    `select column_name as name, column_default as preset from information_schema.columns
     where table_schema = 'app' and table_name = $1 and is_generated = 'NEVER'`,
    [table],
  )
  const told = rows.filter(({ name }) => name !== 'id' && !UNTOLD.has(name))
  if (told.length === 0) return new Map()
  const presets = told.map(({ name, preset }) => `${preset ?? 'null'} as "${name}"`)
  const { rows: values } = await client.query<Record<string, unknown>>(`select ${presets.join(', ')}`)
  return new Map(told.map(({ name }) => [name, values[0]?.[name] ?? null]))
}

/** The place of a value in an altered event may name anything. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

async function compare(
  client: PoolClient,
  table: string,
  facts: TableFacts,
  told: Map<string, Row>,
  amiss: Amiss,
): Promise<void> {
  // A table of that name may be gone in a later version, and no name out of an event goes into a statement unproved.
  if (facts.size === 0) return
  const columns = [...facts.keys()]
  const { rows } = await client.query<{ id: string } & Record<string, unknown>>(
    `select id, ${columns.map((name) => `"${name}"`).join(', ')} from app."${table}" where id = any($1::uuid[])`,
    [[...told.keys()].filter((id) => UUID.test(id))],
  )
  const found = new Map(rows.map((row) => [row.id, row]))
  for (const [id, row] of told) {
    const actual = found.get(id)
    if (actual === undefined) amiss(id, `${table} 少一行`)
    else
      for (const column of columns) {
        const expected = row.has(column) ? row.get(column) : row.has(WHOLE) ? facts.get(column) : undefined
        if (expected === undefined) continue
        const held = toldValue(id, column, actual[column] ?? null)
        const wanted = row.has(column) ? expected : toldValue(id, column, expected)
        if (JSON.stringify(held) !== JSON.stringify(wanted)) amiss(id, `${table}.${column}`)
      }
  }
}
