// The environment as one shape, each key described; the only reader of process.env.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'

const flag = z.enum(['true', 'false']).transform((v) => v === 'true')
const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max)

export const configShape = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address to listen on.'),
  PORT: count(0, 65535).default(3200).describe('Port of the API; 0 takes a free one.'),
  DATA_DIR: z.string().default('data').describe('Folder of the embedded database, files, keys and logs.'),
  DATABASE_URL: z
    .string()
    .optional()
    .describe('PostgreSQL 15 or newer; without it the embedded server starts.'),
  DATABASE_URL_FILE: z
    .string()
    .optional()
    .describe('File that holds DATABASE_URL, as container platforms hand over secrets.'),
  UNSAFE_DATABASE: flag
    .default(false)
    .describe('true starts on a database that may lose acknowledged writes (fsync off …); for trials.'),
  ACCEPT_DATABASE: z
    .string()
    .regex(/^(?:(?:no-checksums|superuser)(?:,(?!$)|$))*$/, 'no-checksums, superuser or both with a comma')
    .default('')
    .describe(
      'What a database of your own may lack all the same: no-checksums (data checksums are off), superuser (the role of the service is one); both with a comma.',
    ),
  MIN_FREE_DISK: count(0, 100)
    .default(10)
    .describe('Percent of the disk of DATA_DIR that must be free for /readyz to say so; 0 does not look.'),
  EMBEDDED_PORT: count(0, 65535)
    .default(54320)
    .describe('Port of the embedded database; the next free one when taken.'),
  DATABASE_CONNECTIONS: count(2, 100)
    .default(6)
    .describe('Connections for requests in each process; 4–8 on two cores.'),
  REDIS_URL: z
    .string()
    .optional()
    .describe('Redis for the job queue; without it the queue is in PostgreSQL.'),
  REDIS_URL_FILE: z.string().optional().describe('File that holds REDIS_URL.'),
  ROLE: z.enum(['all', 'api', 'worker']).default('all').describe('What this process does.'),
  WORKER_CONCURRENCY: count(1, 64).default(4).describe('Jobs that one process works on at a time.'),
  DRAIN_SECONDS: count(0, 60)
    .default(0)
    .describe('Seconds to answer as not ready before stopping, for a load balancer to notice.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('Least level that is logged.'),
  LOG_FILE: z
    .string()
    .optional()
    .describe(
      'File of the log, - for standard output; default: DATA_DIR/logs/banjian.log with the embedded database, else standard output.',
    ),
  OFFICE_NAME: z.string().default('利州区群众工作局').describe('Name of the office, as printed.'),
  OFFICE_REGION: z
    .string()
    .regex(/^\d{6}$/)
    .default('510802')
    .describe('Region code of the district (GB/T 2260).'),
  COLLECTIVE_MIN_PERSONS: count(2, 100)
    .default(5)
    .describe('From how many people on a visit is collective (集体访); kept with each visit.'),
  MASTER_KEY_FILE: z
    .string()
    .optional()
    .describe('File of the master key (0400); default DATA_DIR/keys/master.key, made at first start.'),
  ARCHIVE_DIR: z
    .string()
    .optional()
    .describe('Folder for the write-ahead log of the embedded database (point-in-time restore).'),
  BACKUP_DIR: z
    .string()
    .optional()
    .describe(
      'Folder on another disk that receives a backup of the embedded database each night, which is then proved by a drill.',
    ),
  BACKUP_KEY_FILE: z
    .string()
    .optional()
    .describe(
      'File with the key that encrypts backups: one line, base64 of 32 bytes (0400), kept off the disk of the backups; without it they are in clear.',
    ),
  CHECKPOINT_DIR: z
    .string()
    .optional()
    .describe('Folder on another disk or host that receives each day’s checkpoint.'),
  TRUST_PROXY: z
    .string()
    .default('')
    .describe('Comma-separated addresses of reverse proxies whose X-Forwarded-For counts.'),
  COOKIE_SECURE: flag
    .default(false)
    .describe('true behind TLS: the session cookie is then __Host- and Secure.'),
  SESSION_IDLE_MINUTES: count(1, 240)
    .default(20)
    .describe('Minutes without a request after which a session ends.'),
  SESSION_ABSOLUTE_HOURS: count(1, 24).default(10).describe('Hours after which a session ends in any case.'),
  PASSWORD_PROFILE: z
    .enum(['gb', 'asvs'])
    .default('gb')
    .describe('gb: 12 characters, 3 classes, 90 days; asvs: 15 characters, no expiry.'),
  UPLOAD_LIMIT_MB: count(1, 1024).default(200).describe('Largest uploaded file in MB.'),
  RATE_LIMIT_PER_MINUTE: count(10, 1_000_000)
    .default(600)
    .describe('Requests a minute of one account or address.'),
  SIGN_INS_PER_MINUTE: count(1, 10_000)
    .default(10)
    .describe('Sign-ins a minute from one address; more where many people share one.'),
  EXPORTS_PER_HOUR: count(1, 10_000)
    .default(5)
    .describe(
      'Files of matters, registers, meetings or grants an hour for one person; figures do not count.',
    ),
  EXPORTS_PER_HOUR_BY_KEY: count(1, 10_000)
    .default(60)
    .describe('The same for a service account with its API keys, whose jobs may fetch one file a unit.'),
  SMS_GATEWAY_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address of the SMS gateway (docs/sms.md); without it no message is queued.'),
  SMS_GATEWAY_TOKEN: z.string().min(8).optional().describe('Bearer token that the gateway wants.'),
  SMS_GATEWAY_TOKEN_FILE: z.string().optional().describe('File that holds SMS_GATEWAY_TOKEN.'),
  SMS_CALLBACK_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe('Token with which the gateway brings receipts and replies (X-Sms-Token).'),
  SMS_CALLBACK_TOKEN_FILE: z.string().optional().describe('File that holds SMS_CALLBACK_TOKEN.'),
  SMS_QUIET_HOURS: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d$/)
    .default('21:00-08:00')
    .describe('Local time in which no message is sent; the same time twice for none.'),
  SMS_DAILY_PER_NUMBER: count(1, 1000).default(5).describe('Messages that one number gets on one day.'),
  SMS_CALLBACK_HOURS: count(1, 720)
    .default(72)
    .describe('Hours in which a reply by message counts as a rating.'),
  METRICS_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe('Bearer token for /metrics; without it only loopback may read it.'),
  METRICS_TOKEN_FILE: z.string().optional().describe('File that holds METRICS_TOKEN.'),
  SCHEDULES: flag.default(true).describe('false stops the clock-driven jobs of this process.'),
})

/** What may be given by a file that holds it. */
const inFiles = Object.keys(configShape.shape).filter((key) => `${key}_FILE` in configShape.shape)

export interface Config extends z.output<typeof configShape> {
  dataDir: string
}

/** Reads and checks the environment; throws one error that lists every wrong key. */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  for (const key of inFiles) {
    const file = given[`${key}_FILE`]
    if (file !== undefined) given[key] = readSecret(key, file)
  }
  const parsed = configShape.safeParse(given)
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
    throw new Error(`Configuration is invalid:\n${wrong.join('\n')}`)
  }
  return { ...parsed.data, dataDir: resolve(parsed.data.DATA_DIR) }
}

/** Where the master key is, or will be made. */
export function keyFileOf({ MASTER_KEY_FILE, dataDir }: Pick<Config, 'MASTER_KEY_FILE' | 'dataDir'>): string {
  return MASTER_KEY_FILE ?? join(dataDir, 'keys', 'master.key')
}

function readSecret(key: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Error(`Configuration is invalid:\n  ${key}_FILE: cannot read ${file} (${code})`, {
      cause: error,
    })
  }
}
