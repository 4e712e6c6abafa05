// URLs of the registers, the same for each: enter, list, open, correct, void, figures, and spreadsheets both ways.
import { z } from 'zod'
import { versions } from '../ledger/shapes.ts'
import { readQuery } from '../matters/search.ts'
import { topics } from '../matters/terms.ts'
import { dayOf } from '../platform/clock.ts'
import { rowShape } from '../platform/column-kinds.ts'
import { day, id, pageQuery, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { fieldProblem } from '../platform/problems.ts'
import { withNames } from '../platform/references.ts'
import { sendSheet } from '../platform/sheet-out.ts'
import { rowsOfSheet, type ReadTable } from '../platform/sheet-rows.ts'
import { formats, type Cell, type Format, type SheetColumn } from '../platform/spreadsheets.ts'
import { registerIds, registerOf, type RegisterId } from './columns.ts'
import { approveArticle, correctRow, enterRows, takeFile, voidRow } from './commands.ts'
import { measuredShape, withMeasures, type Measure, type Measured } from './measures.ts'
import { currentArticles, dueArticles, figureAsked, figuresOf, listRows, openRow } from './queries.ts'
import { sheetOf } from './references.ts'

const tag = '登记簿'
const byId = z.strictObject({ id })
const written = z.object({ id, version: z.int() })
const free = z.record(z.string(), z.unknown())
const item = z.object({
  id,
  version: z.int(),
  registeredAt: z.string(),
  voidedAt: z.string().nullable(),
  approved: z.boolean().optional().describe('知识库：已审核'),
  row: free,
  measured: measuredShape.nullable().optional().describe('绩效指标：对应统计指标在项目年度的数'),
})
const period = { from: day.describe('起始日期（含）'), to: day.describe('截止日期（含）') }
const filters = {
  from: period.from.optional(),
  to: period.to.optional(),
  figure: z.string().max(60).optional().describe('某个数所计的各行'),
  voided: z.stringbool().optional().describe('只看作废的'),
}
const reason = textOf(2, 500)

interface Given {
  /** Gives the rows of an uploaded table safely. */
  read: ReadTable
  measure: Measure
}

export function registerRoutes(http: Http, given: Given): void {
  for (const name of registerIds) oneRegister(http, name, given)
  knowledgeRoutes(http)
}

function oneRegister(http: Http, name: RegisterId, { read, measure }: Given): void {
  const { db, files } = http.deps
  const register = registerOf(name)
  const url = `/api/registers/${name}`
  const { label } = register

  http.writes(
    {
      url,
      summary: `登记${label}`,
      tag,
      for: 'registers.edit',
      body: rowShape(register.columns),
      status: 201,
      reply: written,
      etag: (row) => row.version,
      problems: ['register/invalid-row'],
    },
    async (tx, actor, { body }) => {
      const [row] = await enterRows(tx, actor, name, [{ at: '/body', row: body }])
      if (row === undefined) throw new Error('entering one row writes one')
      return row
    },
  )

  http.reads(
    {
      url,
      summary: `查询${label}`,
      tag,
      for: 'registers.read',
      query: z.strictObject({ ...filters, ...pageQuery }),
      reply: z.object({ total: z.int(), items: z.array(item), next: z.string().nullable() }),
    },
    async (reader, actor, { query }) => {
      const page = await listRows(reader, name, query)
      return { ...page, items: await withMeasures(reader, actor, name, page.items, measure) }
    },
  )

  http.reads(
    {
      url: `${url}/figures`,
      summary: `${label}的数`,
      tag,
      for: 'registers.read',
      query: z.strictObject(period),
      reply: z.object({
        figures: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            unit: z.string(),
            value: z.int().nullable(),
            of: z.int().nullable(),
            text: z.string(),
            list: z.string(),
          }),
        ),
      }),
    },
    async (reader, _actor, { query }) => ({ figures: await figuresOf(reader, name, query.from, query.to) }),
  )

  http.reads(
    {
      url: `${url}/:id`,
      summary: `查看${label}及其更正`,
      tag,
      for: 'registers.read',
      params: byId,
      reply: z.object({ ...item.shape, history: versions }),
      etag: (row) => row.version,
      problems: ['register/not-found'],
    },
    async (reader, actor, { params }) => {
      const row = await openRow(reader, name, params.id)
      const [shown = row] = await withMeasures(reader, actor, name, [row], measure)
      return shown
    },
  )

  http.writes(
    {
      method: 'PATCH',
      url: `${url}/:id`,
      summary: `更正${label}`,
      tag,
      for: 'registers.edit',
      params: byId,
      body: z.strictObject({
        changes: rowShape(register.columns).partial(),
        reason: reason.describe('更正理由'),
      }),
      reply: written,
      ifMatch: 'required',
      etag: (row) => row.version,
      problems: ['register/not-found', 'register/voided', 'register/invalid-row'],
    },
    (tx, actor, { params, body, ifMatch }) => correctRow(tx, actor, name, params.id, body, ifMatch),
  )

  http.writes(
    {
      url: `${url}/:id/void`,
      summary: `作废${label}`,
      tag,
      for: 'registers.edit',
      params: byId,
      body: z.strictObject({ reason: reason.describe('作废理由') }),
      reply: written,
      ifMatch: 'accepted',
      etag: (row) => row.version,
      problems: ['register/not-found', 'register/voided'],
    },
    (tx, actor, { params, body, ifMatch }) => voidRow(tx, actor, name, params.id, body.reason, ifMatch),
  )

  http.uploads(
    {
      url: `${url}/import`,
      summary: `导入${label}`,
      description: '版式与导出的表相同；有一行有误则都不导入。同一文件再次导入不重复登记。',
      tag,
      for: 'registers.edit',
      allow: ['xlsx', 'csv'],
      maxBytes: 2 * 1024 * 1024,
      reply: z.object({ known: z.boolean(), rows: z.int() }),
      problems: ['register/header', 'register/no-rows', 'register/invalid-row', 'register/too-many-rows'],
    },
    (tx, actor, { file }) =>
      takeFile(tx, actor, name, file.hash, () =>
        rowsOfSheet(tx, sheetOf(register), read(files.path(file.hash))),
      ),
  )

  for (const format of Object.keys(formats) as Format[]) {
    http.streams(
      {
        url: `${url}.${format}`,
        summary: `导出${label}(${format})`,
        tag,
        for: 'registers.read',
        query: z.strictObject(filters),
        produces: formats[format],
        problems: ['export/too-many'],
      },
      async (actor, { query, reply }) => {
        // Once the answer has begun, and the export is on record, it is too late to refuse.
        if (query.figure !== undefined) figureAsked(register, query.figure)
        const columns = Object.entries(register.columns).map(([key, column]) => ({
          header: column.label,
          width: column.kind === 'text' ? 40 : 14,
          cell: (row: { row: Record<string, unknown> }) => cellOf(row.row[key]),
        }))
        const page = async (cursor: string | undefined) => {
          const { items, next } = await listRows(db, name, { ...query, limit: 500, cursor })
          const shown = await withMeasures(db, actor, name, items, measure)
          return { items: await withNames(db, sheetOf(register), shown), next }
        }
        const all = name === 'indicator' ? [...columns, ...measuredColumns] : columns
        return sendSheet(http.deps, actor, reply, { register: name, label, format, columns: all, page })
      },
    )
  }
}

/** What the import passes over: nobody enters it. */
const measuredColumns: SheetColumn<{ measured?: Measured | null }>[] = [
  { header: '统计值', width: 14, cell: ({ measured: of }) => of?.text ?? null },
  { header: '分子', width: 10, cell: ({ measured: of }) => of?.numerator ?? null },
  { header: '分母', width: 10, cell: ({ measured: of }) => of?.denominator ?? null },
  { header: '清单', width: 40, cell: ({ measured: of }) => of?.list ?? null },
]

/** As the import reads it again: labels for codes, fen for money. */
function cellOf(value: unknown): Cell {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  const shown = value as { label?: string; fen?: number }
  return shown.label ?? shown.fen ?? null
}

function knowledgeRoutes(http: Http): void {
  const { clock } = http.deps
  http.writes(
    {
      url: '/api/registers/knowledge/:id/approve',
      summary: '审核知识条目',
      tag,
      for: 'registers.edit',
      params: byId,
      reply: written,
      ifMatch: 'accepted',
      etag: (row) => row.version,
      problems: ['register/not-found', 'register/voided', 'register/approved-already', 'ledger/duties-apart'],
    },
    (tx, actor, { params, ifMatch }) => approveArticle(tx, actor, params.id, ifMatch),
  )

  http.reads(
    {
      url: '/api/knowledge',
      summary: '查找现行答复口径',
      description: '只含已审核、在有效期内的条目；过期的不再显示。',
      tag,
      for: 'matters.read',
      query: z.strictObject({ q: textOf(1, 100).describe('至少两个字') }),
      reply: z.object({
        items: z.array(
          z.object({
            id,
            topic: z.object({ code: z.string(), label: z.string() }),
            question: z.string(),
            answer: z.string(),
            basis: z.string().nullable(),
          }),
        ),
      }),
      problems: ['matter/search-too-short'],
    },
    async (reader, _actor, { query }) => {
      const words = readQuery(query.q)
      if (words === undefined) throw fieldProblem('matter/search-too-short', '/query/q', '至少输入两个字')
      const rows = await currentArticles(reader, [dayOf(clock.now()), words.grams])
      const label = (topic: string) => (topics as Record<string, string>)[topic] ?? topic
      return { items: rows.map((row) => ({ ...row, topic: { code: row.topic, label: label(row.topic) } })) }
    },
  )

  http.reads(
    {
      url: '/api/knowledge/due',
      summary: '待复核的知识条目',
      tag,
      for: 'matters.read',
      reply: z.object({
        items: z.array(
          z.object({ id, question: z.string(), unit: z.string().nullable(), reviewDay: z.string() }),
        ),
      }),
    },
    async (reader, actor) => ({
      items: await dueArticles(reader, [dayOf(clock.now()), actor.sees, actor.unitIds]),
    }),
  )
}
