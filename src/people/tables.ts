// What is stored of people: one sealed value each, what may be seen of it, and the links between entries of one person.
import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { app, bytea, instant } from '../platform/tables.ts'

/** A petitioner or caller as entered once; entries of the same person are linked, never merged. */
export const people = app.table(
  'people',
  {
    id: uuid('id').primaryKey(),
    /** Name, phones, ID number and address (`seal.ts`). */
    sealed: bytea('sealed').notNull(),
    nameMasked: text('name_masked'),
    phoneMasked: text('phone_masked'),
    idMasked: text('id_masked'),
    /** The address down to its township. */
    township: text('township'),
    nameBi: bytea('name_bi'),
    phoneBi: bytea('phone_bi'),
    phone2Bi: bytea('phone2_bi'),
    idBi: bytea('id_bi'),
    /** Asked for confidence: masks hold nothing, and only who is on the list of `confidants` may reveal it. */
    confidential: boolean('confidential').notNull().default(false),
    regionCode: text('region_code'),
    createdAt: instant('created_at').notNull(),
    version: integer('version').notNull().default(1),
  },
  (t) => [
    index('people_name').on(t.nameBi, t.township),
    index('people_phone').on(t.phoneBi),
    index('people_phone2')
      .on(t.phone2Bi)
      .where(sql`phone2_bi is not null`),
    index('people_id_no')
      .on(t.idBi)
      .where(sql`id_bi is not null`),
  ],
)

/** Who needs to know a person who asked for confidence; an ended entry stays. */
export const confidants = app.table(
  'confidants',
  {
    id: uuid('id').primaryKey(),
    personId: uuid('person_id')
      .notNull()
      .references(() => people.id),
    accountId: uuid('account_id').notNull(),
    reason: text('reason').notNull(),
    grantedAt: instant('granted_at').notNull(),
    grantedBy: uuid('granted_by').notNull(),
    endedAt: instant('ended_at'),
    endedBy: uuid('ended_by'),
  },
  (t) => [
    uniqueIndex('confidants_standing')
      .on(t.personId, t.accountId)
      .where(sql`ended_at is null`),
    check('confidants_other_person', sql`granted_by <> account_id`),
    check('confidants_ended', sql`(ended_at is null) = (ended_by is null)`),
  ],
)

/** Two entries that may be one person. A clerk decides; nothing follows from a suggestion. */
export const personLinks = app.table(
  'person_links',
  {
    id: uuid('id').primaryKey(),
    personA: uuid('person_a')
      .notNull()
      .references(() => people.id),
    personB: uuid('person_b')
      .notNull()
      .references(() => people.id),
    status: text('status', { enum: ['suggested', 'confirmed', 'rejected'] })
      .notNull()
      .default('suggested'),
    /** The strongest thing they share; a name counts only within one township. */
    reason: text('reason', { enum: ['idNo', 'phone', 'name'] }).notNull(),
    suggestedAt: instant('suggested_at').notNull(),
    decidedBy: uuid('decided_by'),
    decidedAt: instant('decided_at'),
  },
  (t) => [
    uniqueIndex('person_links_pair').on(t.personA, t.personB),
    index('person_links_b').on(t.personB),
    index('person_links_open')
      .on(t.suggestedAt, t.id)
      .where(sql`status = 'suggested'`),
    check('person_links_order', sql`person_a < person_b`),
    check('person_links_status', sql`status in ('suggested', 'confirmed', 'rejected')`),
    check('person_links_reason', sql`reason in ('idNo', 'phone', 'name')`),
    check('person_links_decided', sql`(status = 'suggested') = (decided_by is null and decided_at is null)`),
  ],
)
