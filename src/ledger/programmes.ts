// Relief programmes 救助项目: on what a grant rests, within which bounds and between which days it is given.
import { randomUUIDv7 } from 'node:crypto'
import type { Actor } from '../platform/actor.ts'
import type { Day } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { yuan } from '../platform/numbers.ts'
import { fieldProblem } from '../platform/problems.ts'
import { columnsOf, insertRow } from '../platform/rows.ts'
import { reliefProgrammes } from './tables.ts'

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

/** Refuses an amount outside the programme's bounds, and a day on which it does not run. */
export function checkAmount(
  { minFen, maxFen, stepFen, fromDay, toDay }: Programme,
  fen: number,
  today: Day,
): void {
  if (fen < minFen || fen > maxFen) {
    const message = `救助金额应在${yuan(minFen)}至${yuan(maxFen)}之间`
    throw fieldProblem('relief/out-of-bounds', '/body/amountFen', message)
  }
  if (fen % stepFen !== 0) {
    throw fieldProblem('relief/out-of-bounds', '/body/amountFen', `救助金额应为${yuan(stepFen)}的整数倍`)
  }
  if (today < fromDay || (toDay !== null && today > toDay)) {
    throw fieldProblem('relief/not-running', '/body/programmeId', '该救助项目不在实施期内')
  }
}
