// The inbox of each account: filled from events, shown as far as its owner may see the matters now.
import { visibilityValues, visibleTo } from '../matters/access.ts'
import type { State } from '../matters/workflow.ts'
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { id, instant, placeOf, writeCursor } from '../platform/fields.ts'
import type { OutboxEvent } from '../platform/outbox.ts'
import { z } from 'zod'
import { inboxRules, unitsNamed } from './inbox-rules.ts'

const NONE = '00000000-0000-0000-0000-000000000000'

// One row an account and event, whatever the number of rules and units that lead to it; never to who did it, and never to
// whom the matter accuses or who stepped aside.
const put = statement(
  'inbox.put',
  `insert into inbox (id, account_id, event_id, matter_id, type, rule, at)
   select distinct on (a.id, e.event_id) gen_random_uuid(), a.id, e.event_id, e.matter_id, e.type, e.rule, e.at
   from unnest($1::uuid[], $2::uuid[], $3::text[], $4::smallint[], $5::timestamptz[], $6::uuid[], $7::text[], $8::uuid[], $9::text[])
     as e(event_id, matter_id, type, rule, at, actor_id, target, unit_id, roles)
   join matters m on m.id = e.matter_id
   join accounts a on a.kind = 'person' and a.disabled_at is null and a.id <> e.actor_id
   join units u on u.id = a.unit_id
   where case e.target when 'handlers' then a.id = any(m.handler_ids)
       when 'unit' then a.unit_id = e.unit_id and a.roles && string_to_array(e.roles, ',')
       else u.kind = 'office' and a.roles && string_to_array(e.roles, ',') end
     and not (m.accused_unit_ids && u.path) and not (a.id = any(m.barred_ids))
   order by a.id, e.event_id, e.rule
   on conflict on constraint inbox_once do nothing`,
)

// The same of what is no matter: told neither to a unit that a matter in it accuses nor to who is barred from one.
const putBeside = statement(
  'inbox.put-beside',
  `insert into inbox (id, account_id, event_id, type, rule, at, link)
   select distinct on (a.id, e.event_id) gen_random_uuid(), a.id, e.event_id, e.type, e.rule, e.at, e.link
   from unnest($1::uuid[], $2::uuid[], $3::text[], $4::smallint[], $5::timestamptz[], $6::uuid[], $7::text[], $8::uuid[], $9::text[],
       $10::text[]) as e(event_id, subject_id, type, rule, at, actor_id, target, unit_id, roles, link)
   join accounts a on a.kind = 'person' and a.disabled_at is null and a.id <> e.actor_id
   join units u on u.id = a.unit_id
   where case e.target when 'unit' then a.unit_id = e.unit_id else u.kind = 'office' end
     and a.roles && string_to_array(e.roles, ',')
     and not exists (select 1 from matters m where (m.accused_unit_ids && u.path or a.id = any(m.barred_ids)) and m.id in (
       select l.matter_id from ledger_matters l where l.item_id = e.subject_id
       union all select coalesce(i.matter_id, l.matter_id) from meeting_items i
         left join ledger_matters l on l.item_id = i.ledger_item_id
         where i.meeting_id = e.subject_id and i.lead_unit_id = e.unit_id))
   order by a.id, e.event_id, e.rule
   on conflict on constraint inbox_once do nothing`,
)

/** Puts what these events mean into the inboxes of whom they concern; repeating it puts nothing twice. */
export async function fillInboxes(tx: Tx, events: readonly OutboxEvent[]): Promise<void> {
  const rows = events.flatMap((event) =>
    (inboxRules[event.type] ?? []).flatMap(({ to, roles = [], link = null }, rule) => {
      const unitIds = to === 'unit' ? unitsNamed(event.data) : [NONE]
      return unitIds.map((unitId) => ({ event, rule, to, unitId, roles: roles.join(','), link }))
    }),
  )
  const ofMatters = rows.filter(({ link }) => link === null)
  const beside = rows.filter(({ link }) => link !== null)
  if (ofMatters.length > 0) await put(tx, columnsOf(ofMatters))
  if (beside.length === 0) return
  const links = beside.map(({ event, link }) => link?.replace(':id', event.subjectId))
  await putBeside(tx, [...columnsOf(beside), links])
}

interface Telling {
  event: OutboxEvent
  rule: number
  to: string
  unitId: string
  roles: string
}

function columnsOf(rows: readonly Telling[]): unknown[][] {
  return [
    rows.map(({ event }) => event.id),
    rows.map(({ event }) => event.subjectId),
    rows.map(({ event }) => event.type),
    rows.map(({ rule }) => rule),
    rows.map(({ event }) => event.at),
    rows.map(({ event }) => event.actorId),
    rows.map(({ to }) => to),
    rows.map(({ unitId }) => unitId),
    rows.map(({ roles }) => roles),
  ]
}

export interface InboxItem {
  id: string
  at: Instant
  readAt: Instant | null
  type: string
  rule: number
  /** Of what concerns no matter. */
  text: string | null
  link: string | null
  matter: { id: string; no: string; title: string; state: State } | null
}

const putPlain = statement(
  'inbox.put-plain',
  `insert into inbox (id, account_id, event_id, type, rule, at, text, link)
   select gen_random_uuid(), a.id, $1, $2, 0, $3, $4, $5 from accounts a join units u on u.id = a.unit_id
   where a.kind = 'person' and a.disabled_at is null and u.kind = 'office' and a.roles && $6::text[]
   on conflict on constraint inbox_once do nothing`,
)

/** Tells the office's holders of one of these roles of something that concerns no matter; once for an event. */
export function tellOffice(
  tx: Tx,
  {
    id: eventId,
    type,
    text,
    link,
    roles,
  }: Record<'id' | 'type' | 'text' | 'link', string> & { roles: readonly string[] },
): void {
  tx.later(putPlain, [eventId, type, tx.now, text, link, roles])
}

const page = statement<InboxItem>(
  'inbox.page',
  `select i.id, i.at, i.read_at as "readAt", i.type, i.rule, i.text, i.link, case when m.id is not null
       then jsonb_build_object('id', m.id, 'no', m.no, 'title', m.title, 'state', m.state) end as matter
   from inbox i left join matters m on m.id = i.matter_id
   where i.account_id = $1 and (not $5::boolean or i.read_at is null)
     and ($6::timestamptz is null or (i.at, i.id) < ($6, $7::uuid)) and (i.matter_id is null or ${visibleTo(2)})
   order by i.at desc, i.id desc limit $8`,
)
const place = z.tuple([instant, id])

/** Newest first. What the reader may no longer see is left out. */
export async function readInbox(
  db: Db,
  actor: Actor,
  { unread, limit, cursor }: { unread: boolean; limit: number; cursor?: string | undefined },
): Promise<{ items: InboxItem[]; next: string | null }> {
  const after = placeOf(cursor, place) ?? [null, null]
  const rows = await page(db, [actor.id, ...visibilityValues(actor), unread, ...after, limit + 1])
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return {
    items,
    next: rows.length > limit && last !== undefined ? writeCursor([last.at, last.id]) : null,
  }
}

const unreadOf = statement<{ unread: number }>(
  'inbox.unread',
  `select count(*)::int as unread from inbox i left join matters m on m.id = i.matter_id
   where i.account_id = $1 and i.read_at is null and (i.matter_id is null or ${visibleTo(2)})`,
)

export async function countUnread(db: Db, actor: Actor): Promise<number> {
  const [row] = await unreadOf(db, [actor.id, ...visibilityValues(actor)])
  return row?.unread ?? 0
}

const markRead = statement<{ id: string }>(
  'inbox.read',
  `update inbox set read_at = $2 where account_id = $1 and read_at is null
     and (id = any($3::uuid[]) or at <= $4::timestamptz) returning id`,
)

/** Marks these, or all up to a moment, as read; of one's own inbox only. Answers how many were not read before. */
export async function readThem(
  tx: Tx,
  actor: Actor,
  { ids = [], until = null }: { ids?: readonly string[] | undefined; until?: Instant | null | undefined },
): Promise<number> {
  return (await markRead(tx, [actor.id, tx.now, ids, until])).length
}
