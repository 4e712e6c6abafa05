// What only bulletins hold: open overdue matters, the first and last units of each class, and topics that grew.
import { hotSpots, rankings } from '../kpi/board.ts'
import { matterIdsBehind } from '../kpi/lists.ts'
import { findMetric } from '../kpi/metrics.ts'
import type { Actor } from '../platform/actor.ts'
import { dayOf, type Instant } from '../platform/clock.ts'
import { statement, type Db } from '../platform/db.ts'
import { allOverdue, type PeriodFacts } from './collecting.ts'

export interface Bulletin {
  /** At most `MOST_LISTED`, those dispatched first come first, whatever period they came in; the fact `overdue.open` counts all. */
  overdue: { no: string; unit: string; due: string; days: number }[]
  rankings: {
    metric: string
    class: string
    first: Placed[]
    last: Placed[]
    /** Units with too few to be ranked. */
    unranked: number
  }[]
  hotSpots: { topic: string; now: number; before: number; change: string }[]
}

export interface Placed {
  rank: number
  unit: string
  text: string
  numerator: number
  denominator: number
}

/** Units with fewer matters are not ranked: 1 of 1 is no champion. */
export const FLOOR = 10
const ENDS = 5
const MOST_LISTED = 200
const MOST_TOPICS = 10
const RANKED = ['M05b', 'M10']

/** What accuses a unit or is withheld from somebody: a list that all read, in files too, has none of it. */
const withheld = statement<{ no: string }>(
  'reports.withheld',
  `select no from matters where no = any($1::text[]) and (accused_unit_ids <> '{}' or barred_ids <> '{}')`,
)

/** The overdue matters that may be listed at this moment: one that was published may have come to accuse somebody since. */
async function listable<M extends { no: string }>(db: Db, overdue: readonly M[]): Promise<M[]> {
  const hidden = new Set((await withheld(db, [overdue.map(({ no }) => no)])).map(({ no }) => no))
  return overdue.filter(({ no }) => !hidden.has(no))
}

/** A report as it may be read now. */
export async function readable<R extends { bulletin: Bulletin | null }>(db: Db, report: R): Promise<R> {
  const { bulletin } = report
  if (bulletin === null) return report
  return { ...report, bulletin: { ...bulletin, overdue: await listable(db, bulletin.overdue) } }
}

export async function collectBulletin(
  db: Db,
  actor: Actor,
  { period, asOf, to }: Pick<PeriodFacts, 'period' | 'asOf' | 'to'>,
  now: Instant,
): Promise<Bulletin> {
  const days = { from: period.from, to, asOf, channel: 'hotline' }
  const [overdue, spots, ...tables] = await Promise.all([
    matterIdsBehind(db, actor, allOverdue(to, asOf), { limit: MOST_LISTED }, now),
    hotSpots(db, actor, { ...days, floor: FLOOR }, now),
    ...RANKED.map((metric) => rankings(db, actor, { ...days, metric, floor: FLOOR }, now)),
  ])
  const listed = await listable(db, overdue.items)
  return {
    overdue: listed.map(({ no, unit, dueAt, lateFrom }) => ({
      ...{ no, unit: unit ?? '无承办单位', due: dayOf(dueAt ?? asOf) },
      days: lateFrom === null ? 0 : Math.floor((Date.parse(asOf) - Date.parse(lateFrom)) / 86_400_000),
    })),
    rankings: tables.flatMap(({ classes }, i) =>
      classes.map(({ class: of, ranked, belowFloor }) => {
        const placed = ranked.map(({ rank, group, text, numerator, denominator }): Placed => ({
          ...{ rank: rank ?? 0, unit: group?.label ?? '', text, numerator, denominator: denominator ?? 0 },
        }))
        return {
          metric: findMetric(RANKED[i] ?? '')?.zh ?? '',
          class: of.label,
          first: placed.slice(0, ENDS),
          // No unit is told of twice.
          last: placed.slice(Math.max(ENDS, placed.length - ENDS)),
          unranked: belowFloor.length,
        }
      }),
    ),
    hotSpots: spots.items.slice(0, MOST_TOPICS).map(({ topic, figure, before }) => ({
      ...{ topic: topic.label, now: figure.numerator, before: before.numerator, change: before.change },
    })),
  }
}
