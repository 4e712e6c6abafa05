// Compiles conditions on facts to SQL: every fact is a bit of one integer, whichever way that integer is made.
import { movingFacts, settledFacts, type Fact } from '../matters/facts.ts'
import type { Condition, FactName } from './parts.ts'

const settled = Object.entries(settledFacts as Record<string, Fact>)
const moving = Object.entries(movingFacts as Record<string, Fact>)

/** The columns that move facts by mere passing of time; each is part of the recount's index. */
export const movingColumns = moving.map(([, { at }]) => at)

const bits = new Map([...settled, ...moving].map(([name], position) => [name, 2 ** position]))

/** The bit of a fact: settled ones as in `matters.flags`, the moving ones above them. */
export function bitOf(name: FactName): number {
  const bit = bits.get(name)
  if (bit === undefined || bit >= 2 ** 31) throw new RangeError(`no bit for the fact ${name}`)
  return bit
}

export function bitsOf(names: readonly FactName[] = []): number {
  return names.reduce((sum, name) => sum | bitOf(name), 0)
}

/** Every fact that a condition looks at. */
export function factsIn({ all = [], any = [], none = [] }: Condition): FactName[] {
  return [...new Set([...all, ...any, ...none])]
}

/**
 * The facts of a matter `m` as of the instant in parameter `at`, from the moments themselves: settled ones hold from
 * their moment on, moving ones strictly after it. Only the facts asked for are looked at.
 */
export function factsAsOf(at: string, names?: readonly FactName[]): string {
  const asked = ([name]: [string, Fact]) => names === undefined || names.includes(name as FactName)
  const terms = [
    ...settled.filter(asked).map(([name, { at: column, is, before }]) => {
      const bit = bitOf(name as FactName)
      const further = is === undefined ? '' : ` and (${is})`
      const earlier = before === undefined ? '' : ` when ${before.replaceAll('{at}', at)} then ${bit}`
      return `case when m.${column} <= ${at}${further} then ${bit}${earlier} else 0 end`
    }),
    ...moving.filter(asked).map((fact) => movingTerm(fact, at)),
  ]
  return terms.length === 0 ? '0' : `(${terms.join(' + ')})`
}

/** The same as of now, from the stored bits: what is settled has happened by now. Most matters were never late at all. */
export function factsNow(at: string): string {
  const moved = moving.map((fact) => movingTerm(fact, at)).join(' + ')
  return `case when coalesce(${movingColumns.map((c) => `m.${c}`).join(', ')}) is null then m.flags else m.flags + ${moved} end`
}

/** Whether a condition holds on such an integer. */
export function meets({ all, any, none }: Condition, facts: number): boolean {
  const needed = bitsOf(all)
  const fixed = needed | bitsOf(none)
  return (facts & fixed) === needed && (any === undefined || (facts & bitsOf(any)) !== 0)
}

/**
 * What these facts say of a matter `m` by the columns that move them: it follows from `holds`, and is of columns alone, so
 * that an index tells which few matters to look at.
 */
export function movedIn(names: readonly FactName[], at: string): string[] {
  return moving
    .filter(([name]) => names.includes(name as FactName))
    .map(([, { at: column }]) => `m.${column} < ${at}`)
}

function movingTerm([name, { at: column }]: [string, Fact], at: string): string {
  return `case when m.${column} < ${at} then ${bitOf(name as FactName)} else 0 end`
}

/** Whether a condition holds on such an integer, as SQL. */
export function holds(condition: Condition, facts: string): string {
  const all = bitsOf(condition.all)
  const fixed = all | bitsOf(condition.none)
  const any = condition.any === undefined ? '' : ` and (${facts} & ${bitsOf(condition.any)}) <> 0`
  return `((${facts} & ${fixed}) = ${all}${any})`
}
