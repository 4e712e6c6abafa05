// The master key file: lines `keyId:base64 of 32 bytes`, readable by its owner only, the highest key id being the newest.
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

const KEY_BYTES = 32
const LINE = /^([1-9]\d{0,2}):([A-Za-z0-9+/]{43}=)$/

/** What is wrong with the key file; the message names file and line, never a key. */
export class KeyFileError extends Error {
  readonly code:
    | 'vault/key-file-missing'
    | 'vault/key-file-exposed'
    | 'vault/key-file-invalid'
    | 'vault/key-file-foreign'
  constructor(code: KeyFileError['code'], message: string) {
    super(message)
    this.name = 'KeyFileError'
    this.code = code
  }
}

function newLine(keyId: number): string {
  return `${keyId}:${randomBytes(KEY_BYTES).toString('base64')}\n`
}

function fsyncPath(path: string): void {
  // Windows cannot open a folder to flush it, and flushes renames itself.
  if (process.platform === 'win32' && statSync(path).isDirectory()) return
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

// Complete and on disk under another name first, so that no reader and no power cut ever meets half a key.
function writeBeside(path: string, text: string, put: (written: string) => void): void {
  const written = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
  try {
    writeFileSync(written, text, { mode: 0o400, flag: 'wx' })
    fsyncPath(written)
    put(written)
  } finally {
    rmSync(written, { force: true })
  }
  fsyncPath(dirname(path))
}

/** Creates the file with one fresh key unless it exists; of several starting processes, one creates and all read the same. */
export function createKeyFile(path: string): void {
  if (existsSync(path)) return
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeBeside(path, newLine(1), (written) => {
    try {
      linkSync(written, path)
    } catch (error) {
      if (!existsSync(path)) throw error
    }
  })
}

/** Group read is allowed: container platforms mount secrets as root:group 0440. Windows has no such bits. */
export function isExposed(path: string): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & 0o027) !== 0
}

/** Reads all key versions: key id (1–255) → 32 bytes. Throws `KeyFileError`. */
export function readKeyFile(path: string): Map<number, Buffer> {
  if (!existsSync(path)) {
    throw new KeyFileError('vault/key-file-missing', `Master key file ${path} does not exist`)
  }
  if (isExposed(path)) {
    throw new KeyFileError(
      'vault/key-file-exposed',
      `Master key file ${path} must be readable by its owner only (0400)`,
    )
  }
  const keys = new Map<number, Buffer>()
  for (const [at, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [, id, text] = LINE.exec(line.trim()) ?? []
    const keyId = Number(id)
    const key = Buffer.from(text ?? '', 'base64')
    if (!(keyId <= 255) || key.length !== KEY_BYTES || keys.has(keyId)) {
      throw new KeyFileError(
        'vault/key-file-invalid',
        `Master key file ${path}, line ${at + 1}: not a new keyId:base64`,
      )
    }
    keys.set(keyId, key)
  }
  if (keys.size === 0)
    throw new KeyFileError('vault/key-file-invalid', `Master key file ${path} holds no key`)
  return keys
}

/** Adds a fresh newest key version and returns its id; running processes use it after a restart. */
export function addKeyVersion(path: string): number {
  const keyId = Math.max(...readKeyFile(path).keys()) + 1
  if (keyId > 255)
    throw new KeyFileError('vault/key-file-invalid', `Master key file ${path} is full (255 key versions)`)
  const before = readFileSync(path, 'utf8')
  const text = before.endsWith('\n') ? before : `${before}\n`
  // Whoever could read it before can read it after, also when an administrator adds the key.
  const { uid, gid, mode } = statSync(path)
  writeBeside(path, text + newLine(keyId), (written) => {
    if (process.getuid?.() === 0) chownSync(written, uid, gid)
    chmodSync(written, mode & 0o777)
    renameSync(written, path)
  })
  return keyId
}
