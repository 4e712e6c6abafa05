// Takes a spreadsheet of relief grants in, all or nothing: of each row the acts that are left to do and that are the reader's own.
import { knownPeople } from '../matters/queries.ts'
import { checkPerson } from '../people/checks.ts'
import { createPerson } from '../people/commands.ts'
import { samePerson } from '../people/links.ts'
import { CONFIDENTIAL, maskBank } from '../people/masks.ts'
import { findBearers } from '../people/queries.ts'
import { safeValue } from '../people/safe-values.ts'
import { blindsFor } from '../people/seal.ts'
import type { Actor } from '../platform/actor.ts'
import { dayOf, instantOf, type Day } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import { fieldProblem, Problem, type FieldError, type ProblemOptions } from '../platform/problems.ts'
import type { Reference, RowFinding } from '../platform/references.ts'
import {
  cellError,
  refusedCells,
  refuseRows,
  rowsOfSheet,
  type ReadTable,
  type Sheet,
} from '../platform/sheet-rows.ts'
import type { Vault } from '../platform/vault.ts'
import { lockProgramme } from './programmes.ts'
import { grantColumns } from './relief-columns.ts'
import { askGrant, decideGrant, payGrant, standingGrants, type StoredGrant } from './relief.ts'
import type { GrantState } from './terms.ts'

const programme = {
  nothing: '没有这个救助项目',
  find: statement<Reference>(
    'relief.programmes-referred-to',
    `select p.id, p.name as written, array[normalize(p.name, nfkc)] as names, null as gone from relief_programmes p
     where p.id = any($1::uuid[]) or normalize(p.name, nfkc) = any($2::text[])`,
  ),
}
const grantSheet: Sheet = { columns: grantColumns, references: { programme }, show: safeValue, most: 500 }

interface Told {
  programmeId: string
  name: string
  idNo: string
  phone?: string
  grade: string
  yuan?: number
  fen?: number
  basis: string
  account?: string
  state?: GrantState
  askedDay?: Day
  decidedDay?: Day
  paidDay?: Day
  receipt?: string
}
type Key = keyof Told

export interface GrantsTaken {
  rows: number
  asked: number
  approved: number
  paid: number
  /** Of which nothing was to be done. */
  unchanged: number
  /** Of which something is left to do that is another person's. */
  waiting: number
  warnings: { row: number; column: string; message: string }[]
}

/** Who asks also pays; who decides does nothing else. Grants are known by programme and person, so that a file may come again. */
export async function takeGrants(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  batches: ReturnType<ReadTable>,
  part: 'ask' | 'decide',
): Promise<GrantsTaken> {
  const rows = (await rowsOfSheet(tx, grantSheet, batches)).map((row) => ({
    row,
    told: row.row as unknown as Told,
  }))
  const taken: GrantsTaken = {
    rows: rows.length,
    asked: 0,
    approved: 0,
    paid: 0,
    unchanged: 0,
    waiting: 0,
    warnings: [],
  }
  const errors: FieldError[] = []
  for (const { row, told } of rows) {
    const { wrong, doubtful } = judge(told, dayOf(tx.now))
    errors.push(...wrong.map(({ column, message }) => cellError(grantSheet, row, column, message)))
    for (const { column, message } of doubtful)
      taken.warnings.push({ row: row.n, column: grantColumns[column as Key].label, message })
  }
  refuseRows(errors)
  // In one order, so that two files at once wait for each other and no longer.
  for (const id of [...new Set(rows.map(({ told }) => told.programmeId))].toSorted())
    await lockProgramme(tx, [id])
  const seen = new Map<string, number>()
  let attempt: ProblemOptions['record']
  for (const { row, told } of rows) {
    try {
      const steps = await takeRow(tx, vault, actor, told, part, { n: row.n, seen })
      for (const step of steps) taken[step] += 1
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      attempt ??= error.options.record
      errors.push(...refusedCells(grantSheet, row, error, (field) => columnOf(told, field)))
    }
  }
  refuseRows(errors, attempt)
  return taken
}

function columnOf(told: Told, field: string): string | undefined {
  if (field === 'amountFen') return told.yuan === undefined ? 'fen' : 'yuan'
  if (field === 'personId') return 'idNo'
  return field in grantColumns ? field : undefined
}

const isMasked = (text: string) => /[*＊✱]/.test(text) || text === CONFIDENTIAL

/** What a row says together; nothing of it is stored yet. Pure. */
function judge(told: Told, today: Day): { wrong: RowFinding[]; doubtful: RowFinding[] } {
  const wrong: RowFinding[] = []
  const fail = (column: Key, message: string) => void wrong.push({ column, message })
  const { name, phone, idNo, account, state, askedDay, decidedDay, paidDay, receipt } = told
  for (const [column, text] of Object.entries({ name, phone, idNo, account }))
    if (text !== undefined && isMasked(text)) fail(column as Key, '内容已脱敏，请填写完整内容')
  if (isMasked(told.basis)) fail('basis', '内容已脱敏，请填写完整内容')
  if (idNo === undefined) fail('idNo', '请填写身份证号：一人一项目只救助一次，按身份证号识别')
  if ((told.yuan === undefined) === (told.fen === undefined)) fail('yuan', '请填写一个金额')
  if (state === 'refused' || state === 'cancelled') fail('state', '不予救助的和已取消的不导入，请删去此行')
  if ((state === 'asked' && decidedDay !== undefined) || (state === 'approved' && paidDay !== undefined))
    fail('state', '状态与日期不一致')
  const paid = paidDay !== undefined || receipt !== undefined || state === 'paid'
  if (paid && paidDay === undefined) fail('paidDay', '已发放的，请填写发放日期')
  if (paid && receipt === undefined) fail('receipt', '已发放的，请填写收据编号')
  if ((paid || state === 'approved') && decidedDay === undefined)
    fail('decidedDay', '已批准的，请填写审批日期')
  for (const [column, day] of Object.entries({ askedDay, decidedDay, paidDay }))
    if (day !== undefined && day > today) fail(column as Key, '日期不能晚于今天')
  if (decidedDay !== undefined && decidedDay < (askedDay ?? decidedDay))
    fail('decidedDay', '不能早于申请日期')
  if (paidDay !== undefined && paidDay < (decidedDay ?? paidDay)) fail('paidDay', '不能早于审批日期')
  const findings =
    wrong.length > 0
      ? { errors: [], warnings: [] }
      : checkPerson({ name, phone, idNo }, { asOf: today, at: '' })
  const cells = (of: typeof findings.errors) =>
    of.map(({ pointer, message }) => ({ column: pointer.slice(1), message }))
  return { wrong: [...wrong, ...cells(findings.errors)], doubtful: cells(findings.warnings) }
}

type Step = 'asked' | 'approved' | 'paid' | 'unchanged' | 'waiting'

async function takeRow(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  told: Told,
  part: 'ask' | 'decide',
  { n, seen }: { n: number; seen: Map<string, number> },
): Promise<Step[]> {
  const steps: Step[] = []
  const find = async () => {
    const same = await samePerson(tx, vault, [], blindsFor(vault, 'idNo', told.idNo))
    return standingGrants(tx, [told.programmeId, same])
  }
  let [grant] = await find()
  const earlier = grant === undefined ? undefined : seen.get(grant.id)
  if (earlier !== undefined)
    throw fieldProblem('relief/granted-already', '/personId', `与文件第${earlier}行是同一人`)
  if (grant === undefined) {
    if (part === 'decide') throw fieldProblem('relief/not-found', '/personId', '该项目中没有此人的申请')
    await ask(tx, vault, actor, told)
    steps.push('asked')
    ;[grant] = await find()
    if (grant === undefined) throw new Error('asking for a grant enters one')
  } else compare(grant, told)
  seen.set(grant.id, n)

  let { state } = grant
  const { decidedDay, paidDay, receipt } = told
  if (state === 'asked' && decidedDay !== undefined && part === 'decide') {
    if (decidedDay < dayOf(grant.askedAt))
      throw fieldProblem('ledger/future-day', '/decidedDay', '不能早于申请日期')
    const decidedAt = decidedDay === dayOf(tx.now) ? tx.now : instantOf(decidedDay)
    ;({ state } = await decideGrant(tx, vault, actor, grant.id, { granted: true, decidedAt }))
    steps.push('approved')
  }
  if (state === 'approved' && paidDay !== undefined && receipt !== undefined && part === 'ask') {
    ;({ state } = await payGrant(tx, vault, actor, grant.id, { paidDay, receipt }))
    steps.push('paid')
  }
  if (steps.length === 0) steps.push('unchanged')
  const left =
    (state === 'asked' && decidedDay !== undefined) || (state === 'approved' && paidDay !== undefined)
  return left ? [...steps, 'waiting'] : steps
}

async function ask(tx: Tx, vault: Vault, actor: Actor, told: Told): Promise<void> {
  const { programmeId, name, idNo, phone, grade, basis, account, askedDay } = told
  const bearers = await findBearers(tx, vault, { idNo, name })
  const known = await knownPeople(
    tx,
    actor,
    bearers.map(({ id }) => id),
  )
  const entries = bearers.filter(({ id }) => known.has(id))
  const entry = entries.find(({ soNamed }) => soNamed)
  if (entry === undefined && entries.length > 0)
    throw fieldProblem('request/invalid', '/name', '与此身份证号已登记的姓名不同，请核对')
  const personId = entry?.id ?? (await createPerson(tx, vault, actor, { name, idNo, phone })).id
  const askedAt = askedDay === undefined || askedDay === dayOf(tx.now) ? undefined : instantOf(askedDay)
  await askGrant(tx, vault, actor, {
    ...{ programmeId, personId, grade, amountFen: amountOf(told), basis, account },
    ...(askedAt === undefined ? {} : { askedAt }),
  })
}

const amountOf = ({ yuan, fen }: Told): number => yuan ?? fen ?? 0

/** What is there already is not changed by a file: where it says something else, a person must look. */
function compare(grant: StoredGrant, told: Told): void {
  const { askedDay, decidedDay, paidDay, account } = told
  const differing = Object.entries({
    grade: told.grade !== grant.grade,
    amountFen: amountOf(told) !== grant.amountFen,
    basis: told.basis !== grant.basis,
    account: account !== undefined && maskBank(account.normalize('NFKC')) !== grant.accountMasked,
    askedDay: askedDay !== undefined && askedDay !== dayOf(grant.askedAt),
    decidedDay: decidedDay !== undefined && grant.decidedAt !== null && decidedDay !== dayOf(grant.decidedAt),
    paidDay: paidDay !== undefined && grant.paidDay !== null && paidDay !== grant.paidDay,
    receipt: told.receipt !== undefined && grant.receipt !== null && told.receipt !== grant.receipt,
  }).flatMap(([field, differs]) => (differs ? [field] : []))
  if (differing.length === 0) return
  const code = 'relief/granted-already'
  const message = '此人在该项目中已有救助，此项与已登记的不同，请核对后人工更正'
  throw new Problem(code, { errors: differing.map((field) => ({ pointer: `/${field}`, code, message })) })
}
