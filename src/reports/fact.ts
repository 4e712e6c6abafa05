// A fact: one figure of a period as a report may name it, with what it means, how it moved and where its cases are listed.
import type { Figure } from '../kpi/figures.ts'
import { findMetric } from '../kpi/metrics.ts'
import { changeText, pointsText, type Compared } from '../kpi/rules.ts'
import { flows, type Flow, type StockDay } from '../kpi/stock.ts'
import type { TallyFigure } from '../kpi/tally-queries.ts'
import type { countMeetings } from '../ledger/meeting-queries.ts'
import type { sumGrants } from '../ledger/relief-queries.ts'
import { topics } from '../matters/terms.ts'
import type { Day, Instant } from '../platform/clock.ts'
import { percent, percentText, yuan } from '../platform/numbers.ts'
import type { CountedFigure } from '../registers/queries.ts'

export interface Fact {
  /** The catalogue's id (`catalogue.ts`): `M01`, `visits.district.batches`, `ledger.total` …; sentences name it by this. */
  key: string
  name: string
  definition: string
  unit: string
  /** Null where there is none: a rate of nothing. */
  value: number | null
  numerator: number | null
  denominator: number | null
  /** As it is printed. */
  text: string
  /** Against the same days a year before: 上升25%, 下降1.2个百分点, 与去年持平; null where it is not compared. */
  change: string | null
  previous: string | null
  /** Against the period before; null where that is the year before, or it is not compared. */
  pace: string | null
  /** What bends it: `countBasic` …; and the version of its definition. */
  settings: Readonly<Record<string, string | boolean>>
  version: number
  /** Where exactly what it counts is listed, and what it is a share of. */
  list: string
  denominatorList: string | null
}

const UNCOMPARED = {
  change: null,
  previous: null,
  pace: null,
  settings: {},
  version: 1,
  denominatorList: null,
}

type Counts = Pick<Figure, 'numerator' | 'denominator'>

/** In words; null for a rate of nothing. */
function moved(now: Counts, then: Counts | undefined, compared: Compared): string | null {
  if (then === undefined || now.denominator === 0) return null
  if (now.denominator === null) return changeText(now.numerator, then.numerator, compared)
  const rate = ({ numerator, denominator }: Counts) => ({ numerator, denominator: denominator ?? 0 })
  return pointsText(rate(now), rate(then), compared)
}

/** The figures that one is compared with. */
export interface Then<F> {
  yearBefore: F | undefined
  /** Where that is another period than the year before. */
  periodBefore?: { figure: F | undefined; called: Compared['with'] }
}

export function ofMetric(figure: Figure, { yearBefore, periodBefore }: Then<Figure>): Fact {
  const { metric, version, name, unit, numerator, denominator, text, settings, list, denominatorList } =
    figure
  return {
    ...{ key: metric, name, unit, numerator, denominator, text, settings, version, list, denominatorList },
    definition: findMetric(metric)?.definition.zh ?? '',
    value: denominator === 0 ? null : numerator,
    change: moved(figure, yearBefore, { with: '去年' }),
    previous: yearBefore?.text ?? null,
    pace:
      periodBefore === undefined ? null : moved(figure, periodBefore.figure, { with: periodBefore.called }),
  }
}

export function ofTally(figure: TallyFigure, periodBefore?: Then<TallyFigure>['periodBefore']): Fact {
  const { tally, name, definition, unit, numerator, denominator, text, list, denominatorList } = figure
  const { previous, change } = figure
  return {
    ...UNCOMPARED,
    ...{ key: tally, name, definition, unit, numerator, denominator, text, list, denominatorList },
    value: denominator === 0 ? null : numerator,
    change: previous.numerator === 0 && numerator === 0 ? null : change,
    previous: previous.denominator === null ? `${previous.numerator}${unit}` : null,
    pace:
      periodBefore === undefined ? null : moved(figure, periodBefore.figure, { with: periodBefore.called }),
  }
}

/** Repeated orders of those accepted. */
export function repeatRate(tallies: readonly TallyFigure[], figures: readonly Figure[]): Fact[] {
  const repeated = tallies.find(({ tally }) => tally === 'hotline.repeat')
  const accepted = figures.find(({ metric }) => metric === 'M01')
  if (repeated === undefined || accepted === undefined) return []
  const text = percentText(percent(repeated.numerator, accepted.numerator))
  return [
    {
      ...counted(
        'hotline.repeat-rate',
        '热线重复交办率',
        '%',
        repeated.numerator,
        repeated.list,
        '热线重复交办 ÷ M01',
      ),
      ...{ text, denominator: accepted.numerator, denominatorList: accepted.list },
      value: accepted.numerator === 0 ? null : repeated.numerator,
    },
  ]
}

/** Of all periods: what is overdue is chased until it is done. */
export function ofOverdue(n: number, list: string): Fact {
  const definition = '不论何时派单，截至时尚未办结且已超期的'
  return counted('overdue.open', '全部在办超期', '件', n, list, definition)
}

/** Topics of the second level by themselves; those of the first with all below. */
export function ofTopics(rows: readonly Figure[]): Fact[] {
  const counts = rows.filter(({ metric }) => metric === 'M01')
  return Object.entries(topics).map(([topic, label]) => {
    const own = counts.filter(
      ({ group }) => group?.key === topic || group?.key.startsWith(`${topic}.`) === true,
    )
    const value = own.reduce((sum, { numerator }) => sum + numerator, 0)
    const list = (counts[0]?.list ?? '').replace(/&topic=[^&]*(?:&exact=true)?/, '')
    return counted(
      `topic.${topic}`,
      label,
      '件',
      value,
      `${list}&topic=${encodeURIComponent(topic)}`,
      `受理的交办件中主题为${label}的`,
    )
  })
}

export function counted(
  key: string,
  name: string,
  unit: string,
  value: number,
  list: string,
  definition: string,
): Fact {
  return {
    ...UNCOMPARED,
    ...{ key, name, unit, value, numerator: value, denominator: null, definition, list },
    text: `${value}${unit}`,
  }
}

/** A figure of a register: `of` makes it a share. */
export function ofRegister({ id: key, name, unit, value, of, text, list }: CountedFigure): Fact {
  const definition = `登记簿中期间内的${name}`
  return { ...UNCOMPARED, key, name, unit, text, list, definition, value, numerator: value, denominator: of }
}

/** Of the hotline: over the whole period its flows, at its two ends what was under way. */
export function ofStock(days: readonly StockDay[], from: Day, to: Day, asOf: Instant): Fact[] {
  const sum = (flow: 'received' | 'closed') => days.reduce((total, day) => total + day[flow], 0)
  const values = {
    ...{ opening: days[0]?.opening ?? 0, received: sum('received') },
    ...{ closed: sum('closed'), closing: days.at(-1)?.closing ?? 0 },
  }
  return (Object.keys(flows) as Flow[]).map((flow) => {
    const asked = new URLSearchParams({ flow, from, to, asOf, channel: 'hotline' }).toString()
    const list = `/api/kpi/stock/matters?${asked}`
    const definition = `热线${flows[flow]}；期初在办 + 新派 − 办结、并单、撤回 = 期末在办`
    return counted(`stock.${flow}`, flows[flow], '件', values[flow], list, definition)
  })
}

export function ofMeetings(
  { meetings, byLeaders, subjects }: Awaited<ReturnType<typeof countMeetings>>,
  from: Day,
  to: Day,
): Fact[] {
  const list = `/api/meetings?from=${from}&to=${to}`
  const led = `${list}&rank=district-leader`
  const taken = `/api/meetings/subjects?from=${from}&to=${to}`
  return [
    counted('meetings', '联席会议', '次', meetings, list, '期间内召开的信访联席会议'),
    counted('meetings.by-district-leaders', '区级领导召集', '次', byLeaders, led, '其中由区级领导召集的'),
    counted('meetings.subjects', '协调信访事项', '个', subjects, taken, '会议协调的不同事项'),
  ]
}

export function ofRelief(sums: Awaited<ReturnType<typeof sumGrants>>, from: Day, to: Day): Fact[] {
  const list = `/api/relief/grants?state=paid&from=${from}&to=${to}`
  const money = (key: string, name: string, fen: number | null): Fact => ({
    ...counted(key, name, '元', fen ?? 0, list, '期间内已发放的困难救助金'),
    value: fen,
    text: fen === null ? '无' : `${plainYuan(fen)}元`,
  })
  return [
    counted('relief.people', '困难救助', '人', sums.people, list, '期间内领到困难救助金的人'),
    money('relief.sum', '发放救助金', sums.fen),
    money('relief.least', '每人最低', sums.minFen),
    money('relief.most', '每人最高', sums.maxFen),
  ]
}

/** Whole yuan without 角 and 分. */
function plainYuan(fen: number): string {
  return fen % 100 === 0 ? String(fen / 100) : yuan(fen).replace('元', '')
}
