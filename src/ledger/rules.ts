// Who may do which act on an item of the ledger.
import type { Actor } from '../platform/actor.ts'
import { Problem } from '../platform/problems.ts'
import {
  ledgerActNames,
  ledgerActs,
  statuses,
  type LedgerAct,
  type LedgerTransition,
  type Status,
} from './workflow.ts'

export interface Standing {
  status: Status
  leadUnitId: string
  territorialUnitId: string
}

/** Why an actor may do an act on no item at all, or undefined when they may on some. */
export function roleRefusal(act: LedgerAct, { roles }: Actor): Problem | undefined {
  const { by }: LedgerTransition = ledgerActs[act]
  if (by.some((role) => roles.includes(role))) return undefined
  return new Problem('ledger/act-not-yours', { detail: `${act} is for ${by.join(', ')}` })
}

/** Why an actor may not do an act on an item now, or undefined when they may. */
export function ledgerRefusal(act: LedgerAct, item: Standing, actor: Actor): Problem | undefined {
  const rule: LedgerTransition = ledgerActs[act]
  const never = roleRefusal(act, actor)
  if (never !== undefined) return never
  if (!rule.from.includes(item.status)) {
    return new Problem('ledger/act-not-allowed', {
      detail: `${act} is not possible in status ${item.status}`,
      extras: { act, status: item.status, statusLabel: statuses[item.status].label },
    })
  }
  if (actor.sees === 'all') return undefined
  const own = [item.leadUnitId, item.territorialUnitId].some((unit) => actor.unitIds.includes(unit))
  if (rule.whose === 'office' || !own) {
    return new Problem('ledger/act-not-yours', {
      detail: `${act} is an act of the office or of another unit`,
    })
  }
  return undefined
}

export function openLedgerActs(
  item: Standing & { strikeOffAskedBy: string | null },
  actor: Actor,
): { act: LedgerAct; label: string }[] {
  // A strike-off is asked for once, and decided by another.
  const { strikeOffAskedBy: by } = item
  const idle: LedgerAct[] = by === null ? [] : ['ask-strike-off']
  if (by === null || by === actor.id) idle.push('strike-off', 'refuse-strike-off')
  return ledgerActNames
    .filter((act) => !idle.includes(act) && ledgerRefusal(act, item, actor) === undefined)
    .map((act) => ({ act, label: ledgerActs[act].label }))
}
