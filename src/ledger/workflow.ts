// The statuses of a dispute and the acts on it as data: who may do what, from which status to which.
import type { Role } from '../orgs/rules.ts'

/** The partition of the ledger; domain.md 3.2. Every item is in exactly one. */
export const statuses = {
  'needs-study': { label: '需部门研究方案', open: true },
  'plan-advancing': { label: '有方案正推进', open: true },
  watch: { label: '持续关注', open: true },
  territorial: { label: '落实属地责任', open: true },
  resolved: { label: '已化解', open: false },
} as const satisfies Record<string, { label: string; open: boolean }>

export type Status = keyof typeof statuses

export const levels = { local: '本级可化解', 'district-plus': '需区级以上协调化解' } as const
export type Level = keyof typeof levels

/** What a strike-off 销号 may rest on. */
export const evidenceKinds = {
  agreement: '协议',
  pledge: '息诉承诺',
  'recheck-opinion': '复核意见',
  other: '其他',
} as const

export interface LedgerTransition {
  label: string
  from: readonly Status[]
  to: readonly Status[]
  by: readonly Role[]
  /** `units`: the lead and the territorial unit on their own items, and the office; `office`: the office alone. */
  whose: 'units' | 'office'
}

const open = ['needs-study', 'plan-advancing', 'watch', 'territorial'] as const satisfies Status[]
const clerks = ['registrar', 'reviewer', 'supervisor'] as const satisfies Role[]
const units = ['handler', 'unit-reviewer'] as const satisfies Role[]

export const ledgerActs = {
  plan: {
    label: '制定化解方案',
    from: open,
    to: ['plan-advancing'],
    by: [...clerks, ...units],
    whose: 'units',
  },
  study: { label: '转部门研究', from: open, to: ['needs-study'], by: clerks, whose: 'office' },
  watch: { label: '转持续关注', from: open, to: ['watch'], by: clerks, whose: 'office' },
  'hand-to-territory': {
    label: '落实属地责任',
    from: open,
    to: ['territorial'],
    by: clerks,
    whose: 'office',
  },
  progress: { label: '记录进展', from: open, to: [], by: [...clerks, ...units], whose: 'units' },
  'change-level': { label: '调整层级', from: open, to: [], by: clerks, whose: 'office' },
  'change-leader': { label: '调整包案领导', from: open, to: [], by: clerks, whose: 'office' },
  'ask-strike-off': { label: '申请销号', from: open, to: [], by: [...clerks, ...units], whose: 'units' },
  'strike-off': {
    label: '销号',
    from: open,
    to: ['resolved'],
    by: ['reviewer', 'supervisor', 'leader'],
    whose: 'office',
  },
  'refuse-strike-off': {
    label: '不予销号',
    from: open,
    to: [],
    by: ['reviewer', 'supervisor', 'leader'],
    whose: 'office',
  },
  reopen: {
    label: '撤销销号',
    from: ['resolved'],
    to: ['plan-advancing', 'needs-study'],
    by: ['reviewer', 'supervisor', 'leader'],
    whose: 'office',
  },
} as const satisfies Record<string, LedgerTransition>

export type LedgerAct = keyof typeof ledgerActs
export const ledgerActNames = Object.keys(ledgerActs) as LedgerAct[]
