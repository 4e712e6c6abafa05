// How a matter's course is told to the citizen whose matter it is: in fewer and plainer words than the office uses.
import type { State } from './workflow.ts'

/** What goes on inside the office (objections, returns, screening) is no news to the citizen. */
export const publicStates = {
  entered: '已登记，正在转交责任单位',
  requested: '已收到申请，正在审查',
  routed: '已转交责任单位，等待受理决定',
  objecting: '已转交，正在确定责任单位',
  registered: '已登记，正在转交承办单位',
  assigned: '已转交承办单位',
  returning: '已转交，正在确定承办单位',
  handling: '办理中',
  replied: '承办单位已答复，正在审核',
  reviewed: '已答复，请您评价',
  rated: '已答复',
  issued: '意见书已作出，等待送达',
  delivered: '意见书已送达',
  reporting: '办理中',
  screening: '已答复',
  closed: '已办结',
  archived: '已办结',
  merged: '已与同一事项合并办理',
  terminated: '已终止办理',
  'not-accepted': '不予受理',
  'no-longer-accepted': '不再受理',
  redirected: '已告知办理途径',
  reported: '已报上级处理',
  answered: '已当场答复',
  coordinated: '协调处理',
  withdrawn: '已撤回',
} as const satisfies Record<State, string>

/** The moments that are told, in their order. */
export const publicDates = {
  receivedAt: '登记',
  dispatchedAt: '转交',
  acceptedAt: '受理',
  extendedAt: '延长期限',
  dueAt: '承诺办结期限',
  firstAcceptedAt: '答复',
  deliveredAt: '送达',
  ratedAt: '评价',
  endedAt: '办结',
} as const
