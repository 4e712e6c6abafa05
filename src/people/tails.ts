// Whether somebody knows the end of a number that a person gave: for a citizen who asks after an own matter.
import { timingSafeEqual } from 'node:crypto'
import { statement, type Db } from '../platform/db.ts'
import type { Vault } from '../platform/vault.ts'
import { openPerson } from './seal.ts'

const sealedOf = statement<{ id: string; sealed: Buffer }>(
  'people.sealed-of',
  'select id, sealed from people where id = any($1::uuid[])',
)

/**
 * Whether one of these people has a phone that ends in these four characters, or, of who left no phone, an ID number that
 * does. Only the answer leaves; nothing is shown to anybody.
 */
export async function knowsTail(
  db: Db,
  vault: Vault,
  personIds: readonly string[],
  tail: string,
): Promise<boolean> {
  const rows = await sealedOf(db, [personIds])
  return rows.some((row) => {
    const { phone, phone2, idNo } = openPerson(vault, row)
    const phones = [phone, phone2].filter((text) => typeof text === 'string')
    return (phones.length > 0 ? phones : [idNo ?? '']).some((text) => sameTail(text, tail))
  })
}

function sameTail(text: string, tail: string): boolean {
  const own = Buffer.from(text.slice(-4).toUpperCase())
  const told = Buffer.from(tail.toUpperCase())
  return own.length === told.length && own.length > 0 && timingSafeEqual(own, told)
}
