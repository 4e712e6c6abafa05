// Who may do what: the roles, the permissions and the sight they give, and which roles exclude each other.

/** What routes ask for. Acts on a matter are not here: `matters/workflow.ts` grants those to roles. */
export const permissions = {
  'matters.read': '查看办件',
  'matters.register': '登记办件',
  'matters.edit': '修改办件登记信息',
  'matters.escalate': '立案督办',
  'people.search': '按姓名、电话、证件号查找群众',
  'people.reveal': '查看群众联系方式',
  'people.find-confidential': '查找要求保密的群众',
  'people.confide': '指定可查看保密群众信息的人员',
  'people.link': '合并、关联群众档案',
  'files.read': '下载附件',
  'files.write': '上传附件',
  'imports.read': '查看导入批次',
  'imports.run': '导入市平台数据',
  'ledger.read': '查看矛盾纠纷台账',
  'ledger.edit': '维护矛盾纠纷台账',
  'relief.read': '查看困难救助',
  'relief.ask': '申请、发放困难救助',
  'relief.decide': '审批困难救助',
  'registers.read': '查看值班、培训、短信等登记簿',
  'registers.edit': '维护值班、培训、短信等登记簿',
  'notices.read': '查看通知',
  'notices.manage': '管理通知模板与短信',
  'sms.read': '查看短信发送情况',
  'sms.ask': '维护短信联系人、申请群发短信',
  'sms.release': '审核、撤销群发短信',
  'kpi.read': '查看指标',
  'kpi.export': '导出指标',
  'reports.read': '查看年度总结与报表',
  'reports.write': '生成年度总结与报表',
  'reports.publish': '发布年度总结与报表',
  'schedules.manage': '设定报表的定时任务',
  'calendar.publish': '发布工作日历',
  'units.manage': '管理单位与行政区划',
  'accounts.read': '查看账号',
  'accounts.manage': '管理账号与角色',
  'keys.manage': '管理接口密钥',
  'audit.read': '查看审计记录',
} as const satisfies Record<string, string>

export type Permission = keyof typeof permissions

/** What belongs to the office as a whole: in a handling unit no role gives it. */
const OF_THE_OFFICE = /^(?:imports|relief)\./

/** kind of a unit → its level: 1 the city platform, 2 the office, 3 handling units (二级账号). */
export const unitLevels = { platform: 1, office: 2, township: 3, department: 3 } as const

/** Which matters a role sees: all of the office, those of the own unit and below, or none. */
export type Sees = 'all' | 'units' | 'none'

interface RoleRule {
  label: string
  /** `all` holds for accounts of the office only; in a handling unit it is `units`. */
  sees: Sees
  /** Whether a handling unit's account may hold it. */
  at: 'office' | 'any'
  /** Separated administrators (三员): such a role excludes every other one. */
  administrator?: true
  can: readonly Permission[]
}

const handling = [
  'matters.read',
  'people.reveal',
  'files.read',
  'files.write',
  'ledger.read',
  'ledger.edit',
  'notices.read',
  'kpi.read',
] as const
const office = [
  'matters.read',
  'people.reveal',
  'files.read',
  'files.write',
  'ledger.read',
  'registers.read',
  'notices.read',
  'kpi.read',
] as const
const figures = ['kpi.read', 'kpi.export', 'reports.read'] as const

export const roles = {
  registrar: {
    label: '登记员',
    sees: 'all',
    at: 'any',
    can: [
      'sms.read',
      'sms.ask',
      ...office,
      'matters.register',
      'matters.edit',
      'people.search',
      'people.link',
      'ledger.edit',
      'registers.edit',
      'relief.read',
      'relief.ask',
    ],
  },
  agent: {
    label: '热线坐席',
    sees: 'all',
    at: 'office',
    can: [...office, 'matters.register', 'people.search'],
  },
  dispatcher: {
    label: '分派员',
    sees: 'all',
    at: 'office',
    can: [
      'sms.read',
      'sms.ask',
      ...office,
      'matters.register',
      'matters.edit',
      'people.search',
      'imports.read',
      'imports.run',
    ],
  },
  handler: { label: '承办单位经办人', sees: 'units', at: 'any', can: handling },
  'unit-reviewer': { label: '承办单位审核人', sees: 'units', at: 'any', can: handling },
  reviewer: {
    label: '区审核员',
    sees: 'all',
    at: 'office',
    can: [
      ...office,
      'matters.edit',
      'people.search',
      'people.find-confidential',
      'people.link',
      'ledger.edit',
    ],
  },
  callback: { label: '回访员', sees: 'all', at: 'office', can: [...office, 'sms.read'] },
  screening: { label: '甄别组', sees: 'all', at: 'office', can: office },
  'review-clerk': {
    label: '复查员',
    sees: 'all',
    at: 'office',
    can: [...office, 'matters.register', 'people.search', 'people.find-confidential'],
  },
  supervisor: {
    label: '督查员',
    sees: 'all',
    at: 'office',
    can: [
      'sms.read',
      'sms.release',
      ...office,
      ...figures,
      'matters.escalate',
      'people.find-confidential',
      'ledger.edit',
      'registers.edit',
    ],
  },
  leader: {
    label: '分管领导/局长',
    sees: 'all',
    at: 'office',
    can: [
      'sms.read',
      'sms.release',
      ...office,
      ...figures,
      'matters.escalate',
      'people.find-confidential',
      'people.confide',
      'imports.read',
      'ledger.edit',
      'relief.read',
      'relief.decide',
      'reports.write',
      'reports.publish',
    ],
  },
  statistician: {
    label: '统计员',
    sees: 'all',
    at: 'any',
    can: [
      'sms.read',
      'matters.read',
      ...figures,
      'relief.read',
      'reports.write',
      'imports.read',
      'imports.run',
      'ledger.read',
      'registers.read',
      'registers.edit',
      'notices.read',
    ],
  },
  'system-admin': {
    label: '系统管理员',
    sees: 'none',
    at: 'office',
    administrator: true,
    can: [
      'sms.read',
      'units.manage',
      'schedules.manage',
      'calendar.publish',
      'notices.read',
      'notices.manage',
      'accounts.read',
    ],
  },
  'security-admin': {
    label: '安全管理员',
    sees: 'none',
    at: 'office',
    administrator: true,
    can: ['accounts.read', 'accounts.manage', 'keys.manage'],
  },
  'audit-admin': {
    label: '审计管理员',
    sees: 'none',
    at: 'office',
    administrator: true,
    can: ['audit.read', 'accounts.read'],
  },
} as const satisfies Record<string, RoleRule>

export type Role = keyof typeof roles

export const roleNames = Object.keys(roles) as [Role, ...Role[]]

/** Pairs that one account may not hold, besides the administrators' roles; duties on one and the same matter are `matters/`. */
const incompatible: readonly (readonly [Role, Role])[] = [
  ['callback', 'handler'],
  ['callback', 'unit-reviewer'],
  ['screening', 'handler'],
  ['screening', 'unit-reviewer'],
]

function ruleOf(role: string): RoleRule | undefined {
  return Object.hasOwn(roles, role) ? roles[role as Role] : undefined
}

/** The first two of these roles that one account may not hold together, or undefined. */
export function clashOf(held: readonly Role[]): readonly [Role, Role] | undefined {
  for (const [i, a] of held.entries()) {
    for (const b of held.slice(i + 1)) {
      const administrates = ruleOf(a)?.administrator ?? ruleOf(b)?.administrator ?? false
      if (administrates || incompatible.some(([x, y]) => (x === a && y === b) || (x === b && y === a)))
        return [a, b]
    }
  }
  return undefined
}

/** The first role that such a unit's account may not hold, or undefined. */
export function misplacedRole(held: readonly Role[], unitKind: string): Role | undefined {
  return unitKind === 'office' ? undefined : held.find((role) => roles[role].at === 'office')
}

/** A service account acts by API key: it never administrates. */
export function administratorRole(held: readonly Role[]): Role | undefined {
  return held.find((role) => ruleOf(role)?.administrator === true)
}

export interface Access {
  roles: readonly string[]
  can: ReadonlySet<string>
  sees: Sees
}

/** What a set of roles grants to an account of the office or of a handling unit; unknown roles grant nothing. */
export function accessOf(held: readonly string[], atOffice: boolean): Access {
  const rules = held.map(ruleOf).filter((rule) => rule !== undefined)
  const widest = rules.some((r) => r.sees === 'all')
    ? 'all'
    : rules.some((r) => r.sees === 'units')
      ? 'units'
      : 'none'
  return {
    roles: held,
    can: new Set(rules.flatMap(({ can }) => can).filter((each) => atOffice || !OF_THE_OFFICE.test(each))),
    sees: widest === 'all' && !atOffice ? 'units' : widest,
  }
}
