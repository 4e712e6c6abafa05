// The states and acts of a matter as data: who may do what, from which state to which.
import type { Role } from '../orgs/rules.ts'

export const states = {
  registered: { label: '待派单', open: true },
  assigned: { label: '待签收', open: true },
  returning: { label: '退单待审', open: true },
  handling: { label: '办理中', open: true },
  replied: { label: '待审核', open: true },
  reviewed: { label: '待回访', open: true },
  rated: { label: '已回访', open: true },
  screening: { label: '甄别中', open: true },
  closed: { label: '已办结', open: false },
  archived: { label: '已归档', open: false },
  merged: { label: '已并单', open: false },
  terminated: { label: '已终止', open: false },
  'not-accepted': { label: '不予受理', open: false },
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
  /** Where the rule comes from. */
  source?: string
}

const withUnit = ['assigned', 'returning', 'handling'] as const satisfies State[]
const underway = ['registered', ...withUnit] as const satisfies State[]

export const acts = {
  dispatch: {
    label: '派单',
    from: ['registered'],
    to: ['assigned'],
    by: ['dispatcher'],
    leg: 'office',
    source: '国办发〔2020〕53号',
  },
  redispatch: {
    label: '改派',
    from: ['assigned', 'handling'],
    to: ['assigned'],
    by: ['dispatcher'],
    leg: 'office',
  },
  sign: { label: '签收', from: ['assigned'], to: ['handling'], by: ['handler'], leg: 'lead' },
  'co-sign': { label: '协办签收', from: withUnit, to: [], by: ['handler'], leg: 'co' },
  'co-reply': { label: '协办回复', from: withUnit, to: [], by: ['handler'], leg: 'co' },
  'ask-return': {
    label: '申请退单',
    from: ['assigned', 'handling'],
    to: ['returning'],
    by: ['handler'],
    leg: 'lead',
    source: '潍坊市12345条例 art. 22',
  },
  'grant-return': {
    label: '同意退单',
    from: ['returning'],
    to: ['registered'],
    by: ['dispatcher'],
    leg: 'office',
  },
  'refuse-return': {
    label: '驳回退单',
    from: ['returning'],
    to: ['handling'],
    by: ['dispatcher'],
    leg: 'office',
  },
  'ask-extension': { label: '申请延期', from: ['handling'], to: [], by: ['handler'], leg: 'lead' },
  'grant-extension': {
    label: '同意延期',
    from: ['handling', 'replied'],
    to: [],
    by: ['reviewer', 'leader'],
    leg: 'office',
  },
  'refuse-extension': {
    label: '驳回延期',
    from: ['handling', 'replied'],
    to: [],
    by: ['reviewer', 'leader'],
    leg: 'office',
  },
  reply: { label: '回复', from: ['handling'], to: ['replied'], by: ['handler'], leg: 'lead' },
  'direct-reply': {
    label: '直接答复',
    from: ['registered'],
    to: ['reviewed'],
    by: ['agent', 'dispatcher'],
    leg: 'office',
  },
  approve: {
    label: '审核通过',
    from: ['replied'],
    to: ['reviewed'],
    by: ['reviewer'],
    leg: 'office',
    source: '济南市12345条例 art. 27',
  },
  reject: { label: '审核退回', from: ['replied'], to: ['handling'], by: ['reviewer'], leg: 'office' },
  'call-back': {
    label: '回访',
    from: ['reviewed'],
    to: ['rated', 'reviewed'],
    by: ['callback'],
    leg: 'office',
  },
  'ask-screening': { label: '申请甄别', from: ['rated'], to: ['screening'], by: ['handler'], leg: 'lead' },
  screen: {
    label: '甄别',
    from: ['screening'],
    to: ['rated', 'screening'],
    by: ['screening'],
    leg: 'office',
  },
  redo: { label: '重办', from: ['rated'], to: ['assigned'], by: ['reviewer', 'dispatcher'], leg: 'office' },
  urge: {
    label: '催办',
    from: withUnit,
    to: [],
    by: ['supervisor', 'dispatcher', 'reviewer'],
    leg: 'office',
  },
  supervise: {
    label: '督办',
    from: [...underway, 'replied', 'reviewed', 'rated'],
    to: [],
    by: ['supervisor', 'leader'],
    leg: 'office',
    source: '信访工作条例 art. 40',
  },
  merge: {
    label: '并单',
    from: ['registered', 'assigned', 'handling'],
    to: ['merged'],
    by: ['dispatcher'],
    leg: 'office',
  },
  unmerge: {
    label: '撤销并单',
    from: ['merged'],
    to: ['registered', 'assigned', 'handling'],
    by: ['dispatcher'],
    leg: 'office',
  },
  terminate: {
    label: '终止办理',
    from: underway,
    to: ['terminated'],
    by: ['reviewer', 'leader'],
    leg: 'office',
    source: '潍坊市12345条例 art. 21',
  },
  'not-accept': {
    label: '不予受理',
    from: ['registered'],
    to: ['not-accepted'],
    by: ['dispatcher', 'reviewer'],
    leg: 'office',
    source: '国办发〔2020〕53号',
  },
  close: {
    label: '办结',
    from: ['rated', 'reviewed'],
    to: ['closed'],
    by: ['callback', 'reviewer'],
    leg: 'office',
  },
  archive: {
    label: '归档',
    from: ['closed', 'terminated', 'not-accepted'],
    to: ['archived'],
    by: ['reviewer', 'callback'],
    leg: 'office',
  },
  note: {
    label: '批注',
    from: [
      ...underway,
      'replied',
      'reviewed',
      'rated',
      'screening',
      'closed',
      'merged',
      'terminated',
      'not-accepted',
    ],
    to: [],
    by: ['agent', 'dispatcher', 'reviewer', 'callback', 'supervisor', 'leader', 'registrar', 'screening'],
    leg: 'office',
  },
} as const satisfies Record<string, Transition>

export type Act = keyof typeof acts

/** Labels of what is recorded on a matter but is no act of the table. */
export const eventLabels: Record<string, string> = {
  ...Object.fromEntries(Object.entries(acts).map(([act, { label }]) => [`matter.${act}`, label])),
  'matter.register': '登记',
  'matter.edit': '更正',
  'matter.attach': '添加附件',
  'matter.detach': '移除附件',
  'matter.import': '平台导入',
  'matter.import-update': '平台更新',
  'matter.warn': '临期预警',
  'matter.red': '到期预警',
  'matter.overdue': '超期',
  'matter.due-moved': '期限因日历调整',
}
