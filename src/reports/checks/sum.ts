// SUM: parts make up their whole; a list that need not name all is at least no more than it.
import { labelOf, shown } from '../figures.ts'
import { scaled } from '../exact.ts'
import { findingAt, type Finding, type Given } from '../finding.ts'

/** Money is printed in hundredths of 万元: each part may be off by half of that. */
const HALF = { 万元: 500_000n } as Partial<Record<string, bigint>>

export function sum({ relations, impossible }: Given): Finding[] {
  return relations.flatMap((relation) => {
    if (relation.kind !== 'sum') return []
    const { wholes, exact } = relation
    const parts = [...relation.parts, ...(relation.others ?? [])]
    const all = [...wholes, ...parts]
    const [whole] = wholes
    if (whole === undefined || parts.length < 2 || all.some(({ atLeast }) => atLeast)) return []
    // What is impossible in itself is told as that.
    if (all.some(({ id }) => impossible.has(id))) return []
    const [left, right] = [wholes, parts].map((of) => of.reduce((total, each) => total + scaled(each), 0n))
    const [total = 0n, added = 0n] = [left, right]
    const slack = (HALF[whole.unit] ?? 0n) * BigInt(all.length)
    if (exact ? distance(total, added) <= slack : added <= total + slack) return []
    const written = parts.map((part) => `${labelOf(part)}${part.digits}`).join('、')
    const [sumOf, of] = [plain(added), wholes.length === 1 ? shown(whole) : `${plain(total)}${whole.unit}`]
    const zh = `${written}之和为${sumOf}，${wholes.map(labelOf).join('、')}${wholes.length > 1 ? '之和' : ''}为${of}`
    return [
      findingAt(
        'SUM',
        whole,
        zh,
        `the parts add up to ${sumOf}, the whole is ${plain(total)}`,
        severityOf(exact),
      ),
    ]
  })
}

const severityOf = (exact: boolean) => (exact ? {} : { severity: 'warning' as const })

function distance(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a
}

function plain(hundredMillionths: bigint): string {
  return String(Number(hundredMillionths) / 1e8)
}
