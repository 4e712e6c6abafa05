// The catalogue of what the history proves of rows: whose every row has events of its own, and which rows beside it they tell.
import { getTableColumns, getTableName } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { importedBits } from './imports/ids.ts'
import { records } from './matters/records.ts'
import { legs } from './matters/tables.ts'
import type { Beside, Provable } from './platform/verify-untold.ts'
import { registers } from './registers/columns.ts'

export const provable: readonly Provable[] = [
  { subject: 'matter', table: 'matters', rows: [legs, ...Object.values(records)].map(besideMatter) },
  ...Object.values(registers).map(({ table }) => ({ subject: 'register', table, rows: [] })),
  ...Object.entries({
    ...{ unit: 'units', account: 'accounts', 'visit-list': 'visit_lists' },
    ...{ campaign: 'campaigns', ledger: 'ledger_items', meeting: 'joint_meetings' },
    ...{ import: 'imports', 'sms-batch': 'sms_batches' },
    ...{ report: 'report_publications', 'declared-report': 'declared_reports' },
  }).map(([subject, table]) => ({ subject, table, rows: [] })),
  {
    ...{ subject: 'account', table: 'api_keys', rows: [] },
    told: { of: 'account_id', type: 'key.created', column: 'id' },
  },
  {
    ...{ subject: 'person', table: 'confidants', rows: [] },
    told: { of: 'person_id', type: 'person.confidant-named', column: 'account_id' },
  },
  ...['relief_programmes', 'relief_grants'].map((table) => ({ subject: 'relief', table, rows: [] })),
]

/** What there is at most one of has the matter's id. */
function besideMatter(of: PgTable): Beside {
  const table = getTableName(of)
  const imported = importedBits[table]
  const named = { table, of: 'matterId' in getTableColumns(of) ? 'matter_id' : 'id' }
  return imported === undefined ? named : { ...named, imported }
}
