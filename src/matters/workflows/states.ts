// The states a matter can be in, whatever its workflow, and what one transition between them says.
import type { Role } from '../../orgs/rules.ts'
import type { MatterClass } from '../petition-terms.ts'

export const states = {
  entered: { label: '已登记', open: true },
  requested: { label: '已申请', open: true },
  routed: { label: '待受理', open: true },
  objecting: { label: '管辖异议待审', open: true },
  registered: { label: '待派单', open: true },
  assigned: { label: '待签收', open: true },
  returning: { label: '退单待审', open: true },
  handling: { label: '办理中', open: true },
  replied: { label: '待审核', open: true },
  reviewed: { label: '待回访', open: true },
  rated: { label: '已回访', open: true },
  issued: { label: '待送达', open: true },
  delivered: { label: '已送达', open: true },
  reporting: { label: '待反馈', open: true },
  screening: { label: '甄别中', open: true },
  closed: { label: '已办结', open: false },
  archived: { label: '已归档', open: false },
  merged: { label: '已并单', open: false },
  terminated: { label: '已终止', open: false },
  'not-accepted': { label: '不予受理', open: false },
  'no-longer-accepted': { label: '不再受理', open: false },
  redirected: { label: '已告知途径', open: false },
  reported: { label: '已上报', open: false },
  answered: { label: '已当场答复', open: false },
  coordinated: { label: '协调处理', open: false },
  withdrawn: { label: '已撤回', open: false },
} as const satisfies Record<string, { label: string; open: boolean }>

export type State = keyof typeof states

export interface Transition {
  label: string
  from: readonly State[]
  /** The state after it; several where a rule decides (`rules.ts`, `outcomeOf`), none where the state stays. */
  to: readonly State[]
  by: readonly Role[]
  /** Whose leg the actor must hold: the lead unit's, an own co-handling one, or none (an act of the office). */
  leg: 'lead' | 'co' | 'office'
  /** Only of petitions of these classes, where the law handles them apart (`regimes.ts`, `otherWays`). */
  of?: readonly MatterClass[]
  /** Where the rule comes from. */
  source?: string
}
