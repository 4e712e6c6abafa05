// URLs of the reports of a period as they stand now: figures, words, checks and files, and what people write of them.
import { z } from 'zod'
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import { id, instant, textOf } from '../platform/fields.ts'
import { contentDisposition } from '../platform/file-names.ts'
import type { Http } from '../platform/http.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { formats } from '../platform/spreadsheets.ts'
import { record } from '../platform/events.ts'
import { reportDocx } from './document.ts'
import { endOf, kindNames, periodOf, reportKinds, type ReportPeriod } from './periods.ts'
import { summaryShape } from './shapes.ts'
import { inOneSnapshot, makeSummary, type Asked, type Summary } from './summary.ts'
import { reportXlsx } from './workbook.ts'
import { legalContent, legalContentIds } from './wording.ts'
import { explain, TITLE, word, wordingNow, writeParagraph } from './written.ts'

const tag = '报告'
export const periodParam = z.string().max(8).describe('2020（年）、2020-11（月）、2020-W46（周）')
const params = z.strictObject({ period: periodParam })
const asOfQuery = z.strictObject({
  asOf: instant.optional().describe('截至的时刻；缺省为期末，未到期末的为现在'),
})
export const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

/** Throws `report/no-period`. */
export function periodAsked(text: string): ReportPeriod {
  const period = periodOf(text)
  if (period === undefined) throw new Problem('report/no-period')
  return period
}

/** Throws `kpi/as-of-in-future`. */
export function askedOf(
  { clock, config }: Http['deps'],
  period: ReportPeriod,
  asOf: Instant | undefined,
): Asked {
  const now = clock.now()
  if (asOf !== undefined && asOf > now)
    throw fieldProblem('kpi/as-of-in-future', '/query/asOf', '截至时间不能晚于现在')
  const { OFFICE_NAME: office, OFFICE_REGION: region } = config
  return { period, asOf: asOf ?? endOf(period, now), now, office, region }
}

export function summaryRoutes(http: Http): void {
  const { db } = http.deps

  http.reads(
    {
      url: '/api/reports/periods/:period',
      summary: '某年、某月、某周的报告',
      description: '由办件算出的数、成文的段落和检查结果；每个数附有口径和清单的链接。',
      tag,
      for: 'reports.read',
      params,
      query: asOfQuery,
      reply: summaryShape,
      problems: ['report/no-period', 'kpi/as-of-in-future'],
    },
    async (reader, actor, { params: { period }, query }) =>
      makeSummary(reader, actor, askedOf(http.deps, periodAsked(period), query.asOf)),
  )

  const files = {
    docx: { type: DOCX, called: 'Word', write: (summary: Summary) => reportDocx(summary) },
    xlsx: { type: formats.xlsx, called: 'Excel', write: reportXlsx },
  }
  for (const [ending, { type, called, write }] of Object.entries(files)) {
    http.streams(
      {
        url: `/api/reports/periods/:period/${ending}`,
        summary: `下载报告（${called}）`,
        tag,
        for: 'reports.read',
        params,
        query: asOfQuery,
        produces: type,
        problems: ['report/no-period', 'kpi/as-of-in-future'],
      },
      async (actor, { params: { period }, query, reply }) => {
        const asked = askedOf(http.deps, periodAsked(period), query.asOf)
        const summary = await inOneSnapshot(db, (tx) => makeSummary(tx, actor, asked))
        const number = await recordDownload(http, actor, { period, format: ending, asOf: asked.asOf })
        void reply.header('content-disposition', contentDisposition(`${summary.title}.${ending}`))
        return reply.type(type).send(await write(summary, number))
      },
    )
  }

  http.writes(
    {
      url: '/api/reports/periods/:period/paragraphs',
      summary: '撰写段落',
      tag,
      for: 'reports.write',
      params,
      body: z.strictObject(paragraphFields),
      reply: z.object({ id: z.string(), version: z.int() }),
      status: 201,
      problems: ['report/no-period'],
    },
    async (tx, actor, { params: { period }, body }) => writeParagraph(tx, actor, periodAsked(period), body),
  )

  const one = z.strictObject({ period: periodParam, id })
  const written = z.object({ id: z.string(), version: z.int() })
  const paragraph = {
    ...{ url: '/api/reports/periods/:period/paragraphs/:id', tag, for: 'reports.write', params: one },
    ...{ reply: written, ifMatch: 'required' as const },
    problems: ['report/no-period', 'report/no-paragraph', 'request/stale'] as const,
  }
  http.writes(
    { ...paragraph, method: 'PUT', summary: '修改段落', body: z.strictObject(paragraphFields) },
    async (tx, actor, { params: { period, id: edited }, body, ifMatch }) =>
      writeParagraph(tx, actor, periodAsked(period), body, { id: edited, version: ifMatch }),
  )
  http.writes(
    { ...paragraph, method: 'DELETE', summary: '删除段落' },
    async (tx, actor, { params: { period, id: edited }, ifMatch }) =>
      writeParagraph(tx, actor, periodAsked(period), null, { id: edited, version: ifMatch }),
  )

  http.writes(
    {
      url: '/api/reports/periods/:period/explanations',
      summary: '对检查所见作出说明',
      description: '由领导说明后，该问题不再妨碍发布，说明印在附件中。',
      tag,
      for: 'reports.publish',
      params,
      body: z.strictObject({
        mark: z.string().length(16).describe('检查结果中的编号'),
        explanation: textOf(5, 1000),
        asOf: instant.optional(),
      }),
      reply: z.object({ mark: z.string(), finding: z.string() }),
      status: 201,
      problems: ['report/no-period', 'report/no-finding', 'report/explained-already'],
    },
    async (tx, actor, { params: { period: text }, body: { mark, explanation, asOf } }) => {
      const period = periodAsked(text)
      const { findings } = await makeSummary(tx, actor, askedOf(http.deps, period, asOf))
      const found = findings.find((finding) => finding.mark === mark)
      if (found === undefined) throw new Problem('report/no-finding')
      await explain(tx, actor, period.id, { mark, finding: found.zh, explanation })
      return { mark, finding: found.zh }
    },
  )

  wordingRoutes(http)
}

const paragraphFields = {
  after: z.string().max(40).describe('排在哪一部分之后；空为最前'),
  covers: z.enum(legalContentIds).nullish().describe('对应年度报告法定内容的哪一项'),
  text: textOf(5, 5000),
}

function wordingRoutes(http: Http): void {
  const kind = z.enum(kindNames)
  http.reads(
    {
      url: '/api/reports/wordings/:kind',
      summary: '报告的文字',
      tag,
      for: 'reports.read',
      params: z.strictObject({ kind }),
      reply: z.object({
        label: z.string(),
        title: z.string(),
        sections: z.array(
          z.object({ id: z.string(), heading: z.string(), text: z.string(), version: z.int() }),
        ),
        legalContent: z.record(z.string(), z.string()),
      }),
    },
    async (reader, _actor, { params: { kind: asked } }) => {
      const now = await wordingNow(reader, asked)
      return {
        label: reportKinds[asked],
        title: now.title,
        sections: now.sections.map(({ id: section, heading, lines }) => ({
          ...{ id: section, heading, text: lines.join('\n'), version: now.versions[section] ?? 0 },
        })),
        legalContent: Object.fromEntries(
          legalContentIds.map((each) => [each, legalContent[each].requirement]),
        ),
      }
    },
  )

  http.writes(
    {
      method: 'PUT',
      url: '/api/reports/wordings/:kind/:section',
      summary: '改写报告的文字',
      description: `每行一句，{编号}为数，行首[编号]为“有此数时才写”；${TITLE}为标题。每一版都保留。`,
      tag,
      for: 'reports.write',
      params: z.strictObject({ kind, section: z.string().max(40) }),
      body: z.strictObject({ heading: textOf(0, 100), text: textOf(2, 10_000) }),
      reply: z.object({ version: z.int() }),
      ifMatch: 'required',
      etag: ({ version }) => version,
      problems: ['report/no-section'],
    },
    (tx, actor, { params: { kind: asked, section }, body, ifMatch }) =>
      word(tx, actor, { kind: asked, section, ifMatch }, body),
  )
}

/** On record before the first byte leaves; its number stands in every row. */
export async function recordDownload(
  { deps: { db } }: Http,
  actor: Actor,
  data: { period: string; format: string; asOf: Instant; publication?: string },
): Promise<string> {
  const event = await db.transaction((tx) =>
    record(tx, actor, { subject: 'account', subjectId: actor.id, type: 'account.report-downloaded', data }),
  )
  return event.id
}
