// What the tables of figures look like as sheets: a list of columns each, and the lines of an answer, one a figure.
import { channelOf } from '../matters/channels/index.ts'
import type { Day, Instant } from '../platform/clock.ts'
import type { SheetColumn } from '../platform/spreadsheets.ts'
import type { Age, Holding } from './ageing.ts'
import type { BoardTable, Comparison, HotSpot, RankedFigure, RankingClass } from './board.ts'
import type { Figure } from './figures.ts'
import { findMetric } from './metrics.ts'
import { flows, type Flow, type StockDay } from './stock.ts'
import type { TallyFigure } from './tally-queries.ts'

export interface Sheet<Answer, Line> {
  label: string
  columns: readonly SheetColumn<Line>[]
  lines: (answer: Answer, about: About) => Line[]
}

/** What was asked, where the figures do not say it themselves. */
export interface About {
  /** Whose matters, in words. */
  scope: string
  from: Day | undefined
  to: Day | undefined
  channel: string | undefined
}

/** `2020-08-14 09:03:07`, Shanghai time. */
export function momentText(instant: Instant | null): string | null {
  return instant === null ? null : instant.slice(0, 19).replace('T', ' ')
}

interface Dated {
  scope: string
  from: Day | undefined
  to: Day | undefined
  asOf: Instant
}
const dated = <Line>(of: (line: Line) => Dated): SheetColumn<Line>[] => [
  { header: '范围', width: 24, cell: (line) => of(line).scope },
  { header: '起始日期', width: 12, cell: (line) => of(line).from ?? null },
  { header: '截止日期', width: 12, cell: (line) => of(line).to ?? null },
  { header: '截至时间', width: 20, cell: (line) => momentText(of(line).asOf) },
]
const own = (line: Dated): Dated => line

const figureColumns: readonly SheetColumn<Figure>[] = [
  { header: '指标编号', width: 10, cell: (f) => f.metric },
  { header: '指标', width: 22, cell: (f) => f.name },
  { header: '版本', width: 6, cell: (f) => f.version },
  { header: '范围', width: 24, cell: (f) => f.scope },
  { header: '分组', width: 24, cell: (f) => f.group?.label ?? null },
  { header: '起始日期', width: 12, cell: (f) => f.period.from },
  { header: '截止日期', width: 12, cell: (f) => f.period.to },
  { header: '截至时间', width: 20, cell: (f) => momentText(f.asOf) },
  { header: '分子', width: 10, cell: (f) => f.numerator },
  { header: '分母', width: 10, cell: (f) => f.denominator },
  { header: '值', width: 10, cell: (f) => numberOf(f.value) },
  { header: '单位', width: 6, cell: (f) => f.unit },
  { header: '显示', width: 10, cell: (f) => f.text },
  { header: '口径', width: 60, cell: (f) => findMetric(f.metric)?.definition.zh ?? null },
  { header: '说明', width: 40, cell: (f) => f.note },
  { header: '清单', width: 40, cell: (f) => f.list },
]
const numberOf = (value: string | null) => (value === null ? null : Number(value))

type Earlier = Omit<Comparison, 'list'>
const earlier = <Line>(called: string, of: (line: Line) => Earlier | null): SheetColumn<Line>[] => [
  { header: `${called}起始日期`, width: 14, cell: (line) => of(line)?.period.from ?? null },
  { header: `${called}截止日期`, width: 14, cell: (line) => of(line)?.period.to ?? null },
  { header: `${called}分子`, width: 12, cell: (line) => of(line)?.numerator ?? null },
  { header: `${called}分母`, width: 12, cell: (line) => of(line)?.denominator ?? null },
  { header: `${called}显示`, width: 12, cell: (line) => of(line)?.text ?? null },
  { header: `与${called}相比`, width: 24, cell: (line) => of(line)?.change ?? null },
]

export const figuresSheet: Sheet<{ figures: Figure[] }, Figure> = {
  label: '指标',
  columns: figureColumns,
  lines: ({ figures }) => figures,
}

interface BoardLine extends Dated {
  group: string | null
  metric: BoardTable['metrics'][number]
  cell: BoardTable['rows'][number]['cells'][number]
  yearBefore: Earlier
  periodBefore: Earlier | null
  list: string
}

export const boardSheet: Sheet<BoardTable, BoardLine> = {
  label: '指标同比环比',
  columns: [
    { header: '指标编号', width: 10, cell: ({ metric }) => metric.metric },
    { header: '指标', width: 22, cell: ({ metric }) => metric.name },
    { header: '版本', width: 6, cell: ({ metric }) => metric.version },
    { header: '分组', width: 24, cell: ({ group }) => group },
    ...dated(own),
    { header: '分子', width: 10, cell: ({ cell }) => cell.numerator },
    { header: '分母', width: 10, cell: ({ cell }) => cell.denominator },
    { header: '显示', width: 10, cell: ({ cell }) => cell.text },
    ...earlier<BoardLine>('去年同期', ({ yearBefore }) => yearBefore),
    ...earlier<BoardLine>('上期', ({ periodBefore }) => periodBefore),
    { header: '口径', width: 60, cell: ({ metric }) => findMetric(metric.metric)?.definition.zh ?? null },
    { header: '说明', width: 40, cell: ({ metric }) => metric.note },
    { header: '清单', width: 40, cell: ({ list }) => list },
  ],
  lines: ({ asOf, periods, metrics, rows }, { scope }) =>
    rows.flatMap(({ group, lists, cells }) =>
      metrics.flatMap((metric, i) => {
        const cell = cells[i]
        if (cell === undefined) return []
        const { periodBefore } = cell
        return {
          ...{ scope, ...periods.current, asOf, group: group?.label ?? null, metric, cell },
          yearBefore: { ...cell.yearBefore, period: periods.yearBefore },
          periodBefore:
            periodBefore === null || periods.periodBefore === null
              ? null
              : { ...periodBefore, period: periods.periodBefore },
          list: lists.current.replace('{metric}', metric.metric).replace('{part}', 'numerator'),
        }
      }),
    ),
}

type RankedLine = RankedFigure & { class: string }

export const rankingsSheet: Sheet<{ classes: RankingClass[] }, RankedLine> = {
  label: '单位排名',
  columns: [
    { header: '类别', width: 14, cell: (line) => line.class },
    { header: '名次', width: 10, cell: ({ rank }) => rank ?? '不排名' },
    ...figureColumns,
  ],
  lines: ({ classes }) =>
    classes.flatMap(({ class: { label }, ranked, belowFloor }) =>
      [...ranked, ...belowFloor].map((figure) => ({ ...figure, class: label })),
    ),
}

type HotSpotLine = Figure & Pick<HotSpot, 'before' | 'yearBefore' | 'growth'>

export const hotSpotsSheet: Sheet<{ items: HotSpot[] }, HotSpotLine> = {
  label: '热点主题',
  columns: [
    ...figureColumns,
    { header: '增加', width: 8, cell: ({ growth }) => growth },
    ...earlier<HotSpotLine>('上期', ({ before }) => before),
    ...earlier<HotSpotLine>('去年同期', ({ yearBefore }) => yearBefore),
  ],
  lines: ({ items }) => items.map(({ figure, ...more }) => ({ ...figure, ...more })),
}

type StockLine = Dated & { channel: string | null; day: StockDay }

export const stockSheet: Sheet<{ asOf: Instant; days: StockDay[] }, StockLine> = {
  label: '每日在办存量',
  columns: [
    ...dated(own),
    { header: '渠道', width: 10, cell: ({ channel }) => channel },
    { header: '日期', width: 12, cell: ({ day }) => day.day },
    ...(Object.keys(flows) as Flow[]).map((flow) => ({
      ...{ header: flows[flow], width: 16, cell: ({ day }: StockLine) => day[flow] },
    })),
  ],
  lines: ({ asOf, days }, { channel, ...about }) =>
    days.map((day) => ({
      ...about,
      asOf,
      day,
      channel: channel === undefined ? null : channelOf(channel).label,
    })),
}

export const ageingSheet: Sheet<{ ages: Age[] }, Figure & { age: string }> = {
  label: '在办件的时长',
  columns: [{ header: '时长', width: 12, cell: ({ age }) => age }, ...figureColumns],
  lines: ({ ages }) => ages.flatMap(({ label, figures }) => figures.map((f) => ({ ...f, age: label }))),
}

type HoldingLine = Dated & Holding

export const holdingSheet: Sheet<{ asOf: Instant; items: Holding[] }, HoldingLine> = {
  label: '各单位持有时长',
  columns: [
    { header: '单位', width: 24, cell: ({ unit }) => unit.name },
    ...dated(own),
    { header: '件数', width: 8, cell: ({ matters }) => matters },
    { header: '合计天数', width: 10, cell: ({ days }) => Number(days.total) },
    { header: '平均天数', width: 10, cell: ({ days }) => Number(days.mean) },
    { header: '中位天数', width: 10, cell: ({ days }) => Number(days.median) },
    { header: '九成不超过天数', width: 14, cell: ({ days }) => Number(days.ninetieth) },
    { header: '清单', width: 40, cell: ({ list }) => list },
  ],
  lines: ({ asOf, items }, { scope, from, to }) => items.map((item) => ({ ...item, scope, from, to, asOf })),
}

type TallyLine = TallyFigure & { scope: string }

export const talliesSheet: Sheet<{ figures: TallyFigure[] }, TallyLine> = {
  label: '走访信件信箱复查督办',
  columns: [
    { header: '指标编号', width: 30, cell: ({ tally }) => tally },
    { header: '指标', width: 22, cell: ({ name }) => name },
    ...dated<TallyLine>(({ scope, period, asOf }) => ({ scope, ...period, asOf })),
    { header: '分子', width: 10, cell: ({ numerator }) => numerator },
    { header: '分母', width: 10, cell: ({ denominator }) => denominator },
    { header: '值', width: 10, cell: ({ value }) => numberOf(value) },
    { header: '单位', width: 6, cell: ({ unit }) => unit },
    { header: '显示', width: 10, cell: ({ text }) => text },
    ...earlier<TallyLine>('去年同期', ({ previous: { from, to, ...counted }, change }) => ({
      ...counted,
      period: { from, to },
      change,
    })),
    { header: '口径', width: 60, cell: ({ definition }) => definition },
    { header: '清单', width: 40, cell: ({ list }) => list },
  ],
  lines: ({ figures }, { scope }) => figures.map((figure) => ({ ...figure, scope })),
}
