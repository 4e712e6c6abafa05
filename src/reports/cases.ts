// The cases behind every figure of a report, kept with a publication: which of its figures counts each matter, item, meeting, grant or row.
import { mattersBehind } from '../kpi/lists.ts'
import { BEGINNING, valuesFrom, type Place } from '../kpi/questions.ts'
import { flows, stockBehind, type Flow } from '../kpi/stock.ts'
import { tallyMatters } from '../kpi/tally-queries.ts'
import { findMetric } from '../kpi/metrics.ts'
import { findTally } from '../kpi/tallies.ts'
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import type { Db, Tx } from '../platform/db.ts'
import { rowsBehind } from '../registers/queries.ts'
import type { Fact } from './fact.ts'
import type { ReportPeriod } from './periods.ts'

export const subjects = {
  matter: '办件',
  ledger: '排查事项',
  meeting: '联席会议',
  grant: '困难救助',
  row: '登记簿',
} as const
export type Subject = keyof typeof subjects

/** What one figure counts: an SQL of ids behind `from`. */
type Branch = (place: Place) => { subject: Subject; id: string; from: string } | undefined

interface Asked {
  period: Pick<ReportPeriod, 'from' | 'to'>
  asOf: Instant
  facts: readonly Pick<Fact, 'key'>[]
}

const LISTED = /^(?:ledger|meetings|relief)(?:\.|$)/

/**
 * SQL of a relation (subject, subject_id, places) over everything that the figures count, as of the instant, and its values.
 * Figures that no cases stand behind (a smallest amount, a month) have no branch.
 */
export function casesSql(actor: Actor, { period, asOf, facts }: Asked): { text: string; values: unknown[] } {
  const { values, place } = valuesFrom(asOf)
  const branches = facts.flatMap(({ key }, i) =>
    (['numerator', 'denominator'] as const).flatMap((part, share) => {
      const at = 2 * i + share
      return branchesOf(actor, { ...period, key, part, asOf }).flatMap((branch) => {
        const { subject, id, from } = branch(place) ?? {}
        return id === undefined
          ? []
          : [`select ${at}::smallint as place, '${subject}' as subject, ${id} as subject_id from ${from}`]
      })
    }),
  )
  return {
    text: `select subject, subject_id, array_agg(distinct place order by place) as places
      from (${branches.join(' union all ')}) every where subject_id is not null group by 1, 2`,
    values,
  }
}

interface Wanted {
  from: string
  to: string
  asOf: Instant
  key: string
  part: 'numerator' | 'denominator'
}

function branchesOf(actor: Actor, wanted: Wanted): Branch[] {
  if (wanted.key === 'hotline.repeat-rate')
    return branchesOf(actor, {
      ...wanted,
      ...{ key: wanted.part === 'numerator' ? 'hotline.repeat' : 'M01', part: 'numerator' },
    })
  if (wanted.key === 'meetings.subjects') return wanted.part === 'denominator' ? [] : subjectBranches(wanted)
  const branch = branchOf(actor, wanted)
  return branch === undefined ? [] : [branch]
}

/** Meetings take up matters and items of the ledger. */
function subjectBranches({ from, to }: Wanted): Branch[] {
  const taken = (place: Place) =>
    `meeting_items t join joint_meetings j on j.id = t.meeting_id
     where j.voided_at is null and j.day between ${place(from)}::date and ${place(to)}::date`
  return [
    (place) => ({ subject: 'matter', id: 't.matter_id', from: taken(place) }),
    (place) => ({ subject: 'ledger', id: 't.ledger_item_id', from: taken(place) }),
  ]
}

function branchOf(actor: Actor, wanted: Wanted): Branch | undefined {
  const { key, part, from, to, asOf } = wanted
  const days = (column: string, place: Place) =>
    `${column} between ${place(from)}::date and ${place(to)}::date`
  if (key === 'overdue.open') return branchOf(actor, { ...wanted, key: 'M07o', from: BEGINNING })
  const topic = /^topic\.(.+)$/.exec(key)?.[1]
  if (topic !== undefined || findMetric(key) !== undefined) {
    return (place) => {
      const query = { from, to, asOf, channel: 'hotline', metric: topic === undefined ? key : 'M01', part }
      const source = mattersBehind(actor, topic === undefined ? query : { ...query, topic }, place)
      return source === undefined ? undefined : { subject: 'matter', id: 'm.id', from: source }
    }
  }
  if (findTally(key) !== undefined) {
    return (place) => {
      const source = tallyMatters(actor, { tally: key, from, to, part }, place)
      return source === undefined ? undefined : { subject: 'matter', id: 'm.id', from: source }
    }
  }
  const flow = (Object.keys(flows) as Flow[]).find((each) => key === `stock.${each}`)
  if (flow !== undefined) {
    if (part === 'denominator') return undefined
    return (place) => {
      const source = stockBehind(actor, { flow, from, to, asOf, channel: 'hotline' }, place)
      return { subject: 'matter', id: 'm.id', from: source }
    }
  }
  if (LISTED.test(key)) return part === 'denominator' ? undefined : listedBranch(key, days)
  const rows = rowsBehind(key)
  if (rows === undefined || part === 'denominator') return undefined
  return (place) => ({ subject: 'row', id: 'r.id', from: rows(place(from), place(to)) })
}

function listedBranch(key: string, days: (column: string, place: Place) => string): Branch | undefined {
  if (key.startsWith('ledger')) {
    const [, kind, first, second] = key.split('.')
    const met =
      kind === 'level'
        ? ` and s.level = '${first}'`
        : kind === 'status'
          ? ` and s.status = '${first}'${second === undefined ? '' : ` and s.level = '${second}'`}`
          : ''
    return (place) => ({
      subject: 'ledger',
      id: 'i.id',
      from: `ledger_items i join lateral (select s.status, s.level from ledger_statuses s
          where s.item_id = i.id and s.at <= $1 order by s.n desc limit 1) s on true
        where i.registered_at <= $1 and ${days('i.found_day', place)}${met}`,
    })
  }
  if (key.startsWith('meetings')) {
    const led = key.endsWith('leaders') ? ` and j.convenor_rank = 'district-leader'` : ''
    return (place) => ({
      ...{ subject: 'meeting', id: 'j.id' },
      from: `joint_meetings j where j.voided_at is null and ${days('j.day', place)}${led}`,
    })
  }
  return (place) => ({
    ...{ subject: 'grant', id: 'g.id' },
    from: `relief_grants g where g.state = 'paid' and ${days('g.paid_day', place)}`,
  })
}

/**
 * Gathers what the figures count in a table of this transaction, `cases_now`, and answers with its digest. `keepCases` then
 * keeps them with a publication.
 */
export async function gatherCases(tx: Tx, actor: Actor, asked: Asked): Promise<string> {
  const { text, values } = casesSql(actor, asked)
  await tx.query({
    name: '',
    text: 'create temp table cases_now (subject text, subject_id uuid, places smallint[]) on commit drop',
  })
  await tx.query({ name: '', text: `insert into cases_now ${text}` }, values)
  const [row] = await tx.query<{ digest: string }>({ name: '', text: digestOver('cases_now') })
  return row?.digest ?? ''
}

export async function keepCases(tx: Tx, publicationId: string): Promise<void> {
  const text =
    'insert into report_cases (publication_id, subject, subject_id, places) select $1, c.* from cases_now c'
  await tx.query({ name: '', text }, [publicationId])
}

export async function digestOfKept(db: Db, publicationId: string): Promise<string> {
  const name = 'reports.cases-digest'
  const text = digestOver('report_cases where publication_id = $1')
  const [row] = await db.query<{ digest: string }>({ name, text }, [publicationId])
  return row?.digest ?? ''
}

/** Over 256 parts by the id's last two digits, so that none of them grows with the office beyond what a text holds. */
const digestOver = (
  from: string,
) => `select coalesce(encode(sha256(string_agg(part, '' order by tail)), 'hex'), '') as digest
  from (select right(subject_id::text, 2) as tail, sha256(convert_to(
      string_agg(subject || subject_id::text || places::text, ',' order by subject, subject_id), 'UTF8')) as part
    from ${from} group by 1) parts`
