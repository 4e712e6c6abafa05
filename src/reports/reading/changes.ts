// Follows what a line says figures changed by, what they are of, and what they are a share of.
import type { Stated, StatedChange, StatedUnit } from '../figures.ts'
import type { Relation } from '../relations.ts'

const MOVED = /(上升|增长|增加|提高|下降|减少|降低)(?:了|约)?$/
const AND = /^(?:和|、|及)?$/
const INCREASE = /(?:增加|增长|减少|下降)(?:了)?$/
/** As many figures back a change may be of. */
const NEAR = 24
const SHARE = /(?:^|，)占/

/** Told of the figures of one line in order. */
export function changesReader() {
  let sentence: Stated[] = []
  const inLine: Stated[] = []
  const firstOf = new Map<StatedUnit, Stated>()
  /** 分别增长28.06%和39.10%: the changes so far of those that stand together. */
  let together: { words: string; targets: Stated[]; given: number } | undefined
  const shared = new Set<Stated>()
  const relations: Relation[] = []

  /** A change is of the figures before it: of the units that it names, else of the last, or of as many as there are changes. */
  function targetsOf(clause: string): Stated[] {
    const counts = sentence.filter(({ unit }) => unit !== '%')
    const named = (['批次', '人次'] as const).filter((word) => clause.includes(word))
    if (named.length > 0) {
      const units = named.map((word): StatedUnit => (word === '批次' ? '批' : '人次'))
      return units.flatMap((unit) => {
        // What was said of a figure is not said again of it.
        const of = counts.findLast((each) => each.unit === unit && each.change === undefined)
        return of === undefined ? [] : [of]
      })
    }
    const last = counts.at(-1)
    if (last === undefined) return []
    if (!clause.includes('分别')) return last.change === undefined ? [last] : []
    const from = counts.findLastIndex(({ unit }) => unit !== last.unit) + 1
    return counts.slice(from).filter(({ change }) => change === undefined)
  }

  return {
    sentenceEnd() {
      sentence = []
      together = undefined
    },
    /** Whether this per cent is a change of figures before it; then it is no figure of its own. */
    change({ unit, value, decimals }: Stated, clause: string): boolean {
      if (unit !== '%') return false
      const word = MOVED.exec(clause)?.[1]
      const goesOn = together !== undefined && AND.test(clause.trim())
      if (word === undefined && !goesOn) return false
      if (word !== undefined) together = { words: word, targets: targetsOf(clause), given: 0 }
      if (together === undefined) return false
      const change: StatedChange = {
        direction: /[下减降]/.test(together.words) ? 'down' : 'up',
        ...{ percent: value, decimals, named: /批次|人次/.test(clause) },
      }
      const all = word !== undefined && /均|都/.test(clause)
      const of = all ? together.targets : together.targets.slice(together.given, together.given + 1)
      for (const target of of) target.change = change
      together.given += 1
      return true
    },
    /** Takes a figure in; answers with the figure that it is a share of, where it is a share. */
    figure(stated: Stated, clause: string): Stated | undefined {
      const before = inLine.at(-1)
      inLine.push(stated)
      sentence = [...sentence.slice(1 - NEAR), stated]
      if (!firstOf.has(stated.unit)) firstOf.set(stated.unit, stated)
      if (stated.unit !== '%') return undefined
      if (SHARE.test(clause) && before !== undefined && before.unit !== '%') {
        const whole = firstOf.get(before.unit)
        shared.add(before)
        // Where the first has a share too, the whole stands elsewhere.
        if (whole === undefined || shared.has(whole) || before.value > whole.value) return before
        relations.push({ kind: 'share', rate: stated, numerator: before, denominator: whole })
        return before
      }
      const [budget, executed] = inLine.slice(-3)
      if (
        /完成预算的?$/.test(clause) &&
        budget?.name.endsWith('预算数') &&
        executed?.name.startsWith('执行数')
      ) {
        relations.push({ kind: 'share', rate: stated, numerator: executed, denominator: budget })
      }
      return undefined
    },
    relations(): Relation[] {
      return [...relations, ...growths(inLine)]
    },
  }
}

/** A、B…分别增加C、D，分别增长…: each increase with what it is of. */
function growths(inLine: readonly Stated[]): Relation[] {
  return inLine.flatMap((first, i): Relation[] => {
    if (!first.unit.endsWith('元') || !INCREASE.test(first.name)) return []
    let n = 1
    while (inLine[i + n]?.unit === first.unit && inLine[i + n]?.name === '') n += 1
    const before = inLine.slice(Math.max(0, i - NEAR), i).filter(({ unit }) => unit === first.unit)
    const now = before.slice(-n)
    if (now.length < n) return []
    return now.flatMap((of, k) => {
      const increase = inLine[i + k]
      return increase?.change === undefined ? [] : [{ kind: 'growth', now: of, increase }]
    })
  })
}
