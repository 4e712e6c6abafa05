// The people who call: made up, with names, phones and ID numbers that pass every check and belong to nobody.
import {
  generateAddress,
  generateIdNo,
  generateName,
  generatePhone,
  type Rng,
} from '../../test/support/identity.ts'
import { oneOf } from './draw.ts'

export interface Caller {
  name: string
  phone: string
  idNo: string | null
  address: string | null
}

/** So many callers, each with a phone of their own. */
export function makeCallers(count: number, rng: Rng): Caller[] {
  const phones = new Set<string>()
  while (phones.size < count) phones.add(generatePhone(rng))
  return [...phones].map((phone) => ({
    name: generateName(rng),
    phone,
    idNo: rng() < 0.22 ? generateIdNo(rng) : null,
    address: rng() < 0.6 ? generateAddress(rng) : null,
  }))
}

/** Most call once or twice, some call often. */
export function pickCaller(callers: readonly Caller[], rng: Rng): Caller {
  return oneOf(() => rng() ** 1.6, callers)
}
