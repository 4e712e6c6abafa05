// After events of matters and imports: recounts the figures that they touch.
import { rollupEvents } from '../src/kpi/rollup.ts'
import { runBatch } from '../src/platform/outbox.ts'
import { eventsOf, type Job } from './job.ts'

export const rollup: Job = (deps, data) => runBatch(deps, 'rollup', eventsOf(data), rollupEvents)
