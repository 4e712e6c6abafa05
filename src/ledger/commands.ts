// Writes of the ledger: campaigns, items, the acts on them, and the matters linked to them.
import { randomUUIDv7 } from 'node:crypto'
import { admit } from '../matters/rules.ts'
import { findVisible } from '../matters/queries.ts'
import { readReceivers } from '../matters/reading.ts'
import { visibilityValues } from '../matters/access.ts'
import { demandPlace } from '../people/places.ts'
import type { Actor } from '../platform/actor.ts'
import { dayOf, type Day } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import { record, type EventData } from '../platform/events.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { columnsOf, insertRow, updateRow } from '../platform/rows.ts'
import { itemVisibleTo } from './access.ts'
import { ledgerRules, type Item, type LedgerChange, type LedgerRule } from './acts.ts'
import { ledgerRefusal } from './rules.ts'
import * as tables from './tables.ts'
import type { LedgerAct, Level, Status } from './workflow.ts'

export interface ItemWritten {
  id: string
  no: string
  version: number
  status: Status
}

export interface CampaignEntry {
  name: string
  fromDay: Day
  toDay?: Day | undefined
  discipline?: string | undefined
}

const campaignOf = statement<{ id: string }>('ledger.campaign', 'select id from campaigns where id = $1')
const campaignNamed = statement<{ id: string }>(
  'ledger.campaign-named',
  'select id from campaigns where name = $1',
)

export async function openCampaign(tx: Tx, actor: Actor, entry: CampaignEntry): Promise<{ id: string }> {
  if ((await campaignNamed(tx, [entry.name])).length > 0) {
    throw fieldProblem('ledger/campaign-taken', '/body/name', '已有同名的排查活动')
  }
  const id = randomUUIDv7()
  insertRow(tx, tables.campaigns, { id, ...entry, createdAt: tx.now })
  await record(tx, actor, { subject: 'campaign', subjectId: id, type: 'campaign.opened', data: { ...entry } })
  return { id }
}

export interface ItemEntry {
  campaignId?: string | undefined
  foundDay: Day
  foundByUnitId: string
  regionCode?: string | undefined
  title: string
  demand: string
  involved: number
  groupTag: string
  topic: string
  level: Level
  leadUnitId: string
  territorialUnitId: string
  leader?: { name: string; post: string } | undefined
}

const nextNumber = statement<{ n: number }>('ledger.number', `select nextval('ledger_numbers') as n`)

/** The next number of the ledger's records: `PC-510802-20200814-000001`. */
export async function takeLedgerNumber(tx: Tx, prefix: 'PC' | 'LX', region: string): Promise<string> {
  const [next] = await nextNumber(tx)
  return `${prefix}-${region}-${dayOf(tx.now).replaceAll('-', '')}-${String(next?.n).padStart(6, '0')}`
}

/** Enters a dispute that was found; it waits for a plan until somebody decides otherwise. */
export async function openItem(
  tx: Tx,
  actor: Actor,
  entry: ItemEntry,
  office: { region: string },
): Promise<ItemWritten> {
  if (entry.foundDay > dayOf(tx.now)) {
    throw fieldProblem('ledger/future-day', '/body/foundDay', '排查日期不能晚于今天')
  }
  const [receivers, known, no] = await Promise.all([
    readReceivers(tx, [entry.leadUnitId, entry.territorialUnitId, entry.foundByUnitId]),
    entry.campaignId === undefined ? [{}] : campaignOf(tx, [entry.campaignId]),
    takeLedgerNumber(tx, 'PC', office.region),
    demandPlace(tx, entry.regionCode, '/body/regionCode'),
  ])
  if (known.length === 0) throw fieldProblem('ledger/no-campaign', '/body/campaignId', '没有这次排查活动')
  const id = randomUUIDv7()
  for (const field of ['leadUnitId', 'territorialUnitId'] as const) {
    admit(receivers.get(entry[field]), [], `/body/${field}`, id)
  }
  if (!receivers.has(entry.foundByUnitId)) {
    throw fieldProblem('matter/unknown-unit', '/body/foundByUnitId', '单位不存在')
  }
  const { leader, ...row } = entry
  const status: Status = 'needs-study'
  insertRow(tx, tables.ledgerItems, {
    ...{ id, no, ...row, status, registeredAt: tx.now, registeredBy: actor.id },
  })
  insertRow(tx, tables.ledgerStatuses, { itemId: id, n: 1, at: tx.now, status, level: entry.level })
  if (leader !== undefined) insertRow(tx, tables.caseLeaders, leaderRow(id, leader, tx))
  const { level, leadUnitId, territorialUnitId, involved } = entry
  const data = { no, level, status, leadUnitId, territorialUnitId, involved }
  await record(tx, actor, { subject: 'ledger', subjectId: id, type: 'ledger.opened', data })
  return { id, no, version: 1, status }
}

const leaderRow = (itemId: string, { name, post }: { name: string; post: string }, { now }: Tx) => ({
  id: randomUUIDv7(),
  itemId,
  name,
  post,
  fromAt: now,
})

interface LockedItem extends Item {
  no: string
  leadUnitId: string
  territorialUnitId: string
  version: number
  statuses: number
}

const lockItem = statement<LockedItem>(
  'ledger.lock',
  `select ${columnsOf(tables.ledgerItems, 'i')},
     (select max(s.n)::int from ledger_statuses s where s.item_id = i.id) as statuses,
     (select json_build_object('id', o.id, 'askedBy', o.asked_by) from strike_offs o
      where o.item_id = i.id and o.decided_at is null) as "strikeOff"
   from ledger_items i where i.id = $1 and ${itemVisibleTo(2)} for update of i`,
)
const endLeader = statement(
  'ledger.end-leader',
  'update case_leaders set to_at = $2 where item_id = $1 and to_at is null',
)
const undoStrikeOff = statement(
  'ledger.undo',
  `update strike_offs set undone_at = $2, undone_by = $3, undone_reason = $4
   where item_id = $1 and granted and undone_at is null`,
)

/** Does one act on an item that the actor may see; throws `ledger/not-found` for all others. */
export async function actOnItem(
  tx: Tx,
  actor: Actor,
  id: string,
  act: LedgerAct,
  input: unknown,
  ifMatch?: number,
): Promise<ItemWritten> {
  const item = await demandItem(tx, actor, id, ifMatch)
  const refused = ledgerRefusal(act, item, actor)
  if (refused !== undefined) throw refused
  const rule: LedgerRule = ledgerRules[act]
  const change = rule.change(item, input, { now: tx.now, actorId: actor.id })
  const status = change.status ?? item.status
  const level = change.level ?? item.level
  const version = item.version + 1
  updateRow(tx, tables.ledgerItems, id, { ...change.patch, status, level, version })
  if (status !== item.status || level !== item.level) {
    insertRow(tx, tables.ledgerStatuses, { itemId: id, n: item.statuses + 1, at: tx.now, status, level })
  }
  writeBeside(tx, actor, item, change)
  const data: EventData = { from: item.status, to: status, ...change.data }
  await record(tx, actor, { subject: 'ledger', subjectId: id, type: `ledger.${act}`, data })
  return { id, no: item.no, version, status }
}

function writeBeside(tx: Tx, actor: Actor, item: LockedItem, change: LedgerChange): void {
  const { progress, leader, ask, decide, undo } = change
  const [itemId, id] = [item.id, randomUUIDv7()]
  if (progress !== undefined) {
    insertRow(tx, tables.ledgerProgress, { id, itemId, ...progress, at: tx.now, by: actor.id })
  }
  if (leader !== undefined) {
    tx.later(endLeader, [itemId, tx.now])
    insertRow(tx, tables.caseLeaders, leaderRow(itemId, leader, tx))
  }
  if (ask !== undefined) {
    insertRow(tx, tables.strikeOffs, { id, itemId, ...ask, askedAt: tx.now, askedBy: actor.id })
  }
  if (decide !== undefined && item.strikeOff !== null) {
    const decided = { ...decide, decidedAt: tx.now, decidedBy: actor.id }
    updateRow(tx, tables.strikeOffs, item.strikeOff.id, decided)
  }
  if (undo !== undefined) tx.later(undoStrikeOff, [itemId, tx.now, actor.id, undo.reason])
}

async function demandItem(tx: Tx, actor: Actor, id: string, ifMatch?: number): Promise<LockedItem> {
  const [item] = await lockItem(tx, [id, ...visibilityValues(actor)])
  if (item === undefined) throw new Problem('ledger/not-found')
  if (ifMatch !== undefined && ifMatch !== item.version) {
    throw new Problem('request/stale', { extras: { version: item.version } })
  }
  return item
}

const accusedOf = statement<{ accused: string[] }>(
  'ledger.accused',
  'select accused_unit_ids as accused from matters where id = $1',
)
const linkRow = statement<{ matterId: string }>(
  'ledger.link',
  `insert into ledger_matters (item_id, matter_id, reason, linked_at, linked_by) values ($1, $2, $3, $4, $5)
   on conflict do nothing returning matter_id as "matterId"`,
)
const unlinkRow = statement<{ matterId: string }>(
  'ledger.unlink',
  'delete from ledger_matters where item_id = $1 and matter_id = $2 returning matter_id as "matterId"',
)

/** Links a later petition to a known dispute; refused where the item's own units are what the petition accuses. */
export async function linkMatter(
  tx: Tx,
  actor: Actor,
  id: string,
  input: { matterId: string; reason: string },
): Promise<ItemWritten> {
  const item = await demandItem(tx, actor, id)
  await findVisible(tx, actor, input.matterId)
  const [[found], receivers] = await Promise.all([
    accusedOf(tx, [input.matterId]),
    readReceivers(tx, [item.leadUnitId, item.territorialUnitId]),
  ])
  for (const unit of [item.leadUnitId, item.territorialUnitId]) {
    const receiver = receivers.get(unit)
    if (receiver?.active === true) admit(receiver, found?.accused ?? [], '/body/matterId', input.matterId)
  }
  const linked = await linkRow(tx, [id, input.matterId, input.reason, tx.now, actor.id])
  if (linked.length === 0) throw new Problem('ledger/linked-already')
  return bump(tx, actor, item, 'ledger.linked', { matterId: input.matterId })
}

export async function unlinkMatter(
  tx: Tx,
  actor: Actor,
  id: string,
  matterId: string,
  reason: string,
): Promise<ItemWritten> {
  const item = await demandItem(tx, actor, id)
  const gone = await unlinkRow(tx, [id, matterId])
  if (gone.length === 0) throw new Problem('ledger/not-linked')
  return bump(tx, actor, item, 'ledger.unlinked', { matterId, reason })
}

async function bump(
  tx: Tx,
  actor: Actor,
  item: LockedItem,
  type: string,
  data: EventData,
): Promise<ItemWritten> {
  const version = item.version + 1
  updateRow(tx, tables.ledgerItems, item.id, { version })
  await record(tx, actor, { subject: 'ledger', subjectId: item.id, type, data })
  return { id: item.id, no: item.no, version, status: item.status }
}
