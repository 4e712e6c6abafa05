// From whom a matter is withheld: persons whom it accuses (信访条例 art. 23, 信访工作条例 art. 30) and those who step aside (回避).
import { randomUUIDv7 } from 'node:crypto'
import { accountsNamed, sealAccusedName } from '../people/accused.ts'
import type { Actor } from '../platform/actor.ts'
import { statement, type Tx } from '../platform/db.ts'
import { Problem } from '../platform/problems.ts'
import { insertRow } from '../platform/rows.ts'
import type { Vault } from '../platform/vault.ts'
import type { Case } from './case.ts'
import { checkVersion, writeChange, type Written } from './commands.ts'
import { lockLinks } from './linking.ts'
import { lockCase } from './reading.ts'
import { matterAccused } from './record-tables.ts'
import { copyNames, passOn } from './spreading.ts'

const accusedBefore = statement<{ id: string }>(
  'bars.accused',
  'select id from matter_accused where matter_id = $1 and name_bi = any($2::bytea[])',
)

/**
 * Names a person whom the matter accuses. Every account of that name, in the unit told or in any, is barred from the matter
 * at once; a namesake is let in again by a leader (`liftBar`).
 */
export async function accuse(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  id: string,
  input: { name: string; post?: string | undefined; unitId?: string | undefined },
  ifMatch: number | undefined,
): Promise<Written & { barred: number }> {
  await lockLinks(tx)
  const subject = await lockCase(tx, actor, id, [])
  checkVersion(subject.matter, ifMatch)
  const rowId = randomUUIDv7()
  const { plain, ...sealed } = sealAccusedName(vault, rowId, input.name, '/body/name')
  const [known, namesakes] = await Promise.all([
    accusedBefore(tx, [id, [sealed.nameBi]]),
    accountsNamed(tx, [plain]),
  ])
  if (known.length > 0) throw new Problem('matter/accused-already')
  const barred = namesakes
    .filter(({ unitId }) => input.unitId === undefined || unitId === input.unitId)
    .map((account) => account.id)
  insertRow(tx, matterAccused, {
    ...{ id: rowId, matterId: id, ...sealed, post: input.post ?? null },
    ...{ accountId: barred.length === 1 ? (barred[0] ?? null) : null, namedAt: tx.now },
  })
  const event = { type: 'matter.accused', data: { accusedId: rowId } }
  const written = bar(tx, actor, subject, barred, event)
  for (const follower of await passOn(tx, actor, id, { barredIds: barred }, event)) {
    await copyNames(tx, vault, [id], follower)
  }
  return { ...written, barred: barred.length }
}

/** Steps aside oneself, or has another step aside on a leader's order: from then on the matter does not exist for them. */
export async function recuse(
  tx: Tx,
  actor: Actor,
  id: string,
  input: { accountId?: string | undefined; reason: string },
): Promise<Written> {
  const accountId = input.accountId ?? actor.id
  if (accountId !== actor.id && !actor.roles.includes('leader')) {
    throw new Problem('matter/act-not-yours', { detail: 'a leader orders others to step aside' })
  }
  await lockLinks(tx)
  const subject = await lockCase(tx, actor, id, [])
  const by = accountId === actor.id ? 'self' : 'leader'
  const event = { type: 'matter.recused', data: { accountId, by, reason: input.reason } }
  await passOn(tx, actor, id, { barredIds: [accountId] }, event)
  return bar(tx, actor, subject, [accountId], event)
}

/** Lets an account in again: a namesake of the accused, or whose interest has ended. A leader's decision, never about oneself. */
export async function liftBar(
  tx: Tx,
  actor: Actor,
  id: string,
  input: { accountId: string; reason: string },
): Promise<Written> {
  const subject = await lockCase(tx, actor, id, [])
  if (!actor.roles.includes('leader') || input.accountId === actor.id) {
    throw new Problem('matter/act-not-yours', { detail: 'a leader lifts it, and not for themselves' })
  }
  const { barredIds, state } = subject.matter
  if (!barredIds.includes(input.accountId)) throw new Problem('matter/not-barred')
  const left = barredIds.filter((accountId) => accountId !== input.accountId)
  return writeChange(
    tx,
    actor,
    subject,
    { matter: { barredIds: left }, data: { ...input } },
    state,
    'matter.bar-lifted',
  )
}

function bar(
  tx: Tx,
  actor: Actor,
  subject: Case,
  accountIds: readonly string[],
  { type, data }: { type: string; data: Record<string, string> },
): Written {
  const { barredIds, state } = subject.matter
  const matter = { barredIds: [...new Set([...barredIds, ...accountIds])] }
  return writeChange(tx, actor, subject, { matter, data }, state, type)
}
