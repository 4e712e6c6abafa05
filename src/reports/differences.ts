// What a publication would say if it were counted again: which figures moved, which cases came or went, and what was done to them since.
import { itemVisibleTo } from '../ledger/access.ts'
import { visibilityValues, visibleTo } from '../matters/access.ts'
import { eventLabels } from '../matters/workflow.ts'
import { NIL, systemActor, type Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import { statement, type Database, type Db, type Tx } from '../platform/db.ts'
import { casesSql, subjects, type Subject } from './cases.ts'
import type { Fact } from './fact.ts'
import { openPublication, type Publication, type Snapshot } from './publication.ts'
import { inOneSnapshot, makeSummary, type Asked } from './summary.ts'

export interface MovedFigure {
  key: string
  name: string
  published: string
  now: string
}

/** How a case came to count otherwise. */
export const causes = {
  late: '补录',
  merged: '并单',
  corrected: '更正',
  progressed: '办理进展',
  gone: '已不在',
} as const
export type Cause = keyof typeof causes

export interface MovedCase {
  subject: Subject
  id: string
  no: string | null
  cause: Cause
  /** Keys of figures that count it now and did not, and the other way round. */
  entered: string[]
  left: string[]
  /** Keys of sums that count it as before and have moved: people of a visit, fen of a grant. */
  amount: string[]
  /** The last thing done to it since: what, when, who. */
  last: { type: string; label: string; at: Instant; by: string } | null
}

export interface Differences {
  publication: Publication
  /** The instant that it was counted as of again. */
  asOf: Instant
  figures: MovedFigure[]
  cases: MovedCase[]
  /** How many cases differ in all, also those that the reader may not see or that did not fit. */
  total: number
  next: string | null
}

/**
 * Counts the published figures again: as of the published instant, or of a later one. The same instant shows what was entered
 * late, corrected or merged back; a later one also shows how open matters went on.
 */
export function differences(
  db: Database,
  actor: Actor,
  given: {
    id: string
    asked: (snapshot: Snapshot, published: Publication) => Asked
    limit: number
    cursor?: string | undefined
  },
): Promise<Differences> {
  return inOneSnapshot(db, async (tx) => {
    const { snapshot, ...publication } = await openPublication(tx, given.id)
    const asked = given.asked(snapshot, publication)
    const everything = systemActor(actor.requestId)
    const again = await makeSummary(tx, everything, asked)
    const sums = movedSums(snapshot.facts, again.facts)
    const { rows, total } = await movedCases(tx, actor, {
      ...{ publication, snapshot, asked, sums },
      ...{ limit: given.limit, cursor: given.cursor },
    })
    const keyAt = (place: number) => snapshot.facts[Math.floor(place / 2)]?.key ?? ''
    const page = rows.slice(0, given.limit)
    return {
      publication,
      asOf: asked.asOf,
      figures: movedFigures(snapshot.facts, again.facts),
      cases: page.map(({ entered, left, amount, cause, type, at, by, ...row }) => ({
        ...row,
        cause,
        entered: [...new Set(entered.map(keyAt))],
        left: [...new Set(left.map(keyAt))],
        amount: [...new Set(amount.map(keyAt))],
        last:
          type === null || at === null
            ? null
            : { type, label: eventLabels[type] ?? type, at, by: by ?? '系统' },
      })),
      total,
      next: rows.length > given.limit ? (page.at(-1)?.id ?? null) : null,
    }
  })
}

function movedFigures(published: readonly Fact[], again: readonly Fact[]): MovedFigure[] {
  const now = new Map(again.map((fact) => [fact.key, fact]))
  return published.flatMap(({ key, name, text, numerator, denominator }) => {
    const fact = now.get(key)
    if (fact?.text === text && fact.numerator === numerator && fact.denominator === denominator) return []
    const written = (of: Pick<Fact, 'text' | 'numerator' | 'denominator'>) =>
      of.denominator === null ? of.text : `${of.text}（${of.numerator}/${of.denominator}）`
    return [
      {
        key,
        name,
        published: written({ text, numerator, denominator }),
        now: fact === undefined ? '已无此数' : written(fact),
      },
    ]
  })
}

/** Places whose number is another than before, with both; among the cases each is the numerator's or the denominator's. */
function movedSums(published: readonly Fact[], again: readonly Fact[]) {
  const now = new Map(again.map((fact) => [fact.key, fact]))
  return published.flatMap((fact, i) =>
    (['numerator', 'denominator'] as const).flatMap((part, share) => {
      const [before, after] = [fact[part], now.get(fact.key)?.[part] ?? null]
      return before === null || after === null || before === after
        ? []
        : [{ place: 2 * i + share, before, after }]
    }),
  )
}

interface MovedRow {
  subject: Subject
  id: string
  no: string | null
  cause: Cause
  entered: number[]
  left: number[]
  amount: number[]
  type: string | null
  at: Instant | null
  by: string | null
}

interface Compared {
  publication: Publication
  snapshot: Snapshot
  asked: Asked
  sums: ReturnType<typeof movedSums>
  limit: number
  cursor?: string | undefined
}

/**
 * By id; of matters only what the reader may see. The last event since publication tells what was done. Where more than the
 * number of cases is counted, cases that stayed may have moved the sum: those that something was done to since.
 */
async function movedCases(
  tx: Tx,
  actor: Actor,
  { publication, snapshot, asked, sums, limit, cursor = NIL }: Compared,
): Promise<{ rows: MovedRow[]; total: number }> {
  const { text, values } = casesSql(systemActor(actor.requestId), {
    ...{ period: asked.period, asOf: asked.asOf, facts: snapshot.facts },
  })
  const place = (value: unknown) => `$${values.push(value)}`
  const at = place(publication.id)
  const since = place(publication.publishedAt)
  const correcting = place(CORRECTING)
  const numbers = (of: 'place' | 'before' | 'after') => place(sums.map((sum) => sum[of]))
  const first = values.length + 1
  values.push(...visibilityValues(actor))
  const missing = (a: string, b: string) =>
    `array(select unnest(coalesce(${a}, '{}')) except select unnest(coalesce(${b}, '{}')) order by 1)`
  const common = (...of: string[]) =>
    `array(${of.map((each) => `select unnest(coalesce(${each}, '{}'))`).join(' intersect ')} order by 1)`
  const touched = `exists (select 1 from events c where c.subject_id = coalesce(n.subject_id, t.subject_id)
    and c.at > ${since}::timestamptz and (coalesce(n.subject, t.subject) <> 'matter' or c.type = any(${correcting}::text[])))`
  const rows = await tx.query<(MovedRow | { id: null }) & { total: number }>(
    {
      name: '',
      text: `with now as materialized (${text}),
        frozen as materialized (select subject, subject_id, places from report_cases where publication_id = ${at}::uuid),
        weighed as (
          select array_agg(place) as places from unnest(${numbers('place')}::smallint[], ${numbers('before')}::bigint[], ${numbers('after')}::bigint[])
            as f(place, before, after)
          where before <> (select count(*) from frozen where f.place = any(places))
            or after <> (select count(*) from now where f.place = any(places))),
        moved as materialized (
          select coalesce(n.subject, t.subject) as subject, coalesce(n.subject_id, t.subject_id) as id,
            ${missing('n.places', 't.places')} as entered, ${missing('t.places', 'n.places')} as "left",
            case when ${touched} then ${common('n.places', 't.places', 'w.places')} else '{}' end as amount
          from now n full join frozen t using (subject, subject_id) cross join weighed w
          where n.places is distinct from t.places or (n.places && w.places and ${touched}))
        select s.*, n.total from (select count(*)::int as total from moved) n left join (
        select v.subject, v.id, m.no, v.entered, v."left", v.amount, e.type, e.at, a.name as "by",
          case when v.subject = 'matter' and m.id is null then 'gone'
            when v.subject = 'matter' and not exists (select 1 from events c
              where c.subject_id = v.id and c.at <= ${since}::timestamptz) then 'late'
            when m.merged_at > ${since}::timestamptz then 'merged'
            when exists (select 1 from events c where c.subject_id = v.id and c.at > ${since}::timestamptz
              and c.type = any(${correcting}::text[])) then 'corrected'
            when e.type is null or v.subject <> 'matter' then 'corrected' else 'progressed' end as cause
        from moved v
          left join matters m on v.subject = 'matter' and m.id = v.id
          left join ledger_items i on v.subject = 'ledger' and i.id = v.id
          left join lateral (select e.type, e.at, e.actor_id from events e
            where e.subject_id = v.id and e.at > ${since}::timestamptz order by e.seq desc limit 1) e on true
          left join accounts a on a.id = e.actor_id
        where v.id > ${place(cursor)}::uuid and (v.subject <> 'matter' or m.id is null or ${visibleTo(first)})
          and (v.subject <> 'ledger' or i.id is null or ${itemVisibleTo(first)})
        order by v.id limit ${place(limit + 1)}) s on true order by s.id`,
    },
    values,
  )
  const total = rows[0]?.total ?? 0
  // One row where none is left or none may be seen: the count alone.
  return { rows: rows.flatMap(({ total: _total, ...row }) => (row.id === null ? [] : [row])), total }
}

/** Events that say anew what was said before, rather than take the next step. */
const CORRECTING = [
  ...['matter.edit', 'matter.visit-corrected', 'matter.import-update'],
  ...['matter.redispatch', 'matter.unmerge', 'matter.screen'],
]

interface ListedCase {
  id: string
  subject: Subject
  no: string | null
  title: string | null
}
type CountedCase = { total: number; hidden: number } & (ListedCase | { id: null })

/** One row where none is left or none may be seen: the counts alone. */
const caseRows = statement<CountedCase>(
  'reports.cases',
  `with listed as materialized (
     select c.subject, c.subject_id from report_cases c where c.publication_id = $4 and $5::smallint = any(c.places)),
   seen as materialized (
     select l.subject, l.subject_id as id, coalesce(m.no, i.no) as no, coalesce(m.title, i.title) as title
     from listed l left join matters m on l.subject = 'matter' and m.id = l.subject_id
       left join ledger_items i on l.subject = 'ledger' and i.id = l.subject_id
     where (l.subject <> 'matter' or (m.id is not null and ${visibleTo(1)}))
       and (l.subject <> 'ledger' or (i.id is not null and ${itemVisibleTo(1)})))
   select s.*, of.total, of.total - of.seen as hidden
   from (select (select count(*)::int from listed) as total, (select count(*)::int from seen) as seen) of
     left join seen s on s.id > $6::uuid order by s.id limit $7`,
)

/** The cases that a published figure counted, as far as the reader may see them, with how many there were. Throws nothing. */
export async function publishedCases(
  db: Db,
  actor: Actor,
  {
    id,
    place,
    limit,
    cursor = NIL,
  }: { id: string; place: number; limit: number; cursor?: string | undefined },
) {
  const rows = await caseRows(db, [...visibilityValues(actor), id, place, cursor, limit + 1])
  const items = rows.slice(0, limit).flatMap((row) => {
    if (row.id === null) return []
    const { id: listed, no, title, subject } = row
    return [{ id: listed, no, title, subject: { code: subject, label: subjects[subject] } }]
  })
  return {
    total: rows[0]?.total ?? 0,
    hidden: rows[0]?.hidden ?? 0,
    items,
    next: rows.length > limit ? (items.at(-1)?.id ?? null) : null,
  }
}
