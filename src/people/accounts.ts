// Bank accounts, for those whom relief is paid to: sealed under the row they belong to, shown by their last four digits.
import type { Actor } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { fieldProblem } from '../platform/problems.ts'
import type { Vault } from '../platform/vault.ts'
import { maskBank } from './masks.ts'

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

/** Opens an account for a reason; who read it and why is on record before it is shown. */
export async function revealAccount(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  row: { id: string; subject: string; account: Buffer },
  reason: string,
): Promise<string> {
  const { id, subject, account } = row
  await record(tx, actor, { subject, subjectId: id, type: 'person.account-revealed', data: { reason } })
  return vault.open(account, place(id))
}
