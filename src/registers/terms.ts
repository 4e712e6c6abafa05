// The vocabularies of the registers as data, and which kind of indicator each metric can measure.

export const missions = {
  'two-sessions': '两会安保值班',
  beijing: '驻京值班',
  province: '驻省值班',
  epidemic: '疫情防控值守',
  routine: '日常值班',
} as const

export const smsSources = { own: '本平台发送', reported: '运营商报送' } as const

export const posts = { administrative: '行政编制', institution: '事业编制', worker: '工勤编制' } as const

export const indicatorKinds = {
  quantity: '数量指标',
  quality: '质量指标',
  timeliness: '时效指标',
  cost: '成本指标',
  benefit: '效益指标',
  satisfaction: '满意度指标',
} as const
export type IndicatorKind = keyof typeof indicatorKinds

/** What a metric measures: a satisfaction indicator is not measured by a reply rate, nor a reply rate by a count. */
export const metricKinds: Record<string, IndicatorKind> = {
  M01: 'quantity',
  M02: 'quantity',
  M04: 'timeliness',
  M05: 'timeliness',
  M05b: 'timeliness',
  M08: 'quality',
  M10: 'satisfaction',
  M10r: 'satisfaction',
  M11: 'timeliness',
  M12: 'quality',
  M14: 'quality',
}
