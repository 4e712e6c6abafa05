// Bank accounts, for those whom relief is paid to: sealed under the row they belong to, shown by their last four digits.
import type { Actor } from '../platform/actor.ts'
import { statement, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { fieldProblem } from '../platform/problems.ts'
import type { Vault } from '../platform/vault.ts'
import { isConfidant } from './confidants.ts'
import { maskBank } from './masks.ts'
import type { SealedTable } from './seal.ts'

const place = (rowId: string) => `bank|account|${rowId}`

/** Digits only, 8 to 32 of them; sealed and masked. Throws `request/invalid` at `pointer`. */
export function sealAccount(
  vault: Vault,
  rowId: string,
  text: string,
  pointer: string,
): { account: Buffer; accountMasked: string } {
  const digits = text.normalize('NFKC').replace(/[\s-]/g, '')
  if (!/^\d{8,32}$/.test(digits)) throw fieldProblem('request/invalid', pointer, '银行账号应为8至32位数字')
  return { account: vault.seal(digits, place(rowId)), accountMasked: maskBank(digits) }
}

export const sealedAccounts: SealedTable = {
  table: 'relief_grants',
  sealed: ['account'],
  again: (vault, { id, account }) => ({
    account: vault.seal(vault.open(account as Buffer, place(id)), place(id)),
  }),
}

const personOf = statement<{ confidential: boolean }>(
  'people.account-of',
  'select confidential from people where id = $1',
)

/**
 * Opens an account for a reason; who read it and why is on record before it is shown. That of a confidential person is
 * undefined for who is not on the list, and that is recorded too: commit, then refuse.
 */
export async function revealAccount(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  row: { id: string; subject: string; personId: string; account: Buffer },
  reason: string,
): Promise<string | undefined> {
  const { id, subject, personId, account } = row
  const [person] = await personOf(tx, [personId])
  const refused = person?.confidential === true && !(await isConfidant(tx, actor, personId))
  const type = refused ? 'person.account-refused' : 'person.account-revealed'
  await record(tx, actor, { subject, subjectId: id, type, data: { reason } })
  if (refused) return undefined
  return vault.open(account, place(id))
}
