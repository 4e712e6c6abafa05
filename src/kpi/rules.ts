// How figures are rounded, written and compared in words. Integers in, text out.

/** For a zero denominator: there is nothing to take a share of. */
const NOTHING = '无'

/**
 * The share of `numerator` in `denominator` in per cent, half up, with `decimals`; with as many more as it takes that
 * what is not 100 does not read 100 and what is not 0 does not read 0. Null for a zero denominator.
 */
export function percent(numerator: number, denominator: number, decimals = 0): string | null {
  if (
    !Number.isSafeInteger(numerator) ||
    !Number.isSafeInteger(denominator) ||
    numerator < 0 ||
    denominator < 0
  ) {
    throw new RangeError(`not two counts: ${numerator}, ${denominator}`)
  }
  if (denominator === 0) return null
  return ratio(BigInt(numerator), BigInt(denominator), decimals)
}

function ratio(numerator: bigint, denominator: bigint, decimals: number): string {
  for (let places = decimals; ; places++) {
    const whole = 100n * 10n ** BigInt(places)
    const rounded = halfUp(numerator * whole, denominator)
    const falselyWhole = rounded === whole && numerator !== denominator
    const falselyNone = rounded === 0n && numerator !== 0n
    if (!falselyWhole && !falselyNone) return withPoint(rounded, places)
  }
}

function halfUp(numerator: bigint, denominator: bigint): bigint {
  return (2n * numerator + denominator) / (2n * denominator)
}

function withPoint(scaled: bigint, places: number): string {
  if (places === 0) return String(scaled)
  const digits = String(scaled).padStart(places + 1, '0')
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`
}

/** `97%`, or 无. */
export function percentText(value: string | null): string {
  return value === null ? NOTHING : `${value}%`
}

export interface Compared {
  /** With the same period of last year (同比) or with the period before (环比). */
  with: '去年' | '去年同期' | '上年' | '上月' | '上期'
}

/**
 * A count against the one before: 上升25%, 下降8%, 与去年持平; 去年同期为0,不作比较; 下降100% only when nothing is left.
 */
export function changeText(
  current: number,
  previous: number,
  { with: other }: Compared = { with: '去年' },
): string {
  if (current === previous) return `与${other}持平`
  if (previous === 0) return `${other === '去年' ? '去年同期' : other}为0,不作比较`
  const change = percent(Math.abs(current - previous), previous)
  return `${current > previous ? '上升' : '下降'}${percentText(change)}`
}

export interface Rate {
  numerator: number
  denominator: number
}

/**
 * The difference of two rates in percentage points, from the exact rates, half up, with at least one decimal unless it
 * is whole; null when one of them has no denominator. Negative when the rate fell.
 */
export function pointsBetween(current: Rate, previous: Rate): string | null {
  if (current.denominator === 0 || previous.denominator === 0) return null
  const [a, b] = [BigInt(current.numerator), BigInt(current.denominator)]
  const [c, d] = [BigInt(previous.numerator), BigInt(previous.denominator)]
  const difference = a * d - c * b
  const size = difference < 0n ? -difference : difference
  const text = size === 0n ? '0' : pointsOf(size, b * d)
  return difference < 0n ? `-${text}` : text
}

/** Points may well be 100; only a real difference must not read 0. */
function pointsOf(numerator: bigint, denominator: bigint): string {
  for (let places = 1; ; places++) {
    const rounded = halfUp(numerator * 100n * 10n ** BigInt(places), denominator)
    if (rounded !== 0n) return withPoint(rounded, places).replace(/\.0+$/, '')
  }
}

/** A rate against the one before, in points: 上升1.2个百分点, 下降3个百分点, 与去年持平. */
export function pointsText(
  current: Rate,
  previous: Rate,
  { with: other }: Compared = { with: '去年' },
): string {
  const points = pointsBetween(current, previous)
  if (points === null) return '不作比较'
  if (points === '0') return `与${other}持平`
  return points.startsWith('-') ? `下降${points.slice(1)}个百分点` : `上升${points}个百分点`
}
