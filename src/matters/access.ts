// Which matters an actor may see: one predicate that every read of matters, figures and files shares.
import type { Actor } from '../platform/actor.ts'

/**
 * SQL over matters (alias `m` unless told) with three parameters from `$first` on, filled by `visibilityValues`: the office's staff see
 * all, a unit's staff what the unit or those below it hold or held; nobody sees what accuses their own unit or one
 * above it (信访工作条例 art. 30(3), 46(5)). Everything else does not exist for them.
 */
export function visibleTo(first: number, m = 'm'): string {
  return `(($${first}::text = 'all' or ($${first}::text = 'units' and ${m}.unit_ids && $${first + 1}::uuid[]))
    and not (${m}.accused_unit_ids && $${first + 2}::uuid[]))`
}

export function visibilityValues(actor: Actor): unknown[] {
  return [actor.sees, actor.unitIds, actor.unitPath]
}
