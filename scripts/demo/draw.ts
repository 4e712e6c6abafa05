// Draws from lists: evenly, by weight, or all of them in another order. Seeded, so always the same.
import type { Rng } from '../../test/support/identity.ts'

/** A whole number from `from` through `to`. */
export function between(rng: Rng, from: number, to: number): number {
  return from + Math.floor(rng() * (to - from + 1))
}

export function oneOf<T>(rng: Rng, items: readonly T[]): T {
  const found = items[Math.floor(rng() * items.length)]
  if (found === undefined) throw new RangeError('nothing to pick from')
  return found
}

export type Weighted<T> = readonly { item: T; upTo: number }[]

export function weighted<T>(weights: readonly (readonly [T, number])[]): Weighted<T> {
  let sum = 0
  return weights.map(([item, weight]) => ({ item, upTo: (sum += weight) }))
}

export function pick<T>(rng: Rng, from: Weighted<T>): T {
  const drawn = rng() * (from.at(-1)?.upTo ?? 0)
  const found = from.find(({ upTo }) => drawn < upTo) ?? from.at(-1)
  if (found === undefined) throw new RangeError('nothing to pick from')
  return found.item
}

/** Fisher–Yates; the list itself stays as it is. */
export function shuffled<T>(rng: Rng, list: readonly T[]): T[] {
  const items = [...list]
  for (let i = items.length - 1; i > 0; i--) {
    const j = between(rng, 0, i)
    const moved = items[i] as T
    items[i] = items[j] as T
    items[j] = moved
  }
  return items
}
