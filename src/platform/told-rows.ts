// What an event tells of the rows it wrote, packed: a value that it has told already is named by its place.
import type { EventData, Json } from './events.ts'

/** Table → id → column → value, as `rows.ts` tells them. */
export type ToldRows = Record<string, Record<string, EventData>>

/** What an event says besides its rows, from which they may take values. */
export interface ToldBeside {
  at: string
  actorId: string
  subjectId: string
  data?: EventData | undefined
}

/** Shorter values gain nothing from being named. */
const WORTH = 3

/** `@` and the place in base 36, counted from the event's moment: no told value begins like that. */
const NAMED = /^@([0-9a-z]+)$/

/** The rows with each id and value that the event has already told replaced by its name. */
export function packRows(rows: ToldRows, beside: ToldBeside): ToldRows {
  const names = new Map<string, string>()
  const learn = (value: string) => {
    if (value.length >= WORTH && !names.has(value)) names.set(value, `@${names.size.toString(36)}`)
  }
  for (const value of saidBeside(beside)) learn(value)
  return mapped(rows, (value) => {
    const name = names.get(value)
    if (name === undefined) learn(value)
    return name ?? value
  })
}

/** The rows as they were told; those of a version that named nothing come back as they are. */
export function unpackRows(rows: ToldRows, beside: Partial<ToldBeside>): ToldRows {
  const values: string[] = []
  const known = new Set<string>()
  const learn = (value: string) => {
    if (value.length < WORTH || known.has(value)) return
    known.add(value)
    values.push(value)
  }
  for (const value of saidBeside(beside)) learn(value)
  return mapped(rows, (value) => {
    const place = NAMED.exec(value)?.[1]
    if (place === undefined) learn(value)
    return place === undefined ? value : (values[Number.parseInt(place, 36)] ?? value)
  })
}

function saidBeside({ at, actorId, subjectId, data }: Partial<ToldBeside>): string[] {
  const said = [at, actorId, subjectId, ...Object.values(data ?? {})]
  return said.filter((value) => typeof value === 'string')
}

/** As an event that somebody altered may tell them. */
type MaybeTold = Record<string, Record<string, EventData | null> | null>

/** Both directions walk in one order, on which the places depend. */
function mapped(rows: MaybeTold, of: (value: string) => string): ToldRows {
  const result: ToldRows = {}
  for (const [table, told] of Object.entries(rows)) {
    const ids: Record<string, EventData> = (result[table] = {})
    for (const [id, columns] of Object.entries(told ?? {})) {
      const row: EventData = (ids[of(id)] = {})
      for (const [column, value] of Object.entries(columns ?? {}))
        row[column] = mappedValue(value ?? null, of)
    }
  }
  return result
}

function mappedValue(value: Json, of: (value: string) => string): Json {
  if (typeof value === 'string') return of(value)
  return Array.isArray(value) ? value.map((each) => (typeof each === 'string' ? of(each) : each)) : value
}
