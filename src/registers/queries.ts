// Reads of the registers: pages by day, one row with its earlier versions, and the figures of a period with their rows.
import { z } from 'zod'
import type { Day, Instant } from '../platform/clock.ts'
import { statement, type Db } from '../platform/db.ts'
import { day, id as idShape, placeOf, writeCursor } from '../platform/fields.ts'
import { percent, percentText, yuan } from '../platform/numbers.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { versionsOf } from '../platform/versions.ts'
import { registerIds, registerOf, type RegisterId } from './columns.ts'
import { selectedColumns, type Row } from './commands.ts'
import type { Register, RegisterFigure } from './register.ts'

export interface RowFilter {
  from?: Day | undefined
  to?: Day | undefined
  /** One of the register's figures: the rows that it counts. */
  figure?: string | undefined
  voided?: boolean | undefined
  limit: number
  cursor?: string | undefined
}

const dayColumn = ({ day: column }: Register) => (column.includes('(') ? column : `r.${column}`)

function within(register: Register): string {
  const { lastDay } = register
  if (lastDay !== undefined)
    return `${dayColumn(register)} <= $2::date and (r.${lastDay} is null or r.${lastDay} >= $1::date)`
  return `${dayColumn(register)} between $1::date and $2::date`
}

/** The rows `r` that a figure counts, as SQL behind `from`, with these places for the days; undefined for no such figure. */
export function rowsBehind(figureId: string): ((from: string, to: string) => string) | undefined {
  for (const register of registerIds.map(registerOf)) {
    const figure = register.figures.find(({ id }) => id === figureId)
    if (figure === undefined) continue
    const met = `r.voided_at is null and ${within(register)} and ${figure.where ?? 'true'}`
    return (from, to) =>
      `${register.table} r where ${met}`.replaceAll(/\$([12])\b/g, (_, n) => (n === '1' ? from : to))
  }
  return undefined
}

const placeShape = z.tuple([day, idShape])

export async function listRows(db: Db, name: RegisterId, filter: RowFilter) {
  const register = registerOf(name)
  const { from = '1990-01-01', to = '2100-12-31', voided = false } = filter
  const values: unknown[] = [from, to, voided]
  const place = (value: unknown) => `$${values.push(value)}`
  const where = [within(register), '(r.voided_at is not null) = $3::boolean']
  if (filter.figure !== undefined) {
    const figure = figureAsked(register, filter.figure)
    if (figure.where !== undefined) where.push(figure.where)
  }
  const [sum] = await db.query<{ n: number }>(
    { name: '', text: `select count(*)::int as n from ${register.table} r where ${where.join(' and ')}` },
    [...values],
  )
  const at = placeOf(filter.cursor, placeShape)
  if (at !== undefined) {
    where.push(`(${dayColumn(register)}, r.id) < (${place(at[0])}::date, ${place(at[1])}::uuid)`)
  }
  const rows = await db.query<Row & { id: string; ofDay: Day }>(
    {
      name: '',
      text: `select ${selectedColumns(name)}, ${dayColumn(register)} as "ofDay" from ${register.table} r
        where ${where.join(' and ')} order by ${dayColumn(register)} desc, r.id desc limit ${place(filter.limit + 1)}`,
    },
    values,
  )
  const last = rows.length > filter.limit ? rows[filter.limit - 1] : undefined
  return {
    total: sum?.n ?? 0,
    items: rows.slice(0, filter.limit).map((row) => viewRow(register, row)),
    next: last === undefined ? null : writeCursor([last.ofDay, last.id]),
  }
}

/** Codes with their labels, money also as it is printed; only the register's own columns and what identifies the row. */
function viewRow(register: Register, row: Row) {
  const shown = Object.entries(register.columns).map(([key, { kind, choices }]) => {
    const value = row[key] ?? null
    if (value === null) return [key, null]
    if (choices !== undefined) return [key, { code: value, label: choices[value as string] ?? value }]
    if (kind === 'fen') return [key, { fen: value, text: yuan(value as number) }]
    return [key, kind === 'month' && typeof value === 'string' ? value.slice(0, 7) : value]
  })
  const { id, version, registeredAt, voidedAt, approvedAt } = row
  return {
    id: String(id),
    version: Number(version),
    registeredAt: String(registeredAt),
    voidedAt: (voidedAt ?? null) as Instant | null,
    ...(register.id === 'knowledge' ? { approved: approvedAt !== null } : {}),
    row: Object.fromEntries(shown) as Record<string, unknown>,
  }
}

/** One row, voided ones too, with what it said before each change, who changed it and why. */
export async function openRow(db: Db, name: RegisterId, id: string) {
  const register = registerOf(name)
  const text = `select ${selectedColumns(name)} from ${register.table} r where r.id = $1`
  const [[row], versions] = await Promise.all([
    db.query<Row>({ name: `registers.open-${name}`, text }, [id]),
    versionsOf(db, id),
  ])
  if (row === undefined) throw new Problem('register/not-found')
  const history = versions.map((version) => ({ ...version, row: viewRow(register, version.row).row }))
  return { ...viewRow(register, row), history }
}

/** Throws `kpi/unknown-metric`. */
export function figureAsked(register: Register, figure: string): RegisterFigure {
  const found = register.figures.find(({ id }) => id === figure)
  if (found === undefined) throw fieldProblem('kpi/unknown-metric', '/query/figure', '没有这个数')
  return found
}

export interface CountedFigure {
  id: string
  name: string
  unit: string
  value: number | null
  of: number | null
  text: string
  list: string
}

/** A register's figures of a period in one statement, each with the list of exactly the rows that it counts. */
export async function figuresOf(db: Db, name: RegisterId, from: Day, to: Day): Promise<CountedFigure[]> {
  const register = registerOf(name)
  if (register.figures.length === 0) return []
  const columns = register.figures.flatMap(
    ({ value, of, where = 'true', from: rows = `${register.table} r` }, i) => {
      const counted = (sql: string) =>
        `(select ${sql} from ${rows} where r.voided_at is null and ${within(register)} and ${where})::bigint`
      return [`${counted(value)} as v${i}`, ...(of === undefined ? [] : [`${counted(of)} as d${i}`])]
    },
  )
  const text = `select ${columns.join(', ')}`
  const [row] = await db.query<Record<string, number | null>>({ name: '', text }, [from, to])
  return register.figures.map((figure, i) => {
    const value = row?.[`v${i}`] ?? null
    const of = figure.of === undefined ? null : (row?.[`d${i}`] ?? 0)
    const asked = new URLSearchParams({ from, to, figure: figure.id })
    return {
      id: figure.id,
      name: figure.name,
      unit: figure.unit,
      value,
      of,
      text: written(figure, value, of),
      list: `/api/registers/${name}?${asked.toString()}`,
    }
  })
}

function written({ unit }: RegisterFigure, value: number | null, of: number | null): string {
  if (of !== null) return percentText(percent(value ?? 0, of, 2))
  if (value === null) return '无'
  return unit === '分' ? yuan(value) : `${value}${unit}`
}

export const dueArticles = statement<{ id: string; question: string; unit: string | null; reviewDay: Day }>(
  'registers.due-articles',
  `select r.id, r.question, u.name as unit, r.review_day as "reviewDay" from knowledge_articles r
   left join units u on u.id = r.owner_unit_id
   where r.voided_at is null and r.review_day <= $1 and (r.to_day is null or r.to_day >= $1)
     and ($2::text = 'all' or r.owner_unit_id = any($3::uuid[])) order by r.review_day, r.id limit 200`,
)

/** What agents may say today: approved, in force, and every word of the question in it. */
export const currentArticles = statement<{
  id: string
  topic: string
  question: string
  answer: string
  basis: string | null
}>(
  'registers.current-articles',
  `select r.id, r.topic, r.question, r.answer, r.basis from knowledge_articles r
   where r.voided_at is null and r.approved_at is not null and r.from_day <= $1 and (r.to_day is null or r.to_day >= $1)
     and not exists (select 1 from unnest($2::text[]) as w(word)
       where position(w.word in lower(normalize(r.question || ' ' || r.answer, nfkc))) = 0)
   order by r.review_day desc, r.id limit 50`,
)
