// URLs of what was published: publishing, editions, their files, the cases of every figure, and what a count of today would change.
import { z } from 'zod'
import { keysOf } from '../ledger/shapes.ts'
import { id, instant, pageQuery, textOf } from '../platform/fields.ts'
import { contentDisposition } from '../platform/file-names.ts'
import type { Http } from '../platform/http.ts'
import { Problem } from '../platform/problems.ts'
import { formats } from '../platform/spreadsheets.ts'
import { readable } from './bulletin.ts'
import { subjects } from './cases.ts'
import { causes, differences, publishedCases } from './differences.ts'
import { reportDocx } from './document.ts'
import { isIntact, listPublications, openPublication, publish } from './publication.ts'
import { askedOf, DOCX, periodAsked, periodParam, recordDownload } from './summary-routes.ts'
import { summaryShape } from './shapes.ts'
import { reportXlsx } from './workbook.ts'

const tag = '报告'
const params = z.strictObject({ id })
const publication = {
  id: z.string(),
  period: z.string(),
  edition: z.int(),
  asOf: z.string(),
  publishedAt: z.string(),
  by: z.string(),
  reason: z.string().nullable(),
  hash: z.string(),
}

export function publicationRoutes(http: Http): void {
  const { db, clock } = http.deps

  http.secrets(
    {
      url: '/api/reports/periods/:period/publish',
      summary: '发布报告',
      description:
        '数、口径版本、设置、文字和每个数的清单一并封存，附校验值。有未说明的错误不能发布；内容相同的再次发布得到同一份；更正须写明理由，成为新的一版。',
      tag,
      for: 'reports.publish',
      params: z.strictObject({ period: periodParam }),
      body: z.strictObject({
        asOf: instant.optional(),
        reason: textOf(5, 500).optional().describe('更正的理由'),
      }),
      status: 201,
      reply: z.object(publication),
      problems: [
        ...(['report/no-period', 'kpi/as-of-in-future', 'report/not-begun'] as const),
        ...(['report/not-consistent', 'report/published-already'] as const),
      ],
    },
    async (actor, { params: { period }, body: { asOf, reason = null } }) =>
      publish(db, actor, askedOf(http.deps, periodAsked(period), asOf), reason),
  )

  http.reads(
    {
      url: '/api/reports/publications',
      summary: '已发布的报告',
      tag,
      for: 'reports.read',
      query: z.strictObject({ period: periodParam.optional() }),
      reply: z.object({ items: z.array(z.object(publication)) }),
    },
    async (reader, _actor, { query: { period } }) => ({
      items: await listPublications(reader, period ?? null),
    }),
  )

  http.reads(
    {
      url: '/api/reports/publications/:id',
      summary: '一份已发布的报告',
      tag,
      for: 'reports.read',
      params,
      reply: z.object({
        ...publication,
        intact: z.boolean().describe('与发布时的校验值相符'),
        report: summaryShape,
      }),
      problems: ['report/not-published'],
    },
    async (reader, _actor, { params: { id: asked } }) => {
      const { snapshot, ...found } = await openPublication(reader, asked)
      return {
        ...found,
        intact: await isIntact(reader, { snapshot, ...found }),
        report: await readable(reader, snapshot),
      }
    },
  )

  const files = {
    docx: { type: DOCX, called: 'Word', write: reportDocx },
    xlsx: { type: formats.xlsx, called: 'Excel', write: reportXlsx },
  }
  for (const [ending, { type, called, write }] of Object.entries(files)) {
    http.streams(
      {
        url: `/api/reports/publications/:id/${ending}`,
        summary: `下载已发布的报告（${called}）`,
        tag,
        for: 'reports.read',
        params,
        produces: type,
        problems: ['report/not-published'],
      },
      async (actor, { params: { id: asked }, reply }) => {
        const { snapshot, period, asOf, edition } = await openPublication(db, asked)
        await recordDownload(http, actor, { period, asOf, format: ending, publication: asked })
        const name = `${snapshot.title}${edition === 1 ? '' : `（第${edition}版）`}.${ending}`
        void reply.header('content-disposition', contentDisposition(name))
        return reply.type(type).send(await write(await readable(db, snapshot), asked))
      },
    )
  }

  http.reads(
    {
      url: '/api/reports/publications/:id/cases',
      summary: '已发布的一个数的清单',
      description: '发布时这个数数到的每一件；读者无权查看的只计其数。',
      tag,
      for: 'reports.read',
      params,
      query: z.strictObject({
        figure: z.string().max(60),
        part: z.enum(['numerator', 'denominator']).default('numerator'),
        limit: pageQuery.limit,
        cursor: id.optional(),
      }),
      reply: z.object({
        total: z.int(),
        hidden: z.int().describe('读者无权查看的'),
        items: z.array(
          z.object({
            id: z.string(),
            subject: z.object({ code: z.enum(keysOf(subjects)), label: z.string() }),
            no: z.string().nullable(),
            title: z.string().nullable(),
          }),
        ),
        next: z.string().nullable(),
      }),
      problems: ['report/not-published', 'report/no-figure'],
    },
    async (reader, actor, { params: { id: asked }, query: { figure, part, limit, cursor } }) => {
      const { snapshot } = await openPublication(reader, asked)
      const at = snapshot.facts.findIndex(({ key }) => key === figure)
      if (at < 0) throw new Problem('report/no-figure')
      const place = 2 * at + (part === 'denominator' ? 1 : 0)
      return publishedCases(reader, actor, { id: asked, place, limit, cursor })
    },
  )

  http.reads(
    {
      url: '/api/reports/publications/:id/differences',
      summary: '已发布的报告与现在的差异',
      description:
        '按发布时的口径和截至时刻重新计数：补录、并单、更正各是哪一件、何人、何时。asOf=now 时也列出此后的办理进展。',
      tag,
      for: 'reports.read',
      params,
      query: z.strictObject({
        asOf: z.enum(['published', 'now']).default('published'),
        limit: pageQuery.limit,
        cursor: id.optional(),
      }),
      reply: z.object({
        publication: z.object(publication),
        asOf: z.string(),
        figures: z.array(
          z.object({ key: z.string(), name: z.string(), published: z.string(), now: z.string() }),
        ),
        cases: z.array(
          z.object({
            subject: z.enum(keysOf(subjects)),
            id: z.string(),
            no: z.string().nullable(),
            cause: z.object({ code: z.enum(keysOf(causes)), label: z.string() }),
            entered: z.array(z.string()),
            left: z.array(z.string()),
            amount: z.array(z.string()).describe('仍计入而合计有变的数，如人次、金额'),
            last: z
              .object({ type: z.string(), label: z.string(), at: z.string(), by: z.string() })
              .nullable(),
          }),
        ),
        total: z.int(),
        next: z.string().nullable(),
      }),
      problems: ['report/not-published'],
    },
    async (_reader, actor, { params: { id: asked }, query: { asOf, limit, cursor } }) => {
      const found = await differences(db, actor, {
        ...{ id: asked, limit, cursor },
        asked: (snapshot, published) =>
          askedOf(http.deps, snapshot.period, asOf === 'now' ? clock.now() : published.asOf),
      })
      return {
        ...found,
        cases: found.cases.map((each) => ({
          ...each,
          cause: { code: each.cause, label: causes[each.cause] },
        })),
      }
    },
  )
}
