// Full text by two-character grams: what 扰民 finds in 噪声扰民, and how the index of it is rebuilt.
import { statement, type Db, type Tx } from '../platform/db.ts'
import { NOT_TOLD } from './terms.ts'

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

/** A query as the grams and the words, parted by blanks, that a hit must hold; undefined without two neighbouring characters. */
export function readQuery(query: string): { grams: string[]; words: string[] } | undefined {
  const grams = gramsOf(query)
  return grams.length === 0 ? undefined : { grams, words: fold(query).trim().split(/\s+/) }
}

/** What is searched of the matter `m`: what was registered, what was answered in public, and the accepted answers in full. */
const SEARCHED = `concat_ws(' ', m.title, m.content, m.public_reply,
  (select string_agg(concat_ws(' ', r.facts, r.measures, nullif(r.result, '${NOT_TOLD}')), ' ') from replies r where r.matter_id = m.id and r.accepted),
  (select string_agg(concat_ws(' ', o.claim, o.facts, o.basis, o.opinion), ' ') from opinions o where o.matter_id = m.id and o.accepted))`

/** Whether the matter `m` holds the grams, and each of the words as it was typed: grams narrow, the texts decide. */
export function holdsWords(grams: string, words: string): string[] {
  return [
    `m.id in (select s.matter_id from matter_search s where s.grams @> ${grams}::text[])`,
    `(select bool_and(position(w.word in t.text) > 0)
       from (select lower(normalize(${SEARCHED}, NFKC)) as text offset 0) t, unnest(${words}::text[]) as w(word))`,
  ]
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

const textsOf = statement<{ id: string; text: string }>(
  'search.texts',
  `select m.id, ${SEARCHED} as text from matters m where m.id = any($1::uuid[])`,
)
const textsAfter = statement<{ id: string; text: string }>(
  'search.texts_after',
  `select m.id, ${SEARCHED} as text from matters m where m.import_id = $1 and m.id > $2 order by m.id limit $3`,
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
