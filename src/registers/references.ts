// What columns of a register may refer to.
import { unitReference } from '../orgs/unit-reference.ts'
import { safeValue } from '../people/safe-values.ts'
import { statement } from '../platform/db.ts'
import type { Reference, ReferenceKinds } from '../platform/references.ts'
import type { Sheet } from '../platform/sheet-rows.ts'
import type { Register } from './register.ts'

const project = {
  nothing: '没有这个项目',
  find: statement<Reference>(
    'registers.projects',
    `select p.id, w.written, array[normalize(w.written, nfkc), normalize(p.name, nfkc)] as names,
       case when p.voided_at is not null then '项目已作废' end as gone
     from projects p cross join lateral (select p.year || '年' || p.name as written) w
     where p.id = any($1::uuid[]) or normalize(w.written, nfkc) = any($2::text[])
       or normalize(p.name, nfkc) = any($2::text[])`,
  ),
}

const references: ReferenceKinds = { unit: unitReference, project }

/** How a register's spreadsheets are laid out, and what its rows refer to. */
export const sheetOf = ({ columns }: Register): Sheet => ({ columns, references, show: safeValue })
