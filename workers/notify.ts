// After events of matters: fills the inboxes of whom they concern, and queues the messages that follow them.
import { fillInboxes } from '../src/notices/inbox.ts'
import { queueAfter } from '../src/notices/queueing.ts'
import { runBatch } from '../src/platform/outbox.ts'
import { eventsOf, type Job } from './job.ts'

export const notify: Job = (deps, data) =>
  runBatch(deps, 'notify', eventsOf(data), async (tx, events) => {
    await fillInboxes(tx, events)
    if (deps.sms !== undefined) await queueAfter(tx, deps.vault, deps.config.OFFICE_NAME, events)
  })
