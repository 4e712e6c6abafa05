// URLs of what is done with a joint meeting after it was entered.
import { z } from 'zod'
import { day, id, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { ofTheOffice } from '../platform/route.ts'
import { correctMeeting, voidMeeting } from './meeting-corrections.ts'
import { carryOut, issueMinutes } from './meetings.ts'
import { byId, keysOf } from './shapes.ts'
import { convenorRanks, meetingKinds } from './terms.ts'

export const tag = '联席会议'
export const meetingFields = {
  day: day.describe('会议日期'),
  kind: z.enum(keysOf(meetingKinds)).describe('会议类型'),
  convenor: textOf(1, 40).describe('召集人'),
  convenorRank: z.enum(keysOf(convenorRanks)).describe('召集人级别'),
  place: textOf(1, 100),
  attendees: z.array(textOf(1, 60)).max(200).describe('参会单位和人员'),
  minutes: textOf(2, 20_000).describe('会议纪要'),
}
export const itemFields = {
  decision: textOf(2, 4000).describe('议定事项'),
  leadUnitId: id.describe('牵头单位'),
  dueDay: day.describe('落实时限'),
}
export const meetingWritten = z.object({ id, no: z.string(), version: z.int() })

export function meetingActRoutes(http: Http): void {
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
        .strictObject({
          ...meetingFields,
          items: z.array(z.strictObject(itemFields).partial().extend({ id })).min(1).max(50),
          reason: textOf(2, 500).describe('更正理由'),
        })
        .partial()
        .refine((patch) => Object.keys(patch).some((key) => key !== 'reason'), { error: '没有要更正的内容' }),
      reply: meetingWritten,
      ifMatch: 'required',
      etag: (meeting) => meeting.version,
      problems: [
        'meeting/not-found',
        'meeting/issued',
        'meeting/voided',
        'meeting/item-not-open',
        'ledger/future-day',
        'matter/accused-unit',
      ],
    },
    (tx, actor, { params, body: { reason = '更正', ...patch }, ifMatch }) =>
      correctMeeting(tx, actor, params.id, patch, reason, ifMatch),
  )

  http.writes(
    {
      url: '/api/meetings/:id/void',
      summary: '作废联席会议',
      tag,
      for: 'ledger.edit',
      admits: ofTheOffice,
      params: byId,
      body: z.strictObject({ reason: textOf(2, 500).describe('作废理由') }),
      reply: meetingWritten,
      ifMatch: 'accepted',
      etag: (meeting) => meeting.version,
      problems: ['meeting/not-found', 'meeting/voided'],
    },
    (tx, actor, { params, body, ifMatch }) => voidMeeting(tx, actor, params.id, body.reason, ifMatch),
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
      problems: ['meeting/not-found', 'meeting/issued', 'meeting/voided', 'meeting/no-minutes'],
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
      problems: ['meeting/not-found', 'meeting/voided', 'meeting/item-not-open', 'ledger/future-day'],
    },
    (tx, actor, { params, body }) =>
      carryOut(tx, actor, { meetingId: params.id, itemId: params.itemId }, body),
  )
}
