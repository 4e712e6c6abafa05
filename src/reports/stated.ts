// A figure as a report states it: what it counts, how much, in which unit, and where it stands. Read from a text or computed.

export type StatedUnit =
  | '批'
  | '人次'
  | '件'
  | '人'
  | '个'
  | '次'
  | '天'
  | '条'
  | '元'
  | '万元'
  | '%'
  | '个百分点'

export interface Place {
  /** From 1. */
  line: number
  /** Characters before it in the line, from 0. */
  column: number
  /** The words around it. */
  excerpt: string
}

/** `上升42%`: printed as a change against the year before. */
export interface StatedChange {
  direction: 'up' | 'down'
  percent: number
  decimals: number
}

export interface Stated {
  /** Order in the text; the identity of the figure. */
  id: number
  /** What it is a figure of: hotline, letters … (`reading/scopes.ts`); '' where the text does not say. */
  scope: string
  /** The words before the number, without those that only connect. */
  name: string
  /** As printed, without separators: digits of any length stay exact. */
  digits: string
  value: number
  decimals: number
  unit: StatedUnit
  /** 余、多、以上: at least so much. */
  atLeast: boolean
  /** 达到、不低于: a goal, not a result. */
  goal: boolean
  /** The words behind it, up to the next mark. */
  after: string
  place: Place
  sentence: number
  change?: StatedChange
}

export type Severity = 'error' | 'warning' | 'note'

export interface Finding {
  check: CheckId
  severity: Severity
  place: Place
  zh: string
  en: string
  /** What would be right, where that can be told. */
  proposal?: string
}

/** Every check, with what it holds a report to. */
export const checks = {
  SUM: {
    zh: '各部分之和等于总数，列举的名称与所称个数相符',
    en: 'parts add up to the whole, names to their number',
  },
  SUBSET: { zh: '部分不多于总数', en: 'a part is no more than the whole' },
  MIN5: { zh: '集体访人次不少于批次的五倍', en: 'a collective visit has at least five people' },
  'PERSONS≥BATCHES': { zh: '人次不少于批次', en: 'no fewer people than batches' },
  RATE_RANGE: { zh: '比率在0到100%之间', en: 'a rate lies between 0 and 100 %' },
  RATE_MATCH: { zh: '比率与其分子、分母相符', en: 'a rate agrees with its parts' },
  YOY_FEASIBLE: {
    zh: '同比的变化有相应的上年数',
    en: 'some count of the year before gives the printed change',
  },
  UNIT: { zh: '同一划分中单位一致', en: 'one unit within a partition' },
  POPULATION: { zh: '人次不超过全区人口', en: 'no more people than live there' },
  DIGITS: { zh: '不超过近三年最大数的十倍', en: 'not ten times the most of three years' },
  CONCAT: { zh: '不是两个数连写', en: 'not two numbers written as one' },
  ASOF: { zh: '同一部分截止时间一致', en: 'one cut-off within a part' },
  CONTRADICTION: {
    zh: '同一指标前后一致，指标与所量的事一致',
    en: 'one metric has one value, and measures what it names',
  },
  NUMBERING: { zh: '序号连续、不重复', en: 'numbers follow each other' },
  ALIAS: { zh: '同一项目名称一致', en: 'one name for one thing' },
  ZERO_CLAIM: { zh: '称“零”的确为零', en: 'what is claimed to be nil is nil' },
  STOCK: {
    zh: '期初未结加受理减办结等于期末未结',
    en: 'opening stock, received and closed give the closing stock',
  },
} as const
export type CheckId = keyof typeof checks

/** What a text alone does not tell. */
export interface Context {
  /** People of the district; without it POPULATION is not asked. */
  population?: number
  /** 乡镇、街道 at the end of the year. */
  townships?: number
  /** The most of the three years before, by `scope name unit`. */
  history?: ReadonlyMap<string, number>
}
