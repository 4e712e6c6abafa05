// Fills a database with an office of 64 units and a year of orders with their legs, replies and chained events.
import type pg from 'pg'

export interface Shape {
  orders: number
  /** Up to the end of 2020. */
  years: number
  /** Only what figures are counted from: no people, events and replies. */
  lean: boolean
}

/** Statements in order; 2 % of the orders are still open. Ids are derived from their number. */
const steps = ({ orders, years, lean }: Shape): string[] => [
  `create function pg_temp.id(kind int, n bigint) returns uuid language sql immutable as
   $$ select (lpad(to_hex(kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$`,
  `insert into units (id, name, short_name, kind, level, parent_id, valid_from, sees, path, created_at)
   select pg_temp.id(1, n), case n when 0 then '办公室' else '单位' || n end, '单位' || n,
     case n when 0 then 'office' else 'department' end, case n when 0 then 2 else 3 end,
     case n when 0 then null else pg_temp.id(1, 0) end, '2019-01-01',
     case n when 0 then array(select pg_temp.id(1, u) from generate_series(0, 64) u) else array[pg_temp.id(1, n)] end,
     case n when 0 then array[pg_temp.id(1, 0)] else array[pg_temp.id(1, n), pg_temp.id(1, 0)] end, now()
   from generate_series(0, 64) n`,
  ...unless(
    lean,
    `insert into people (id, sealed, name_masked, phone_masked, name_bi, phone_bi, created_at)
   select pg_temp.id(2, n), decode(repeat('ab', 90), 'hex'), '王*明', '139****0001',
     substr(sha256(('n' || n % 50000)::bytea), 1, 16), substr(sha256(('p' || n)::bytea), 1, 16), now()
   from generate_series(1, ${orders}) n`,
  ),
  `create temp table o as
   select n, pg_temp.id(3, n) as id, pg_temp.id(4, n) as leg_id, pg_temp.id(1, 1 + n % 64) as unit_id,
     timestamptz '2020-12-31 08:00+08' - ((${orders} - n)::float8 / ${orders}) * interval '${365 * years} days' as at,
     n % 50 = 0 as open, n % 33 = 0 as late, n % 16 = 0 as extended, (n / 64) % 3 = 0 as rated, (n / 64) % 5 <> 0 as pleased
   from generate_series(1, ${orders}) n`,
  `create function pg_temp.told(n bigint, seq int, type text, at timestamptz) returns text language sql stable as
   $$ select format('{"id":"%s","subject":"matter","subjectId":"%s","seq":%s,"type":"%s","at":"%s","actorId":"%s","data":{}}',
     pg_temp.id(5 + seq, n), pg_temp.id(3, n), seq, type, to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"+08:00"'), pg_temp.id(9, 1)) $$`,
  ...unless(
    lean,
    `create temp table c as
   select n, id, at, open, c1, c2, c3, c4, h1, h2, h3, sha256(h3 || convert_to(c4, 'UTF8')) as h4 from (
     select *, sha256(h2 || convert_to(c3, 'UTF8')) as h3 from (
       select *, sha256(h1 || convert_to(c2, 'UTF8')) as h2 from (
         select *, sha256(convert_to(c1, 'UTF8')) as h1 from (
           select n, id, at, open, pg_temp.told(n, 1, 'matter.register', at) as c1, pg_temp.told(n, 2, 'matter.sign', at) as c2,
             pg_temp.told(n, 3, 'matter.reply', at) as c3, pg_temp.told(n, 4, 'matter.approve', at) as c4 from o) a) b) d) f`,
    ...['register', 'sign', 'reply', 'approve'].map(
      (verb, i) =>
        `insert into events (id, subject, subject_id, seq, type, at, actor_id, canon, hash)
       select pg_temp.id(${6 + i}, n), 'matter', id, ${i + 1}, 'matter.${verb}', at, pg_temp.id(9, 1), c${i + 1}, h${i + 1}
       from c ${i < 2 ? '' : 'where not open'}`,
    ),
  ),
  `insert into matters (id, no, channel, source, external_no, state, title, content, category, urgency, topic, person_id,
     unit_ids, received_at, registered_at, registered_by, dispatched_at, lead_unit_id, lead_leg_id, sign_due_at, signed_at,
     due_at, submitted_at, late_from, lead_late_from, lead_signed_at, done_at, first_replied_at, first_accepted_at, first_on_time, contacted_at,
     contacted_on_time, extended_at, called_back_at, call_result, rating, rated_at, resolved, public_reply, version, seq, head)
   select o.id, 'RX-510802-2020-' || lpad(n::text, 8, '0'), 'hotline', 'city-platform', 'P' || n,
     case when open then 'handling' else 'closed' end, '夜间施工噪声扰民第' || n || '件',
     '小区旁工地夜间十一点后仍在施工,噪声严重影响居民休息,请有关部门核实处理。',
     (array['consult', 'help', 'complain', 'suggest'])[1 + n % 4], 'normal', 'environment', ${lean ? 'null' : 'pg_temp.id(2, n)'},
     array[unit_id], at, at, pg_temp.id(9, 1), at, unit_id, leg_id, at + interval '1 day', at + interval '2 hours',
     at + interval '9 days', case when not open then replied end,
     case when open or late then at + interval '9 days' end, case when open or late then at + interval '9 days' end,
     at + interval '2 hours', case when not open then replied end,
     case when not open then replied end, case when not open then replied end, case when not open then not late end,
     case when not open then at + interval '1 day' end, case when not open then true end,
     case when extended then at + interval '5 days' end, case when not open then replied + interval '1 day' end,
     case when not open then 'reached' end,
     case when not open and rated then case when pleased then 'satisfied' else 'dissatisfied' end end,
     case when not open and rated then replied + interval '1 day' end, case when not open and rated then pleased end,
     case when not open then '已责令停止夜间施工。' end, 4, case when o.open then 2 else 4 end, ${lean ? `decode(repeat('ab', 32), 'hex')` : 'case when o.open then c.h2 else c.h4 end'}
   from (select *, at + case when late then interval '10 days' else interval '4 days' end as replied from o) o
     ${lean ? '' : 'join (select n as of, h2, h4 from c) c on c.of = o.n'}`,
  `insert into legs (id, matter_id, no, role, kind, unit_id, dispatched_at, policy, time_limit, sign_due_at, signed_at, due_at,
     effective_due_at, submitted_at, stopped_at, outcome, imported)
   select leg_id, id, 1, 'lead', 'dispatch', unit_id, at, 'SC-2020', '{"n": 7, "unit": "workday"}', at + interval '1 day',
     at + interval '2 hours', at + interval '9 days', at + interval '9 days', case when not open then replied end,
     case when not open then replied end, case when not open then 'replied' end, true
   from (select *, at + case when late then interval '10 days' else interval '4 days' end as replied from o) o`,
  ...unless(
    lean,
    `insert into replies (id, matter_id, leg_id, submitted_at, submitted_by, facts, measures, result, reviewed_at, accepted)
   select pg_temp.id(10, n), id, leg_id, at + interval '4 days', pg_temp.id(9, 1), '经现场核实,情况属实。',
     '责令施工单位夜间停工。', '已责令停止夜间施工。', at + interval '5 days', true from o where not open`,
  ),
  `drop table ${lean ? 'o' : 'o, c'}`,
]

const unless = (left: boolean, ...texts: string[]) => (left ? [] : texts)

/** Fills an empty, migrated database; indexes are dropped and built again. Reports each step. */
export async function fill(
  client: pg.PoolClient,
  shape: Shape,
  report: (line: string) => void,
): Promise<void> {
  await client.query(
    `set work_mem = '256MB'; set maintenance_work_mem = '512MB'; set synchronous_commit = off`,
  )
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
     where indrelid in ('matters'::regclass, 'legs'::regclass, 'events'::regclass, 'people'::regclass, 'replies'::regclass)
       and not exists (select 1 from pg_constraint c where c.conindid = indexrelid)`,
  )
  for (const { name } of rows) await client.query(`drop index ${name}`)
  for (const text of steps(shape)) {
    const started = performance.now()
    await client.query(text)
    report(`${text.slice(0, 40).replaceAll('\n', ' ')}… ${Math.round(performance.now() - started)} ms`)
  }
  for (const { definition } of rows) await client.query(definition)
  await client.query(`select setval('matter_numbers', ${shape.orders + 1})`)
  await client.query('analyze')
}
