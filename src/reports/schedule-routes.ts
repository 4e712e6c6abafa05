// URLs of scheduled reports: what is made when, the runs, and their files.
import { z } from 'zod'
import { roleNames } from '../orgs/rules.ts'
import { id, pageOf, pageQuery } from '../platform/fields.ts'
import { contentDisposition } from '../platform/file-names.ts'
import type { Http } from '../platform/http.ts'
import { ofTheOffice } from '../platform/route.ts'
import { reportFormats } from './making.ts'
import { kindNames } from './periods.ts'
import { listRuns, openRunFile, runStates, tryAgain, type RunState } from './runs.ts'
import { addSchedule, changeSchedule, listSchedules } from './schedules.ts'
import { periodParam } from './summary-routes.ts'

const tag = '报告'
const params = z.strictObject({ id })
const isOnceEach = (names: readonly string[]) => new Set(names).size === names.length
const terms = {
  kind: z.enum(kindNames),
  formats: z.array(z.enum(reportFormats)).min(1).refine(isOnceEach, { error: '不能重复' }),
  afterDays: z.int().min(1).max(90).describe('期末之后第几天'),
  hour: z.int().min(0).max(23).describe('当天几时（北京时间）'),
  roles: z.array(z.enum(roleNames)).refine(isOnceEach, { error: '不能重复' }).describe('生成后通知哪些角色'),
  enabled: z.boolean(),
}
const schedule = z.object({
  ...{ id: z.string(), ...terms, formats: z.array(z.enum(reportFormats)), roles: z.array(z.string()) },
  ...{ version: z.int(), since: z.string() },
})
const moment = z.string().nullable()

export function scheduleRoutes(http: Http): void {
  const { db, files } = http.deps

  http.reads(
    {
      url: '/api/reports/schedules',
      summary: '报告的定时任务',
      tag,
      for: 'schedules.manage',
      reply: z.object({ items: z.array(schedule) }),
    },
    async (reader) => ({ items: await listSchedules(reader) }),
  )

  http.writes(
    {
      url: '/api/reports/schedules',
      summary: '增加定时任务',
      description: '从增加、启用之日起结束的期间开始生成；每个期间只生成一次。',
      tag,
      for: 'schedules.manage',
      body: z.strictObject(terms),
      reply: schedule,
      status: 201,
      etag: ({ version }) => version,
    },
    (tx, actor, { body }) => addSchedule(tx, actor, body),
  )

  http.writes(
    {
      method: 'PATCH',
      url: '/api/reports/schedules/:id',
      summary: '修改、停用定时任务',
      tag,
      for: 'schedules.manage',
      params,
      body: z.strictObject(terms).omit({ kind: true }).partial(),
      reply: schedule,
      ifMatch: 'required',
      etag: ({ version }) => version,
      problems: ['report/no-schedule', 'request/stale'],
    },
    (tx, actor, { params: { id: asked }, body, ifMatch }) => changeSchedule(tx, actor, asked, ifMatch, body),
  )

  const run = {
    ...{ id: z.string(), scheduleId: z.string(), period: z.string(), attempts: z.int() },
    state: z.object({ code: z.string(), label: z.string() }),
    ...{ nextAt: z.string(), startedAt: moment, endedAt: moment, error: moment },
  }
  const runsQuery = z.strictObject({
    id: id.optional(),
    period: periodParam.optional(),
    limit: pageQuery.limit,
    cursor: id.optional(),
  })
  http.reads(
    {
      url: '/api/reports/schedules/runs',
      summary: '定时任务的运行情况',
      description: '供管理员查看和重试，没有报告的内容。',
      tag,
      for: 'schedules.manage',
      query: runsQuery,
      reply: pageOf(z.object(run)),
    },
    async (reader, _actor, { query }) => {
      const { items, next } = await listRuns(reader, query)
      return { items: items.map(({ files: _files, ...each }) => viewRun(each)), next }
    },
  )

  http.reads(
    {
      url: '/api/reports/runs',
      summary: '定时生成的报告',
      description: '按全区计数，供查看全区办件的人员。',
      tag,
      for: 'reports.read',
      admits: ofTheOffice,
      query: runsQuery,
      reply: pageOf(
        z.object({
          ...run,
          files: z.array(
            z.object({
              ...{ id: z.string(), name: z.string(), type: z.string(), bytes: z.int() },
              link: z.string(),
            }),
          ),
        }),
      ),
    },
    async (reader, _actor, { query }) => {
      const { items, next } = await listRuns(reader, query)
      const link = (of: string, file: string) => `/api/reports/runs/${of}/files/${file}`
      return {
        items: items.map(({ files: kept, ...each }) => ({
          ...viewRun(each),
          files: kept.map((file) => ({ ...file, link: link(each.id, file.id) })),
        })),
        next,
      }
    },
  )

  http.writes(
    {
      url: '/api/reports/runs/:id/retry',
      summary: '重试失败的运行',
      tag,
      for: 'schedules.manage',
      params,
      reply: z.object({ id: z.string() }),
      problems: ['report/no-run', 'report/run-not-failed'],
    },
    async (tx, actor, { params: { id: asked } }) => {
      await tryAgain(tx, actor, asked)
      return { id: asked }
    },
  )

  http.streams(
    {
      url: '/api/reports/runs/:id/files/:fileId',
      summary: '下载定时生成的报告',
      tag,
      for: 'reports.read',
      admits: ofTheOffice,
      params: z.strictObject({ id, fileId: id }),
      produces: 'application/octet-stream',
      problems: ['file/not-found'],
    },
    async (actor, { params: { id: asked, fileId }, reply }) => {
      const file = await db.transaction((tx) => openRunFile(tx, actor, asked, fileId))
      void reply.header('content-disposition', contentDisposition(file.name))
      return reply.type(file.type).send(await files.open(file.hash))
    },
  )
}

function viewRun<R extends { state: RunState }>({ state, ...run }: R) {
  return { ...run, state: { code: state, label: runStates[state] } }
}
