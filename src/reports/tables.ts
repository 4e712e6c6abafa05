// Tables of reports: an office's wording, what people write between computed paragraphs, explained findings, and what was published.
import { boolean, index, integer, jsonb, primaryKey, smallint, text, unique, uuid } from 'drizzle-orm/pg-core'
import { app, instant } from '../platform/tables.ts'
import type { Snapshot } from './publication.ts'

/** The newest version of a section counts, the shipped wording where there is none. `section` is `title` for the title. */
export const reportWordings = app.table(
  'report_wordings',
  {
    kind: text('kind').notNull(),
    section: text('section').notNull(),
    version: integer('version').notNull(),
    heading: text('heading').notNull(),
    /** One sentence or condition a line. */
    text: text('text').notNull(),
    at: instant('at').notNull(),
    by: uuid('by_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.kind, t.section, t.version] })],
)

/** Every version stays; the newest counts, unless it was removed with it. */
export const reportParagraphs = app.table(
  'report_paragraphs',
  {
    id: uuid('id').notNull(),
    version: integer('version').notNull(),
    /** `2020`, `2020-11`, `2020-W46`. */
    period: text('period').notNull(),
    /** The section that it follows; '' for the very beginning. */
    after: text('after_section').notNull(),
    /** Which part of the legal content it answers. */
    covers: text('covers'),
    text: text('text').notNull(),
    removed: boolean('removed').notNull().default(false),
    at: instant('at').notNull(),
    by: uuid('by_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.id, t.version] }), index('report_paragraphs_period').on(t.period)],
)

/** Why a finding does not stand in the way: printed in the annex. */
export const reportOverrides = app.table(
  'report_overrides',
  {
    period: text('period').notNull(),
    /** Of the finding: what it says and of what; another figure makes another finding. */
    mark: text('mark').notNull(),
    finding: text('finding').notNull(),
    explanation: text('explanation').notNull(),
    at: instant('at').notNull(),
    by: uuid('by_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.period, t.mark] })],
)

/** Append-only by trigger: a correction is another edition. */
export const reportPublications = app.table(
  'report_publications',
  {
    id: uuid('id').primaryKey(),
    period: text('period').notNull(),
    /** 1, then 2 for its correction. */
    edition: integer('edition').notNull(),
    asOf: instant('as_of').notNull(),
    publishedAt: instant('published_at').notNull(),
    by: uuid('by_id').notNull(),
    /** Why there is another edition; null for the first. */
    reason: text('reason'),
    /** SHA-256 over the snapshot's canonical JSON and the case lists. */
    hash: text('hash').notNull(),
    snapshot: jsonb('snapshot').$type<Snapshot>().notNull(),
  },
  (t) => [unique('report_publications_once').on(t.period, t.edition)],
)

/** What each figure of a publication counted. Append-only by trigger. */
export const reportCases = app.table(
  'report_cases',
  {
    publicationId: uuid('publication_id')
      .notNull()
      .references(() => reportPublications.id),
    subject: text('subject').notNull(),
    subjectId: uuid('subject_id').notNull(),
    /** Places of figures in the snapshot: 2i for what the i-th counts, 2i + 1 for what it is a share of. */
    places: smallint('places').array().notNull(),
  },
  (t) => [primaryKey({ columns: [t.publicationId, t.subject, t.subjectId] })],
)
