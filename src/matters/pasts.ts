// Keeps what figures looked at of a matter before a write makes another past of it: another unit, an undone merge, a corrected label.
import type { Instant } from '../platform/clock.ts'
import { statement } from '../platform/db.ts'
import type { Case, Leg, LegPatch, Matter, MatterPatch } from './case.ts'
import { lateFrom } from './deadlines.ts'
import { factMoments, figured, labels } from './facts.ts'
import { legged } from './past-tables.ts'

/** Of the matters of these ids as they stand, until a moment; the first write of a moment found what stood there. */
export const keepPasts = statement(
  'matter.keep-pasts',
  `insert into matter_pasts (matter_id, until, ${figured.join(', ')}, legs)
   select m.id, $2, ${figured.map((c) => `m.${c}`).join(', ')}, (select jsonb_agg(jsonb_build_object(
       ${Object.keys(legged)
         .map((c) => `'${c}', l.${c}`)
         .join(', ')})) from legs l where l.matter_id = m.id)
   from matters m where m.id = any($1::uuid[]) and m.dispatched_at is not null
   on conflict do nothing`,
)

const camel = (column: string) =>
  column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) as keyof Matter
const labelled = labels.map(camel)
/** A contact counts from when it took place, however late it is told. */
const moments = factMoments.filter((at) => at !== 'contacted_at').map(camel)

/**
 * Whether figures as of an instant before `now` would no longer be what they were: what comes about now, and a due time that
 * moves or is met before it has passed, is nothing to them.
 */
export function rewrites(
  { matter, legs }: Case,
  patch: MatterPatch,
  after: readonly (Leg & LegPatch)[],
  now: Instant,
): boolean {
  if (matter.dispatchedAt === null) return false
  const past = (at: unknown) => typeof at === 'string' && at < now
  const moved = (was: unknown, is: unknown) => was !== is && (past(was) || past(is))
  const next: Partial<Matter> = { ...matter, ...(patch as Partial<Matter>) }
  const before = new Map(legs.map((leg) => [leg.id, leg]))
  return (
    labelled.some((key) => next[key] !== matter[key]) ||
    moments.some((key) => moved(matter[key], next[key])) ||
    after.some((leg) => {
      const was = before.get(leg.id)
      return (
        moved(was === undefined ? null : lateFrom(was), lateFrom(leg)) ||
        moved(was?.submittedAt ?? was?.stoppedAt ?? null, leg.submittedAt ?? leg.stoppedAt)
      )
    })
  )
}
