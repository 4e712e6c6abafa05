// What is stored of notices: the inbox of each account, texts of messages, the messages themselves, contacts and batches.
import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  date,
  index,
  integer,
  primaryKey,
  smallint,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { oneOf } from '../matters/tables.ts'
import { app, bytea, instant } from '../platform/tables.ts'
import { batchStates, replyOutcomes, smsStates } from './terms.ts'

/** What an event is to somebody. Neither person nor content: the list joins the matter, and shows what its reader may see then. */
export const inbox = app.table(
  'inbox',
  {
    id: uuid('id').primaryKey(),
    accountId: uuid('account_id').notNull(),
    eventId: uuid('event_id').notNull(),
    /** Null for what concerns no matter: then `text` and `link` say what it is. */
    matterId: uuid('matter_id'),
    text: text('text'),
    link: text('link'),
    type: text('type').notNull(),
    /** Which of the event's rules it follows. */
    rule: smallint('rule').notNull(),
    at: instant('at').notNull(),
    readAt: instant('read_at'),
  },
  (t) => [
    unique('inbox_once').on(t.accountId, t.eventId),
    index('inbox_of').on(t.accountId, t.at, t.id),
    index('inbox_unread')
      .on(t.accountId)
      .where(sql`read_at is null`),
  ],
)

/** An office's own wordings; the newest version of a key counts, and the shipped text where there is none. */
export const smsTemplates = app.table(
  'sms_templates',
  {
    key: text('key').notNull(),
    version: integer('version').notNull(),
    text: text('text').notNull(),
    enabled: boolean('enabled').notNull(),
    at: instant('at').notNull(),
    by: uuid('by_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.key, t.version] })],
)

export const smsMessages = app.table(
  'sms_messages',
  {
    id: uuid('id').primaryKey(),
    template: text('template').notNull(),
    /** 0: as shipped. */
    templateVersion: integer('template_version').notNull(),
    eventId: uuid('event_id'),
    matterId: uuid('matter_id'),
    batchId: uuid('batch_id'),
    /** Sealed by the people slice. */
    number: bytea('number').notNull(),
    numberBi: bytea('number_bi').notNull(),
    numberMasked: text('number_masked').notNull(),
    text: text('text').notNull(),
    state: text('state').notNull(),
    attempts: smallint('attempts').notNull().default(0),
    queuedAt: instant('queued_at').notNull(),
    nextAt: instant('next_at').notNull(),
    leaseUntil: instant('lease_until'),
    /** The day of the first attempt: what the daily limit of a number is counted by. */
    triedDay: date('tried_day', { mode: 'string' }),
    gatewayId: text('gateway_id'),
    sentAt: instant('sent_at'),
    deliveredAt: instant('delivered_at'),
    answeredAt: instant('answered_at'),
    error: text('error'),
  },
  (t) => [
    check('sms_messages_state', oneOf('state', smsStates)),
    uniqueIndex('sms_messages_event')
      .on(t.eventId, t.template)
      .where(sql`event_id is not null`),
    uniqueIndex('sms_messages_batch')
      .on(t.batchId, t.numberBi)
      .where(sql`batch_id is not null`),
    index('sms_messages_due')
      .on(t.nextAt, t.id)
      .where(sql`state in ('queued', 'sending')`),
    index('sms_messages_number').on(t.numberBi, t.triedDay),
    index('sms_messages_queued').on(t.queuedAt, t.id),
    index('sms_messages_sent')
      .on(t.sentAt, t.id)
      .where(sql`sent_at is not null`),
  ],
)

/** What came back by message; the sender's words are kept only as what they come to. */
export const smsReplies = app.table(
  'sms_replies',
  {
    id: uuid('id').primaryKey(),
    gatewayId: text('gateway_id').notNull().unique('sms_replies_once'),
    numberMasked: text('number_masked').notNull(),
    receivedAt: instant('received_at').notNull(),
    outcome: text('outcome').notNull(),
    messageId: uuid('message_id'),
  },
  (t) => [
    check('sms_replies_outcome', oneOf('outcome', replyOutcomes)),
    index('sms_replies_at').on(t.receivedAt),
  ],
)

/** Whom batch messages go to: cadres of a region, liaisons of a unit. Never petitioners. */
export const smsContacts = app.table(
  'sms_contacts',
  {
    id: uuid('id').primaryKey(),
    regionCode: text('region_code').notNull(),
    post: text('post').notNull(),
    name: bytea('name').notNull(),
    nameMasked: text('name_masked').notNull(),
    number: bytea('number').notNull(),
    numberBi: bytea('number_bi').notNull(),
    numberMasked: text('number_masked').notNull(),
    at: instant('at').notNull(),
    voidedAt: instant('voided_at'),
  },
  (t) => [
    uniqueIndex('sms_contacts_once')
      .on(t.regionCode, t.numberBi)
      .where(sql`voided_at is null`),
    index('sms_contacts_list').on(t.regionCode, t.id),
  ],
)

/** One asks, another releases: nobody writes to a whole region alone. */
export const smsBatches = app.table(
  'sms_batches',
  {
    id: uuid('id').primaryKey(),
    text: text('text').notNull(),
    regionCodes: text('region_codes').array().notNull(),
    state: text('state').notNull(),
    recipients: integer('recipients').notNull(),
    askedAt: instant('asked_at').notNull(),
    askedBy: uuid('asked_by').notNull(),
    decidedAt: instant('decided_at'),
    decidedBy: uuid('decided_by'),
  },
  () => [
    check('sms_batches_state', oneOf('state', batchStates)),
    check('sms_batches_other_person', sql`state <> 'released' or decided_by <> asked_by`),
    check('sms_batches_decided', sql`(state = 'asked') = (decided_at is null)`),
  ],
)
