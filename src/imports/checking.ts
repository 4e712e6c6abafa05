// Reads an uploaded file to its end and says what each row would come to; what a commit needs waits in staging tables.
import { setImmediate } from 'node:timers/promises'
import { storedOf } from '../calendar/days.ts'
import { readCalendar } from '../calendar/queries.ts'
import type { Deps } from '../deps.ts'
import { listRegions, listUnits } from '../orgs/queries.ts'
import { NIL } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import type { BulkClient } from '../platform/copy.ts'
import type { Tx } from '../platform/db.ts'
import { Problem } from '../platform/problems.ts'
import type { CheckedRow } from './checked.ts'
import type { Checked } from './checks.ts'
import { findExisting, readDetails } from './existing.ts'
import { finding } from './findings.ts'
import type { Header } from './header.ts'
import { checkFileRows } from './parse.ts'
import type { Order } from './order.ts'
import { needsOf, planKnown, planNew, type PlannedRow } from './planning.ts'
import { noteProgress, takeTurn, type ImportRecord } from './records.ts'
import type { About } from './sheet.ts'
import { createStaging, openStaging } from './staging.ts'

export interface Summary {
  sheet: string
  about: About | null
  ignoredColumns: string[]
  rows: number
  errors: number
  warnings: number
  newOrders: number
  changed: number
  unchanged: number
  asOf: Instant | null
}

/** Rows that are compared with what is held in one statement. */
const BATCH = 500
/** Rows between two breaths of the event loop: about two milliseconds. */
const BREATH = 10
/** Bytes that are sent to the staging tables at once. */
const SEND = 2 * 1024 * 1024

/**
 * Checks the whole file in one transaction, which `finish` ends: until then nothing of it is seen, however often it is
 * broken off. Throws the Problem of a file that cannot be read.
 */
export async function checkFile(
  deps: Deps,
  record: ImportRecord,
  finish: (tx: Tx, summary: Summary) => Promise<void>,
): Promise<void> {
  await deps.db.bulkTransaction(async (tx, client) => {
    await takeTurn(tx, record.id)
    await client.query('delete from import_rows where import_id = $1', [record.id])
    await createStaging(client, record.id)
    await finish(tx, await readRows(deps, record, client, tx.now))
  })
}

async function readRows(
  deps: Deps,
  { id: importId, fileHash }: ImportRecord,
  client: BulkClient,
  now: Instant,
): Promise<Summary> {
  const { db, vault, files, log } = deps
  const [calendar, units, regions] = await Promise.all([
    readCalendar(db),
    listUnits(db, null),
    listRegions(db, null),
  ])
  const job = { now, ...storedOf(calendar), units, regions }
  const officeId = units.find(({ kind, validTo }) => kind === 'office' && validTo === null)?.id ?? NIL
  const seen = new Map<string, number>()
  const summary: Summary = {
    ...{ sheet: '', about: null, ignoredColumns: [], rows: 0, errors: 0, warnings: 0 },
    ...{ newOrders: 0, changed: 0, unchanged: 0, asOf: null },
  }
  let header: Header | undefined
  const staging = openStaging()
  let sending: Promise<void> = Promise.resolve()

  /** Compares and plans one batch while what was planned before is still being sent. */
  async function work(given: readonly CheckedRow[], found: Header): Promise<void> {
    const rows = given.map((row) => onlyOnce(row, seen, found))
    const numbers = rows.flatMap(({ order, externalNo }) => (order === null ? [] : (externalNo ?? [])))
    const existing = await findExisting(db, numbers)
    const known = rows.flatMap((row) => {
      const held = row.order === null ? undefined : existing.get(row.externalNo ?? '')
      return held === undefined ? [] : [{ held, checked: parsed(row) }]
    })
    const asked = known.map(({ held, checked }) => ({ held, needs: needsOf(checked, held, vault) }))
    const details = await readDetails(db, {
      legs: asked.filter(({ needs }) => needs.legs).map(({ held }) => held.matterId),
      matters: asked.filter(({ needs }) => needs.matter).map(({ held }) => held.matterId),
      people: asked.flatMap(({ held, needs }) =>
        needs.person && held.personId !== null ? [held.personId] : [],
      ),
    })
    const setting = { importId, vault, calendar, now, header: found, officeId }
    const knownBy = new Map(known.map((each) => [each.checked.row, each]))
    for (const [i, row] of rows.entries()) {
      if (i % BREATH === BREATH - 1) await setImmediate()
      const here = knownBy.get(row.row)
      const planned =
        here === undefined
          ? planNew(row, setting, staging)
          : planKnown(here.checked, here.held, details, setting, staging)
      count(summary, planned, row)
      staging.report({ ...planned, ...findingsOf(planned) })
    }
    if (staging.size() > SEND) await send()
  }

  async function send(): Promise<void> {
    await sending
    sending = staging.send(client, importId)
    sending.catch(() => undefined) // awaited before the next or at the end
    await noteProgress(db, importId, summary.rows)
  }

  try {
    let waiting: CheckedRow[] = []
    for await (const batch of checkFileRows(files.path(fileHash), job, { log })) {
      if (batch.about !== undefined) Object.assign(summary, { about: batch.about, sheet: batch.sheet })
      if (batch.header !== undefined) {
        header = batch.header
        summary.ignoredColumns = header.ignored
      }
      waiting.push(...batch.rows)
      if (header === undefined || waiting.length < BATCH) continue
      await work(waiting, header)
      waiting = []
    }
    if (header !== undefined && waiting.length > 0) await work(waiting, header)
    if (summary.rows === 0) throw new Problem('import/no-rows', { detail: 'no rows below the header' })
  } finally {
    await sending.catch(() => undefined)
  }
  await send()
  await sending
  return summary
}

/** A number that stands twice in a file: the second row is an error that names the first. */
function onlyOnce(checked: CheckedRow, seen: Map<string, number>, header: Header): CheckedRow {
  if (checked.externalNo === null) return checked
  const first = seen.get(checked.externalNo)
  if (first === undefined) {
    seen.set(checked.externalNo, checked.row)
    return checked
  }
  const twice = finding(
    checked.row,
    header.names.get('externalNo') ?? '',
    'order/twice',
    String(first),
    checked.externalNo,
  )
  return { ...checked, order: null, errors: [...checked.errors, twice] }
}

function parsed({ order, ...row }: CheckedRow): Checked {
  return { ...row, order: order === null ? null : (JSON.parse(order.json.toString()) as Order) }
}

function count(summary: Summary, { verdict, checked }: PlannedRow, { order }: CheckedRow): void {
  summary.rows += 1
  if (verdict === 'error') summary.errors += 1
  else if (verdict === 'new') summary.newOrders += 1
  else summary[verdict] += 1
  if (verdict !== 'error' && checked.warnings.length > 0) summary.warnings += 1
  if (order !== null && (summary.asOf === null || order.last > summary.asOf)) summary.asOf = order.last
}

function findingsOf({ checked: { errors, warnings } }: PlannedRow) {
  return {
    errors: errors.length === 0 ? null : errors,
    warnings: warnings.length === 0 ? null : warnings,
  }
}
