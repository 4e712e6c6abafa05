// 行政区划 of 利州区 as shipped (GB/T 2260 and 统计用区划代码), with the change that the province approved on 2019-12-24.
import type { CensusRow, RegionRow } from './region-rules.ts'

/** Stands for "as long as any record here goes back". */
const ALWAYS = '1990-01-01'
/** 四川省人民政府 approved on this day: 赤化镇 and 工农镇 dissolved, 万缘街道 set up. */
const REFORM = '2019-12-24'

const township = (
  code: string,
  name: string,
  period: Partial<Pick<RegionRow, 'validFrom' | 'validTo' | 'successorCodes'>> = {},
): RegionRow => ({
  code,
  name,
  level: 'township',
  parentCode: '510802',
  validFrom: ALWAYS,
  validTo: null,
  successorCodes: [],
  ...period,
})

export const shippedRegions: readonly RegionRow[] = [
  { ...township('510802', '利州区'), level: 'district', parentCode: '510800' },
  { ...township('510800', '广元市'), level: 'city', parentCode: null },
  township('510802001', '东坝街道'),
  township('510802002', '嘉陵街道'),
  township('510802003', '河西街道'),
  township('510802004', '雪峰街道'),
  township('510802005', '南河街道'),
  township('510802006', '上西街道'),
  township('510802011', '万缘街道', { validFrom: REFORM }),
  township('510802100', '荣山镇'),
  township('510802101', '大石镇'),
  township('510802102', '盘龙镇'),
  township('510802103', '宝轮镇'),
  township('510802104', '赤化镇', { validTo: REFORM, successorCodes: ['510802103'] }),
  township('510802105', '三堆镇'),
  township('510802106', '工农镇', { validTo: REFORM, successorCodes: ['510802002', '510802006'] }),
  township('510802200', '白朝乡'),
  township('510802201', '金洞乡'),
  township('510802202', '龙潭乡'),
]

/** 第七次全国人口普查: who lives there, from the day of the count until the next one. */
export const shippedCensuses: readonly CensusRow[] = [{ code: '510802', day: '2020-11-01', people: 621_978 }]
