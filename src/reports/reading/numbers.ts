// Finds the numbers of a line that have a unit. Every step is of bounded length, so that a line of a million digits is read once.
import type { StatedUnit } from '../figures.ts'

export interface NumberFound {
  /** Where it begins and ends in the line, the unit included. */
  from: number
  to: number
  digits: string
  value: number
  decimals: number
  /** 500—2000元: the lower end. */
  least?: number
  unit: StatedUnit
  printed: string
  /** 余 or 多 between number and unit. */
  more: boolean
}

/** As printed, the longest first, and what it is counted as. */
const UNITS: readonly [printed: string, unit: StatedUnit][] = [
  ['个百分点', '个百分点'],
  ['万元', '万元'],
  ['批次', '批'],
  ['人次', '人次'],
  ['批', '批'],
  ['件', '件'],
  ['起', '件'],
  ['宗', '件'],
  ['人', '人'],
  ['名', '人'],
  ['个', '个'],
  ['次', '次'],
  ['天', '天'],
  ['条', '条'],
  ['辆', '辆'],
  ['台', '台'],
  ['元', '元'],
  ['%', '%'],
]
/** 6个月, 5个工作日: how long, not how many. */
const NOT_COUNTED = /个(?:月|工作日|小时|自然日)|人民/y
const TEN_THOUSAND = 10_000
const MOST_DIGITS = 30
const RANGE = /\s?(?:——|—|–|~|～|-|至|到)\s?(?=\d)/y
const THOUSANDS = /(?:,\d{3})+(?!\d)/y
const DECIMALS = /\.\d{1,12}/y
const DIGITS = /\d+/y

/** The number at this digit; undefined when no unit follows. `end` is where to read on. */
export function numberAt(text: string, at: number): { found?: NumberFound; end: number } {
  const first = plainAt(text, at)
  let { digits, to } = first
  let least: number | undefined
  const dash = matchAt(RANGE, text, to)
  if (dash !== undefined) {
    const second = plainAt(text, to + dash.length)
    // 2019—2020年 is no range of a count: it has no unit, and 3-2 is none either.
    if (Number(second.digits) > Number(digits)) {
      least = Number(digits)
      ;({ digits, to } = second)
    }
  }
  const end = to
  if (digits.length > MOST_DIGITS || text[at - 1] === '第') return { end }
  if (text[to] === ' ') to += 1
  const more = text[to] === '余' || text[to] === '多'
  if (more) to += 1
  const tens = text[to] === '万' && text[to + 1] !== '元'
  if (tens) to += 1
  NOT_COUNTED.lastIndex = to
  const unit = UNITS.find(([printed]) => text.startsWith(printed, to))
  if (unit === undefined || NOT_COUNTED.test(text)) return { end }
  const decimals = digits.split('.')[1]?.length ?? 0
  const value = tens ? Math.round(Number(digits) * TEN_THOUSAND) : Number(digits)
  to += unit[0].length
  const found: NumberFound = {
    ...{ from: at, to, digits, value, decimals, unit: unit[1], printed: unit[0], more },
    ...(least === undefined ? {} : { least: tens ? least * TEN_THOUSAND : least }),
  }
  return { found, end: to }
}

function plainAt(text: string, at: number): { digits: string; to: number } {
  let digits = matchAt(DIGITS, text, at) ?? ''
  let to = at + digits.length
  const thousands = digits.length <= 3 ? matchAt(THOUSANDS, text, to) : undefined
  if (thousands !== undefined) {
    digits += thousands.replaceAll(',', '')
    to += thousands.length
  }
  const decimals = matchAt(DECIMALS, text, to)
  if (decimals !== undefined) {
    digits += decimals
    to += decimals.length
  }
  return { digits, to }
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}
