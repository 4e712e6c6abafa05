// Links matters of any channel that are the same thing 同一事项, says that they are not, and takes either back.
import { randomUUIDv7 } from 'node:crypto'
import type { Actor } from '../platform/actor.ts'
import { statement, type Tx } from '../platform/db.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { insertRow, updateRow } from '../platform/rows.ts'
import type { Vault } from '../platform/vault.ts'
import type { Case } from './case.ts'
import { writeChange } from './commands.ts'
import { reasonsFor } from './link-queries.ts'
import { matterLinks } from './link-tables.ts'
import { lockCase, readReceivers } from './reading.ts'
import { standsAccused } from './rules.ts'
import { copyNames, joined, passOnNamed, withheldOf, type Withheld } from './spreading.ts'

export interface LinkWritten {
  id: string
  otherId: string
  /** Matters that make up the case now; 1 when the matter stands alone. */
  members: number
}

interface LinkInput {
  otherId: string
  note?: string | undefined
}

/** Links are written one after the other; take it before the rows of the matters. */
export async function lockLinks(tx: Tx): Promise<void> {
  await holdLinks(tx, [])
}

// Two links may join or part the same case from different ends: one after the other.
const holdLinks = statement(
  'links.lock',
  "select pg_advisory_xact_lock(hashtextextended('matter-links', 11))",
)
const decidedOn = statement<{ id: string; state: 'confirmed' | 'rejected' }>(
  'links.decided',
  `select id, state from matter_links where a_id = $1 and b_id = $2 and state <> 'undone'`,
)

/** Confirms that two matters are the same thing. Both stay what they are and are counted as before; the figures say so. */
export async function linkMatters(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  id: string,
  { otherId, note }: LinkInput,
): Promise<LinkWritten> {
  const pair = await lockPair(tx, actor, id, otherId)
  const earlier = await decision(tx, pair)
  if (earlier?.state === 'confirmed') throw new Problem('matter/linked-already')
  if (earlier !== undefined) endLink(tx, actor, earlier.id, '重新认定为同一事项')
  for (const [one, with_] of sidesOf(pair)) await takeOn(tx, vault, one, with_)
  const reasons = await reasonsFor(tx, actor, id, otherId)
  decide(tx, actor, pair, { state: 'confirmed', reasons, note })
  const written = await settle(tx, actor, pair, 'matter.link', { reasons })
  for (const [{ matter: one }, { matter: other }] of sidesOf(pair)) {
    if (one.channel === 'escalation')
      await passOnNamed(tx, vault, actor, one.id, withheldOf(other), { type: 'matter.edit' })
  }
  return written
}

/** An escalated case takes on what its matters accuse; refused where an accused unit has it in hand. */
async function takeOn(tx: Tx, vault: Vault, { matter: one }: Case, { matter: other }: Case): Promise<void> {
  if (one.channel !== 'escalation') return
  const accused = other.accusedUnitIds.filter((unit) => !one.accusedUnitIds.includes(unit))
  const units = await readReceivers(tx, accused.length === 0 ? [] : one.unitIds)
  if (one.unitIds.some((unit) => standsAccused(units.get(unit), accused))) {
    throw new Problem('matter/accused-unit', {
      errors: [
        { pointer: '/body/otherId', code: 'matter/accused-unit', message: '督办案件由被反映的单位承办' },
      ],
      record: {
        type: 'account.transfer-refused',
        data: { matterId: other.id, intoId: one.id, reason: 'accused-unit' },
      },
    })
  }
  await copyNames(tx, vault, [other.id], one.id)
}

/** Says that a suggested pair is not the same thing, so that it is not suggested again. */
export async function rejectLink(
  tx: Tx,
  actor: Actor,
  id: string,
  { otherId, note }: LinkInput,
): Promise<LinkWritten> {
  const pair = await lockPair(tx, actor, id, otherId)
  const earlier = await decision(tx, pair)
  if (earlier !== undefined)
    throw new Problem(earlier.state === 'confirmed' ? 'matter/linked-already' : 'matter/link-decided')
  decide(tx, actor, pair, { state: 'rejected', reasons: [], note })
  return settle(tx, actor, pair, 'matter.link-reject', {})
}

/** Takes a decision back; the link stays on record as undone. */
export async function undoLink(
  tx: Tx,
  actor: Actor,
  id: string,
  { otherId, reason }: { otherId: string; reason: string },
): Promise<LinkWritten> {
  const pair = await lockPair(tx, actor, id, otherId)
  const earlier = await decision(tx, pair)
  if (earlier === undefined) throw new Problem('matter/not-linked')
  endLink(tx, actor, earlier.id, reason)
  return settle(tx, actor, pair, 'matter.link-undo', { undone: earlier.state })
}

interface Pair {
  subject: Case
  other: Case
  /** The ids in the order in which the pair is stored. */
  ids: readonly [string, string]
}

async function lockPair(tx: Tx, actor: Actor, id: string, otherId: string): Promise<Pair> {
  if (id === otherId) throw fieldProblem('matter/other-not-found', '/body/otherId', '不能与自身关联')
  await lockLinks(tx)
  const ids = id < otherId ? ([id, otherId] as const) : ([otherId, id] as const)
  const [first, second] = await Promise.all(
    ids.map((each) =>
      lockCase(tx, actor, each, []).catch((error: unknown) => {
        if (each === id || !(error instanceof Problem) || error.code !== 'matter/not-found') throw error
        throw new Problem('matter/other-not-found', {
          ...error.options,
          errors: [{ pointer: '/body/otherId', code: 'matter/other-not-found', message: '没有这件办件' }],
        })
      }),
    ),
  )
  if (first === undefined || second === undefined) throw new Error('two matters were locked')
  return id === ids[0] ? { subject: first, other: second, ids } : { subject: second, other: first, ids }
}

async function decision(tx: Tx, { ids }: Pair) {
  const [found] = await decidedOn(tx, [...ids])
  return found
}

function decide(
  tx: Tx,
  actor: Actor,
  { ids: [aId, bId] }: Pair,
  { state, reasons, note }: { state: 'confirmed' | 'rejected'; reasons: string[]; note?: string | undefined },
): void {
  const by = { decidedAt: tx.now, decidedBy: actor.id }
  insertRow(tx, matterLinks, { id: randomUUIDv7(), aId, bId, state, reasons, note: note ?? null, ...by })
}

function endLink(tx: Tx, actor: Actor, id: string, endReason: string): void {
  updateRow(tx, matterLinks, id, { state: 'undone', endedAt: tx.now, endedBy: actor.id, endReason })
}

const forget = statement(
  'links.forget',
  `delete from matter_cases where case_id in (select case_id from matter_cases where matter_id = any($1::uuid[]))`,
)
// Walked from every matter that the old case had and from the two at hand, so that a parted case falls into its parts.
const regroup = statement(
  'links.regroup',
  `with recursive part(root, id) as (
     select id, id from unnest($1::uuid[]) as t(id)
     union
     select part.root, case when l.a_id = part.id then l.b_id else l.a_id end
     from part join matter_links l on part.id in (l.a_id, l.b_id) and l.state = 'confirmed'),
   grouped as (
     select distinct on (id) id, (select min(other.id::text)::uuid from part other where other.root = part.root) as case_id,
       (select count(*) from part other where other.root = part.root) as size from part order by id, root)
   insert into matter_cases (matter_id, case_id) select id, case_id from grouped where size > 1`,
)
const membersOf = statement<{ id: string }>(
  'links.members',
  `select c.matter_id as id from matter_cases c join matter_cases own on own.case_id = c.case_id where own.matter_id = any($1::uuid[])`,
)

/** Derives the cases anew and tells it on both matters. */
async function settle(
  tx: Tx,
  actor: Actor,
  { subject, other }: Pair,
  type: 'matter.link' | 'matter.link-reject' | 'matter.link-undo',
  data: { reasons?: string[]; undone?: string },
): Promise<LinkWritten> {
  const [id, otherId] = [subject.matter.id, other.matter.id]
  const before = (await membersOf(tx, [[id, otherId]])).map((row) => row.id)
  await forget(tx, [[id, otherId]])
  await regroup(tx, [[...new Set([...before, id, otherId])]])
  const sides = sidesOf({ subject, other }).map(([one, with_]) => {
    const takes = type === 'matter.link' && one.matter.channel === 'escalation'
    const own = takes ? joined(one.matter, with_.matter) : {}
    return { one, own, with_, safe: keptFromSame({ ...one.matter, ...own }, with_.matter) }
  })
  // Of an accusation nothing is told on the other matter, not even by its version: it may be in the hands of the accused.
  const safe = sides.filter((side) => side.safe)
  for (const { one, own, with_ } of safe.length > 0 ? safe : sides) {
    const told = { ...data, otherId: with_.matter.id }
    writeChange(tx, actor, one, { matter: own, data: told }, one.matter.state, type)
  }
  const members = await membersOf(tx, [[id]])
  return { id, otherId, members: Math.max(1, members.length) }
}

const sidesOf = ({ subject, other }: Pick<Pair, 'subject' | 'other'>) =>
  [
    [subject, other],
    [other, subject],
  ] as const

/** Whether all from whom the other is withheld do not see this one either. */
function keptFromSame(one: Withheld, other: Withheld): boolean {
  return (
    other.accusedUnitIds.every((unit) => one.accusedUnitIds.includes(unit)) &&
    other.barredIds.every((account) => one.barredIds.includes(account))
  )
}
