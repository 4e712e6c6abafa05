// Every night: deletes what has served its time.
import { purgeImports } from '../src/imports/leftovers.ts'
import { purgeSignIns } from '../src/orgs/attempts.ts'
import { sessionLimits } from '../src/orgs/session.ts'
import { idleSince } from '../src/orgs/sign-in-rules.ts'
import { dayOf } from '../src/platform/clock.ts'
import { purgeAnswers } from '../src/platform/purge.ts'
import { oncePer } from '../src/platform/scheduled.ts'
import type { Job } from './job.ts'

export const purge: Job = (deps) => {
  const { db, config, files } = deps
  return oncePer(deps, 'purge', dayOf(deps.clock.now()), async ({ now }) => {
    const answers = await purgeAnswers(db, now)
    const { sessions, attempts } = await purgeSignIns(db, now, idleSince(now, sessionLimits(config)))
    const uploads = await files.sweep(now)
    const imports = await purgeImports(deps)
    return `${answers} answers, ${sessions} sessions, ${attempts} attempts, ${uploads} broken uploads, ${imports.discarded} imports given up`
  })
}
