// Other matters that may be of the same person: suggestions for a clerk, nothing is joined by itself.
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import { statement, type Db } from '../platform/db.ts'
import { visibilityValues, visibleTo } from './access.ts'
import type { State } from './workflow.ts'

export interface Candidate {
  id: string
  no: string
  title: string
  state: State
  receivedAt: Instant
  personId: string
  callerName: string | null
  /** What agrees: phone, ID number, or the whole name. */
  reason: 'idNo' | 'phone' | 'name'
  confirmed: boolean
}

const candidatesOf = statement<Candidate>(
  'matter.candidates',
  `with self as (
     select p.* from matters s join people p on p.id = s.person_id
     where s.id = $1 and not s.confidential and not p.confidential),
   same as (
     select p.id, p.name_masked, case when p.id_bi = self.id_bi then 'idNo' when p.phone_bi in (self.phone_bi, self.phone2_bi)
       or p.phone2_bi in (self.phone_bi, self.phone2_bi) then 'phone'
       else 'name' end as reason, self.id as self_id
     from people p, self
     where (p.id_bi = self.id_bi or p.phone_bi in (self.phone_bi, self.phone2_bi)
         or p.phone2_bi in (self.phone_bi, self.phone2_bi) or p.name_bi = self.name_bi)
       and not p.confidential
       -- Two different ID numbers are two people, and so are two whom a clerk has told apart.
       and (p.id_bi = self.id_bi or p.id_bi is null or self.id_bi is null)
       and not exists (select 1 from person_links l where l.status = 'rejected'
         and l.person_a = least(p.id, self.id) and l.person_b = greatest(p.id, self.id)))
   select m.id, m.no, m.title, m.state, m.received_at as "receivedAt", m.person_id as "personId",
     same.name_masked as "callerName", same.reason, (same.id = same.self_id or exists (
       select 1 from person_links l where l.status = 'confirmed'
         and l.person_a = least(same.id, same.self_id) and l.person_b = greatest(same.id, same.self_id))) as confirmed
   from same join matters m on m.person_id = same.id
   where m.id <> $1 and not m.confidential and ${visibleTo(2)}
   order by case same.reason when 'idNo' then 1 when 'phone' then 2 else 3 end, m.received_at desc, m.id limit 50`,
)

/** Other matters that may be of the same person: suggestions for a clerk, nothing is joined by itself. */
export function samePerson(db: Db, actor: Actor, matterId: string): Promise<Candidate[]> {
  return candidatesOf(db, [matterId, ...visibilityValues(actor)])
}
