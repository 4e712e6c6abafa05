// The vocabularies of the ledger, joint meetings and relief as data.

/** Groups as the report names them: a tag of a dispute or a programme, not of people. */
export const groupTags = {
  none: '一般',
  military: '涉军群体',
  graduates: '大中专生群体',
  projectionists: '电影放映员',
  teachers: '民办教师',
  investors: '投资理财群体',
  other: '其他群体',
} as const

export const meetingKinds = { plenary: '全体会议', working: '工作会议', special: '专题会议' } as const

export const convenorRanks = {
  'district-leader': '区级领导',
  bureau: '局领导',
  department: '部门负责人',
  township: '乡镇（街道）负责人',
} as const

export const grantStates = {
  asked: '待审批',
  approved: '已批准',
  refused: '不予救助',
  paid: '已发放',
  cancelled: '已取消',
} as const
export type GrantState = keyof typeof grantStates
