// How figures are compared in words. Integers in, text out.
import { halfUp, percent, percentText, withPoint } from '../platform/numbers.ts'

export interface Compared {
  /** With the same period of last year (同比) or with the period before (环比). */
  with: '去年' | '去年同期' | '上年' | '上月' | '上周' | '上期'
}

/**
 * A count against the one before: 上升25%, 下降8%, 与去年持平; 去年同期为0，不作比较; 下降100% only when nothing is left.
 */
export function changeText(
  current: number,
  previous: number,
  { with: other }: Compared = { with: '去年' },
): string {
  if (current === previous) return `与${other}持平`
  if (previous === 0) return `${other === '去年' ? '去年同期' : other}为0，不作比较`
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

export interface Ranked {
  /** Items of equal rates share a place; null for fewer than the floor. */
  rank: number | null
}

/** Places by the exact rate, those below the floor (of the denominator) last and without a place. */
export function ranked<T extends { numerator: number; denominator: number | null }>(
  items: readonly T[],
  { floor, better }: { floor: number; better: 'high' | 'low' },
): (T & Ranked)[] {
  const share = ({ denominator }: T) => denominator ?? 0
  const enough = items.filter((item) => share(item) > 0 && share(item) >= floor)
  const ahead = (a: T, b: T) => {
    const difference = BigInt(a.numerator) * BigInt(share(b)) - BigInt(b.numerator) * BigInt(share(a))
    return Number(better === 'high' ? -difference : difference)
  }
  const placed: (T & Ranked)[] = []
  for (const [i, item] of enough.toSorted(ahead).entries()) {
    const last = placed.at(-1)
    const shares = last !== undefined && ahead(last, item) === 0
    placed.push({ ...item, rank: shares ? last.rank : i + 1 })
  }
  const few = items.filter((item) => !enough.includes(item)).map((item) => ({ ...item, rank: null }))
  return [...placed, ...few]
}
