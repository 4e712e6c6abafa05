// The log: one JSON object a line, holding only fields from a list, so that no personal data can slip in.
import { mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pino } from 'pino'
import { z } from 'zod'
import type { Config } from '../config.ts'
import { sqlState } from './db.ts'
import { Problem } from './problems.ts'

export type Log = pino.Logger

// What a line may hold; anything else is left out, and its name reported in `dropped`.
const FIELDS = new Set([
  ...[
    'err',
    'requestId',
    'method',
    'route',
    'status',
    'ms',
    'actor',
    'code',
    'port',
    'address',
    'role',
    'version',
  ],
  ...[
    'job',
    'jobId',
    'event',
    'events',
    'attempts',
    'count',
    'rows',
    'day',
    'period',
    'file',
    'backend',
    'signal',
  ],
  ...['pending', 'settings', 'skewMs', 'oldestSeconds', 'dead', 'handed', 'component', 'seconds', 'findings'],
  ...['pid', 'home', 'cluster', 'usual', 'adopted'],
])
const MAX_TEXT = 300
const ROTATE_BYTES = 50 * 1024 * 1024

/** The file of the log, or undefined for standard output. */
function logFile(config: Config): string | undefined {
  if (config.LOG_FILE === '-') return undefined
  if (config.LOG_FILE !== undefined) return config.LOG_FILE
  return config.DATABASE_URL === undefined ? join(config.dataDir, 'logs', 'banjian.log') : undefined
}

/** Opens the log that the configuration asks for. Lines are written in the background, at the latest after half a second. */
export function openLog(config: Config): Log {
  const file = logFile(config)
  if (file !== undefined) keepOneOlder(file)
  return logTo(
    // Opened here and now: a process that ends at once would flush what is not open yet.
    pino.destination({
      ...{ dest: file === undefined ? 1 : openSync(file, 'a') },
      ...{ sync: false, minLength: 4096, periodicFlush: 500 },
    }),
    config.LOG_LEVEL,
  )
}

/** A log that writes its lines to `destination`. */
export function logTo(destination: pino.DestinationStream, level: Config['LOG_LEVEL'] = 'info'): Log {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describeError },
      formatters: { level: (label) => ({ level: label }), log: keepListed },
    },
    destination,
  )
}

function keepOneOlder(file: string): void {
  mkdirSync(dirname(file), { recursive: true })
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > ROTATE_BYTES) renameSync(file, `${file}.1`)
}

function keepListed(line: object): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  let dropped: string[] | undefined
  for (const [key, value] of Object.entries(line)) {
    if (!FIELDS.has(key)) (dropped ??= []).push(key)
    else if (typeof value === 'string') kept[key] = value.slice(0, MAX_TEXT)
    else if (key === 'err' || value === null || typeof value !== 'object') kept[key] = value
    else kept[key] = JSON.stringify(value).slice(0, MAX_TEXT)
  }
  if (dropped !== undefined) kept['dropped'] = dropped.map((key) => key.slice(0, 40))
  return kept
}

/** An error without the values it may quote: messages of the database are left out, others lose quotations and numbers. */
export function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error }
  const { code, table, column, constraint, routine } = error as Error & Record<string, unknown>
  const fromDatabase = sqlState(error) !== undefined || error.name === 'DrizzleQueryError'
  const facts = {
    name: error.name === 'Error' ? error.constructor.name : error.name,
    code: error instanceof Problem ? error.code : code,
    sqlState: sqlState(error),
    ...{ table, column, constraint, routine },
    message: fromDatabase || error instanceof z.core.$ZodError ? undefined : withoutValues(error.message),
    // Of a shape that does not fit: where, and what kind of misfit.
    issues:
      error instanceof z.core.$ZodError
        ? withoutValues(error.issues.map(({ path, code }) => `/${path.join('/')} ${code}`).join(', '))
        : undefined,
    stack: framesOf(error),
  }
  const known = Object.entries(facts).filter(([, value]) => typeof value === 'string' && value !== '')
  const cause =
    error.cause === undefined || depth === 3 ? {} : { cause: describeError(error.cause, depth + 1) }
  return { ...Object.fromEntries(known), ...cause }
}

/** A message without quoted text, long numbers and Chinese, which is where a value would be. */
export function withoutValues(message: string): string {
  return message
    .slice(0, 2000)
    .replace(/"[^"]*"|'[^']*'|`[^`]*`|[“‘「『][^”’」』]*[”’」』]/g, '…')
    .replace(/[\u2e80-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]+/gu, '…')
    .replace(/\d{5,}/g, '…')
    .slice(0, MAX_TEXT)
}

function framesOf(error: Error): string {
  const lines = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return lines
    .slice(0, 12)
    .map((line) => line.trim())
    .join('\n')
}
