// Which matters an actor may see: one predicate that every read of matters, figures and files shares.
import type { Actor } from '../platform/actor.ts'

/**
 * SQL over `m` (matters) with three parameters from `$first` on, filled by `visibilityValues`: the office's staff see
 * all, a unit's staff what the unit or those below it hold or held; nobody sees what accuses their own unit or one
 * above it (信访工作条例 art. 30(3), 46(5)). Everything else does not exist for them.
 */
export function visibleTo(first: number): string {
  return `(($${first}::text = 'all' or ($${first}::text = 'units' and m.unit_ids && $${first + 1}::uuid[]))
    and ${harmlessTo(first, 'm')})`
}

/**
 * The second half of it alone: that a matter, under this alias, accuses neither the reader's unit or one above it nor the
 * reader by name, and that the reader has not stepped aside from it.
 */
export function harmlessTo(first: number, alias: string): string {
  const reader = `$${first + 2}::uuid[]`
  return `(not (${alias}.accused_unit_ids && ${reader}) and not (${alias}.barred_ids && ${reader}))`
}

/** The units and the account that a matter must not accuse or bar for the reader to see it. */
export function withheldFrom({ id, unitPath }: Actor): string[] {
  return [...unitPath, id]
}

export function visibilityValues(actor: Actor): unknown[] {
  return [actor.sees, actor.unitIds, withheldFrom(actor)]
}

/**
 * The units for which an actor signs, answers and asks: the own and those below. Staff of the office, above all of them,
 * act for the office alone: it dispatches to the others and judges what they answer.
 */
export function handledUnits({ sees, unitId, unitIds }: Actor): readonly string[] {
  return sees === 'all' ? (unitId === null ? [] : [unitId]) : unitIds
}
