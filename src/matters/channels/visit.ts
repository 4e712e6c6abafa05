// Visits 来访 as data: one matter a batch of people who come together.
import type { Channel } from './index.ts'
import { purposes } from './letter.ts'

export const visit = {
  id: 'visit',
  label: '来访',
  prefix: 'LF',
  workflow: 'petition',
  sources: { own: '本级接访', notified: '上级通报' },
  categories: purposes,
} as const satisfies Channel
