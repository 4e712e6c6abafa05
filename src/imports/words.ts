// The words that platforms write into columns of choices, and what each means here; data, and the one way to look them up.
import type { hotline } from '../matters/channels/hotline.ts'
import {
  topics,
  urgencies,
  type CallResult,
  type Rating,
  type Topic,
  type Urgency,
} from '../matters/terms.ts'
import { cleanCode } from './cells.ts'

export type Category = keyof typeof hotline.categories

/** Meaning → the words for it. `'': …` are the words that say "no value". */
type Words<Meaning extends string> = Partial<Record<Meaning | '', readonly string[]>>

/** Cells that say nothing, in any column. */
export const BLANKS: ReadonlySet<string> = new Set([
  '',
  '-',
  '--',
  '---',
  '—',
  '——',
  '/',
  '\\',
  '无',
  '空',
  'null',
  'NULL',
  'N/A',
  'n/a',
  '暂无',
])

const categories: Words<Category> = {
  consult: ['咨询', '咨询类', '业务咨询', '政策咨询'],
  help: ['求助', '求助类', '求决', '申诉', '非紧急求助'],
  complain: ['投诉', '投诉类', '举报投诉', '投诉举报'],
  report: ['举报', '举报类', '检举', '揭发控告', '检举控告'],
  suggest: ['建议', '建议类', '意见建议', '意见', '建言献策'],
  praise: ['表扬', '表扬类', '感谢', '表扬感谢', '感谢表扬'],
  other: ['其他', '其它', '其他类', '其它类'],
}

const urgencyWords: Words<Urgency> = {
  normal: [urgencies.normal, '普通', '正常', '非紧急', '常规', '平件', '否'],
  urgent: [urgencies.urgent, '加急', '急件', '较急', '急', '是'],
  critical: [urgencies.critical, '特急件', '特别紧急', '非常紧急', '应急'],
}

/** Scales differ; what stands between 满意 and 不满意 is 基本满意, and a default for want of an answer is no rating. */
const ratingWords: Words<Rating> = {
  satisfied: ['满意', '非常满意', '很满意', '十分满意'],
  basic: ['基本满意', '比较满意', '较满意', '一般', '一般满意'],
  dissatisfied: ['不满意', '非常不满意', '很不满意', '十分不满意', '不太满意'],
  '': [
    '未评价',
    '待评价',
    '未评',
    '拒绝评价',
    '不评价',
    '默认满意',
    '默认好评',
    '系统默认',
    '视同满意',
    '超期未评价',
    '无法评价',
    '未接通',
  ],
}

const callWords: Words<CallResult> = {
  reached: [
    '已接通',
    '接通',
    '成功',
    '回访成功',
    '已回访',
    '正常',
    '有效回访',
    ...Object.values(ratingWords)
      .flat()
      .filter((w) => w.endsWith('满意') && !/默认|视同/.test(w)),
  ],
  refused: ['拒绝评价', '拒绝', '拒绝回访', '拒访', '不愿评价', '不评价', '接通未评价'],
  missed: [
    '未接通',
    '无人接听',
    '未接',
    '关机',
    '停机',
    '空号',
    '占线',
    '忙线',
    '无法接通',
    '无法联系',
    '失败',
    '回访失败',
    '号码有误',
  ],
  '': ['未回访', '待回访', '无需回访', '不需回访'],
}

const screeningWords: Words<'upheld' | 'rejected'> = {
  upheld: ['成立', '甄别成立', '通过', '甄别通过', '剔除', '同意', '同意剔除', '予以剔除', '甄别成功'],
  rejected: [
    '不成立',
    '甄别不成立',
    '不通过',
    '未通过',
    '甄别不通过',
    '甄别未通过',
    '驳回',
    '不同意',
    '不予剔除',
    '甄别失败',
  ],
  '': ['未甄别', '未申请', '待甄别', '甄别中'],
}

export const platformStates = {
  registered: '待派单',
  assigned: '待签收',
  handling: '办理中',
  replied: '待审核',
  reviewed: '待回访',
  rated: '已回访',
  screening: '甄别中',
  redoing: '重办中',
  closed: '已办结',
  archived: '已归档',
  returned: '已退单',
  withdrawn: '已撤销',
} as const

export type PlatformState = keyof typeof platformStates

const stateWords: Words<PlatformState> = {
  registered: ['待派单', '待派发', '待交办', '待受理', '已受理', '待转办', '已登记'],
  assigned: ['待签收', '未签收', '已派单', '已派发', '已交办', '已转办', '待接收'],
  handling: [
    '办理中',
    '处理中',
    '在办',
    '正在办理',
    '待办',
    '待办理',
    '待回复',
    '已签收',
    '待反馈',
    '延期中',
    '延期审核中',
  ],
  replied: ['待审核', '待审批', '回复待审核', '审核中'],
  reviewed: ['待回访', '已回复', '已反馈', '已答复', '审核通过', '已审核', '待评价', '回访中'],
  rated: ['已回访', '已评价'],
  screening: ['甄别中', '待甄别', '申请甄别'],
  redoing: ['重办中', '待重办', '重新办理', '二次办理', '二次办理中', '重办'],
  closed: ['已办结', '办结', '已结案', '结案', '已完成', '完成', '已关闭', '关闭', '已结束', '办结待归档'],
  archived: ['已归档', '归档', '存档'],
  returned: ['已退单', '退单', '已退回', '退回', '退单中'],
  withdrawn: ['已撤销', '撤销', '已作废', '作废', '已撤回', '撤回', '无效工单', '已取消'],
}

const topicWords: Words<Topic> = {
  ...Object.fromEntries(
    Object.entries(topics).map(([topic, label]) => [topic, [label, ...label.split('/').slice(1)]]),
  ),
  urban: [topics.urban, '城市管理', '城管', '市容环卫', '市政设施', '违章建筑', '规划建设'],
  housing: [topics.housing, '物业管理', '物业', '住房保障', '房地产', '房产管理', '住房'],
  traffic: [topics.traffic, '交通', '公共交通', '道路交通', '交通出行', '出租车'],
  utilities: [topics.utilities, '水电气', '供水', '供电', '供气', '供暖', '通信', '水电气暖', '公用事业'],
  market: [topics.market, '市场监管', '消费维权', '消费投诉', '食品安全', '商贸', '物价'],
  labour: [topics.labour, '劳动和社会保障', '社保', '劳动保障', '劳动纠纷', '欠薪', '人力社保', '人社'],
  health: [topics.health, '医疗', '卫生健康', '卫生计生', '医保'],
  education: [topics.education, '教育文体', '教育科技', '学校'],
  welfare: [topics.welfare, '民政', '社会救助', '养老'],
  agriculture: [topics.agriculture, '农村农业', '三农', '农林水利', '水利'],
  land: [topics.land, '国土资源', '征地拆迁', '自然资源', '拆迁安置'],
  environment: [topics.environment, '环境保护', '噪声', '噪音', '噪声污染', '环保', '大气污染', '油烟'],
  safety: [topics.safety, '政法', '公共安全', '治安', '社会治安', '消防'],
  culture: [topics.culture, '文化旅游', '文体', '旅游', '广电'],
  conduct: [topics.conduct, '党务政务', '干部作风', '效能建设', '作风建设', '纪检监察', '组织人事'],
  epidemic: [topics.epidemic, '疫情', '新冠疫情', '涉疫', '疫情防控类'],
  other: [topics.other, '其它', '其他类'],
}

const flagWords: Words<'yes' | 'no'> = {
  yes: ['是', '已解决', '解决', '有', 'y', 'yes', 'true', '1', '√', '对', '保密'],
  no: ['否', '未解决', '没有', '不是', 'n', 'no', 'false', '0', '×', 'x', '不保密', '不需要', '部分解决'],
}

export const words = {
  category: finder(categories),
  urgency: finder(urgencyWords),
  rating: finder(ratingWords),
  callResult: finder(callWords),
  screening: finder(screeningWords),
  state: finder(stateWords),
  topic: finder(topicWords),
  flag: finder(flagWords),
} as const

/** Meaning of a word; '' for one that says there is no value, undefined for one that nobody knows. */
export type Finder<Meaning extends string> = (text: string) => Meaning | '' | undefined

function finder<Meaning extends string>(table: Words<Meaning>): Finder<Meaning> {
  const known = new Map<string, Meaning | ''>()
  for (const [meaning, list] of Object.entries(table) as [Meaning | '', readonly string[]][]) {
    for (const word of list) if (!known.has(plain(word))) known.set(plain(word), meaning)
  }
  return (text) => known.get(text) ?? known.get(plain(text))
}

/** What a topic column holds: `一级/二级`, `一级-二级` or one of them; the narrower one that is known decides. */
export function topicOf(text: string): Topic | undefined {
  const whole = words.topic(text)
  if (whole !== undefined && whole !== '') return whole
  const parts = text.split(/[/\\>\-—–_、,,::|]+/).filter((part) => part !== '')
  for (const part of parts.toReversed()) {
    const found = words.topic(part)
    if (found !== undefined && found !== '') return found
  }
  return undefined
}

/** One form of a word: half-width, without spaces and the punctuation that people add. */
function plain(word: string): string {
  return cleanCode(word)
    .replace(/[\s()()【】[\]。.!!]/g, '')
    .toLowerCase()
}
