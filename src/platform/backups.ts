// A folder of backups: each with its manifest, the stored files once for all of them, old ones taken away.
import { hash } from 'node:crypto'
import { appendFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { BackupKey } from './backup-key.ts'
import type { Instant } from './clock.ts'
import { isAlive } from './embedded-programs.ts'
import {
  copyWhole,
  eachOf,
  flushFolders,
  flushTree,
  isEmptyOrMissing,
  listTree,
  makeFolder,
  unlessGone,
} from './file-copies.ts'
import { rotated } from './rotation.ts'
import { NotOpened } from './sealed-stream.ts'

const copied = z.object({ path: z.string(), bytes: z.int(), sha256: z.string() })
const manifestShape = z.object({
  /** 2 where it is sealed, so that a version that cannot open it says so. */
  format: z.literal([1, 2]),
  /** Of the service that took it. */
  version: z.string(),
  begunAt: z.string(),
  /** Earliest moment that the backup can be recovered to. */
  takenAt: z.string(),
  cluster: z.object({
    firstSegment: z.string(),
    lastSegment: z.string(),
    endLsn: z.string(),
    folders: z.array(z.string()),
    files: z.array(copied),
  }),
  /** How many stored files belong to it; their names are in `files.list`. */
  storedFiles: z.int(),
  /** Marks of the master keys: without these keys nothing sealed can be read. */
  keys: z.array(z.object({ keyId: z.int(), fingerprint: z.string() })),
  /** Rows that were there when it was taken, of tables that only grow. */
  rows: z.record(z.string(), z.int()),
  /** Where all is sealed but this and the list: by which key, SHA-256 of the list, and the key's signature of it all. */
  sealed: z.object({ fingerprint: z.string(), list: z.string(), mac: z.string() }).optional(),
})

export type Manifest = z.infer<typeof manifestShape>

export interface Backup {
  name: string
  folder: string
  manifest: Manifest
}

const NAME = /^banjian-\d{8}T\d{6}$/
const STORED = /^[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{64}$/
const MANIFEST = 'manifest.json'
const LIST = 'files.list'
/**
 * Folder of the stored files, shared by all backups beside it: a file's name is the hash of what it holds. Sealed ones have
 * a folder for each key: what lies in clear, or under another key, does not stand for them.
 */
const POOL = 'files'
const POOLS = /^files(-[0-9a-f]{16})?$/
const poolOf = (fingerprint: string | undefined) =>
  fingerprint === undefined ? POOL : `${POOL}-${fingerprint}`

/** `2020-08-14T09:03:07.000+08:00` → `banjian-20200814T090307`. */
export function backupName(at: Instant): string {
  return `banjian-${at.slice(0, 19).replaceAll(/[-:]/g, '')}`
}

/** Makes the folder in which a backup grows until it is complete; what runs that were killed left is taken away. */
export async function beginBackup(to: string, name: string): Promise<string> {
  await mkdir(to, { recursive: true, mode: 0o700 })
  for (const entry of await readdir(to)) {
    const pid = /^\.banjian-.*\.(\d+)\.part$/.exec(entry)?.[1]
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(to, entry), { recursive: true, force: true })
  }
  const folder = join(to, `.${name}.${process.pid}.part`)
  await mkdir(folder, { mode: 0o700 })
  return folder
}

/** What the files of the cluster are sealed under: the moment that the manifest tells, so that the folder may be renamed. */
export function sealName({ begunAt }: Pick<Manifest, 'begunAt'>, path: string): string {
  return `${backupName(begunAt)}/${path}`
}

/** Gives the backup its manifest and then its name: from then on it counts. */
export async function finishBackup(
  growing: string,
  to: string,
  name: string,
  plain: Manifest,
  key?: BackupKey,
): Promise<Backup> {
  const manifest = key === undefined ? plain : await signed(plain, growing, key)
  await writeFile(join(growing, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`, {
    mode: 0o600,
    flush: true,
  })
  await flushTree(growing)
  const folder = join(to, name)
  await rename(growing, folder)
  await flushFolders([to])
  return { name, folder, manifest }
}

async function signed(plain: Manifest, folder: string, key: BackupKey): Promise<Manifest> {
  const { fingerprint } = key
  const sealed = { fingerprint, list: hash('sha256', await readFile(join(folder, LIST))), mac: '' }
  const manifest: Manifest = { ...plain, format: 2, sealed }
  return { ...manifest, sealed: { ...sealed, mac: key.sign(signable(manifest)) } }
}

/** The same text whoever wrote it and whoever read it. */
function signable(manifest: Manifest): string {
  return JSON.stringify(manifestShape.parse({ ...manifest, sealed: { ...manifest.sealed, mac: '' } }))
}

/**
 * The key that opens the backup, proved to be the one, and the manifest and list to be as they were written; undefined for
 * a backup in clear. Where there is a key, one in clear counts only if `plain`: else nobody would see that one was put there.
 */
export async function keyOf(
  { folder, manifest }: Backup,
  key: BackupKey | undefined,
  plain: boolean,
): Promise<BackupKey | undefined> {
  const { sealed } = manifest
  if (sealed === undefined) {
    if (key === undefined || plain) return undefined
    throw new Error('已设置 BACKUP_KEY_FILE，而此备份未加密：确系设置密钥之前所做的备份，请加 --plain')
  }
  if (key === undefined) throw new Error('此备份已加密：请用 BACKUP_KEY_FILE 指定备份密钥')
  if (sealed.fingerprint !== key.fingerprint)
    throw new Error(`备份密钥不符：此备份用的是 ${sealed.fingerprint}，BACKUP_KEY_FILE 是 ${key.fingerprint}`)
  const list = await readFile(join(folder, LIST)).catch(unlessGone(undefined))
  if (
    list === undefined ||
    sealed.list !== hash('sha256', list) ||
    sealed.mac !== key.sign(signable(manifest))
  )
    throw new Error('备份的清单（manifest.json 或 files.list）被改动或已损坏')
  return key
}

/** All backups of a folder, or the one that the folder itself is; the oldest first. */
export async function listBackups(from: string): Promise<Backup[]> {
  const own = await readBackup(from)
  if (own !== undefined) return [own]
  const names = (await readdir(from)).filter((name) => NAME.test(name)).toSorted()
  const found = await Promise.all(names.map((name) => readBackup(join(from, name))))
  return found.filter((backup) => backup !== undefined)
}

async function readBackup(folder: string): Promise<Backup | undefined> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(unlessGone(undefined))
  if (text === undefined) return undefined
  const parsed = manifestShape.safeParse(JSON.parse(text))
  if (!parsed.success)
    throw new Error(`${join(folder, MANIFEST)} is no manifest of a backup that this version reads`)
  return {
    name: folder.split(/[\\/]/).findLast((part) => part !== '') ?? folder,
    folder,
    manifest: parsed.data,
  }
}

/**
 * Copies what the pool lacks of the content store, and notes the names in the growing backup; call it again at the end
 * for what came meanwhile. Returns how many there are by now, and those whose content no longer fits their name.
 */
export async function backUpFiles(
  store: string,
  to: string,
  growing: string,
  key?: BackupKey,
): Promise<{ count: number; damaged: string[] }> {
  const list = join(growing, LIST)
  const noted = new Set((await readFile(list, 'utf8').catch(unlessGone(''))).split('\n'))
  const { files } = await listTree(store, (path) => path === 'tmp')
  const damaged: string[] = []
  const fresh = files.filter((path) => STORED.test(path) && !noted.has(path))
  await eachOf(fresh, async (path) => {
    const target = join(to, poolOf(key?.fingerprint), path)
    if ((await stat(target).catch(unlessGone(undefined))) !== undefined) return
    await makeFolder(join(target, '..'))
    const through = { step: key?.seals(path), sums: 'read' as const }
    const one = await copyWhole(join(store, path), target, through).catch(unlessGone(undefined))
    if (one !== undefined && !path.endsWith(one.sha256)) {
      await rm(target)
      damaged.push(path)
    }
  })
  await appendFile(list, fresh.map((path) => `${path}\n`).join(''), { mode: 0o600 })
  return { count: noted.size - 1 + fresh.length, damaged }
}

/** Brings a backup's stored files into an empty store. Returns those that the pool lacks or holds damaged. */
export async function restoreFiles(
  backup: Backup,
  store: string,
  key?: BackupKey,
): Promise<{ count: number; lacking: string[] }> {
  if (!(await isEmptyOrMissing(store))) throw new Error(`${store} holds files already`)
  const names = await storedNames(backup)
  const lacking: string[] = []
  await eachOf(names, async (path) => {
    const target = join(store, path)
    await makeFolder(join(target, '..'))
    const saved = join(backup.folder, '..', poolOf(key?.fingerprint), path)
    const one = await copyWhole(saved, target, { step: key?.opens(path) }).catch((error: unknown) =>
      error instanceof NotOpened ? undefined : unlessGone(undefined)(error),
    )
    if (one !== undefined && path.endsWith(one.sha256)) return
    await rm(target, { force: true })
    lacking.push(path)
  })
  return { count: names.length - lacking.length, lacking }
}

async function storedNames({ folder }: Pick<Backup, 'folder'>): Promise<string[]> {
  const text = await readFile(join(folder, LIST), 'utf8').catch(unlessGone(''))
  return text.split('\n').filter((path) => STORED.test(path))
}

/** Of all backups those that stay, and those whose moments the log must go on from. */
export type Keeping = (all: readonly Backup[]) => { kept: Backup[]; daily: Backup[] }

/** The newest `count`. */
export function newest(count: number): Keeping {
  return (all) => ({ kept: all.slice(-count), daily: all.slice(-count) })
}

export const rotation: Keeping = (all) => rotated(all, ({ manifest }) => manifest.takenAt)

/**
 * Takes away the backups of a folder that do not stay, the stored files that none of the others names, and the archived
 * log from before those that it leads on from. Returns what is no more.
 */
export async function keepOnly(to: string, keeping: Keeping, archiveFolder: string | undefined) {
  const all = await listBackups(to)
  const { kept, daily } = keeping(all)
  const gone = all.filter((backup) => !kept.includes(backup))
  for (const { folder } of gone) await rm(folder, { recursive: true })
  const loose: string[] = []
  for (const pool of (await readdir(to)).filter((name) => POOLS.test(name))) {
    const naming = kept.filter(({ manifest }) => poolOf(manifest.sealed?.fingerprint) === pool)
    const needed = new Set((await Promise.all(naming.map(storedNames))).flat())
    const { files } = await listTree(join(to, pool))
    const unneeded = files.filter((path) => STORED.test(path) && !needed.has(path))
    loose.push(...unneeded.map((path) => join(to, pool, path)))
  }
  for (const path of loose) await rm(path, { force: true })
  const log = archiveFolder === undefined ? [] : await oldSegments(archiveFolder, daily)
  for (const path of log) await rm(path, { force: true })
  return { backups: gone.map(({ name }) => name), files: loose.length, segments: log.length }
}

/** Segments before the first that one of these backups needs. A name is timeline (8 digits) and place (16 digits). */
async function oldSegments(archiveFolder: string, kept: readonly Backup[]): Promise<string[]> {
  const place = (name: string) => name.slice(8, 24)
  const oldest = kept.map(({ manifest }) => place(manifest.cluster.firstSegment)).toSorted()[0]
  if (oldest === undefined) return []
  const names = await readdir(archiveFolder).catch(unlessGone([]))
  return names
    .filter((name) => /^[0-9A-F]{24}(\.[0-9A-F]{8}\.backup)?\.gz$/.test(name) && place(name) < oldest)
    .map((name) => join(archiveFolder, name))
}
