// Relief grants 困难救助: one a person and programme, within its bounds, approved by another person, paid with a receipt.
import { randomUUIDv7 } from 'node:crypto'
import { knownPeople } from '../matters/queries.ts'
import { revealAccount, sealAccount } from '../people/accounts.ts'
import { samePerson } from '../people/links.ts'
import type { Actor } from '../platform/actor.ts'
import { dayOf, type Day, type Instant } from '../platform/clock.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { record, type EventData } from '../platform/events.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { columnsOf, insertRow, updateRow } from '../platform/rows.ts'
import type { Vault } from '../platform/vault.ts'
import { checkAmount, lockProgramme } from './programmes.ts'
import { reliefGrants } from './tables.ts'
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
  checkAmount(programme, entry.amountFen, dayOf(tx.now))
  if ((await grantOf(tx, [programme.id, same, ['asked', 'approved', 'paid'], null])).length > 0) {
    throw fieldProblem('relief/granted-already', '/body/personId', '此人在该项目中已有救助')
  }
  const id = randomUUIDv7()
  const { account, ...row } = entry
  const sealed = account === undefined ? {} : sealAccount(vault, id, account, '/body/account')
  insertRow(tx, reliefGrants, {
    ...{ id, ...row, ...sealed, state: 'asked', askedAt: tx.now, askedBy: actor.id },
  })
  const { programmeId, amountFen, grade } = entry
  await tell(tx, actor, id, 'relief.asked', { programmeId, amountFen, grade })
  return { id, version: 1, state: 'asked' }
}

interface StoredGrant {
  id: string
  programmeId: string
  personId: string
  state: GrantState
  askedBy: string
  decidedAt: Instant | null
  account: Buffer | null
  version: number
}

const lockGrant = statement<StoredGrant>(
  'relief.lock',
  `select ${columnsOf(reliefGrants, 'g')} from relief_grants g where g.id = $1 for update`,
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

/** Approves or refuses; never whoever asked. */
export async function decideGrant(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  id: string,
  { granted, note }: { granted: boolean; note?: string | undefined },
  ifMatch?: number,
): Promise<GrantWritten> {
  const grant = await demandGrant(tx, id, ['asked'], ifMatch)
  if (grant.askedBy === actor.id) throw new Problem('ledger/duties-apart')
  if (granted) await demandOnly(tx, vault, grant, ['approved', 'paid'])
  const state = granted ? 'approved' : 'refused'
  return move(tx, actor, grant, state, {
    ...{ decidedAt: tx.now, decidedBy: actor.id, note: note ?? null },
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

export interface GrantRow {
  id: string
  programme: string
  personId: string
  name: string | null
  grade: string
  amountFen: number
  state: GrantState
  accountMasked: string | null
  askedAt: Instant
  paidDay: Day | null
  receipt: string | null
  version: number
}

export interface GrantFilter {
  programmeId?: string | undefined
  state?: GrantState | undefined
  /** Days of payment, both inclusive. */
  from?: Day | undefined
  to?: Day | undefined
}

const WHERE = `($1::uuid is null or g.programme_id = $1) and ($2::text is null or g.state = $2)
  and ($3::date is null or g.paid_day >= $3) and ($4::date is null or g.paid_day <= $4)`
const grantPage = statement<GrantRow>(
  'relief.page',
  `select g.id, p.name as programme, g.person_id as "personId",
     case when pe.confidential then '保密' else pe.name_masked end as name, g.grade, g.amount_fen as "amountFen", g.state,
     case when pe.confidential and g.account_masked is not null then '保密' else g.account_masked end as "accountMasked",
     g.asked_at as "askedAt", g.paid_day as "paidDay", g.receipt, g.version
   from relief_grants g join relief_programmes p on p.id = g.programme_id left join people pe on pe.id = g.person_id
   where ${WHERE} and ($5::timestamptz is null or (g.asked_at, g.id) < ($5, $6::uuid))
   order by g.asked_at desc, g.id desc limit $7`,
)
const grantSums = statement<{
  grants: number
  people: number
  fen: number
  minFen: number | null
  maxFen: number | null
}>(
  'relief.sums',
  `with recursive granted as materialized (select g.person_id, g.amount_fen from relief_grants g where ${WHERE}),
     same (entry, id, bi) as (
       select g.person_id, g.person_id, p.id_bi from granted g left join people p on p.id = g.person_id
       union
       select same.entry, o.id, o.id_bi from same cross join lateral (
         select case when l.person_a = same.id then l.person_b else l.person_a end as id
         from person_links l where same.id in (l.person_a, l.person_b) and l.status = 'confirmed'
         union all select p.id from people p where p.id_bi = same.bi) found join people o on o.id = found.id),
     one as (select distinct min(id::text) from same group by entry)
   select count(*)::int as grants, (select count(*) from one)::int as people,
     coalesce(sum(amount_fen), 0)::bigint as fen, min(amount_fen) as "minFen", max(amount_fen) as "maxFen" from granted`,
)

const valuesOf = ({ programmeId, state, from, to }: GrantFilter) => [
  ...[programmeId ?? null, state ?? null, from ?? null, to ?? null],
]

/** A page of them; of whom the reader may not know, without name and account. */
export async function listGrants(
  db: Db,
  actor: Actor,
  filter: GrantFilter,
  page: { limit: number; after?: { at: Instant; id: string } | undefined },
): Promise<GrantRow[]> {
  const { after, limit } = page
  const rows = await grantPage(db, [...valuesOf(filter), after?.at ?? null, after?.id ?? null, limit])
  const known = await knownPeople(db, actor, [...new Set(rows.map(({ personId }) => personId))])
  return rows.map((row) => (known.has(row.personId) ? row : { ...row, name: null, accountMasked: null }))
}

/** Grants, people (entries of one person are one), the sum and the bounds, over exactly the rows that the same filter lists. */
export async function sumGrants(db: Db, filter: GrantFilter) {
  const [sums] = await grantSums(db, valuesOf(filter))
  return sums ?? { grants: 0, people: 0, fen: 0, minFen: null, maxFen: null }
}
