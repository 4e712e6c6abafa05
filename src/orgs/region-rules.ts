// Whether a list of regions is consistent: periods of one code, parents and successors.
import type { Day } from '../platform/clock.ts'
import type { FieldError } from '../platform/problems.ts'

export const regionLevels = ['province', 'city', 'district', 'township', 'village'] as const

export interface RegionRow {
  code: string
  name: string
  level: (typeof regionLevels)[number]
  parentCode: string | null
  validFrom: Day
  /** First day on which it no longer holds. */
  validTo: Day | null
  successorCodes: string[]
}

/** How many people lived in a region on the day of a census. */
export interface CensusRow {
  code: string
  day: Day
  people: number
}

/** Of the last census up to this day, of the first one for days before it; undefined for a region never counted. */
export function populationOn(censuses: readonly CensusRow[], code: string, on: Day): number | undefined {
  const counted = censuses
    .filter((census) => census.code === code)
    .toSorted((a, b) => (a.day < b.day ? -1 : 1))
  return (counted.findLast(({ day }) => day <= on) ?? counted[0])?.people
}

/** 乡镇、街道 of a district on a day. */
export function townshipsOn(regions: readonly RegionRow[], code: string, on: Day): number {
  return regions.filter(
    ({ level, parentCode, validFrom, validTo }) =>
      level === 'township' && parentCode === code && validFrom <= on && (validTo === null || validTo > on),
  ).length
}

/** Everything wrong with a list that is to replace the stored one; pointers begin with `/body/items`. */
export function regionFaults(rows: readonly RegionRow[]): FieldError[] {
  const faults: FieldError[] = []
  const byCode = Map.groupBy(rows, (row) => row.code)
  for (const [i, row] of rows.entries()) {
    const fault = (field: string, code: string, message: string) =>
      faults.push({ pointer: `/body/items/${i}/${field}`, code, message })
    if (row.validTo !== null && row.validTo <= row.validFrom) {
      fault('validTo', 'region/period-empty', '失效日期应晚于生效日期')
    }
    if (byCode.get(row.code)?.some((other) => other !== row && overlap(row, other)) === true) {
      fault('validFrom', 'region/period-overlaps', `代码${row.code}的有效期重叠`)
    }
    if (row.parentCode === row.code || (row.parentCode !== null && !byCode.has(row.parentCode))) {
      fault('parentCode', 'region/parent-unknown', `上级代码${row.parentCode}不在表中`)
    }
    const strange = row.successorCodes.find((code) => code === row.code || !byCode.has(code))
    if (strange !== undefined)
      fault('successorCodes', 'region/successor-unknown', `继任代码${strange}不在表中`)
    if (row.successorCodes.length > 0 && row.validTo === null) {
      fault('successorCodes', 'region/successor-too-early', '仍有效的区划没有继任')
    }
  }
  return faults
}

function overlap(a: RegionRow, b: RegionRow): boolean {
  return (a.validTo === null || b.validFrom < a.validTo) && (b.validTo === null || a.validFrom < b.validTo)
}
