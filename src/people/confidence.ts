// Makes a person confidential because a matter of theirs asks for it.
import type { Actor } from '../platform/actor.ts'
import { statement, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { CONFIDENTIAL } from './masks.ts'

// Nothing of a confidential person stays readable, as `sealPerson` would write it; what is sealed stays as it is.
const hide = statement<{ version: number }>(
  'people.hide',
  `update people set confidential = true, version = version + 1, township = null,
     name_masked = case when name_masked is null then null else $2 end,
     phone_masked = case when phone_masked is null then null else $2 end,
     id_masked = case when id_masked is null then null else $2 end
   where id = $1 and not confidential returning version`,
)

/** From now on the person is shown as 保密 everywhere, and revealing them needs the further permission. */
export async function keepConfidential(tx: Tx, actor: Actor, personId: string): Promise<void> {
  const [hidden] = await hide(tx, [personId, CONFIDENTIAL])
  if (hidden === undefined) return
  const data = { fields: ['confidential'], version: hidden.version }
  await record(tx, actor, { subject: 'person', subjectId: personId, type: 'person.corrected', data })
}
