// An office to test in: its own database, a clock that the test sets, and people who sign in over HTTP.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { openDeps, type Deps } from '../../src/deps.ts'
import { createAccount, type NewAccount } from '../../src/orgs/commands.ts'
import { openPasswords } from '../../src/orgs/passwords.ts'
import type { Role } from '../../src/orgs/rules.ts'
import { createUnits } from '../../src/orgs/unit-commands.ts'
import { systemActor } from '../../src/platform/actor.ts'
import { plusMs, type Clock, type Instant } from '../../src/platform/clock.ts'
import { statement } from '../../src/platform/db.ts'
import { cloneDatabase } from '../support/database.ts'

export const PASSWORD = 'Pk7-mistral-orchid'

export interface TestClock extends Clock {
  forward(span: { days?: number; hours?: number; minutes?: number; seconds?: number }): void
}

export function testClock(start: Instant): TestClock {
  let now = start
  return {
    now: () => now,
    forward({ days = 0, hours = 0, minutes = 0, seconds = 0 }) {
      now = plusMs(now, (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000)
    },
  }
}

export interface Caller {
  cookie?: string | undefined
  key?: string
  address?: string
}

export type Office = Awaited<ReturnType<typeof openOffice>>

/** `processes` applications share one database, like several servers behind a proxy. */
export async function openOffice(environment: Record<string, string> = {}, processes = 1) {
  const database = await cloneDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'banjian-orgs-'))
  const clock = testClock('2020-08-14T09:00:00.000+08:00')
  const config = readConfig({
    ...{
      DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      LOG_LEVEL: 'silent',
      ...{ RATE_LIMIT_PER_MINUTE: '100000', SIGN_INS_PER_MINUTE: '10000' },
      ...{ EXPORTS_PER_HOUR: '10000' },
    },
    ...{ DATABASE_CONNECTIONS: '4', ...environment },
  })
  const servers: { app: FastifyInstance; deps: Deps; close(): Promise<void> }[] = []
  async function startServer() {
    const deps = await openDeps(config, database.url, { clock })
    const app = await buildApp(deps)
    const close = async () => {
      await app.close()
      await deps.close()
    }
    servers.push({ app, deps, close })
    return app
  }
  for (let i = 0; i < processes; i++) await startServer()
  const server = (i: number) => {
    const found = servers[i]
    if (found === undefined) throw new Error(`no server ${i}`)
    return found
  }
  const { deps } = server(0)
  const passwordHash = await openPasswords(deps.vault).hash(PASSWORD)
  const system = systemActor('test')
  const [officeUnit = ''] = await deps.db.transaction((tx) =>
    createUnits(tx, system, [{ name: '利州区群众工作局', kind: 'office', validFrom: '2019-01-01' }]),
  )

  async function call(
    method: InjectOptions['method'],
    url: string,
    caller: Caller = {},
    rest: InjectOptions = {},
  ) {
    const { cookie, key, address = '10.8.0.1' } = caller
    const headers = {
      ...(cookie === undefined ? {} : { cookie, 'x-banjian': '1' }),
      ...(key === undefined
        ? {}
        : { authorization: `Bearer ${key}`, 'idempotency-key': crypto.randomUUID() }),
      ...rest.headers,
    }
    return server(0).app.inject({ method, url, remoteAddress: address, ...rest, headers } as InjectOptions)
  }

  let people = 0
  return {
    database,
    config,
    clock,
    deps,
    system,
    officeUnit,
    servers,
    startServer,
    call,
    /** A unit of its own for a test. */
    async unit(
      name = `测试单位${++people}`,
      rest: { kind?: 'township' | 'department'; parentId?: string; shortName?: string } = {},
    ) {
      const row = {
        ...{ ...rest, name },
        kind: rest.kind ?? 'department',
        parentId: rest.parentId ?? officeUnit,
        validFrom: '2019-01-01',
      }
      const [id = ''] = await deps.db.transaction((tx) => createUnits(tx, system, [row] as const))
      return id
    },
    /** An account whose password is `PASSWORD`. */
    async account(roles: Role[], rest: Partial<NewAccount> = {}) {
      const login = rest.login ?? `person${++people}`
      const row = { login, name: `测试人员${people}`, unitId: officeUnit, roles, passwordHash, ...rest }
      const id = await deps.db.transaction((tx) => createAccount(tx, system, row))
      return { id, login }
    },
    async signIn(login: string, password = PASSWORD, caller: Caller & { server?: number } = {}) {
      const { cookie, address = '10.8.0.1' } = caller
      const response = await server(caller.server ?? 0).app.inject({
        method: 'POST',
        url: '/api/session',
        remoteAddress: address,
        headers: cookie === undefined ? {} : { cookie, 'x-banjian': '1' },
        payload: { login, password },
      })
      return { response, cookie: cookieOf(response.headers['set-cookie']) }
    },
    /** An account and a session of it. */
    async person(roles: Role[], rest: Partial<NewAccount> = {}) {
      const account = await this.account(roles, rest)
      const { cookie, response } = await this.signIn(account.login, PASSWORD, {
        address: `10.9.${people % 250}.7`,
      })
      if (cookie === undefined) throw new Error(`cannot sign in: ${response.body}`)
      return { ...account, cookie }
    },
    /** Types of the events of a subject, oldest first. */
    async events(subjectId: string) {
      const rows = await eventTypes(deps.db, [subjectId])
      return rows.map((row) => row.type)
    },
    async close() {
      for (const { close } of servers.toReversed()) await close()
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

const eventTypes = statement<{ type: string }>(
  'test.event-types',
  'select type from events where subject_id = $1 order by seq',
)

function cookieOf(header: string | string[] | number | undefined): string | undefined {
  const text = Array.isArray(header) ? header[0] : header
  return typeof text === 'string' ? text.split(';')[0] : undefined
}
