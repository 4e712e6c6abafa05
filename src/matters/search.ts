// Full text by two-character grams: what 扰民 finds in 噪声扰民, and how the index of it is rebuilt.
import { statement, type Db, type Tx } from '../platform/db.ts'

const SEPARATORS = /[^\p{L}\p{N}]+/u

/** Every pair of neighbouring characters of each run of letters and digits; full-width forms and case folded. */
export function gramsOf(text: string): string[] {
  const grams = new Set<string>()
  for (const run of fold(text).split(SEPARATORS)) {
    const characters = [...run]
    for (let i = 0; i + 1 < characters.length; i++) {
      grams.add(`${characters[i]}${characters[i + 1]}`)
    }
  }
  return [...grams]
}

/** A query as the grams that a hit must hold; undefined when it has no two neighbouring characters. */
export function gramsOfQuery(query: string): string[] | undefined {
  const grams = gramsOf(query)
  return grams.length === 0 ? undefined : grams
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

const textsOf = statement<{ id: string; text: string }>(
  'search.texts',
  `select m.id, concat_ws(' ', m.title, m.content, m.public_reply) as text from matters m
   where m.id = any($1::uuid[])`,
)
const textsAfter = statement<{ id: string; text: string }>(
  'search.texts_after',
  `select m.id, concat_ws(' ', m.title, m.content, m.public_reply) as text from matters m
   where m.import_id = $1 and m.id > $2 order by m.id limit $3`,
)
// Grams travel joined by a space, which no gram contains: an array of arrays must be rectangular.
const keepGrams = statement(
  'search.keep',
  `insert into matter_search (matter_id, grams)
   select id, string_to_array(grams, ' ') from unnest($1::uuid[], $2::text[]) as t(id, grams) order by id
   on conflict (matter_id) do update set grams = excluded.grams`,
)

/** Rebuilds the index rows of these matters from what they hold now. */
export async function indexMatters(tx: Tx, ids: readonly string[]): Promise<void> {
  const rows = await textsOf(tx, [ids])
  await keep(tx, rows)
}

/** Rebuilds the index of one page of an import's matters after `after`; the ids of the page. */
export async function indexImport(tx: Tx, importId: string, after: string, page: number): Promise<string[]> {
  const rows = await textsAfter(tx, [importId, after, page])
  await keep(tx, rows)
  return rows.map((row) => row.id)
}

async function keep(db: Db, rows: { id: string; text: string }[]): Promise<void> {
  await keepGrams(db, [rows.map((row) => row.id), rows.map((row) => gramsOf(row.text).join(' '))])
}
