// After a file was uploaded, confirmed or given up: checks it, takes it over, or clears what it left.
import { runImport } from '../src/imports/job.ts'
import { runLong } from '../src/platform/outbox.ts'
import { eventsOf, type Job } from './job.ts'

export const importFile: Job = async (deps, data) => {
  for (const eventId of eventsOf(data)) {
    await runLong(deps, 'import', eventId, (event, settle) => runImport(deps, event, settle))
  }
}
