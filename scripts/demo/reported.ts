// What the office's own report of 2020 says of the hotline: read only to be compared with what the system computes.

export interface Reported {
  metric: string
  label: string
  /** As printed, without its unit. */
  value: string
}

/** “受理交办7708件，已办7529件，正在办理179件，及时签收率100%，按期回复率97%，延期率6.2%，超期390件，总满意度80%” */
export const reportedFigures: readonly Reported[] = [
  { metric: 'M01', label: '受理交办', value: '7708' },
  { metric: 'M02', label: '已办', value: '7529' },
  { metric: 'M03', label: '正在办理', value: '179' },
  { metric: 'M04', label: '及时签收率', value: '100' },
  { metric: 'M05', label: '按期回复率', value: '97' },
  { metric: 'M06', label: '延期率', value: '6.2' },
  { metric: 'M07', label: '超期', value: '390' },
  { metric: 'M10', label: '总满意度', value: '80' },
]

/** “共收到涉疫交办件950余件，主要反映道路封堵100余件……”: each “余” means at least. */
export const reportedTopics: readonly { topic: string; label: string; value: number }[] = [
  { topic: 'epidemic.roads', label: '道路封堵', value: 100 },
  { topic: 'epidemic.health-certificates', label: '办理健康证明', value: 110 },
  { topic: 'epidemic.returning', label: '外地返广车辆及人员', value: 80 },
  { topic: 'epidemic.crowds', label: '人群聚集', value: 70 },
  { topic: 'epidemic.premises', label: '小区、市场、超市管理不严格', value: 50 },
  { topic: 'epidemic.quarantine-costs', label: '隔离期间食宿自费', value: 40 },
  { topic: 'epidemic.supplies', label: '防护用品价格及质量', value: 350 },
  { topic: 'epidemic.openings', label: '商店违规开业', value: 150 },
]

export const reportedTopicsTotal = 950

/** Both are about this year. */
export const reportedYear = 2020
