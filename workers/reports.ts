// Every five minutes: makes the reports that are due, each once.
import { runReports } from '../src/reports/runs.ts'
import type { Job } from './job.ts'

export const reports: Job = (deps) => runReports(deps)
