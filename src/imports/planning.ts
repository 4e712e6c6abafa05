// Decides what each checked row comes to, and writes what the commit would need into a batch of staging lines. Pure but for new ids.
import { randomUUIDv7 } from 'node:crypto'
import type { Vault } from '../platform/vault.ts'
import { callerDigest, isSameCaller, newPerson } from './callers.ts'
import { asksConfidence, planChange, headingOf, type Change, type PlanSetting } from './changing.ts'
import type { Checked } from './checks.ts'
import type { Details, Existing } from './existing.ts'
import { finding } from './findings.ts'
import { childId } from './ids.ts'
import type { Order } from './order.ts'
import { formOf, partNames } from './snapshot.ts'
import type { Staging } from './staging.ts'
import type { Verdict } from './workflow.ts'

/** A row of `import_rows`. */
export interface PlannedRow {
  importId: string
  rowNo: number
  externalNo: string | null
  verdict: Verdict
  matterId: string | null
  changes: string[] | null
  checked: Checked
}

/** What of an order is to be read before it can be compared. */
export interface Needs {
  legs: boolean
  matter: boolean
  person: boolean
}

export function needsOf({ order, caller }: Checked, existing: Existing, vault: Vault): Needs {
  const { told } = existing
  if (order === null || told === null) return { legs: false, matter: false, person: false }
  const { snapshot } = told
  const differs = partNames.some((part) => {
    const form = formOf(order, part)
    return form !== null && form !== formOf(snapshot, part)
  })
  const touched = existing.version !== told.version
  const called = caller !== null && !isSameCaller(vault, caller, told.caller)
  const news = differs || called
  const person = (called || asksConfidence(order, existing)) && existing.personId !== null
  return { legs: news && !touched, matter: news && touched, person }
}

export function planRow(
  checked: Checked,
  existing: Existing | undefined,
  details: Details,
  setting: PlanSetting,
  staging: Staging,
): PlannedRow {
  const { order, row } = checked
  const planned = (
    verdict: Verdict,
    matterId: string | null,
    changes: readonly Change[] = [],
  ): PlannedRow => ({
    importId: setting.importId,
    rowNo: row,
    externalNo: checked.externalNo,
    verdict,
    matterId,
    changes:
      changes.length === 0 ? null : [...new Set(changes.map((part) => headingOf(part, setting.header)))],
    checked,
  })
  if (order === null) return planned('error', null)
  if (existing === undefined) return planned('new', planNew(order, checked, setting, staging))
  if (existing.told === null) {
    checked.errors.push(finding(row, '', 'order/own', existing.no))
    return planned('error', null)
  }
  const changes = planChange(order, checked, existing, details, setting, staging)
  return planned(changes === undefined ? 'unchanged' : 'changed', existing.matterId, changes)
}

function planNew(order: Order, { caller, row }: Checked, { vault }: PlanSetting, staging: Staging): string {
  const matterId = randomUUIDv7()
  const personId = caller === null ? null : childId(matterId, 'person')
  if (caller !== null && personId !== null) {
    const place = { confidential: order.confidential ?? false, regionCode: order.regionCode }
    staging.person(newPerson(vault, personId, caller, place))
  }
  const digest = caller === null ? null : callerDigest(vault, caller).toString('hex')
  staging.order({ matterId, row, personId, caller: digest, order })
  return matterId
}
