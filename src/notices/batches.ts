// Messages to the cadres and liaisons of whole regions: contacts are kept, one person asks, another releases.
import { randomUUIDv7 } from 'node:crypto'
import { resealNumber, sealContactName, sealNumber } from '../people/numbers.ts'
import type { Actor } from '../platform/actor.ts'
import { statement, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { fieldProblem, Problem, type FieldError } from '../platform/problems.ts'
import { insertRow, updateRow } from '../platform/rows.ts'
import type { Vault } from '../platform/vault.ts'
import { smsBatches, smsContacts } from './tables.ts'

export interface ContactEntry {
  regionCode: string
  post: string
  name: string
  number: string
}

const lockContacts = statement(
  'sms.contacts-lock',
  "select pg_advisory_xact_lock(hashtextextended('sms-contacts', 12))",
)
const knownRegions = statement<{ code: string }>(
  'sms.regions',
  'select distinct code from regions where code = any($1::text[]) and valid_to is null',
)
const takenNumbers = statement<{ region: string; mark: Buffer }>(
  'sms.contacts-taken',
  `select region_code as region, number_bi as mark from sms_contacts where region_code = any($1::text[]) and voided_at is null`,
)

/** Enters contacts, all or none; errors name the row by `at`. Answers their ids. */
export async function enterContacts(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  rows: readonly { at: string; row: ContactEntry }[],
): Promise<string[]> {
  await lockContacts(tx)
  const codes = [...new Set(rows.map(({ row }) => row.regionCode))]
  const [regions, taken] = await Promise.all([knownRegions(tx, [codes]), takenNumbers(tx, [codes])])
  const known = new Set(regions.map(({ code }) => code))
  const seen = new Set(taken.map(({ region, mark }) => `${region} ${mark.toString('hex')}`))
  const errors: FieldError[] = []
  const entered: (typeof smsContacts.$inferInsert)[] = []
  for (const { at, row } of rows) {
    const id = randomUUIDv7()
    const wrong = (field: string, message: string) =>
      errors.push({ pointer: `${at}/${field}`, code: 'sms/contact', message })
    if (!known.has(row.regionCode)) wrong('regionCode', '没有这个现行的行政区划')
    try {
      const number = sealNumber(vault, id, row.number, `${at}/number`)
      const key = `${row.regionCode} ${number.numberBi.toString('hex')}`
      if (seen.has(key)) wrong('number', '该区划已有此号码')
      seen.add(key)
      const name = sealContactName(vault, id, row.name, `${at}/name`)
      entered.push({ id, regionCode: row.regionCode, post: row.post, ...name, ...number, at: tx.now })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      errors.push(...(error.options.errors ?? []))
    }
  }
  if (errors.length > 0) throw new Problem('request/invalid', { errors: errors.slice(0, 200) })
  for (const row of entered) insertRow(tx, smsContacts, row)
  const data = { contacts: entered.length, regions: codes }
  await record(tx, actor, { subject: 'account', subjectId: actor.id, type: 'account.contacts-entered', data })
  return entered.map(({ id }) => id)
}

const standingContact = statement<{ id: string }>(
  'sms.contact',
  'select id from sms_contacts where id = $1 and voided_at is null for update',
)

export async function voidContact(tx: Tx, actor: Actor, id: string): Promise<{ id: string }> {
  const [held] = await standingContact(tx, [id])
  if (held === undefined) throw new Problem('request/not-found')
  updateRow(tx, smsContacts, id, { voidedAt: tx.now })
  await record(tx, actor, {
    subject: 'account',
    subjectId: actor.id,
    type: 'account.contact-voided',
    data: { contactId: id },
  })
  return { id }
}

// A region holds those whose codes begin with its own, cut to what is not zero. A number is told once, whatever its posts.
const recipients = statement<{ id: string; number: Buffer }>(
  'sms.recipients',
  `select distinct on (c.number_bi) c.id, c.number from sms_contacts c
   where c.voided_at is null and exists (select 1 from unnest($1::text[]) as r(code) where starts_with(c.region_code, r.code))
   order by c.number_bi, c.id`,
)

export interface BatchWritten {
  id: string
  state: string
  /** Numbers that get it. */
  recipients: number
}

/** Asks for a message to everybody of these regions. Throws `sms/no-recipients`. */
export async function askBatch(
  tx: Tx,
  actor: Actor,
  { text, regionCodes }: { text: string; regionCodes: string[] },
): Promise<BatchWritten> {
  const known = new Set((await knownRegions(tx, [regionCodes])).map(({ code }) => code))
  const unknown = regionCodes.findIndex((code) => !known.has(code))
  if (unknown >= 0)
    throw fieldProblem('request/invalid', `/body/regionCodes/${unknown}`, '没有这个现行的行政区划')
  const found = await recipients(tx, [regionCodes])
  if (found.length === 0) throw fieldProblem('sms/no-recipients', '/body/regionCodes', '这些区划没有联系人')
  const id = randomUUIDv7()
  const by = { askedAt: tx.now, askedBy: actor.id }
  insertRow(tx, smsBatches, { id, text, regionCodes, state: 'asked', recipients: found.length, ...by })
  const data = { regions: regionCodes, recipients: found.length }
  await record(tx, actor, { subject: 'sms-batch', subjectId: id, type: 'sms-batch.asked', data })
  return { id, state: 'asked', recipients: found.length }
}

const lockBatch = statement<{
  id: string
  state: string
  askedBy: string
  text: string
  regionCodes: string[]
}>(
  'sms.batch',
  `select id, state, asked_by as "askedBy", text, region_codes as "regionCodes" from sms_batches where id = $1 for update`,
)

const queueBatch = statement(
  'sms.queue-batch',
  `insert into sms_messages (id, template, template_version, batch_id, number, number_bi, number_masked, text, state, queued_at, next_at)
   select t.id, 'batch', 0, $1, t.number, t.mark, t.masked, $2, 'queued', $3, $3
   from unnest($4::uuid[], $5::bytea[], $6::bytea[], $7::text[]) as t(id, number, mark, masked)`,
)

/** Another person than who asked releases it; everybody who is a contact by then gets it once. */
export async function releaseBatch(tx: Tx, vault: Vault, actor: Actor, id: string): Promise<BatchWritten> {
  const batch = await pending(tx, id)
  if (batch.askedBy === actor.id) throw new Problem('sms/second-person')
  const found = await recipients(tx, [batch.regionCodes])
  if (found.length === 0) throw new Problem('sms/no-recipients')
  const sealed = found.map((contact) => {
    const messageId = randomUUIDv7()
    return { messageId, ...resealNumber(vault, contact, messageId) }
  })
  await queueBatch(tx, [
    ...[id, batch.text, tx.now],
    sealed.map(({ messageId }) => messageId),
    sealed.map(({ number }) => number),
    sealed.map(({ numberBi }) => numberBi),
    sealed.map(({ numberMasked }) => numberMasked),
  ])
  decide(tx, actor, id, 'released', found.length)
  await record(tx, actor, {
    subject: 'sms-batch',
    subjectId: id,
    type: 'sms-batch.released',
    data: { recipients: found.length },
  })
  return { id, state: 'released', recipients: found.length }
}

export async function cancelBatch(tx: Tx, actor: Actor, id: string): Promise<BatchWritten> {
  await pending(tx, id)
  decide(tx, actor, id, 'cancelled', 0)
  await record(tx, actor, { subject: 'sms-batch', subjectId: id, type: 'sms-batch.cancelled', data: {} })
  return { id, state: 'cancelled', recipients: 0 }
}

async function pending(tx: Tx, id: string) {
  const [batch] = await lockBatch(tx, [id])
  if (batch === undefined) throw new Problem('request/not-found')
  if (batch.state !== 'asked') throw new Problem('sms/batch-decided')
  return batch
}

function decide(tx: Tx, actor: Actor, id: string, state: string, recipients: number): void {
  updateRow(tx, smsBatches, id, { state, recipients, decidedAt: tx.now, decidedBy: actor.id })
}
