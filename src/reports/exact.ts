// Arithmetic of printed numbers without floating point: shares and changes, half up, to the decimals that were printed.
import { halfUp, withPoint } from '../platform/numbers.ts'
import type { Stated, StatedChange } from './figures.ts'

/** A printed number in hundred-millionths, exact for every amount a report prints. */
const PLACES = 8

export function scaled({ digits, value, decimals }: Pick<Stated, 'digits' | 'value' | 'decimals'>): bigint {
  const [whole = '0', part = ''] = digits.split('.')
  // 36万条 is printed as 36 and is 360 000.
  if (Number(digits) !== value) return BigInt(Math.round(value)) * 10n ** BigInt(PLACES)
  if (decimals > PLACES) return BigInt(Math.round(value * 10 ** PLACES))
  return BigInt(whole + part) * 10n ** BigInt(PLACES - decimals)
}

/** numerator ÷ denominator in per cent × 10^decimals, half up; undefined for a zero denominator. */
export function shareOf(numerator: bigint, denominator: bigint, decimals: number): bigint | undefined {
  if (denominator <= 0n) return undefined
  return halfUp(numerator * 100n * 10n ** BigInt(decimals), denominator)
}

/** The same, cut off instead of rounded. */
export function cutShareOf(numerator: bigint, denominator: bigint, decimals: number): bigint | undefined {
  if (denominator <= 0n) return undefined
  return (numerator * 100n * 10n ** BigInt(decimals)) / denominator
}

/** A printed per cent as an integer of its last decimal. */
export function percentUnits({ value, decimals }: Pick<Stated, 'value' | 'decimals'>): bigint {
  return BigInt(Math.round(value * 10 ** decimals))
}

export function percentOf(units: bigint, decimals: number): string {
  return `${withPoint(units, decimals)}%`
}

/** Whether a count that went from `previous` to `current` is printed so, rounded half up. */
export function changeFits(current: number, previous: number, change: StatedChange): boolean {
  return fits(current, previous, change, shareOf)
}

/** Whether it is printed so by whoever cuts decimals off. */
function cutChangeFits(current: number, previous: number, change: StatedChange): boolean {
  return fits(current, previous, change, cutShareOf)
}

function fits(
  current: number,
  previous: number,
  { direction, percent, decimals }: StatedChange,
  share: typeof shareOf,
): boolean {
  if (previous <= 0 || !Number.isSafeInteger(current) || !Number.isSafeInteger(previous)) return false
  if (direction === 'up' ? current < previous : current > previous) return false
  const moved = share(BigInt(Math.abs(current - previous)), BigInt(previous), decimals)
  return moved === percentUnits({ value: percent, decimals })
}

/** `changeText` of what the change would have to be. */
export function changeWords({ direction, percent }: Pick<StatedChange, 'direction' | 'percent'>): string {
  return `${direction === 'up' ? '上升' : '下降'}${percent}%`
}

/**
 * The counts of the year before from which the printed change follows: the least and the greatest, or undefined when no
 * whole number gives it. `rounded: 'cut'` for those who cut decimals off.
 */
export function previousOf(
  current: number,
  change: StatedChange,
  rounded: 'half-up' | 'cut' = 'half-up',
): { from: number; to: number } | undefined {
  const { direction, percent, decimals } = change
  const unit = 1 / 10 ** decimals
  const sign = direction === 'up' ? 1 : -1
  const [below, above] = rounded === 'cut' ? [0, unit] : [unit / 2, unit / 2]
  const ends = [percent - below, percent + above].map((rate) => current / (1 + (sign * rate) / 100))
  const test = rounded === 'cut' ? cutChangeFits : changeFits
  const right = (previous: number) => test(current, previous, change)
  const finite = ends.map((end) => (Number.isFinite(end) && end >= 0 ? end : Number.MAX_SAFE_INTEGER))
  const [low, high] = [Math.min(...finite), Math.max(...finite)]
  // The bounds are within one of the truth; a wrong one is stepped over.
  const from = [Math.floor(low) - 1, Math.floor(low), Math.ceil(low), Math.ceil(low) + 1].find(right)
  const to = [Math.ceil(high) + 1, Math.ceil(high), Math.floor(high), Math.floor(high) - 1].find(right)
  if (from === undefined && to === undefined) return undefined
  return { from: from ?? to ?? 0, to: to ?? from ?? 0 }
}
