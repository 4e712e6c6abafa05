// Review 复查 and recheck 复核 as data: matters of their own, each chained to the petition that it is about.
import type { Channel } from './index.ts'
import { purposes } from './letter.ts'

export const review = {
  id: 'review',
  label: '信访复查',
  prefix: 'FC',
  workflow: 'review',
  sources: { petitioner: '信访人申请' },
  categories: purposes,
} as const satisfies Channel

export const recheck = {
  id: 'recheck',
  label: '信访复核',
  prefix: 'FH',
  workflow: 'review',
  sources: review.sources,
  categories: purposes,
} as const satisfies Channel
