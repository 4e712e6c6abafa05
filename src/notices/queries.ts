// Reads of messages: lists by keyset, the batches and contacts, and the volumes of each month with the list behind each.
import { z } from 'zod'
import { visibilityValues, visibleTo } from '../matters/access.ts'
import { withoutQueryCodes } from '../matters/query-codes.ts'
import { CONFIDENTIAL } from '../people/masks.ts'
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import { instantOf, plusDays } from '../platform/clock.ts'
import { statement, type Db } from '../platform/db.ts'
import { id, instant, placeOf, writeCursor } from '../platform/fields.ts'
import { percent, percentText } from '../platform/numbers.ts'
import { smsStates, volumes, type SmsState, type Volume } from './terms.ts'

const place = z.tuple([instant, id])
const OFFSET = "at time zone interval '8 hours'"

function after(cursor: string | undefined): [string | null, string | null] {
  return placeOf(cursor, place) ?? [null, null]
}

function paged<R extends { id: string }>(rows: R[], limit: number, at: (row: R) => Instant) {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const next = rows.length > limit && last !== undefined ? writeCursor([at(last), last.id]) : null
  return { items, next }
}

export interface MessageRow {
  id: string
  template: string
  number: string
  text: string
  state: SmsState
  attempts: number
  queuedAt: Instant
  sentAt: Instant | null
  deliveredAt: Instant | null
  error: string | null
  matterId: string | null
  batchId: string | null
}

// Nothing of the number of who asked for confidence since is left to read.
const number = (row: 's' | 'r') =>
  `case when m.confidential or p.confidential then '${CONFIDENTIAL}' else ${row}.number_masked end as number`

// A message about a matter is as visible as the matter: it tells of it, and to whom it was sent.
const matched = ({ at, is }: { at: string; is: string }) =>
  `from sms_messages s left join matters m on m.id = s.matter_id left join people p on p.id = m.person_id
   where (${is}) and ${at} >= $1 and ${at} < $2 and ($3::uuid is null or s.batch_id = $3) and ($4::text is null or s.state = $4)
     and (s.matter_id is null or ${visibleTo(5)})`
const listOf = (counted: Volume) =>
  statement<MessageRow>(
    `sms.messages-${counted}`,
    `select s.id, s.template, ${number('s')}, s.text, s.state, s.attempts, s.queued_at as "queuedAt", s.sent_at as "sentAt",
       s.delivered_at as "deliveredAt", s.error, s.matter_id as "matterId", s.batch_id as "batchId"
     ${matched(volumes[counted])}
       and ($8::timestamptz is null or (s.queued_at, s.id) < ($8, $9::uuid))
     order by s.queued_at desc, s.id desc limit $10`,
  )
const totalOf = (counted: Volume) =>
  statement<{ total: number }>(
    `sms.total-${counted}`,
    `select count(*)::int as total ${matched(volumes[counted])}`,
  )
const volumeNames = Object.keys(volumes) as Volume[]
const byVolume = <T>(make: (name: Volume) => T) =>
  Object.fromEntries(volumeNames.map((name) => [name, make(name)])) as Record<Volume, T>
const lists = byVolume(listOf)
const totals = byVolume(totalOf)

/**
 * A month `2020-08`, one way of counting; the newest first. What is about a matter that the reader may not see is neither
 * listed nor counted, and the query code that a citizen got is shown to nobody.
 */
export async function listMessages(
  db: Db,
  actor: Actor,
  asked: {
    month: string
    counted: Volume
    batchId?: string | undefined
    state?: SmsState | undefined
    limit: number
    cursor?: string | undefined
  },
) {
  const { month, counted, batchId = null, state = null, limit, cursor } = asked
  const scope = [...boundsOf(month, month), batchId, state, ...visibilityValues(actor)]
  const [rows, [count]] = await Promise.all([
    lists[counted](db, [...scope, ...after(cursor), limit + 1]),
    totals[counted](db, scope),
  ])
  const shown = rows.map((row) =>
    row.matterId === null ? row : { ...row, text: withoutQueryCodes(row.text) },
  )
  return { total: count?.total ?? 0, ...paged(shown, limit, (row) => row.queuedAt) }
}

function boundsOf(from: string, to: string): [Instant, Instant] {
  const lastDay = plusDays(`${nextMonth(to)}-01`, 0)
  return [instantOf(`${from}-01`), instantOf(lastDay)]
}

function nextMonth(month: string): string {
  const [year = 0, n = 0] = month.split('-').map(Number)
  return n === 12 ? `${year + 1}-01` : `${year}-${String(n + 1).padStart(2, '0')}`
}

const counts = statement<{ month: string; name: Volume; count: number }>(
  'sms.volumes',
  volumeNames
    .map((name) => {
      const { at, is } = volumes[name]
      return `select to_char(${at} ${OFFSET}, 'YYYY-MM') as month, '${name}' as name, count(*)::int as count
        from sms_messages s left join matters m on m.id = s.matter_id
        where (${is}) and ${at} >= $1 and ${at} < $2 and (s.matter_id is null or ${visibleTo(3)}) group by 1`
    })
    .join(' union all '),
)

/** Every month of the period, also those without a message; each count is that of the list that the reader gets. */
export async function volumesOf(db: Db, actor: Actor, from: string, to: string) {
  const rows = await counts(db, [...boundsOf(from, to), ...visibilityValues(actor)])
  const months: string[] = []
  for (let month = from; month <= to; month = nextMonth(month)) months.push(month)
  return months.map((month) => {
    const of = (name: Volume) => rows.find((row) => row.month === month && row.name === name)?.count ?? 0
    const [sent, delivered] = [of('sent'), of('delivered')]
    return {
      month,
      ...Object.fromEntries(
        volumeNames.map((name) => [
          name,
          { count: of(name), list: `/api/sms/messages?month=${month}&counted=${name}` },
        ]),
      ),
      deliveryRate: {
        numerator: delivered,
        denominator: sent,
        text: percentText(percent(delivered, sent, 2)),
      },
    }
  })
}

export interface ReplyRow {
  id: string
  number: string
  receivedAt: Instant
  outcome: string
  messageId: string | null
}
const replies = statement<ReplyRow>(
  'sms.replies',
  `select r.id, ${number('r')}, r.received_at as "receivedAt", r.outcome, r.message_id as "messageId" from sms_replies r
     left join sms_messages s on s.id = r.message_id left join matters m on m.id = s.matter_id
     left join people p on p.id = m.person_id
   where ($1::text is null or r.outcome = $1) and (s.matter_id is null or ${visibleTo(2)})
     and ($5::timestamptz is null or (r.received_at, r.id) < ($5, $6::uuid))
   order by r.received_at desc, r.id desc limit $7`,
)

/** Replies to messages about matters that the reader may see, and those that belong to no message. */
export async function listReplies(
  db: Db,
  actor: Actor,
  asked: { outcome?: string | undefined; limit: number; cursor?: string | undefined },
) {
  const { outcome = null, limit, cursor } = asked
  const rows = await replies(db, [outcome, ...visibilityValues(actor), ...after(cursor), limit + 1])
  return paged(rows, limit, (row) => row.receivedAt)
}

export interface ContactRow {
  id: string
  regionCode: string
  post: string
  name: string
  number: string
  at: Instant
}
const contacts = statement<ContactRow>(
  'sms.contacts',
  `select c.id, c.region_code as "regionCode", c.post, c.name_masked as name, c.number_masked as number, c.at from sms_contacts c
   where c.voided_at is null and ($1::text is null or starts_with(c.region_code, $1))
     and ($2::timestamptz is null or (c.at, c.id) < ($2, $3::uuid)) order by c.at desc, c.id desc limit $4`,
)

export async function listContacts(
  db: Db,
  asked: { regionCode?: string | undefined; limit: number; cursor?: string | undefined },
) {
  const { regionCode = null, limit, cursor } = asked
  const rows = await contacts(db, [regionCode, ...after(cursor), limit + 1])
  return paged(rows, limit, (row) => row.at)
}

export interface BatchRow {
  id: string
  text: string
  regionCodes: string[]
  state: string
  recipients: number
  askedAt: Instant
  askedBy: string | null
  decidedAt: Instant | null
  decidedBy: string | null
  sent: number
  delivered: number
  failed: number
}
const batches = statement<BatchRow>(
  'sms.batches',
  `select b.id, b.text, b.region_codes as "regionCodes", b.state, b.recipients, b.asked_at as "askedAt", a.name as "askedBy",
     b.decided_at as "decidedAt", d.name as "decidedBy", c.sent, c.delivered, c.failed
   from sms_batches b left join accounts a on a.id = b.asked_by left join accounts d on d.id = b.decided_by
   cross join lateral (select count(*) filter (where s.sent_at is not null)::int as sent,
     count(*) filter (where s.state = 'delivered')::int as delivered, count(*) filter (where s.state = 'failed')::int as failed
     from sms_messages s where s.batch_id = b.id) c
   where ($1::timestamptz is null or (b.asked_at, b.id) < ($1, $2::uuid)) order by b.asked_at desc, b.id desc limit $3`,
)

export async function listBatches(db: Db, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
  return paged(await batches(db, [...after(cursor), limit + 1]), limit, (row) => row.askedAt)
}

export const stateLabel = (state: SmsState) => ({ code: state, label: smsStates[state] })
