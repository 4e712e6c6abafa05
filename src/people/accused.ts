// Names of persons whom a matter accuses: sealed under the row they stand in, known again by their blind index.
import { statement } from '../platform/db.ts'
import { fieldProblem } from '../platform/problems.ts'
import type { Vault } from '../platform/vault.ts'
import { maskName } from './masks.ts'
import { checkName, nameKey } from './rules.ts'

export interface AccusedName {
  name: Buffer
  nameMasked: string
  nameBi: Buffer
  /** One form of the name, to compare with those of accounts; never stored. */
  plain: string
}

const place = (rowId: string) => `accused|name|${rowId}`

/** Throws `request/invalid` at `pointer` for what is no name. */
export function sealAccusedName(vault: Vault, rowId: string, text: string, pointer: string): AccusedName {
  const checked = checkName(text)
  if (!checked.ok) throw fieldProblem('request/invalid', pointer, checked.zh)
  const { name: plain } = checked
  return {
    name: vault.seal(plain, place(rowId)),
    nameMasked: maskName(plain),
    nameBi: vault.blind('name', nameKey(plain)),
    plain,
  }
}

/** The same name, sealed under another row. */
export function resealAccusedName(vault: Vault, row: { id: string; name: Buffer }, rowId: string): Buffer {
  return vault.seal(vault.open(row.name, place(row.id)), place(rowId))
}

/** Accounts that bear exactly this name: staff is named openly in the organisation. */
export const accountsNamed = statement<{ id: string; unitId: string }>(
  'people.accounts-named',
  `select a.id, a.unit_id as "unitId" from accounts a where a.kind = 'person' and a.name = $1`,
)
