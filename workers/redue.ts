// After a year of the calendar was published: moves the open deadlines that it changes, page by page.
import { moveDues } from '../src/matters/due-moves.ts'
import { runLong } from '../src/platform/outbox.ts'
import { eventsOf, type Job } from './job.ts'

export const redue: Job = async (deps, data) => {
  for (const eventId of eventsOf(data)) {
    await runLong(deps, 'redue', eventId, async (_event, settle) => {
      let after: string | null | undefined
      do {
        after = await deps.db.transaction(async (tx) => {
          const next = await moveDues(tx, after ?? undefined)
          if (next === null) await settle(tx)
          return next
        })
      } while (after !== null)
    })
  }
}
