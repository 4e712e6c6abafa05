// kill -9 between any two statements of a write or a job: repeated by another process, everything is there exactly once.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readCalendar } from '../../src/calendar/queries.ts'
import { compare } from '../../src/kpi/rollup.ts'
import { gramsOf } from '../../src/matters/search.ts'
import { sweepDue } from '../../src/matters/sweeping.ts'
import { jobsFor } from '../../src/jobs.ts'
import { statement } from '../../src/platform/db.ts'
import { verifyChains } from '../../src/platform/verify.ts'
import { provable } from '../../src/provable.ts'
import { runReports } from '../../src/reports/runs.ts'
import { sms as runSms } from '../../workers/sms.ts'
import { openDesk, type Desk } from '../matters/desk.ts'
import { inputs } from '../matters/scenes.ts'
import { runWaiting, waitingFor } from '../matters/waiting.ts'
import { GATEWAY_TOKEN, openGateway } from '../support/sms-gateway.ts'
import type { Order, Survived, Task } from '../support/mortal.ts'

const AT_ONCE = 3
const PATIENCE = 120_000

let desk: Desk
let gateway: Awaited<ReturnType<typeof openGateway>>
let cache: string
let sms: Record<string, string>
const ready: Record<Kind, Promise<ChildProcess>[]> = { requests: [], jobs: [] }
type Kind = 'requests' | 'jobs'

beforeAll(async () => {
  gateway = await openGateway()
  sms = { SMS_GATEWAY_URL: gateway.url, SMS_GATEWAY_TOKEN: GATEWAY_TOKEN }
  desk = await openDesk(sms)
  cache = await mkdtemp(join(tmpdir(), 'banjian-kill-'))
})
afterAll(async () => {
  for (const child of await Promise.all([...ready.requests, ...ready.jobs])) child.kill('SIGKILL')
  const { findings } = await verifyChains(desk.deps.db, desk.deps.vault, provable)
  await desk.close()
  await gateway.close()
  await rm(cache, { recursive: true, force: true })
  expect(findings).toEqual([])
})

async function start(kind: Kind): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, '../support/mortal.ts'), [kind], {
    ...{
      execArgv: ['--import', './scripts/module-formats.js'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  })
  const outcome = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => undefined)])
  if (outcome === undefined) throw new Error('the process did not start')
  return child
}

/** Runs a task in a process of its own; undefined when it was killed on the way. */
async function perform(task: Task, dies?: Order['dies']): Promise<Survived | undefined> {
  // The next ones load their code while this one works.
  const kind = 'job' in task ? 'jobs' : 'requests'
  while (ready[kind].length < AT_ONCE) ready[kind].push(start(kind))
  const child = await (ready[kind].shift() as Promise<ChildProcess>)
  const told: Survived[] = []
  child.on('message', (message: Survived) => told.push(message))
  const gone = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const environment = {
    ...{ DATA_DIR: desk.config.dataDir, DATABASE_URL: desk.database.url, LOG_LEVEL: 'error', LOG_FILE: '-' },
    ...{ PASSWORD_PROFILE: 'asvs', DATABASE_CONNECTIONS: '2', ...sms },
  }
  child.send({
    environment,
    databaseUrl: desk.database.url,
    now: desk.clock.now(),
    task,
    ...(dies && { dies }),
  } satisfies Order)
  const [code, signal] = await gone
  if (signal === 'SIGKILL') return undefined
  expect(code).toBe(0)
  return told[0]
}

/** Does the same with each of these, a few at a time. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items]
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

/**
 * Every place to die at, for so many statements: before each of them, and after the commit. What is sent because of a
 * result is sent after it, so that dying after a result is dying before the next statement.
 */
const deaths = (statements: number): NonNullable<Order['dies']>[] => [
  ...Array.from({ length: statements }, (_, i) => ({ at: i + 1, when: 'before' as const })),
  { at: statements, when: 'after' },
]

const factsOf = statement<{
  events: number
  outbox: string[]
  legs: number
  seq: number
  version: number
  keys: number
}>(
  'test.facts',
  `select (select count(*)::int from events e where e.subject_id = m.id and e.type = $2) as events,
     coalesce((select array_agg(o.job order by o.job) from outbox o join events e on e.id = o.event_id
       where e.subject_id = m.id and e.type = $2), '{}') as outbox,
     (select count(*)::int from legs l where l.matter_id = m.id) as legs, m.seq, m.version,
     (select count(*)::int from idempotency i where i.key = $3 and i.status is not null) as keys
   from matters m where m.id = $1`,
)

describe('a write', { timeout: PATIENCE }, () => {
  /** Kills the request at every statement; `told` says what must be so of the matter afterwards. */
  async function checkEverywhere(
    type: string,
    prepare: () => Promise<{ who: keyof Desk['staff']; url: string; body: object; id?: string }>,
    told: (id: string) => Promise<void>,
  ): Promise<void> {
    const attempt = async (dies?: Order['dies']) => {
      const { who, url, body, id } = await prepare()
      const key = crypto.randomUUID()
      const headers = { cookie: await desk.cookie(who), 'x-banjian': '1', 'idempotency-key': key }
      const survived = await perform({ request: { method: 'POST', url, headers, body } }, dies)
      const again = await desk.call(who, 'POST', url, body, { 'idempotency-key': key })
      expect([200, 201]).toContain(again.status)
      if (survived !== undefined) {
        expect(survived.status).toBe(again.status)
        expect(again.headers['idempotent-replayed']).toBe('true')
      }
      const matterId = id ?? again.body.id
      const [facts] = await factsOf(desk.deps.db, [matterId, type, key])
      expect(facts).toMatchObject({
        ...{ events: 1, outbox: jobsFor(type).toSorted(), keys: 1 },
        ...{ seq: facts?.version, version: again.body.version },
      })
      await told(matterId)
      return survived
    }
    const whole = await attempt()
    const statements = whole?.statements ?? 0
    expect(statements).toBeGreaterThan(5)
    await eachOf(deaths(statements), async (dies) => {
      expect(await attempt(dies)).toBeUndefined()
    })
    // One statement further there is none to die at.
    expect(await attempt({ at: statements + 1, when: 'before' })).toMatchObject({ statements })
  }

  it('registers and dispatches once, under one number', async () => {
    let n = 0
    const titles: string[] = []
    await checkEverywhere(
      'matter.register',
      async () => {
        const title = `夜间施工噪声扰民第${++n}次来电`
        titles.push(title)
        const caller = { name: '王小明', phone: '15400000001' }
        const dispatch = { leadUnitId: desk.township, coUnitIds: [desk.other] }
        const body = { title, content: '工地夜间仍在施工。', category: 'help', caller, dispatch }
        return { who: 'counter', url: '/api/matters', body }
      },
      async (id) => expect(await desk.legs(id)).toHaveLength(2),
    )
    const rows = await desk.deps.db.query<{ title: string; no: string }>(
      { name: 'test.titles', text: 'select title, no from matters where title = any($1::text[])' },
      [titles],
    )
    expect(rows.map((row) => row.title).toSorted()).toEqual(titles.toSorted())
    expect(new Set(rows.map((row) => row.no)).size).toBe(rows.length)
    const [people] = await desk.deps.db.query<{ n: number }>({
      name: 'test.people',
      text: 'select count(*) as n from people',
    })
    expect(people?.n).toBe(rows.length)
  })

  it('signs once', async () => {
    await checkEverywhere(
      'matter.sign',
      async () => {
        const { id } = await desk.register({ dispatch: { leadUnitId: desk.township } })
        return { who: 'liaison', url: `/api/matters/${id}/sign`, body: {}, id }
      },
      async (id) => expect(await desk.row(id)).toMatchObject({ state: 'handling', version: 2 }),
    )
  })

  it('merges two matters, both or neither', async () => {
    const into = new Map<string, string>()
    await checkEverywhere(
      'matter.merge',
      async () => {
        const target = await desk.register({ dispatch: { leadUnitId: desk.township } })
        const { id } = await desk.register({ category: 'consult', dispatch: { leadUnitId: desk.other } })
        into.set(id, target.id)
        const body = { intoId: target.id, reason: '同一诉求人同一事项' }
        return { who: 'dispatcher', url: `/api/matters/${id}/merge`, body, id }
      },
      async (id) => {
        const target = into.get(id) ?? ''
        expect(await desk.row(id)).toMatchObject({ state: 'merged', version: 2 })
        expect(await desk.row(target)).toMatchObject({ state: 'assigned', version: 2, seq: 2 })
        const [legs, [own]] = [await desk.legs(target), await desk.legs(id)]
        expect(legs.map((leg) => leg.effectiveDueAt)).toEqual([own?.effectiveDueAt])
        expect(own?.outcome).toBe('merged')
        expect(await desk.events(target)).toEqual(['matter.register', 'matter.merge'])
      },
    )
  })
})

describe('a refusal', { timeout: PATIENCE }, () => {
  it('loses nothing but that it was kept', async () => {
    const { id } = await desk.register({ dispatch: { leadUnitId: desk.township } })
    await desk.does('liaison', id, 'sign')
    const [url, body] = [`/api/matters/${id}/sign`, {}]
    const kept = statement<{ status: number }>('test.kept', 'select status from idempotency where key = $1')
    const before = await desk.row(id)
    const attempt = async (dies?: Order['dies']) => {
      const key = crypto.randomUUID()
      const headers = { cookie: await desk.cookie('liaison'), 'x-banjian': '1', 'idempotency-key': key }
      const survived = await perform({ request: { method: 'POST', url, headers, body } }, dies)
      const left = await kept(desk.deps.db, [key])
      const again = await desk.call('liaison', 'POST', url, body, { 'idempotency-key': key })
      expect(again).toMatchObject({ status: 409, body: { code: 'matter/act-not-allowed' } })
      expect(again.headers['idempotent-replayed']).toBe(left.length === 1 ? 'true' : undefined)
      expect(await kept(desk.deps.db, [key])).toEqual([{ status: 409 }])
      expect(await desk.row(id)).toEqual(before)
      return { survived, left: left.length }
    }
    const whole = await attempt()
    expect([whole.survived?.status, whole.left]).toEqual([409, 1])
    const statements = whole.survived?.statements ?? 0
    const outcomes: number[] = []
    await eachOf(deaths(statements), async (dies) => {
      const { survived, left } = await attempt(dies)
      expect(survived).toBeUndefined()
      outcomes.push(left)
    })
    expect(new Set(outcomes)).toEqual(new Set([0, 1]))
  })
})

describe('a job', { timeout: PATIENCE }, () => {
  /** Kills the job at every statement, then runs it to its end in this process. */
  async function checkEverywhere(
    job: 'rollup' | 'index' | 'notify' | 'reports' | 'sms' | 'sweep',
    prepare: () => Promise<void>,
    told: (done: boolean) => Promise<void>,
    places = deaths,
  ): Promise<void> {
    const finish = () => {
      if (job === 'sweep') return desk.deps.db.transaction(async (tx) => sweepDue(tx, await readCalendar(tx)))
      if (job === 'reports') return runReports(desk.deps)
      return runWaiting(desk, job)
    }
    const attempt = async (dies?: Order['dies']) => {
      await prepare()
      const eventIds = await waitingFor(desk, job)
      const survived = await perform({ job, eventIds }, dies)
      await told(survived !== undefined)
      // What the killed one had locked is free once the server has noticed; a sweep passes it by until then.
      await vi.waitFor(
        async () => {
          await finish()
          await told(true)
        },
        { timeout: 10_000, interval: 50 },
      )
      expect(await waitingFor(desk, job)).toEqual([])
      return survived
    }
    await finish()
    const whole = await attempt()
    const statements = whole?.statements ?? 0
    expect(statements).toBeGreaterThan(3)
    for (const dies of places(statements)) expect(await attempt(dies)).toBeUndefined()
  }
  const recorded = async () => {
    const id = (await desk.register({ dispatch: { leadUnitId: desk.township } })).id
    await desk.does('liaison', id, 'sign')
    return id
  }

  it('counts every matter once', async () => {
    await checkEverywhere(
      'rollup',
      async () => void (await recorded()),
      async () => expect(await compare(desk.deps.db, desk.clock.now())).toEqual([]),
    )
    const [sum] = await desk.deps.db.query<{ counted: number; there: number }>({
      name: 'test.sum',
      text: `select (select sum(dispatched)::int from kpi_daily) as counted,
        (select count(*)::int from matters where dispatched_at is not null) as there`,
    })
    expect(sum?.counted).toBe(sum?.there)
  })

  it('indexes the words of every matter', async () => {
    let id = ''
    await checkEverywhere(
      'index',
      async () => {
        id = await recorded()
      },
      async (done) => {
        const rows = await desk.deps.db.query<{ text: string; grams: string[] | null }>(
          {
            name: 'test.grams',
            text: `select concat_ws(' ', m.title, m.content) as text, s.grams from matters m
              left join matter_search s on s.matter_id = m.id where m.id = $1`,
          },
          [id],
        )
        const [row] = rows
        if (done || row?.grams !== null) expect(row?.grams).toEqual(gramsOf(row?.text ?? ''))
      },
    )
  })

  it('tells whom it concerns once', async () => {
    let id = ''
    const told = statement<{ n: number }>(
      'test.told',
      'select count(*)::int as n from inbox where matter_id = $1 and type = $2',
    )
    await checkEverywhere(
      'notify',
      async () => {
        id = await recorded()
      },
      async (done) => {
        const [row] = await told(desk.deps.db, [id, 'matter.register'])
        // The township's two people.
        expect(done ? [2] : [0, 2]).toContain(row?.n)
      },
    )
  })

  it('sends every message once', async () => {
    let people = 0
    let phone = ''
    await checkEverywhere(
      'sms',
      async () => {
        phone = `15402${String(100_000 + ++people)}`
        const caller = { name: '欧阳短信', phone }
        const { id } = await desk.register({ caller })
        await desk.does('agent', id, 'direct-reply', {
          ...(inputs(desk)['direct-reply'] as object),
          contactedAt: desk.clock.now(),
        })
        await runWaiting(desk, 'notify')
      },
      async (done) => {
        // What the killed one had taken is another's once its lease has ended.
        if (done) {
          desk.clock.forward({ minutes: 3 })
          await runSms(desk.deps, {})
        }
        const taken = gateway.taken().filter(({ to }) => to === phone)
        expect(done ? [1] : [0, 1]).toContain(taken.length)
        if (desk.clock.now().slice(11, 13) >= '18') desk.clock.forward({ hours: 15 })
      },
    )
  })

  it('marks every deadline once', async () => {
    let ids: string[] = []
    desk.clock.forward({ days: 20 })
    await checkEverywhere(
      'sweep',
      async () => {
        ids = [await recorded(), await recorded()]
        desk.clock.forward({ days: 20 })
      },
      async (done) => {
        for (const id of ids) {
          const marks = (await desk.events(id)).filter((type) => type === 'matter.overdue')
          expect(marks.length).toBeLessThanOrEqual(1)
          if (done) expect(marks).toHaveLength(1)
        }
      },
    )
  })

  it('makes every scheduled report once, and tells of it once', { timeout: 2 * PATIENCE }, async () => {
    const terms = { formats: ['json'], afterDays: 1, hour: 0, roles: ['leader'], enabled: true }
    const admin = await desk.account(['system-admin'])
    await desk.call(admin, 'POST', '/api/reports/schedules', { kind: 'week', ...terms })
    const made = statement<{ period: string; files: number; told: number }>(
      'test.made',
      `select r.period, (select count(*)::int from files f where f.subject_id = r.id) as files,
         (select count(*)::int from inbox i join events e on e.id = i.event_id where e.subject_id = r.id) as told
       from report_runs r order by r.period desc`,
    )
    const people = statement<{ n: number }>(
      'test.leaders',
      `select count(*)::int as n from accounts where roles && '{leader}' and disabled_at is null`,
    )
    const [leaders] = await people(desk.deps.db)
    let weeks = 0
    await checkEverywhere(
      'reports',
      async () => {
        weeks += 1
        desk.clock.forward({ days: 7 })
      },
      async (done) => {
        const runs = await made(desk.deps.db)
        expect(new Set(runs.map(({ period }) => period)).size).toBe(runs.length)
        for (const { files, told } of runs.slice(1))
          expect({ files, told }).toEqual({ files: 1, told: leaders?.n })
        expect(done ? [1] : [0, 1, undefined]).toContain(runs[0]?.files)
        if (done) expect(runs).toHaveLength(weeks)
        // What the killed one had taken is another's once its lease has ended.
        else desk.clock.forward({ minutes: 16 })
      },
      // In between it only reads.
      (statements) => deaths(statements).filter(({ at }) => at <= 5 || at > statements - 6),
    )
  })
})
