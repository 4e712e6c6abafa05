// Backs up an installation with the embedded database while it works: `npm run backup -- --to DIR`.
import { copyFile, mkdir, rm } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { keyFileOf, readConfig } from '../src/config.ts'
import { systemActor, NIL } from '../src/platform/actor.ts'
import { BACKED_UP } from '../src/platform/backup-events.ts'
import { readBackupKey, type BackupKey } from '../src/platform/backup-key.ts'
import {
  backUpFiles,
  backupName,
  beginBackup,
  finishBackup,
  keepOnly,
  newest,
  rotation,
  sealName,
  type Backup,
  type Keeping,
} from '../src/platform/backups.ts'
import { systemClock } from '../src/platform/clock.ts'
import { openDatabase, statement, type Database } from '../src/platform/db.ts'
import { backUpCluster } from '../src/platform/embedded-backup.ts'
import { attachEmbedded, startEmbedded } from '../src/platform/embedded.ts'
import { record } from '../src/platform/events.ts'
import { openVault } from '../src/platform/vault.ts'
import { version } from '../src/version.ts'
import { misused, readArguments } from './arguments.ts'

const USAGE = `用法：npm run backup -- --to 目录 [选项]
  --to 目录        备份所在目录，应在另一块磁盘上；每次备份为其中一个文件夹，附件只存一份
  --keys 目录      同时把主密钥复制到此目录（不得在备份目录之内）
  --with-keys      把主密钥也放进备份目录：得到备份的人就能读取加密的个人信息
  --keep N         只保留最近N次备份，并清理不再需要的附件和归档日志
  --rotate         改为保留最近14日、8周、24个月各自的最后一次备份，归档日志只留最近14日的
设置了 BACKUP_KEY_FILE 时，备份内容用其中的密钥加密。`

const say = (line: string) => process.stdout.write(`${line}\n`)
const silent = { info() {}, warn() {}, error() {} }
const rowsThatOnlyGrow = statement<{ table: string; count: number }>(
  'backup.rows',
  `select 'events' as table, count(*)::int as count from events
   union all select 'matters', count(*)::int from matters union all select 'legs', count(*)::int from legs`,
)

const { to, keysTo, withKeys, keeping } = asked()
const config = readConfig()
if (config.DATABASE_URL !== undefined) {
  leave(
    2,
    '已设置 DATABASE_URL：外部 PostgreSQL 请用 pg_dump 备份，附件目录和主密钥另行复制，见 docs/operations.md。',
  )
}
const home = { dataDir: join(config.dataDir, 'database'), durable: true, archiveDir: config.ARCHIVE_DIR }
const keyFile = keyFileOf(config)
if (keysTo !== undefined && join(keysTo, 'master.key') === resolve(keyFile)) leave(2, '主密钥就在此目录。')
const backupKey = sealing()
const server = await openServer()
try {
  const onError = (error: Error) => say(`数据库连接中断：${error.name}`)
  const db = openDatabase({ url: server.url, connections: 2, clock: systemClock, onError })
  try {
    await take(db, server.archiveDir)
  } finally {
    await db.end()
  }
} finally {
  await server.stop()
}

function asked() {
  const { values } = readArguments(USAGE, {
    options: {
      ...{ to: { type: 'string' }, keys: { type: 'string' }, keep: { type: 'string' } },
      rotate: { type: 'boolean' },
      'with-keys': { type: 'boolean' },
    },
  })
  const kept = values.keep === undefined ? undefined : Number(values.keep)
  const rotates = values.rotate === true
  if (values.to === undefined || (kept !== undefined && (rotates || !(Number.isInteger(kept) && kept > 0))))
    return misused(USAGE)
  const folder = resolve(values.to)
  const keys = values['with-keys'] === true ? join(folder, 'keys') : values.keys && resolve(values.keys)
  if (values['with-keys'] !== true && keys !== undefined && `${keys}${sep}`.startsWith(folder + sep))
    leave(2, '主密钥不应与备份放在一起：请换一个目录，或明确使用 --with-keys。')
  const keeping: Keeping | undefined = rotates ? rotation : kept === undefined ? undefined : newest(kept)
  return { to: folder, keysTo: keys, withKeys: values['with-keys'] === true, keeping }
}

/** The key to seal by, where one is set. */
function sealing(): BackupKey | undefined {
  if (config.BACKUP_KEY_FILE === undefined) return undefined
  if (withKeys) leave(2, '已设置 BACKUP_KEY_FILE：备份加密而主密钥以明文放在旁边没有意义，请改用 --keys。')
  if (resolve(config.BACKUP_KEY_FILE).startsWith(to + sep))
    leave(2, '备份密钥不得放在备份目录之内（BACKUP_KEY_FILE）。')
  try {
    return readBackupKey(config.BACKUP_KEY_FILE)
  } catch (error) {
    return leave(2, error instanceof Error ? error.message : String(error))
  }
}

/** The running server beside the service, or one that is started for this. */
async function openServer() {
  const running = await attachEmbedded(home)
  if (running !== undefined) return { ...running, stop: () => Promise.resolve() }
  const started = await startEmbedded({ ...home, port: config.EMBEDDED_PORT, log: silent })
  return started
}

async function take(db: Database, archiveFolder: string | undefined): Promise<void> {
  const vault = openVault({ keyFile })
  const begun = performance.now()
  const begunAt = systemClock.now()
  const name = backupName(begunAt)
  const store = join(config.dataDir, 'files')
  const growing = await beginBackup(to, name)
  try {
    // What is stored before belongs to the rows of the database; what is removed meanwhile is kept.
    await backUpFiles(store, to, growing, backupKey)
    const rows = Object.fromEntries((await rowsThatOnlyGrow(db)).map(({ table, count }) => [table, count]))
    const cluster = await backUpCluster(
      home,
      growing,
      backupKey && ((path) => backupKey.seals(sealName({ begunAt }, path))),
    )
    const takenAt = systemClock.now()
    const { count, damaged } = await backUpFiles(store, to, growing, backupKey)
    const keys = vault.keyIds.map((keyId) => ({ keyId, fingerprint: vault.fingerprint(keyId) }))
    const rest = { version, begunAt, takenAt, storedFiles: count, keys, rows }
    const backup = await finishBackup(growing, to, name, { format: 1, ...rest, cluster }, backupKey)
    await note(db, backup)
    report(backup, (performance.now() - begun) / 1000)
    for (const path of damaged) say(`✗ 附件 ${path} 的内容与其散列值不符，未能备份：请从较早的备份恢复此文件`)
    if (damaged.length > 0) process.exitCode = 1
  } finally {
    await rm(growing, { recursive: true, force: true })
  }
  await copyKeys()
  if (keeping === undefined) return
  const gone = await keepOnly(to, keeping, archiveFolder)
  say(`清理：${gone.backups.length} 次旧备份、${gone.files} 个附件、${gone.segments} 段归档日志。`)
}

/** A copy of everything is an act that the audit must see. */
function note(db: Database, { name, manifest }: Backup): Promise<unknown> {
  const data = { name, files: manifest.storedFiles, firstSegment: manifest.cluster.firstSegment }
  return db.transaction((tx) =>
    record(tx, systemActor('backup'), { subject: 'system', subjectId: NIL, type: BACKED_UP, data }),
  )
}

function report({ folder, manifest }: Backup, seconds: number): void {
  const bytes = manifest.cluster.files.reduce((sum, file) => sum + file.bytes, 0)
  say(`✓ 备份完成${backupKey === undefined ? '' : '（已加密）'}：${folder}`)
  say(
    `  数据库 ${(bytes / 2 ** 20).toFixed(0)} MB，附件 ${manifest.storedFiles} 个，用时 ${seconds.toFixed(1)} 秒`,
  )
  say(
    `  可恢复到 ${manifest.takenAt}${config.ARCHIVE_DIR === undefined ? '' : ' 及其后的任一时刻（归档日志）'}`,
  )
}

async function copyKeys(): Promise<void> {
  if (keysTo === undefined) {
    say(`  主密钥 ${keyFile} 未包含在内：须另存一份，遗失后加密的个人信息无法恢复`)
    return
  }
  await mkdir(keysTo, { recursive: true, mode: 0o700 })
  const target = join(keysTo, 'master.key')
  await rm(target, { force: true })
  await copyFile(keyFile, target)
  say(`  主密钥已复制到 ${target}`)
}

function leave(code: number, message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}
