// From whom a matter is withheld: persons whom it accuses (信访条例 art. 23, 信访工作条例 art. 30) and those who step aside (回避).
import { randomUUIDv7 } from 'node:crypto'
import { accountsNamed, bearerOf, sealAccusedName } from '../people/accused.ts'
import { systemActor, type Actor } from '../platform/actor.ts'
import { statement, type Tx } from '../platform/db.ts'
import { Problem } from '../platform/problems.ts'
import { insertRow } from '../platform/rows.ts'
import type { Vault } from '../platform/vault.ts'
import type { Case } from './case.ts'
import { checkVersion, writeChange, type Written } from './commands.ts'
import { lockLinks } from './linking.ts'
import { lockCase } from './reading.ts'
import { matterAccused } from './record-tables.ts'
import { passOn, passOnNamed, type Withheld } from './spreading.ts'

const accusedBefore = statement<{ id: string }>(
  'bars.accused',
  'select id from matter_accused where matter_id = $1 and name_bi = any($2::bytea[])',
)
const letIn = statement<{ id: string }>(
  'bars.let-in',
  `select e.canon::jsonb -> 'data' ->> 'accountId' as id from events e
   where e.subject_id = $1 and e.type = 'matter.bar-lifted'`,
)

/**
 * Names a person whom the matter accuses. Every account of that name, in the unit told and below it or in any, is barred from
 * the matter at once, and each that comes to bear it later (`barBearer`); a namesake is let in again by a leader (`liftBar`).
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
  const { unitId } = input
  const rowId = randomUUIDv7()
  const { key, ...sealed } = sealAccusedName(vault, rowId, input.name, '/body/name')
  const [[known], namesakes, lifted] = await Promise.all([
    accusedBefore(tx, [id, vault.blinds('name', key)]),
    accountsNamed(tx, key),
    letIn(tx, [id]),
  ])
  const barred = namesakes
    .filter(({ unitPath }) => unitId === undefined || unitPath.includes(unitId))
    .map((account) => account.id)
  const { barredIds } = subject.matter
  const fresh = barred.filter((one) => !barredIds.includes(one) && !lifted.some((row) => row.id === one))
  if (known !== undefined && fresh.length === 0) throw new Problem('matter/accused-already')
  if (known === undefined) {
    insertRow(tx, matterAccused, {
      ...{ id: rowId, matterId: id, ...sealed, post: input.post ?? null },
      ...{ accountId: barred.length === 1 ? (barred[0] ?? null) : null, namedAt: tx.now },
    })
  }
  const ids = known === undefined ? barred : fresh
  const data = { accusedId: known?.id ?? rowId, ...(unitId === undefined ? {} : { unitId }) }
  const written = await barNamed(tx, vault, actor, subject, ids, data)
  return { ...written, barred: ids.length }
}

async function barNamed(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  subject: Case,
  barred: readonly string[],
  data: Record<string, string>,
): Promise<Written> {
  const { id } = subject.matter
  const event = { type: 'matter.accused', data }
  const written = bar(tx, actor, subject, barred, event)
  await passOnNamed(tx, vault, actor, id, { barredIds: [...barred] }, event)
  return written
}

// A row without a naming of its own was copied from another matter, which passes on whom it bars.
const namings = statement<{ id: string; matterId: string }>(
  'bars.namings',
  `select distinct on (c.matter_id) c.id, c.matter_id as "matterId" from matter_accused c
   join events e on e.subject_id = c.matter_id and e.type = 'matter.accused'
     and e.canon::jsonb -> 'data' ->> 'accusedId' = c.id::text
   where c.name_bi = any($1::bytea[])
     and (e.canon::jsonb -> 'data' ->> 'unitId' is null or e.canon::jsonb -> 'data' ->> 'unitId' = any($2::text[]))
   order by c.matter_id`,
)

/** After an account was made or changed: bars it from what accuses somebody of its name, unless a leader has let it in. */
export async function barBearer(tx: Tx, vault: Vault, accountId: string): Promise<void> {
  // Whoever is naming a person just now has either read this account, or is waited for.
  await lockLinks(tx)
  const bearer = await bearerOf(tx, vault, accountId)
  if (bearer === undefined) return
  const actor = systemActor('namesakes')
  for (const { id, matterId } of await namings(tx, [bearer.nameBis, bearer.unitPath])) {
    const [subject, lifted] = await Promise.all([lockCase(tx, actor, matterId, []), letIn(tx, [matterId])])
    if (subject.matter.barredIds.includes(accountId) || lifted.some((row) => row.id === accountId)) continue
    await barNamed(tx, vault, actor, subject, [accountId], { accusedId: id })
  }
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

/** From whom a matter is withheld: an account, or a unit that it accuses. */
export type Barred = { accountId: string } | { unitId: string }

// The last decision on it answers all that was asked before.
const asksToLift = statement<{ by: string }>(
  'bars.asks-to-lift',
  `select e.actor_id as by from events e
   where e.subject_id = $1 and e.type = 'matter.ask-lift-bar' and e.canon::jsonb -> 'data' @> $2::jsonb and not exists (
     select 1 from events d where d.subject_id = $1 and d.seq > e.seq and d.canon::jsonb -> 'data' @> $2::jsonb
       and d.type in ('matter.bar-lifted', 'matter.bar-kept'))`,
)

/** Asks to let somebody in again: a namesake of the accused, whose interest has ended, a unit that is not accused after all. */
export async function askToLift(
  tx: Tx,
  actor: Actor,
  id: string,
  { barred, reason }: { barred: Barred; reason: string },
): Promise<Written> {
  const subject = await lockCase(tx, actor, id, [])
  without(subject, barred)
  const data = { ...barred, reason }
  return writeChange(tx, actor, subject, { matter: {}, data }, subject.matter.state, 'matter.ask-lift-bar')
}

/** A leader other than who asked decides, never about themselves; until then nothing changes. */
export async function liftBar(
  tx: Tx,
  actor: Actor,
  id: string,
  { barred, agreed, reason }: { barred: Barred; agreed: boolean; reason: string },
): Promise<Written> {
  const subject = await lockCase(tx, actor, id, [])
  const left = without(subject, barred)
  const asked = await asksToLift(tx, [id, JSON.stringify(barred)])
  if (asked.length === 0) throw new Problem('matter/nothing-pending')
  if (asked.every(({ by }) => by === actor.id)) throw new Problem('matter/second-decider')
  const change = { matter: agreed ? left : {}, data: { ...barred, reason } }
  const type = agreed ? 'matter.bar-lifted' : 'matter.bar-kept'
  return writeChange(tx, actor, subject, change, subject.matter.state, type)
}

function without({ matter: { accusedUnitIds, barredIds } }: Case, barred: Barred): Partial<Withheld> {
  if ('unitId' in barred) return { accusedUnitIds: less(accusedUnitIds, barred.unitId) }
  return { barredIds: less(barredIds, barred.accountId) }
}

function less(ids: readonly string[], one: string): string[] {
  if (!ids.includes(one)) throw new Problem('matter/not-barred')
  return ids.filter((id) => id !== one)
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
