// What a citizen may learn of an own matter and do with it: its state, its dates, the public reply, and one rating.
import { knowsTail } from '../people/tails.ts'
import { systemActor } from '../platform/actor.ts'
import { plusMs, type Instant } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import type { Vault } from '../platform/vault.ts'
import { actsOf } from './channels/index.ts'
import { act, type Written } from './commands.ts'
import { publicDates, publicStates } from './public-terms.ts'
import { findByCode, noteAttempt, readQueryCode } from './query-codes.ts'
import { ratings } from './terms.ts'
import type { Act, State } from './workflow.ts'

const TRIES = 5
const LOCK_MS = 30 * 60_000

export interface PublicView {
  no: string
  state: string
  dates: { label: string; at: Instant }[]
  reply: string | null
  rating: string | null
  /** The act by which the matter can be rated now. */
  rate: Act | undefined
}

export interface Question {
  code: string
  tail: string
}

type PublicRow = Record<keyof typeof publicDates, Instant | null> & {
  no: string
  channel: string
  state: State
  reply: string | null
  rating: keyof typeof ratings | null
  submittedAt: Instant | null
  personIds: string[]
}

// Nothing is forwarded while the office's own clock runs, and neither that clock nor the one for deciding on acceptance is a
// promise of an answer.
const publicly = statement<PublicRow>(
  'matter.public',
  `select m.no, m.channel, m.state, m.public_reply as reply, m.rating, m.submitted_at as "submittedAt",
     m.received_at as "receivedAt", p.accepted_at as "acceptedAt", m.extended_at as "extendedAt",
     case when p.id is null then m.dispatched_at else
       (select min(l.dispatched_at) from legs l where l.matter_id = m.id and l.kind = 'accept') end as "dispatchedAt",
     case when c.kind in ('route', 'accept') then null else m.due_at end as "dueAt", m.first_accepted_at as "firstAcceptedAt",
     p.delivered_at as "deliveredAt", m.rated_at as "ratedAt", m.ended_at as "endedAt",
     array_remove(m.person_id || array(select o.person_id from matter_people o where o.matter_id = m.id), null) as "personIds"
   from matters m left join petitions p on p.id = m.id left join legs c on c.id = m.lead_leg_id where m.id = $1`,
)

/**
 * The matter that a code and a tail of four open together; undefined for every other pair, whichever of the two is wrong.
 * Five wrong tails close a code for half an hour, so commit whatever the answer is.
 */
export async function lookUp(
  tx: Tx,
  vault: Vault,
  { code, tail }: Question,
): Promise<{ id: string; view: PublicView } | undefined> {
  const plain = readQueryCode(code)
  const told = tail.normalize('NFKC').trim()
  const asked = plain === undefined ? undefined : await findByCode(tx, vault, plain)
  if (asked === undefined || (asked.lockedUntil !== null && asked.lockedUntil > tx.now)) return undefined
  const id = asked.matterId
  const [row] = await publicly(tx, [id])
  const known = row !== undefined && (await knowsTail(tx, vault, row.personIds, told))
  if (!known) {
    const closes = asked.fails + 1 >= TRIES
    await noteAttempt(tx, {
      matterId: id,
      fails: closes ? 0 : asked.fails + 1,
      lockedUntil: closes ? plusMs(tx.now, LOCK_MS) : null,
    })
    return undefined
  }
  if (asked.fails > 0) await noteAttempt(tx, { matterId: id, fails: 0, lockedUntil: null })
  return { id, view: viewOf(row) }
}

function viewOf(row: PublicRow): PublicView {
  const over = row.firstAcceptedAt !== null || row.endedAt !== null
  const dates = Object.entries(publicDates).flatMap(([key, label]) => {
    const at = row[key as keyof typeof publicDates]
    return at === null || (key === 'dueAt' && over) ? [] : [{ label, at }]
  })
  return {
    no: row.no,
    state: publicStates[row.state],
    dates,
    // While a further answer is being worked on, the earlier one still stands.
    reply: row.firstAcceptedAt === null && row.endedAt === null ? null : row.reply,
    rating: row.rating === null ? null : ratings[row.rating],
    rate: row.rating === null ? ratingAct(row) : undefined,
  }
}

function ratingAct({ channel, state }: PublicRow): Act | undefined {
  return (['call-back', 'rate'] as const).find((name) => actsOf(channel)[name]?.from.includes(state))
}

export interface Rating {
  rating: keyof typeof ratings
  resolved: boolean | undefined
}

/** Rates a matter once, as its citizen; undefined when the pair opens nothing or there is nothing to rate. */
export async function rateOwn(
  tx: Tx,
  vault: Vault,
  requestId: string,
  question: Question,
  rating: Rating,
): Promise<Written | undefined> {
  const found = await lookUp(tx, vault, question)
  if (found?.view.rate === undefined) return undefined
  const citizen = { ...systemActor(requestId), name: '诉求人', roles: ['callback'] }
  return act(tx, citizen, found.id, found.view.rate, { result: 'reached', way: 'web', ...rating })
}
