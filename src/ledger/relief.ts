// Relief grants 困难救助: one a person and programme, within its bounds, approved by another person, paid with a receipt.
import { randomUUIDv7 } from 'node:crypto'
import { knownPeople } from '../matters/queries.ts'
import { revealAccount, sealAccount } from '../people/accounts.ts'
import { samePerson } from '../people/links.ts'
import type { Actor } from '../platform/actor.ts'
import { dayOf, type Day, type Instant } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import { record, type EventData } from '../platform/events.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { columnsOf, insertRow, updateRow } from '../platform/rows.ts'
import type { Vault } from '../platform/vault.ts'
import { keepVersion } from '../platform/versions.ts'
import { checkAmount, lockProgramme } from './programmes.ts'
import { reliefGrants } from './relief-tables.ts'
import type { GrantState } from './terms.ts'

const grantOf = statement<{ id: string }>(
  'relief.grant-of',
  `select id from relief_grants where programme_id = $1 and person_id = any($2::uuid[])
   and state = any($3::text[]) and id is distinct from $4::uuid`,
)

const paidWith = statement<{ id: string }>(
  'relief.paid-with',
  'select id from relief_grants where programme_id = $1 and receipt = $2',
)

export interface GrantWritten {
  id: string
  version: number
  state: GrantState
}

export interface GrantEntry {
  programmeId: string
  personId: string
  grade: string
  amountFen: number
  basis: string
  account?: string | undefined
  /** Of a grant that was asked for before it was entered. */
  askedAt?: Instant | undefined
}

/** Asks for a grant. Entries of one person count as one; the programme's row is the lock. */
export async function askGrant(tx: Tx, vault: Vault, actor: Actor, entry: GrantEntry): Promise<GrantWritten> {
  const [[programme], known, same] = await Promise.all([
    lockProgramme(tx, [entry.programmeId]),
    knownPeople(tx, actor, [entry.personId]),
    samePerson(tx, vault, [entry.personId]),
  ])
  if (programme === undefined)
    throw fieldProblem('relief/no-programme', '/body/programmeId', '没有这个救助项目')
  if (!known.has(entry.personId)) throw fieldProblem('request/invalid', '/body/personId', '没有这个人的登记')
  checkAmount(programme, entry.amountFen, dayOf(entry.askedAt ?? tx.now))
  if ((await grantOf(tx, [programme.id, same, ['asked', 'approved', 'paid'], null])).length > 0) {
    throw fieldProblem('relief/granted-already', '/body/personId', '此人在该项目中已有救助')
  }
  const id = randomUUIDv7()
  const { account, ...row } = entry
  const sealed = account === undefined ? {} : sealAccount(vault, id, account, '/body/account')
  insertRow(tx, reliefGrants, {
    ...{ id, askedAt: tx.now, ...row, ...sealed, state: 'asked', askedBy: actor.id },
  })
  const { programmeId, amountFen, grade } = entry
  await tell(tx, actor, id, 'relief.asked', { programmeId, amountFen, grade })
  return { id, version: 1, state: 'asked' }
}

export interface StoredGrant {
  id: string
  grade: string
  amountFen: number
  basis: string
  accountMasked: string | null
  askedAt: Instant
  programmeId: string
  personId: string
  state: GrantState
  askedBy: string
  decidedAt: Instant | null
  account: Buffer | null
  paidDay: Day | null
  receipt: string | null
  version: number
}

const lockGrant = statement<StoredGrant>(
  'relief.lock',
  `select ${columnsOf(reliefGrants, 'g')} from relief_grants g where g.id = $1 for update`,
)

/** What these entries of one person have of a programme. */
export const standingGrants = statement<StoredGrant>(
  'relief.standing',
  `select ${columnsOf(reliefGrants, 'g')} from relief_grants g where g.programme_id = $1
   and g.person_id = any($2::uuid[]) and g.state not in ('refused', 'cancelled') order by g.asked_at, g.id`,
)

async function demandGrant(
  tx: Tx,
  id: string,
  from: readonly GrantState[],
  ifMatch: number | undefined,
): Promise<StoredGrant> {
  const [grant] = await lockGrant(tx, [id])
  if (grant === undefined) throw new Problem('relief/not-found')
  if (ifMatch !== undefined && ifMatch !== grant.version) {
    throw new Problem('request/stale', { extras: { version: grant.version } })
  }
  if (!from.includes(grant.state)) throw new Problem('relief/not-now', { extras: { state: grant.state } })
  return grant
}

export interface GrantPatch {
  grade?: string | undefined
  amountFen?: number | undefined
  basis?: string | undefined
  account?: string | undefined
}

/**
 * Corrects a grant that is not paid yet; what it said before is kept, with the reason. Approved, it is to be approved anew,
 * and not by whoever corrected it.
 */
export async function correctGrant(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  id: string,
  { changes, reason }: { changes: GrantPatch; reason: string },
  ifMatch: number | undefined,
): Promise<GrantWritten> {
  const grant = await demandGrant(tx, id, ['asked', 'approved'], ifMatch)
  const { grade, amountFen, basis, accountMasked, state, askedBy, version } = grant
  if (!(await knownPeople(tx, actor, [grant.personId])).has(grant.personId))
    throw new Problem('relief/not-found')
  if (changes.amountFen !== undefined) {
    const [programme] = await lockProgramme(tx, [grant.programmeId])
    if (programme === undefined) throw new Problem('relief/no-programme')
    checkAmount(programme, changes.amountFen, dayOf(grant.askedAt), '/body/changes')
  }
  const { account, ...told } = changes
  const sealed = account === undefined ? {} : sealAccount(vault, id, account, '/body/changes/account')
  const row = { grade, amountFen, basis, accountMasked, state, askedBy }
  keepVersion(tx, actor, 'grant', grant, { row, reason })
  updateRow(tx, reliefGrants, id, {
    ...{ ...told, ...sealed, state: 'asked', askedBy: actor.id, version: version + 1 },
    ...{ decidedAt: null, decidedBy: null, note: null },
  })
  await tell(tx, actor, id, 'relief.corrected', { fields: Object.keys(changes), version: version + 1 })
  return { id, version: version + 1, state: 'asked' }
}

/** Entries may have turned out to be one person since the grant was asked for. The programme's row is the lock. */
async function demandOnly(
  tx: Tx,
  vault: Vault,
  { id, programmeId, personId }: StoredGrant,
  besides: readonly GrantState[],
): Promise<void> {
  await lockProgramme(tx, [programmeId])
  const same = await samePerson(tx, vault, [personId])
  if ((await grantOf(tx, [programmeId, same, besides, id])).length > 0)
    throw new Problem('relief/granted-already')
}

/** Approves or refuses; never whoever asked. `decidedAt` is of what was decided before it was entered. */
export async function decideGrant(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  id: string,
  { granted, note, decidedAt }: { granted: boolean; note?: string | undefined; decidedAt?: Instant },
  ifMatch?: number,
): Promise<GrantWritten> {
  const grant = await demandGrant(tx, id, ['asked'], ifMatch)
  if (grant.askedBy === actor.id) throw new Problem('ledger/duties-apart')
  if (granted) await demandOnly(tx, vault, grant, ['approved', 'paid'])
  const state = granted ? 'approved' : 'refused'
  return move(tx, actor, grant, state, {
    ...{ decidedAt: decidedAt ?? tx.now, decidedBy: actor.id, note: note ?? null },
  })
}

/** Paid on a day not before its approval, with the number of its receipt: one of its own in the programme. */
export async function payGrant(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  id: string,
  { paidDay, receipt }: { paidDay: Day; receipt: string },
  ifMatch?: number,
): Promise<GrantWritten> {
  const grant = await demandGrant(tx, id, ['approved'], ifMatch)
  if (paidDay > dayOf(tx.now) || paidDay < dayOf(grant.decidedAt ?? tx.now)) {
    throw fieldProblem('ledger/future-day', '/body/paidDay', '发放日期应在批准之后、今天以前')
  }
  await demandOnly(tx, vault, grant, ['paid'])
  if ((await paidWith(tx, [grant.programmeId, receipt])).length > 0) {
    throw fieldProblem('relief/receipt-taken', '/body/receipt', '该项目中已有此收据编号')
  }
  return move(tx, actor, grant, 'paid', { paidDay, receipt })
}

/** Cancelled before it is paid: it then counts nowhere. */
export async function cancelGrant(
  tx: Tx,
  actor: Actor,
  id: string,
  note: string,
  ifMatch?: number,
): Promise<GrantWritten> {
  const grant = await demandGrant(tx, id, ['asked', 'approved'], ifMatch)
  return move(tx, actor, grant, 'cancelled', { note })
}

async function move(
  tx: Tx,
  actor: Actor,
  grant: StoredGrant,
  state: GrantState,
  patch: { [column: string]: string | null },
): Promise<GrantWritten> {
  const version = grant.version + 1
  updateRow(tx, reliefGrants, grant.id, { ...patch, state, version })
  await tell(tx, actor, grant.id, `relief.${state}`, { from: grant.state, to: state })
  return { id: grant.id, version, state }
}

/** The account that a grant goes to, for a reason, on record; undefined as `revealAccount` says. */
export async function openAccount(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  id: string,
  reason: string,
): Promise<string | undefined> {
  const [grant] = await lockGrant(tx, [id])
  if (grant?.account === undefined || grant.account === null) throw new Problem('relief/not-found')
  const { personId, account } = grant
  if (!(await knownPeople(tx, actor, [personId])).has(personId)) throw new Problem('relief/not-found')
  return revealAccount(tx, vault, actor, { id, subject: 'relief', personId, account }, reason)
}

async function tell(tx: Tx, actor: Actor, id: string, type: string, data: EventData): Promise<void> {
  await record(tx, actor, { subject: 'relief', subjectId: id, type, data })
}
