// The week's watch, told to leaders once.
import { tellOffice } from '../notices/inbox.ts'
import { NIL, systemActor } from '../platform/actor.ts'
import { dayOf, plusDays } from '../platform/clock.ts'
import type { Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { periodOn, type ReportPeriod } from './periods.ts'
import { countWatched, watchRules, type WatchRule } from './watch.ts'

/** The last week that is over. */
export function weekToTell(now: string): ReportPeriod {
  const { from } = periodOn('week', dayOf(now))
  return periodOn('week', plusDays(from, -1))
}

/** Counts the week's acts and tells leaders where there are any; returns how many. */
export async function tellWatch(tx: Tx, { id: week, label, from, to }: ReportPeriod): Promise<number> {
  const actor = systemActor('watch')
  const { rules } = await countWatched(tx, actor, { from, to })
  const found = (Object.keys(watchRules) as WatchRule[]).map((rule) => ({ rule, acts: rules[rule].acts }))
  const { id, type } = await record(tx, actor, {
    ...{ subject: 'system', subjectId: NIL, type: 'watch.reported' },
    data: { week, ...Object.fromEntries(found.map(({ rule, acts }) => [rule, acts])) },
  })
  const any = found.filter(({ acts }) => acts > 0)
  if (any.length > 0) {
    const said = any.map(({ rule, acts }) => `${watchRules[rule]}${acts}次`).join('，')
    const link = `/api/reports/watch?from=${from}&to=${to}`
    tellOffice(tx, { id, type, text: `${label}：${said}`, link, roles: ['leader'] })
  }
  return found.reduce((sum, { acts }) => sum + acts, 0)
}
