// How matters that are one thing with others count: each in its own channel, and how many there are stands beside the figures.
import type { Actor } from '../platform/actor.ts'
import { instantOf, plusDays, type Day } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { harmlessCondition, planned, visibleCondition } from './questions.ts'

export interface LinkedNote {
  /** Matters received in the period that are linked with another, and of how many cases they are part. */
  matters: number
  cases: number
  text: string
  list: string
}

/** Of the matters that the viewer may see, as they are linked now with others that are not withheld from them. */
export async function linkedNote(db: Db, actor: Actor, from: Day, to: Day): Promise<LinkedNote> {
  const values: unknown[] = []
  const place = (value: unknown) => `$${values.push(value)}`
  const period = `m.received_at >= ${place(instantOf(from))} and m.received_at < ${place(instantOf(plusDays(to, 1)))}`
  const others = `exists (select 1 from matter_cases o join matters e on e.id = o.matter_id
    where o.case_id = c.case_id and o.matter_id <> m.id and ${harmlessCondition(actor, 'e', place)})`
  const [row] = await db.query<{ matters: number; cases: number }>(
    planned(
      `select count(*)::int as matters, count(distinct c.case_id)::int as cases
       from matter_cases c join matters m on m.id = c.matter_id where ${period} and ${others}
         and ${visibleCondition(actor, place)}`,
    ),
    values,
  )
  const { matters = 0, cases = 0 } = row ?? {}
  const text =
    matters === 0
      ? '期间受理的办件没有与其他办件认定为同一事项的'
      : `期间受理的办件中有${matters}件与其他办件认定为同一事项(共${cases}个事项),各按其渠道分别计数`
  return { matters, cases, text, list: `/api/matters?linked=true&from=${from}&to=${to}` }
}
