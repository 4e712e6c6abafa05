// URLs of reports: what a report's text says that cannot be.
import { z } from 'zod'
import type { Http } from '../platform/http.ts'
import { catalogue } from './catalogue.ts'
import { checkText } from './check-text.ts'
import { checks } from './checks.data.ts'
import { contextOf } from './context.ts'
import { findingShape, TEXT_BYTES } from './shapes.ts'

const year = z.int().min(2000).max(2100)

export function reportRoutes(http: Http): void {
  const { db, config } = http.deps

  http.reads(
    {
      url: '/api/reports/checks',
      summary: '报告检查的项目',
      tag: '报告',
      for: 'reports.read',
      reply: z.object({ items: z.array(z.object({ id: z.string(), zh: z.string(), en: z.string() })) }),
    },
    async () => ({ items: Object.entries(checks).map(([id, { zh, en }]) => ({ id, zh, en })) }),
  )

  http.reads(
    {
      url: '/api/reports/catalogue',
      summary: '全部指标：报告、检查和录入所用的编号',
      description: '热线指标的分子、分母另见 /api/kpi/metrics。',
      tag: '报告',
      for: 'reports.read',
      reply: z.object({
        items: z.array(
          z.object({ id: z.string(), name: z.string(), unit: z.string(), definition: z.string() }),
        ),
      }),
    },
    async () => ({ items: [...catalogue] }),
  )

  http.secrets(
    {
      url: '/api/reports/check',
      summary: '检查报告文稿中的数',
      description: '逐行指出不可能成立、前后矛盾和写法有误的数，能推断的给出改法；只检查，不保存。',
      tag: '报告',
      for: 'reports.read',
      bodyLimit: TEXT_BYTES,
      body: z.strictObject({
        text: z.string().min(1).max(200_000).describe('报告全文'),
        year: year.describe('报告所述的年度'),
        population: z.int().min(1).max(100_000_000).optional().describe('全区人口；缺省取普查数'),
      }),
      reply: z.object({
        figures: z.int().describe('读到的数'),
        findings: z.array(findingShape),
      }),
    },
    async (_actor, { body }) => {
      const known = await contextOf(db, { year: body.year, region: config.OFFICE_REGION })
      const context = body.population === undefined ? known : { ...known, population: body.population }
      const { figures, findings } = checkText(body.text, context, body.year)
      return { figures: figures.length, findings }
    },
  )
}
