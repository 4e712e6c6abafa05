// How numbers are rounded and written: shares, and money. Integers in, text out.

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

export function halfUp(numerator: bigint, denominator: bigint): bigint {
  return (2n * numerator + denominator) / (2n * denominator)
}

export function withPoint(scaled: bigint, places: number): string {
  if (places === 0) return String(scaled)
  const digits = String(scaled).padStart(places + 1, '0')
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`
}

/** `97%`, or 无. */
export function percentText(value: string | null): string {
  return value === null ? NOTHING : `${value}%`
}

/** Money in fen as it is printed: `500.00元`. */
export function yuan(fen: number): string {
  return `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}元`
}
