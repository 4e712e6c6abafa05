// Decides what each checked row comes to, and writes what the commit would need into a batch of staging lines. Pure but for new ids.
import { randomUUIDv7 } from 'node:crypto'
import type { Vault } from '../platform/vault.ts'
import { callerDigest, isSameCaller, newPerson } from './callers.ts'
import { asksConfidence, planChange, headingOf, type PlanSetting } from './changing.ts'
import type { CheckedRow } from './checked.ts'
import type { Checked } from './checks.ts'
import type { Details, Existing } from './existing.ts'
import { finding } from './findings.ts'
import { childId } from './ids.ts'
import { formOf, partNames } from './snapshot.ts'
import type { ReadyFacts, Staging } from './staging.ts'
import type { Verdict } from './workflow.ts'

/** A row of `import_rows`. */
export interface PlannedRow {
  importId: string
  rowNo: number
  externalNo: string | null
  verdict: Verdict
  matterId: string | null
  changes: string[] | null
  checked: Pick<Checked, 'errors' | 'warnings'>
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

/** A row that is an error, or whose order is new here. */
export function planNew(checked: CheckedRow, { importId, vault }: PlanSetting, staging: Staging): PlannedRow {
  const { order, caller, row: rowNo, externalNo } = checked
  const planned = { importId, rowNo, externalNo, changes: null, checked }
  if (order === null) return { ...planned, verdict: 'error', matterId: null }
  const matterId = randomUUIDv7()
  const ready: ReadyFacts = { matterId, row: rowNo, caller: null }
  if (caller !== null) {
    const person = newPerson(vault, childId(matterId, 'person'), caller, order)
    const digest = callerDigest(vault, caller).toString('base64')
    ready.caller = { id: person.id, digest, person: inTexts(person) }
  }
  staging.order(ready, order.json)
  return { ...planned, verdict: 'new', matterId }
}

/** Its bytes in base64. */
function inTexts(row: object): object {
  const texts: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(row))
    texts[key] = Buffer.isBuffer(value) ? value.toString('base64') : value
  return texts
}

/** A row with the number of a matter that is here. */
export function planKnown(
  checked: Checked,
  existing: Existing,
  details: Details,
  setting: PlanSetting,
  staging: Staging,
): PlannedRow {
  const { order, row: rowNo, externalNo } = checked
  const planned = { importId: setting.importId, rowNo, externalNo, changes: null, checked }
  if (order !== null && existing.told === null)
    checked.errors.push(finding(rowNo, '', 'order/own', existing.no))
  if (order === null || existing.told === null) return { ...planned, verdict: 'error', matterId: null }
  const { matterId } = existing
  const changes = planChange(order, checked, existing, details, setting, staging)
  if (changes === undefined) return { ...planned, verdict: 'unchanged', matterId }
  const headings = new Set(changes.map((part) => headingOf(part, setting.header)))
  return { ...planned, verdict: 'changed', matterId, changes: headings.size === 0 ? null : [...headings] }
}
