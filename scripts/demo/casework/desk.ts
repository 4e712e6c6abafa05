// The desk of the demonstration: the same application on a clock that is set, called as the people whose work it is.
import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { buildApp } from '../../../src/app.ts'
import { openDeps, type Deps } from '../../../src/deps.ts'
import { accessOf } from '../../../src/orgs/rules.ts'
import type { Actor } from '../../../src/platform/actor.ts'
import type { Instant } from '../../../src/platform/clock.ts'
import { statement } from '../../../src/platform/db.ts'

const accounts = statement<{
  id: string
  login: string
  name: string
  roles: string[]
  unitId: string
  kind: string
  sees: string[]
  path: string[]
}>(
  'demo.desk-accounts',
  `select a.id, a.login, a.name, a.roles, a.unit_id as "unitId", u.kind, u.sees, u.path
   from accounts a join units u on u.id = a.unit_id where a.kind = 'person'`,
)

export type DemoDesk = Awaited<ReturnType<typeof openDemoDesk>>

const PATIENCE = 10

interface Written {
  id: string
  no: string
  version: number
}

/** Beside a running service, on its database: days pass as `at` says, everything else is as anybody's request. */
export async function openDemoDesk({ config, log }: Deps, databaseUrl: string) {
  let now: Instant = '2019-01-01T08:00:00.000+08:00'
  const deps = await openDeps(config, databaseUrl, { log, clock: { now: () => now } })
  const people = new Map((await accounts(deps.db)).map((account) => [account.login, account]))
  const actorOf = (login: string): Actor => {
    const account = people.get(login)
    if (account === undefined) throw new Error(`there is no account ${login}`)
    const access = accessOf(account.roles, account.kind === 'office')
    const own = account.kind === 'office' && access.sees === 'units' ? [account.unitId] : account.sees
    const { id, name, unitId, path } = account
    return { kind: 'person', id, name, ...access, unitId, unitIds: own, unitPath: path, requestId: 'demo' }
  }
  const app = await buildApp(deps, {
    authenticate: async ({ headers }) => actorOf(String(headers['x-demo-login'])),
  })

  async function call<Body>(
    login: string,
    method: 'GET' | 'POST',
    url: string,
    payload?: object,
  ): Promise<Body> {
    // As any good client: what is too much at once is asked again, and counts once.
    const repeatable = method === 'POST' ? { 'idempotency-key': randomUUID() } : {}
    const headers = { 'x-demo-login': login, 'x-banjian': '1', ...repeatable }
    const ask = () =>
      app.inject({
        ...{ method, url, headers, remoteAddress: '127.0.0.1' },
        ...(payload === undefined ? {} : { payload }),
      })
    let response = await ask()
    for (let tries = 1; response.statusCode === 503 && tries < PATIENCE; tries++) {
      await setTimeout(Number(response.headers['retry-after'] ?? 1) * 1000)
      response = await ask()
    }
    if (response.statusCode >= 300) {
      throw new Error(
        `${login} ${method} ${url} at ${now}: ${response.statusCode} ${response.body.slice(0, 600)}`,
      )
    }
    return response.json<Body>()
  }

  return {
    deps,
    /** The unit of an account. */
    unitOf: (login: string) => people.get(login)?.unitId ?? '',
    setClock(at: Instant) {
      now = at
    },
    now: () => now,
    get: <Body>(login: string, url: string) => call<Body>(login, 'GET', url),
    post: <Body = Written>(login: string, url: string, body: object = {}) =>
      call<Body>(login, 'POST', url, body),
    act: (login: string, id: string, name: string, body: object = {}) =>
      call<Written>(login, 'POST', `/api/matters/${id}/${name}`, body),
    async close() {
      await app.close()
      await deps.close()
    },
  }
}
