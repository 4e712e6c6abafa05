// What the clock does to open legs: warnings and overdue marks, each once.
import { addWorkdays } from '../calendar/rules.ts'
import type { Calendar } from '../calendar/days.ts'
import { dayOf, instantOf, type Instant } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import { tell } from './telling.ts'

interface DueLeg {
  legId: string
  matterId: string
  unitId: string
  dueAt: Instant
  seq: number
  head: Buffer
  warned: boolean
  red: boolean
  overdue: boolean
}

const dueLegs = statement<DueLeg>(
  'sweep.legs',
  `select l.id as "legId", m.id as "matterId", l.unit_id as "unitId", l.effective_due_at as "dueAt", m.seq, m.head,
     l.warned_at is not null as warned, l.red_at is not null as red, l.overdue_at is not null as overdue
   from legs l join matters m on m.id = l.matter_id
   where l.outcome is null and l.submitted_at is null and l.effective_due_at <= $1 and (
     (l.effective_due_at < $3 and l.overdue_at is null)
     or (l.effective_due_at <= $2 and l.red_at is null and l.overdue_at is null)
     or (l.warned_at is null and l.red_at is null and l.overdue_at is null))
   order by l.effective_due_at, l.id limit $4 for update of m, l skip locked`,
)
const markLegs = statement(
  'sweep.mark',
  `update legs l set warned_at = coalesce(l.warned_at, $2),
     red_at = case when t.stage in ('red', 'overdue') then coalesce(l.red_at, $2) else l.red_at end,
     overdue_at = case when t.stage = 'overdue' then $2 else l.overdue_at end
   from unnest($1::uuid[], $3::text[]) as t(id, stage) where l.id = t.id`,
)
const stages = { warn: 'matter.warn', red: 'matter.red', overdue: 'matter.overdue' } as const
type Stage = keyof typeof stages

/**
 * Marks one batch of open legs: yellow once one working day is left, red on the day the limit ends, overdue once it has
 * passed; a leg that skipped a stage gets only the last. Answers how many; call until it is less than `batch`.
 */
export async function sweepDue(tx: Tx, calendar: Calendar, batch = 200): Promise<number> {
  const yellow = addWorkdays(calendar, tx.now, 1)
  const red = instantOf(dayOf(tx.now), '23:59:59.999')
  const legs = await dueLegs(tx, [yellow, red, tx.now, batch])
  const marks = legs.map((leg) => ({ leg, stage: stageOf(leg, red, tx.now) }))
  await tell(
    tx,
    marks.map(({ leg, stage }) => ({
      matterId: leg.matterId,
      seq: leg.seq,
      head: leg.head,
      type: stages[stage],
      data: { legId: leg.legId, unitId: leg.unitId, dueAt: leg.dueAt },
    })),
  )
  tx.later(markLegs, [marks.map(({ leg }) => leg.legId), tx.now, marks.map(({ stage }) => stage)])
  return legs.length
}

function stageOf(leg: DueLeg, red: Instant, now: Instant): Stage {
  if (leg.dueAt < now) return 'overdue'
  return leg.dueAt <= red ? 'red' : 'warn'
}
