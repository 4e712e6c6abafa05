// Figures beside others: with the year before and the period before, unit against unit of its class, topic against last month.
import type { Actor } from '../platform/actor.ts'
import { dayOf, plusDays, yearBefore, type Day, type Instant } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { findUnits } from '../orgs/queries.ts'
import type { Figure } from './figures.ts'
import { fieldProblem } from '../platform/problems.ts'
import { figures } from './queries.ts'
import { metricAsked, type Bucketing, type FigureQuery } from './questions.ts'
import { changeText, pointsText, ranked, type Compared, type Ranked } from './rules.ts'

export interface ComparedFigure extends Figure {
  yearBefore: Comparison
  /** Null for a year: the days before are those of the year before. */
  periodBefore: Comparison | null
}

/** The same figure of other days, and the change since in words; points for rates. */
export interface Comparison {
  period: { from: Day; to: Day }
  numerator: number
  denominator: number | null
  text: string
  change: string
  list: string
}

/** A run of days has no counterpart in another period: it is asked for by itself. */
export type ComparedQuery = FigureQuery & { groupBy?: Exclude<FigureQuery['groupBy'], Bucketing> }

export interface Board {
  asOf: Instant
  figures: ComparedFigure[]
}

/**
 * The figures of a period beside the same days a year before and as many days right before. A period that is not over is
 * compared as far as it has come.
 */
async function compared(db: Db, actor: Actor, query: ComparedQuery, now: Instant): Promise<Board> {
  const today = dayOf(query.asOf ?? now)
  const to = query.to > today && query.from <= today ? today : query.to
  const asked = { ...query, to }
  const lastYear = yearBefore({ from: query.from, to })
  const before = daysBefore(query.from, to, query.to)
  const [current, aYearAgo, justBefore] = await Promise.all(
    [{ from: query.from, to }, lastYear, ...(before === null ? [] : [before])].map(({ from, to: last }) =>
      figures(db, actor, { ...asked, from, to: last }, now),
    ),
  )
  const [ofLastYear, ofBefore] = [aYearAgo, justBefore].map(byPlace)
  const here = byPlace(current)
  const gone = [...new Map([...(ofLastYear ?? []), ...(ofBefore ?? [])])]
    .filter(([at]) => !here.has(at))
    .map(([, figure]) => nothingLeft(figure, { from: query.from, to }))
  return {
    asOf: current?.asOf ?? now,
    figures: [...here.values(), ...gone].map((figure) => {
      const at = placeOf(figure)
      return {
        ...figure,
        yearBefore: comparison(figure, ofLastYear?.get(at), lastYear, '去年同期'),
        periodBefore:
          before === null
            ? null
            : comparison(figure, ofBefore?.get(at), before, before.month ? '上月' : '上期'),
      }
    }),
  }
}

/** A table as a board shows it: metrics across, groups down, and for each group where the lists of its cells are. */
export interface BoardTable {
  asOf: Instant
  periods: { current: Period; yearBefore: Period; periodBefore: Period | null }
  metrics: Pick<Figure, 'metric' | 'version' | 'name' | 'unit' | 'settings' | 'note'>[]
  rows: {
    group: { key: string; label: string } | null
    /** With `{metric}` and `{part}` (numerator, denominator) to be filled in. */
    lists: { current: string; yearBefore: string; periodBefore: string | null }
    /** In the order of the metrics. */
    cells: (Cell & { yearBefore: ChangedCell; periodBefore: ChangedCell | null })[]
  }[]
}
type Period = { from: Day; to: Day }
type Cell = Pick<Figure, 'numerator' | 'denominator' | 'text'>
type ChangedCell = Cell & { change: string }

export async function boardTable(
  db: Db,
  actor: Actor,
  query: ComparedQuery,
  now: Instant,
): Promise<BoardTable> {
  const { asOf, figures: all } = await compared(db, actor, query, now)
  const rows = [...Map.groupBy(all, ({ group }) => group?.key ?? '').values()]
  const [first] = all
  const { from, to } = query
  return {
    asOf,
    periods: {
      current: first?.period ?? { from, to },
      yearBefore: first?.yearBefore.period ?? yearBefore({ from, to }),
      periodBefore: first?.periodBefore?.period ?? null,
    },
    metrics: (rows[0] ?? []).map(({ metric, version, name, unit, settings, note }) => ({
      ...{ metric, version, name, unit, settings, note },
    })),
    rows: rows.map((figuresOfRow) => {
      const [head] = figuresOfRow
      return {
        group: head?.group ?? null,
        lists: {
          current: template(head?.list ?? ''),
          yearBefore: template(head?.yearBefore.list ?? ''),
          periodBefore: template(head?.periodBefore?.list ?? null),
        },
        cells: figuresOfRow.map((figure) => ({
          ...cellOf(figure),
          yearBefore: changed(figure.yearBefore),
          periodBefore: figure.periodBefore === null ? null : changed(figure.periodBefore),
        })),
      }
    }),
  }
}

function template<L extends string | null>(list: L): L | string {
  return list === null ? list : list.replace(/metric=[^&]*&part=[^&]*/, 'metric={metric}&part={part}')
}
const cellOf = ({ numerator, denominator, text }: Cell): Cell => ({ numerator, denominator, text })
const changed = (of: Comparison): ChangedCell => ({ ...cellOf(of), change: of.change })

/**
 * Months are compared with the month before as far as they have come, any other run of days with as many days; a year's days
 * before are those of the year before.
 */
function daysBefore(from: Day, to: Day, asked: Day): { from: Day; to: Day; month: boolean } | null {
  if (from.endsWith('-01-01') && asked === `${from.slice(0, 4)}-12-31`) return null
  const last = plusDays(from, -1)
  const first = `${last.slice(0, 7)}-01`
  const length = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
  const monthly = from.endsWith('-01') && to.slice(0, 7) === from.slice(0, 7)
  if (!monthly) return { from: plusDays(last, -length), to: last, month: false }
  const over = plusDays(to, 1).endsWith('-01')
  const asFar = plusDays(first, length)
  return { from: first, to: over || asFar > last ? last : asFar, month: true }
}

/** What a figure is compared by: its metric and group. */
const placeOf = ({ metric, group }: Figure) => `${metric} ${group?.key ?? ''}`
const byPlace = (table: { figures: Figure[] } | undefined) =>
  new Map(table?.figures.map((figure) => [placeOf(figure), figure]))

const during = (list: string, { from, to }: { from: Day; to: Day }) =>
  list.replace(/from=[^&]*&to=[^&]*/, `from=${from}&to=${to}`)

/** The figure of a group that had something in another period and has nothing in this one. */
function nothingLeft(then: Figure, period: { from: Day; to: Day }): Figure {
  const isCount = then.denominator === null
  return {
    ...then,
    period,
    numerator: 0,
    denominator: isCount ? null : 0,
    value: isCount ? '0' : null,
    text: isCount ? '0件' : '无',
    list: during(then.list, period),
    denominatorList: then.denominatorList === null ? null : during(then.denominatorList, period),
  }
}

function comparison(
  now: Figure,
  then: Figure | undefined,
  period: { from: Day; to: Day },
  called: Compared['with'],
): Comparison {
  const numerator = then?.numerator ?? 0
  const denominator = now.denominator === null ? null : (then?.denominator ?? 0)
  const rate = (of: number, share: number | null) => ({ numerator: of, denominator: share ?? 0 })
  return {
    period: { from: period.from, to: period.to },
    numerator,
    denominator,
    text: then?.text ?? (denominator === null ? '0件' : '无'),
    change:
      now.denominator === null
        ? changeText(now.numerator, numerator, { with: called })
        : pointsText(rate(now.numerator, now.denominator), rate(numerator, denominator), { with: called }),
    list: then?.list ?? during(now.list, period),
  }
}

export type RankedFigure = Figure & Ranked

export interface RankingClass {
  class: { code: string; label: string }
  ranked: RankedFigure[]
  /** Too few to be ranked: 1 of 1 is no champion. */
  belowFloor: RankedFigure[]
}

const classes = { township: '乡镇、街道', department: '区级部门' }

/** Units of one class against each other, the best first; without a class nobody is ranked. */
export async function rankings(
  db: Db,
  actor: Actor,
  query: FigureQuery & { metric: string; floor: number },
  now: Instant,
): Promise<{ asOf: Instant; classes: RankingClass[] }> {
  const { metric, floor, ...rest } = query
  const { formula, better, zh } = metricAsked(metric, '/query/metric')
  if (formula.denominator === null)
    throw fieldProblem('kpi/is-a-count', '/query/metric', `${zh}是件数，不排名次`)
  const table = await figures(db, actor, { ...rest, metrics: [metric], groupBy: 'unit' }, now)
  const units = await findUnits(
    db,
    table.figures.map(({ group }) => group?.key ?? ''),
  )
  const byKind = Map.groupBy(table.figures, ({ group }) => units.get(group?.key ?? '')?.kind)
  return {
    asOf: table.asOf,
    classes: (['township', 'department'] as const).map((code) => {
      const all = ranked(byKind.get(code) ?? [], { floor, better })
      return {
        class: { code, label: classes[code] },
        ranked: all.filter(({ rank }) => rank !== null),
        belowFloor: all.filter(({ rank }) => rank === null),
      }
    }),
  }
}

export interface HotSpot {
  topic: { code: string; label: string }
  figure: Figure
  before: Comparison
  yearBefore: Comparison
  /** How many more than in the days before. */
  growth: number
}

/** Topics with at least `floor` orders, those that grew most first. */
export async function hotSpots(
  db: Db,
  actor: Actor,
  query: FigureQuery & { floor: number },
  now: Instant,
): Promise<{ asOf: Instant; items: HotSpot[] }> {
  const { floor, ...rest } = query
  const board = await compared(db, actor, { ...rest, metrics: ['M01'], groupBy: 'topic' }, now)
  const items = board.figures
    .filter(({ numerator }) => numerator >= floor)
    .map(({ yearBefore: aYearAgo, periodBefore, ...figure }) => {
      const before = periodBefore ?? aYearAgo
      return {
        topic: { code: figure.group?.key ?? '', label: figure.group?.label ?? '' },
        ...{ figure, before, yearBefore: aYearAgo, growth: figure.numerator - before.numerator },
      }
    })
    .toSorted((a, b) => b.growth - a.growth || b.figure.numerator - a.figure.numerator)
  return { asOf: board.asOf, items }
}
