// 按期回复率, 超期 and 正在办理 of one report: whether they can all be true, and what that implies (RATE_MATCH, CONTRADICTION).
import { percentUnits, shareOf } from '../exact.ts'
import { shown, type Stated } from '../figures.ts'
import { findingAt, type Finding, type Given } from '../finding.ts'

/**
 * 超期 holds late replies and open matters past due, the on-time rate knows only replies: late replies L and open overdue
 * O make up 超期, O are among the open, and L among the replies that the rate leaves.
 */
export function late({ relations }: Given): Finding[] {
  return relations.flatMap((relation) => {
    // Printed apart, late replies and open overdue matters leave nothing to infer.
    if (relation.kind !== 'late' || relation.others.length === 2) return []
    const { rate, done, open, overdue } = relation
    if ([done, open, overdue].some(({ atLeast }) => atLeast) || done.value === 0) return []
    const replies = lateReplies(rate, done.value)
    const from = Math.max(replies.from, overdue.value - open.value)
    const to = Math.min(replies.to, overdue.value)
    if (from > to) {
      const zh = `按期回复率${shown(rate)}、已办${shown(done)}、在办${shown(open)}与超期${shown(overdue)}不能并存`
      return [
        findingAt('CONTRADICTION', overdue, zh, 'on-time rate, replies, open and overdue cannot all be true'),
      ]
    }
    // All overdue were replied late: nothing is left unsaid.
    if (overdue.value >= replies.from && overdue.value <= replies.to) return []
    const [least, most] = [overdue.value - to, overdue.value - from]
    const ofOpen = [least, most].map((n) => `${Math.round((n / open.value) * 100)}%`).join('—')
    const zh = `超期${shown(overdue)}与按期回复率${shown(rate)}只有在超期含在办超期时才能并存：已回复超期${from}—${to}件，在办超期${least}—${most}件（占在办的${ofOpen}），应分别写明`
    const en = `feasible only if overdue counts open matters too: late replies ${from}–${to}, open overdue ${least}–${most}`
    return [findingAt('RATE_MATCH', overdue, zh, en, { severity: 'warning' })]
  })
}

/** The late replies from which the printed rate follows, half up. */
function lateReplies(rate: Stated, done: number): { from: number; to: number } {
  const printed = percentUnits(rate)
  const right = (n: number) =>
    n >= 0 && n <= done && shareOf(BigInt(done - n), BigInt(done), rate.decimals) === printed
  const half = 0.5 / 10 ** rate.decimals
  const [low, high] = [1 - (rate.value + half) / 100, 1 - (rate.value - half) / 100].map(
    (share) => done * share,
  )
  const within = (n: number) => Math.min(done, Math.max(0, n))
  const near = (end: number) => around(within(end))
  const around = (n: number) => [Math.floor(n) - 1, Math.floor(n), Math.ceil(n), Math.ceil(n) + 1]
  const from = near(low ?? 0).find(right)
  const to = near(high ?? 0).findLast(right)
  return from === undefined || to === undefined ? { from: 1, to: 0 } : { from, to }
}
