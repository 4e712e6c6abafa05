// Sends what is due: takes a few messages for a while, hands them over outside of any transaction, records what came of it.
import { openNumber } from '../people/numbers.ts'
import { systemActor } from '../platform/actor.ts'
import { dayOf, plusMs, type Clock, type Instant } from '../platform/clock.ts'
import { statement, type Database, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import type { Vault } from '../platform/vault.ts'
import { nextAttempt, quietUntil, type QuietHours } from './rules.ts'
import { SmsRefused, type SmsGateway } from './sms.ts'

const BATCH = 20
const LEASE_MS = 120_000

export interface Sender {
  db: Database
  clock: Clock
  vault: Vault
  gateway: SmsGateway
  quiet: QuietHours
  /** Messages a number gets on one day. */
  perDay: number
}

interface Leased {
  id: string
  number: Buffer
  text: string
  attempts: number
}

// One lease after another, or two would each see a number's last free place of the day.
const lockLeasing = statement(
  'sms.leasing',
  "select pg_advisory_xact_lock(hashtextextended('sms-lease', 12))",
)
// What was tried keeps its place: it counts on the day of its last try, and before a new one while it is still to be tried.
const hold = statement(
  'sms.hold',
  `with untried as (
     select s.id, s.number_bi, row_number() over (partition by s.number_bi order by s.next_at, s.id) as place
     from sms_messages s where s.state = 'queued' and s.next_at <= $1 and s.tried_day is null),
   full_today as (
     select u.id from untried u
     where u.place + (select count(*) from sms_messages o where o.number_bi = u.number_bi
       and (o.tried_day = $2::date or (o.tried_day < $2::date and o.state in ('queued', 'sending')))) > $3)
   update sms_messages set state = 'held', error = 'daily-limit' from full_today where sms_messages.id = full_today.id`,
)
// What became improper while it waited is not sent: confidence asked since, an accusation, a question that is answered. Nor is
// what was left behind by a sender that died: nobody knows whether it went.
const withdraw = statement(
  'sms.withdraw',
  `update sms_messages s set state = 'held', error = 'withdrawn' from matters m left join people p on p.id = m.person_id
   where (s.state = 'queued' and s.next_at <= $1 or s.state = 'sending' and s.lease_until < $1)
     and m.id = s.matter_id and (m.confidential or coalesce(p.confidential, false)
     or m.category = 'report' or m.accused_unit_ids <> '{}' or exists (select 1 from matter_accused c where c.matter_id = m.id)
     or (s.template = 'ask-rating' and m.state <> 'reviewed'))`,
)
const lease = statement<Leased>(
  'sms.lease',
  `update sms_messages s set state = 'sending', lease_until = $2, attempts = s.attempts + 1, tried_day = $3::date
   from (select id from sms_messages
     where (state = 'queued' and next_at <= $1) or (state = 'sending' and lease_until < $1)
     order by next_at, id limit ${BATCH} for update skip locked) d
   where s.id = d.id returning s.id, s.number, s.text, s.attempts`,
)
const sent = statement(
  'sms.sent',
  `update sms_messages set state = case when state = 'sending' then 'sent' else state end, gateway_id = $2,
     sent_at = coalesce(sent_at, $3), lease_until = null, error = null where id = $1`,
)
const failed = statement(
  'sms.failed',
  `update sms_messages set state = case when $2::timestamptz is null then 'failed' else 'queued' end,
     next_at = coalesce($2, next_at), lease_until = null, error = $3 where id = $1 and state = 'sending'`,
)

/** Sends until nothing is due; in quiet hours nothing is. Answers how many were handed over. */
export async function sendDue(sender: Sender): Promise<number> {
  let handed = 0
  for (;;) {
    const now = sender.clock.now()
    if (quietUntil(now, sender.quiet) !== undefined) return handed
    const leased = await sender.db.transaction((tx) => take(tx, sender))
    const results = await Promise.all(leased.map((message) => handOver(sender, message)))
    handed += results.filter(Boolean).length
    if (leased.length < BATCH) return handed
  }
}

async function take(tx: Tx, { perDay }: Sender): Promise<Leased[]> {
  await lockLeasing(tx)
  const today = dayOf(tx.now)
  await withdraw(tx, [tx.now])
  await hold(tx, [tx.now, today, perDay])
  const leased = await lease(tx, [tx.now, plusMs(tx.now, LEASE_MS), today])
  // The number is about to be opened, and that is on record before.
  for (const { id, attempts } of leased) {
    await record(tx, systemActor('sms'), {
      subject: 'sms',
      subjectId: id,
      type: 'sms.sending',
      data: { attempt: attempts },
    })
  }
  return leased
}

async function handOver({ db, vault, gateway, clock }: Sender, message: Leased): Promise<boolean> {
  const { id, text, attempts } = message
  try {
    const { gatewayId } = await gateway.send({ id, to: openNumber(vault, message), text })
    await db.transaction((tx) => sent(tx, [id, gatewayId, tx.now]))
    return true
  } catch (error) {
    const final = error instanceof SmsRefused
    const next: Instant | null = final ? null : (nextAttempt(clock.now(), attempts) ?? null)
    const reason = final ? error.reason : 'gateway-unreachable'
    await db.transaction((tx) => failed(tx, [id, next, reason]))
    return false
  }
}
