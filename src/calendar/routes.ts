// URLs of the calendar: its years and days, the end of a limit with the reasons, and publishing a year.
import { z } from 'zod'
import { dayOf, type Instant } from '../platform/clock.ts'
import type { Tx } from '../platform/db.ts'
import { day, instant, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { Problem } from '../platform/problems.ts'
import { publishYear } from './commands.ts'
import { coveredBy, LAST_YEAR, weekdayOf, type Calendar } from './days.ts'
import { explain } from './explain.ts'
import { listDays, listYears, readCalendar } from './queries.ts'
import { due, isWorkday, LIMIT_UNITS } from './rules.ts'
import { planYear, type YearNotice } from './years.ts'

const tag = '工作日历'
const kind = z.enum(['workday', 'restday', 'holiday', 'makeup']).meta({
  description: 'workday 工作日 · restday 周末 · holiday 放假 · makeup 调休补班',
})
const status = z.enum(['published', 'provisional'])
const year = z.coerce.number().int().min(1990).max(LAST_YEAR)
const name = z.string().nullable()

const yearRow = z.object({
  year: z.int(),
  status,
  version: z.int(),
  source: z.string(),
  loadedAt: z.string(),
  workdays: z.int(),
})
const dayRow = z.object({ day: z.string(), weekday: z.string(), kind, name, provisional: z.boolean() })

const dueQuery = z.strictObject({
  from: instant,
  n: z.coerce.number().positive().max(1000),
  unit: z.enum(LIMIT_UNITS),
})

const namedDay = z.strictObject({ day, name: textOf(1, 40) })
const arrangement = z
  .strictObject({
    year: z.int().min(1990).max(LAST_YEAR),
    status: status.default('published'),
    source: textOf(1, 200).describe('放假安排的文号或网址'),
    holidays: z.array(namedDay).max(120).optional().describe('放假的日期，含其中的周末'),
    makeups: z.array(namedDay).max(60).optional().describe('调休上班的周末'),
    days: z
      .array(z.strictObject({ day, kind, name: textOf(1, 40).nullable() }))
      .max(366)
      .optional()
      .describe('或者全年每一天'),
    dryRun: z.boolean().default(false).describe('true：只预览变化，不保存'),
  })
  .refine(
    ({ days, holidays, makeups }) =>
      days === undefined
        ? holidays !== undefined && makeups !== undefined
        : holidays === undefined && makeups === undefined,
    { error: '请填写放假和补班日期，或者全年每一天，二者择一', path: ['holidays'] },
  )

const dayMeaning = z.object({ kind, name })
const yearPlan = z.object({
  year: z.int(),
  status,
  version: z.int().describe('公布后工作日历的版本'),
  dryRun: z.boolean(),
  workdays: z.int(),
  changes: z.array(z.object({ day: z.string(), before: dayMeaning, after: dayMeaning })),
  moves: z
    .array(
      z.object({
        matterNo: z.string(),
        deadline: z.enum(['sign', 'reply']).describe('签收期限，或办理（答复）期限'),
        kind: z
          .string()
          .describe('环节：dispatch、redispatch、redo、co、route、accept、handle、feedback、review'),
        oldDue: z.string(),
        newDue: z.string(),
        turns: z
          .enum(['late', 'punctual'])
          .nullable()
          .describe('变动使该期限由按期变为超期，或由超期变为按期；否则为空'),
      }),
    )
    .describe('预览：期限将变动的未结件，最多列出1000条；保存时为空，期限随后自动调整'),
  movesTotal: z.int().describe('预览：将变动的期限总数'),
})

export interface DueMove {
  matterNo: string
  deadline: 'sign' | 'reply'
  kind: string
  oldDue: Instant
  newDue: Instant
  turns: 'late' | 'punctual' | null
}

export interface DuePreview {
  moves: DueMove[]
  total: number
}

/** `previewMoves` comes from the slice that owns the deadlines, which the calendar may not import. */
export function calendarRoutes(
  http: Http,
  options: { previewMoves?: (tx: Tx, next: Calendar) => Promise<DuePreview> } = {},
): void {
  http.reads(
    {
      url: '/api/calendar/years',
      summary: '工作日历的年度',
      tag,
      for: 'signed-in',
      reply: z.object({ version: z.int(), items: z.array(yearRow) }),
      etag: (reply) => reply.version,
    },
    async (db) => {
      const items = await listYears(db)
      return { version: Math.max(0, ...items.map((item) => item.version)), items }
    },
  )

  http.reads(
    {
      url: '/api/calendar/days',
      summary: '一年中的每一天：工作日、周末、放假、补班',
      tag,
      for: 'signed-in',
      query: z.strictObject({ year }),
      reply: z.object({ year: z.int(), items: z.array(dayRow) }),
      problems: ['calendar/day-not-covered', 'calendar/not-loaded'],
    },
    async (db, _actor, { query }) => {
      const days = await listDays(db, query.year)
      return { year: query.year, items: days.map((one) => ({ ...one, weekday: weekdayOf(one.day) })) }
    },
  )

  http.reads(
    {
      url: '/api/calendar/due',
      summary: '期限何时届满，以及逐日的理由',
      tag,
      for: 'signed-in',
      query: dueQuery,
      reply: z.object({
        dueAt: z.string(),
        provisional: z.boolean(),
        calendarVersion: z.int(),
        explain: z.array(dayRow.extend({ counted: z.number(), note: z.string() })),
      }),
      problems: ['calendar/day-not-covered', 'calendar/not-loaded', 'request/invalid'],
    },
    async (db, _actor, { query: { from, n, unit } }) => {
      if ((unit === 'workday' || unit === 'day') && !Number.isInteger(n)) {
        const message = '天数应为整数'
        throw new Problem('request/invalid', {
          errors: [{ pointer: '/query/n', code: 'not-whole', message }],
        })
      }
      const calendar = await readCalendar(db)
      const limit = { n, unit }
      coveredBy('/query/from', () => isWorkday(calendar, dayOf(from)))
      return coveredBy('/query/n', () => ({
        ...due(calendar, from, limit),
        explain: explain(calendar, from, limit),
      }))
    },
  )

  http.writes(
    {
      url: '/api/calendar/years',
      summary: '公布或调整一个年度的放假安排',
      description: '公布后，未结件的期限按新安排重新计算。先以 dryRun 预览哪些日期和期限会变动。',
      tag,
      for: 'calendar.publish',
      body: arrangement,
      reply: yearPlan,
      ifMatch: 'accepted',
      problems: [
        'calendar/year-implausible',
        'calendar/year-out-of-order',
        'calendar/already-published',
        'calendar/unchanged',
        'request/stale',
      ],
    },
    async (tx, actor, { body, ifMatch }) => {
      const notice = noticeOf(body)
      const plan = body.dryRun
        ? planYear(await readCalendar(tx), notice)
        : await publishYear(tx, actor, notice, ifMatch)
      const preview = body.dryRun ? await options.previewMoves?.(tx, plan.calendar) : undefined
      return {
        year: body.year,
        status: body.status,
        version: plan.calendar.version,
        dryRun: body.dryRun,
        workdays: plan.workdays,
        changes: plan.changes,
        moves: preview?.moves ?? [],
        movesTotal: preview?.total ?? 0,
      }
    },
  )
}

function noticeOf({
  year,
  status,
  source,
  days,
  holidays,
  makeups,
}: z.output<typeof arrangement>): YearNotice {
  const common = { year, status, source }
  return days === undefined
    ? { ...common, holidays: holidays ?? [], makeups: makeups ?? [] }
    : { ...common, days }
}
