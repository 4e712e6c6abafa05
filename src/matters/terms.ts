// The vocabularies of matters as data: urgency, ratings, topics, grounds, routes, outcomes of legs.
export const urgencies = { normal: '一般', urgent: '紧急', critical: '特急' } as const
export type Urgency = keyof typeof urgencies

export const ratings = { satisfied: '满意', basic: '基本满意', dissatisfied: '不满意' } as const
export type Rating = keyof typeof ratings

export const callResults = { reached: '已接通', refused: '拒绝评价', missed: '未接通' } as const
export type CallResult = keyof typeof callResults

export const ratingWays = { phone: '电话', sms: '短信', web: '网上', counter: '当面' } as const

export const legOutcomes = {
  replied: '已回复',
  returned: '已退单',
  redispatched: '已改派',
  merged: '已并单',
  terminated: '已终止',
  routed: '已转办',
  accepted: '已受理',
  declined: '不予受理',
} as const
export type LegOutcome = keyof typeof legOutcomes

/** Texts of which every version is kept. */
export const textFields = {
  ...{ title: '标题', content: '内容', reply: '答复' },
  ...{ leaderName: '接访领导', leaderPost: '接访领导职务', leaderOpinion: '领导意见' },
} as const

/** In the place of a text that our own forms ask for and the city platform does not export. */
export const NOT_TOLD = '(市平台未提供)'

/** domain.md 2.4: on what ground a dissatisfied rating may be screened. */
export const screeningGrounds = {
  'beyond-law': '诉求超出法律政策',
  'lawfully-done': '已依法办结无新事由',
  'not-duty': '非承办单位职责',
  uncooperative: '诉求人拒绝配合或无法联系',
  malicious: '恶意评价',
  mistaken: '误评（当事人更正）',
} as const

/** 国办发〔2020〕53号: what the hotline does not accept, and the route that the caller is told. */
export const refusalRoutes = {
  petition: '信访渠道',
  litigation: '诉讼',
  arbitration: '仲裁',
  reconsideration: '行政复议',
  discipline: '纪检监察',
  disclosure: '政府信息公开',
  police: '110报警',
  'not-government': '非政府职责，向有关单位反映',
} as const

/** The last four: 信访工作条例 art. 39(3). */
export const supervisionKinds = {
  urge: '催办',
  supervise: '督办',
  interview: '约谈',
  circulate: '通报',
  'list-publicly': '挂牌督办',
  rectify: '限期整改',
} as const

/** 信访条例 art. 36; 信访工作条例 art. 40. */
export const supervisionGrounds = {
  overdue: '无正当理由超期',
  'no-feedback': '未反馈办理结果',
  procedure: '未按程序办理',
  evasion: '推诿、敷衍、拖延',
  'not-executed': '不执行处理意见',
  falsified: '弄虚作假',
  dissatisfied: '重办后仍不满意',
  other: '其他需要督办的情形',
} as const

/** Level 1, and the epidemic sub-topics of 2020; domain.md 2.2. */
export const topics = {
  urban: '城乡建设',
  housing: '住房物业',
  traffic: '交通运输',
  utilities: '公共事业',
  market: '市场监管消费',
  labour: '劳动社保',
  health: '医疗卫生',
  education: '教育',
  welfare: '民政救助',
  agriculture: '农业农村',
  land: '国土征地拆迁',
  environment: '生态环境',
  safety: '公共安全政法',
  culture: '文体旅游',
  conduct: '党务政务干部作风',
  epidemic: '疫情防控',
  'epidemic.roads': '疫情防控/道路封堵',
  'epidemic.health-certificates': '疫情防控/健康证明',
  'epidemic.returning': '疫情防控/返乡车辆人员',
  'epidemic.crowds': '疫情防控/人群聚集',
  'epidemic.premises': '疫情防控/小区市场超市管理',
  'epidemic.quarantine-costs': '疫情防控/隔离食宿费用',
  'epidemic.supplies': '疫情防控/防护用品价格质量',
  'epidemic.openings': '疫情防控/违规开业',
  other: '其他',
} as const
export type Topic = keyof typeof topics
