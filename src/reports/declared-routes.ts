// URLs of declared reports: entering what was printed, correcting it, what the checks say of it, and what the system counts.
import { z } from 'zod'
import { id, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { Problem } from '../platform/problems.ts'
import { collectFacts } from './collecting.ts'
import { contextOf } from './context.ts'
import { comparedWith, correctDeclared, declare, findingsOf, listDeclared, openDeclared } from './declared.ts'
import { endOf, periodOf } from './periods.ts'
import { findingShape, TEXT_BYTES } from './shapes.ts'

const tag = '报告'
const params = z.strictObject({ id })
const digits = z
  .string()
  .regex(/^\d{1,15}(?:\.\d{1,4})?$/, { error: '应为不带单位的数，如 7708、6.2' })
  .describe('照印的数，按指标目录的单位')
const change = z.string().max(20).nullish().describe('照印的变化：上升42%、下降3.5%')
const year = z.int().min(1990).max(2100)
const report = { id: z.string(), year: z.int(), title: z.string(), at: z.string(), by: z.string() }

export function declaredRoutes(http: Http): void {
  const { clock, config } = http.deps
  const region = config.OFFICE_REGION

  http.writes(
    {
      url: '/api/reports/declared',
      summary: '录入已印发的报告',
      description: '逐项录入，或交来全文由系统读出；只保存，检查结果另行查看。',
      tag,
      for: 'reports.write',
      bodyLimit: TEXT_BYTES,
      body: z
        .strictObject({
          year: year.describe('报告所述的年度'),
          title: textOf(2, 200),
          figures: z
            .array(z.strictObject({ key: z.string().max(80), digits, change }))
            .min(1)
            .max(500)
            .optional(),
          text: z.string().min(10).max(200_000).optional().describe('报告全文'),
        })
        .refine((body) => (body.figures === undefined) !== (body.text === undefined), {
          path: ['figures'],
          error: '逐项录入，或交来全文，二者取一',
        }),
      reply: z.object({ id: z.string(), figures: z.int().describe('录入或读出的数') }),
      status: 201,
    },
    (tx, actor, { body: { figures, text = '', ...given } }) =>
      declare(tx, actor, figures === undefined ? { ...given, text } : { ...given, figures }),
  )

  http.reads(
    {
      url: '/api/reports/declared',
      summary: '录入的报告',
      tag,
      for: 'reports.read',
      reply: z.object({ items: z.array(z.object({ ...report, figures: z.int() })) }),
    },
    async (db) => ({ items: await listDeclared(db) }),
  )

  http.reads(
    {
      url: '/api/reports/declared/:id',
      summary: '一份录入的报告',
      tag,
      for: 'reports.read',
      params,
      reply: z.object({
        ...{ ...report, text: z.string().nullable() },
        figures: z.array(
          z.object({
            ...{ key: z.string(), version: z.int(), digits: z.string(), change: z.string().nullable() },
            ...{ line: z.int(), at: z.string(), by: z.string() },
          }),
        ),
      }),
      problems: ['report/no-declared'],
    },
    async (db, _actor, { params: { id: asked } }) => openDeclared(db, asked),
  )

  const one = {
    url: '/api/reports/declared/:id/figures/:key',
    tag,
    for: 'reports.write',
    params: z.strictObject({ id, key: z.string().max(80) }),
    reply: z.object({ key: z.string(), version: z.int() }),
    ifMatch: 'accepted',
    problems: ['report/no-declared', 'report/no-figure', 'request/stale', 'request/if-match-required'],
  } as const
  http.writes(
    {
      ...one,
      method: 'PUT',
      summary: '补录或更正一个数',
      description: '更正须带上读到的版本；以前的各版都保留。',
      body: z.strictObject({ digits, change }),
    },
    (tx, actor, { params: at, body, ifMatch }) =>
      correctDeclared(tx, actor, { ...at, version: ifMatch }, body),
  )
  http.writes(
    { ...one, ifMatch: 'required', method: 'DELETE', summary: '去掉一个数' },
    (tx, actor, { params: at, ifMatch }) => correctDeclared(tx, actor, { ...at, version: ifMatch }, null),
  )

  http.reads(
    {
      url: '/api/reports/declared/:id/findings',
      summary: '检查录入的报告',
      description: '对各数和全文逐项检查；往年的数取自录入或发布的报告。',
      tag,
      for: 'reports.read',
      params,
      reply: z.object({ figures: z.array(findingShape), text: z.array(findingShape) }),
      problems: ['report/no-declared'],
    },
    async (db, _actor, { params: { id: asked } }) => {
      const declared = await openDeclared(db, asked)
      return findingsOf(declared, await contextOf(db, { year: declared.year, region, except: asked }))
    },
  )

  http.reads(
    {
      url: '/api/reports/declared/:id/compared',
      summary: '录入的数与系统所数对照',
      tag,
      for: 'reports.read',
      params,
      reply: z.object({
        items: z.array(
          z.object({
            ...{ key: z.string(), name: z.string(), declared: z.string() },
            ...{ computed: z.string().nullable(), equal: z.boolean(), list: z.string().nullable() },
          }),
        ),
      }),
      problems: ['report/no-declared', 'report/no-period'],
    },
    async (db, actor, { params: { id: asked } }) => {
      const { year: of, figures } = await openDeclared(db, asked)
      const period = periodOf(String(of))
      if (period === undefined) throw new Problem('report/no-period')
      const now = clock.now()
      return { items: comparedWith(figures, await collectFacts(db, actor, period, endOf(period, now), now)) }
    },
  )
}
