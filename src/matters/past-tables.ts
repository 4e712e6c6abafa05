// What is stored of what matters were, for figures as of an earlier instant.
import { boolean, date, index, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { app, instant } from '../platform/tables.ts'
import { factMoments } from './facts.ts'
import type { legs } from './tables.ts'

type Leg = typeof legs.$inferSelect

type Snake<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${Snake<Rest>}`
  : Name
type LegColumns = { [Name in keyof Leg as Snake<Name>]: Leg[Name] }
/** What figures look at of a leg, with its type. It is stored by these names: whoever renames a column renames it there, too. */
export const legged = {
  no: 'smallint',
  role: 'text',
  unit_id: 'uuid',
  dispatched_at: 'timestamptz',
  submitted_at: 'timestamptz',
  stopped_at: 'timestamptz',
  outcome: 'text',
  late_from: 'timestamptz',
} as const satisfies { [Name in keyof LegColumns]?: string }

type PastLeg = Pick<LegColumns, keyof typeof legged>

/**
 * What figures looked at of a matter until a moment at which it was rewritten (`pasts.ts`): as of any instant since the row
 * before, it is counted by this.
 */
export const matterPasts = app.table(
  'matter_pasts',
  {
    matterId: uuid('matter_id').notNull(),
    until: instant('until').notNull(),
    dispatchedAt: instant('dispatched_at').notNull(),
    leadUnitId: uuid('lead_unit_id'),
    category: text('category').notNull(),
    topic: text('topic').notNull(),
    ...Object.fromEntries(
      factMoments.filter((at) => at !== 'dispatched_at').map((at) => [at, instant(at)] as const),
    ),
    firstOnTime: boolean('first_on_time'),
    contactedOnTime: boolean('contacted_on_time'),
    callResult: text('call_result'),
    resolved: boolean('resolved'),
    rating: text('rating'),
    flags: integer('flags').notNull(),
    settledAt: instant('settled_at').notNull(),
    leftDay: date('left_day', { mode: 'string' }),
    legs: jsonb('legs').$type<readonly PastLeg[]>(),
  },
  (t) => [
    primaryKey({ columns: [t.matterId, t.until] }),
    index('matter_pasts_until').on(t.until, t.dispatchedAt, t.matterId),
  ],
)
