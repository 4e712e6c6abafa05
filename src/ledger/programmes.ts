// Relief programmes 救助项目: on what a grant rests, within which bounds and between which days it is given.
import { randomUUIDv7 } from 'node:crypto'
import type { Actor } from '../platform/actor.ts'
import type { Day } from '../platform/clock.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { yuan } from '../platform/numbers.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { columnsOf, insertRow, updateRow } from '../platform/rows.ts'
import { keepVersion, versionsOf } from '../platform/versions.ts'
import { reliefProgrammes } from './relief-tables.ts'

export interface ProgrammeEntry {
  name: string
  basis: string
  groupTag: string
  minFen: number
  maxFen: number
  stepFen: number
  fromDay: Day
  toDay?: Day | undefined
}

const programmeNamed = statement<{ id: string }>(
  'relief.named',
  'select id from relief_programmes where name = $1',
)

export async function openProgramme(tx: Tx, actor: Actor, entry: ProgrammeEntry): Promise<{ id: string }> {
  if ((await programmeNamed(tx, [entry.name])).length > 0) {
    throw fieldProblem('relief/programme-taken', '/body/name', '已有同名的救助项目')
  }
  const id = randomUUIDv7()
  insertRow(tx, reliefProgrammes, { id, ...entry, createdAt: tx.now })
  await record(tx, actor, { subject: 'relief', subjectId: id, type: 'relief.programme', data: { ...entry } })
  return { id }
}

export interface Programme extends Omit<ProgrammeEntry, 'toDay'> {
  id: string
  toDay: Day | null
  version: number
}

export const listProgrammes = statement<Programme>(
  'relief.programmes',
  `select ${columnsOf(reliefProgrammes, 'p')} from relief_programmes p order by p.from_day desc, p.id`,
)
/** Locks it: of two grants at once to one person, the second then sees the first. */
export const lockProgramme = statement<Programme>(
  'relief.programme',
  `select ${columnsOf(reliefProgrammes, 'p')} from relief_programmes p where p.id = $1 for update`,
)

const programmeById = statement<Programme>(
  'relief.programme-by-id',
  `select ${columnsOf(reliefProgrammes, 'p')} from relief_programmes p where p.id = $1`,
)

/** One programme, with what it said before each correction. */
export async function openedProgramme(db: Db, id: string) {
  const [[programme], history] = await Promise.all([programmeById(db, [id]), versionsOf(db, id)])
  if (programme === undefined) throw new Problem('relief/programme-not-found')
  return { ...programme, history }
}

export type ProgrammePatch = {
  [K in keyof ProgrammeEntry]?: ProgrammeEntry[K] | (K extends 'toDay' ? null : never) | undefined
}

const outOfBounds = statement<{ column: 'minFen' | 'maxFen' | 'stepFen' }>(
  'relief.out-of-bounds',
  `select case when amount_fen < $2 then 'minFen' when amount_fen > $3 then 'maxFen' else 'stepFen' end as column
   from relief_grants where programme_id = $1 and state not in ('refused', 'cancelled')
     and (amount_fen not between $2 and $3 or amount_fen % $4 <> 0) limit 1`,
)

/** Corrects a programme: what it gives already must stay within its bounds; what it said before is kept, with the reason. */
export async function correctProgramme(
  tx: Tx,
  actor: Actor,
  id: string,
  { changes, reason }: { changes: ProgrammePatch; reason: string },
  ifMatch: number | undefined,
): Promise<{ id: string; version: number }> {
  const [stored] = await lockProgramme(tx, [id])
  if (stored === undefined) throw new Problem('relief/programme-not-found')
  if (ifMatch !== undefined && ifMatch !== stored.version) {
    throw new Problem('request/stale', { extras: { version: stored.version } })
  }
  const told = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  const { name, minFen, maxFen, stepFen, fromDay, toDay }: Programme = { ...stored, ...told }
  if (maxFen < minFen) throw fieldProblem('request/invalid', '/body/changes/maxFen', '上限不能低于下限')
  if (toDay !== null && toDay < fromDay) {
    throw fieldProblem('request/invalid', '/body/changes/toDay', '结束日期不能早于开始日期')
  }
  if (name !== stored.name && (await programmeNamed(tx, [name])).length > 0) {
    throw fieldProblem('relief/programme-taken', '/body/changes/name', '已有同名的救助项目')
  }
  const [outside] = await outOfBounds(tx, [id, minFen, maxFen, stepFen])
  if (outside !== undefined) {
    const message = '该项目已有不合此规定的救助'
    throw fieldProblem('relief/out-of-bounds', `/body/changes/${outside.column}`, message)
  }
  const version = stored.version + 1
  keepVersion(tx, actor, 'programme', stored, { row: stored, reason })
  updateRow(tx, reliefProgrammes, id, { ...told, version })
  const data = { fields: Object.keys(told), version }
  await record(tx, actor, { subject: 'relief', subjectId: id, type: 'relief.programme-corrected', data })
  return { id, version }
}

/** Refuses an amount outside the programme's bounds, and a day on which it does not run. */
export function checkAmount(
  { minFen, maxFen, stepFen, fromDay, toDay }: Programme,
  fen: number,
  today: Day,
  at = '/body',
): void {
  if (fen < minFen || fen > maxFen) {
    const message = `救助金额应在${yuan(minFen)}至${yuan(maxFen)}之间`
    throw fieldProblem('relief/out-of-bounds', `${at}/amountFen`, message)
  }
  if (fen % stepFen !== 0) {
    throw fieldProblem('relief/out-of-bounds', `${at}/amountFen`, `救助金额应为${yuan(stepFen)}的整数倍`)
  }
  if (today < fromDay || (toDay !== null && today > toDay)) {
    throw fieldProblem('relief/not-running', `${at}/programmeId`, '该救助项目不在实施期内')
  }
}
