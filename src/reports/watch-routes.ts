// URLs of the watch on edits: which acts moved figures after the fact, for those who answer for the figures.
import { z } from 'zod'
import { day, pageOf, pageQuery } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { countWatched, watchedActs, watchRules, type WatchRule } from './watch.ts'

const tag = '报告'
const rules = Object.keys(watchRules) as [WatchRule, ...WatchRule[]]
const days = { from: day, to: day }

export function watchRoutes(http: Http): void {
  http.reads(
    {
      url: '/api/reports/watch',
      summary: '事后改动：期限后、发布后的更改和期末集中办结',
      description: '每一项列出何人、何时、改了什么、影响哪些指标；只列读者能看到的办件。',
      tag,
      for: 'reports.publish',
      query: z.strictObject({ ...days, rule: z.enum(rules).optional(), ...pageQuery }),
      reply: pageOf(
        z.object({
          id: z.string(),
          rules: z.array(z.object({ code: z.enum(rules), label: z.string() })),
          ...{ type: z.string(), label: z.string(), at: z.string(), by: z.string() },
          matter: z.object({ id: z.string(), no: z.string(), title: z.string() }),
          published: z.array(z.string()).describe('已发布的哪些期间数到这一件'),
          changed: z.array(
            z.object({
              ...{ field: z.string(), label: z.string() },
              ...{ before: z.string().nullable(), after: z.string().nullable() },
            }),
          ),
          effect: z
            .array(
              z.object({
                ...{ metric: z.string(), name: z.string() },
                ...{ numerator: z.int(), denominator: z.int() },
              }),
            )
            .describe('对全局指标的影响：1为此后计入，-1为不再计入'),
        }),
      ),
    },
    async (db, actor, { query }) => {
      const { items, next } = await watchedActs(db, actor, query)
      return {
        items: items.map((item) => ({
          ...item,
          rules: item.rules.map((code) => ({ code, label: watchRules[code] })),
        })),
        next,
      }
    },
  )

  http.reads(
    {
      url: '/api/reports/watch/counts',
      summary: '事后改动的件数',
      tag,
      for: 'reports.publish',
      query: z.strictObject(days),
      reply: z.object({
        rules: z.record(
          z.enum(rules),
          z.object({ acts: z.int(), hidden: z.int().describe('读者无权查看的') }),
        ),
        bulk: z.array(
          z.object({
            ...{ by: z.string(), day: z.string(), n: z.int() },
            mean: z.number().describe('当月其他日子的日均'),
          }),
        ),
      }),
    },
    async (db, actor, { query }) => countWatched(db, actor, query),
  )
}
