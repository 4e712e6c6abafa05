// Puts messages into the queue: those that follow events of matters, and those of a released batch.
import { randomUUIDv7 } from 'node:crypto'
import { queryCodeOf } from '../matters/query-codes.ts'
import { mobilesOf } from '../people/numbers.ts'
import { systemActor } from '../platform/actor.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import type { OutboxEvent } from '../platform/outbox.ts'
import { insertRow } from '../platform/rows.ts'
import type { Vault } from '../platform/vault.ts'
import { smsMessages } from './tables.ts'
import { fill, templates, templatesAfter, templateKeys, type TemplateKey } from './templates.ts'

export interface Wording {
  text: string
  enabled: boolean
  /** 0: as shipped. */
  version: number
}

const newest = statement<Wording & { key: TemplateKey }>(
  'sms.wordings',
  'select distinct on (key) key, text, enabled, version from sms_templates order by key, version desc',
)

/** The wording of each template that counts now. */
export async function wordings(db: Db): Promise<Record<TemplateKey, Wording>> {
  const own = new Map((await newest(db)).map((row) => [row.key, row]))
  const shipped = templateKeys.map((key) => {
    const { text, enabled } = templates[key]
    return [key, own.get(key) ?? { text, enabled, version: 0 }] as const
  })
  return Object.fromEntries(shipped) as Record<TemplateKey, Wording>
}

// An accusation and who asked for confidence get no message by themselves: the phone may be in other hands.
const toTell = statement<{ id: string; no: string; channel: string; personId: string }>(
  'sms.to-tell',
  `select m.id, m.no, m.channel, m.person_id as "personId" from matters m
   where m.id = any($1::uuid[]) and m.person_id is not null and not m.confidential and m.category <> 'report'
     and m.accused_unit_ids = '{}' and not exists (select 1 from matter_accused c where c.matter_id = m.id)`,
)
const known = statement<{ eventId: string; template: string }>(
  'sms.known',
  'select event_id as "eventId", template from sms_messages where event_id = any($1::uuid[])',
)

/** Queues what follows these events, once each; nothing without a gateway. */
export async function queueAfter(
  tx: Tx,
  vault: Vault,
  office: string,
  events: readonly OutboxEvent[],
): Promise<void> {
  const wanted = events.flatMap((event) =>
    templatesAfter(event.type).map((template) => ({ event, template })),
  )
  if (wanted.length === 0) return
  const [texts, matters, done] = await Promise.all([
    wordings(tx),
    toTell(tx, [[...new Set(wanted.map(({ event }) => event.subjectId))]]),
    known(tx, [wanted.map(({ event }) => event.id)]),
  ])
  const byId = new Map(matters.map((matter) => [matter.id, matter]))
  const rows = wanted.flatMap(({ event, template }) => {
    const matter = byId.get(event.subjectId)
    const { channels } = templates[template] as { channels?: readonly string[] }
    if (matter === undefined || !texts[template].enabled) return []
    if (channels !== undefined && !channels.includes(matter.channel)) return []
    if (done.some((each) => each.eventId === event.id && each.template === template)) return []
    return [{ rowId: randomUUIDv7(), personId: matter.personId, event, template, matter }]
  })
  const numbers = await mobilesOf(tx, vault, rows)
  for (const { rowId, event, template, matter } of rows) {
    const number = numbers.get(rowId)
    if (number === undefined) continue
    const { text, version } = texts[template]
    const values = { office, no: matter.no, queryCode: queryCodeOf(vault, matter.id) }
    insertRow(tx, smsMessages, {
      ...{ id: rowId, template, templateVersion: version, eventId: event.id, matterId: matter.id, ...number },
      ...{ text: fill(text, values), state: 'queued', queuedAt: tx.now, nextAt: tx.now },
    })
  }
  if (numbers.size === 0) return
  // Wakes the sender; the messages themselves are the truth of what is to be sent.
  const subjectId = rows[0]?.rowId ?? ''
  await record(tx, systemActor('notify'), {
    subject: 'sms',
    subjectId,
    type: 'sms.queued',
    data: { count: numbers.size },
  })
}
