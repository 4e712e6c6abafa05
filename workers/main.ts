// The worker role: the relay of the outbox, and the handlers of all jobs.
import type { Deps } from '../src/deps.ts'
import { batchJobs } from '../src/jobs.ts'
import type { Workers } from '../src/main.ts'
import type { Metrics } from '../src/platform/metrics.ts'
import type { Handler } from '../src/platform/queue.ts'
import { startRelay } from '../src/platform/relay.ts'
import { backupAge } from './backup-age.ts'
import { backup } from './backup.ts'
import { checkpoint } from './checkpoint.ts'
import { importFile } from './import.ts'
import { index, indexImport } from './indexing.ts'
import type { Job } from './job.ts'
import { makeUp, tidy } from './outbox.ts'
import { namesakes } from './namesakes.ts'
import { notify } from './notify.ts'
import { purge } from './purge.ts'
import { recount } from './recount.ts'
import { redue } from './redue.ts'
import { reports } from './reports.ts'
import { rollup } from './rollup.ts'
import { sms } from './sms.ts'
import { sweep } from './sweep.ts'
import { verify } from './verify.ts'
import { watch } from './watch.ts'

const handlers: Record<string, Job> = {
  backup,
  'backup-age': backupAge,
  checkpoint,
  import: importFile,
  index,
  'index-import': indexImport,
  namesakes,
  notify,
  purge,
  recount,
  redue,
  reports,
  rollup,
  sms,
  sweep,
  verify,
  watch,
}

export async function startWorkers(deps: Deps, metrics: Metrics): Promise<Workers> {
  const { config, queue } = deps
  const timed = Object.entries(handlers).map(([name, job]) => [name, measured(name, job, deps, metrics)])
  const concurrency = config.WORKER_CONCURRENCY
  const worker = await queue.work(Object.fromEntries(timed) as Record<string, Handler>, { concurrency })
  let madeUp = false
  const relay = startRelay(deps, {
    batchJobs,
    async tidy() {
      await tidy(deps)
      if (!madeUp) await makeUp(deps)
      madeUp = true
    },
  })
  return {
    wake: relay.wake,
    async close(graceMs) {
      await Promise.all([relay.close(), worker.close(graceMs)])
    },
  }
}

function measured(name: string, job: Job, deps: Deps, metrics: Metrics): Handler {
  return async (data) => {
    const begun = performance.now()
    let outcome: 'done' | 'failed' = 'failed'
    try {
      await job(deps, data)
      outcome = 'done'
    } finally {
      const seconds = (performance.now() - begun) / 1000
      metrics.job(name, outcome, seconds)
      deps.log.info({ job: name, ms: Math.round(seconds * 1000), code: outcome }, 'job')
    }
  }
}
