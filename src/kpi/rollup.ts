// Keeps the rollup: recounts the keys that events touched, rebuilds all, and proves it against a full recount.
import type { Instant } from '../platform/clock.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { NIL, systemActor } from '../platform/actor.ts'
import { record } from '../platform/events.ts'
import type { OutboxEvent } from '../platform/outbox.ts'
import { columnOf, partNames, type PartName } from './parts.ts'
import { AT, byKey, counting, countingKeys, mattersWhere } from './recount.ts'

/** What a row of the rollup stands for; `unitId` is the nil UUID for matters that no unit leads. */
export interface Key {
  unitId: string
  day: string
  channel: string
}

const STRIPES = 32
// Keys are locked by stripes, in order: few locks however many keys, and no two recounts wait for each other in a circle.
const lockStripes = statement(
  'kpi.lock',
  `select pg_advisory_xact_lock(5108, stripe) from (
     select distinct abs(hashtext(unit_id || day || channel) % ${STRIPES}) as stripe
     from unnest($1::text[], $2::text[], $3::text[]) as k(unit_id, day, channel) order by stripe) s`,
)
const lockAll = statement(
  'kpi.lock-all',
  `select pg_advisory_xact_lock(5108, stripe) from generate_series(0, ${STRIPES - 1}) stripe`,
)

const changes = statement(
  'kpi.changes',
  'insert into kpi_stand as s (changes) values (1) on conflict (one) do update set changes = s.changes + 1',
)

const columns = partNames.map(columnOf)
const written = [...columns, 'fresh_until', 'fresh_from']

const keyRows = 'unnest($2::uuid[], $3::date[], $4::text[]) as k(unit_id, day, channel)'
const ofAll = (now: boolean) =>
  counting({
    source: mattersWhere(['m.dispatched_day is not null'], now),
    by: byKey,
    parts: partNames,
    apart: true,
    fresh: true,
  })

/** Writes what was counted, leaves equal rows untouched, and takes out what is no longer there. */
const rewrite = (rows: string, gone: string) => `
  counted as (select * from (${rows}) c
    where ${columns.map((c) => `c.${c} > 0`).join(' or ')} or c.fresh_until < 'infinity'
      or c.fresh_from > '-infinity'),
  gone as (delete from kpi_daily k where ${gone} and not exists (
    select 1 from counted c where c.unit_id = k.unit_id and c.day = k.day and c.channel = k.channel))
  insert into kpi_daily as k (unit_id, day, channel, ${written.join(', ')}, recounted_at)
  select unit_id, day, channel, ${written.join(', ')}, ${AT} from counted c
  where not exists (select 1 from kpi_daily e where e.unit_id = c.unit_id and e.day = c.day and e.channel = c.channel
    and (${written.map((c) => `e.${c}`).join(', ')}) = (${written.map((c) => `c.${c}`).join(', ')}))
  order by day, unit_id
  on conflict (unit_id, day, channel) do update
  set ${[...written, 'recounted_at'].map((c) => `${c} = excluded.${c}`).join(', ')}
  where (${written.map((c) => `k.${c}`).join(', ')}) is distinct from (${written.map((c) => `excluded.${c}`).join(', ')})`

const recountKeys = statement(
  'kpi.recount-keys',
  `with keys as materialized (select distinct k.unit_id, k.day, k.channel from ${keyRows}),
   ${rewrite(countingKeys(partNames, { fresh: true }), '(k.unit_id, k.day, k.channel) in (select unit_id, day, channel from keys)')}`,
)
const recountAll = statement('kpi.recount-all', `with ${rewrite('select * from counted_now', 'true')}`)
/** A statement of its own: what writes is not counted by several processes. It takes no parameters, so the instant is put in. */
const countAll = (now: Instant) => ({
  name: '',
  text: `create temp table counted_now on commit drop as ${ofAll(true).replaceAll(AT, `'${now}'::timestamptz`)}`,
})

/** The sums of the units' rows, of some days or of all. */
const summing = (on: string) => `
  with summed as materialized (select k.day, k.channel, ${columns.map((c) => `sum(k.${c})::int as ${c}`).join(', ')}
    from kpi_daily k where ${on} group by k.day, k.channel),
  gone as (delete from kpi_office_daily k where ${on} and not exists (
    select 1 from summed s where s.day = k.day and s.channel = k.channel))
  insert into kpi_office_daily as k (day, channel, ${columns.join(', ')})
  select day, channel, ${columns.join(', ')} from summed order by day
  on conflict (day, channel) do update set ${columns.map((c) => `${c} = excluded.${c}`).join(', ')}
  where (${columns.map((c) => `k.${c}`).join(', ')}) is distinct from (${columns.map((c) => `excluded.${c}`).join(', ')})`
const sumDays = statement('kpi.sum-days', summing('k.day = any($1::date[])'))
const sumAll = statement('kpi.sum-all', summing('true'))

/**
 * Rewrites the rows of these keys from the matters, as of the transaction's moment, in one statement. Two recounts of
 * one key take turns, and the later counts what the earlier transaction left. Call it once in a transaction.
 */
export async function recountDays(tx: Tx, keys: readonly Key[]): Promise<void> {
  if (keys.length === 0) return
  const values = [keys.map((k) => k.unitId), keys.map((k) => k.day), keys.map((k) => k.channel)]
  // The counting statement takes its snapshot only after the locks are held.
  await lockStripes(tx, values)
  await recountKeys(tx, [tx.now, ...values])
  // Last, as no other recount can end before this one has: the sums see what the others wrote.
  tx.later(changes)
  tx.later(sumDays, [[...new Set(keys.map((k) => k.day))]])
}

/** Rewrites the whole rollup; as slow as a recount of all years. Call it once in a transaction. */
export async function rebuild(tx: Tx): Promise<void> {
  await lockAll(tx)
  await tx.query(countAll(tx.now))
  await recountAll(tx, [tx.now])
  tx.later(changes)
  tx.later(sumAll)
}

/** The keys that a matter counts under or ever did: every unit that held a leg, and none, on its day. */
export const KEYS_OF = `select u.unit_id, m.dispatched_day as day, m.channel from matters m
  cross join lateral unnest(m.unit_ids || m.lead_unit_id || '${NIL}'::uuid) as u(unit_id)
  where u.unit_id is not null and m.dispatched_day is not null`

/** Keys of the matters whose events still wait for the rollup; in the snapshot of the asking statement. */
export const DIRTY_KEYS = `
  ${KEYS_OF} and m.id in (select subject_id from outbox where job = 'rollup')
  union ${KEYS_OF} and m.import_id in (select subject_id from outbox where job = 'rollup')`

const keysOf = statement<Key>(
  'kpi.keys',
  `select unit_id as "unitId", day, channel from (
     ${KEYS_OF} and m.id = any($1::uuid[]) union ${KEYS_OF} and m.import_id = any($2::uuid[])) k`,
)
const staleKeys = statement<Key>(
  'kpi.stale',
  'select unit_id as "unitId", day, channel from kpi_daily where fresh_until < $1 order by fresh_until limit $2',
)

/** Recounts what these events touched, and some rows that time has overtaken. The effect of the job `rollup`. */
export async function rollupEvents(tx: Tx, events: readonly OutboxEvent[]): Promise<void> {
  const subjects = (subject: string) => events.filter((e) => e.subject === subject).map((e) => e.subjectId)
  const [touched, stale] = await Promise.all([
    keysOf(tx, [subjects('matter'), subjects('import')]),
    staleKeys(tx, [tx.now, 200]),
  ])
  await recountDays(tx, [...touched, ...stale])
}

/**
 * A count that the rollup has wrong; or `freshFrom`, when it claims to hold from too early on (milliseconds, 0 for ever).
 * Without a unit: the sum over all units, beside the units' rows as they are.
 */
export interface Difference extends Omit<Key, 'unitId'> {
  unitId: string | null
  part: PartName | 'freshFrom'
  rollup: number
  recount: number
}

const epoch = (at: string) =>
  `case when isfinite(${at}) then round(extract(epoch from ${at}) * 1000)::bigint else 0 end`

const differences = statement<Difference>(
  'kpi.compare',
  `with dirty as materialized (${DIRTY_KEYS}),
   counted as materialized (${ofAll(false)}),
   pairs as (
     select unit_id, day, channel, ${columns.map((c) => `coalesce(k.${c}, 0) as k_${c}, coalesce(c.${c}, 0) as c_${c}`).join(', ')},
       coalesce(k.fresh_from, '-infinity') as k_from, greatest(c.fresh_from, k.fresh_from) as c_from
     from kpi_daily k full join counted c using (unit_id, day, channel)
     where (k.fresh_until is null or k.fresh_until >= ${AT})
       and (unit_id, day, channel) not in (select unit_id, day, channel from dirty))
   select unit_id as "unitId", day, channel, part, rollup, recount
   from pairs cross join lateral (values ${partNames.map((p) => `('${p}', k_${columnOf(p)}, c_${columnOf(p)})`).join(', ')},
     ('freshFrom', ${epoch('k_from')}, ${epoch('c_from')}))
     as v(part, rollup, recount)
   where rollup <> recount
   union all
   select null, day, channel, part, rollup, recount
   from (select day, channel, ${columns.map((c) => `coalesce(o.${c}, 0) as o_${c}, coalesce(s.${c}, 0) as s_${c}`).join(', ')}
     from kpi_office_daily o full join (
       select day, channel, ${columns.map((c) => `sum(${c}) as ${c}`).join(', ')} from kpi_daily group by day, channel) s
     using (day, channel)) sums
   cross join lateral (values ${partNames.map((p) => `('${p}', o_${columnOf(p)}, s_${columnOf(p)})`).join(', ')})
     as v(part, rollup, recount)
   where rollup <> recount order by day, "unitId", channel, part`,
)

/**
 * Recounts everything from the moments themselves and tells where the rollup says otherwise. Rows that wait for an event
 * or that time has overtaken are not read from the rollup by anyone, so they are no differences.
 */
export function compare(db: Db, now: Instant): Promise<Difference[]> {
  return differences(db, [now])
}

/**
 * Compares, and where the rollup is wrong says so in an event and recounts what differs. The nightly job's effect;
 * returns what was mended.
 */
export async function prove(tx: Tx): Promise<Difference[]> {
  const found = await compare(tx, tx.now)
  if (found.length === 0) return found
  await record(tx, systemActor('recount'), {
    subject: 'system',
    subjectId: NIL,
    type: 'kpi.drift',
    data: { counts: found.length, first: found.slice(0, 50).map((difference) => ({ ...difference })) },
  })
  await recountDays(
    tx,
    found.map((key) => ({ ...key, unitId: key.unitId ?? NIL })),
  )
  return found
}
