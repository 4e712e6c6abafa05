// Who needs to know a person who asked for confidence: named one by one by a leader, for a reason, until it is ended.
import { randomUUIDv7 } from 'node:crypto'
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { insertRow, updateRow } from '../platform/rows.ts'
import type { KnownPeople } from './queries.ts'
import { confidants } from './tables.ts'

const lockPerson = statement<{ confidential: boolean }>(
  'confidants.person',
  'select confidential from people where id = $1 for update',
)
const standing = statement<{ id: string }>(
  'confidants.standing',
  'select id from confidants where person_id = $1 and account_id = $2 and ended_at is null',
)
const accountOf = statement<{ kind: string; disabled: boolean }>(
  'confidants.account',
  `select kind, disabled_at is not null as disabled from accounts where id = $1`,
)

/** No role opens what somebody asked to keep confidential: only being on the list does (信访条例 art. 23). */
export async function isConfidant(db: Db, actor: Actor, personId: string): Promise<boolean> {
  return (await standing(db, [personId, actor.id])).length > 0
}

/** Throws `request/not-found`, `person/not-confidential`, `person/confidant-self`, `person/confidant-already`. */
export async function nameConfidant(
  tx: Tx,
  actor: Actor,
  personId: string,
  input: { accountId: string; reason: string; known: KnownPeople },
): Promise<{ id: string }> {
  const { accountId, reason } = input
  await demand(tx, actor, personId, input.known)
  if (accountId === actor.id) throw new Problem('person/confidant-self')
  const [account] = await accountOf(tx, [accountId])
  if (account === undefined || account.disabled || account.kind !== 'person')
    throw fieldProblem('request/invalid', '/body/accountId', '没有这个在用的账号')
  if ((await standing(tx, [personId, accountId])).length > 0) throw new Problem('person/confidant-already')
  const id = randomUUIDv7()
  insertRow(tx, confidants, { id, personId, accountId, grantedAt: tx.now, grantedBy: actor.id, reason })
  const data = { accountId, reason }
  await record(tx, actor, { subject: 'person', subjectId: personId, type: 'person.confidant-named', data })
  return { id }
}

/** From the next request on they no longer know. Throws `request/not-found` for who is not on the list. */
export async function endConfidant(
  tx: Tx,
  actor: Actor,
  personId: string,
  { accountId, known }: { accountId: string; known: KnownPeople },
): Promise<{ id: string }> {
  await demand(tx, actor, personId, known)
  const [held] = await standing(tx, [personId, accountId])
  if (held === undefined) throw new Problem('request/not-found')
  updateRow(tx, confidants, held.id, { endedAt: tx.now, endedBy: actor.id })
  const data = { accountId }
  await record(tx, actor, { subject: 'person', subjectId: personId, type: 'person.confidant-ended', data })
  return { id: held.id }
}

async function demand(tx: Tx, actor: Actor, personId: string, known: KnownPeople): Promise<void> {
  const [[person], visible] = await Promise.all([lockPerson(tx, [personId]), known(tx, actor, [personId])])
  if (person === undefined || !visible.has(personId)) throw new Problem('request/not-found')
  if (!person.confidential) throw new Problem('person/not-confidential')
}

export interface ConfidantRow {
  accountId: string
  name: string
  reason: string
  grantedAt: Instant
  grantedBy: string | null
  endedAt: Instant | null
}

const listed = statement<ConfidantRow>(
  'confidants.list',
  `select c.account_id as "accountId", a.name, c.reason, c.granted_at as "grantedAt", g.name as "grantedBy", c.ended_at as "endedAt"
   from confidants c join accounts a on a.id = c.account_id left join accounts g on g.id = c.granted_by
   where c.person_id = $1 order by c.granted_at, c.id`,
)

/** Everybody who is or was on the list. */
export async function listConfidants(
  db: Db,
  actor: Actor,
  personId: string,
  known: KnownPeople,
): Promise<ConfidantRow[]> {
  const visible = await known(db, actor, [personId])
  if (!visible.has(personId)) throw new Problem('request/not-found')
  return listed(db, [personId])
}
