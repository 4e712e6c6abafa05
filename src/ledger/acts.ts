// Each act on an item of the ledger: its input, and what it changes. Pure.
import { z } from 'zod'
import { dayOf, type Day, type Instant } from '../platform/clock.ts'
import { day, textOf } from '../platform/fields.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { evidenceKinds, levels, statuses, type LedgerAct, type Level, type Status } from './workflow.ts'

/** What deciding an act needs of an item. */
export interface Item {
  id: string
  status: Status
  level: Level
  plan: string | null
  foundDay: Day
  /** Who asked for the strike-off that waits for its decision. */
  strikeOff: { id: string; askedBy: string } | null
}

export interface LedgerSetting {
  now: Instant
  actorId: string
}

export interface LedgerChange {
  status?: Status
  level?: Level
  patch?: { plan?: string; planDue?: Day | null; reviewDay?: Day | null }
  progress?: { day: Day; text: string }
  leader?: { name: string; post: string }
  ask?: { kind: string; evidence: string }
  decide?: { granted: boolean; note: string | null }
  undo?: { reason: string }
  /** Facts for the history; no texts. */
  data?: Record<string, string | null>
}

export interface LedgerRule<Input extends z.ZodType = z.ZodType> {
  input: Input
  change(item: Item, input: z.output<Input>, setting: LedgerSetting): LedgerChange
}

const rule = <Input extends z.ZodType>(given: LedgerRule<Input>): LedgerRule<Input> => given
const keys = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as [K, ...K[]]

const reviewed = z.strictObject({
  reviewDay: day.describe('复核日期：到期须重新研判'),
  reason: textOf(2, 1000).describe('理由'),
})

/** Continued attention is not for ever: the day of the next look must lie ahead, and within a year. */
function checkReviewDay(reviewDay: Day, { now }: LedgerSetting): void {
  const today = dayOf(now)
  const year = `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`
  if (reviewDay <= today) throw fieldProblem('ledger/past-day', '/body/reviewDay', '复核日期应晚于今天')
  if (reviewDay > year) throw fieldProblem('ledger/past-day', '/body/reviewDay', '复核日期应在一年以内')
}

const toReview = (status: Status) =>
  rule({
    input: reviewed,
    change(_item, { reviewDay, reason }, setting) {
      checkReviewDay(reviewDay, setting)
      const text = `${statuses[status].label}:${reason}`
      return {
        status,
        patch: { reviewDay },
        progress: { day: dayOf(setting.now), text },
        data: { reviewDay },
      }
    },
  })

export const ledgerRules = {
  plan: rule({
    input: z.strictObject({ plan: textOf(4, 8000).describe('化解方案'), due: day.describe('化解时限') }),
    change(_item, { plan, due }, { now }) {
      if (due < dayOf(now)) throw fieldProblem('ledger/past-day', '/body/due', '化解时限不能早于今天')
      return {
        status: 'plan-advancing',
        patch: { plan, planDue: due, reviewDay: null },
        data: { planDue: due },
      }
    },
  }),
  study: rule({
    input: z.strictObject({ reason: textOf(2, 1000).describe('需研究的问题') }),
    change: (_item, { reason }, { now }) => ({
      status: 'needs-study',
      patch: { reviewDay: null },
      progress: { day: dayOf(now), text: reason },
    }),
  }),
  watch: toReview('watch'),
  'hand-to-territory': toReview('territorial'),
  progress: rule({
    input: z.strictObject({ day: day.describe('日期'), text: textOf(2, 4000).describe('措施和进展') }),
    change(item, input, { now }) {
      if (input.day > dayOf(now)) throw fieldProblem('ledger/future-day', '/body/day', '日期不能晚于今天')
      if (input.day < item.foundDay) {
        throw fieldProblem('ledger/future-day', '/body/day', '日期不能早于排查日期')
      }
      return { progress: input, data: { day: input.day } }
    },
  }),
  'change-level': rule({
    input: z.strictObject({ level: z.enum(keys(levels)).describe('层级'), reason: textOf(2, 500) }),
    change: (item, { level, reason }, { now }) => ({
      level,
      progress: { day: dayOf(now), text: `${levels[item.level]} → ${levels[level]}:${reason}` },
      data: { level },
    }),
  }),
  'change-leader': rule({
    input: z.strictObject({
      name: textOf(1, 40).describe('包案领导'),
      post: textOf(1, 60).describe('职务'),
    }),
    change: (_item, leader) => ({ leader, data: { leader: leader.name } }),
  }),
  'ask-strike-off': rule({
    input: z.strictObject({
      kind: z.enum(keys(evidenceKinds)).describe('佐证材料'),
      evidence: textOf(4, 4000).describe('化解结果和佐证'),
    }),
    change(item, ask) {
      if (item.strikeOff !== null) throw new Problem('ledger/strike-off-pending')
      return { ask, data: { kind: ask.kind } }
    },
  }),
  'strike-off': rule({
    input: z.strictObject({ note: textOf(1, 1000).optional() }).default({}),
    change(item, { note }, setting) {
      demandOther(item, setting)
      return { status: 'resolved', patch: { reviewDay: null }, decide: { granted: true, note: note ?? null } }
    },
  }),
  'refuse-strike-off': rule({
    input: z.strictObject({ note: textOf(2, 1000).describe('不予销号的理由') }),
    change(item, { note }, setting) {
      demandOther(item, setting)
      return { decide: { granted: false, note } }
    },
  }),
  reopen: rule({
    input: z.strictObject({ reason: textOf(4, 1000).describe('撤销销号的理由') }),
    change: (item, { reason }) => ({
      status: item.plan === null ? 'needs-study' : 'plan-advancing',
      undo: { reason },
    }),
  }),
} satisfies Record<LedgerAct, LedgerRule>

function demandOther({ strikeOff }: Item, { actorId }: LedgerSetting): void {
  if (strikeOff === null) throw new Problem('ledger/nothing-asked')
  if (strikeOff.askedBy === actorId) throw new Problem('ledger/duties-apart')
}
