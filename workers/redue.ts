// After a year of the calendar was published: moves the open deadlines that it changes, page by page.
import { readCalendar } from '../src/calendar/queries.ts'
import { moveDues } from '../src/matters/due-moves.ts'
import { runLong } from '../src/platform/outbox.ts'
import { eventsOf, type Job } from './job.ts'

export const redue: Job = async (deps, data) => {
  for (const eventId of eventsOf(data)) {
    await runLong(deps, 'redue', eventId, async (_event, settle) => {
      const calendar = await readCalendar(deps.db)
      let after: string | null | undefined
      do {
        after = await deps.db.transaction(async (tx) => {
          const next = await moveDues(tx, calendar, after ?? undefined)
          if (next === null) await settle(tx)
          return next
        })
      } while (after !== null)
    })
  }
}
