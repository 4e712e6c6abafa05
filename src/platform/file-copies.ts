// Copies of files for backups: hashed on the way, on disk before they count, lists of folders.
import { createHash, type Hash } from 'node:crypto'
import { chmod, chown, mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface CopiedFile {
  /** From the folder that was copied, with slashes. */
  path: string
  bytes: number
  sha256: string
}

/** Who shall own what is written, where that is not this process's user. */
export interface Owner {
  uid: number
  gid: number
}

/** What the bytes pass through on the way. */
export type Step = (bytes: AsyncIterable<Buffer>) => AsyncIterable<Buffer>

/** `sums` says of which bytes the hash is: by default those that are written. */
export interface Through {
  step?: Step | undefined
  sums?: 'read' | 'written'
}

const CHUNK = 1024 * 1024
const AT_A_TIME = 4

/**
 * Copies one file whole; `flush` it here or all of them at the end, which is quicker. Throws ENOENT when the source is
 * gone, and what the step throws: the target then holds a part.
 */
export async function copyHashed(
  from: string,
  to: string,
  {
    owner,
    flush = false,
    step,
    sums = 'written',
  }: { owner?: Owner | undefined; flush?: boolean } & Through = {},
): Promise<Omit<CopiedFile, 'path'>> {
  const source = await open(from, 'r')
  try {
    const target = await open(to, 'w', 0o600)
    try {
      const sum = createHash('sha256')
      const read = chunks(source, sums === 'read' ? sum : undefined, step !== undefined)
      let bytes = 0
      for await (const part of step === undefined ? read : step(read)) {
        if (sums === 'written') sum.update(part)
        await target.writeFile(part)
        bytes += part.length
      }
      if (flush) await target.sync()
      if (owner !== undefined) await target.chown(owner.uid, owner.gid)
      return { bytes, sha256: sum.digest('hex') }
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

/** A step may keep what it was given: it gets each chunk as a buffer of its own. */
async function* chunks(source: FileHandle, sum: Hash | undefined, apart: boolean): AsyncGenerator<Buffer> {
  let buffer = Buffer.allocUnsafe(CHUNK)
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, CHUNK)
    if (bytesRead === 0) return
    const part = buffer.subarray(0, bytesRead)
    sum?.update(part)
    yield part
    if (apart) buffer = Buffer.allocUnsafe(CHUNK)
  }
}

/** The same under another name first, so that the target is whole or not there. */
export async function copyWhole(
  from: string,
  to: string,
  through: Through = {},
): Promise<Omit<CopiedFile, 'path'>> {
  const draft = `${to}.${process.pid}.part`
  try {
    const copied = await copyHashed(from, draft, { flush: true, ...through })
    await rename(draft, to)
    return copied
  } finally {
    await rm(draft, { force: true })
  }
}

/** Makes the folder and those above it, the owner's alone. */
export async function makeFolder(path: string, owner?: Owner): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 })
  if (first === undefined || owner === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made)) {
    await chown(made, owner.uid, owner.gid)
    await chmod(made, 0o700)
  }
}

/** What lies below a folder, folders and files apart, as paths from it with slashes; `skips` sees each path before it is entered. */
export async function listTree(
  root: string,
  skips: (path: string) => boolean = () => false,
): Promise<{ folders: string[]; files: string[] }> {
  const folders: string[] = []
  const files: string[] = []
  const visit = async (folder: string) => {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(unlessGone([]))
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (skips(path)) continue
      if (entry.isDirectory()) {
        folders.push(path)
        await visit(path)
      } else if (entry.isFile()) files.push(path)
      else throw new Error(`${join(root, path)} is neither a file nor a folder: it cannot be backed up`)
    }
  }
  await visit('')
  return { folders, files }
}

/** A few at a time, in any order. After a failure none is begun; it is thrown when those under way have ended. */
export async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = items.values()
  const failures: unknown[] = []
  const run = async () => {
    for (const item of waiting) {
      if (failures.length > 0) return
      await work(item).catch((error: unknown) => failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, run))
  if (failures.length > 0) throw failures[0]
}

/** Flushes all that lies below a folder, and the folder itself. */
export async function flushTree(root: string): Promise<void> {
  const { folders, files } = await listTree(root)
  await eachOf(files, (path) => flush(join(root, path), 'r+'))
  await flushFolders([...folders.map((path) => join(root, path)), root])
}

/** Flushes the entries of folders; Windows cannot open a folder, and flushes renames itself. */
export async function flushFolders(folders: readonly string[]): Promise<void> {
  if (process.platform !== 'win32') await eachOf(folders, (folder) => flush(folder, 'r'))
}

/** Windows flushes only what is open for writing. */
async function flush(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export async function isEmptyOrMissing(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(unlessGone(undefined))
  return found === undefined || (found.isDirectory() && (await readdir(folder)).length === 0)
}

/** For `catch`: `value` when the file or folder is not there, the error otherwise. */
export function unlessGone<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return value
    throw error
  }
}
