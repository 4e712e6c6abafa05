// Takes workbooks into the system the way an office does: uploaded, checked, confirmed, and followed until all is done.
import { setTimeout as pause } from 'node:timers/promises'
import type { Deps } from '../../src/deps.ts'
import { statement } from '../../src/platform/db.ts'
import { outboxState } from '../../src/platform/outbox.ts'
import type { Calls } from './calls.ts'
import type { Workbook } from './workbooks.ts'

/** As the service tells of an import. */
interface ImportView {
  id: string
  status: { code: string }
  counts: { rows: number; errors: number; warnings: number; new: number; changed: number; unchanged: number }
  problem: unknown
}

export interface Loaded {
  file: string
  rows: number
  created: number
  changed: number
  unchanged: number
  warnings: number
  seconds: number
}

/** Long enough for a slow machine; what takes longer is stuck. */
const PATIENCE_MS = 5 * 60_000
const LOOK_MS = 150
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/**
 * Uploads one workbook and follows it until it is taken over. One that was taken over before is compared row by row with
 * what is there. A row with an error stops the demonstration.
 */
export async function load(
  calls: Calls,
  deps: Deps,
  { name, bytes }: Pick<Workbook, 'name' | 'bytes'>,
): Promise<Loaded> {
  const begun = performance.now()
  const form = new FormData()
  form.set('file', new File([bytes], name, { type: XLSX }))
  const { id } = await calls.post<{ id: string }>('/api/imports?again=true', form)
  const checked = await until(calls, deps, id, ['uploaded', 'checking'])
  if (checked.status.code === 'checked') {
    if (checked.counts.errors > 0) throw new Error(`${name}: ${checked.counts.errors} 行有误`)
    await calls.post(`/api/imports/${id}/commit`, { mode: 'all-or-nothing' })
  }
  const done = await until(calls, deps, id, ['checked', 'committing'])
  if (done.status.code !== 'committed')
    throw new Error(`${name}: ${done.status.code} ${JSON.stringify(done.problem)}`)
  const { rows, changed, unchanged, warnings, new: created } = done.counts
  return {
    file: name,
    rows,
    created,
    changed,
    unchanged,
    warnings,
    seconds: (performance.now() - begun) / 1000,
  }
}

async function until(calls: Calls, deps: Deps, id: string, passing: readonly string[]): Promise<ImportView> {
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await pause(LOOK_MS)) {
    const found = await calls.get<ImportView>(`/api/imports/${id}`)
    if (!passing.includes(found.status.code)) return found
  }
  throw new Error(`the import ${id} is still not done${await reasonIn(deps)}`)
}

/** Waits until every effect of what was written has happened. */
export async function settle(deps: Deps): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await pause(LOOK_MS)) {
    const jobs = await outboxState(deps.db)
    if (jobs.length === 0) return
    if (jobs.some(({ dead }) => dead > 0)) throw new Error(`effects were given up${await reasonIn(deps)}`)
  }
  throw new Error(`the effects of the imports are still not done${await reasonIn(deps)}`)
}

const failures = statement<{ job: string; error: string }>(
  'demo.failures',
  'select job, last_error as error from outbox where last_error is not null order by at limit 1',
)

async function reasonIn({ db }: Deps): Promise<string> {
  const [failure] = await failures(db)
  return failure === undefined ? '' : `: the job ${failure.job} fails, ${failure.error}`
}
