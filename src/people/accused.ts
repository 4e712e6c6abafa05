// Names of persons whom a matter accuses: sealed under the row they stand in, known again by their blind index.
import { statement, type Db } from '../platform/db.ts'
import { fieldProblem } from '../platform/problems.ts'
import type { Vault } from '../platform/vault.ts'
import { maskName } from './masks.ts'
import { checkName, nameKey, normaliseName } from './rules.ts'
import type { SealedTable } from './seal.ts'

export interface AccusedName {
  name: Buffer
  nameMasked: string
  nameBi: Buffer
  /** What is compared with the names of accounts; never stored. */
  key: string
}

const SEVERAL = /[、，,]/u

const place = (rowId: string) => `accused|name|${rowId}`

/** Throws `request/invalid` at `pointer` for what is no name, or several. */
export function sealAccusedName(vault: Vault, rowId: string, text: string, pointer: string): AccusedName {
  if (SEVERAL.test(text))
    throw fieldProblem('request/invalid', pointer, '一次登记一名被反映人，多人请逐人登记')
  const checked = checkName(text)
  if (!checked.ok) throw fieldProblem('request/invalid', pointer, checked.zh)
  const { name: plain } = checked
  const key = nameKey(plain)
  return {
    name: vault.seal(plain, place(rowId)),
    nameMasked: maskName(plain),
    nameBi: vault.blind('name', key),
    key,
  }
}

/** The same name, sealed under another row. */
export function resealAccusedName(vault: Vault, row: { id: string; name: Buffer }, rowId: string): Buffer {
  return vault.seal(vault.open(row.name, place(row.id)), place(rowId))
}

export const sealedAccused: SealedTable = {
  table: 'matter_accused',
  sealed: ['name'],
  found: ['name_bi'],
  again(vault, { id, name }) {
    const plain = vault.open(name as Buffer, place(id))
    return { name: vault.seal(plain, place(id)), name_bi: vault.blind('name', nameKey(plain)) }
  },
}

export interface Bearer {
  id: string
  /** The account's unit and all above it. */
  unitPath: readonly string[]
}

const staff = statement<Bearer & { name: string }>(
  'people.staff',
  `select a.id, u.path as "unitPath", a.name from accounts a join units u on u.id = a.unit_id where a.kind = 'person'`,
)

/** Accounts that bear this name in whatever form it was typed: staff is named openly in the organisation. */
export async function accountsNamed(db: Db, key: string): Promise<Bearer[]> {
  return (await staff(db, [])).filter(({ name }) => keyOf(name) === key)
}

const bearerById = statement<Bearer & { name: string }>(
  'people.bearer',
  `select a.id, u.path as "unitPath", a.name from accounts a join units u on u.id = a.unit_id
   where a.kind = 'person' and a.id = $1`,
)

/** An account with the blind indexes of its name, as those of an accused person would be; undefined for a machine's. */
export async function bearerOf(
  db: Db,
  vault: Vault,
  accountId: string,
): Promise<(Bearer & { nameBis: Buffer[] }) | undefined> {
  const [found] = await bearerById(db, [accountId])
  if (found === undefined) return undefined
  return { id: found.id, unitPath: found.unitPath, nameBis: vault.blinds('name', keyOf(found.name)) }
}

const keyOf = (name: string) => nameKey(normaliseName(name))
