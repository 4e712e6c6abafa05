// The configuration file of the embedded PostgreSQL: modest, durable, sized by the machine's memory.
import { totalmem } from 'node:os'
import { constrainedMemory } from 'node:process'

export interface SettingsInput {
  /** false only for tests: commits are then not on disk. */
  durable: boolean
  /** Folder of the Unix socket, undefined where there is none. */
  socketFolder: string | undefined
  logFolder: string
  /** Folder that receives each finished piece of the write-ahead log. */
  archiveFolder: string | undefined
  /** Whether an administrator's `local.conf` lies beside the file. */
  hasLocal: boolean
}

const MEGABYTE = 1024 * 1024

/** The whole text of postgresql.conf. What an administrator adds belongs in `local.conf` beside it, or in ALTER SYSTEM. */
export function settingsFile(input: SettingsInput, memoryBytes = machineMemory()): string {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: input.socketFolder ?? '',
    unix_socket_permissions: '0700',
    password_encryption: 'scram-sha-256',
    max_connections: 60,
    ...memory(memoryBytes, input.durable),
    ...(input.durable ? DURABLE : THROWAWAY),
    wal_level: 'replica',
    ...archiving(input.archiveFolder),
    // Each piece of the log is packed when it is archived: to pack its pages before costs a twelfth of what a long import does.
    wal_compression: 'off',
    checkpoint_timeout: '15min',
    checkpoint_completion_target: 0.9,
    random_page_cost: 1.1,
    jit: 'off',
    autovacuum_naptime: '30s',
    autovacuum_vacuum_scale_factor: 0.05,
    timezone: 'Asia/Shanghai',
    log_timezone: 'Asia/Shanghai',
    // A week of logs, one file a day of the week. Terse: DETAIL lines would repeat the values of rows.
    logging_collector: 'on',
    log_directory: input.logFolder,
    log_filename: 'server-%a.log',
    log_file_mode: '0600',
    log_rotation_age: '1d',
    log_rotation_size: 0,
    log_truncate_on_rotation: 'on',
    log_line_prefix: '%m [%p] %q%u@%d ',
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    log_lock_waits: 'on',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quoted(String(value))}`)
  if (input.hasLocal) lines.push("include 'local.conf'")
  return `# Written at every start: put changes into local.conf beside this file.\n${lines.join('\n')}\n`
}

const DURABLE = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  min_wal_size: '256MB',
  max_wal_size: '2GB',
}

const THROWAWAY = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  min_wal_size: '128MB',
  max_wal_size: '1GB',
}

function memory(bytes: number, durable: boolean) {
  const megabytes = Math.floor(bytes / MEGABYTE)
  const share = (part: number, least: number, most: number) =>
    `${Math.max(least, Math.min(most, Math.floor(megabytes / part)))}MB`
  return {
    shared_buffers: durable ? share(6, 64, 512) : share(16, 64, 128),
    effective_cache_size: share(2, 256, 16_384),
    maintenance_work_mem: share(24, 32, 256),
    work_mem: share(256, 4, 16),
  }
}

/**
 * The copy is complete and on disk before it gets its name; a segment that was archived before a crash is accepted again.
 * A quiet minute leaves a segment of 16 MB that is nearly empty: packed it is less than a hundredth of that.
 */
function archiving(folder: string | undefined) {
  if (folder === undefined) return { archive_mode: 'off' }
  const place = shellPath(folder)
  const target = `${place}/%f.gz`
  const part = `${place}/.%f.part`
  const copy = `gzip -1 -c "%p" > ${part} && sync ${part} && mv ${part} ${target} && sync ${place}`
  return {
    archive_mode: 'on',
    archive_command: `if test -f ${target}; then gzip -dc ${target} | cmp -s - "%p"; else ${copy}; fi`,
    archive_timeout: '60s',
  }
}

/** The command with which a recovering server takes a segment back out of the archive. */
export function restoreCommand(folder: string): string {
  return `gzip -dc ${shellPath(folder)}/%f.gz > "%p"`
}

/** A path in a command of the configuration, where a percent sign means something. */
function shellPath(path: string): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`.replaceAll('%', '%%')
}

function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

/** Memory of the machine, or of the container where that is less. */
function machineMemory(): number {
  const limit = constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}
