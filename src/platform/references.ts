// What columns refer to, as units and projects: by id in the API, by name in files, and never to what is gone.
import type { Column, Columns } from './column-kinds.ts'
import type { Db } from './db.ts'

export interface Referring {
  columns: Columns
  references: ReferenceKinds
}

/** What is wrong with a row, at a column. */
export interface RowFinding {
  column: string
  message: string
}

export interface Reference {
  id: string
  /** As a file has it. */
  written: string
  /** All that it may be called, in one form; the first is its own alone among those that are not gone. */
  names: string[]
  /** Why nothing new refers to it. */
  gone: string | null
}

/** What columns may refer to, and how it is found by ids and by texts. */
export type ReferenceKinds = Record<
  string,
  { nothing: string; find: (db: Db, values: [ids: unknown[], texts: string[]]) => Promise<Reference[]> }
>

const referringColumns = ({ columns, references }: Referring) =>
  Object.entries(columns).flatMap(([key, column]) => {
    const kind = column.refers === undefined ? undefined : references[column.refers]
    return kind === undefined ? [] : [{ key, column, kind }]
  })

export type References = ReadonlyMap<string, Reference>

/** What these rows refer to, by id. */
export async function referencesOf(
  db: Db,
  of: Referring,
  rows: readonly Record<string, unknown>[],
): Promise<References> {
  const known = new Map<string, Reference>()
  for (const { key, kind } of referringColumns(of)) {
    const ids = [...new Set(rows.map((row) => row[key]).filter((value) => typeof value === 'string'))]
    for (const each of await kind.find(db, [ids, []])) known.set(each.id, each)
  }
  return known
}

/** What a row refers to must be there and not be gone; what it referred to before stands. */
export function referring(
  of: Referring,
  row: Record<string, unknown>,
  known: References,
  before: Record<string, unknown> = {},
): RowFinding[] {
  return referringColumns(of).flatMap(({ key, kind }) => {
    const id = row[key]
    if (typeof id !== 'string' || id === before[key]) return []
    const reference = known.get(id)
    const message = reference === undefined ? kind.nothing : reference.gone
    return message === null ? [] : [{ column: key, message }]
  })
}

interface Resolved {
  id: string | undefined
  message: string
}

/** What names in a file mean, by column and text; ids stand for themselves. */
export async function resolveNames(
  db: Db,
  of: Referring,
  told: readonly { key: string; text: string }[],
): Promise<(key: string, text: string) => Resolved | undefined> {
  const meant = new Map<string, Resolved>()
  for (const { key, column, kind } of referringColumns(of)) {
    const texts = [...new Set(told.filter((each) => each.key === key).map(({ text }) => text))]
    const references = await kind.find(db, [[], texts])
    for (const text of texts.filter((each) => !isId(column, each)))
      meant.set(`${key} ${text}`, meaning(text, references, kind.nothing))
  }
  return (key, text) => meant.get(`${key} ${text}`)
}

const isId = ({ shape }: Column, text: string): boolean => shape.safeParse(text).success

function meaning(text: string, references: readonly Reference[], nothing: string): Resolved {
  const called = references.filter(({ names }) => names.includes(text))
  const present = called.filter(({ gone }) => gone === null)
  const own = present.filter(({ names }) => names[0] === text)
  const [only, other] = own.length === 1 ? own : present
  if (only === undefined) return { id: undefined, message: called[0]?.gone ?? nothing }
  if (other !== undefined) return { id: undefined, message: `“${text}”不止一个，请写全称` }
  return { id: only.id, message: '' }
}

/** The rows with names for ids, as a file has them. */
export async function withNames<Item extends { row: Record<string, unknown> }>(
  db: Db,
  of: Referring,
  items: readonly Item[],
): Promise<Item[]> {
  const known = await referencesOf(
    db,
    of,
    items.map(({ row }) => row),
  )
  const keys = referringColumns(of).map(({ key }) => key)
  return items.map((item) => {
    const row = { ...item.row }
    for (const key of keys) row[key] = known.get(String(row[key]))?.written ?? row[key]
    return { ...item, row }
  })
}
