// URLs of the leaders' board: figures beside other periods, rankings, hot spots, and what is published.
import { z } from 'zod'
import { contentDisposition } from '../platform/file-names.ts'
import { day } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { ofTheOffice } from '../platform/route.ts'
import { formats, writeSheet, type Format } from '../platform/spreadsheets.ts'
import { createAnswers } from './answers.ts'
import { boardTable, hotSpots, rankings } from './board.ts'
import { recordExport } from './export.ts'
import { metricIds } from './metrics.ts'
import { LEAST_SHOWN, publicRows, type PublicRow } from './public.ts'
import { figures } from './queries.ts'
import { standingSeen } from './scope.ts'
import { asked, figureProblems, figureShape, listOf, matterQuery } from './shapes.ts'
import { boardSheet, hotSpotsSheet, rankingsSheet } from './sheets.ts'
import { tableRoutes } from './table-routes.ts'

const tag = '指标'
const { channel } = matterQuery
const span = z.object({ from: z.string(), to: z.string() })
const comparison = z.object({
  period: span,
  numerator: z.int(),
  denominator: z.int().nullable(),
  text: z.string(),
  change: z.string().describe('率的变化以百分点计'),
  list: z.string(),
})
const cell = { numerator: z.int(), denominator: z.int().nullable(), text: z.string() }
const changedCell = z.object({ ...cell, change: z.string().describe('率的变化以百分点计') })
const boardShape = z.object({
  asOf: z.string(),
  periods: z.object({ current: span, yearBefore: span, periodBefore: span.nullable() }),
  metrics: z.array(
    figureShape.pick({ metric: true, version: true, name: true, unit: true, settings: true, note: true }),
  ),
  rows: z.array(
    z.object({
      group: z.object({ key: z.string(), label: z.string() }).nullable(),
      lists: z
        .object({ current: z.string(), yearBefore: z.string(), periodBefore: z.string().nullable() })
        .describe('清单的链接；{metric}填指标编号，{part}填numerator或denominator'),
      cells: z
        .array(z.object({ ...cell, yearBefore: changedCell, periodBefore: changedCell.nullable() }))
        .describe('与metrics的次序相同'),
    }),
  ),
})
const floor = z.coerce.number().int().min(0).max(100_000)

export function boardRoutes(http: Http): void {
  const answers = createAnswers(() => performance.now())

  tableRoutes(
    http,
    {
      url: '/api/kpi/board',
      summary: '指标：同比、环比',
      description: '与去年同期、与上期（整月为上月）相比；期间未满的，比到同样的天数。',
      query: z.strictObject({
        ...matterQuery,
        metrics: listOf(z.string().max(20), metricIds.length).optional(),
        groupBy: z.enum(['none', 'unit', 'category', 'topic', 'source']).default('none'),
      }),
      reply: boardShape,
      problems: figureProblems,
    },
    boardSheet,
    async (db, actor, query, now) => {
      const make = () => boardTable(db, actor, asked(query), now)
      // Whoever sees all sees the same; others, and other instants than now, are counted each time.
      const seen = query.asOf === undefined ? await standingSeen(db, actor, now) : undefined
      return seen === undefined ? make() : answers.answer(seen.stamp, { board: query }, make)
    },
  )

  const rankedFigure = figureShape.extend({ rank: z.int().nullable() })
  tableRoutes(
    http,
    {
      url: '/api/kpi/rankings',
      summary: '单位排名',
      description: '乡镇、街道与区级部门分别排名；件数不足的不参加；率相同的名次相同。',
      query: z.strictObject({
        ...matterQuery,
        metric: z.string().max(20),
        floor: floor.default(10).describe('分母不少于此数才参加排名'),
      }),
      reply: z.object({
        asOf: z.string(),
        classes: z.array(
          z.object({
            class: z.object({ code: z.string(), label: z.string() }),
            ranked: z.array(rankedFigure),
            belowFloor: z.array(rankedFigure).describe('件数不足，不排名'),
          }),
        ),
      }),
      problems: [...figureProblems, 'kpi/is-a-count'],
    },
    rankingsSheet,
    async (db, actor, query, now) => rankings(db, actor, asked(query), now),
  )

  tableRoutes(
    http,
    {
      url: '/api/kpi/hot-spots',
      summary: '热点主题',
      description: '各主题的交办量与上期（整月为上月）、去年同期相比，增加最多的在前。',
      query: z.strictObject({
        ...matterQuery,
        floor: floor.default(10).describe('交办量不少于此数才列出'),
      }),
      reply: z.object({
        asOf: z.string(),
        items: z.array(
          z.object({
            topic: z.object({ code: z.string(), label: z.string() }),
            figure: figureShape,
            before: comparison,
            yearBefore: comparison,
            growth: z.int(),
          }),
        ),
      }),
      problems: figureProblems,
    },
    hotSpotsSheet,
    async (db, actor, query, now) => hotSpots(db, actor, asked(query), now),
  )

  publicExports(http)
}

/** Counts that add up to nothing else printed, and rates. */
const PUBLISHED = ['M01', 'M14', 'M05', 'M10']

function publicExports(http: Http): void {
  const { db, clock } = http.deps
  for (const format of Object.keys(formats) as Format[]) {
    http.streams(
      {
        url: `/api/kpi/public.${format}`,
        summary: `导出供公开的指标(${format})`,
        description: `少于${LEAST_SHOWN}件的数不公布，也不能由其他数推出。`,
        tag,
        for: 'kpi.export',
        admits: ofTheOffice,
        query: z.strictObject({
          from: day,
          to: day,
          channel,
          groupBy: z.enum(['unit', 'topic', 'month']).default('unit'),
        }),
        produces: formats[format],
        problems: figureProblems,
      },
      async (actor, { query, request, reply }) => {
        const now = clock.now()
        const { groupBy, ...period } = query
        const of = { ...period, asOf: now, metrics: PUBLISHED }
        const [table, totals] = await Promise.all([
          figures(db, actor, { ...of, groupBy }, now),
          figures(db, actor, of, now),
        ])
        const rows = publicRows(table.figures, totals.figures)
        const data = { format, url: request.url, asOf: now }
        const number = await db.transaction((tx) => recordExport(tx, actor, data))
        const columns = [
          { header: '项目', width: 30, cell: ({ label }: PublicRow) => label },
          ...totals.figures.map(({ metric, name }) => ({
            ...{ header: name, width: 16 },
            cell: ({ cells }: PublicRow) => cells[metric] ?? null,
          })),
        ]
        const name = `公开指标 ${query.from} ${query.to}.${format}`
        void reply.header('content-disposition', contentDisposition(name))
        return reply.type(formats[format]).send(writeSheet(format, '公开指标', columns, [rows], number))
      },
    )
  }
}
