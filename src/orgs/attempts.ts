// Counting sign-ins, and those that have not succeeded: by login, address and network, shared by all processes.
import type { Instant } from '../platform/clock.ts'
import { epochMs, plusHours, plusMs } from '../platform/clock.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { Problem } from '../platform/problems.ts'
import { FORGET_FAILURES_HOURS, lockout } from './sign-in-rules.ts'
import { addressBucket, loginBucket, minuteBucket, networkBucket } from './tokens.ts'

const MINUTE_MS = 60_000

// Counted before the password is looked at, so that guesses sent at once do not slip through together.
const charge = statement<{ lockedUntil: Instant | null }>(
  'orgs.charge-attempt',
  `insert into sign_in_attempts as t (bucket, count, last_at) values ($1, 1, $2)
   on conflict (bucket) do update set
     count = case when t.last_at < $3 then 1 else t.count + 1 end,
     last_at = $2,
     locked_until = case when t.last_at < $3 then null else
       nullif($2::timestamptz + make_interval(secs => ($4::int[])[least(t.count + 1, cardinality($4::int[]))]), $2) end
   where t.locked_until is null or t.locked_until <= $2
   returning locked_until as "lockedUntil"`,
)
const lockOf = statement<{ lockedUntil: Instant }>(
  'orgs.lock-of-attempts',
  'select locked_until as "lockedUntil" from sign_in_attempts where bucket = $1',
)
const forgive = statement('orgs.forgive-attempts', 'delete from sign_in_attempts where bucket = $1')
const refund = statement(
  'orgs.refund-attempt',
  `update sign_in_attempts set count = greatest(count - 1, 0), locked_until = null where bucket = any($1::text[])`,
)

const takeTurn = statement<{ count: number }>(
  'orgs.take-turn',
  `insert into sign_in_attempts as t (bucket, count, last_at) values ($1, 1, $2)
   on conflict (bucket) do update set
     count = case when t.last_at between $3 and $5 then t.count + 1 else 1 end,
     last_at = case when t.last_at between $3 and $5 then t.last_at else $2 end
   where t.last_at not between $3 and $5 or t.count < $4
   returning count`,
)
const begunAt = statement<{ at: Instant }>(
  'orgs.minute-of-sign-ins',
  'select last_at as at from sign_in_attempts where bucket = $1',
)

/** Counts a sign-in from this address, whatever comes of it; throws `session/too-many-sign-ins` when its minute is full. */
export async function demandTurn(tx: Tx, address: string, perMinute: number): Promise<void> {
  const bucket = minuteBucket(address)
  // A minute that begins later than now is of a clock that was set back since.
  const [since, until] = [plusMs(tx.now, 1 - MINUTE_MS), plusMs(tx.now, MINUTE_MS)]
  const [taken] = await takeTurn(tx, [bucket, tx.now, since, perMinute, until])
  if (taken !== undefined) return
  const [minute] = await begunAt(tx, [bucket])
  const left = minute === undefined ? 0 : epochMs(minute.at) + MINUTE_MS - epochMs(tx.now)
  const retryAfter = Math.max(1, Math.ceil(left / 1000))
  throw new Problem('session/too-many-sign-ins', { extras: { retryAfter } })
}

/** `locked`: not to be looked at, for so many seconds. Otherwise whether this attempt, failing, locks the login. */
export type Charge = { locked: number } | { locked: undefined; locksLogin: boolean }

/** Counts an attempt. A locked address does not charge the login, so that a stranger cannot prolong its lock. */
export async function chargeAttempt(tx: Tx, login: string, address: string | undefined): Promise<Charge> {
  const buckets = [
    ...(address === undefined ? [] : addressBuckets(address)),
    { bucket: loginBucket(login), seconds: lockout.login },
  ]
  const forgotten = plusHours(tx.now, -FORGET_FAILURES_HOURS)
  let locksLogin = false
  for (const { bucket, seconds } of buckets) {
    const [charged] = await charge(tx, [bucket, tx.now, forgotten, seconds])
    if (charged === undefined) return { locked: await secondsLeft(tx, bucket) }
    locksLogin = charged.lockedUntil !== null
  }
  return { locked: undefined, locksLogin }
}

/** The attempt succeeded: the login starts anew, the addresses have their count back. */
export function forgiveAttempt(tx: Tx, login: string, address: string | undefined): void {
  tx.later(forgive, [loginBucket(login)])
  if (address !== undefined) tx.later(refund, [addressBuckets(address).map(({ bucket }) => bucket)])
}

/** The attempt could not be looked at: as if it had not been made. */
export function refundAttempt(tx: Tx, login: string, address: string): void {
  tx.later(refund, [[loginBucket(login), ...addressBuckets(address).map(({ bucket }) => bucket)]])
}

function addressBuckets(address: string): { bucket: string; seconds: readonly number[] }[] {
  return [
    { bucket: networkBucket(address), seconds: lockout.network },
    { bucket: addressBucket(address), seconds: lockout.address },
  ]
}

async function secondsLeft(db: Tx, bucket: string): Promise<number> {
  const [lock] = await lockOf(db, [bucket])
  return lock === undefined ? 1 : Math.max(1, Math.ceil((epochMs(lock.lockedUntil) - epochMs(db.now)) / 1000))
}

const purge = statement<{ sessions: number; attempts: number }>(
  'orgs.purge-sign-ins',
  `with s as (delete from sessions where expires_at < $1 or seen_at < $2 returning 1),
     t as (delete from sign_in_attempts where last_at < $3 and coalesce(locked_until < $1, true) returning 1)
   select (select count(*) from s) as sessions, (select count(*) from t) as attempts`,
)

/** Removes sessions that have ended and failures that no longer count; `since` as `idleSince` tells. For the nightly job. */
export async function purgeSignIns(
  db: Db,
  now: Instant,
  since: Instant,
): Promise<{ sessions: number; attempts: number }> {
  const [gone] = await purge(db, [now, since, plusHours(now, -FORGET_FAILURES_HOURS)])
  return gone ?? { sessions: 0, attempts: 0 }
}
