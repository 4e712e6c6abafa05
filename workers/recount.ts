// Every night: proves the figures against a full recount, and mends them where they differ.
import { prove } from '../src/kpi/rollup.ts'
import { dayOf } from '../src/platform/clock.ts'
import { oncePer } from '../src/platform/scheduled.ts'
import type { Job } from './job.ts'

export const recount: Job = (deps) =>
  oncePer(deps, 'recount', dayOf(deps.clock.now()), async (tx) => {
    const mended = await prove(tx)
    if (mended.length === 0) return 'equal'
    deps.log.error({ job: 'recount', count: mended.length }, 'the rollup differed from a recount')
    return `${mended.length} counts mended`
  })
