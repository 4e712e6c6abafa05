// Reads relief grants: pages, one with its earlier versions, and the sums over them.
import { knownPeople } from '../matters/queries.ts'
import type { Actor } from '../platform/actor.ts'
import type { Day, Instant } from '../platform/clock.ts'
import { statement, type Db } from '../platform/db.ts'
import { Problem } from '../platform/problems.ts'
import { versionsOf } from '../platform/versions.ts'
import type { GrantState } from './terms.ts'

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
  decidedAt: Instant | null
  paidDay: Day | null
  receipt: string | null
  /** Null of whom the reader may not know. */
  basis: string | null
  confidential: boolean
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
const GRANTS = `select g.id, p.name as programme, g.person_id as "personId",
     case when pe.confidential then '保密' else pe.name_masked end as name, g.grade, g.amount_fen as "amountFen", g.state,
     case when pe.confidential and g.account_masked is not null then '保密' else g.account_masked end as "accountMasked",
     g.asked_at as "askedAt", g.decided_at as "decidedAt", g.paid_day as "paidDay", g.receipt, g.version, g.basis, g.note,
     coalesce(pe.confidential, false) as confidential
   from relief_grants g join relief_programmes p on p.id = g.programme_id left join people pe on pe.id = g.person_id`
const grantPage = statement<GrantRow>(
  'relief.page',
  `${GRANTS} where ${WHERE} and ($5::timestamptz is null or (g.asked_at, g.id) < ($5, $6::uuid))
   order by g.asked_at desc, g.id desc limit $7`,
)
const grantById = statement<OpenedGrant>('relief.by-id', `${GRANTS} where g.id = $1`)

interface OpenedGrant extends GrantRow {
  basis: string
  note: string | null
}

/** One grant with what it said before each correction, for who may know of its person. */
export async function openGrant(db: Db, actor: Actor, id: string) {
  const [[grant], versions] = await Promise.all([grantById(db, [id]), versionsOf(db, id)])
  if (grant === undefined || !(await knownPeople(db, actor, [grant.personId])).has(grant.personId))
    throw new Problem('relief/not-found')
  const history = versions.map(({ row, ...version }) => {
    const { grade, amountFen, basis, accountMasked, state } = row as unknown as OpenedGrant
    const masked = grant.confidential && accountMasked !== null ? '保密' : accountMasked
    return { ...version, row: { grade, amountFen, basis, state, accountMasked: masked } }
  })
  return { ...grant, history }
}

const grantSums = statement<{
  grants: number
  people: number
  fen: number
  /** The least and the most that one person got in all. */
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
     one as (select entry, min(id::text) as who from same group by entry),
     got as (select one.who, count(*) as grants, sum(g.amount_fen) as fen
       from granted g join one on one.entry = g.person_id group by one.who)
   select coalesce(sum(grants), 0)::int as grants, count(*)::int as people, coalesce(sum(fen), 0)::bigint as fen,
     min(fen)::bigint as "minFen", max(fen)::bigint as "maxFen" from got`,
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
  return rows.map((row) =>
    known.has(row.personId) ? row : { ...row, name: null, accountMasked: null, basis: null },
  )
}

/** Grants, people (entries of one person are one), the sum and the bounds, over exactly the rows that the same filter lists. */
export async function sumGrants(db: Db, filter: GrantFilter) {
  const [sums] = await grantSums(db, valuesOf(filter))
  return sums ?? { grants: 0, people: 0, fen: 0, minFen: null, maxFen: null }
}
