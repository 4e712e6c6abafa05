// Routes for those who run the service: alive, ready, measures.
import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import type { Clock } from './clock.ts'
import type { Database } from './db.ts'
import { databaseFaults, diskFaults, historyFaults, within } from './health.ts'
import type { Metrics } from './metrics.ts'
import { Problem } from './problems.ts'
import type { Queue } from './queue.ts'

interface Operated {
  config: Config
  db: Database
  clock: Clock
  queue: Queue
  metrics: Metrics
  /** Folders that must not run out of disk: DATA_DIR, and the embedded database where that lives elsewhere. */
  folders: readonly string[]
  /** True once the process is on its way out. */
  leaving(): boolean
}

const open = { audience: 'anyone' }
// These answer under load as well, or an overloaded process would be taken for a dead one.
const unshed = { ...open, pressureHandler: async () => undefined }

export function operationRoutes(app: FastifyInstance, operated: Operated): void {
  const { config, metrics } = operated
  app.get('/healthz', { config: unshed }, async () => ({ status: 'alive' }))

  app.get('/readyz', { config: unshed }, async (_request, reply) => {
    const faults = operated.leaving() ? ['stopping'] : await faultsOf(operated)
    if (faults.length > 0) void reply.code(503).header('retry-after', 2)
    return { status: faults.length === 0 ? 'ready' : 'not ready', faults }
  })

  app.get('/metrics', { config: unshed }, async (request, reply) => {
    if (!mayMeasure(request, config.METRICS_TOKEN)) throw new Problem('request/not-found')
    const { text, type } = await metrics.read()
    return reply.type(type).send(text)
  })
}

async function faultsOf({ config, db, clock, queue, folders }: Operated): Promise<string[]> {
  const checks = [
    within(1000, databaseFaults(db, clock, config), 'the database does not answer'),
    within(1000, historyFaults(db), 'the history cannot be read'),
    within(1000, diskFaults(folders, config.MIN_FREE_DISK), 'the disk does not answer'),
  ]
  // A process that only serves requests needs no queue: what follows from them waits in the outbox.
  if (config.ROLE !== 'api') {
    const ready = queue.ready().then((): string[] => [])
    checks.push(within(1000, ready, 'the queue does not answer'))
  }
  return (await Promise.all(checks)).flat()
}

/** With a token, by the token; without, only on this machine and not through a proxy. */
function mayMeasure(request: FastifyRequest, token: string | undefined): boolean {
  if (token !== undefined) {
    const digest = (text: string) => hash('sha256', text, 'buffer')
    return timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token}`))
  }
  const { headers, raw } = request
  const proxied = headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined
  const address = raw.socket.remoteAddress ?? ''
  return !proxied && (address === '::1' || /^(::ffff:)?127\./.test(address))
}
