// The words of messages: their states, what replies come to, and the counts of a month.
export const smsStates = {
  queued: '待发送',
  sending: '发送中',
  sent: '已发送',
  delivered: '已送达',
  failed: '发送失败',
  held: '未发送',
} as const
export type SmsState = keyof typeof smsStates

export const batchStates = { asked: '待审核', released: '已下发', cancelled: '已撤销' } as const

export const replyOutcomes = {
  rated: '已记为评价',
  'too-late': '事项已另行回访或评价',
  'no-question': '没有待回复的询问',
  unclear: '内容无法识别',
} as const
export type ReplyOutcome = keyof typeof replyOutcomes

/** What is counted of a month, each by a condition on a message `s` and the moment that puts it into the month. */
export const volumes = {
  queued: { label: '提交', at: 's.queued_at', is: 'true' },
  sent: { label: '发送', at: 's.sent_at', is: 's.sent_at is not null' },
  delivered: { label: '送达', at: 's.sent_at', is: `s.sent_at is not null and s.state = 'delivered'` },
  failed: { label: '失败', at: 'coalesce(s.sent_at, s.queued_at)', is: `s.state = 'failed'` },
  held: { label: '未发送', at: 's.queued_at', is: `s.state = 'held'` },
} as const
export type Volume = keyof typeof volumes
