// Measures the service against a bare-driver floor on the same database, in one run, and prints the ratios.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { loadShippedYears } from '../../src/calendar/commands.ts'
import { readConfig } from '../../src/config.ts'
import { openDeps, type Deps } from '../../src/deps.ts'
import { createAccount } from '../../src/orgs/commands.ts'
import { openSession } from '../../src/orgs/sign-in.ts'
import { sessionCookie } from '../../src/orgs/tokens.ts'
import { systemActor } from '../../src/platform/actor.ts'
import { startEmbedded } from '../../src/platform/embedded.ts'
import { migrate } from '../../src/platform/migrate.ts'
import { measureBoard } from './board.ts'
import { measureCounting } from './counting.ts'
import { fill } from './data.ts'
import { measureImport } from './importing.ts'
import { measureStart } from './starting.ts'
import { load, type Measured, type Request } from './load.ts'

const { values: options } = parseArgs({
  options: {
    orders: { type: 'string', default: '1000000' },
    years: { type: 'string', default: '1' },
    lean: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    clients: { type: 'string', default: '8' },
    dir: { type: 'string', default: 'data/bench' },
    imported: { type: 'string', default: '100000' },
    only: { type: 'string' },
  },
})
const [orders, seconds, rounds, clients] = [
  options.orders,
  options.seconds,
  options.rounds,
  options.clients,
].map(Number) as [number, number, number, number]
const report = (line: string) => void process.stdout.write(`${line}\n`)
const progress = (line: string) => void process.stderr.write(`  ${line}\n`)

const common = (cookie: string) => ({ cookie, 'x-banjian': '1' })
const run = Date.now().toString(36)
/** Orders of the first unit with their whole history: numbers ≡ 0 mod 64. */
const past = (n: number) => order(64 * (1 + ((n * 7919) % Math.max(1, Math.floor(orders / 64) - 1))))

const dataDir = resolve(options.dir)
mkdirSync(dataDir, { recursive: true })
const log = {
  info: () => undefined,
  warn: (f: object, m: string) => progress(`${m} ${JSON.stringify(f)}`),
  error: (f: object, m: string) => progress(`${m} ${JSON.stringify(f)}`),
}
const embedded = await startEmbedded({ dataDir: join(dataDir, 'postgres'), port: 54400, log, durable: true })
await migrate(embedded.url)
const config = readConfig({ DATA_DIR: dataDir, LOG_LEVEL: 'warn' })
const deps = await openDeps(config, embedded.url)
const children: ChildProcess[] = []
try {
  await prepare(deps)
  const session = await signIn(deps)
  if (wanted('board')) {
    const measured = {
      deps,
      unit,
      report,
      compareTimes,
      start,
      cookie: session.leader,
      url: embedded.url,
      dataDir,
    }
    await measureBoard({ ...measured, clients, seconds, rounds })
  }
  const [service, floor] = options.only === 'board' ? [0, 0] : await startBoth()
  await compare(
    'register (order, leg, event, outbox, caller sealed)',
    0.5,
    service,
    floor,
    registering(session.dispatcher),
    bareOrder(),
  )
  const [forService, forFloor] = wanted('sign') ? await toSign(deps) : [[], []]
  await compare('sign', 0.5, service, floor, signing(session.liaison, forService), bareSign(forFloor))
  await compare(
    'a liaison’s open list, 20 of a page',
    0.5,
    service,
    floor,
    listing(session.liaison),
    bareList(),
  )
  await compare('one order with its history', 0.5, service, floor, opening(session.liaison), bareOpen())
  if (wanted('figures')) await measureCounting(deps, compareTimes)
  if (wanted('import'))
    await measureImport({ deps, url: embedded.url, dataDir }, Number(options.imported), report)
  if (wanted('start')) await measureStart(dataDir, report)
} finally {
  for (const child of children) child.kill('SIGTERM')
  await deps.close()
  await embedded.stop()
}

function unit(n: number): string {
  return `00000001-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}
function order(n: number): string {
  return `00000003-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}

async function prepare({ db }: Deps): Promise<void> {
  const [filled] = await db.query<{ n: number }>({
    name: 'bench.filled',
    text: 'select count(*) as n from units',
  })
  await db.transaction(loadShippedYears)
  if ((filled?.n ?? 0) > 0) return
  progress(`filling ${orders} orders`)
  const shape = { orders, years: Number(options.years), lean: options.lean }
  await db.bulk((client) => fill(client, shape, progress))
  await db.bulk((client) => client.query('vacuum analyze'))
}

async function signIn({ db, config: settings }: Deps) {
  const system = systemActor('bench')
  const suffix = Date.now().toString(36)
  const open = (
    login: string,
    roles: ('dispatcher' | 'registrar' | 'handler' | 'leader')[],
    unitId: string,
  ) =>
    db.transaction(async (tx) => {
      const id = await createAccount(tx, system, { login: `${login}-${suffix}`, name: login, unitId, roles })
      const { token } = openSession(tx, settings, id, { address: '127.0.0.1', userAgent: 'bench' })
      return sessionCookie(settings, token).split(';')[0] ?? ''
    })
  return {
    dispatcher: await open('dispatcher', ['dispatcher', 'registrar'], unit(0)),
    liaison: await open('liaison', ['handler'], unit(1)),
    leader: await open('leader', ['leader'], unit(0)),
  }
}

async function startBoth(): Promise<[number, number]> {
  return [await start('server.ts'), await start('floor.ts')]
}

/** Starts a script and gives the port it printed. */
async function start(script: string): Promise<number> {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn(
    process.execPath,
    [...(process.env.BENCH_FLAGS ?? '').split(' ').filter(Boolean), path, embedded.url],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, DATA_DIR: dataDir },
    },
  )
  children.push(child)
  return new Promise((found, failed) => {
    child.on('exit', (code) => failed(new Error(`${script} ended with ${code}`)))
    child.stdout.on('data', (chunk: Buffer) => {
      const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(chunk.toString())?.[1]
      if (port !== undefined) found(Number(port))
    })
  })
}

function wanted(name: string): boolean {
  return options.only === undefined || name.includes(options.only)
}

/** Median of some runs in turn, in milliseconds. */
async function compareTimes(
  name: string,
  most: number,
  ours: () => Promise<unknown>,
  bare: () => Promise<unknown>,
): Promise<void> {
  const times: { ours: number; bare: number }[] = []
  const timed = async (run: () => Promise<unknown>) => {
    const started = performance.now()
    await run()
    return performance.now() - started
  }
  for (let i = 0; i < 11; i++) times.push({ bare: await timed(bare), ours: await timed(ours) })
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[5] ?? Number.NaN
  const [high, low] = [median(times.map((t) => t.ours)), median(times.map((t) => t.bare))]
  const ratio = high / low
  report(
    `${name}: ${ratio.toFixed(2)} times (goal ${most}, ${ratio <= most ? 'reached' : 'MISSED'}) — ${high.toFixed(1)} ms, bare ${low.toFixed(1)} ms`,
  )
}

type Next = (n: number) => Request | undefined

/** Floor and service in turn, so that a noisy moment hits both; the median of the rounds' ratios. */
async function compare(
  name: string,
  goal: number,
  service: number,
  floor: number,
  ours: Next,
  bare: Next,
): Promise<void> {
  if (!wanted(name)) return
  const results: { ours: Measured; bare: Measured; ratio: number }[] = []
  for (let round = 0; round < rounds; round++) {
    const low = await load(floor, clients, seconds, bare)
    const high = await load(service, clients, seconds, ours)
    results.push({ ours: high, bare: low, ratio: high.rate / low.rate })
  }
  results.sort((a, b) => a.ratio - b.ratio)
  const median = results[Math.floor(rounds / 2)]
  if (median === undefined) return
  const verdict = median.ratio >= goal ? 'reached' : 'MISSED'
  report(
    `${name}: ${median.ratio.toFixed(2)} of the floor (goal ${goal}, ${verdict}) — ${Math.round(median.ours.rate)}/s, ` +
      `p50 ${median.ours.p50.toFixed(1)} ms, p99 ${median.ours.p99.toFixed(1)} ms; floor ${Math.round(median.bare.rate)}/s, ` +
      `p99 ${median.bare.p99.toFixed(1)} ms; refused ${median.ours.refused}+${median.bare.refused}`,
  )
}

function newOrder(n: number) {
  return {
    title: `夜间施工噪声扰民${n}`,
    content: '小区旁工地夜间十一点后仍在施工,噪声严重影响居民休息,请有关部门核实处理。',
    category: 'help',
    dispatch: { leadUnitId: unit(1 + (n % 64)) },
  }
}

function registering(cookie: string): Next {
  return (n) => ({
    method: 'POST',
    path: '/api/matters',
    headers: { ...common(cookie), 'idempotency-key': `r-${run}-${n}-${Math.random()}` },
    body: JSON.stringify({
      ...newOrder(n),
      topic: 'environment',
      caller: {
        name: '王小明',
        phone: `139${String(10_000_000 + ((n * 7919) % 89_999_999))}`,
        address: '荣山镇高坑村二组',
      },
    }),
  })
}
function bareOrder(): Next {
  return (n) => ({ method: 'POST', path: '/orders', body: JSON.stringify(newOrder(n)) })
}

/** Enough fresh orders of the first unit, in two halves. */
async function toSign({ db }: Deps): Promise<[string[], string[]]> {
  const wanted = rounds * (seconds + 1) * 2500
  const rows = await db.bulk(async (client) => {
    await client.query(
      `with picked as (select id, lead_leg_id from matters where state = 'assigned' limit 0), fresh as (
         update matters set state = 'assigned', signed_at = null, lead_unit_id = $1, unit_ids = array[$1::uuid]
         where id in (select id from matters where state in ('closed', 'handling', 'assigned') order by id limit $2) returning id, lead_leg_id)
       select count(*) from fresh`,
      [unit(1), wanted * 2],
    )
    await client.query(`alter table legs disable trigger user`)
    await client.query(
      `update legs l set outcome = null, stopped_at = null, submitted_at = null, signed_at = null, unit_id = $1 from matters m
       where m.lead_leg_id = l.id and m.state = 'assigned' and m.lead_unit_id = $1`,
      [unit(1)],
    )
    await client.query(`alter table legs enable trigger user`)
    await client.query('vacuum analyze matters; ').catch(() => undefined)
    return (
      await client.query<{ id: string }>(
        `select id from matters where state = 'assigned' and lead_unit_id = $1 limit $2`,
        [unit(1), wanted * 2],
      )
    ).rows
  })
  const ids = rows.map((row) => row.id)
  return [ids.slice(0, ids.length / 2), ids.slice(ids.length / 2)]
}

function signing(cookie: string, ids: string[]): Next {
  return () => {
    const id = ids.pop()
    return id === undefined
      ? undefined
      : {
          method: 'POST',
          path: `/api/matters/${id}/sign`,
          headers: { ...common(cookie), 'idempotency-key': `s-${run}-${id}` },
          body: '{}',
        }
  }
}
function bareSign(ids: string[]): Next {
  return () => {
    const id = ids.pop()
    return id === undefined ? undefined : { method: 'POST', path: `/orders/${id}/sign`, body: '{}' }
  }
}

function listing(cookie: string): Next {
  return () => ({ method: 'GET', path: '/api/matters?mine=lead&limit=20', headers: common(cookie) })
}
function bareList(): Next {
  return () => ({ method: 'GET', path: `/orders?unit=${unit(1)}` })
}

function opening(cookie: string): Next {
  return (n) => ({ method: 'GET', path: `/api/matters/${past(n)}`, headers: common(cookie) })
}
function bareOpen(): Next {
  return (n) => ({ method: 'GET', path: `/orders/${past(n)}` })
}
