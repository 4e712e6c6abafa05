// Which items of the ledger an actor may see: one predicate for lists, figures and single items.
import { harmlessTo, visibleTo } from '../matters/access.ts'

/**
 * SQL over `i` (ledger_items) with the three parameters of `visibilityValues` from `$first` on: the office sees all, a unit
 * what it leads or answers for in its territory; nobody what is linked to a matter that accuses them.
 */
export function itemVisibleTo(first: number): string {
  const own = `$${first + 1}::uuid[]`
  return `(($${first}::text = 'all' or ($${first}::text = 'units'
      and (i.lead_unit_id = any(${own}) or i.territorial_unit_id = any(${own}))))
    and not exists (select 1 from ledger_matters lm join matters m on m.id = lm.matter_id
      where lm.item_id = i.id and not ${harmlessTo(first, 'm')}))`
}

/** Where items `mi` of meetings are read with their subjects, those that the reader may see. */
export const seenItems = (first: number) => `meeting_items mi join units u on u.id = mi.lead_unit_id
  left join matters m on m.id = mi.matter_id left join ledger_items i on i.id = mi.ledger_item_id
  where (mi.matter_id is null or ${visibleTo(first)}) and (mi.ledger_item_id is null or ${itemVisibleTo(first)})`
