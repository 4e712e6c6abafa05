// Every day, so that none is missed: tells leaders once which acts of the week that is over moved figures after the fact.
import { oncePer } from '../src/platform/scheduled.ts'
import { tellWatch, weekToTell } from '../src/reports/watch-report.ts'
import type { Job } from './job.ts'

export const watch: Job = (deps) => {
  const week = weekToTell(deps.clock.now())
  return oncePer(deps, 'watch', week.id, async (tx) => `${await tellWatch(tx, week)} acts`)
}
