// URLs of joint meetings.
import { z } from 'zod'
import { dayOf } from '../platform/clock.ts'
import { day, id, pageQuery, placeOf, textOf, writeCursor } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { ofTheOffice } from '../platform/route.ts'
import { countMeetings, listMeetings, listSubjects } from './meeting-queries.ts'
import { carryOut, correctMeeting, enterMeeting, issueMinutes } from './meetings.ts'
import { byId, figure, free, keysOf, label, labelled } from './shapes.ts'
import { convenorRanks, meetingKinds } from './terms.ts'

const meetingFields = {
  day: day.describe('会议日期'),
  kind: z.enum(keysOf(meetingKinds)).describe('会议类型'),
  convenor: textOf(1, 40).describe('召集人'),
  convenorRank: z.enum(keysOf(convenorRanks)).describe('召集人级别'),
  place: textOf(1, 100),
  attendees: z.array(textOf(1, 60)).max(200).describe('参会单位和人员'),
  minutes: textOf(2, 20_000).describe('会议纪要'),
}
const meetingWritten = z.object({ id, no: z.string(), version: z.int() })

export function meetingRoutes(http: Http): void {
  const { clock, config } = http.deps
  const tag = '联席会议'

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
                decision: textOf(2, 4000).describe('议定事项'),
                leadUnitId: id.describe('牵头单位'),
                dueDay: day.describe('落实时限'),
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

  const period = { from: day.describe('会议日期起（含）'), to: day.describe('会议日期止（含）') }
  http.reads(
    {
      url: '/api/meetings',
      summary: '联席会议',
      tag,
      for: 'ledger.read',
      query: z.strictObject({
        ...period,
        kind: z.enum(keysOf(meetingKinds)).optional(),
        rank: z.enum(keysOf(convenorRanks)).optional(),
        overdue: z.stringbool().optional().describe('只列逾期未落实的议定事项及其会议'),
        ...pageQuery,
      }),
      reply: z.object({
        items: z.array(
          z.object({
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
            items: z.array(free),
            version: z.int(),
          }),
        ),
        next: z.string().nullable(),
      }),
    },
    async (reader, actor, { query: { limit, cursor, ...filter } }) => {
      const at = placeOf(cursor, z.tuple([day, id]))
      const after = at === undefined ? undefined : { day: at[0], id: at[1] }
      const rows = await listMeetings(reader, actor, filter, { limit: limit + 1, after }, dayOf(clock.now()))
      const last = rows.length > limit ? rows[limit - 1] : undefined
      return {
        items: rows.slice(0, limit).map(({ withheld, ...row }) => ({
          ...row,
          place: row.place ?? null,
          minutes: withheld ? null : (row.minutes ?? null),
          kind: label(meetingKinds, row.kind),
          convenorRank: label(convenorRanks, row.convenorRank),
        })),
        next: last === undefined ? null : writeCursor([last.day, last.id]),
      }
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

  http.writes(
    {
      method: 'PATCH',
      url: '/api/meetings/:id',
      summary: '更正联席会议',
      tag,
      for: 'ledger.edit',
      admits: ofTheOffice,
      params: byId,
      body: z
        .strictObject(meetingFields)
        .partial()
        .refine((patch) => Object.keys(patch).length > 0, { error: '没有要更正的内容' }),
      reply: meetingWritten,
      ifMatch: 'required',
      etag: (meeting) => meeting.version,
      problems: ['meeting/not-found', 'meeting/issued'],
    },
    (tx, actor, { params, body, ifMatch }) => correctMeeting(tx, actor, params.id, body, ifMatch),
  )

  http.writes(
    {
      url: '/api/meetings/:id/issue',
      summary: '印发会议纪要',
      tag,
      for: 'ledger.edit',
      admits: ofTheOffice,
      params: byId,
      body: z.strictObject({ minutes: meetingFields.minutes.optional() }),
      reply: meetingWritten,
      ifMatch: 'accepted',
      etag: (meeting) => meeting.version,
      problems: ['meeting/not-found', 'meeting/issued', 'meeting/no-minutes'],
    },
    (tx, actor, { params, body, ifMatch }) => issueMinutes(tx, actor, params.id, body.minutes, ifMatch),
  )

  http.writes(
    {
      url: '/api/meetings/:id/items/:itemId/done',
      summary: '议定事项已落实',
      tag,
      for: 'ledger.edit',
      params: z.strictObject({ id, itemId: id }),
      body: z.strictObject({ doneDay: day, result: textOf(2, 4000).describe('落实情况') }),
      reply: meetingWritten,
      etag: (meeting) => meeting.version,
      problems: ['meeting/not-found', 'meeting/item-not-open', 'ledger/future-day'],
    },
    (tx, actor, { params, body }) =>
      carryOut(tx, actor, { meetingId: params.id, itemId: params.itemId }, body),
  )
}
