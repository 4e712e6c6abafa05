// Leaders' mailboxes of city and district 书记、市长、区长信箱 as data: messages that go the way of an order.
import type { Channel } from './index.ts'
import { hotline } from './hotline.ts'

export const mailbox = {
  id: 'mailbox',
  label: '领导信箱',
  prefix: 'YX',
  workflow: 'order',
  sources: {
    'city-secretary': '市委书记信箱',
    'district-secretary': '区委书记信箱',
    mayor: '市长信箱',
    'district-head': '区长信箱',
  },
  categories: hotline.categories,
} as const satisfies Channel
