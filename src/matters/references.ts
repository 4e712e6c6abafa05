// Other matters that a matter's story and procedure name by id or number: told only to whom they are not withheld from.
import type { Petition } from './case.ts'

export interface StoryLine {
  type: string
  data: Record<string, unknown>
}

/** Members that hold the id of another matter, each with the one that holds its number. */
const REFERENCES: Record<string, string | undefined> = {
  intoId: 'intoNo',
  fromId: 'fromNo',
  reviewId: 'reviewNo',
  finalId: undefined,
  otherId: undefined,
  parentId: undefined,
  rootId: undefined,
  repeatOfId: undefined,
}

/** Nothing but the other matter is what these tell: without it they would only tell that there is one to hide. */
const ABOUT_ANOTHER: Record<string, string | undefined> = {
  'matter.link': 'otherId',
  'matter.link-reject': 'otherId',
  'matter.link-undo': 'otherId',
  'matter.review-requested': 'reviewId',
}

/** Ids of all other matters that are named, each once. */
export function referencesIn(story: readonly StoryLine[], petition: Petition | null): string[] {
  const parts = [...story.flatMap(({ data }) => partsOf(data)), ...(petition === null ? [] : [petition])]
  const ids = parts.flatMap((part) => Object.keys(REFERENCES).map((key) => valueOf(part, key)))
  return [...new Set(ids.filter((id) => typeof id === 'string'))]
}

/** What was corrected stands one level down, before and after. */
function partsOf(data: Record<string, unknown>): object[] {
  return [data, data['before'], data['after']].filter((part) => typeof part === 'object' && part !== null)
}

const valueOf = (part: object, key: string): unknown => (part as Record<string, unknown>)[key]

/** The story without the matters that are not `shown`; lines that tell of nothing else are left out. */
export function storyWithout<L extends StoryLine>(story: readonly L[], shown: ReadonlySet<string>): L[] {
  const told = story.filter(({ type, data }) => {
    const key = ABOUT_ANOTHER[type]
    if (key === undefined) return true
    const id = data[key]
    return typeof id === 'string' && shown.has(id)
  })
  return told.map((line) => {
    const { before, after } = line.data
    const data: Record<string, unknown> = blanked(line.data, shown)
    if (isPart(before)) data['before'] = blanked(before, shown)
    if (isPart(after)) data['after'] = blanked(after, shown)
    return { ...line, data }
  })
}

const isPart = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The same for the members of a procedure. */
export function blanked<T extends object>(part: T, shown: ReadonlySet<string>): T {
  const hidden = Object.entries(REFERENCES).filter(([key]) => {
    const id = valueOf(part, key)
    return typeof id === 'string' && !shown.has(id)
  })
  const blanks = hidden.flatMap(([key, no]) => [key, ...(no !== undefined && no in part ? [no] : [])])
  return { ...part, ...Object.fromEntries(blanks.map((key) => [key, null])) }
}
