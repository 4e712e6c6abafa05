// A morning's mail: many letters registered at once, all of them or none.
import type { Actor } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { Written } from './commands.ts'
import { register, type Registrar, type Registration } from './registering.ts'

/** Registers them in their order, in one transaction; an error names the letter (`/body/letters/3/title`). */
export async function registerAll(
  tx: Tx,
  actor: Actor,
  entries: readonly Registration[],
  office: Registrar,
): Promise<Written[]> {
  const written: Written[] = []
  for (const [i, entry] of entries.entries()) {
    written.push(await register(tx, actor, entry, { ...office, at: `/body/letters/${i}` }))
  }
  return written
}
