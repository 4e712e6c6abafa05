// Escalated cases 督办案件 as data: matters that a superior assigned, or that the office itself took up for supervision.
import type { Channel } from './index.ts'
import { purposes } from './letter.ts'

export const escalation = {
  id: 'escalation',
  label: '督办案件',
  prefix: 'DB',
  workflow: 'escalation',
  sources: { superior: '上级交办案件', office: '本级立案督办' },
  categories: purposes,
} as const satisfies Channel
