// Checks of counts: parts and wholes, batches and people, printed changes, numbers that are two numbers.
import { partitions } from '../reading/words.ts'
import type { Context, Finding, Stated, StatedChange } from '../stated.ts'

/** A count of batches with the count of people right behind it. */
interface Pair {
  batches: Stated
  persons: Stated
}

export function checkCounts(figures: readonly Stated[], context: Context): Finding[] {
  const pairs = pairsOf(figures)
  const subsets = subsetsOf(figures, pairs)
  const found: Finding[] = []
  const impossible = new Set<Stated>()
  for (const { part, whole } of subsets) {
    if (part.value <= whole.value || whole.atLeast) continue
    impossible.add(part)
    found.push({
      ...at(part, 'SUBSET', 'error'),
      zh: `“${label(part)}”${part.digits}${part.unit}多于其总数${whole.digits}${whole.unit}`,
      en: `a part (${part.digits}) exceeds its whole (${whole.digits})`,
    })
  }
  for (const stated of figures) {
    if (context.population !== undefined && stated.unit === '人次' && stated.value > context.population) {
      impossible.add(stated)
      found.push({
        ...at(stated, 'POPULATION', 'error'),
        zh: `${stated.digits}人次超过全区人口${context.population}人`,
        en: `${stated.digits} person-times exceed the population of ${context.population}`,
      })
    }
    const most = context.history?.get(`${stated.scope} ${stated.name} ${stated.unit}`)
    if (most !== undefined && most > 0 && stated.value > 10 * most) {
      impossible.add(stated)
      found.push({
        ...at(stated, 'DIGITS', 'error'),
        zh: `${stated.digits}${stated.unit}是近三年最大数${most}的十倍以上`,
        en: `${stated.digits} is more than ten times the most of three years (${most})`,
      })
    }
  }
  for (const { batches, persons } of pairs) {
    if (persons.value < batches.value) {
      found.push({
        ...at(persons, 'PERSONS≥BATCHES', 'error'),
        zh: `${persons.digits}人次少于${batches.digits}批次`,
        en: `fewer people (${persons.digits}) than batches (${batches.digits})`,
      })
    } else if (/集体?访/.test(batches.name) && persons.value < 5 * batches.value) {
      found.push({
        ...at(persons, 'MIN5', 'error'),
        zh: `集体访${batches.digits}批应不少于${5 * batches.value}人次，所列${persons.digits}人次`,
        en: `${batches.digits} collective visits have at least ${5 * batches.value} people`,
      })
    }
  }
  for (const pair of pairs) {
    if (impossible.has(pair.batches) || impossible.has(pair.persons)) found.push(...splitOf(pair, subsets))
  }
  for (const stated of figures) {
    if (stated.change === undefined || impossible.has(stated) || stated.atLeast) continue
    if (previousOf(stated.value, stated.change) === undefined) {
      found.push({
        ...at(stated, 'YOY_FEASIBLE', 'error'),
        zh: `没有一个上年数能使“${stated.digits}${stated.unit}”${words(stated.change)}`,
        en: `no count of the year before gives this change`,
      })
    }
  }
  return [...found, ...partitioned(figures)]
}

const words = ({ direction, percent }: StatedChange) => `${direction === 'up' ? '上升' : '下降'}${percent}%`
const label = (stated: Stated) => stated.name || stated.unit

function at(stated: Stated, check: Finding['check'], severity: Finding['severity']) {
  return { check, severity, place: stated.place }
}

function pairsOf(figures: readonly Stated[]): Pair[] {
  return figures.flatMap((batches, i) => {
    const persons = figures[i + 1]
    const adjoining =
      persons !== undefined &&
      persons.place.line === batches.place.line &&
      persons.name === '' &&
      persons.sentence === batches.sentence
    return batches.unit === '批' && adjoining && persons.unit === '人次' ? [{ batches, persons }] : []
  })
}

/** 其中…: what follows is part of the figure of the same unit before it, in its sentence or the one before. */
function subsetsOf(figures: readonly Stated[], pairs: readonly Pair[]): { part: Stated; whole: Stated }[] {
  const isPart = (stated: Stated) => {
    const head = stated.place.excerpt
    return new RegExp(`(?:其中|（含)[^。；]*${stated.digits}`).test(head)
  }
  const personsOf = new Map(pairs.map(({ batches, persons }) => [batches, persons]))
  return figures.flatMap((part, i) => {
    if (part.unit === '%' || part.goal || !isPart(part)) return []
    const whole = figures
      .slice(0, i)
      .findLast(
        (each) =>
          each.unit === part.unit &&
          each.place.line === part.place.line &&
          part.sentence - each.sentence <= 1 &&
          !isPart(each) &&
          each.name !== '',
      )
    if (whole === undefined) return []
    const [partPersons, wholePersons] = [personsOf.get(part), personsOf.get(whole)]
    return [
      { part, whole },
      ...(partPersons === undefined || wholePersons === undefined
        ? []
        : [{ part: partPersons, whole: wholePersons }]),
    ]
  })
}

/** A count of the year before from which the printed change follows, rounded half up; undefined when there is none. */
function previousOf(current: number, { direction, percent, decimals }: StatedChange): number | undefined {
  const sign = direction === 'up' ? 1 : -1
  const half = 0.5 / 10 ** decimals
  // current = previous × (1 + sign × rate), the rate within half a unit of its last digit.
  const bounds = [percent - half, percent + half].map((rate) => current / (1 + (sign * rate) / 100))
  const [low = 0, high = 0] = bounds.toSorted((a, b) => a - b)
  if (!Number.isFinite(high) || high < 0) return current === 0 && percent === 100 ? 1 : undefined
  const nearest = Math.round(current / (1 + (sign * percent) / 100))
  for (const candidate of [nearest, Math.floor(low), Math.ceil(low), Math.floor(high)]) {
    if (candidate <= 0) continue
    const shown =
      Math.round((Math.abs(current - candidate) / candidate) * 100 * 10 ** decimals) / 10 ** decimals
    if (shown === percent && Math.sign(current - candidate) === sign) return candidate
  }
  return undefined
}

/**
 * Two numbers pasted together, this year's and last year's: every split of both digit strings is tried that meets the printed
 * changes, stays within the whole, and has people enough.
 */
function splitOf({ batches, persons }: Pair, subsets: readonly { part: Stated; whole: Stated }[]): Finding[] {
  const { change: first } = batches
  const { change: second } = persons
  if (first === undefined || second === undefined) return []
  const most = (stated: Stated) =>
    subsets.find(({ part }) => part === stated)?.whole.value ?? Number.POSITIVE_INFINITY
  const splits = cut(batches, first, most(batches)).flatMap((b) =>
    cut(persons, second, most(persons))
      .filter((p) => p.current >= 5 * b.current && p.previous >= 5 * b.previous)
      .map((p) => ({ b, p })),
  )
  const [only, ...others] = splits
  if (only === undefined || others.length > 0) return []
  const { b, p } = only
  return [
    {
      ...at(batches, 'CONCAT', 'error'),
      zh: `${batches.digits}批次、${persons.digits}人次像是本年数与上年数连写：拆开后批次${words(first)}、人次${words(second)}恰好成立，且只有这一种拆法`,
      en: `two years' numbers written as one: exactly one split meets both printed changes`,
      proposal: `${b.current}批${p.current}人次（上年${b.previous}批${p.previous}人次）`,
    },
  ]
}

function cut(stated: Stated, change: StatedChange, most: number): { current: number; previous: number }[] {
  const { digits } = stated
  if (digits.length > 15) return []
  return Array.from(
    { length: digits.length - 1 },
    (_, i) => [digits.slice(0, i + 1), digits.slice(i + 1)] as const,
  )
    .filter(([, last]) => !last.startsWith('0'))
    .map(([now, last]) => ({ current: Number(now), previous: Number(last) }))
    .filter(({ current, previous }) => {
      if (previous === 0 || current > most) return false
      const sign = change.direction === 'up' ? 1 : -1
      const shown =
        Math.round((Math.abs(current - previous) / previous) * 100 * 10 ** change.decimals) /
        10 ** change.decimals
      return shown === change.percent && Math.sign(current - previous) === sign
    })
}

function partitioned(figures: readonly Stated[]): Finding[] {
  return partitions.flatMap(({ scope, whole: wholes, parts }) =>
    figures.flatMap((whole) => {
      if (whole.scope !== scope || !wholes.includes(whole.name) || whole.goal) return []
      const beside = parts.map((names) =>
        figures.find((each) => each.sentence === whole.sentence && names.includes(each.name)),
      )
      if (beside.some((each) => each === undefined)) return []
      const known = beside.filter((each) => each !== undefined)
      const foreign = known.find(({ unit }) => unit !== whole.unit)
      if (foreign !== undefined) {
        return [
          {
            ...at(foreign, 'UNIT', 'error'),
            zh: `“${label(foreign)}”以${foreign.unit}计，总数以${whole.unit}计`,
            en: 'parts and whole are in different units',
          },
        ]
      }
      const sum = known.reduce((total, { value }) => total + value, 0)
      if (sum === whole.value || whole.atLeast) return []
      return [
        {
          ...at(whole, 'SUM', 'error'),
          zh: `各部分之和为${sum}${whole.unit}，总数为${whole.digits}${whole.unit}`,
          en: `the parts add up to ${sum}, the whole is ${whole.digits}`,
        },
      ]
    }),
  )
}
