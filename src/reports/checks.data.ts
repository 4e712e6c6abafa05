// Every check of a report's figures, as data: what it holds them to, how grave a breach is, and on what ground.

export type Severity = 'error' | 'warning' | 'note'

export interface Check {
  zh: string
  en: string
  /** Unless the finding says otherwise. */
  severity: Severity
  source: string
}

const ARITHMETIC = '算术'
const USAGE = '公文用语、行业术语'

export const checks = {
  SUM: {
    zh: '各部分之和等于总数，列举的名称与所称个数相符',
    en: 'parts add up to the whole, names to their number',
    ...{ severity: 'error', source: ARITHMETIC },
  },
  SUBSET: {
    zh: '部分不多于总数',
    en: 'a part is no more than the whole',
    ...{ severity: 'error', source: ARITHMETIC },
  },
  MIN5: {
    zh: '集体访人次不少于批次的五倍',
    en: 'a collective visit has at least five people',
    ...{ severity: 'error', source: '集体访统计口径：五人以上' },
  },
  'PERSONS≥BATCHES': {
    zh: '人次不少于批次',
    en: 'no fewer people than batches',
    ...{ severity: 'error', source: ARITHMETIC },
  },
  RATE_RANGE: {
    zh: '比率在0到100%之间，下降不超过100%',
    en: 'a rate lies between 0 and 100 %, and nothing falls by more',
    ...{ severity: 'error', source: ARITHMETIC },
  },
  RATE_MATCH: {
    zh: '比率与其分子、分母相符，平均数在所称范围内',
    en: 'a rate agrees with its two counts, a mean with its bounds',
    ...{ severity: 'error', source: '四舍五入到所列小数位' },
  },
  YOY_FEASIBLE: {
    zh: '同比的变化有相应的上年数，并与所存上年数相符',
    en: 'a count of the year before gives the printed change, and is the one on record',
    ...{ severity: 'error', source: '四舍五入到所列小数位' },
  },
  UNIT: {
    zh: '同一划分中单位一致，变化写明是批次还是人次',
    en: 'one unit within a partition, and changes say of which',
    ...{ severity: 'warning', source: '统计口径' },
  },
  POPULATION: {
    zh: '人次不超过全区人口',
    en: 'no more people than live there',
    ...{ severity: 'error', source: '人口普查' },
  },
  DIGITS: {
    zh: '不超过近三年最大数的十倍',
    en: 'not more than ten times the most of three years',
    ...{ severity: 'error', source: '近三年数据' },
  },
  CONCAT: {
    zh: '不是本年数与上年数连写',
    en: 'not two years’ numbers written as one',
    ...{ severity: 'error', source: ARITHMETIC },
  },
  ASOF: {
    zh: '同一部分截止时间一致',
    en: 'one cut-off within a part',
    ...{ severity: 'warning', source: '统计口径' },
  },
  CONTRADICTION: {
    zh: '同一指标前后一致，指标与所量的事一致',
    en: 'one metric has one value, and measures what it names',
    ...{ severity: 'error', source: '统计口径' },
  },
  NUMBERING: {
    zh: '序号连续、不重复',
    en: 'item numbers follow each other',
    ...{ severity: 'error', source: '党政机关公文格式 GB/T 9704—2012' },
  },
  ALIAS: {
    zh: '同一项目名称一致',
    en: 'one name for one thing',
    ...{ severity: 'warning', source: '项目登记名称' },
  },
  ZERO_CLAIM: {
    zh: '称“零”、称“无”的确为零',
    en: 'what is claimed to be nil is nil',
    ...{ severity: 'error', source: ARITHMETIC },
  },
  STOCK: {
    zh: '期初未结加新收减办结等于期末未结',
    en: 'opening stock, received and closed give the closing stock',
    ...{ severity: 'error', source: ARITHMETIC },
  },
  WORDING: {
    zh: '用语规范',
    en: 'words as the field writes them',
    ...{ severity: 'warning', source: USAGE },
  },
} as const satisfies Record<string, Check>

export type CheckId = keyof typeof checks
