// URLs of imports: upload, look on, read the findings, confirm.
import { Readable } from 'node:stream'
import { z } from 'zod'
import { id, pageOf, pageQuery } from '../platform/fields.ts'
import { contentDisposition } from '../platform/file-names.ts'
import type { Http } from '../platform/http.ts'
import { columnOf, fieldIds } from './columns.ts'
import { discardImport, requestCommit, requestImport, requestRecheck } from './commands.ts'
import { listImports, listRows, openImport } from './queries.ts'
import { reportLines } from './report.ts'
import { importRowShape, importShape, viewImport, viewRow, writtenShape } from './views.ts'
import {
  importModes,
  importStatuses,
  verdicts,
  type ImportMode,
  type ImportStatus,
  type Verdict,
} from './workflow.ts'

const tag = '市平台导入'
const byId = z.strictObject({ id })
const keysOf = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as [K, ...K[]]
const flag = z.enum(['true', 'false']).default('false')

export function importRoutes(http: Http): void {
  const { db, config } = http.deps

  http.uploads(
    {
      url: '/api/imports',
      summary: '上传市平台导出的工单表',
      description: '.xlsx 或 .csv。上传后在后台检查，不改动数据；同一文件再次上传，返回先前的批次。',
      tag,
      for: 'imports.run',
      query: z.strictObject({ again: flag.describe('已导入的文件重新比对') }),
      allow: ['xlsx', 'csv'],
      maxBytes: config.UPLOAD_LIMIT_MB * 1024 * 1024,
      reply: writtenShape,
      status: 202,
      etag: (written) => written.version,
      problems: ['file/type-not-allowed', 'file/too-large', 'file/ending-differs'],
    },
    async (tx, actor, { query, file }) => requestImport(tx, actor, file, query.again === 'true'),
  )

  http.reads(
    {
      url: '/api/imports',
      summary: '导入批次',
      tag,
      for: 'imports.read',
      query: z.strictObject({
        ...pageQuery,
        status: z.enum(keysOf<ImportStatus>(importStatuses)).optional(),
      }),
      reply: pageOf(importShape),
    },
    async (reader, actor, { query }) => {
      const { items, next } = await listImports(reader, query)
      return { items: items.map((row) => viewImport(row, actor)), next }
    },
  )

  http.reads(
    {
      url: '/api/imports/columns',
      summary: '可识别的列',
      tag,
      for: 'imports.read',
      reply: z.object({
        items: z.array(z.object({ label: z.string(), aliases: z.array(z.string()), required: z.boolean() })),
      }),
    },
    async () => ({
      items: fieldIds.map(columnOf).map(({ label, aliases, required }) => ({
        label,
        aliases: [...aliases],
        required: required !== undefined,
      })),
    }),
  )

  http.reads(
    {
      url: '/api/imports/:id',
      summary: '一个导入批次',
      tag,
      for: 'imports.read',
      params: byId,
      reply: importShape,
      etag: (row) => row.version,
      problems: ['import/not-found'],
    },
    async (reader, actor, { params }) => viewImport(await openImport(reader, params.id), actor),
  )

  http.reads(
    {
      url: '/api/imports/:id/rows',
      summary: '逐行结果',
      tag,
      for: 'imports.read',
      params: byId,
      query: z.strictObject({
        ...pageQuery,
        verdict: z.enum(keysOf<Verdict>(verdicts)).optional(),
        warned: flag.describe('只看有提示的行'),
      }),
      reply: pageOf(importRowShape),
      problems: ['import/not-found'],
    },
    async (reader, actor, { params, query }) => {
      const asked = { ...query, warned: query.warned === 'true' }
      const { items, next } = await listRows(reader, actor, params.id, asked)
      return { items: items.map(viewRow), next }
    },
  )

  http.streams(
    {
      url: '/api/imports/:id/report.csv',
      summary: '下载错误与提示清单',
      tag,
      for: 'imports.read',
      params: byId,
      produces: 'text/csv',
      problems: ['import/not-found'],
    },
    async (actor, { params, reply }) => {
      await openImport(db, params.id)
      void reply.header('content-disposition', contentDisposition('导入检查结果.csv'))
      return reply.type('text/csv; charset=utf-8').send(Readable.from(reportLines(db, actor, params.id)))
    },
  )

  http.writes(
    {
      url: '/api/imports/:id/commit',
      summary: '确认导入',
      tag,
      for: 'imports.run',
      params: byId,
      body: z.strictObject({
        mode: z.enum(keysOf<ImportMode>(importModes)).describe('有错误行时是否导入其余的行'),
      }),
      reply: writtenShape,
      status: 202,
      ifMatch: 'accepted',
      etag: (written) => written.version,
      problems: ['import/not-found', 'import/wrong-status', 'import/has-errors'],
    },
    async (tx, actor, { params, body, ifMatch }) => requestCommit(tx, actor, params.id, body.mode, ifMatch),
  )

  for (const [act, summary, command] of [
    ['recheck', '重新检查', requestRecheck],
    ['discard', '放弃', discardImport],
  ] as const) {
    http.writes(
      {
        url: `/api/imports/:id/${act}`,
        summary,
        tag,
        for: 'imports.run',
        params: byId,
        reply: writtenShape,
        status: 202,
        ifMatch: 'accepted',
        etag: (written) => written.version,
        problems: ['import/not-found', 'import/wrong-status'],
      },
      async (tx, actor, { params, ifMatch }) => command(tx, actor, params.id, ifMatch),
    )
  }
}
