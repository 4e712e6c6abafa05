// Merging 并单 and its undoing, with what either of them means for whom the orders accuse.
import type { Actor } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { Vault } from '../platform/vault.ts'
import { act, writeChange, type Written } from './commands.ts'
import { lockLinks } from './linking.ts'
import { lockCase } from './reading.ts'
import { passOnNamed, withheldOf } from './spreading.ts'
import { takeFromAccused, takingNeeds } from './taking.ts'

/** Whom the order accuses, and who stays away from it, holds for the other and for all that follows from that one. */
export async function merge(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  id: string,
  input: unknown,
  ifMatch: number | undefined,
): Promise<Written> {
  await lockLinks(tx)
  const written = await act(tx, actor, id, 'merge', input, ifMatch)
  const { matter } = await lockCase(tx, actor, id, [])
  await passOnNamed(tx, vault, actor, id, withheldOf(matter), { type: 'matter.edit' })
  return written
}

/** Undone, the order is taken from a unit that it came to accuse meanwhile. */
export async function unmerge(
  tx: Tx,
  actor: Actor,
  id: string,
  input: unknown,
  ifMatch: number | undefined,
): Promise<Written> {
  const written = await act(tx, actor, id, 'unmerge', input, ifMatch)
  const subject = await lockCase(tx, actor, id, takingNeeds)
  const taken = await takeFromAccused(tx, actor, subject, subject.matter)
  if (taken === undefined) return written
  const { state, ...change } = taken
  return writeChange(tx, actor, subject, { ...change, data: { taken: true } }, state, 'matter.edit')
}
