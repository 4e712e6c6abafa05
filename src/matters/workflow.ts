// Every workflow as data, by its id: which acts it has, and what is common to all of them.
import type { Role } from '../orgs/rules.ts'
import { escalation } from './workflows/escalation.ts'
import { order } from './workflows/order.ts'
import { petition } from './workflows/petition.ts'
import { review } from './workflows/review.ts'
import { states, type State, type Transition } from './workflows/states.ts'

export { states, type State, type Transition }

/** A channel names the workflow of its matters (`channels/`). An act of the same name is the same act in each of them. */
export const workflows = { order, petition, review, escalation } as const satisfies Record<
  string,
  Record<string, Transition>
>

export type WorkflowId = keyof typeof workflows

/** What each is called, and the state in which its matters begin. */
export const workflowHeads: Record<WorkflowId, { label: string; first: State }> = {
  order: { label: '交办件', first: 'registered' },
  petition: { label: '信访事项', first: 'entered' },
  review: { label: '复查、复核', first: 'requested' },
  escalation: { label: '督办案件', first: 'entered' },
}

type ActsOf<W> = W extends Record<infer A, Transition> ? A : never
export type Act = ActsOf<(typeof workflows)[WorkflowId]>

const all = Object.values(workflows) as Partial<Record<Act, Transition>>[]

/** Every act of any workflow, in the order of the tables. */
export const actNames = [...new Set(all.flatMap((acts) => Object.keys(acts)))] as Act[]

/** The acts of one workflow. */
export function actsIn(workflow: WorkflowId): Partial<Record<Act, Transition>> {
  return workflows[workflow]
}

/** What an act is called; the same in every workflow that has it. */
export function actLabel(act: Act): string {
  return all.find((acts) => acts[act] !== undefined)?.[act]?.label ?? act
}

/** The roles that some workflow gives the act to; who has none of them never does it, on whatever matter. */
export function rolesOf(act: Act): readonly Role[] {
  return [...new Set(all.flatMap((acts) => acts[act]?.by ?? []))]
}

/** Labels of what is recorded on a matter but is no act of the table. */
export const eventLabels: Record<string, string> = {
  ...Object.fromEntries(actNames.map((act) => [`matter.${act}`, actLabel(act)])),
  'matter.register': '登记',
  'matter.edit': '更正',
  'matter.review-requested': '收到复查复核申请',
  'matter.accused': '登记被反映人',
  'matter.recused': '回避',
  'matter.ask-lift-bar': '申请解除回避',
  'matter.bar-lifted': '解除回避',
  'matter.bar-kept': '不解除回避',
  'matter.alarm': '标记重大紧急',
  'matter.alarm-report': '报告重大紧急事项',
  'matter.alarm-off-ask': '申请取消重大紧急标记',
  'matter.alarm-off-decide': '决定重大紧急标记',
  'matter.visit-corrected': '更正走访信息',
  'matter.link': '确认为同一事项',
  'matter.link-reject': '认定不是同一事项',
  'matter.link-undo': '撤销同一事项的认定',
  'matter.attach': '添加附件',
  'matter.detach': '移除附件',
  'matter.import': '平台导入',
  'matter.import-update': '平台更新',
  'matter.warn': '临期预警',
  'matter.red': '到期预警',
  'matter.overdue': '超期',
  'matter.due-moved': '期限因日历调整',
}
