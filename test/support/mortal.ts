// A process that does one write or one job and, told so, kills itself with SIGKILL at its n-th statement.
import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import pg from 'pg'
import { keyFileOf, readConfig } from '../../src/config.ts'
import type { Deps } from '../../src/deps.ts'
import { jobsFor } from '../../src/jobs.ts'
import { openDatabase } from '../../src/platform/db.ts'
import { openFiles } from '../../src/platform/files.ts'
import { openLog } from '../../src/platform/log.ts'
import type { Job } from '../../workers/job.ts'

export type Task =
  | { request: { method: 'POST' | 'PATCH'; url: string; headers: Record<string, string>; body: object } }
  | { job: 'index' | 'notify' | 'reports' | 'rollup' | 'sms' | 'sweep'; eventIds: string[] }

export interface Order {
  environment: Record<string, string>
  databaseUrl: string
  now: string
  task: Task
  /** At the n-th statement from the first transaction's `begin` on: before it is sent, or once its result is there. */
  dies?: { at: number; when: 'before' | 'after' }
}

/** What a process that outlived its order tells. */
export interface Survived {
  statements: number
  status: number | null
}

/** Counts statements from the first `begin` on, and ends the process as told. */
function countStatements(dies: Order['dies']): () => number {
  let statements = 0
  const send = pg.Client.prototype.query as (this: pg.Client, ...args: unknown[]) => unknown
  const die = () => process.kill(process.pid, 'SIGKILL')
  const counting = function (this: pg.Client, ...args: unknown[]): unknown {
    if (statements === 0 && args[0] !== 'begin') return send.apply(this, args)
    const mine = ++statements === dies?.at
    if (mine && dies?.when === 'before') die()
    const sent = send.apply(this, args)
    if (mine) void (sent as Promise<unknown>).then(die, die)
    return sent
  }
  pg.Client.prototype.query = counting as typeof pg.Client.prototype.query
  return () => statements
}

/** The write path of requests and the routes of matters; the rest of the service would only take longer to start. */
async function serve() {
  const [
    { fastify },
    zod,
    { authenticator },
    { matterRoutes },
    { answerErrors },
    { createHttp },
    { openVault },
  ] = await Promise.all([
    import('fastify'),
    import('fastify-type-provider-zod'),
    import('../../src/orgs/session.ts'),
    import('../../src/matters/routes.ts'),
    import('../../src/platform/errors.ts'),
    import('../../src/platform/http.ts'),
    import('../../src/platform/vault.ts'),
  ])
  return async (order: Order): Promise<Survived> => {
    if (!('request' in order.task)) throw new Error('this process serves requests')
    const { config, ...rest } = open(order)
    const vault = openVault({ keyFile: keyFileOf(config) })
    const deps = { ...rest, config, vault } as Deps
    const counted = countStatements(order.dies)
    const app = fastify()
    app.setValidatorCompiler(zod.validatorCompiler)
    app.setSerializerCompiler(zod.serializerCompiler)
    answerErrors(app, deps.log, () => undefined)
    matterRoutes(createHttp(app, deps, authenticator(deps)))
    const { method, url, headers, body } = order.task.request
    const answer = await app.inject({ method, url, headers, payload: body, remoteAddress: '10.8.0.1' })
    await app.close()
    await deps.db.end()
    return { statements: counted(), status: answer.statusCode }
  }
}

function open({ environment, databaseUrl, now }: Order) {
  const config = readConfig(environment)
  const clock = { now: () => now }
  const onError = (error: Error) => process.stderr.write(`${error.message}\n`)
  const db = openDatabase({ url: databaseUrl, connections: 2, clock, jobsFor, onError })
  return { config, clock, db, log: openLog(config) }
}

/** The handlers alone, without the queue that would call them. */
async function work() {
  const [{ index }, { notify }, { rollup }, { sms }, { sweep }, { openSmsGateway }, { openVault }] =
    await Promise.all([
      import('../../workers/indexing.ts'),
      import('../../workers/notify.ts'),
      import('../../workers/rollup.ts'),
      import('../../workers/sms.ts'),
      import('../../workers/sweep.ts'),
      import('../../src/notices/sms.ts'),
      import('../../src/platform/vault.ts'),
    ])
  // What writes documents is slow to load, and one job in six needs it.
  const reports: Job = async (deps, data) => (await import('../../workers/reports.ts')).reports(deps, data)
  const jobs = { index, notify, reports, rollup, sms, sweep }
  return async (order: Order): Promise<Survived> => {
    if (!('job' in order.task)) throw new Error('this process works on jobs')
    const { config, ...rest } = open(order)
    const vault = openVault({ keyFile: keyFileOf(config) })
    const gateway = config.SMS_GATEWAY_URL
    const sending =
      gateway === undefined ? undefined : openSmsGateway(gateway, config.SMS_GATEWAY_TOKEN ?? '')
    const files = await openFiles({ dir: join(config.dataDir, 'files') })
    const deps = { ...rest, config, vault, files, sms: sending } as Partial<Deps> as Deps
    const counted = countStatements(order.dies)
    await jobs[order.task.job](deps, { eventIds: order.task.eventIds })
    await deps.db.end()
    return { statements: counted(), status: null }
  }
}

const perform = process.argv[2] === 'jobs' ? await work() : await serve()
// A process that is killed writes no cache by itself; the next ones start in half the time.
flushCompileCache()
process.once('message', (order: Order) => {
  void perform(order).then((survived) => process.send?.(survived, () => process.disconnect?.()))
})
process.send?.('ready')
