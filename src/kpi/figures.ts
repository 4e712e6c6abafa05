// The form in which a number leaves the system: what was counted, of what, when, rounded how, and where to look it up.
import { channels } from '../matters/channels/index.ts'
import { topics } from '../matters/terms.ts'
import { findUnits } from '../orgs/queries.ts'
import { NIL } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { percent, percentText } from '../platform/numbers.ts'
import { formulaFor, type Formula, type Metric } from './metric.ts'
import type { PartName } from './parts.ts'
import { bucketsOf, linksTo, type FigureQuery, type Grouping, type MatterQuery } from './questions.ts'
import { NO_UNIT_LABEL, type Scope } from './scope.ts'

export type Counts = Record<PartName, number>

export interface Figure {
  metric: string
  version: number
  name: string
  /** Whose matters, in words. */
  scope: string
  /** The group of this figure where the table has several; `key` is a unit's id, a `Bucket`'s, a category, a topic or a source. */
  group: { by: Exclude<Grouping, 'none'>; key: string; label: string } | null
  period: { from: string; to: string }
  asOf: Instant
  numerator: number
  /** Null for a count. */
  denominator: number | null
  /** Rounded; null for a rate of nothing. */
  value: string | null
  unit: Metric['unit']
  /** As it is printed: 7708件, 97%, 99.6%, 无. */
  text: string
  settings: Metric['settings']
  note: string | null
  /** The matters of the numerator, as many as it says; and those of the denominator. */
  list: string
  denominatorList: string | null
}

export interface FigureTable {
  asOf: Instant
  /** Where the numbers came from; the same either way. */
  from: 'rollup' | 'matters'
  groupBy: Grouping
  figures: Figure[]
}

export interface Counted {
  query: FigureQuery
  asOf: Instant
  groupBy: Grouping
  scope: Scope
  metrics: readonly Metric[]
  /** By group; a table without groups has one under null. */
  counts: ReadonlyMap<string | null, Counts>
}

export const MATTERS_PATH = '/api/kpi/matters'

/** The figures of a table, group by group in their order, each group's in the order of the metrics. */
export async function figuresOf(db: Db, counted: Counted): Promise<Figure[]> {
  const groups = await groupsOf(db, counted)
  return groups.flatMap(({ group, query, counts }) => {
    const ofUnits = counted.scope.units !== null || counted.groupBy === 'unit'
    const link = linksTo(MATTERS_PATH, query, counted.asOf)
    const shared = {
      scope: counted.scope.label,
      group,
      period: { from: query.from, to: query.to },
      asOf: counted.asOf,
    }
    return counted.metrics.map((metric) =>
      figureOf(metric, formulaFor(metric, ofUnits), counts, shared, link),
    )
  })
}

function figureOf(
  metric: Metric,
  formula: Formula,
  counts: Counts | undefined,
  shared: Pick<Figure, 'scope' | 'group' | 'period' | 'asOf'>,
  link: (metric: string, part: string) => string,
): Figure {
  const numerator = counts?.[formula.numerator] ?? 0
  const denominator = formula.denominator === null ? null : (counts?.[formula.denominator] ?? 0)
  const value = denominator === null ? String(numerator) : percent(numerator, denominator, metric.decimals)
  return {
    metric: metric.id,
    version: metric.version,
    name: metric.zh,
    ...shared,
    numerator,
    denominator,
    value,
    unit: metric.unit,
    text: denominator === null ? `${value}件` : percentText(value),
    settings: metric.settings,
    note: metric.note?.zh ?? null,
    list: link(metric.id, 'numerator'),
    denominatorList: denominator === null ? null : link(metric.id, 'denominator'),
  }
}

interface Group {
  group: Figure['group']
  /** The question that this group answers. */
  query: MatterQuery
  counts: Counts | undefined
}

async function groupsOf(db: Db, { query, groupBy, scope, counts }: Counted): Promise<Group[]> {
  const within: MatterQuery = { ...query, units: scope.asked.units, under: scope.asked.under }
  switch (groupBy) {
    case 'none':
      return [{ group: null, query: within, counts: counts.get(null) }]
    case 'day':
    case 'week':
    case 'month': {
      // The database groups by the first day.
      const length = groupBy === 'month' ? 7 : 10
      const byFirst = new Map([...counts].map(([first, row]) => [first?.slice(0, length), row]))
      return bucketsOf(groupBy, query).map(({ key, label, from, to }) => ({
        group: { by: groupBy, key, label },
        query: { ...within, from, to },
        counts: byFirst.get(key),
      }))
    }
    case 'unit':
      return unitGroups(db, within, counts)
    default:
      return [...counts].toSorted(byKey).map(([key, row]) => ({
        group: { by: groupBy, key: key ?? '', label: labelOf(groupBy, key ?? '') },
        query: {
          ...within,
          ...(groupBy === 'topic' ? { topic: key ?? '', exact: true } : { [groupBy]: key ?? '' }),
        },
        counts: row,
      }))
  }
}

/** Units in the order of their regions; those asked for by name also when nothing was counted, no unit comes last. */
async function unitGroups(db: Db, within: MatterQuery, counts: Counted['counts']): Promise<Group[]> {
  const ids = [...new Set([...[...counts.keys()].map((id) => id ?? NIL), ...(within.units ?? [])])]
  const units = await findUnits(db, ids)
  const place = (id: string) => {
    const unit = units.get(id)
    return unit === undefined ? '~' : `${unit.level} ${unit.regionCode ?? '~'} ${unit.name} ${id}`
  }
  return ids
    .map((id) => ({ id, place: place(id) }))
    .toSorted((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ id }) => ({
      group: { by: 'unit', key: id, label: units.get(id)?.name ?? NO_UNIT_LABEL },
      query: { ...within, units: [id], under: undefined },
      counts: counts.get(id),
    }))
}

function byKey([a]: [string | null, Counts], [b]: [string | null, Counts]): number {
  return (a ?? '') < (b ?? '') ? -1 : 1
}

function labelOf(groupBy: 'category' | 'topic' | 'source', key: string): string {
  const ofChannels = (of: 'categories' | 'sources') =>
    Object.assign({}, ...Object.values(channels).map((channel) => channel[of])) as Record<string, string>
  const labels: Record<string, string> = {
    topic: () => topics,
    category: () => ofChannels('categories'),
    source: () => ofChannels('sources'),
  }[groupBy]()
  return labels[key] ?? key
}
