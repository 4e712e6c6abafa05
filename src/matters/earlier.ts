// Who came before: the people who bear exactly this name or number, with their earlier matters of every channel.
import { searchPeople } from '../people/commands.ts'
import type { SearchField } from '../people/seal.ts'
import type { Actor } from '../platform/actor.ts'
import { instantFromJson, type Instant } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import type { Vault } from '../platform/vault.ts'
import { visibilityValues, visibleTo } from './access.ts'
import { channelOf } from './channels/index.ts'
import { knownPeople } from './queries.ts'
import type { State } from './workflow.ts'

interface EarlierMatter {
  id: string
  no: string
  channel: string
  title: string
  state: State
  receivedAt: Instant
  final: boolean
}

/** The newest twenty of each person, in one statement; what a clerk confirmed to be the same person counts as one. */
const mattersOf = statement<{ personId: string; matters: EarlierMatter[] }>(
  'matter.earlier',
  `with recursive same (of, id) as (
     select t.id, t.id from unnest($1::uuid[]) as t(id)
     union
     select same.of, case when l.person_a = same.id then l.person_b else l.person_a end
     from same join person_links l on same.id in (l.person_a, l.person_b) and l.status = 'confirmed')
   select p.id as "personId", coalesce((
     select json_agg(x order by x."receivedAt" desc, x.id) from (
       select m.id, m.no, m.channel, m.title, m.state, m.received_at as "receivedAt", coalesce(pe.final, false) as final
       from matters m left join petitions pe on pe.id = m.id
       where (m.person_id in (select s.id from same s where s.of = p.id)
           or m.id in (select mp.matter_id from matter_people mp join same s on s.id = mp.person_id where s.of = p.id))
         and (not m.confidential or $5) and ${visibleTo(2)}
       order by m.received_at desc, m.id limit 20) x), '[]') as matters
   from unnest($1::uuid[]) as p(id)`,
)

/** The search is on record like any other; matters and people that the actor may not see are not among them. */
export async function findEarlier(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  input: { by: SearchField; text: string },
) {
  const { people, more } = await searchPeople(tx, vault, actor, { ...input, known: knownPeople })
  const seesConfidential = actor.can.has('people.find-confidential')
  const found = await mattersOf(tx, [
    people.map((person) => person.id),
    ...visibilityValues(actor),
    seesConfidential,
  ])
  const byPerson = new Map(found.map(({ personId, matters }) => [personId, matters]))
  return {
    more,
    people: people.map((person) => ({
      personId: person.id,
      name: person.confidential ? '保密' : person.nameMasked,
      phone: person.confidential ? '保密' : person.phoneMasked,
      township: person.confidential ? null : person.township,
      matters: (byPerson.get(person.id) ?? []).map((matter) => ({
        ...matter,
        receivedAt: instantFromJson(matter.receivedAt),
        channel: { code: matter.channel, label: channelOf(matter.channel).label },
      })),
    })),
  }
}
