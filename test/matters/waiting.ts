// Runs the jobs that wait in the outbox behind what a test wrote, without a queue.
import { statement } from '../../src/platform/db.ts'
import { index } from '../../workers/indexing.ts'
import type { Job } from '../../workers/job.ts'
import { namesakes } from '../../workers/namesakes.ts'
import { notify } from '../../workers/notify.ts'
import { redue } from '../../workers/redue.ts'
import { rollup } from '../../workers/rollup.ts'
import { sms } from '../../workers/sms.ts'
import type { Desk } from './desk.ts'

const jobs = { index, namesakes, notify, redue, rollup, sms } satisfies Record<string, Job>

const waiting = statement<{ id: string }>(
  'test.waiting',
  'select event_id as id from outbox where job = $1 order by at, event_id',
)

/** Ids of the events behind which the job still has to run. */
export async function waitingFor(desk: Pick<Desk, 'deps'>, job: string): Promise<string[]> {
  return (await waiting(desk.deps.db, [job])).map(({ id }) => id)
}

export async function runWaiting(desk: Pick<Desk, 'deps'>, job: keyof typeof jobs): Promise<void> {
  await jobs[job](desk.deps, { eventIds: await waitingFor(desk, job) })
}
