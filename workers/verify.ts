// Every night: proves the history and the rows that it tells of, and says in the log and the measurements what it found.
import { dayOf } from '../src/platform/clock.ts'
import { oncePer } from '../src/platform/scheduled.ts'
import { verifyChains } from '../src/platform/verify.ts'
import { provable } from '../src/provable.ts'
import type { Job } from './job.ts'

export const verify: Job = (deps) =>
  oncePer(deps, 'verify', dayOf(deps.clock.now()), async () => {
    const { findings, more } = await verifyChains(deps.db, deps.vault, provable, deps.config.CHECKPOINT_DIR)
    const count = findings.length + more
    // Which they are says `npm run verify`: the log holds no more than their number.
    if (count > 0) deps.log.error({ job: 'verify', count }, 'the history or its rows were changed')
    return `${count} findings`
  })
