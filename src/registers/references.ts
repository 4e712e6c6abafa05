// What columns of a register refer to, units and projects: by id in the API, by name in files, and never to what is gone.
import { statement, type Db } from '../platform/db.ts'
import type { Column, ColumnKind } from './column-kinds.ts'
import type { Register, RowFinding } from './register.ts'

interface Reference {
  id: string
  /** As a file has it. */
  written: string
  /** All that it may be called, in one form; the first is its own alone among those that are not gone. */
  names: string[]
  /** Why nothing new refers to it. */
  gone: string | null
}
type ReferenceKind = 'unit' | 'project'

const found: Record<ReferenceKind, { nothing: string; find: ReturnType<typeof statement<Reference>> }> = {
  unit: {
    nothing: '没有这个单位',
    find: statement<Reference>(
      'registers.units',
      `select u.id, u.name as written, array[normalize(u.name, nfkc), normalize(u.short_name, nfkc)] as names,
         case when u.kind = 'platform' then '不是承办单位' when u.valid_to is null then null
           else '单位已撤销' || coalesce('，请改用' || s.name, '') end as gone
       from units u left join units s on s.id = u.successor_id where u.id = any($1::uuid[])
         or normalize(u.name, nfkc) = any($2::text[]) or normalize(u.short_name, nfkc) = any($2::text[])`,
    ),
  },
  project: {
    nothing: '没有这个项目',
    find: statement<Reference>(
      'registers.projects',
      `select p.id, w.written, array[normalize(w.written, nfkc), normalize(p.name, nfkc)] as names,
         case when p.voided_at is not null then '项目已作废' end as gone
       from projects p cross join lateral (select p.year || '年' || p.name as written) w
       where p.id = any($1::uuid[]) or normalize(w.written, nfkc) = any($2::text[])
         or normalize(p.name, nfkc) = any($2::text[])`,
    ),
  },
}

const referringColumns = ({ columns }: Register) =>
  Object.entries(columns).flatMap(([key, column]) => {
    const { kind }: { kind: ColumnKind } = column
    return kind === 'unit' || kind === 'project' ? [{ key, column, kind }] : []
  })

export type References = ReadonlyMap<string, Reference>

/** What these rows refer to, by id. */
export async function referencesOf(
  db: Db,
  register: Register,
  rows: readonly Record<string, unknown>[],
): Promise<References> {
  const known = new Map<string, Reference>()
  for (const { key, kind } of referringColumns(register)) {
    const ids = [...new Set(rows.map((row) => row[key]).filter((value) => typeof value === 'string'))]
    for (const each of await found[kind].find(db, [ids, []])) known.set(each.id, each)
  }
  return known
}

/** What a row refers to must be there and not be gone; what it referred to before stands. */
export function referring(
  register: Register,
  row: Record<string, unknown>,
  known: References,
  before: Record<string, unknown> = {},
): RowFinding[] {
  return referringColumns(register).flatMap(({ key, kind }) => {
    const id = row[key]
    if (typeof id !== 'string' || id === before[key]) return []
    const reference = known.get(id)
    const message = reference === undefined ? found[kind].nothing : reference.gone
    return message === null ? [] : [{ column: key, message }]
  })
}

export interface Resolved {
  id: string | undefined
  message: string
}

/** What names in a file mean, by column and text; ids stand for themselves. */
export async function resolveNames(
  db: Db,
  register: Register,
  told: readonly { key: string; text: string }[],
): Promise<(key: string, text: string) => Resolved | undefined> {
  const meant = new Map<string, Resolved>()
  for (const { key, column, kind } of referringColumns(register)) {
    const texts = [...new Set(told.filter((each) => each.key === key).map(({ text }) => text))]
    const references = await found[kind].find(db, [[], texts])
    for (const text of texts.filter((each) => !isId(column, each)))
      meant.set(`${key} ${text}`, meaning(text, references, found[kind].nothing))
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
  register: Register,
  items: readonly Item[],
): Promise<Item[]> {
  const known = await referencesOf(
    db,
    register,
    items.map(({ row }) => row),
  )
  const keys = referringColumns(register).map(({ key }) => key)
  return items.map((item) => {
    const row = { ...item.row }
    for (const key of keys) row[key] = known.get(String(row[key]))?.written ?? row[key]
    return { ...item, row }
  })
}
