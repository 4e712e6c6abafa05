// Raises, reports and takes off the mark of a major and urgent matter (信访条例 arts 26, 27, 45; 信访工作条例 arts 25, 46(4)).
import { randomUUIDv7 } from 'node:crypto'
import type { Actor } from '../platform/actor.ts'
import { instantFromJson, type Instant } from '../platform/clock.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { Problem } from '../platform/problems.ts'
import { columnsOf, insertRow, updateRow } from '../platform/rows.ts'
import { alarms } from './alarm-tables.ts'
import type { Case } from './case.ts'
import { writeChange, type Written } from './commands.ts'
import { lockCase } from './reading.ts'

type Alarm = typeof alarms.$inferSelect

const standing = statement<Alarm>(
  'alarm.standing',
  `select ${columnsOf(alarms, 'a')} from alarms a where a.matter_id = $1 and a.off_at is null`,
)

export async function raiseAlarm(
  tx: Tx,
  actor: Actor,
  id: string,
  { reason }: { reason: string },
): Promise<Written> {
  const { subject, alarm } = await lockAlarm(tx, actor, id)
  if (alarm !== undefined) throw new Problem('matter/alarm-raised')
  const row = { id: randomUUIDv7(), matterId: id, raisedAt: tx.now, raisedBy: actor.id, reason }
  insertRow(tx, alarms, row)
  return told(tx, actor, subject, 'matter.alarm', {})
}

/** To the party committee and government of the own level and the office of the joint meeting, at once. */
export async function reportAlarm(
  tx: Tx,
  actor: Actor,
  id: string,
  { to, text }: { to: string[]; text: string },
): Promise<Written> {
  const { subject, alarm } = await standingAlarm(tx, actor, id)
  if (alarm.reportedAt !== null) throw new Problem('matter/alarm-reported')
  const patch = { reportedAt: tx.now, reportedBy: actor.id, reportedTo: to, reportText: text }
  updateRow(tx, alarms, alarm.id, patch)
  return told(tx, actor, subject, 'matter.alarm-report', { reportedTo: to })
}

export async function askAlarmOff(
  tx: Tx,
  actor: Actor,
  id: string,
  { reason }: { reason: string },
): Promise<Written> {
  const { subject, alarm } = await standingAlarm(tx, actor, id)
  if (alarm.offAskedAt !== null) throw new Problem('matter/alarm-off-asked')
  updateRow(tx, alarms, alarm.id, { offAskedAt: tx.now, offAskedBy: actor.id, offReason: reason })
  return told(tx, actor, subject, 'matter.alarm-off-ask', {})
}

/** A leader other than who asked decides; refused, the mark stands and may be asked about again. */
export async function decideAlarmOff(
  tx: Tx,
  actor: Actor,
  id: string,
  { agreed }: { agreed: boolean },
): Promise<Written> {
  const { subject, alarm } = await standingAlarm(tx, actor, id)
  if (alarm.offAskedAt === null) throw new Problem('matter/nothing-pending')
  if (alarm.offAskedBy === actor.id) throw new Problem('matter/second-decider')
  updateRow(
    tx,
    alarms,
    alarm.id,
    agreed ? { offAt: tx.now, offBy: actor.id } : { offAskedAt: null, offAskedBy: null, offReason: null },
  )
  return told(tx, actor, subject, 'matter.alarm-off-decide', { agreed })
}

async function lockAlarm(
  tx: Tx,
  actor: Actor,
  id: string,
): Promise<{ subject: Case; alarm: Alarm | undefined }> {
  const subject = await lockCase(tx, actor, id, [])
  const [alarm] = await standing(tx, [id])
  return { subject, alarm }
}

async function standingAlarm(tx: Tx, actor: Actor, id: string): Promise<{ subject: Case; alarm: Alarm }> {
  const { subject, alarm } = await lockAlarm(tx, actor, id)
  if (alarm === undefined) throw new Problem('matter/no-alarm')
  return { subject, alarm }
}

function told(
  tx: Tx,
  actor: Actor,
  subject: Case,
  type: string,
  data: { reportedTo?: string[]; agreed?: boolean },
): Written {
  return writeChange(tx, actor, subject, { matter: {}, data }, subject.matter.state, type)
}

export interface AlarmSeen {
  raisedAt: Instant
  raisedBy: string | null
  reason: string
  reportedAt: Instant | null
  reportedTo: string[] | null
  reportText: string | null
  offAskedAt: Instant | null
  offReason: string | null
  offAt: Instant | null
}

const allOf = statement<{ alarm: AlarmSeen }>(
  'alarm.all',
  `select json_build_object('raisedAt', a.raised_at, 'raisedBy', r.name, 'reason', a.reason, 'reportedAt', a.reported_at,
     'reportedTo', a.reported_to, 'reportText', a.report_text, 'offAskedAt', a.off_asked_at, 'offReason', a.off_reason,
     'offAt', a.off_at) as alarm
   from alarms a left join accounts r on r.id = a.raised_by where a.matter_id = $1 order by a.raised_at, a.id`,
)

/** Every mark that a matter had; whether the reader may see the matter is the caller's to ask. */
export async function readAlarms(db: Db, id: string): Promise<AlarmSeen[]> {
  const moment = (at: Instant | null) => (at === null ? null : instantFromJson(at))
  return (await allOf(db, [id])).map(({ alarm }) => ({
    ...alarm,
    raisedAt: instantFromJson(alarm.raisedAt),
    reportedAt: moment(alarm.reportedAt),
    offAskedAt: moment(alarm.offAskedAt),
    offAt: moment(alarm.offAt),
  }))
}
