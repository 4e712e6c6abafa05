// The job queue: BullMQ on PostgreSQL, or on Redis when an address is given. Nothing else imports the queue's drivers.
import type {
  Queue as BullQueue,
  Worker as BullWorker,
  JobsOptions,
  QueueOptions,
  WorkerOptions,
} from 'bullmq'
import pg from 'pg'
import type { Log } from './log.ts'

export type JobData = Record<string, unknown>
export type Handler = (data: JobData) => Promise<void>

export interface Queue {
  readonly backend: 'postgres' | 'redis'
  /** Adds jobs in one go. A job whose id is waiting, delayed or running already is not added again. Ids hold no `:`. */
  add(jobs: { name: string; id: string; data: JobData }[]): Promise<void>
  /** Works on jobs until closed; `close` takes no new job, waits for running ones and gives up after `graceMs`. */
  work(
    handlers: Record<string, Handler>,
    options: { concurrency: number },
  ): Promise<{ close(graceMs?: number): Promise<void> }>
  /** Makes the clock-driven jobs exactly these: adds what is missing or changed, removes what is no longer listed. */
  schedule(entries: readonly { name: string; pattern?: string; every?: number }[]): Promise<void>
  /** Resolves when the backend answers. */
  ready(): Promise<void>
  counts(): Promise<Record<string, number>>
  /** Forgets every job and schedule. */
  obliterate(): Promise<void>
  close(): Promise<void>
}

export interface QueueSettings {
  databaseUrl: string
  redisUrl?: string | undefined
  log: Log
  /** Shorter times for tests of recovery, in milliseconds. */
  lockDuration?: number
  stalledInterval?: number
}

const NAME = 'banjian'

// Finished jobs leave at once: the outbox is the record, and a kept job would block the re-adding of its id.
const JOB: JobsOptions = {
  attempts: 20,
  backoff: { type: 'custom' },
  removeOnComplete: true,
  removeOnFail: true,
}
const SCHEDULED: JobsOptions = { ...JOB, attempts: 5 }

/** 0.5–1 s, doubled with each attempt, a minute at most: twenty attempts take about a quarter of an hour. */
function backoff(attempt: number, random = Math.random()): number {
  return Math.round(Math.min(60_000, 1000 * 2 ** (attempt - 1)) * (0.5 + random / 2))
}

/** Prepares the backend; its connections open with the first use. */
export async function openQueue(settings: QueueSettings): Promise<Queue> {
  const { log } = settings
  const {
    Queue: Producer,
    Worker,
    createPostgresBackend,
    createRedisBackend,
    runMigrations,
  } = await import('bullmq')
  const onError = (error: Error) =>
    log.warn({ err: error, component: 'queue' }, 'the queue reported an error')
  const redis = settings.redisUrl !== undefined
  if (!redis) await migrateQueue(settings.databaseUrl, runMigrations)
  const backend = (redis ? createRedisBackend : createPostgresBackend) as typeof createRedisBackend
  const connect = redis
    ? await redisConnections(settings, onError)
    : postgresConnections(settings.databaseUrl)

  let producer: Promise<BullQueue> | undefined
  const open = () =>
    (producer ??= (async () => {
      const queue = new Producer(NAME, { ...connect.producer(), defaultJobOptions: JOB }, backend)
      queue.on('error', onError)
      try {
        await queue.waitUntilReady()
      } catch (error) {
        producer = undefined
        await queue.close().catch(onError)
        throw error
      }
      return queue
    })())

  return {
    backend: redis ? 'redis' : 'postgres',
    async add(jobs) {
      if (jobs.length === 0) return
      const queue = await open()
      await queue.addBulk(jobs.map(({ name, id, data }) => ({ name, data, opts: { jobId: id } })))
    },
    async work(handlers, { concurrency }) {
      const options: WorkerOptions = {
        ...connect.worker(concurrency),
        concurrency,
        lockDuration: settings.lockDuration ?? 30_000,
        stalledInterval: settings.stalledInterval ?? 15_000,
        // A worker that dies often must not make its jobs fail: with the default of 1, five of 600 jobs were lost.
        maxStalledCount: 50,
        runRetryDelay: 1000,
        settings: { backoffStrategy: (attempt) => backoff(attempt) },
      }
      const run = async ({ name, data }: { name: string; data: JobData }) => {
        const handler = handlers[name]
        if (handler === undefined) throw new Error(`no handler for the job ${name}`)
        await handler(data)
      }
      const worker = new Worker<JobData>(NAME, run, options, backend)
      worker.on('error', onError)
      worker.on('stalled', (jobId) =>
        log.warn({ jobId }, 'a job was taken over from a worker that went silent'),
      )
      worker.on('failed', (job, error) =>
        log.error(
          { err: error, job: job?.name, jobId: job?.id, attempts: job?.attemptsMade },
          'a job failed',
        ),
      )
      await worker.waitUntilReady()
      return { close: (graceMs = 20_000) => closeWorker(worker, graceMs) }
    },
    async schedule(entries) {
      const queue = await open()
      const present = new Map((await queue.getJobSchedulers()).map((one) => [one.key, one]))
      for (const { name, pattern, every } of entries) {
        const old = present.get(name)
        present.delete(name)
        if (old !== undefined && old.pattern === pattern && old.every === every) continue
        const repeat = pattern === undefined ? { every: every ?? 60_000 } : { pattern, tz: 'Asia/Shanghai' }
        await queue.upsertJobScheduler(name, repeat, { name, data: {}, opts: SCHEDULED })
      }
      for (const name of present.keys()) await queue.removeJobScheduler(name)
    },
    async ready() {
      await (await open()).getJobCounts('active')
    },
    async counts() {
      return (await open()).getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed')
    },
    async obliterate() {
      const queue = await open()
      await queue.obliterate({ force: true })
      await queue.resume()
    },
    async close() {
      await (await producer?.catch(() => undefined))?.close()
      await connect.end()
    },
  }
}

async function closeWorker(worker: BullWorker, graceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const finished = worker.close()
  const given = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, graceMs, 'late')))
  // What still runs then is taken over by another worker when its lock expires; its effect is guarded by the outbox.
  if ((await Promise.race([finished, given])) === 'late') await worker.disconnect()
  clearTimeout(timer)
}

async function migrateQueue(url: string, run: (client: pg.Client) => Promise<number>): Promise<void> {
  const client = new pg.Client({ connectionString: url, options: '-c client_min_messages=warning' })
  await client.connect()
  try {
    await run(client)
  } finally {
    await client.end()
  }
}

interface Connections {
  producer(): QueueOptions
  worker(concurrency: number): WorkerOptions
  end(): Promise<void>
}

function postgresConnections(url: string): Connections {
  const pool = (max: number) => ({
    connection: {
      connectionString: url,
      max,
      connectionTimeoutMillis: 5_000,
      options: '-c jit=off',
    } as object,
  })
  // A worker needs few connections: handlers work on the application's own pool.
  return { producer: () => pool(2), worker: (n) => pool(Math.min(4, n + 1)), end: () => Promise.resolve() }
}

async function redisConnections(
  settings: QueueSettings,
  onError: (error: Error) => void,
): Promise<Connections> {
  const { Redis } = await import('ioredis')
  const url = settings.redisUrl ?? ''
  const open: { disconnect(): void }[] = []
  const connect = (options: object) => {
    const client = new Redis(url, options)
    client.on('error', onError)
    open.push(client)
    return client
  }
  // One Redis may serve several installations; their databases tell them apart.
  const prefix = `banjian-${new URL(settings.databaseUrl).pathname.slice(1)}`
  return {
    // Adding must fail rather than wait while Redis is away: the outbox keeps the row and tries again.
    producer: () => ({ connection: connect({ maxRetriesPerRequest: 1, commandTimeout: 5_000 }), prefix }),
    worker: () => ({ connection: connect({ maxRetriesPerRequest: null }), prefix }),
    end: async () => {
      for (const client of open) client.disconnect()
    },
  }
}
