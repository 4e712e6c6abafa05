// Every minute: marks deadlines that come near or have passed.
import { readCalendar } from '../src/calendar/queries.ts'
import { sweepDue } from '../src/matters/sweeping.ts'
import type { Job } from './job.ts'

const BATCH = 200

export const sweep: Job = async ({ db }) => {
  const calendar = await readCalendar(db)
  for (let marked = BATCH; marked === BATCH;) {
    marked = await db.transaction((tx) => sweepDue(tx, calendar, BATCH))
  }
}
