// Takes a checked import over in one transaction of set-based statements: everything, or nothing.
import { holdCalendar } from '../calendar/queries.ts'
import type { Actor } from '../platform/actor.ts'
import { channels } from '../matters/channels/index.ts'
import { lockLinks } from '../matters/linking.ts'
import { passOn, takeBack } from '../matters/spreading.ts'
import { NOT_TOLD } from '../matters/terms.ts'
import type { BulkClient } from '../platform/copy.ts'
import type { Db, Tx } from '../platform/db.ts'
import type { ImportRecord } from './records.ts'
import { writeReady } from './ready.ts'
import { sealChanges } from './sealing.ts'
import { sharedColumns, type StagedName } from './shapes.ts'
import { hasStaging, stagingTable } from './staging.ts'

/**
 * `lost`: the server crashed since the check and the staging tables are empty, or another version made them; `stale`: somebody
 * changed what the check compared with. The caller rolls back and has the file checked again.
 */
export type Merged = 'done' | 'lost' | 'stale'

export async function mergeStaged(
  tx: Tx,
  client: BulkClient,
  actor: Actor,
  record: ImportRecord,
  { db, region }: { db: Db; region: string },
): Promise<Merged> {
  const { id, newOrders, changed } = record
  const at = (name: StagedName | 'ready') => stagingTable(id, name)
  const run = (sql: string, values: unknown[] = []) => client.query(sql, values)

  if (!(await hasStaging(client, id))) return 'lost'
  const counts = await client.query<{ changed: number; fresh: number }>(
    `select (select count(*)::int from ${at('matters')}) as changed,
       (select coalesce(sum(rows), 0)::int from ${at('ready')}) as fresh`,
  )
  if (counts.rows[0]?.changed !== changed || counts.rows[0].fresh !== newOrders) return 'lost'
  await holdCalendar(tx)
  if (await isOverlaid(client, record)) return 'stale'
  const accusing = changed > 0 ? await comingToAccuse(client, at('matters')) : []
  if (accusing.length > 0) await lockLinks(tx)
  if (changed > 0) {
    // Only what the joins below ask for: whole rows are wide.
    await run(`analyze ${at('matters')} (id, external_no)`)
    await run(`analyze ${at('import_orders')} (matter_id)`)
    await run(`analyze ${at('legs')} (id, fresh)`)
    if (await isStale(client, at, record, tx)) return 'stale'
    await sealChanges(tx, client, actor, at('matters'))
    await updateOthers(run, at, record, tx)
    for (const { id: from, accusedUnitIds } of accusing)
      await passOn(tx, actor, from, { accusedUnitIds }, { type: 'matter.edit' })
  }
  const numbered = `${channels.hotline.prefix}-${region}-${tx.now.slice(0, 10).replaceAll('-', '')}`
  if ((await writeReady(tx, client, actor, { db, record, numbered })) === 'taken') return 'stale'
  await told(run, at, record, tx)
  // Where the platform alone has handled it, its next file tells to whom it goes now.
  for (const { id: accused, touched } of accusing) if (touched) await takeBack(tx, actor, accused)
  return 'done'
}

/** Of what will change, what accuses units that it did not accuse before. Read before it is locked: whatever moves is stale. */
async function comingToAccuse(client: BulkClient, matters: string) {
  const { rows } = await client.query<{ id: string; accusedUnitIds: string[]; touched: boolean }>(
    `select m.id, m.version <> o.version as touched, array(select unnest(s.accused_unit_ids) except select unnest(m.accused_unit_ids)) as "accusedUnitIds"
     from ${matters} s join app.matters m on m.id = s.id join app.import_orders o on o.matter_id = m.id
     where not s.accused_unit_ids <@ m.accused_unit_ids order by m.id`,
  )
  return rows
}

type Run = (sql: string, values?: unknown[]) => Promise<{ rows: object[] }>
type At = (name: StagedName | 'ready') => string

/** Whether a year was published since the check: the deadlines that wait here were promised by the calendar before it. */
async function isOverlaid(client: BulkClient, { checkedAt }: ImportRecord): Promise<boolean> {
  const { rows } = await client.query<{ overlaid: boolean }>(
    `select exists (select 1 from app.calendar_years where loaded_at > $1) as overlaid`,
    [checkedAt],
  )
  return rows[0]?.overlaid === true
}

/**
 * Locks what will change; false when all of it is as the check saw it, and no deadline has passed since that the file moves.
 * Counted, as `limit 1` makes for nested loops.
 */
async function isStale(client: BulkClient, at: At, { checkedAt }: ImportRecord, tx: Tx): Promise<boolean> {
  const [matters, orders] = [at('matters'), at('import_orders')]
  const count = async (rows: string, values: unknown[] = []) =>
    (await client.query<{ n: number }>(`select count(*)::int as n from (${rows}) r`, values)).rows[0]?.n ?? 0
  await count(`select 1 from app.matters m join ${matters} s on s.id = m.id order by m.id for update of m`)
  const moved = await count(
    `select 1 from ${matters} s join ${orders} t on t.matter_id = s.id
       left join app.matters m on m.id = s.id left join app.import_orders o on o.matter_id = s.id
     where (m.version is distinct from s.expected_version or m.due_at is distinct from s.expected_due_at
       or o.version is distinct from t.expected_version
       or m.upstream_due_at >= $1 and m.upstream_due_at < $2 and m.upstream_due_at <> s.upstream_due_at)`,
    [checkedAt, tx.now],
  )
  return moved > 0
}

const quoted = (columns: readonly string[], from = '') =>
  columns.map((column) => `${from}"${column}"`).join(', ')

const OUTCOMES = [
  'replies',
  'extensions',
  'return_requests',
  'call_backs',
  'screenings',
] as const satisfies StagedName[]

const ofLeg = (asked: string) =>
  `t.leg_id = s.leg_id and exists (select from app.legs l where l.id = t.leg_id and l.dispatched_at <= t.${asked})`
/** SQL: whether the stored `t` is the staged `s`, also where earlier versions gave it the id of the first unit's. */
const SAME = {
  // One that was told before any unit was is that of the unit of which a newer file tells.
  replies: `(t.leg_id is null and t.submitted_at = s.submitted_at or ${ofLeg('submitted_at')})`,
  extensions: ofLeg('asked_at'),
  return_requests: ofLeg('asked_at'),
  call_backs: 't.at = s.at',
  screenings: 't.id = s.id',
} satisfies Record<(typeof OUTCOMES)[number], string>

const assigned = (columns: readonly string[], from: string) =>
  columns.map((c) => `"${c}" = ${from}."${c}"`).join(', ')
const without = (columns: readonly string[], ...left: string[]) =>
  columns.filter((column) => !left.includes(column))

async function updateOthers(run: Run, at: At, { id }: ImportRecord, tx: Tx): Promise<void> {
  const added = quoted(sharedColumns('people'))
  await run(
    `insert into app.people (${added}, created_at, version) select ${added}, $1, 1 from ${at('people')} where fresh`,
    [tx.now],
  )
  const people = without(sharedColumns('people'), 'id')
  await run(
    `update app.people p set ${assigned(people, 's')}, version = p.version + 1
     from ${at('people')} s where p.id = s.id and not s.fresh and p.version = s.expected_version`,
  )
  const matters = without(
    sharedColumns('matters'),
    'id',
    'channel',
    'source',
    'external_no',
    'received_at',
    ...BLANKABLE,
    ...['extended_at', 'returned_at', 'returns', 'upstream_due_at'],
  )
  await run(
    `insert into app.matter_texts (matter_id, seq, field, text)
     select m.id, h.seq, t.field, t.old from ${at('matters')} s join app.matters m on m.id = s.id join sealed h on h.matter_id = m.id,
       lateral (values ('title', m.title, s.title), ('content', m.content, s.content),
         ('reply', m.public_reply, s.public_reply)) as t (field, old, new)
     where t.old <> t.new`,
  )
  const begun = quoted(sharedColumns('legs'))
  await run(`insert into app.legs (${begun}) select ${begun} from ${at('legs')} where fresh`)
  const legs = ['signed_at', 'submitted_at', 'stopped_at', 'outcome', 'effective_due_at', 'extensions']
  await run(
    `update app.legs l set ${assigned(legs, 's')},
       warned_at = case when l.effective_due_at = s.effective_due_at then l.warned_at end,
       red_at = case when l.effective_due_at = s.effective_due_at then l.red_at end,
       overdue_at = case when l.effective_due_at = s.effective_due_at then l.overdue_at end
     from ${at('legs')} s where l.id = s.id and not s.fresh and l.outcome is null`,
  )
  for (const name of OUTCOMES) {
    const columns = sharedColumns(name)
    const sets = without(columns, 'id', 'matter_id').map((c) =>
      // A text that the newer file leaves blank stays.
      TEXTS.includes(c)
        ? `"${c}" = coalesce(nullif(excluded."${c}", '${NOT_TOLD}'), t."${c}")`
        : `"${c}" = excluded."${c}"`,
    )
    const rest = quoted(without(columns, 'id'))
    await run(
      `insert into app.${name} as t (id, ${rest})
       select coalesce((select t.id from app.${name} t where t.matter_id = s.matter_id and ${SAME[name]} limit 1), id), ${rest}
       from ${at(name)} s on conflict (id) do update set ${sets.join(', ')}`,
    )
  }
  const texts = BLANKABLE.map((c) => `"${c}" = coalesce(s."${c}", m."${c}")`).join(', ')
  await run(
    `update app.matters m set ${assigned(matters, 's')}, ${texts}, ${FIRSTS}, import_id = $1, version = m.version + 1, seq = h.seq, head = h.head
     from ${at('matters')} s join sealed h on h.matter_id = s.id where m.id = s.id`,
    [id],
  )
}

/** Texts of a matter that a newer file may leave blank: they stay. */
const BLANKABLE = ['title', 'content', 'public_reply']
const TEXTS = ['result', 'reason', 'evidence']
/** What the next unit was granted, and gave back, does not hide that of the first, nor its dispatch what the office let pass. */
const FIRSTS = `extended_at = least(s.extended_at, (select min(e.decided_at) from app.extensions e where e.matter_id = m.id and e.granted)),
  returned_at = least(s.returned_at, (select min(r.decided_at) from app.return_requests r where r.matter_id = m.id and r.granted)),
  returns = greatest(s.returns, (select count(*) from app.return_requests r where r.matter_id = m.id and r.granted)),
  upstream_due_at = coalesce(s.upstream_due_at, case when m.upstream_due_at < s.dispatched_at then m.upstream_due_at end)`

/**
 * What the next file will be compared with. What people here have handled keeps the version before that: no later file takes
 * it for untouched. An order seen open again was open until this file's last moment.
 */
async function told(run: Run, at: At, { id, asOf }: ImportRecord, tx: Tx): Promise<void> {
  const seenAt = asOf ?? tx.now
  const columns = sharedColumns('import_orders')
  await run(
    `insert into app.import_orders as o (${quoted(columns)}, import_id, version, seen_at)
     select ${quoted(columns, 's.')}, $1, m.version, $2 from ${at('import_orders')} s join app.matters m on m.id = s.matter_id
     on conflict (matter_id) do update set ${assigned(without(columns, 'matter_id'), 'excluded')}, import_id = $1,
       version = case when o.version = excluded.version - 1 then excluded.version else o.version end, seen_at = greatest(o.seen_at, $2)`,
    [id, seenAt],
  )
  await run(
    `update app.import_orders o set seen_at = $2 from app.import_rows r join app.matters m on m.id = r.matter_id
     where r.import_id = $1 and r.verdict = 'unchanged' and o.matter_id = r.matter_id and o.seen_at < $2
       and m.state in ('registered', 'assigned', 'returning', 'handling', 'replied')`,
    [id, seenAt],
  )
}
