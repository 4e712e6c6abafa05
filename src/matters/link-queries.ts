// Which other matters may be the same thing, and why; which ones a clerk has linked. Nothing is linked by itself.
import type { Actor } from '../platform/actor.ts'
import { instantFromJson, type Instant } from '../platform/clock.ts'
import { statement, type Db } from '../platform/db.ts'
import { visibilityValues, visibleTo } from './access.ts'
import { ALIKE, ALIKE_IN_PLACE, NEAR_DAYS, type LinkReason } from './link-terms.ts'
import type { State } from './workflow.ts'

export interface Linked {
  id: string
  no: string
  channel: string
  title: string
  state: State
  receivedAt: Instant
}

export interface Suggested extends Linked {
  reasons: LinkReason[]
  /** Percent of the words of both that they have in common. */
  alike: number
}

const PICKED = `m.id, m.no, m.channel, m.title, m.state, m.received_at as "receivedAt"`

/**
 * Candidates come through indexes: the same person of whom nobody asked confidence, the same accused unit, the same place and
 * topic about the same time, most of the title's words. Only those few are compared word by word. With $6 just that one.
 */
const suggestions = statement<Suggested>(
  'matter.link-suggestions',
  `with self as (
     select m.id, m.title, m.topic, m.region_code, m.received_at, m.accused_unit_ids, m.person_id, m.confidential, s.grams
     from matters m left join matter_search s on s.matter_id = m.id where m.id = $1 and ${visibleTo(2)}),
   own as (
     select p.id_bi, p.phone_bi, p.phone2_bi from self join people p on (p.id = self.person_id
       or p.id in (select mp.person_id from matter_people mp where mp.matter_id = self.id))
     where not self.confidential and not p.confidential),
   same as (
     select p.id, bool_or(p.id_bi = own.id_bi) as by_id from own join people p on p.id_bi = own.id_bi
       or p.phone_bi in (own.phone_bi, own.phone2_bi) or p.phone2_bi in (own.phone_bi, own.phone2_bi)
     where not p.confidential group by p.id),
   told as (
     select m.id, bool_or(same.by_id) as by_id from same join matters m on m.person_id = same.id
       or m.id in (select mp.matter_id from matter_people mp where mp.person_id = same.id)
     where not m.confidential group by m.id),
   candidates as (
     select id from told
     union (select m.id from self join matters m on m.accused_unit_ids <> '{}' and m.accused_unit_ids && self.accused_unit_ids
       order by m.received_at desc limit 100)
     union (select m.id from self join matters m on m.region_code = self.region_code and m.topic = self.topic
       and m.received_at between self.received_at - interval '${NEAR_DAYS} days' and self.received_at + interval '${NEAR_DAYS} days'
       order by m.received_at desc limit 200)
     union (select s.matter_id from self join matter_search s on s.grams @> $5::text[] and $5::text[] <> '{}' limit 100)
     union select $6::uuid where $6::uuid is not null),
   compared as (
     select m.*, told.id is not null as known, coalesce(told.by_id, false) as by_id,
       m.accused_unit_ids && self.accused_unit_ids as accuses_same,
       m.region_code = self.region_code and m.topic = self.topic as near,
       coalesce((select count(*) from (select unnest(s.grams) intersect select unnest(self.grams)) x)::numeric
         / nullif((select count(*) from (select unnest(s.grams) union select unnest(self.grams)) x), 0), 0) as alike
     from self join candidates c on c.id <> self.id and ($6::uuid is null or c.id = $6)
       join matters m on m.id = c.id left join told on told.id = m.id left join matter_search s on s.matter_id = m.id
     where m.merged_into_id is null and ${visibleTo(2)}
       and not exists (select 1 from matter_links l where l.state <> 'undone'
         and l.a_id = least(m.id, self.id) and l.b_id = greatest(m.id, self.id))),
   judged as (
     select m.*, array_remove(array[case when known and by_id then 'idNo' end, case when known and not by_id then 'phone' end,
       case when accuses_same then 'accused' end, case when near and alike >= ${ALIKE_IN_PLACE} then 'place' end,
       case when alike >= ${ALIKE} then 'text' end], null) as reasons from compared m)
   select ${PICKED}, reasons, round(alike * 100)::int as alike from judged m
   where reasons <> '{}' order by cardinality(reasons) desc, alike desc, m.received_at desc, m.id limit 20`,
)

/** Other matters that may be the same thing, the likeliest first; `gramsOfTitle` are those of the matter's title. */
export function suggestLinks(
  db: Db,
  actor: Actor,
  id: string,
  gramsOfTitle: readonly string[],
): Promise<Suggested[]> {
  return suggestions(db, [id, ...visibilityValues(actor), gramsOfTitle, null])
}

/** Why two matters seem to be the same thing; nothing when they do not. */
export async function reasonsFor(db: Db, actor: Actor, id: string, otherId: string): Promise<LinkReason[]> {
  const [found] = await suggestions(db, [id, ...visibilityValues(actor), [], otherId])
  return found?.reasons ?? []
}

export interface LinkRow {
  matter: Linked
  state: 'confirmed' | 'rejected'
  reasons: LinkReason[]
  note: string | null
  decidedAt: Instant
  by: string | null
}

const decided = statement<{ link: LinkRow }>(
  'matter.links',
  `select json_build_object('state', l.state, 'reasons', l.reasons, 'note', l.note, 'decidedAt', l.decided_at, 'by', a.name,
     'matter', (select row_to_json(x) from (select ${PICKED}) x)) as link
   from matter_links l join matters m on m.id = case when l.a_id = $1 then l.b_id else l.a_id end
   left join accounts a on a.id = l.decided_by
   where $1 in (l.a_id, l.b_id) and l.state <> 'undone' and ${visibleTo(2)} order by l.decided_at, l.id`,
)
const members = statement<Linked>(
  'matter.case',
  `select ${PICKED} from matter_cases own join matter_cases c on c.case_id = own.case_id join matters m on m.id = c.matter_id
   where own.matter_id = $1 and m.id <> $1 and ${visibleTo(2)} order by m.received_at, m.id`,
)

/** What was decided on the matter itself, and everything that makes up the case with it. */
export async function readLinks(db: Db, actor: Actor, id: string) {
  const values = [id, ...visibilityValues(actor)]
  const [links, others] = await Promise.all([decided(db, values), members(db, values)])
  const canonical = (matter: Linked) => ({ ...matter, receivedAt: instantFromJson(matter.receivedAt) })
  return {
    links: links.map(({ link }) => ({
      ...link,
      decidedAt: instantFromJson(link.decidedAt),
      matter: canonical(link.matter),
    })),
    members: others,
  }
}
