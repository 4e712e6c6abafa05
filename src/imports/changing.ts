// What a newer row changes on a matter that is here already, and what of it is staged.
import type { Calendar } from '../calendar/days.ts'
import { normalisePerson, openPerson } from '../people/seal.ts'
import type { Instant } from '../platform/clock.ts'
import type { EventData } from '../platform/events.ts'
import type { Vault } from '../platform/vault.ts'
import { callerDigest, changedPerson, isSameCaller, newPerson } from './callers.ts'
import type { Checked } from './checks.ts'
import { columnOf, type FieldId } from './columns.ts'
import { FIXED, type Details, type Existing, type SealedPerson } from './existing.ts'
import { finding } from './findings.ts'
import type { Header } from './header.ts'
import { derive, type History } from './history.ts'
import { childId } from './ids.ts'
import type { StoredLeg } from './legs.ts'
import type { Caller, Order } from './order.ts'
import { reconcile, type Difference, type Kept } from './reconcile.ts'
import { formOf, isText, partNames, parts, snapshotOf, writeSnapshot, type Part } from './snapshot.ts'
import { stageChanges, type Staging } from './staging.ts'
import { reconcileTouched } from './touched.ts'

export interface PlanSetting {
  importId: string
  vault: Vault
  calendar: Calendar
  now: Instant
  header: Header
  /** Whose time runs while no unit has an order. */
  officeId: string
}

export type Change = Part | 'caller'

/** Undefined when nothing of it changes. */
export function planChange(
  order: Order,
  checked: Checked,
  existing: Existing,
  details: Details,
  setting: PlanSetting,
  staging: Staging,
): Change[] | undefined {
  const { told, matterId, version } = existing
  if (told === null || isSame(order, checked.caller, told, setting.vault)) return undefined
  const has = (field: FieldId) => setting.header.at.has(field)
  const matter = details.matters.get(matterId)
  const base = {
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
    snapshot = writeSnapshot(snapshotOf(laid.order, told.snapshot))
    stage = (personId, event) => {
      staging.add('matters', matter, { ...laid.patch, personId, ...base, event })
      for (const row of laid.callBacks) staging.add('call_backs', row)
    }
  } else {
    const legs = details.legs.get(matterId) ?? []
    const { snapshot: before, seenAt } = told
    const { givenDueAt: dueAt, repliedAt } = before
    const punctual = dueAt !== null && repliedAt !== null && repliedAt <= dueAt
    const office = dueAt === null || punctual ? null : { unitId: setting.officeId, dueAt }
    const held = { matterId, snapshot: before, legs, seenAt, now: setting.now, office }
    const laid = reconcile(order, held, setting.calendar, has)
    ;({ changed, kept } = laid)
    const heard = { ...told.snapshot.heard, ...Object.fromEntries(refused(kept).map((d) => [d.part, d.new])) }
    snapshot = writeSnapshot(snapshotOf(laid.order, told.snapshot, heard))
    stage = (personId, event) => {
      const history = derive(laid.order, held)
      staging.add('matters', history.matter, {
        ...FIXED,
        id: matterId,
        externalNo: order.externalNo,
        personId,
        ...base,
        event,
      })
      stageChanges(
        staging,
        history,
        history.legs.filter((leg) => isNews(leg, legs)),
        legs,
      )
    }
  }
  for (const { part, code } of kept) {
    checked.warnings.push(
      finding(checked.row, headingOf(part, setting.header), code, shown(formOf(order, part))),
    )
  }

  const person = planCaller(checked, existing, details, setting, staging)
  // What is refused goes into the timeline once, however often files repeat it.
  const news = refused(kept).filter((d) => told.snapshot.heard?.[d.part] !== d.new)
  if (changed.length === 0 && !person.changed && news.length === 0) return undefined
  const event = { ...eventOf(changed, news), ...(person.changed ? { caller: true } : {}) }
  stage(person.id, JSON.stringify({ imported: true, importId: setting.importId, row: checked.row, ...event }))
  staging.add('import_orders', {
    matterId,
    caller: person.digest,
    personVersion: person.version,
    snapshot,
    expected_version: told.version,
  })
  return [...changed.map(({ part }) => part), ...(person.changed ? (['caller'] as const) : [])]
}

/** What a file tells otherwise than we hold it; what it merely leaves blank is not that. */
function refused(kept: readonly Kept[]): Kept[] {
  return kept.filter(({ code }) => code !== 'merge/vanished')
}

function isSame(
  order: Order,
  caller: Caller | null,
  told: NonNullable<Existing['told']>,
  vault: Vault,
): boolean {
  return (
    (caller === null || isSameCaller(vault, caller, told.caller)) &&
    partNames.every((part) => formOf(order, part) === formOf(told.snapshot, part))
  )
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
  staging: Staging,
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
  const place = {
    confidential: existing.confidential || order?.confidential === true,
    regionCode: order?.regionCode ?? null,
  }
  const person = personId === null ? undefined : details.people.get(personId)
  if (caller === null || told === null || isSameCaller(vault, caller, told.caller)) {
    if (person !== undefined && order !== null && asksConfidence(order, existing)) {
      stagePerson(staging, vault, person, nobody, place)
      return { ...same, version: same.version === person.version ? person.version + 1 : same.version }
    }
    return same
  }
  const digest = callerDigest(vault, caller)
  if (personId === null) {
    const id = childId(matterId, 'person')
    staging.add('people', newPerson(vault, id, caller, place), { fresh: true })
    return { id, changed: true, digest, version: 1 }
  }
  if (person === undefined || isContained(caller, normalisePerson(openPerson(vault, person)))) return same
  if (person.version !== told.personVersion) {
    const heading = setting.header.names.get('callerName') ?? columnOf('callerName').label
    checked.warnings.push(finding(checked.row, heading, 'merge/touched'))
    return same
  }
  stagePerson(staging, vault, person, caller, place)
  return { id: personId, changed: true, digest, version: person.version + 1 }
}

const nobody: Caller = { name: null, phone: null, idNo: null, address: null }

function stagePerson(
  staging: Staging,
  vault: Vault,
  person: SealedPerson,
  caller: Caller,
  { confidential, regionCode }: { confidential: boolean; regionCode: string | null },
): void {
  const row = changedPerson(vault, person, caller, confidential, regionCode)
  staging.add('people', row, { fresh: false, expected_version: person.version })
}

/** A newer row asks for confidence where none was asked before: the masks of the person must go. */
export function asksConfidence(order: Order, existing: Existing): boolean {
  return order.confidential === true && !existing.confidential
}

function isContained(caller: Caller, known: { [field in keyof Caller]: string | null }): boolean {
  return (Object.keys(caller) as (keyof Caller)[]).every(
    (field) => caller[field] === null || caller[field] === known[field],
  )
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

export function headingOf(part: Part | 'caller', header: Header): string {
  const field = part === 'caller' ? 'callerName' : parts[part]
  return header.names.get(field) ?? columnOf(field).label
}

/** A refused moment as the clerk reads it; ids and codes are not shown. */
function shown(form: string | boolean | null): string {
  return typeof form === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]{12}\+08:00$/.test(form)
    ? form.slice(0, 16).replace('T', ' ')
    : ''
}
