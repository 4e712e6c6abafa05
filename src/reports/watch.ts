// Acts that move figures after the fact: who did what to which matter when, and which figures count it otherwise since.
import { z } from 'zod'
import { factsAsOf, meets } from '../kpi/conditions.ts'
import { metrics } from '../kpi/metrics.ts'
import { partOf, type PartName } from '../kpi/parts.ts'
import { visibilityValues, visibleTo } from '../matters/access.ts'
import { eventLabels } from '../matters/workflow.ts'
import type { Actor } from '../platform/actor.ts'
import { instantOf, plusDays, type Day, type Instant } from '../platform/clock.ts'
import { statement, type Db } from '../platform/db.ts'
import { id, instant, placeOf, writeCursor } from '../platform/fields.ts'

export const watchRules = {
  'after-deadline': '超期之后更改',
  'after-publication': '报告发布之后更改',
  'bulk-closing': '期末集中办结',
} as const
export type WatchRule = keyof typeof watchRules

/** Acts that say dates, unit, category or state anew. What only goes on with a matter moves figures as it should. */
const REWRITING = [
  ...['edit', 'visit-corrected', 'redispatch', 'grant-return', 'redo', 'screen', 'make-ordinary'],
  ...['merge', 'unmerge', 'terminate', 'withdraw', 'not-accept'],
].map((act) => `matter.${act}`)
/** A newer file of the platform brings progress too: it is watched where a publication counts the matter. */
const REWRITING_PUBLISHED = [...REWRITING, 'matter.import-update']
const CLOSING = ['approve', 'direct-reply', 'close', 'conclude', 'terminate', 'withdraw', 'merge'].map(
  (act) => `matter.${act}`,
)
/** Of one account on one of the last days of a month: at least so many, and so many times its mean of the other days. */
const BULK = { lastDays: 2, least: 20, times: 3 }

/** Fields of a correction by which figures count or group. */
const FIELDS: Readonly<Record<string, string>> = {
  ...{ category: '诉求类型', urgency: '紧急程度', topic: '主题', regionCode: '属地', day: '来访日期' },
  ...{ personCount: '人次', level: '层级', competentLevel: '有权处理层级', collective: '集体访' },
  ...{ skipLevel: '越级', venue: '场所', signatories: '联名人数', repeatOfId: '重复信访' },
}

export interface WatchedAct {
  id: string
  rules: WatchRule[]
  type: string
  label: string
  at: Instant
  by: string
  matter: { id: string; no: string; title: string }
  /** Periods whose publication counts the matter. */
  published: string[]
  /** Null where it was not told: a text, or a first value. */
  changed: { field: string; label: string; before: string | null; after: string | null }[]
  /** What the act did to the figures of the whole office; +1 counts since, −1 no more. */
  effect: { metric: string; name: string; numerator: number; denominator: number }[]
}

interface Row {
  id: string
  rules: WatchRule[]
  type: string
  at: Instant
  by: string | null
  canon: string
  matterId: string
  no: string
  title: string
  published: string[]
  factsBefore: number
  factsAfter: number
}

/** $1–$3 types, $4 and $5 the instants, $6 the month's first and $7 its last day of those that may hold bulk closings. */
const WATCHED = `
  closings as (
    select actor_id, (at at time zone interval '8 hours')::date as day, count(*)::int as n from events
    where type = any($3::text[]) and at >= ($6::date)::timestamp at time zone interval '8 hours'
      and at < ($7::date + 1)::timestamp at time zone interval '8 hours' group by 1, 2),
  months as (
    select actor_id, day, n, date_trunc('month', day)::date as month,
      (date_trunc('month', day) + interval '1 month')::date as after from closings),
  bulk as (
    select m.actor_id, m.day, m.n, coalesce(o.mean, 0)::float8 as mean from months m left join lateral (
      select sum(o.n)::numeric / ((m.after - m.month) - ${BULK.lastDays}) as mean from months o
      where o.actor_id = m.actor_id and o.month = m.month and o.day < m.after - ${BULK.lastDays}) o on true
    where m.day >= m.after - ${BULK.lastDays} and m.n >= ${BULK.least} and m.n >= ${BULK.times} * coalesce(o.mean, 0)),
  watched as (
    select e.id, e.type, e.at, e.actor_id, e.canon, m.id as matter_id,
      array(select distinct p.period from report_publications p where p.published_at < e.at and e.type = any($2::text[])
        and exists (select 1 from report_cases c where c.publication_id = p.id and c.subject = 'matter'
          and c.subject_id = m.id) order by 1) as published,
      e.type = any($1::text[]) and m.late_from < e.at as late,
      e.type = any($3::text[]) and exists (select 1 from bulk b where b.actor_id = e.actor_id
        and b.day = (e.at at time zone interval '8 hours')::date) as bulk
    from events e join matters m on m.id = e.subject_id
    where e.type = any($2::text[] || $3::text[]) and e.at >= $4 and e.at < $5
      and (e.type <> 'matter.edit'
        or e.canon::jsonb -> 'data' -> 'after' ?| array['category', 'urgency', 'topic', 'regionCode'])),
  caught as (
    select *, array_remove(array[case when late then 'after-deadline' end,
      case when published <> '{}' then 'after-publication' end, case when bulk then 'bulk-closing' end], null) as rules
    from watched where late or bulk or published <> '{}')`

const page = statement<Row>(
  'watch.page',
  `with ${WATCHED}
   select c.id, c.rules, c.type, c.at, a.name as "by", c.canon, m.id as "matterId", m.no, m.title, c.published,
     ${factsAsOf("(c.at - interval '1 millisecond')")} as "factsBefore", ${factsAsOf('c.at')} as "factsAfter"
   from caught c join matters m on m.id = c.matter_id left join accounts a on a.id = c.actor_id
   where ($8::text is null or $8 = any(c.rules)) and ($9::timestamptz is null or (c.at, c.id) < ($9, $10::uuid))
     and ${visibleTo(12)}
   order by c.at desc, c.id desc limit $11`,
)
const counted = statement<{ rule: WatchRule; n: number; hidden: number }>(
  'watch.count',
  `with ${WATCHED}
   select rule, count(*)::int as n, (count(*) filter (where not ${visibleTo(8)}))::int as hidden
   from caught c cross join lateral unnest(c.rules) rule join matters m on m.id = c.matter_id group by rule`,
)
const bulks = statement<{ by: string; day: Day; n: number; mean: number }>(
  'watch.bulk',
  `with ${WATCHED}
   select coalesce(a.name, '系统') as "by", b.day, b.n, round(b.mean::numeric, 1)::float8 as mean
   from bulk b left join accounts a on a.id = b.actor_id
   where b.day >= ($4::timestamptz at time zone interval '8 hours')::date
     and b.day < ($5::timestamptz at time zone interval '8 hours')::date order by b.day desc, b.n desc limit 200`,
)

const place = z.tuple([instant, id])

interface Days {
  from: Day
  to: Day
}

function valuesOf({ from, to }: Days): unknown[] {
  const last = plusDays(`${plusDays(`${to.slice(0, 7)}-01`, 31).slice(0, 7)}-01`, -1)
  return [
    ...[REWRITING, REWRITING_PUBLISHED, CLOSING, instantOf(from), instantOf(plusDays(to, 1))],
    ...[`${from.slice(0, 7)}-01`, last],
  ]
}

/** Acts of these days, newest first, of matters that the reader may see. */
export async function watchedActs(
  db: Db,
  actor: Actor,
  query: Days & { rule?: WatchRule | undefined; limit: number; cursor?: string | undefined },
): Promise<{ items: WatchedAct[]; next: string | null }> {
  const after = placeOf(query.cursor, place) ?? [null, null]
  const values = [...valuesOf(query), query.rule ?? null, ...after, query.limit + 1]
  const rows = await page(db, [...values, ...visibilityValues(actor)])
  const items = rows.slice(0, query.limit).map(entryOf)
  const last = items.at(-1)
  const more = rows.length > query.limit && last !== undefined
  return { items, next: more ? writeCursor([last.at, last.id]) : null }
}

export interface WatchCounts {
  rules: Record<WatchRule, { acts: number; hidden: number }>
  /** Who closed how many on which day, and the mean of that account's other days of the month. */
  bulk: { by: string; day: Day; n: number; mean: number }[]
}

export async function countWatched(db: Db, actor: Actor, days: Days): Promise<WatchCounts> {
  const values = valuesOf(days)
  const [rows, bulk] = await Promise.all([
    counted(db, [...values, ...visibilityValues(actor)]),
    bulks(db, values),
  ])
  const of = (rule: WatchRule) => rows.find((row) => row.rule === rule)
  const rules = Object.keys(watchRules).map((name) => {
    const found = of(name as WatchRule)
    return [name, { acts: found?.n ?? 0, hidden: found?.hidden ?? 0 }]
  })
  return { rules: Object.fromEntries(rules) as WatchCounts['rules'], bulk }
}

function entryOf({ factsBefore, factsAfter, canon, matterId, no, title, by, ...row }: Row): WatchedAct {
  return {
    ...row,
    label: eventLabels[row.type] ?? row.type,
    by: by ?? '系统',
    matter: { id: matterId, no, title },
    changed: changesIn(canon),
    effect: effectOf(factsBefore, factsAfter),
  }
}

function changesIn(canon: string): WatchedAct['changed'] {
  const { data = {} } = JSON.parse(canon) as { data?: { before?: object; after?: object } }
  const [before, after] = [data.before, data.after].map((part) => (part ?? {}) as Record<string, unknown>)
  return Object.entries(FIELDS).flatMap(([field, label]) =>
    after !== undefined && field in after
      ? [{ field, label, before: spoken(before?.[field]), after: spoken(after[field]) }]
      : [],
  )
}

function spoken(value: unknown): string | null {
  if (typeof value === 'boolean') return value ? '是' : '否'
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null
}

function effectOf(before: number, after: number): WatchedAct['effect'] {
  const change = (name: PartName | null) => {
    if (name === null || partOf(name).by !== undefined) return 0
    return Number(meets(partOf(name), after)) - Number(meets(partOf(name), before))
  }
  return metrics.flatMap(({ id: metric, zh: name, formula }) => {
    const [numerator, denominator] = [change(formula.numerator), change(formula.denominator)]
    return numerator === 0 && denominator === 0 ? [] : [{ metric, name, numerator, denominator }]
  })
}
