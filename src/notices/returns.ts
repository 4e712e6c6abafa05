// What the gateway brings back: receipts of delivery, and replies that rate a matter.
import { randomUUIDv7 } from 'node:crypto'
import { act } from '../matters/commands.ts'
import { marksOfNumber } from '../people/numbers.ts'
import { maskPhone } from '../people/masks.ts'
import { normalisePhone } from '../people/rules.ts'
import { systemActor } from '../platform/actor.ts'
import { plusHours, type Instant } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import { Problem } from '../platform/problems.ts'
import type { Vault } from '../platform/vault.ts'
import { readRating } from './templates.ts'
import type { ReplyOutcome } from './terms.ts'

export interface Receipt {
  /** The id that we gave the message. */
  id: string
  state: 'delivered' | 'failed'
  at: Instant
  reason?: string | undefined
}

// A receipt may come before we have noted that the message was taken, or after we gave it up or withdrew it, knowing no better;
// the first one counts.
const deliver = statement<{ id: string }>(
  'sms.receipts',
  `update sms_messages s set state = r.state, sent_at = coalesce(s.sent_at, r.at), lease_until = null,
     delivered_at = case when r.state = 'delivered' then r.at end, error = r.reason
   from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[]) as r(id, state, at, reason)
   where s.id = r.id and s.attempts > 0 and (s.state in ('sending', 'sent', 'queued')
     or s.delivered_at is null and s.error in ('gateway-unreachable', 'withdrawn')) returning s.id`,
)

/** Answers how many of them told something new; those of messages that are not ours are passed over. */
export async function takeReceipts(tx: Tx, receipts: readonly Receipt[]): Promise<number> {
  const first = [...new Map(receipts.toReversed().map((receipt) => [receipt.id, receipt])).values()]
  const rows = await deliver(tx, [
    first.map(({ id }) => id),
    first.map(({ state }) => state),
    first.map(({ at }) => (at > tx.now ? tx.now : at)),
    first.map(({ reason }) => reason ?? null),
  ])
  return rows.length
}

export interface SmsReply {
  /** The gateway's own id of it. */
  gatewayId: string
  from: string
  text: string
}

const note = statement<{ id: string }>(
  'sms.reply',
  `insert into sms_replies (id, gateway_id, number_masked, received_at, outcome) values ($1, $2, $3, $4, 'unclear')
   on conflict (gateway_id) do nothing returning id`,
)
const settle = statement(
  'sms.reply-outcome',
  'update sms_replies set outcome = $2, message_id = $3 where id = $1',
)
const asked = statement<{ id: string; matterId: string }>(
  'sms.question',
  `select id, matter_id as "matterId" from sms_messages
   where template = 'ask-rating' and number_bi = any($1::bytea[]) and sent_at > $2 and answered_at is null
   order by sent_at desc, id desc limit 1 for update`,
)
const answered = statement('sms.answered', 'update sms_messages set answered_at = $2 where id = $1')

/** Takes a reply once, however often it is brought; the sender learns nothing from it. Undefined: it was taken before. */
export async function takeReply(
  tx: Tx,
  vault: Vault,
  { gatewayId, from, text }: SmsReply,
  hours: number,
): Promise<ReplyOutcome | undefined> {
  const [row] = await note(tx, [randomUUIDv7(), gatewayId, maskPhone(normalisePhone(from)), tx.now])
  if (row === undefined) return undefined
  const rating = readRating(text)
  if (rating === undefined) return 'unclear'
  const [question] = await asked(tx, [marksOfNumber(vault, from), plusHours(tx.now, -hours)])
  if (question === undefined) {
    await settle(tx, [row.id, 'no-question', null])
    return 'no-question'
  }
  await answered(tx, [question.id, tx.now])
  const outcome = await rate(tx, question.matterId, rating)
  await settle(tx, [row.id, outcome, question.id])
  return outcome
}

async function rate(tx: Tx, matterId: string, rating: string): Promise<ReplyOutcome> {
  const citizen = { ...systemActor('sms'), name: '诉求人', roles: ['callback'] }
  try {
    await act(tx, citizen, matterId, 'call-back', { result: 'reached', way: 'sms', rating })
    return 'rated'
  } catch (error) {
    // Called back by phone meanwhile, or closed: the matter stays as it is. The rules refuse before anything is written.
    if (error instanceof Problem && error.code === 'matter/act-not-allowed') return 'too-late'
    throw error
  }
}
