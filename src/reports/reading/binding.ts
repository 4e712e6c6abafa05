// Says which figure of the catalogue the words of a report mean.
import type { Stated } from '../figures.ts'
import { bindings, companions, type Binding } from './bindings.ts'
import { otherTimes } from './words.ts'

const byScope = Map.groupBy(bindings, ({ scope }) => scope)

export interface Spoken {
  stated: Stated
  /** Of its sentence, what stands before it; at most some 120 characters. */
  said: string
}

/** The catalogue's id; undefined when the words mean none, or another time than the report's. */
export function metricOf(
  { stated, said }: Spoken,
  before: Stated | undefined,
  year?: number,
): string | undefined {
  // What was said of another year in an earlier clause does not hold here.
  const clause = said.split(/[，,（(：:]/).at(-1) ?? ''
  const another = otherTimes.test(clause) || ofAnotherYear(clause, year)
  const companion = companionOf(stated, before)
  if (companion !== undefined && !another) return companion
  const found = [...(byScope.get(stated.scope) ?? []), ...(byScope.get('*') ?? [])].flatMap((binding) => {
    // What stands right behind a figure says enough: 4月份…64个二级账号.
    const length = another && binding.behind === undefined ? undefined : fit(binding, stated, said)
    return length === undefined ? [] : { metric: binding.metric, length }
  })
  return found.toSorted((a, b) => b.length - a.length)[0]?.metric
}

function ofAnotherYear(clause: string, year: number | undefined): boolean {
  const named = /(\d{4})年/.exec(clause)?.[1]
  return year !== undefined && named !== undefined && Number(named) !== year
}

function companionOf({ unit, name }: Stated, before: Stated | undefined): string | undefined {
  return companions.flatMap(({ unit: of, names, from, to }) =>
    unit === of && names.test(name) && before?.metric?.endsWith(from) === true
      ? before.metric.slice(0, -from.length) + to
      : [],
  )[0]
}

/** How much of the name decided; undefined when the binding does not fit. */
function fit(binding: Binding, { unit, name, behind }: Stated, said: string): number | undefined {
  if (!binding.units.includes(unit)) return undefined
  if (binding.behind !== undefined && !binding.behind.test(behind ?? '')) return undefined
  if (binding.said !== undefined && !binding.said.test(said)) return undefined
  const fitting = binding.names.filter((end) =>
    end === '*'
      ? true
      : end === ''
        ? name === ''
        : name.endsWith(end) && !NOT.test(name.slice(0, -end.length)),
  )
  const [longest] = fitting.toSorted((a, b) => b.length - a.length)
  if (longest === undefined) return undefined
  // Binding by what is said around it yields to a name, and wins over one that says less.
  return longest === '*' ? 1 : longest.length + (binding.said === undefined ? 0 : 1)
}

/** 未办结 is not 办结, 按期回复率 not 回复率, unless a list of words stands before: 及时受理、交办、回复率. */
const NOT = /(?:不|未|非|按期|及时|超期)$/
