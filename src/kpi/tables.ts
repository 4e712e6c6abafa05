// The rollup: how much was counted of each part, per unit, day and channel; a cache that a recount can always rewrite.
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import { app, instant } from '../platform/tables.ts'
import { columnOf, partNames, type PartName } from './parts.ts'

const count = (name: PartName) => integer(columnOf(name)).notNull().default(0)
const counts = () =>
  Object.fromEntries(partNames.map((name) => [name, count(name)])) as Record<
    PartName,
    ReturnType<typeof count>
  >

/** At what the rollup stands, one row: counted up by every recount that may change it, and seen with what that wrote. */
export const kpiStand = app.table(
  'kpi_stand',
  {
    one: boolean('one').primaryKey().default(true),
    changes: bigint('changes', { mode: 'number' }).notNull(),
  },
  (t) => [check('kpi_stand_one', sql`${t.one}`)],
)

export const kpiDaily = app.table(
  'kpi_daily',
  {
    /** The unit that leads the matters now, or that a late leg belongs to; the nil UUID while none leads. */
    unitId: uuid('unit_id').notNull(),
    /** The day of the first dispatch. */
    day: date('day', { mode: 'string' }).notNull(),
    channel: text('channel').notNull(),
    ...counts(),
    recountedAt: instant('recounted_at').notNull(),
    /** The next moment at which a count changes by the mere passing of time; after it the row no longer holds. */
    freshUntil: timestamp('fresh_until', { withTimezone: true, mode: 'string' })
      .notNull()
      .default(sql`'infinity'`),
    /** The last moment at which anything of what is counted came about: as of an instant between the two the counts are these. */
    freshFrom: timestamp('fresh_from', { withTimezone: true, mode: 'string' })
      .notNull()
      .default(sql`now()`),
  },
  (t) => [
    primaryKey({ columns: [t.unitId, t.day, t.channel] }),
    index('kpi_daily_day').on(t.day),
    index('kpi_daily_fresh').on(t.freshUntil),
  ],
)

/** The rows of all units together, written with them: where a list of the whole office lies is told without going through each. */
export const kpiOfficeDaily = app.table(
  'kpi_office_daily',
  { day: date('day', { mode: 'string' }).notNull(), channel: text('channel').notNull(), ...counts() },
  (t) => [primaryKey({ columns: [t.day, t.channel] })],
)
