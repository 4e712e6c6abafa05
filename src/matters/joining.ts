// Merging 并单 and its undoing, with what either of them means for whom the orders accuse.
import type { Actor } from '../platform/actor.ts'
import { statement, type Tx } from '../platform/db.ts'
import { fieldProblem } from '../platform/problems.ts'
import type { Vault } from '../platform/vault.ts'
import { act, type Written } from './commands.ts'
import { lockLinks } from './linking.ts'
import { lockCase } from './reading.ts'
import { passOnNamed, takeBack, withheldOf } from './spreading.ts'
import type { Act } from './workflow.ts'

/** Such an act, for which the workflow alone is not enough. */
type Joining = (
  tx: Tx,
  actor: Actor,
  id: string,
  input: unknown,
  more: { ifMatch: number | undefined; vault: Vault },
) => Promise<Written>

// Two callers are known to differ when they share neither entry, ID number nor phone, nobody confirmed them to be one, and no
// clerk linked the two orders as one thing. Whose order was given in confidence is never found out by trying: with such a caller
// only the same entry, or that link, will do. An order that names no caller rests on the word of who merges it.
const callersDiffer = statement<{ differ: true }>(
  'merge.callers-differ',
  `with recursive same (id) as (
     select person_id from matters where id = $1
     union
     select case when l.person_a = same.id then l.person_b else l.person_a end
     from same join person_links l on same.id in (l.person_a, l.person_b) and l.status = 'confirmed')
   select true as differ from matters m join matters t on t.id = m.merged_into_id
     join people a on a.id = m.person_id join people b on b.id = t.person_id
   where m.id = $1 and a.id <> b.id and (a.confidential or b.confidential or
       b.id not in (select id from same) and (a.id_bi = b.id_bi) is not true
       and ((a.phone_bi in (b.phone_bi, b.phone2_bi) or a.phone2_bi in (b.phone_bi, b.phone2_bi))
         and (a.id_bi is null or b.id_bi is null)) is not true)
     and not exists (select from matter_cases c join matter_cases d using (case_id) where c.matter_id = m.id and d.matter_id = t.id)`,
)

/** Whom the order accuses, and who stays away from it, holds for the other and for all that follows from that one. */
const merge: Joining = async (tx, actor, id, input, { ifMatch, vault }) => {
  await lockLinks(tx)
  const written = await act(tx, actor, id, 'merge', input, ifMatch)
  if ((await callersDiffer(tx, [id])).length > 0) {
    throw fieldProblem(
      'matter/merge-other-caller',
      '/body/intoId',
      '诉求人不同或者要求保密：确为同一事项的，请先关联两件',
    )
  }
  const { matter } = await lockCase(tx, actor, id, [])
  await passOnNamed(tx, vault, actor, id, withheldOf(matter), { type: 'matter.edit' })
  return written
}

/** Undone, the order is taken from a unit that it came to accuse meanwhile. */
const unmerge: Joining = async (tx, actor, id, input, { ifMatch }) => {
  const written = await act(tx, actor, id, 'unmerge', input, ifMatch)
  return (await takeBack(tx, actor, id)) ?? written
}

/** The acts that do more than the workflow says. */
export const joining: Partial<Record<Act, Joining>> = { merge, unmerge }
