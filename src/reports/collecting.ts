// The facts of a period: every figure that a report may name, each counted once by the slice that owns it, open to its list.
import { MATTERS_PATH, type Figure } from '../kpi/figures.ts'
import { matterIdsBehind } from '../kpi/lists.ts'
import { figures } from '../kpi/queries.ts'
import { BEGINNING, linksTo } from '../kpi/questions.ts'
import { stockOf } from '../kpi/stock.ts'
import { tallyFigures } from '../kpi/tally-queries.ts'
import { board } from '../ledger/board.ts'
import { countMeetings } from '../ledger/meeting-queries.ts'
import { sumGrants } from '../ledger/relief-queries.ts'
import type { Actor } from '../platform/actor.ts'
import { dayOf, plusDays, yearBefore, type Day, type Instant } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { registerIds } from '../registers/columns.ts'
import { figuresOf } from '../registers/queries.ts'
import {
  counted,
  ofMeetings,
  ofMetric,
  ofOverdue,
  ofRegister,
  ofRelief,
  ofStock,
  ofTally,
  ofTopics,
  repeatRate,
  type Fact,
} from './fact.ts'
import type { ReportPeriod } from './periods.ts'

export interface PeriodFacts {
  period: ReportPeriod
  asOf: Instant
  /** The last day that is counted: today while the period runs. */
  to: Day
  facts: ReadonlyMap<string, Fact>
  /** Accepted orders of each month, this year and the year before. */
  months: { month: string; current: number; previous: number }[]
  /** Of each unit that held orders: what the annex tables. */
  units: UnitRow[]
}

export interface UnitRow {
  unitId: string
  unit: string
  /** Where what it accepted, and what it is late with, is listed. */
  lists: { accepted: string; overdue: string }
  accepted: number
  onTime: string
  overdue: number
  satisfaction: string
}

/** Whatever period it came in: what is overdue is chased until it is done. */
export const allOverdue = (to: Day, asOf: Instant) => ({
  ...{ from: BEGINNING, to, asOf, channel: 'hotline', metric: 'M07o' },
  part: 'numerator' as const,
})

const UNIT_METRICS = ['M01', 'M05', 'M07', 'M10'] as const

/** The viewer's rights hold: what they may not see is not counted. */
export async function collectFacts(
  db: Db,
  actor: Actor,
  period: ReportPeriod,
  asOf: Instant,
  now: Instant,
): Promise<PeriodFacts> {
  const { from } = period
  const { to, lastYear, before } = spansOf(period, asOf)
  const days = { from, to }
  const paced = period.kind !== 'year'
  const hotline = (of: { from: Day; to: Day }, more: object = {}) =>
    figures(db, actor, { ...of, asOf, channel: 'hotline', ...more }, now)
  const monthly = { metrics: ['M01'], groupBy: 'month' }
  const [
    current,
    aYearAgo,
    justBefore,
    overdue,
    byTopic,
    byMonth,
    monthsBefore,
    byUnit,
    tallies,
    talliesBefore,
    stock,
    ledger,
    meetings,
    relief,
    ...registers
  ] = await Promise.all([
    hotline(days),
    hotline(lastYear),
    paced ? hotline(before) : undefined,
    matterIdsBehind(db, actor, allOverdue(to, asOf), { limit: 1 }, now),
    hotline(days, { metrics: ['M01'], groupBy: 'topic' }),
    hotline(days, monthly),
    hotline(lastYear, monthly),
    hotline(days, { metrics: [...UNIT_METRICS], groupBy: 'unit' }),
    tallyFigures(db, actor, { ...days, asOf }, now),
    paced ? tallyFigures(db, actor, { ...before, asOf }, now) : undefined,
    stockOf(db, actor, { ...days, asOf, channel: 'hotline' }, now),
    board(db, actor, { ...days, asOf }, now),
    countMeetings(db, actor, from, to, dayOf(asOf)),
    sumGrants(db, { ...days, state: 'paid' }),
    ...registerIds.map((id) => figuresOf(db, id, from, to)),
  ])
  const [ofYearAgo, ofBefore] = [aYearAgo, justBefore].map(
    (table) => new Map(table?.figures.map((figure) => [figure.metric, figure])),
  )
  const tallyBefore = new Map(talliesBefore?.figures.map((figure) => [figure.tally, figure]))
  const { called } = period.before
  const all: Fact[] = [
    ...current.figures.map((figure) =>
      ofMetric(figure, {
        yearBefore: ofYearAgo?.get(figure.metric),
        ...(paced ? { periodBefore: { figure: ofBefore?.get(figure.metric), called } } : {}),
      }),
    ),
    ofOverdue(overdue.total, linksTo(MATTERS_PATH, allOverdue(to, asOf), asOf)('M07o', 'numerator')),
    ...ofTopics(byTopic.figures),
    ...tallies.figures.map((figure) =>
      ofTally(figure, paced ? { figure: tallyBefore.get(figure.tally), called } : undefined),
    ),
    ...repeatRate(tallies.figures, current.figures),
    ...ofStock(stock.days, from, to, asOf),
    ...ledger.figures.map(({ key, name, unit, value, list }) =>
      counted(`ledger.${key}`, name, unit, value, list, '期间内排查出的矛盾纠纷和信访积案'),
    ),
    ...ofMeetings(meetings, from, to),
    ...ofRelief(relief, from, to),
    ...registers.flat().map(ofRegister),
  ]
  return {
    period,
    asOf,
    to,
    facts: new Map(all.map((fact) => [fact.key, fact])),
    months: byMonth.figures.map((figure, i) => ({
      month: figure.group?.key ?? '',
      current: figure.numerator,
      previous: monthsBefore.figures[i]?.numerator ?? 0,
    })),
    units: ofUnits(byUnit.figures),
  }
}

/** A period that is still running is compared with as much of the others as is over of it. */
function spansOf({ from, to: end, before }: ReportPeriod, asOf: Instant) {
  const today = dayOf(asOf)
  const running = today >= from && today < end
  const to = running ? today : end
  const elapsed = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
  const asFar = plusDays(before.from, elapsed)
  return {
    to,
    lastYear: yearBefore({ from, to }),
    before: { from: before.from, to: running && asFar < before.to ? asFar : before.to },
  }
}

function ofUnits(rows: readonly Figure[]): UnitRow[] {
  const byUnit = Map.groupBy(rows, ({ group }) => group?.key ?? '')
  return [...byUnit.values()]
    .map((own) => {
      const of = (metric: (typeof UNIT_METRICS)[number]) => own.find((figure) => figure.metric === metric)
      return {
        unitId: own[0]?.group?.key ?? '',
        unit: own[0]?.group?.label ?? '',
        lists: { accepted: of('M01')?.list ?? '', overdue: of('M07')?.list ?? '' },
        accepted: of('M01')?.numerator ?? 0,
        onTime: of('M05')?.text ?? '无',
        overdue: of('M07')?.numerator ?? 0,
        satisfaction: of('M10')?.text ?? '无',
      }
    })
    .filter(({ accepted, overdue }) => accepted > 0 || overdue > 0)
    .toSorted((a, b) => b.accepted - a.accepted || (a.unit < b.unit ? -1 : 1))
}
