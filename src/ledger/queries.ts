// Reads of the ledger: one item with its history, pages, the board as of any moment, and disputes that a matter may belong to.
import { z } from 'zod'
import { visibilityValues } from '../matters/access.ts'
import type { Actor } from '../platform/actor.ts'
import { instantFromJson, type Day, type Instant } from '../platform/clock.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { day, id as idShape, placeOf, writeCursor } from '../platform/fields.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { columnsOf } from '../platform/rows.ts'
import { itemVisibleTo } from './access.ts'
import * as tables from './tables.ts'
import type { Level, Status } from './workflow.ts'

export interface ItemRow {
  id: string
  no: string
  title: string
  status: Status
  level: Level
  topic: string
  groupTag: string
  involved: number
  foundDay: Day
  leadUnitId: string
  leadUnit: string
  territorialUnitId: string
  territorialUnit: string
  leader: string | null
  planDue: Day | null
  reviewDay: Day | null
  version: number
}

export interface ItemFilter {
  campaignId?: string | undefined
  status?: Status | undefined
  level?: Level | undefined
  unitId?: string | undefined
  regionCode?: string | undefined
  topic?: string | undefined
  leader?: string | undefined
  /** Plans whose day has passed, or statuses whose review is due. */
  due?: 'plan' | 'review' | undefined
  from?: Day | undefined
  to?: Day | undefined
  asOf?: Instant | undefined
}

/** Items as they stood at the instant in `$1`: later ones are not there yet, later changes of status have not happened. */
export const AS_OF = `ledger_items i
  join lateral (select s.status, s.level from ledger_statuses s where s.item_id = i.id and s.at <= $1
    order by s.n desc limit 1) s on true`

const COLUMNS = `i.id, i.no, i.title, s.status, s.level, i.topic, i.group_tag as "groupTag", i.involved,
  i.found_day as "foundDay", i.lead_unit_id as "leadUnitId", lu.name as "leadUnit",
  i.territorial_unit_id as "territorialUnitId", tu.name as "territorialUnit",
  (select l.name from case_leaders l where l.item_id = i.id and l.from_at <= $1 and (l.to_at is null or l.to_at > $1)
   limit 1) as leader, i.plan_due as "planDue", i.review_day as "reviewDay", i.version`

export function conditionsOf(actor: Actor, filter: ItemFilter, asOf: Instant) {
  const values: unknown[] = [asOf]
  const place = (value: unknown) => `$${values.push(value)}`
  const first = values.length + 1
  values.push(...visibilityValues(actor))
  const found = ['i.registered_at <= $1', itemVisibleTo(first)]
  const equal = (column: string, value: unknown) => {
    if (value !== undefined) found.push(`${column} = ${place(value)}`)
  }
  equal('i.campaign_id', filter.campaignId)
  equal('s.status', filter.status)
  equal('s.level', filter.level)
  equal('i.region_code', filter.regionCode)
  equal('i.topic', filter.topic)
  if (filter.unitId !== undefined) {
    found.push(`${place(filter.unitId)}::uuid in (i.lead_unit_id, i.territorial_unit_id)`)
  }
  if (filter.leader !== undefined) {
    found.push(`exists (select 1 from case_leaders l where l.item_id = i.id and l.name = ${place(filter.leader)}
      and l.from_at <= $1 and (l.to_at is null or l.to_at > $1))`)
  }
  if (filter.due === 'plan') found.push(`s.status = 'plan-advancing' and i.plan_due < $1::timestamptz::date`)
  if (filter.due === 'review') {
    found.push(`s.status in ('watch', 'territorial') and i.review_day <= $1::timestamptz::date`)
  }
  if (filter.from !== undefined) found.push(`i.found_day >= ${place(filter.from)}::date`)
  if (filter.to !== undefined) found.push(`i.found_day <= ${place(filter.to)}::date`)
  return { values, place, found }
}

const placeShape = z.tuple([day, idShape])

/** A page of items by the day on which they were found, newest first, with how many there are in all. */
export async function listItems(
  db: Db,
  actor: Actor,
  { limit, cursor, ...filter }: ItemFilter & { limit: number; cursor?: string | undefined },
  now: Instant,
) {
  const asOf = instantOfList(filter, now)
  const { values, place, found } = conditionsOf(actor, filter, asOf)
  const where = found.join(' and ')
  const [sum] = await db.query<{ total: number; involved: number }>(
    {
      name: '',
      text: `select count(*)::int as total, coalesce(sum(i.involved), 0)::int as involved from ${AS_OF} where ${where}`,
    },
    [...values],
  )
  let after = ''
  const at = placeOf(cursor, placeShape)
  if (at !== undefined) {
    after = ` and (i.found_day, i.id) < (${place(at[0])}::date, ${place(at[1])}::uuid)`
  }
  const rows = await db.query<ItemRow>(
    {
      name: '',
      text: `select ${COLUMNS} from ${AS_OF} join units lu on lu.id = i.lead_unit_id
        join units tu on tu.id = i.territorial_unit_id where ${where}${after}
        order by i.found_day desc, i.id desc limit ${place(limit + 1)}`,
    },
    values,
  )
  const items = rows.slice(0, limit)
  const last = rows.length > limit ? items.at(-1) : undefined
  return {
    asOf,
    total: sum?.total ?? 0,
    involved: sum?.involved ?? 0,
    items,
    next: last === undefined ? null : writeCursor([last.foundDay, last.id]),
  }
}

export function instantOfList({ asOf }: ItemFilter, now: Instant): Instant {
  if (asOf !== undefined && asOf > now) {
    throw fieldProblem('kpi/as-of-in-future', '/query/asOf', '截至时间不能晚于现在')
  }
  return asOf ?? now
}

const openedItem = statement<{ item: OpenedItem }>(
  'ledger.open',
  `select row_to_json(x) as item from (select ${columnsOf(tables.ledgerItems, 'i')}, lu.name as "leadUnit",
     tu.name as "territorialUnit", c.name as campaign,
     (select o.asked_by from strike_offs o where o.item_id = i.id and o.decided_at is null) as "strikeOffAskedBy",
     coalesce((select json_agg(json_build_object('at', s.at, 'status', s.status, 'level', s.level) order by s.n)
       from ledger_statuses s where s.item_id = i.id), '[]') as history,
     coalesce((select json_agg(json_build_object('name', l.name, 'post', l.post, 'fromAt', l.from_at, 'toAt', l.to_at)
       order by l.from_at) from case_leaders l where l.item_id = i.id), '[]') as leaders,
     coalesce((select json_agg(json_build_object('day', p.day, 'text', p.text, 'by', a.name) order by p.day, p.at)
       from ledger_progress p left join accounts a on a.id = p.by_id where p.item_id = i.id), '[]') as progress,
     coalesce((select json_agg(json_build_object('kind', o.kind, 'evidence', o.evidence, 'askedAt', o.asked_at,
       'granted', o.granted, 'decidedAt', o.decided_at, 'note', o.note, 'undoneAt', o.undone_at,
       'undoneReason', o.undone_reason) order by o.asked_at) from strike_offs o where o.item_id = i.id), '[]') as "strikeOffs",
     coalesce((select json_agg(json_build_object('id', m.id, 'no', m.no, 'title', m.title, 'reason', lm.reason) order by m.no)
       from ledger_matters lm join matters m on m.id = lm.matter_id where lm.item_id = i.id), '[]') as matters
   from ledger_items i join units lu on lu.id = i.lead_unit_id join units tu on tu.id = i.territorial_unit_id
     left join campaigns c on c.id = i.campaign_id
   where i.id = $1 and ${itemVisibleTo(2)}) x`,
)

export interface OpenedItem {
  id: string
  no: string
  status: Status
  level: Level
  leadUnitId: string
  territorialUnitId: string
  /** Who asked for the strike-off that waits for its decision. */
  strikeOffAskedBy: string | null
  version: number
  history: { at: Instant; status: Status; level: Level }[]
  [more: string]: unknown
}

/** One item; reading one under continued attention or territorial responsibility is recorded. */
export async function readItem(tx: Tx, actor: Actor, id: string): Promise<OpenedItem> {
  const [found] = await openedItem(tx, [id, ...visibilityValues(actor)])
  if (found === undefined) throw new Problem('ledger/not-found')
  const { item } = found
  if (item.status === 'watch' || item.status === 'territorial') {
    const data = { status: item.status }
    await record(tx, actor, {
      subject: 'account',
      subjectId: actor.id,
      type: 'ledger.read',
      data: { ...data, itemId: id },
    })
  }
  return { ...item, history: item.history.map((each) => ({ ...each, at: instantFromJson(each.at) })) }
}

const likelyItems = statement<{ id: string; no: string; title: string; shared: number; status: Status }>(
  'ledger.likely',
  `select i.id, i.no, i.title, i.status, g.shared from matters m
   join matter_search ms on ms.matter_id = m.id
   join ledger_items i on (i.topic = m.topic or i.region_code = m.region_code)
   cross join lateral (
     select count(*)::int as shared from (
       select distinct substr(t.text, p, 2) as gram
       from (select lower(i.title) as text) t, generate_series(1, greatest(length(i.title) - 1, 1)) as p) x
     where x.gram = any(ms.grams)) g
   where m.id = $1 and g.shared >= 2 and ${itemVisibleTo(2)}
     and not exists (select 1 from ledger_matters lm where lm.item_id = i.id and lm.matter_id = m.id)
   order by g.shared desc, i.id limit 10`,
)

/** Known disputes that a matter may belong to, by topic or place and the words of the title: for a clerk to decide. */
export function likelyDisputes(db: Db, actor: Actor, matterId: string) {
  return likelyItems(db, [matterId, ...visibilityValues(actor)])
}

export const listCampaigns = statement<{
  id: string
  name: string
  fromDay: Day
  toDay: Day | null
  discipline: string | null
}>(
  'ledger.campaigns',
  `select id, name, from_day as "fromDay", to_day as "toDay", discipline from campaigns order by from_day desc, id`,
)
