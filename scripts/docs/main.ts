// Writes what in the documents comes out of the source, or with --check tells where they say something else.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { meetingColumns } from '../../src/ledger/meeting-columns.ts'
import { grantColumns } from '../../src/ledger/relief-columns.ts'
import {
  catalogueTable,
  checksTable,
  importColumnsTable,
  mailColumnsTable,
  metricsTable,
  sheetColumnsTable,
} from './figures.ts'
import { openApiDocument } from './openapi.ts'
import { configurationTable, jobsTable, problemsTable, routesTable, type OpenApi } from './service.ts'
import { actsTables, limitsTable, permissionsTable, rolesTable, stateDiagrams } from './workflow.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const SNAPSHOT = 'docs/openapi.json'
const OPENING = /<!-- generated: ([a-z-]+) -->/g

const check = process.argv.includes('--check')
const openApi = await openApiDocument()

const blocks: Record<string, () => string> = {
  configuration: configurationTable,
  states: stateDiagrams,
  acts: () => actsTables('en'),
  'acts-zh': () => actsTables('zh'),
  roles: () => rolesTable('en'),
  'roles-zh': () => rolesTable('zh'),
  permissions: permissionsTable,
  limits: () => limitsTable('en'),
  'limits-zh': () => limitsTable('zh'),
  metrics: () => metricsTable('en'),
  'metrics-zh': () => metricsTable('zh'),
  catalogue: catalogueTable,
  checks: checksTable,
  'import-columns': () => importColumnsTable('en'),
  'import-columns-zh': () => importColumnsTable('zh'),
  'mail-columns': () => mailColumnsTable('en'),
  'grant-columns': () => sheetColumnsTable(grantColumns),
  'meeting-columns': () => sheetColumnsTable(meetingColumns),
  problems: problemsTable,
  routes: () => routesTable(openApi as OpenApi),
  jobs: jobsTable,
}

const drifted: string[] = []
const used = new Set<string>()
const documents = readdirSync(`${ROOT}docs`).filter((name) => name.endsWith('.md'))
for (const path of ['README.md', 'README.zh-CN.md', ...documents.map((name) => `docs/${name}`)]) {
  renew(path, (text) => withBlocks(path, text))
}
renew(SNAPSHOT, (text) => {
  const now = `${JSON.stringify(openApi, null, 1)}\n`
  if (now !== text) drifted.push(SNAPSHOT)
  return now
})
for (const name of Object.keys(blocks)) if (!used.has(name)) leave(`no document has the block "${name}"`)
if (check && drifted.length > 0) leave(`not as the source says; run npm run docs:\n  ${drifted.join('\n  ')}`)
process.stdout.write(
  check ? 'documents agree with the source\n' : `written: ${drifted.join(', ') || 'nothing'}\n`,
)

function renew(path: string, change: (text: string) => string): void {
  const file = ROOT + path
  const text = readText(file)
  const now = change(text)
  if (!check && now !== text) writeFileSync(file, now)
}

/** A snapshot that is not there yet differs like any other. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && file.endsWith(SNAPSHOT)) return ''
    throw error
  }
}

function withBlocks(path: string, text: string): string {
  return text.replace(
    /(<!-- generated: ([a-z-]+) -->\n)([\s\S]*?)(<!-- \/generated -->)/g,
    (...match: string[]) => {
      const [whole = '', opening = '', name = '', old = '', closing = ''] = match
      const block = blocks[name]
      if (block === undefined) return leave(`${path}: there is no block "${name}"`)
      if (old.match(OPENING) !== null) return leave(`${path}: the block "${name}" is not closed`)
      used.add(name)
      const now = `${opening}\n${block()}\n\n${closing}`
      if (now !== whole) drifted.push(`${path}: ${name}`)
      return now
    },
  )
}

function leave(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
