// After an account was made or changed: bars it from the matters that accuse somebody of its name.
import { barBearer } from '../src/matters/bars.ts'
import { runBatch } from '../src/platform/outbox.ts'
import { eventsOf, type Job } from './job.ts'

export const namesakes: Job = (deps, data) =>
  runBatch(deps, 'namesakes', eventsOf(data), async (tx, events) => {
    for (const accountId of new Set(events.map((event) => event.subjectId))) {
      await barBearer(tx, deps.vault, accountId)
    }
  })
