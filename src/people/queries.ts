// Reads people: masked rows and exact search by blind index; never what is sealed.
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import { statement, type Db } from '../platform/db.ts'
import type { Vault } from '../platform/vault.ts'
import { blindsFor, type SearchField } from './seal.ts'

/**
 * Which of these people the actor may know of: those with a matter they see, and for the office's staff those with none.
 * The answer comes from the matters, which stand above this slice, so it is handed in.
 */
export type KnownPeople = (db: Db, actor: Actor, personIds: readonly string[]) => Promise<ReadonlySet<string>>

/** A person without anything sealed. */
export interface PersonRow {
  id: string
  nameMasked: string | null
  phoneMasked: string | null
  idMasked: string | null
  township: string | null
  confidential: boolean
  regionCode: string | null
  createdAt: Instant
  version: number
}

/** Whether they find those who asked for confidence at all; opening what is sealed takes more (`confidants.ts`). */
export const seesConfidential = (actor: Actor): boolean => actor.can.has('people.find-confidential')

const PERSON = `p.id, p.name_masked as "nameMasked", p.phone_masked as "phoneMasked", p.id_masked as "idMasked",
  p.township, p.confidential, p.region_code as "regionCode", p.created_at as "createdAt", p.version`

const byIds = statement<PersonRow>(
  'people.by-ids',
  `select ${PERSON} from people p where p.id = any($1::uuid[])`,
)

/** The people with these ids, in no order; unknown ids are left out. */
export function readPeople(db: Db, ids: readonly string[]): Promise<PersonRow[]> {
  return byIds(db, [ids])
}

const bearersOf = statement<{ id: string; soNamed: boolean }>(
  'people.bearers',
  `select p.id, p.name_bi is null or p.name_bi = any($2::bytea[]) as "soNamed" from people p
   where p.id_bi = any($1::bytea[]) order by p.id`,
)

/** The entries with this ID number, and whether they are under this name. */
export function findBearers(db: Db, vault: Vault, { idNo, name }: { idNo: string; name: string }) {
  return bearersOf(db, [blindsFor(vault, 'idNo', idNo), blindsFor(vault, 'name', name)])
}

/** How many hits a search shows; a common name has more, and the clerk must narrow it by phone or ID number. */
const SEARCH_LIMIT = 50

const byBlind = (name: string, where: string) =>
  statement<PersonRow>(
    `people.by-${name}`,
    `select ${PERSON} from people p where (${where}) and ($2::boolean or not p.confidential)
     order by p.id desc limit ${SEARCH_LIMIT + 1}`,
  )
const searches: Record<SearchField, ReturnType<typeof byBlind>> = {
  name: byBlind('name', 'p.name_bi = any($1::bytea[])'),
  phone: byBlind('phone', 'p.phone_bi = any($1::bytea[]) or p.phone2_bi = any($1::bytea[])'),
  idNo: byBlind('id-no', 'p.id_bi = any($1::bytea[])'),
}

/** People who bear exactly this, newest first. Confidential ones show only to those who may reveal them. */
export async function findByBlind(
  db: Db,
  actor: Actor,
  known: KnownPeople,
  by: SearchField,
  blinds: readonly Buffer[],
): Promise<{ people: PersonRow[]; more: boolean }> {
  const hits = await searches[by](db, [blinds, seesConfidential(actor)])
  const shown = hits.slice(0, SEARCH_LIMIT)
  const visible = await known(db, actor, idsOf(shown))
  return { people: shown.filter((person) => visible.has(person.id)), more: hits.length > SEARCH_LIMIT }
}

const idsOf = (people: readonly PersonRow[]) => people.map((person) => person.id)
