// Takes a register of letters and mailbox messages in: checked row by row, then all of it or the good rows, each row once.
import { readCalendar } from '../calendar/queries.ts'
import { act } from '../matters/commands.ts'
import { register, type Registrar, type Registration } from '../matters/registering.ts'
import { listRegions, listUnits } from '../orgs/queries.ts'
import type { Actor } from '../platform/actor.ts'
import { dayOf } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { Problem } from '../platform/problems.ts'
import type { Vault } from '../platform/vault.ts'
import { finding, type Finding } from './findings.ts'
import { headerIn, HEADER_ROWS, type Header } from './header.ts'
import { mailCatalogue, type MailField } from './mail-columns.ts'
import { readMailRow, type MailRow } from './mail-rows.ts'
import { placesOf } from './places.ts'
import type { Batch, SheetRow } from './sheet.ts'

/** A year of mailboxes is a thousand messages; more than this is no register of mail. */
const MOST_ROWS = 3000
const MOST_FINDINGS = 500

export type MailMode = 'check' | 'all-or-nothing' | 'good-rows-only'

export interface MailReport {
  rows: number
  /** Registered now, or to be registered. */
  fresh: number
  /** Registered before, by an earlier file or by hand. */
  known: number
  errors: number
  warnings: number
  ignoredColumns: string[]
  findings: Finding[]
}

/**
 * Reads the file to its end and, unless it is only checked, registers its new rows in the caller's transaction. Throws
 * `import/has-errors` when all rows were to be right; then nothing is written.
 */
export async function takeMail(
  tx: Tx,
  actor: Actor,
  batches: AsyncIterable<Batch>,
  mode: MailMode,
  office: Registrar,
): Promise<MailReport> {
  const { rows, header } = await readRows(tx, actor, batches)
  if (mode !== 'check') await lockMail(tx, [])
  const marked = markRows(office.vault, rows)
  const known = await knownRows(tx, marked)
  onlyOnce(marked, header)
  for (const row of marked) {
    const before = known.get(row)
    if (before !== undefined && before.differs && row.errors.length === 0)
      row.warnings.push(finding(row.n, '', 'mail/differs', before.no))
  }
  const fresh = marked.filter((row) => row.entry !== null && !known.has(row))
  const report: MailReport = {
    rows: rows.length,
    fresh: fresh.length,
    known: marked.filter((row) => known.has(row)).length,
    errors: marked.filter(({ errors }) => errors.length > 0).length,
    warnings: marked.filter(({ errors, warnings }) => errors.length === 0 && warnings.length > 0).length,
    ignoredColumns: header.ignored,
    findings: marked.flatMap(({ errors, warnings }) => [...errors, ...warnings]).slice(0, MOST_FINDINGS),
  }
  if (mode === 'check') return report
  if (mode === 'all-or-nothing' && report.errors > 0) {
    throw new Problem('import/has-errors', {
      extras: { errors: report.errors },
      errors: report.findings
        .filter(({ row }) => marked.some(({ n, errors }) => n === row && errors.length > 0))
        .slice(0, 200)
        .map(({ row, column, code, message }) => ({ pointer: `/row/${row}/${column}`, code, message })),
    })
  }
  for (const row of fresh) await registerRow(tx, actor, row, office)
  const { findings: _told, ignoredColumns: _left, ...counts } = report
  await record(tx, actor, {
    subject: 'account',
    subjectId: actor.id,
    type: 'account.mail-imported',
    data: { mode, ...counts },
  })
  return report
}

async function readRows(tx: Tx, actor: Actor, batches: AsyncIterable<Batch>) {
  const [units, regions, calendar] = await Promise.all([
    listUnits(tx, null),
    listRegions(tx, null),
    readCalendar(tx),
  ])
  const firstDay = calendar.days[0] ?? dayOf(tx.now)
  const places = placesOf(units, regions)
  const found: MailRow[] = []
  let header: Header<MailField> | undefined
  for await (const { rows } of batches) {
    let data: readonly SheetRow[] = rows
    if (header === undefined) {
      const result = headerIn(rows.slice(0, HEADER_ROWS + 1), mailCatalogue)
      if ('errors' in result) throw new Problem('import/header', { errors: result.errors })
      header = result.header
      data = rows.filter(({ n }) => n > result.header.lastRow)
    }
    const dispatches = actor.roles.includes('dispatcher')
    const setting = { header, places, now: tx.now, firstDay, dispatches }
    for (const row of data) found.push(readMailRow(row, setting))
    if (found.length > MOST_ROWS)
      throw new Problem('register/too-many-rows', { detail: `at most ${MOST_ROWS} rows` })
  }
  if (header === undefined || found.length === 0)
    throw new Problem('import/no-rows', { detail: 'no rows below the header' })
  return { rows: found, header }
}

interface Marked extends MailRow {
  /** What makes it this letter: its upstream number, or who wrote what on which day. */
  marks: Buffer[]
  /** Everything that was told of it. */
  contentMarks: Buffer[]
}

// Keyed, because who wrote a short letter could be guessed from a plain hash.
function markRows(vault: Vault, rows: readonly MailRow[]): Marked[] {
  return rows.map((row) => {
    const { entry } = row
    if (entry === null) return { ...row, marks: [], contentMarks: [] }
    const { source, externalNo, receivedAt = '', title, content, caller } = entry
    const self =
      externalNo === undefined
        ? ['text', source, receivedAt.slice(0, 10), title, content, caller?.name ?? '', caller?.phone ?? '']
        : ['number', source, externalNo]
    return {
      ...row,
      marks: vault.blinds('request', `mail|${JSON.stringify(self)}`),
      contentMarks: vault.blinds('request', `mail-content|${JSON.stringify(entry)}`),
    }
  })
}

const lockMail = statement('mail.lock', "select pg_advisory_xact_lock(hashtextextended('mail-import', 15))")
const byMarks = statement<{ mark: Buffer; content: Buffer; no: string }>(
  'mail.by-marks',
  `select r.mark, r.content_mark as content, m.no from mail_rows r join matters m on m.id = r.matter_id where r.mark = any($1::bytea[])`,
)
const byNumbers = statement<{ source: string; externalNo: string; no: string }>(
  'mail.by-numbers',
  `select m.source, m.external_no as "externalNo", m.no from matters m
   join unnest($1::text[], $2::text[]) as t(source, external_no) on t.source = m.source and t.external_no = m.external_no`,
)

async function knownRows(
  tx: Tx,
  rows: readonly Marked[],
): Promise<Map<Marked, { no: string; differs: boolean }>> {
  const numbered = rows.flatMap(({ entry }) => (entry?.externalNo === undefined ? [] : [entry]))
  const [marks, numbers] = await Promise.all([
    byMarks(tx, [rows.flatMap((row) => row.marks)]),
    byNumbers(tx, [numbered.map(({ source }) => source), numbered.map(({ externalNo }) => externalNo)]),
  ])
  const marksByHex = new Map(marks.map((row) => [row.mark.toString('hex'), row]))
  const numbersByKey = new Map(numbers.map((row) => [`${row.source} ${row.externalNo}`, row]))
  const known = new Map<Marked, { no: string; differs: boolean }>()
  for (const row of rows) {
    const held = row.marks
      .map((mark) => marksByHex.get(mark.toString('hex')))
      .find((each) => each !== undefined)
    if (held !== undefined) {
      known.set(row, { no: held.no, differs: !row.contentMarks.some((mark) => mark.equals(held.content)) })
      continue
    }
    const byHand =
      row.entry?.externalNo === undefined
        ? undefined
        : numbersByKey.get(`${row.entry.source} ${row.entry.externalNo}`)
    // Registered by hand: whatever the file says, people work on it here.
    if (byHand !== undefined) known.set(row, { no: byHand.no, differs: false })
  }
  return known
}

/** The same letter twice in one file: the second row is an error that names the first. */
function onlyOnce(rows: Marked[], header: Header<MailField>): void {
  const seen = new Map<string, number>()
  for (const row of rows) {
    const [mark] = row.marks
    if (mark === undefined) continue
    const key = mark.toString('hex')
    const first = seen.get(key)
    if (first === undefined) seen.set(key, row.n)
    else {
      row.errors.push(finding(row.n, header.names.get('externalNo') ?? '', 'mail/twice', String(first)))
      row.entry = null
    }
  }
}

const keep = statement(
  'mail.keep',
  'insert into mail_rows (mark, content_mark, matter_id, at) values ($1, $2, $3, $4)',
)

async function registerRow(tx: Tx, actor: Actor, row: Marked, office: Registrar): Promise<void> {
  const { entry, leadUnitId, marks, contentMarks } = row
  if (entry === null) return
  const at = `/row/${row.n}`
  const dispatched: Partial<Registration> =
    leadUnitId === null || entry.channel !== 'mailbox'
      ? {}
      : { dispatch: { leadUnitId, coUnitIds: [], limitClass: 'ordinary' } }
  const { id } = await register(tx, actor, { ...entry, ...dispatched }, { ...office, at })
  // Forwarding is the office's act of today: its own fifteen days have run since the letter arrived.
  if (leadUnitId !== null && entry.channel === 'letter')
    await act(tx, actor, id, 'forward', { leadUnitId, simple: false })
  await keep(tx, [marks[0], contentMarks[0], id, tx.now])
}
