// Decides what each checked row comes to, and writes what the commit would need into a batch of staging lines. Pure but for new ids.
import { randomUUIDv7 } from 'node:crypto'
import type { Calendar } from '../calendar/days.ts'
import type { EventData } from '../platform/events.ts'
import type { Vault } from '../platform/vault.ts'
import type { Matter } from '../matters/case.ts'
import { normalisePerson, openPerson } from '../people/seal.ts'
import { callerDigest, changedPerson, isSameCaller, newPerson } from './callers.ts'
import type { Checked } from './checks.ts'
import { columnOf, type FieldId } from './columns.ts'
import { SOURCE, type Details, type Existing } from './existing.ts'
import { finding } from './findings.ts'
import type { Header } from './header.ts'
import { derive, type History } from './history.ts'
import { childId } from './ids.ts'
import type { StoredLeg } from './legs.ts'
import type { Caller, Order } from './order.ts'
import { reconcile, type Difference, type Kept } from './reconcile.ts'
import { formOf, isText, partNames, parts, snapshotOf, type Part } from './snapshot.ts'
import type { Batch } from './staging.ts'
import { reconcileTouched } from './touched.ts'
import type { Verdict } from './workflow.ts'

export interface PlanSetting {
  importId: string
  vault: Vault
  calendar: Calendar
  header: Header
}

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
  const person = caller !== null && existing.personId !== null && !isSameCaller(vault, caller, told.caller)
  return { legs: differs && !touched, matter: touched && (differs || person), person }
}

export function planRow(
  checked: Checked,
  existing: Existing | undefined,
  details: Details,
  setting: PlanSetting,
  batch: Batch,
): PlannedRow {
  const { order, row } = checked
  const planned = (
    verdict: Verdict,
    matterId: string | null,
    changes: readonly (Part | 'caller')[] = [],
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
  if (existing === undefined) return planned('new', planNew(order, checked, setting, batch))
  if (existing.told === null) {
    checked.errors.push(finding(row, '', 'order/own', existing.no))
    return planned('error', null)
  }
  const changes = planChange(order, checked, existing, details, setting, batch)
  return planned(changes === undefined ? 'unchanged' : 'changed', existing.matterId, changes)
}

function planNew(order: Order, { caller, row }: Checked, setting: PlanSetting, batch: Batch): string {
  const { vault, importId } = setting
  const matterId = randomUUIDv7()
  const history = derive(order, { matterId, legs: [], seenAt: null })
  const personId = caller === null ? null : childId(matterId, 'person')
  const confidential = order.confidential ?? false
  if (caller !== null && personId !== null) {
    batch.add('people', {
      ...newPerson(vault, personId, caller, { confidential, regionCode: order.regionCode }),
      fresh: true,
    })
  }
  const event: EventData = {
    imported: true,
    importId,
    row,
    externalNo: order.externalNo,
    to: history.matter.state,
    history: history.acts.map((line) => ({ ...line })),
  }
  batch.add('matters', {
    ...matterRow(history.matter, matterId, order, personId),
    fresh: true,
    row_no: row,
    event: JSON.stringify(event),
  })
  addHistory(history, history.legs, true, batch)
  batch.add('import_orders', {
    matterId,
    caller: caller === null ? null : callerDigest(vault, caller),
    personVersion: personId === null ? null : 1,
    snapshot: JSON.stringify(snapshotOf(order)),
    fresh: true,
  })
  return matterId
}

/** Undefined when nothing of it changes. */
function planChange(
  order: Order,
  checked: Checked,
  existing: Existing,
  details: Details,
  setting: PlanSetting,
  batch: Batch,
): (Part | 'caller')[] | undefined {
  const { told, matterId, version } = existing
  if (told === null) return undefined
  const has = (field: FieldId) => setting.header.at.has(field)
  const matter = details.matters.get(matterId)
  const base = {
    fresh: false,
    row_no: checked.row,
    expected_version: version,
    expected_due_at: existing.dueAt,
  }

  let changed: Difference[]
  let kept: Kept[]
  let snapshot: string
  let stage: (personId: string | null, event: string) => void
  if (matter !== undefined) {
    const laid = reconcileTouched(order, told.snapshot, matter, has)
    ;({ changed, kept } = laid)
    snapshot = JSON.stringify(snapshotOf(laid.order, told.snapshot))
    stage = (personId, event) => {
      batch.add('matters', { ...matter, ...laid.patch, personId, ...base, event })
      for (const row of laid.callBacks) batch.add('call_backs', { ...row, fresh: false })
    }
  } else {
    const legs = details.legs.get(matterId) ?? []
    const held = { matterId, snapshot: told.snapshot, legs, seenAt: told.seenAt }
    const laid = reconcile(order, held, setting.calendar, has)
    ;({ changed, kept } = laid)
    snapshot = JSON.stringify(snapshotOf(laid.order, told.snapshot))
    stage = (personId, event) => {
      const history = derive(laid.order, held)
      batch.add('matters', { ...matterRow(history.matter, matterId, order, personId), ...base, event })
      addHistory(
        history,
        history.legs.filter((leg) => isNews(leg, legs)),
        false,
        batch,
        legs,
      )
    }
  }
  for (const { part, code } of kept) {
    checked.warnings.push(
      finding(checked.row, headingOf(part, setting.header), code, shown(formOf(order, part))),
    )
  }

  const person = planCaller(checked, existing, details, setting, batch)
  // What is refused on a handled matter is told once; on others again with every file, as their facts stay behind.
  if (changed.length === 0 && !person.changed && (kept.length === 0 || matter === undefined))
    return undefined
  const event = { ...eventOf(changed, kept), ...(person.changed ? { caller: true } : {}) }
  stage(person.id, JSON.stringify({ imported: true, importId: setting.importId, row: checked.row, ...event }))
  batch.add('import_orders', {
    matterId,
    caller: person.digest,
    personVersion: person.version,
    snapshot,
    fresh: false,
    expected_version: told.version,
  })
  return [...changed.map(({ part }) => part), ...(person.changed ? (['caller'] as const) : [])]
}

interface PlannedCaller {
  id: string | null
  changed: boolean
  digest: Buffer | null
  version: number | null
}

function planCaller(
  checked: Checked,
  existing: Existing,
  details: Details,
  setting: PlanSetting,
  batch: Batch,
): PlannedCaller {
  const { caller, order } = checked
  const { told, personId, matterId } = existing
  const same = {
    id: personId,
    changed: false,
    digest: told?.caller ?? null,
    version: told?.personVersion ?? null,
  }
  const { vault } = setting
  if (caller === null || told === null || isSameCaller(vault, caller, told.caller)) return same
  const place = {
    confidential: existing.confidential || order?.confidential === true,
    regionCode: order?.regionCode ?? null,
  }
  const digest = callerDigest(vault, caller)
  if (personId === null) {
    const id = childId(matterId, 'person')
    batch.add('people', { ...newPerson(vault, id, caller, place), fresh: true })
    return { id, changed: true, digest, version: 1 }
  }
  const person = details.people.get(personId)
  if (person === undefined || isContained(caller, normalisePerson(openPerson(vault, person)))) return same
  if (person.version !== told.personVersion) {
    const heading = setting.header.names.get('callerName') ?? columnOf('callerName').label
    checked.warnings.push(finding(checked.row, heading, 'merge/touched'))
    return same
  }
  const row = changedPerson(vault, person, caller, place.confidential, place.regionCode)
  batch.add('people', { ...row, fresh: false, expected_version: person.version })
  return { id: personId, changed: true, digest, version: person.version + 1 }
}

function isContained(caller: Caller, known: { [field in keyof Caller]: string | null }): boolean {
  return (Object.keys(caller) as (keyof Caller)[]).every(
    (field) => caller[field] === null || caller[field] === known[field],
  )
}

function matterRow(
  facts: History['matter'],
  id: string,
  order: Order,
  personId: string | null,
): Partial<Matter> {
  return {
    ...facts,
    id,
    channel: 'hotline',
    source: SOURCE,
    externalNo: order.externalNo,
    personId,
  }
}

function addHistory(
  history: History,
  legs: History['legs'],
  fresh: boolean,
  batch: Batch,
  before: readonly StoredLeg[] = [],
): void {
  for (const leg of legs)
    batch.add('legs', { ...leg, fresh: fresh || !before.some(({ id }) => id === leg.id) })
  for (const row of history.replies) batch.add('replies', { ...row, fresh })
  for (const row of history.extensions) batch.add('extensions', { ...row, fresh })
  for (const row of history.returnRequests) batch.add('return_requests', { ...row, fresh })
  for (const row of history.callBacks) batch.add('call_backs', { ...row, fresh })
  for (const row of history.screenings) batch.add('screenings', { ...row, fresh })
}

const MOVING = ['signedAt', 'submittedAt', 'stoppedAt', 'outcome', 'effectiveDueAt', 'extensions'] as const

function isNews(leg: History['legs'][number], before: readonly StoredLeg[]): boolean {
  const stored = before.find(({ id }) => id === leg.id)
  return stored === undefined || MOVING.some((key) => leg[key] !== stored[key])
}

/** Old and new of what changed and of what was refused; of texts only that they did. */
function eventOf(changed: readonly Difference[], kept: readonly Kept[]): EventData {
  const pairs = (all: readonly Difference[]) =>
    Object.fromEntries(all.filter(({ part }) => !isText(part)).map((d) => [d.part, [d.old, d.new]]))
  const texts = changed.filter(({ part }) => isText(part)).map(({ part }) => part)
  return {
    changed: pairs(changed),
    ...(texts.length === 0 ? {} : { texts }),
    ...(kept.length === 0 ? {} : { kept: pairs(kept) }),
  }
}

function headingOf(part: Part | 'caller', header: Header): string {
  const field = part === 'caller' ? 'callerName' : parts[part]
  return header.names.get(field) ?? columnOf(field).label
}

/** A refused moment as the clerk reads it; ids and codes are not shown. */
function shown(form: string | boolean | null): string {
  return typeof form === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]{12}\+08:00$/.test(form)
    ? form.slice(0, 16).replace('T', ' ')
    : ''
}
