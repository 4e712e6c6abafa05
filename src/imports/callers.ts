// The caller of an imported order as a person: recognised again by a keyed digest, sealed once, never merged with another.
import { openPerson, sealPerson } from '../people/seal.ts'
import type { Vault } from '../platform/vault.ts'
import type { SealedPerson } from './existing.ts'
import type { Caller } from './order.ts'

// The purpose is part of what is digested, so that the digest equals no index of a name.
const told = (caller: Caller) =>
  `caller ${JSON.stringify([caller.name, caller.phone, caller.idNo, caller.address])}`

/** What is kept to recognise the same data in the next file. */
export function callerDigest(vault: Vault, caller: Caller): Buffer {
  return vault.blind('name', told(caller))
}

/** Under any key version, so that a new key does not make every caller look changed. */
export function isSameCaller(vault: Vault, caller: Caller, digest: Buffer | null): boolean {
  return digest !== null && vault.blinds('name', told(caller)).some((each) => each.equals(digest))
}

/** The row of a new person. */
export function newPerson(
  vault: Vault,
  id: string,
  caller: Caller,
  { confidential, regionCode }: { confidential: boolean; regionCode: string | null },
) {
  return { id, ...sealPerson(vault, id, { ...caller }, { confidential }), confidential, regionCode }
}

/** The row of a person whose data a newer file changes; what it leaves blank stays. */
export function changedPerson(
  vault: Vault,
  person: SealedPerson,
  caller: Caller,
  confidential: boolean,
  regionCode: string | null,
) {
  const fields = Object.entries(caller).filter(([, value]) => value !== null)
  const merged = { ...openPerson(vault, person), ...Object.fromEntries(fields) }
  const stays = person.confidential || confidential
  return {
    id: person.id,
    ...sealPerson(vault, person.id, merged, { confidential: stays }),
    confidential: stays,
    regionCode,
  }
}
