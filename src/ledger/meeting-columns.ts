// The columns of a spreadsheet of joint meetings: those that leave, and what an office's own lists call them.
import { called, choice, dayOf, optional, refersTo, text } from '../platform/column-kinds.ts'
import type { Column, Columns } from '../platform/column-kinds.ts'
import { convenorRanks, meetingKinds } from './terms.ts'

/** Told once a meeting, in its first row. */
const once = (column: Column): Column => ({ ...optional(column), heading: true })

/** One row a decision. */
export const meetingColumns = {
  no: called(optional(text('编号', 1, 60)), '会议编号', '会议序号'),
  day: called(once(dayOf('会议日期')), '日期', '召开日期', '会议时间', '召开时间', '时间'),
  kind: called(once(choice('会议类型', meetingKinds)), '类型', '会议种类', '会议类别'),
  convenor: called(once(text('召集人', 1, 40)), '主持人', '召集领导', '会议召集人', '召集人（主持人）'),
  convenorRank: called(once(choice('召集人级别', convenorRanks)), '召集人职级', '召集人层级', '级别'),
  place: called(optional(text('地点', 1, 100)), '会议地点', '召开地点'),
  attendees: called(
    optional(text('参会单位和人员', 1, 10_000)),
    '参会单位',
    '参会人员',
    '参加单位',
    '出席人员',
  ),
  subjectNo: called(
    optional(text('议题编号', 1, 60)),
    '信访件编号',
    '信访事项编号',
    '办件编号',
    '工单编号',
    '台账编号',
  ),
  subject: called(optional(text('议题', 1, 1000)), '信访事项', '协调事项', '事项'),
  decision: called(optional(text('议定事项', 2, 4000)), '议定内容', '会议决定', '议定意见', '协调意见'),
  leadUnitId: called(optional(refersTo('unit', '牵头单位')), '责任单位', '承办单位', '落实单位'),
  dueDay: called(optional(dayOf('落实时限')), '完成时限', '办结时限', '落实期限', '完成期限'),
  doneDay: called(optional(dayOf('落实日期')), '完成日期', '办结日期', '落实时间'),
  result: called(optional(text('落实情况', 2, 4000)), '完成情况', '办理情况', '办理结果'),
} satisfies Columns
