// URLs of joint meetings.
import { z } from 'zod'
import type { Actor } from '../platform/actor.ts'
import { dayOf } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { day, id, pageQuery, placeOf, writeCursor } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { ofTheOffice } from '../platform/route.ts'
import { sendSheet } from '../platform/sheet-out.ts'
import { formats, type Format, type SheetColumn } from '../platform/spreadsheets.ts'
import { itemFields, meetingActRoutes, meetingFields, meetingWritten, tag } from './meeting-act-routes.ts'
import {
  countMeetings,
  listMeetings,
  listSubjects,
  openMeeting,
  type ListedMeeting,
  type MeetingFilter,
} from './meeting-queries.ts'
import { enterMeeting } from './meetings.ts'
import { byId, figure, free, keysOf, label, labelled, versions } from './shapes.ts'
import { convenorRanks, meetingKinds } from './terms.ts'

const period = { from: day.describe('会议日期起（含）'), to: day.describe('会议日期止（含）') }
const filters = {
  ...period,
  kind: z.enum(keysOf(meetingKinds)).optional(),
  rank: z.enum(keysOf(convenorRanks)).optional(),
  overdue: z.stringbool().optional().describe('只列逾期未落实的议定事项及其会议'),
  voided: z.stringbool().optional().describe('只看作废的'),
}
const listed = z.object({
  id,
  no: z.string(),
  day: z.string(),
  kind: labelled,
  convenor: z.string(),
  convenorRank: labelled,
  place: z.string().nullable(),
  attendees: z.array(z.string()),
  minutes: z.string().nullable(),
  issuedAt: z.string().nullable(),
  voidedAt: z.string().nullable(),
  items: z.array(free),
  version: z.int(),
})
const shown = ({ withheld, ...meeting }: ListedMeeting) => ({
  ...meeting,
  place: meeting.place ?? null,
  minutes: withheld ? null : (meeting.minutes ?? null),
  kind: label(meetingKinds, meeting.kind),
  convenorRank: label(convenorRanks, meeting.convenorRank),
})

/** A line a decision; a meeting without one has a line, too. */
interface Line extends ReturnType<typeof shown> {
  item: ListedMeeting['items'][number] | undefined
}
const linesOf = (meeting: ListedMeeting): Line[] =>
  (meeting.items.length === 0 ? [undefined] : meeting.items).map((item) => ({ ...shown(meeting), item }))
const sheetColumns: SheetColumn<Line>[] = [
  { header: '编号', width: 26, cell: (line) => line.no },
  { header: '会议日期', width: 14, cell: (line) => line.day },
  { header: '会议类型', width: 14, cell: (line) => line.kind.label },
  { header: '召集人', width: 14, cell: (line) => line.convenor },
  { header: '召集人级别', width: 14, cell: (line) => line.convenorRank.label },
  { header: '地点', width: 20, cell: (line) => line.place },
  { header: '参会单位和人员', width: 40, cell: (line) => line.attendees.join('、') },
  { header: '议题编号', width: 26, cell: (line) => line.item?.subjectNo ?? null },
  { header: '议题', width: 40, cell: (line) => line.item?.subject ?? null },
  { header: '议定事项', width: 40, cell: (line) => line.item?.decision ?? null },
  { header: '牵头单位', width: 20, cell: (line) => line.item?.leadUnit ?? null },
  { header: '落实时限', width: 14, cell: (line) => line.item?.dueDay ?? null },
  { header: '落实日期', width: 14, cell: (line) => line.item?.doneDay ?? null },
  { header: '落实情况', width: 40, cell: (line) => line.item?.result ?? null },
]

export function meetingRoutes(http: Http): void {
  const { db, clock, config } = http.deps
  const pageOf = async (
    reader: Db,
    actor: Actor,
    filter: MeetingFilter,
    limit: number,
    cursor: string | undefined,
  ) => {
    const at = placeOf(cursor, z.tuple([day, id]))
    const after = at === undefined ? undefined : { day: at[0], id: at[1] }
    const rows = await listMeetings(reader, actor, filter, { limit: limit + 1, after }, dayOf(clock.now()))
    const last = rows.length > limit ? rows[limit - 1] : undefined
    const next = last === undefined ? null : writeCursor([last.day, last.id])
    return { items: rows.slice(0, limit), next }
  }

  http.writes(
    {
      url: '/api/meetings',
      summary: '登记联席会议',
      tag,
      for: 'ledger.edit',
      admits: ofTheOffice,
      body: z.strictObject({
        ...meetingFields,
        place: meetingFields.place.optional(),
        attendees: meetingFields.attendees.default([]),
        minutes: meetingFields.minutes.optional(),
        items: z
          .array(
            z
              .strictObject({
                matterId: id.optional().describe('信访件'),
                ledgerItemId: id.optional().describe('台账事项'),
                ...itemFields,
              })
              .refine((item) => (item.matterId === undefined) !== (item.ledgerItemId === undefined), {
                path: ['matterId'],
                error: '请选择一件信访件或一项台账事项',
              }),
          )
          .max(50)
          .default([])
          .describe('协调的事项'),
      }),
      status: 201,
      reply: meetingWritten,
      etag: (meeting) => meeting.version,
      problems: ['ledger/future-day', 'ledger/not-found', 'matter/not-found', 'matter/accused-unit'],
    },
    (tx, actor, { body }) => enterMeeting(tx, actor, body, { region: config.OFFICE_REGION }),
  )

  http.reads(
    {
      url: '/api/meetings',
      summary: '联席会议',
      tag,
      for: 'ledger.read',
      query: z.strictObject({ ...filters, ...pageQuery }),
      reply: z.object({
        items: z.array(listed),
        next: z.string().nullable(),
      }),
    },
    async (reader, actor, { query: { limit, cursor, ...filter } }) => {
      const { items, next } = await pageOf(reader, actor, filter, limit, cursor)
      return { items: items.map(shown), next }
    },
  )

  for (const format of Object.keys(formats) as Format[]) {
    http.streams(
      {
        ...{ url: `/api/meetings.${format}`, summary: `导出联席会议(${format})`, tag, for: 'ledger.read' },
        ...{ query: z.strictObject(filters), produces: formats[format] },
        problems: ['export/too-many'],
      },
      async (actor, { query, reply }) => {
        const page = async (cursor: string | undefined) => {
          const { items, next } = await pageOf(db, actor, query, 500, cursor)
          return { items: items.flatMap(linesOf), next }
        }
        const sheet = { register: 'meetings', label: tag, format, columns: sheetColumns, page }
        return sendSheet(http.deps, actor, reply, sheet)
      },
    )
  }

  http.reads(
    {
      url: '/api/meetings/:id',
      summary: '查看联席会议及其更正',
      description: '有读者无权查看的议题的，不显示纪要和更正记录。',
      tag,
      for: 'ledger.read',
      params: byId,
      reply: z.object({ ...listed.shape, history: versions }),
      etag: (meeting) => meeting.version,
      problems: ['meeting/not-found'],
    },
    async (reader, actor, { params }) => {
      const { history, ...meeting } = await openMeeting(reader, actor, params.id)
      return { ...shown(meeting), history }
    },
  )

  http.reads(
    {
      url: '/api/meetings/subjects',
      summary: '联席会议协调的信访事项',
      description: '同一事项多次上会只计一次；读者无权查看的不列、不计。',
      tag,
      for: 'ledger.read',
      query: z.strictObject({ ...period, limit: pageQuery.limit, cursor: id.optional() }),
      reply: z.object({
        total: z.int(),
        items: z.array(
          z.object({
            ...{ id, kind: z.enum(['matter', 'ledger']), no: z.string(), title: z.string() },
            meetings: z.int().describe('上会次数'),
          }),
        ),
        next: z.string().nullable(),
      }),
    },
    async (reader, actor, { query }) => {
      return listSubjects(reader, actor, query)
    },
  )

  http.reads(
    {
      url: '/api/meetings/figures',
      summary: '联席会议的数',
      tag,
      for: 'ledger.read',
      query: z.strictObject(period),
      reply: z.object({ figures: z.array(figure) }),
    },
    async (reader, actor, { query }) => {
      const sums = await countMeetings(reader, actor, query.from, query.to, dayOf(clock.now()))
      const list = (more: Record<string, string> = {}) =>
        `/api/meetings?${new URLSearchParams({ ...query, ...more }).toString()}`
      const subjects = `/api/meetings/subjects?${new URLSearchParams(query).toString()}`
      const of = (key: string, name: string, unit: string, value: number, link = list()) => ({
        ...{ key, name, unit, value, text: `${value}${unit}`, list: link },
      })
      return {
        figures: [
          of('meetings', '召开联席会议', '次', sums.meetings),
          of('by-district-leaders', '区级领导召集', '次', sums.byLeaders, list({ rank: 'district-leader' })),
          of('subjects', '协调信访事项', '个', sums.subjects, subjects),
          of('overdue', '逾期未落实的议定事项', '项', sums.open, list({ overdue: 'true' })),
        ],
      }
    },
  )

  meetingActRoutes(http)
}
