// What a job is: a function of the dependencies and of the data that the queue brings.
import type { Deps } from '../src/deps.ts'
import type { JobData } from '../src/platform/queue.ts'

export type Job = (deps: Deps, data: JobData) => Promise<unknown>

/** The events that a job follows; none for a job that comes by the clock. */
export function eventsOf(data: JobData): string[] {
  const { eventIds } = data
  return Array.isArray(eventIds) ? eventIds.filter((id) => typeof id === 'string') : []
}
