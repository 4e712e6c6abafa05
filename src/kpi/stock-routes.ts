// URLs of what is under way: the stock of each day, its ages, and how long units held it.
import { z } from 'zod'
import { day, id, instant, pageQuery } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { ageing, holding, mattersHeld } from './ageing.ts'
import { asked, figureProblems, figureShape, matterPage, matterQuery } from './shapes.ts'
import { ageingSheet, holdingSheet, stockSheet } from './sheets.ts'
import { tableRoutes } from './table-routes.ts'
import { flows, mattersInStock, stockOf } from './stock.ts'

const tag = '指标'

export function stockRoutes(http: Http): void {
  const { clock } = http.deps
  const { from, to, asOf, unit, under, channel } = matterQuery
  const stockQuery = { from: day, to: day, asOf, unit, under, channel }

  tableRoutes(
    http,
    {
      url: '/api/kpi/stock',
      summary: '每日在办存量',
      description: '期初在办 + 新派 − 办结、并单、撤回 = 期末在办；各数的清单见 /api/kpi/stock/matters。',
      query: z.strictObject(stockQuery),
      reply: z.object({
        asOf: z.string(),
        days: z.array(
          z.object({
            day: z.string(),
            ...{ opening: z.int(), received: z.int(), closed: z.int(), closing: z.int() },
          }),
        ),
      }),
      problems: figureProblems,
    },
    stockSheet,
    async (db, actor, query, now) => stockOf(db, actor, asked(query), now),
  )

  http.reads(
    {
      url: '/api/kpi/stock/matters',
      summary: '存量背后的办件',
      tag,
      for: 'kpi.read',
      query: z.strictObject({
        ...stockQuery,
        ...pageQuery,
        flow: z.enum(Object.keys(flows) as [keyof typeof flows]).describe(Object.values(flows).join('、')),
      }),
      reply: matterPage,
      problems: figureProblems,
    },
    async (db, actor, { query: { limit, cursor, ...query } }) =>
      mattersInStock(db, actor, asked(query), { limit, cursor }, clock.now()),
  )

  tableRoutes(
    http,
    {
      url: '/api/kpi/ageing',
      summary: '在办件的时长',
      query: z.strictObject({ asOf: instant.optional(), channel, unit, under }),
      reply: z.object({
        asOf: z.string(),
        ages: z.array(
          z.object({
            days: z.object({ from: z.int(), to: z.int().nullable() }).describe('首次派单以来的天数'),
            label: z.string(),
            figures: z
              .array(figureShape)
              .describe('在办；在办超期（按单位查询时为该单位超期的，含已转出的，不是前者的一部分）'),
          }),
        ),
      }),
      problems: figureProblems,
    },
    ageingSheet,
    async (db, actor, query, now) => ageing(db, actor, asked(query), now),
  )

  const held = { from, to, asOf, channel }
  tableRoutes(
    http,
    {
      url: '/api/kpi/holding',
      summary: '各单位持有时长',
      description: '期间内首次派单的件在各主办单位手中的天数，自然日，含改派、重办前后各段。',
      query: z.strictObject({ ...held, unit, under }),
      reply: z.object({
        asOf: z.string(),
        items: z.array(
          z.object({
            unit: z.object({ id: z.string(), name: z.string() }),
            matters: z.int(),
            days: z.object({
              ...{ mean: z.string(), median: z.string() },
              ...{ ninetieth: z.string(), total: z.string() },
            }),
            list: z.string(),
          }),
        ),
      }),
      problems: figureProblems,
    },
    holdingSheet,
    async (db, actor, query, now) => holding(db, actor, asked(query), now),
  )

  http.reads(
    {
      url: '/api/kpi/holding/matters',
      summary: '一个单位持有过的办件',
      tag,
      for: 'kpi.read',
      query: z.strictObject({ ...held, unit: id, ...pageQuery }),
      reply: matterPage,
      problems: figureProblems,
    },
    async (db, actor, { query: { limit, cursor, unit: holder, ...query } }) =>
      mattersHeld(db, actor, { ...query, units: [holder] }, { limit, cursor }, clock.now()),
  )
}
