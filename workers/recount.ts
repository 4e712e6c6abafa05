// Every night: proves the figures against a full recount, and mends them where they differ.
import { compare, rebuild } from '../src/kpi/rollup.ts'
import { dayOf } from '../src/platform/clock.ts'
import { oncePer } from '../src/platform/scheduled.ts'
import type { Job } from './job.ts'

export const recount: Job = (deps) =>
  oncePer(deps, 'recount', dayOf(deps.clock.now()), async (tx) => {
    const differences = await compare(tx, tx.now)
    if (differences.length === 0) return 'equal'
    deps.log.error({ job: 'recount', count: differences.length }, 'the rollup differed from a recount')
    await rebuild(tx)
    return `${differences.length} counts mended`
  })
