// A person as stored: one sealed value, what may be seen of it, and the blind indexes that find it again.
import { z } from 'zod'
import type { Vault } from '../platform/vault.ts'
import { normaliseIdNo } from './id-number.ts'
import { CONFIDENTIAL, maskIdNo, maskName, maskPhone, townshipOf } from './masks.ts'
import { nameKey, normaliseAddress, normaliseName, normalisePhone, phoneKey } from './rules.ts'

export const PERSON_FIELDS = ['name', 'phone', 'phone2', 'idNo', 'address'] as const
export type PersonField = (typeof PERSON_FIELDS)[number]

/** What only the sealed value holds; a field that is not known is null or absent. */
export type PersonFields = { [field in PersonField]?: string | null }

/** The columns of `people` that come out of the fields. */
export interface PersonColumns {
  sealed: Buffer
  nameMasked: string | null
  phoneMasked: string | null
  idMasked: string | null
  township: string | null
  nameBi: Buffer | null
  phoneBi: Buffer | null
  phone2Bi: Buffer | null
  idBi: Buffer | null
}

/** What can be searched for. */
export type SearchField = 'phone' | 'idNo' | 'name'

/** A row of a table with sealed values: its id, and they. */
export type SealedRow = { id: string } & Record<string, Buffer | null>

/** Where sealed values are stored, and how they are sealed again. */
export interface SealedTable {
  table: string
  /** Columns of sealed values. */
  sealed: readonly string[]
  /** Blind indexes that go with them. */
  found?: readonly string[]
  /** All those columns under the newest key. */
  again(vault: Vault, row: SealedRow): Record<string, Buffer | null>
}

const known = z.string().optional()
const stored = z.object({ name: known, phone: known, phone2: known, idNo: known, address: known })

const place = (id: string) => `people|sealed|${id}`

const FORMS: Record<PersonField, (text: string) => string> = {
  name: normaliseName,
  phone: normalisePhone,
  phone2: normalisePhone,
  idNo: normaliseIdNo,
  address: normaliseAddress,
}

/** The fields in their one form; empty ones are null. */
export function normalisePerson(fields: PersonFields): Record<PersonField, string | null> {
  const form = (field: PersonField): string | null => {
    const text = fields[field]
    return text === undefined || text === null ? null : FORMS[field](text) || null
  }
  return {
    name: form('name'),
    phone: form('phone'),
    phone2: form('phone2'),
    idNo: form('idNo'),
    address: form('address'),
  }
}

/**
 * Normalises, masks, indexes and seals; `id` is the row's, and nothing opens under another. Nothing of a confidential
 * person stays readable. Does not check the fields: `checks.ts` does.
 */
export function sealPerson(
  vault: Vault,
  id: string,
  fields: PersonFields,
  { confidential = false }: { confidential?: boolean } = {},
): PersonColumns {
  const person = normalisePerson(fields)
  const { name, phone, phone2, idNo, address } = person
  const masked = (text: string | null, mask: (text: string) => string) =>
    text === null ? null : confidential ? CONFIDENTIAL : mask(text)
  return {
    sealed: vault.seal(JSON.stringify(person, dropNull), place(id)),
    nameMasked: masked(name, maskName),
    phoneMasked: masked(phone, maskPhone),
    idMasked: masked(idNo, maskIdNo),
    township: address === null || confidential ? null : townshipOf(address),
    nameBi: name === null ? null : vault.blind('name', nameKey(name)),
    phoneBi: phone === null ? null : vault.blind('phone', phoneKey(phone)),
    phone2Bi: phone2 === null ? null : vault.blind('phone', phoneKey(phone2)),
    idBi: idNo === null ? null : vault.blind('idNo', idNo),
  }
}

function dropNull(_key: string, value: unknown): unknown {
  return value ?? undefined
}

/** Opens a row. Throws `VaultError` when it was altered or is another row's. */
export function openPerson(vault: Vault, row: { id: string; sealed: Buffer }): PersonFields {
  return stored.parse(JSON.parse(vault.open(row.sealed, place(row.id))))
}

/** The blind indexes under which a searched value may stand, by every key version. */
export function blindsFor(vault: Vault, by: SearchField, text: string): Buffer[] {
  if (by === 'name') return vault.blinds('name', nameKey(normaliseName(text)))
  if (by === 'phone') return vault.blinds('phone', phoneKey(normalisePhone(text)))
  return vault.blinds('idNo', normaliseIdNo(text))
}

export const sealedPeople: SealedTable = {
  table: 'people',
  sealed: ['sealed'],
  found: ['name_bi', 'phone_bi', 'phone2_bi', 'id_bi'],
  again(vault, { id, sealed }) {
    const row = sealPerson(vault, id, openPerson(vault, { id, sealed: sealed as Buffer }))
    return {
      ...{ sealed: row.sealed, name_bi: row.nameBi },
      ...{ phone_bi: row.phoneBi, phone2_bi: row.phone2Bi, id_bi: row.idBi },
    }
  },
}
