// Letters 来信 as data, with the mailboxes of the province and the message board that are counted with them.
import type { Channel } from './index.ts'

/** 信访目的, as the national system lists it. */
export const purposes = {
  claim: '求决',
  suggest: '意见建议',
  appeal: '申诉',
  report: '揭发控告',
  consult: '咨询',
  other: '其他',
} as const

export const letter = {
  id: 'letter',
  label: '来信',
  prefix: 'XJ',
  workflow: 'petition',
  sources: {
    letter: '群众来信',
    'province-secretary': '省委书记信箱',
    governor: '省长信箱',
    'people-daily': '人民网网民留言',
    upper: '上级交办信件',
  },
  categories: purposes,
} as const satisfies Channel
