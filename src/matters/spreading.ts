// What a matter comes to accuse, and from whom it is withheld, holds for its reviews, what it was merged into, and the cases about it.
import { randomUUIDv7 } from 'node:crypto'
import { resealAccusedName } from '../people/accused.ts'
import { systemActor, type Actor } from '../platform/actor.ts'
import { statement, type Tx } from '../platform/db.ts'
import type { EventData } from '../platform/events.ts'
import { insertRow } from '../platform/rows.ts'
import type { Vault } from '../platform/vault.ts'
import type { Matter } from './case.ts'
import { writeChange, type Written } from './commands.ts'
import { lockCase } from './reading.ts'
import { matterAccused } from './record-tables.ts'
import { takeFromAccused, takingNeeds } from './taking.ts'

/** Whom a matter accuses and who stays away from it. */
export type Withheld = Pick<Matter, 'accusedUnitIds' | 'barredIds'>

export const withheldOf = ({ accusedUnitIds, barredIds }: Withheld): Withheld => ({
  accusedUnitIds,
  barredIds,
})

const followersOf = statement<{ id: string }>(
  'matter.followers',
  `with recursive following(id) as (
     select $1::uuid
     union
     select next.id from following f cross join lateral (
       select p.id from petitions p where p.parent_id = f.id
       union all
       select m.merged_into_id from matters m where m.id = f.id and m.merged_into_id is not null
       union all
       select m.id from matter_links l join matters m on m.id = case when l.a_id = f.id then l.b_id else l.a_id end
       where (l.a_id = f.id or l.b_id = f.id) and l.state = 'confirmed' and m.channel = 'escalation') next)
   select id from following where id <> $1 order by id`,
)

/**
 * Withholds all that follows from a matter as the matter is withheld now, and takes it from accused units that hold it. Only
 * ever more: what a leader or a correction lets go on one matter stays on the others until it is let go there.
 */
export async function passOn(
  tx: Tx,
  actor: Actor,
  fromId: string,
  more: Partial<Withheld>,
  event: { type: string; data?: EventData },
): Promise<string[]> {
  const ids = (await followersOf(tx, [fromId])).map((row) => row.id)
  for (const id of ids) await withhold(tx, actor, id, more, { ...event, data: { ...event.data, fromId } })
  return ids
}

/** The same, with the names of the persons whom the matter accuses. */
export async function passOnNamed(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  fromId: string,
  more: Partial<Withheld>,
  event: { type: string; data?: EventData },
): Promise<void> {
  const followers = await passOn(tx, actor, fromId, more, event)
  for (const id of followers) await copyNames(tx, vault, [fromId], id)
}

/** Takes a matter from the units that it accuses by now. */
export async function takeBack(tx: Tx, actor: Actor, id: string): Promise<Written | undefined> {
  const subject = await lockCase(tx, systemActor(actor.requestId), id, takingNeeds)
  const taken = await takeFromAccused(tx, actor, subject, subject.matter)
  if (taken === undefined) return undefined
  const { state, ...change } = taken
  return writeChange(tx, actor, subject, { ...change, data: { taken: true } }, state, 'matter.edit')
}

async function withhold(
  tx: Tx,
  actor: Actor,
  id: string,
  more: Partial<Withheld>,
  { type, data }: { type: string; data: EventData },
): Promise<void> {
  // The writer may be one who does not see what follows: it is withheld all the same.
  const subject = await lockCase(tx, systemActor(actor.requestId), id, takingNeeds)
  const { matter } = subject
  const next = joined(matter, more)
  const accuses = next.accusedUnitIds.length > matter.accusedUnitIds.length
  if (!accuses && next.barredIds.length === matter.barredIds.length) return
  const taken = accuses ? await takeFromAccused(tx, actor, subject, next) : undefined
  const { state = matter.state, ...change } = taken ?? { matter: {} }
  const told: EventData = accuses
    ? {
        ...data,
        fields: ['accusedUnitIds'],
        before: { accusedUnitIds: matter.accusedUnitIds },
        after: { accusedUnitIds: next.accusedUnitIds },
        ...(taken === undefined ? {} : { taken: true }),
      }
    : data
  writeChange(
    tx,
    actor,
    subject,
    { ...change, matter: { ...change.matter, ...next }, data: told },
    state,
    type,
  )
}

/** Both together, each once. */
export function joined(one: Withheld, more: Partial<Withheld>): Withheld {
  return {
    accusedUnitIds: [...new Set([...one.accusedUnitIds, ...(more.accusedUnitIds ?? [])])],
    barredIds: [...new Set([...one.barredIds, ...(more.barredIds ?? [])])],
  }
}

const namesToCopy = statement<{
  id: string
  name: Buffer
  nameMasked: string
  nameBi: Buffer
  post: string | null
  accountId: string | null
}>(
  'bars.names-to-copy',
  `select distinct on (c.name_bi) c.id, c.name, c.name_masked as "nameMasked", c.name_bi as "nameBi", c.post,
     c.account_id as "accountId"
   from matter_accused c where c.matter_id = any($1::uuid[])
     and not exists (select 1 from matter_accused own where own.matter_id = $2 and own.name_bi = c.name_bi)
   order by c.name_bi, c.named_at`,
)

/** Names on a matter the persons whom those matters name. */
export async function copyNames(tx: Tx, vault: Vault, fromIds: readonly string[], id: string): Promise<void> {
  for (const row of await namesToCopy(tx, [fromIds, id])) {
    const rowId = randomUUIDv7()
    const name = resealAccusedName(vault, row, rowId)
    insertRow(tx, matterAccused, { ...row, id: rowId, matterId: id, name, namedAt: tx.now })
  }
}
