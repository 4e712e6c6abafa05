// Links between entries that may be one person: suggested by what they share, decided by a clerk, never merged.
import { z } from 'zod'
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { id as idShape, instant, placeOf, writeCursor } from '../platform/fields.ts'
import { Problem } from '../platform/problems.ts'
import type { Vault } from '../platform/vault.ts'
import { readPeople, seesConfidential, type KnownPeople } from './queries.ts'
import { blindsFor, openPerson, type PersonFields } from './seal.ts'

export type LinkStatus = 'suggested' | 'confirmed' | 'rejected'

export interface LinkRow {
  id: string
  personA: string
  personB: string
  status: LinkStatus
  reason: 'idNo' | 'phone' | 'name'
  suggestedAt: Instant
  decidedBy: string | null
  decidedAt: Instant | null
}

// Two different ID numbers are two people, whatever else they share.
const sharing = (what: string) =>
  `select o.id, 2 from people o where ${what} and o.id <> n.id and (o.id_bi is null or n.id_bi is null)`

// A phone links twenty entries at most, a name in one township three: a phone box or a common name must not link
// everybody with everybody.
const suggest = (name: string, chosen: string) =>
  statement(
    `people.suggest-${name}`,
    `insert into person_links (id, person_a, person_b, reason, suggested_at)
     select gen_random_uuid(), s.a, s.b, (array['idNo', 'phone', 'name'])[s.strength], $2 from (
       select distinct on (least(n.id, f.id), greatest(n.id, f.id))
         least(n.id, f.id) as a, greatest(n.id, f.id) as b, f.strength
       from people n cross join lateral (
         (select o.id, 1 as strength from people o where o.id_bi = n.id_bi and o.id <> n.id limit 20) union all
         (${sharing('o.phone_bi = n.phone_bi')} limit 20) union all
         (${sharing('o.phone2_bi = n.phone_bi')} limit 20) union all
         (${sharing('o.phone_bi = n.phone2_bi')} limit 20) union all
         (select same.id, 3 from (
            select namesake.id, count(*) over () as namesakes
            from (${sharing('o.name_bi = n.name_bi and o.township = n.township')} limit 4) namesake) same
          where same.namesakes <= 3)) f
       where ${chosen}
       order by 1, 2, f.strength) s
     on conflict (person_a, person_b) do nothing`,
  )
// For one entry a statement of its own: with an array the planner would plan anew at every registration.
const suggestForOne = suggest('one', 'n.id = $1::uuid')
const suggestForMany = suggest('many', 'n.id = any($1::uuid[])')

/** Suggests links between these entries and others that share an ID number, a phone, or name and township. */
export function suggestLinksOf(tx: Tx, personIds: readonly string[]): void {
  const [only] = personIds
  if (personIds.length === 1) tx.later(suggestForOne, [only, tx.now])
  else tx.later(suggestForMany, [personIds, tx.now])
}

const LINK = `l.id, l.person_a as "personA", l.person_b as "personB", l.status, l.reason,
  l.suggested_at as "suggestedAt", l.decided_by as "decidedBy", l.decided_at as "decidedAt"`

const linksPage = statement<LinkRow>(
  'people.links',
  `select ${LINK} from person_links l join people a on a.id = l.person_a join people b on b.id = l.person_b
   where l.status = $1 and ($2::uuid is null or $2 in (l.person_a, l.person_b))
     and ($3::boolean or not (a.confidential or b.confidential))
     and ($4::timestamptz is null or (l.suggested_at, l.id) < ($4, $5::uuid))
   order by l.suggested_at desc, l.id desc limit $6`,
)

export interface LinkQuery {
  status: LinkStatus
  personId?: string | undefined
  limit: number
  cursor?: string | undefined
}

const placeShape = z.tuple([instant, idShape])

/** A page of links, newest first, each with both people; a link with somebody the actor may not know of is left out. */
export async function listLinks(db: Db, actor: Actor, known: KnownPeople, query: LinkQuery) {
  const [at = null, id = null] = placeOf(query.cursor, placeShape) ?? []
  const rows = await linksPage(db, [
    query.status,
    query.personId ?? null,
    seesConfidential(actor),
    at,
    id,
    query.limit + 1,
  ])
  const page = rows.slice(0, query.limit)
  const ids = [...new Set(page.flatMap((link) => [link.personA, link.personB]))]
  const [people, visible] = await Promise.all([readPeople(db, ids), known(db, actor, ids)])
  const byId = new Map(people.filter((person) => visible.has(person.id)).map((person) => [person.id, person]))
  const items = page.flatMap((link) => {
    const [a, b] = [byId.get(link.personA), byId.get(link.personB)]
    return a === undefined || b === undefined ? [] : [{ link, people: [a, b] as const }]
  })
  const last = page.at(-1)
  const next =
    rows.length > query.limit && last !== undefined ? writeCursor([last.suggestedAt, last.id]) : null
  return { items, next }
}

const sameAs = statement<{ id: string; sealed: Buffer | null }>(
  'people.same-as',
  `with recursive same (id, bi) as (
     select p.id, p.id_bi from people p where p.id = any($1::uuid[]) or p.id_bi = any($2::bytea[])
     union
     select o.id, o.id_bi from same cross join lateral (
       select case when l.person_a = same.id then l.person_b else l.person_a end as id
       from person_links l where same.id in (l.person_a, l.person_b) and l.status = 'confirmed'
       union all select p.id from people p where p.id_bi = same.bi) found join people o on o.id = found.id)
   select same.id, p.sealed from same left join people p on p.id = same.id and p.id_bi is not null`,
)

/**
 * All entries of the same person, itself included: those that clerks confirmed, and those with one ID number, under
 * whatever key they were sealed.
 */
export async function samePerson(
  db: Db,
  vault: Vault,
  ids: readonly string[],
  blinds: readonly Buffer[] = [],
): Promise<string[]> {
  const found = await sameAs(db, [ids, blinds])
  const same = found.map(({ id }) => id)
  const borne = found.flatMap(({ id, sealed }) =>
    sealed === null ? [] : idBlinds(vault, openPerson(vault, { id, sealed })),
  )
  return borne.length === blinds.length ? same : samePerson(db, vault, same, borne)
}

const idBlinds = (vault: Vault, { idNo }: PersonFields): Buffer[] =>
  idNo === undefined || idNo === null ? [] : blindsFor(vault, 'idNo', idNo)

const linkById = statement<LinkRow>('people.link', `select ${LINK} from person_links l where l.id = $1`)
const decide = statement<{ id: string }>(
  'people.decide-link',
  `update person_links set status = $2, decided_by = $3, decided_at = $4 where id = $1 and status = 'suggested'
   returning id`,
)

/** Confirms or rejects a suggested link, once; both people's chains tell of it. Throws `person/link-decided`. */
export async function decideLink(
  tx: Tx,
  actor: Actor,
  id: string,
  input: { status: 'confirmed' | 'rejected'; known: KnownPeople },
): Promise<{ id: string; status: 'confirmed' | 'rejected' }> {
  const [link] = await linkById(tx, [id])
  if (link === undefined) throw new Problem('request/not-found')
  const pair = [link.personA, link.personB] as const
  const [people, known] = await Promise.all([readPeople(tx, pair), input.known(tx, actor, pair)])
  const hidden = people.some((person) => person.confidential) && !seesConfidential(actor)
  if (hidden || !pair.every((personId) => known.has(personId))) throw new Problem('request/not-found')

  const [decided] = await decide(tx, [id, input.status, actor.id, tx.now])
  if (decided === undefined) throw new Problem('person/link-decided', { extras: { status: link.status } })
  // In the order of the ids, as everywhere: two chains locked the other way round could wait for each other.
  for (const [subjectId, other] of [pair, pair.toReversed() as [string, string]] as const) {
    const data = { link: id, other, reason: link.reason }
    await record(tx, actor, { subject: 'person', subjectId, type: `person.link-${input.status}`, data })
  }
  return { id, status: input.status }
}
