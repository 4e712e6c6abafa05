// What asking for confidence means for those on a matter: all of them are kept, not the caller alone.
import { keepConfidential } from '../people/confidence.ts'
import type { Actor } from '../platform/actor.ts'
import { statement, type Tx } from '../platform/db.ts'
import type { Matter } from './case.ts'

const othersOn = statement<{ id: string }>(
  'matter.people-on',
  'select person_id as id from matter_people where matter_id = $1 order by person_id',
)

/** From now on the caller and the other representatives of the matter are shown as 保密 everywhere. */
export async function keepPeopleOn(
  tx: Tx,
  actor: Actor,
  { id, personId }: Pick<Matter, 'id' | 'personId'>,
): Promise<void> {
  const others = await othersOn(tx, [id])
  const people = new Set([...(personId === null ? [] : [personId]), ...others.map((other) => other.id)])
  for (const person of people) await keepConfidential(tx, actor, person)
}
