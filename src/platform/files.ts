// The content store: every file under the SHA-256 of its bytes, complete or not there at all.
import { createHash, randomUUID } from 'node:crypto'
import type { ReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { epochMs, type Instant } from './clock.ts'
import { endingFits, fileKinds, kindOf, type FileKind } from './file-kinds.ts'
import { checkFileName } from './file-names.ts'
import { fieldProblem, Problem } from './problems.ts'

export interface NewFile {
  /** As the sender called it. */
  name: string
  /** Largest size in bytes. */
  maxBytes: number
  /** Kinds that this use takes, told by content. */
  allow: readonly FileKind[]
}

export interface StoredFile {
  /** SHA-256 of the content, 64 lower-case hex digits: the key to open it. */
  hash: string
  /** Bytes. */
  size: number
  /** Media type. */
  type: string
  /** The name, cleaned. */
  name: string
}

/** Files on disk. Several processes may use one folder; equal contents are stored once. */
export interface Files {
  /**
   * Reads the source to its end and keeps it. Throws `file/name-invalid`, `file/empty`, `file/too-large`,
   * `file/type-not-allowed`, `file/encrypted` or `file/ending-differs`, and then nothing is kept.
   */
  store(source: Readable | Uint8Array, file: NewFile): Promise<StoredFile>
  /** Throws `file/not-found`. */
  open(hash: string): Promise<ReadStream>
  path(hash: string): string
  /** Only when no row refers to the hash any more. */
  remove(hash: string): Promise<void>
  /** Deletes what uploads broken off more than a day ago left behind; returns how many. */
  sweep(now: Instant): Promise<number>
}

const DAY_MS = 86_400_000

export async function openFiles({ dir }: { dir: string }): Promise<Files> {
  const tmp = join(dir, 'tmp')
  await mkdir(tmp, { recursive: true, mode: 0o700 })

  const path = (hash: string): string => {
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new Problem('file/not-found', { detail: 'not a content hash' })
    return join(dir, hash.slice(0, 2), hash.slice(2, 4), hash)
  }

  return {
    path,

    async store(source, { name, maxBytes, allow }) {
      const clean = checkFileName(name)
      const written = join(tmp, randomUUID())
      try {
        const { hash, size } = await write(source, written, maxBytes)
        const type = await typeOf(written, clean, allow)
        await place(written, path(hash))
        return { hash, size, type, name: clean }
      } finally {
        await rm(written, { force: true })
      }
    },

    async open(hash) {
      try {
        return (await open(path(hash))).createReadStream()
      } catch (error) {
        if (isMissing(error)) throw new Problem('file/not-found', { detail: `no content ${hash}` })
        throw error
      }
    },

    remove: (hash) => rm(path(hash), { force: true }),

    async sweep(now) {
      const leftBehind = await Promise.all(
        (await readdir(tmp)).map(async (entry) => {
          const changed = await stat(join(tmp, entry)).catch((error: unknown) => {
            if (isMissing(error)) return undefined // its upload has just ended
            throw error
          })
          return changed !== undefined && changed.mtimeMs < epochMs(now) - DAY_MS ? [join(tmp, entry)] : []
        }),
      )
      const old = leftBehind.flat()
      await Promise.all(old.map((entry) => rm(entry, { force: true })))
      return old.length
    },
  }
}

/** Streams into a new file and to the platter, counting and hashing on the way. */
async function write(source: Readable | Uint8Array, to: string, maxBytes: number) {
  const sha256 = createHash('sha256')
  let size = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source instanceof Uint8Array ? [source] : source) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('a file must be stored from a stream of bytes')
      size += chunk.length
      if (size > maxBytes) throw tooLarge(maxBytes)
      sha256.update(chunk)
      yield chunk
    }
  }
  const handle = await open(to, 'wx', 0o600)
  try {
    await handle.writeFile(counted())
    // A multipart parser that meets its own limit ends the stream early and says so only here.
    if ('truncated' in source && source.truncated === true) throw tooLarge(maxBytes)
    if (size === 0) throw new Problem('file/empty')
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { hash: sha256.digest('hex'), size }
}

function tooLarge(maxBytes: number): Problem {
  return new Problem('file/too-large', { detail: `at most ${maxBytes} bytes`, extras: { maxBytes } })
}

async function typeOf(path: string, name: string, allow: readonly FileKind[]): Promise<string> {
  const kind = await kindOf(path, name)
  if (kind === 'encrypted') throw new Problem('file/encrypted')
  if (kind === undefined || !allow.includes(kind)) {
    throw new Problem('file/type-not-allowed', { extras: { allowed: allow } })
  }
  if (!endingFits(kind, name)) {
    const message = `文件内容是 ${kind}，与扩展名不符`
    throw fieldProblem('file/ending-differs', '/body/file', message)
  }
  return fileKinds[kind].type
}

/** Renames into place: a reader sees all of the content or none, also after a power cut. Equal content is replaced by itself. */
async function place(written: string, final: string): Promise<void> {
  const folder = dirname(final)
  const created = await mkdir(folder, { recursive: true, mode: 0o700 })
  await rename(written, final)
  await syncFolder(folder)
  if (created === undefined) return
  await syncFolder(dirname(folder))
  await syncFolder(dirname(dirname(folder)))
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return // folders cannot be opened there, and renames are flushed by the system
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
