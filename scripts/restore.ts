// Restores a backup into an empty DATA_DIR, or proves in a scratch folder that it could be: `npm run restore -- --from DIR`.
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { keyFileOf, readConfig } from '../src/config.ts'
import { NIL, systemActor } from '../src/platform/actor.ts'
import { DRILLED, DRILL_FAILED } from '../src/platform/backup-events.ts'
import { readBackupKey, type BackupKey } from '../src/platform/backup-key.ts'
import { keyOf, listBackups, restoreFiles, sealName, type Backup } from '../src/platform/backups.ts'
import { systemClock, toInstant } from '../src/platform/clock.ts'
import { openDatabase } from '../src/platform/db.ts'
import { restoreCluster } from '../src/platform/embedded-backup.ts'
import { findDamage } from '../src/platform/embedded-check.ts'
import type { HomeOptions } from '../src/platform/embedded-home.ts'
import { isAlive } from '../src/platform/embedded-programs.ts'
import { attachEmbedded, startEmbedded } from '../src/platform/embedded.ts'
import { record, type EventData } from '../src/platform/events.ts'
import { isEmptyOrMissing, unlessGone } from '../src/platform/file-copies.ts'
import { misused, readArguments } from './arguments.ts'
import { isInstalled } from './installation.ts'
import { prove, type Line } from './proof.ts'

const USAGE = `用法：npm run restore -- --from 目录 [选项]
  --from 目录      一次备份的文件夹，或存放多次备份的目录（取合用的最近一次）
  --at 时间        恢复到此时刻，如 2026-03-02T09:30:00+08:00；须有归档日志（ARCHIVE_DIR）
  --verify         只在临时目录演练并核对，不动 DATA_DIR
  --plain          已设置 BACKUP_KEY_FILE 时也接受未加密的备份（设置密钥之前所做的）
不带 --at 时：有归档日志则恢复到最后，否则恢复到备份完成时。DATA_DIR 须为空（可已放好 keys/）。`

const say = (line: string) => process.stdout.write(`${line}\n`)
const SCRATCH = 'banjian-restore-'
const silent = { info() {}, warn() {}, error() {} }

const { from, at, verify, plain } = asked()
const config = readConfig()
if (config.DATABASE_URL !== undefined)
  leave(2, '已设置 DATABASE_URL：外部 PostgreSQL 请用 pg_restore 恢复，见 docs/operations.md。')
const begun = performance.now()
try {
  const backup = await choose()
  say(`备份：${backup.folder}（${backup.manifest.takenAt}）`)
  if (verify) await drill(backup)
  else await restore(backup)
} catch (error) {
  leave(1, `✗ 恢复失败：${error instanceof Error ? error.message : String(error)}`)
}

function asked() {
  const { values } = readArguments(USAGE, {
    options: {
      ...{ from: { type: 'string' }, at: { type: 'string' } },
      ...{ verify: { type: 'boolean' }, plain: { type: 'boolean' } },
    },
  })
  const moment = values.at === undefined ? undefined : toInstant(values.at)
  if (values.from === undefined || (values.at !== undefined && moment === undefined)) return misused(USAGE)
  return {
    from: resolve(values.from),
    at: moment,
    verify: values.verify ?? false,
    plain: values.plain ?? false,
  }
}

/** The newest backup from which the moment can be reached. */
async function choose(): Promise<Backup> {
  const all = await listBackups(from)
  const usable = all.filter(({ manifest }) => at === undefined || manifest.takenAt <= at)
  const backup = usable.at(-1)
  if (backup !== undefined) {
    if (at !== undefined && config.ARCHIVE_DIR === undefined)
      throw new Error('恢复到某一时刻须有归档日志：请设置 ARCHIVE_DIR')
    return backup
  }
  const oldest = all[0]
  throw new Error(
    oldest === undefined
      ? `${from} 中没有备份`
      : `${at} 早于最早的备份（${oldest.manifest.takenAt} 完成），无法恢复到该时刻`,
  )
}

async function restore(backup: Backup): Promise<void> {
  const dataDir = config.dataDir
  for (const name of ['database', 'files'])
    if (!(await isEmptyOrMissing(join(dataDir, name))))
      throw new Error(`${join(dataDir, name)} 不是空的，请先移开`)
  const key = await opening(backup)
  const keyFile = await keysFor(backup)
  const home = { dataDir: join(dataDir, 'database'), durable: true, archiveDir: config.ARCHIVE_DIR }
  await rebuild(backup, dataDir, home, key)
  // That history was taken back to an earlier moment belongs to the history.
  const data = { name: backup.name, takenAt: backup.manifest.takenAt, to: at ?? null }
  await withServer(home, (url) => note(url, 'restore', 'system.restored', data))
  say(`✓ 已恢复到 ${dataDir}，用时 ${seconds()} 秒。`)
  if (keyFile === undefined) say('  主密钥尚未放回：放到 keys/master.key（0400）后才能启动。')
  say('  现在可以 npm start；再以 npm run verify 核对历史。')
}

/** Passed or not, that it was made belongs to the history of the installation that runs here. */
async function drill(backup: Backup): Promise<void> {
  const faults: string[] = []
  try {
    faults.push(...(await proveIn(backup)))
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error))
    throw error
  } finally {
    await noteDrill(backup, faults).catch((error: unknown) =>
      say(`✗ 演练未能记入历史：${error instanceof Error ? error.message : String(error)}`),
    )
  }
  say(
    faults.length === 0
      ? `✓ 演练通过，用时 ${seconds()} 秒。`
      : `✗ 演练未通过：${faults.length} 项，用时 ${seconds()} 秒。`,
  )
  if (faults.length > 0) process.exitCode = 1
}

/** In a scratch folder; what is wrong. */
async function proveIn(backup: Backup): Promise<string[]> {
  const key = await opening(backup)
  await sweepScratch()
  const scratch = await mkdtemp(join(tmpdir(), `${SCRATCH}${process.pid}-`))
  await chmod(scratch, 0o755) // the database's own user must pass through
  try {
    const keyFile = await keysFor(backup)
    if (keyFile === undefined) throw new Error('没有主密钥：请用 MASTER_KEY_FILE 指定')
    // Nothing here must survive a power cut.
    const home = { dataDir: join(scratch, 'database'), durable: false }
    const lacking = await rebuild(backup, scratch, home, key)
    const lines = await withServer(home, async (url) => {
      const proof = { url, keyFile, store: join(scratch, 'files'), rows: backup.manifest.rows }
      return [...(await prove(proof)), await walk(home)]
    })
    for (const { good, text } of lines) say(`${good ? '✓' : '✗'} ${text}`)
    return [...lacking, ...lines.filter(({ good }) => !good).map(({ text }) => text)]
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** A copy holds what is wrong in the original: here it costs the service nothing to look. */
async function walk(home: HomeOptions): Promise<Line> {
  const { checked, damaged } = await findDamage(home)
  const named = damaged.length === 0 ? '' : `：${damaged.slice(0, 5).join('、')}`
  const text = `逐页核对 ${checked} 张表和索引（amcheck），${damaged.length} 个有损坏${named}`
  return { good: damaged.length === 0, text }
}

/** What drills left behind that were killed: a copy of everything, and perhaps its server. */
async function sweepScratch(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(SCRATCH) ? Number.parseInt(name.slice(SCRATCH.length), 10) : Number.NaN
    if (Number.isNaN(pid) || isAlive(pid)) continue
    const folder = join(tmpdir(), name)
    if ((await stat(folder).catch(unlessGone(undefined)))?.uid !== process.getuid?.()) continue
    const home = { dataDir: join(folder, 'database'), durable: false }
    const left = existsSync(home.dataDir) ? await attachEmbedded(home) : undefined
    if (left !== undefined) await withServer(home, () => Promise.resolve())
    await rm(folder, { recursive: true, force: true })
  }
}

async function noteDrill({ name, manifest }: Backup, faults: string[]): Promise<void> {
  const home = { dataDir: join(config.dataDir, 'database'), durable: true, archiveDir: config.ARCHIVE_DIR }
  const running = isInstalled(config) ? await attachEmbedded(home) : undefined
  if (running === undefined) {
    say('  本机没有运行中的服务，演练未记入历史')
    return
  }
  const data = { name, takenAt: manifest.takenAt, seconds: Number(seconds()) }
  if (faults.length === 0) await note(running.url, 'drill', DRILLED, data)
  else await note(running.url, 'drill', DRILL_FAILED, { ...data, faults: faults.slice(0, 20) })
}

/** The database and the stored files. The log comes from ARCHIVE_DIR; what is written anew goes where `home` says. What is lacking. */
async function rebuild(
  backup: Backup,
  dataDir: string,
  home: HomeOptions,
  key: BackupKey | undefined,
): Promise<string[]> {
  const opens = key && ((path: string) => key.opens(sealName(backup.manifest, path)))
  const recovery = { at, archiveFolder: config.ARCHIVE_DIR && resolve(config.ARCHIVE_DIR), opens }
  await restoreCluster(backup.manifest.cluster, backup.folder, home, recovery)
  const { count, lacking } = await restoreFiles(backup, join(dataDir, 'files'), key)
  say(`  数据库已恢复${at === undefined ? '' : `到 ${at}`}，附件 ${count} 个`)
  if (lacking.length === 0) return []
  const fault = `备份中缺 ${lacking.length} 个附件：${lacking.slice(0, 5).join('、')}`
  say(`✗ ${fault}`)
  process.exitCode = 1
  return [fault]
}

/** What opens the backup, before anything is written: undefined where it is in clear. */
function opening(backup: Backup): Promise<BackupKey | undefined> {
  return keyOf(backup, readBackupKey(config.BACKUP_KEY_FILE), plain)
}

/** The key file, from the backup where it holds one; undefined when there is none yet. */
async function keysFor(backup: Backup): Promise<string | undefined> {
  const keyFile = keyFileOf(config)
  const there = (path: string) => stat(path).then(() => true, unlessGone(false))
  if (await there(keyFile)) return keyFile
  const saved = join(backup.folder, '..', 'keys', 'master.key')
  if (!(await there(saved))) return undefined
  if (verify) return saved
  await mkdir(dirname(keyFile), { recursive: true, mode: 0o700 })
  await copyFile(saved, keyFile)
  return keyFile
}

async function withServer<T>(home: HomeOptions, work: (url: string) => Promise<T>): Promise<T> {
  const server = await startEmbedded({ ...home, port: 0, log: silent })
  try {
    return await work(server.url)
  } finally {
    await server.stop()
    if (!home.durable) await rm(server.home, { recursive: true, force: true })
  }
}

async function note(url: string, actor: 'restore' | 'drill', type: string, data: EventData): Promise<void> {
  const onError = (error: Error) => say(`数据库连接中断：${error.name}`)
  const db = openDatabase({ url, connections: 2, clock: systemClock, onError })
  try {
    await db.transaction((tx) =>
      record(tx, systemActor(actor), { subject: 'system', subjectId: NIL, type, data }),
    )
  } finally {
    await db.end()
  }
}

function seconds(): string {
  return ((performance.now() - begun) / 1000).toFixed(1)
}

function leave(code: number, message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}
