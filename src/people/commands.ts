// Writes people: entering and correcting, searching and revealing (both leave an event), changing keys.
import { randomUUIDv7 } from 'node:crypto'
import type { Actor } from '../platform/actor.ts'
import { dayOf } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import { appendSealed, record, sealEvent } from '../platform/events.ts'
import { Problem } from '../platform/problems.ts'
import { insertRow, updateRow } from '../platform/rows.ts'
import type { Vault } from '../platform/vault.ts'
import { checkPerson, type FieldFinding } from './checks.ts'
import { suggestLinksOf } from './links.ts'
import { isConfidant } from './confidants.ts'
import { demandPlace } from './places.ts'
import { findByBlind, type KnownPeople, type PersonRow } from './queries.ts'
import {
  blindsFor,
  normalisePerson,
  openPerson,
  PERSON_FIELDS,
  sealPerson,
  type PersonField,
  type PersonFields,
  type SearchField,
} from './seal.ts'
import { people } from './tables.ts'

export type { PersonFields } from './seal.ts'

export interface PersonEntry extends PersonFields {
  confidential?: boolean | undefined
  regionCode?: string | null | undefined
}

/** What every write of a person answers: nothing personal, so that it may be stored and replayed. */
export interface PersonWritten {
  id: string
  version: number
  /** What is doubtful and was taken all the same. */
  warnings: FieldFinding[]
}

/**
 * Enters a person with the commit, as part of a larger write whose event tells of it. Links to others are suggested by the job behind that event (`suggestLinksOf`). Throws `request/invalid` with pointers below `at`.
 */
export function insertPerson(
  tx: Tx,
  vault: Vault,
  fields: PersonFields,
  confidential = false,
  at = '/body/caller',
): PersonWritten {
  return enter(tx, vault, { ...fields, confidential }, at)
}

function enter(tx: Tx, vault: Vault, entry: PersonEntry, at: string): PersonWritten {
  const warnings = checked(tx, entry, at)
  const id = randomUUIDv7()
  const { confidential = false, regionCode = null } = entry
  const columns = sealPerson(vault, id, entry, { confidential })
  insertRow(tx, people, { id, ...columns, confidential, regionCode, createdAt: tx.now })
  return { id, version: 1, warnings }
}

// What an import has left wrong must not hinder the correction of something else, so only what is told is judged.
function checked(
  tx: Tx,
  fields: PersonFields,
  at: string,
  told: readonly string[] = PERSON_FIELDS,
): FieldFinding[] {
  const { errors, warnings } = checkPerson(fields, { asOf: dayOf(tx.now), at })
  const judged = errors.filter(({ pointer }) => pointer === at || told.includes(pointer.slice(at.length + 1)))
  if (judged.length > 0) throw new Problem('request/invalid', { errors: judged })
  return warnings
}

/** Enters a person on their own. */
export async function createPerson(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  entry: PersonEntry,
): Promise<PersonWritten> {
  await demandPlace(tx, entry.regionCode, '/body/regionCode')
  const written = enter(tx, vault, entry, '/body')
  suggestLinksOf(tx, [written.id])
  const person = normalisePerson(entry)
  const data = {
    fields: PERSON_FIELDS.filter((field) => person[field] !== null),
    confidential: entry.confidential ?? false,
  }
  const event = { subject: 'person', subjectId: written.id, type: 'person.created', data }
  appendSealed(tx, sealEvent({ seq: 0, hash: null }, actor.id, tx.now, event))
  return written
}

interface StoredPerson {
  id: string
  sealed: Buffer
  confidential: boolean
  regionCode: string | null
  version: number
}

const STORED = 'id, sealed, confidential, region_code as "regionCode", version'
const lockPerson = statement<StoredPerson>(
  'people.lock',
  `select ${STORED} from people where id = $1 for update`,
)

/**
 * Corrects what is told and leaves the rest; null clears a field. The event names the fields, never a value. Throws
 * `request/not-found`, `request/stale`, `access/forbidden` (confidential) or `request/invalid`.
 */
export async function correctPerson(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  id: string,
  input: { ifMatch: number; changes: PersonEntry; known: KnownPeople },
): Promise<PersonWritten> {
  const [row] = await lockPerson(tx, [id])
  if (row === undefined || !(await input.known(tx, actor, [id])).has(id))
    throw new Problem('request/not-found')
  if (row.confidential && !(await isConfidant(tx, actor, id))) throw confidentialRefusal()
  if (row.version !== input.ifMatch) throw new Problem('request/stale', { extras: { version: row.version } })

  const before = normalisePerson(openPerson(vault, row))
  const told = given(input.changes)
  const after = normalisePerson({ ...before, ...told })
  const warnings = checked(tx, after, '/body', Object.keys(told))
  await demandPlace(tx, input.changes.regionCode, '/body/regionCode')
  const confidential = input.changes.confidential ?? row.confidential
  const regionCode = input.changes.regionCode === undefined ? row.regionCode : input.changes.regionCode
  const changed = [
    ...PERSON_FIELDS.filter((field) => before[field] !== after[field]),
    ...(confidential === row.confidential ? [] : ['confidential']),
    ...(regionCode === row.regionCode ? [] : ['regionCode']),
  ]
  if (changed.length === 0) return { id, version: row.version, warnings }

  const version = row.version + 1
  updateRow(tx, people, id, {
    ...sealPerson(vault, id, after, { confidential }),
    confidential,
    regionCode,
    version,
  })
  suggestLinksOf(tx, [id])
  await record(tx, actor, {
    subject: 'person',
    subjectId: id,
    type: 'person.corrected',
    data: { fields: changed, version },
  })
  return { id, version, warnings }
}

function given(changes: PersonEntry): PersonFields {
  return Object.fromEntries(PERSON_FIELDS.filter((f) => changes[f] !== undefined).map((f) => [f, changes[f]]))
}

function confidentialRefusal(): Problem {
  return new Problem('access/forbidden', {
    detail: 'the person asked for confidence, and you are not on the list',
  })
}

/** Finds people who bear exactly this phone, ID number or whole name; the event tells which was asked, not for what. */
export async function searchPeople(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  input: { by: SearchField; text: string; known: KnownPeople },
): Promise<{ people: PersonRow[]; more: boolean }> {
  const found = await findByBlind(tx, actor, input.known, input.by, blindsFor(vault, input.by, input.text))
  const data = { by: input.by, found: found.people.length }
  await record(tx, actor, { subject: 'account', subjectId: actor.id, type: 'person.searched', data })
  return found
}

const readStored = statement<StoredPerson>('people.stored', `select ${STORED} from people where id = $1`)

/**
 * Opens the asked fields for a reason. The event is written first, in the same transaction, so nothing is shown that is
 * not recorded. A confidential person refused to this actor is undefined, and that is recorded too: commit, then refuse.
 */
export async function revealPerson(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  id: string,
  input: { fields: readonly PersonField[]; reason: string; known: KnownPeople },
): Promise<Partial<Record<PersonField, string | null>> | undefined> {
  const [[row], known] = await Promise.all([readStored(tx, [id]), input.known(tx, actor, [id])])
  if (row === undefined || !known.has(id)) throw new Problem('request/not-found')
  const refused = row.confidential && !(await isConfidant(tx, actor, id))
  const type = refused ? 'person.reveal-refused' : 'person.revealed'
  const data = { fields: [...input.fields], reason: input.reason }
  await record(tx, actor, { subject: 'person', subjectId: id, type, data })
  if (refused) return undefined
  const person = openPerson(vault, row)
  return Object.fromEntries(input.fields.map((field) => [field, person[field] ?? null]))
}
