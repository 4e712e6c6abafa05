// The 12345 hotline as data: number prefix, categories, where orders come from.
import type { Channel } from './index.ts'

export const hotline = {
  id: 'hotline',
  label: '12345政务服务热线',
  prefix: 'RX',
  workflow: 'order',
  sources: {
    'city-platform': '市平台交办',
    counter: '本级登记',
    mailbox: '信箱',
    upper: '上级交办',
    leader: '领导批示',
  },
  categories: {
    consult: '咨询',
    help: '求助',
    complain: '投诉',
    report: '举报',
    suggest: '建议',
    praise: '表扬',
    other: '其他',
  },
} as const satisfies Channel
