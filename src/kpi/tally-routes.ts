// URLs of the tallies: the catalogue, the figures of a period beside the year before, and the matters behind each.
import { z } from 'zod'
import { day, instant, pageQuery } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { linkedNote } from './linked.ts'
import { talliesSheet } from './sheets.ts'
import { tableRoutes } from './table-routes.ts'
import { tallies } from './tallies.ts'
import { mattersBehind, TALLIES_PATH, tallyFigures } from './tally-queries.ts'

const tag = '指标'
const period = {
  from: day.describe('走访、收信或收到申请的日期，含当日'),
  to: day.describe('走访、收信或收到申请的日期，含当日'),
  asOf: instant.optional().describe('截至的时刻；缺省为现在'),
}
const figuresQuery = z.strictObject({
  ...period,
  ids: z
    .string()
    .max(10_000)
    .transform((text) => text.split(','))
    .pipe(z.array(z.string().max(60)).min(1).max(tallies.length))
    .optional()
    .describe('指标编号，逗号分隔；缺省为全部'),
})
const unit = z.enum(['件', '批', '人次', '%'])
const labelled = z.object({ code: z.string(), label: z.string() })
const linked = z
  .object({ matters: z.int(), cases: z.int(), text: z.string(), list: z.string() })
  .describe('认定为同一事项的办件如何计数')
const counted = { numerator: z.int(), denominator: z.int().nullable() }
const lists = { list: z.string(), denominatorList: z.string().nullable() }
const problems = ['kpi/unknown-metric', 'kpi/as-of-in-future'] as const

export function tallyRoutes(http: Http): void {
  const { clock } = http.deps

  http.reads(
    {
      url: `${TALLIES_PATH}/catalogue`,
      summary: '走访、信件、信箱、复查的指标目录',
      tag,
      for: 'kpi.read',
      reply: z.object({
        items: z.array(
          z.object({
            ...{ id: z.string(), name: z.string(), unit, version: z.int() },
            definition: z.object({ zh: z.string(), en: z.string() }),
          }),
        ),
      }),
    },
    async () => ({
      items: tallies.map(({ id, zh: name, definition: zh, en, unit: of, version = 1 }) => ({
        ...{ id, name, unit: of, version },
        definition: { zh, en },
      })),
    }),
  )

  tableRoutes(
    http,
    {
      url: TALLIES_PATH,
      summary: '走访、信件、信箱、复查的数',
      description: '每个数附有去年同期、变化的说法和办件清单的链接；只数读者能看到的办件。',
      query: figuresQuery,
      reply: z.object({
        asOf: z.string(),
        linked,
        figures: z.array(
          z.object({
            tally: z.string(),
            name: z.string(),
            definition: z.string(),
            unit,
            period: z.object({ from: z.string(), to: z.string() }),
            asOf: z.string(),
            ...counted,
            value: z.string().nullable(),
            text: z.string(),
            ...lists,
            previous: z.object({ ...counted, from: z.string(), to: z.string(), text: z.string(), ...lists }),
            change: z.string(),
          }),
        ),
      }),
      problems,
    },
    talliesSheet,
    async (db, actor, query, now) => {
      const [table, note] = await Promise.all([
        tallyFigures(db, actor, query, now),
        linkedNote(db, actor, query.from, query.to),
      ])
      return { ...table, linked: note }
    },
  )

  http.reads(
    {
      url: `${TALLIES_PATH}/:tally/matters`,
      summary: '一个数背后的办件',
      tag,
      for: 'kpi.read',
      params: z.strictObject({ tally: z.string().max(60) }),
      query: z.strictObject({
        ...period,
        part: z.enum(['numerator', 'denominator']).default('numerator'),
        ...pageQuery,
      }),
      reply: z.object({
        asOf: z.string(),
        total: z.int(),
        persons: z.int().nullable().describe('走访的人次合计'),
        items: z.array(
          z.object({
            id: z.string(),
            no: z.string(),
            title: z.string(),
            channel: labelled,
            state: labelled,
            day: z.string(),
            unit: z.string().nullable(),
            persons: z.int().nullable(),
          }),
        ),
        next: z.string().nullable(),
      }),
      problems: [...problems, 'kpi/is-a-count'],
    },
    async (db, actor, { params, query: { limit, cursor, ...query } }) =>
      mattersBehind(db, actor, { ...query, tally: params.tally }, { limit, cursor }, clock.now()),
  )
}
