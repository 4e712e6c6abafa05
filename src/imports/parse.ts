// Reads an uploaded table in a process of its own, so that a hostile file can harm neither the service nor its memory.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { PassThrough, pipeline } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { CheckedBatch, CheckJob } from './checked.ts'
import { problems } from '../platform/problems.data.ts'
import { Problem, type ProblemOptions } from '../platform/problems.ts'
import { importLimits, type ImportLimits } from './limits.ts'
import type { ImportFileError } from './refusal.ts'
import type { Batch } from './sheet.ts'
import { messages, type ReadJob, type Received } from './wire.ts'

export interface ParseOptions {
  log: { info(values: object, message: string): void; warn(values: object, message: string): void }
  limits?: Partial<ImportLimits>
  signal?: AbortSignal
}

/**
 * The rows of a workbook or CSV in bounded batches, at the pace of the caller. Throws a Problem `import/…`, whose
 * `extras` hold the sheet, row and cell when they are known, and the reason of `signal` when it aborts. Rows may have
 * been given before: nothing of a file counts until the iteration has ended.
 */
export async function* parseFile(path: string, options: ParseOptions): AsyncGenerator<Batch> {
  for await (const message of read(path, options)) if (message.t === 'rows') yield message.batch
}

/** The same for city orders, each row checked by the process that reads it. Throws `import/header` besides. */
export async function* checkFileRows(
  path: string,
  check: CheckJob,
  options: ParseOptions,
): AsyncGenerator<CheckedBatch> {
  for await (const message of read(path, options, check)) {
    if (message.t === 'headless') throw new Problem('import/header', { errors: message.errors })
    if (message.t === 'checked') yield message.batch
  }
}

async function* read(
  path: string,
  { log, limits: given, signal }: ParseOptions,
  check?: CheckJob,
): AsyncGenerator<Received> {
  signal?.throwIfAborted()
  const limits = importLimits.parse(given ?? {})
  const scratch = await mkdtemp(join(await realpath(tmpdir()), 'banjian-import-'))
  let reader: Reader | undefined
  try {
    const job = { path: await realpath(path), scratch, limits }
    reader = await startReader(check === undefined ? job : { ...job, check })
    log.info({ pid: reader.child.pid }, 'reading an uploaded table')
    const stop = () => reader?.kill()
    signal?.addEventListener('abort', stop)
    try {
      yield* messagesOf(reader, limits, signal)
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof Problem) log.warn({ err: error }, 'an uploaded table is refused')
    throw error
  } finally {
    await reader?.end()
    await rm(scratch, { recursive: true, force: true })
  }
}

async function* messagesOf(
  reader: Reader,
  limits: ImportLimits,
  signal?: AbortSignal,
): AsyncGenerator<Received> {
  const received = messages(reader.output)[Symbol.asyncIterator]()
  for (;;) {
    const message = await nextMessage(received, reader, limits)
    signal?.throwIfAborted()
    if (message === undefined) throw asProblem(await reader.deathOf())
    if (message.t === 'refused') throw asProblem(message.error)
    if (message.t === 'failed') throw asProblem(failure(message.detail))
    if (message.t === 'end') return
    yield message
  }
}

const failure = (where: string): ImportFileError => ({
  code: 'import/interrupted',
  detail: `the reading process failed: ${where}`,
})

/** The time counts only while the caller waits for the reading process, not while that waits for the caller. */
async function nextMessage(
  received: AsyncIterator<Received>,
  reader: Reader,
  limits: ImportLimits,
): Promise<Received | undefined> {
  const watch = setTimeout(() => {
    reader.silent = true
    reader.kill()
  }, limits.silentSeconds * 1000)
  try {
    const next = await received.next()
    return next.done === true ? undefined : next.value
  } catch (error) {
    const kind = error instanceof Error ? error.name : typeof error
    const detail = `what the reading process sent makes no sense (${kind})`
    throw asProblem({ code: 'import/interrupted', detail })
  } finally {
    clearTimeout(watch)
  }
}

interface Reader {
  child: ChildProcess
  output: AsyncIterable<Buffer>
  silent: boolean
  kill(): void
  /** Ends it if need be, and waits for it. */
  end(): Promise<void>
  deathOf(): Promise<ImportFileError>
}

const STDERR_CHARS = 4000
/** How far it may read ahead of its caller: both are at work all the time. */
const AHEAD_BYTES = 1_048_576

async function startReader(job: ReadJob): Promise<Reader> {
  const { limits } = job
  const entry = fileURLToPath(new URL('./child.ts', import.meta.url))
  const readable = [job.path, ...(await codeFolders(dirname(entry)))]
  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${limits.heapMegabytes}`,
      // Rows live for one batch: a heap that begins small would be searched for garbage all the time, beside the work.
      `--initial-old-space-size=${Math.min(64, limits.heapMegabytes >> 1)}`,
      '--min-semi-space-size=16',
      '--max-semi-space-size=16',
      '--v8-pool-size=1',
      '--disable-proto=throw',
      // No network, no processes, no workers, no add-ons; of the disk only its code, the file and the scratch folder.
      '--permission',
      ...readable.map((folder) => `--allow-fs-read=${folder}`),
      `--allow-fs-read=${job.scratch}`,
      `--allow-fs-write=${job.scratch}`,
      entry,
    ],
    { env: {}, cwd: job.scratch, stdio: ['pipe', 'pipe', 'pipe'] },
  )
  // A process that ends before it has heard everything tells by its end.
  child.stdin.on('error', () => undefined).end(JSON.stringify(job))
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_CHARS)
  })
  let spawnError: Error | undefined
  child.on('error', (error) => {
    spawnError = error
  })
  const closed = once(child, 'close').catch(() => undefined)
  const output = new PassThrough({ highWaterMark: AHEAD_BYTES })
  // A pipe that breaks is an error of whoever reads on, and of nobody else.
  pipeline(child.stdout, output, () => undefined)
  const kill = () => void child.kill('SIGKILL')
  const reader: Reader = {
    child,
    output,
    silent: false,
    kill,
    async end() {
      if (child.exitCode === null && child.signalCode === null) kill()
      child.stdout.destroy()
      await closed
    },
    async deathOf() {
      await closed
      if (reader.silent)
        return { code: 'import/too-slow', detail: `no sign of life for ${limits.silentSeconds} s` }
      if (/heap out of memory|Allocation failed/.test(stderr)) {
        return { code: 'import/too-much-memory', detail: `more than ${limits.heapMegabytes} MB of heap` }
      }
      // No more of what it printed than a code: an error may quote what it was reading.
      const printed = /code: '(\w+)'/.exec(stderr)?.[1] ?? ''
      const how = spawnError?.message ?? `exit code ${child.exitCode}, signal ${child.signalCode} ${printed}`
      return { code: 'import/interrupted', detail: `the reading process ended early: ${how.trim()}` }
    },
  }
  return reader
}

/** What the reading process loads: our code, and the packages, by the path they are found under and their own. */
async function codeFolders(here: string): Promise<string[]> {
  const found = findPackageJSON('yauzl', import.meta.url)
  const packages = found === undefined ? [] : [resolve(found, '../..')]
  const code = dirname(here)
  const scope = resolve(code, '../package.json')
  return [
    ...new Set([
      code,
      scope,
      ...packages,
      ...(await Promise.all(packages.map((folder) => realpath(folder)))),
    ]),
  ]
}

/** The Problem that a refusal becomes; what the clerk reads is its first error's message. */
export function asProblem({ code, message, detail, sheet, row, cell }: ImportFileError): Problem {
  const errors = [
    { pointer: row === undefined ? '/file' : `/row/${row}`, code, message: message ?? problems[code].zh },
  ]
  const extras = {
    ...(sheet === undefined ? {} : { sheet }),
    ...(row === undefined ? {} : { row }),
    ...(cell === undefined ? {} : { cell }),
  }
  const options: ProblemOptions = { detail, errors, extras }
  return new Problem(code, options)
}
