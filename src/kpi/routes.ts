// URLs of the figures: the catalogue, tables of figures, the matters behind each, and both as files.
import { z } from 'zod'
import { recordRowExport } from '../platform/exports.ts'
import { contentDisposition } from '../platform/file-names.ts'
import { pageQuery } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { formats, type Format } from '../platform/spreadsheets.ts'
import { exportMatters } from './export.ts'
import { MATTERS_PATH } from './figures.ts'
import { linkedNote } from './linked.ts'
import { createAnswers } from './answers.ts'
import { matterIdsBehind } from './lists.ts'
import { metricIds, metrics } from './metrics.ts'
import { partOf } from './parts.ts'
import { figures } from './queries.ts'
import { groupings, instantAsked } from './questions.ts'
import {
  asked,
  figureProblems as problems,
  figureShape,
  listOf,
  matterPage,
  matterQuery,
  settings,
  unitOfMeasure,
} from './shapes.ts'
import { figuresSheet } from './sheets.ts'
import { tableRoutes } from './table-routes.ts'

const tag = '指标'
const figureQuery = z.strictObject({
  ...matterQuery,
  metrics: listOf(z.string().max(20), metricIds.length).optional().describe('指标编号，逗号分隔；缺省为全部'),
  groupBy: z.enum(groupings).default('none'),
})
const behind = { metric: z.string().max(20), part: z.enum(['numerator', 'denominator']).default('numerator') }
const listQuery = z.strictObject({ ...matterQuery, ...behind, ...pageQuery })
const listFileQuery = z.strictObject({ ...matterQuery, ...behind })

const words = z.object({ zh: z.string(), en: z.string() })
const formula = z.object({ numerator: z.string(), denominator: z.string().nullable() })
const catalogue = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      name: words,
      definition: words,
      formula: formula.describe('总数的分子、分母'),
      unitFormula: formula.nullable().describe('按单位统计时另有的分子、分母'),
      version: z.int(),
      unit: unitOfMeasure,
      decimals: z.int(),
      cohort: z.string().describe('dispatched：按首次派单日期归入期间'),
      settings,
      note: words.nullable(),
      source: z.string(),
    }),
  ),
})

const figureTable = z.object({
  asOf: z.string(),
  groupBy: z.enum(groupings),
  figures: z.array(figureShape),
  linked: z
    .object({ matters: z.int(), cases: z.int(), text: z.string(), list: z.string() })
    .describe('认定为同一事项的办件如何计数'),
})

export function kpiRoutes(http: Http): void {
  const { db, clock, config } = http.deps
  const answers = createAnswers(() => performance.now(), 500)

  http.reads(
    { url: '/api/kpi/metrics', summary: '指标目录：每个指标的口径', tag, for: 'kpi.read', reply: catalogue },
    async () => ({ items: metrics.map(describeMetric) }),
  )

  tableRoutes(
    http,
    {
      url: '/api/kpi',
      summary: '指标',
      description: '承办单位只能查询本单位及下属单位。每个数都附有截至时间和办件清单的链接。',
      query: figureQuery,
      reply: figureTable,
      problems,
    },
    figuresSheet,
    async (reader, actor, query, now) => {
      const [counted, linked] = await Promise.all([
        figures(reader, actor, asked(query), now),
        linkedNote(reader, actor, query.from, query.to),
      ])
      return { ...counted, linked }
    },
  )

  http.reads(
    {
      url: MATTERS_PATH,
      summary: '指标背后的办件',
      tag,
      for: 'kpi.read',
      query: listQuery,
      reply: matterPage,
      problems: [...problems, 'kpi/is-a-count'],
    },
    async (reader, actor, { query: { limit, cursor, ...query } }) =>
      matterIdsBehind(reader, actor, asked(query), { limit, cursor }, clock.now(), answers),
  )

  for (const format of Object.keys(formats) as Format[]) {
    http.streams(
      {
        url: `${MATTERS_PATH}.${format}`,
        summary: `导出指标背后的办件(${format})`,
        tag,
        for: 'kpi.export',
        query: listFileQuery,
        produces: formats[format],
        problems: [...problems, 'kpi/is-a-count', 'export/too-many'],
      },
      async (actor, { query, request, reply }) => {
        const wanted = asked(query)
        const frozen = { ...wanted, asOf: instantAsked(wanted, clock.now()) }
        // The first page tells what is wrong with the question while there is still an answer to give it in.
        const { total } = await matterIdsBehind(db, actor, frozen, { limit: 1 }, frozen.asOf)
        const number = await db.transaction((tx) =>
          recordRowExport(tx, actor, config, 'kpi.list-exported', {
            ...{ format, url: request.url, asOf: frozen.asOf, total },
          }),
        )
        void reply.header(
          'content-disposition',
          contentDisposition(`${query.metric} ${query.from} ${query.to}.${format}`),
        )
        return reply.type(formats[format]).send(exportMatters(db, actor, frozen, format, number))
      },
    )
  }
}

function describeMetric(metric: (typeof metrics)[number]): z.input<typeof catalogue>['items'][number] {
  const inWords = ({ numerator, denominator }: (typeof metric)['formula']) => ({
    numerator: partOf(numerator).label,
    denominator: denominator === null ? null : partOf(denominator).label,
  })
  const { id: metricId, zh, en, definition, version, unit: measured, decimals, cohort, note, source } = metric
  return {
    id: metricId,
    name: { zh, en },
    definition,
    formula: inWords(metric.formula),
    unitFormula: metric.ofUnits === undefined ? null : inWords(metric.ofUnits),
    version,
    unit: measured,
    decimals,
    cohort,
    settings: { ...metric.settings },
    note: note ?? null,
    source,
  }
}
