// Measures of this process for Prometheus.
import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { Config } from '../config.ts'
import { lastGood } from './backup-events.ts'
import { epochMs, type Clock } from './clock.ts'
import type { Database } from './db.ts'
import { outboxState } from './outbox.ts'
import { lastResult } from './scheduled.ts'

export interface Metrics {
  request(method: string, route: string, status: number, seconds: number): void
  job(name: string, outcome: 'done' | 'failed', seconds: number): void
  /** The exposition text and its content type. */
  read(): Promise<{ text: string; type: string }>
}

export interface Measured {
  config: Pick<Config, 'DATABASE_URL'>
  db: Database
  clock: Clock
}

export function createMetrics({ config, db, clock }: Measured): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'banjian_' })
  const requests = new Histogram({
    name: 'banjian_http_request_seconds',
    help: 'Time to answer, by route pattern',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  })
  const jobs = new Histogram({
    name: 'banjian_job_seconds',
    help: 'Time of a background job',
    labelNames: ['job', 'outcome'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300],
    registers,
  })
  new Gauge({
    name: 'banjian_database_waiting',
    help: 'Requests that wait for a database connection',
    registers,
    collect() {
      this.set(db.waiting())
    },
  })
  const findings = new Gauge({
    name: 'banjian_history_findings',
    help: 'What the last nightly verification found changed in the history and its rows',
    registers,
  })
  // Of a PostgreSQL of one's own nobody here knows when it was backed up.
  const ages = (['backup', 'drill'] as const)
    .filter(() => config.DATABASE_URL === undefined)
    .map((what) => {
      const name = `banjian_${what}_age_seconds`
      const help = `Time since the last ${what} that succeeded; +Inf when there was none`
      return { what, gauge: new Gauge({ name, help, registers }) }
    })
  const outbox = (name: string, help: string) =>
    new Gauge({ name: `banjian_outbox_${name}`, help, labelNames: ['job'], registers })
  const waiting = outbox('waiting', 'Effects that are not done yet')
  const dead = outbox('dead', 'Effects that were given up and need a person')
  const oldest = outbox('oldest_seconds', 'Age of the oldest effect that is not done')

  return {
    request: (method, route, status, seconds) => requests.observe({ method, route, status }, seconds),
    job: (job, outcome, seconds) => jobs.observe({ job, outcome }, seconds),
    async read() {
      const now = epochMs(clock.now())
      for (const gauge of [waiting, dead, oldest]) gauge.reset()
      for (const row of await outboxState(db)) {
        waiting.set({ job: row.job }, row.waiting)
        dead.set({ job: row.job }, row.dead)
        oldest.set(
          { job: row.job },
          row.oldest === null ? 0 : Math.max(0, (now - epochMs(row.oldest)) / 1000),
        )
      }
      const [verified] = await lastResult(db, ['verify'])
      findings.set(Number.parseInt(verified?.result ?? '0', 10))
      const [good] = ages.length > 0 ? await lastGood(db) : []
      for (const { what, gauge } of ages) {
        const at = good?.[what] ?? undefined
        gauge.set(at === undefined ? Number.POSITIVE_INFINITY : Math.max(0, (now - epochMs(at)) / 1000))
      }
      return { text: await registry.metrics(), type: registry.contentType }
    },
  }
}
