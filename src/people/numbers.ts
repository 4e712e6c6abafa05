// Numbers that messages go to: sealed under the row of the message or contact, found again by their blind index.
import { statement, type Db } from '../platform/db.ts'
import { fieldProblem } from '../platform/problems.ts'
import type { Vault } from '../platform/vault.ts'
import { maskName, maskPhone } from './masks.ts'
import { checkName, checkPhone, normalisePhone, phoneKey, phoneKind } from './rules.ts'
import { openPerson, type SealedTable } from './seal.ts'

export interface SealedNumber {
  number: Buffer
  numberBi: Buffer
  numberMasked: string
}

const place = (rowId: string) => `sms|number|${rowId}`
const namePlace = (rowId: string) => `sms|name|${rowId}`

function seal(vault: Vault, rowId: string, phone: string): SealedNumber {
  return {
    number: vault.seal(phone, place(rowId)),
    numberBi: vault.blind('phone', phoneKey(phone)),
    numberMasked: maskPhone(phone),
  }
}

/** Seals a mobile number that somebody typed. Throws `request/invalid` at `pointer` for any other number. */
export function sealNumber(vault: Vault, rowId: string, text: string, pointer: string): SealedNumber {
  const checked = checkPhone(text)
  if (!checked.ok) throw fieldProblem('request/invalid', pointer, checked.zh)
  if (checked.kind !== 'mobile') throw fieldProblem('request/invalid', pointer, '只能向手机号码发送短信')
  return seal(vault, rowId, checked.phone)
}

/** The same number under another row: from a contact to a message. */
export function resealNumber(
  vault: Vault,
  from: { id: string; number: Buffer },
  rowId: string,
): SealedNumber {
  return seal(vault, rowId, vault.open(from.number, place(from.id)))
}

const again: SealedTable['again'] = (vault, { id, number }) => {
  const row = resealNumber(vault, { id, number: number as Buffer }, id)
  return { number: row.number, number_bi: row.numberBi }
}

export const sealedMessages: SealedTable = {
  ...{ table: 'sms_messages', sealed: ['number'], found: ['number_bi'] },
  again,
}

export const sealedContacts: SealedTable = {
  ...{ table: 'sms_contacts', sealed: ['name', 'number'], found: ['number_bi'] },
  again: (vault, row) => ({
    ...again(vault, row),
    name: vault.seal(vault.open(row.name as Buffer, namePlace(row.id)), namePlace(row.id)),
  }),
}

/** The number as the gateway needs it; whoever asks for it records that before. */
export function openNumber(vault: Vault, row: { id: string; number: Buffer }): string {
  return vault.open(row.number, place(row.id))
}

/** The blind indexes of a number that the gateway names, by every key version. */
export function marksOfNumber(vault: Vault, text: string): Buffer[] {
  return vault.blinds('phone', phoneKey(normalisePhone(text)))
}

/** A name for a list of our own people and cadres: sealed, and how it is shown. */
export function sealContactName(vault: Vault, rowId: string, text: string, pointer: string) {
  const checked = checkName(text)
  if (!checked.ok) throw fieldProblem('request/invalid', pointer, checked.zh)
  return { name: vault.seal(checked.name, namePlace(rowId)), nameMasked: maskName(checked.name) }
}

const sealedPeople = statement<{ id: string; sealed: Buffer }>(
  'numbers.people',
  'select id, sealed from people where id = any($1::uuid[]) and not confidential',
)

/**
 * The mobile numbers of these people, each sealed anew under the row that `rowOf` names; nobody who asked for confidence or
 * left no mobile number is among them.
 */
export async function mobilesOf(
  db: Db,
  vault: Vault,
  rows: readonly { rowId: string; personId: string }[],
): Promise<Map<string, SealedNumber>> {
  const found = await sealedPeople(db, [[...new Set(rows.map(({ personId }) => personId))]])
  const mobiles = new Map(
    found.flatMap((row) => {
      const { phone, phone2 } = openPerson(vault, row)
      const mobile = [phone, phone2].find(
        (text) => typeof text === 'string' && phoneKind(normalisePhone(text)) === 'mobile',
      )
      return typeof mobile === 'string' ? [[row.id, normalisePhone(mobile)] as const] : []
    }),
  )
  return new Map(
    rows.flatMap(({ rowId, personId }) => {
      const mobile = mobiles.get(personId)
      return mobile === undefined ? [] : [[rowId, seal(vault, rowId, mobile)] as const]
    }),
  )
}
