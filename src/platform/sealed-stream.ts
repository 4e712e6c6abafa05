// Seals a stream of any length by AES-256-GCM in pieces, so that what was cut, reordered, swapped or altered does not open.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

export type Bytes = AsyncIterable<Buffer> | Iterable<Buffer>

const MAGIC = Buffer.from('BJSEAL1\n')
const SALT = 32
const TAG = 16
const PIECE = 1024 * 1024

/** Another key or name, or not what was sealed. */
export class NotOpened extends Error {
  constructor(name: string, options?: ErrorOptions) {
    super(
      `${name} does not open: another key, or the file was altered, cut or put in place of another`,
      options,
    )
    this.name = 'NotOpened'
  }
}

/** `name` is what the stream is called: under another name it does not open. */
export async function* sealed(plain: Bytes, key: Buffer, name: string): AsyncGenerator<Buffer> {
  const salt = randomBytes(SALT)
  const own = keyOf(key, salt, name)
  yield Buffer.concat([MAGIC, salt])
  let count = 0
  for await (const { piece, last } of pieces(plain, PIECE)) {
    const cipher = createCipheriv('aes-256-gcm', own, nonce(count++, last), { authTagLength: TAG })
    yield Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()])
  }
}

/** Yields only what was proved; that the end was cut off is known at the end, so what came before counts only then. */
export async function* opened(closed: Bytes, key: Buffer, name: string): AsyncGenerator<Buffer> {
  const head = MAGIC.length + SALT
  let own: Buffer | undefined
  let count = 0
  for await (const { piece, last } of pieces(closed, PIECE + TAG, head)) {
    if (own === undefined) {
      if (last || !piece.subarray(0, MAGIC.length).equals(MAGIC)) throw new NotOpened(name)
      own = keyOf(key, piece.subarray(MAGIC.length), name)
      continue
    }
    yield unsealed(piece, own, nonce(count++, last), name)
  }
}

function unsealed(piece: Buffer, own: Buffer, iv: Buffer, name: string): Buffer {
  if (piece.length < TAG) throw new NotOpened(name)
  const decipher = createDecipheriv('aes-256-gcm', own, iv, { authTagLength: TAG })
  decipher.setAuthTag(piece.subarray(-TAG))
  const part = decipher.update(piece.subarray(0, -TAG))
  try {
    return Buffer.concat([part, decipher.final()])
  } catch (error) {
    throw new NotOpened(name, { cause: error })
  }
}

/** A key for this stream alone: so a nonce need only count. */
function keyOf(key: Buffer, salt: Buffer, name: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, `banjian sealed stream 1\0${name}`, 32))
}

/** Its place in the stream, and whether it is the last. */
function nonce(count: number, last: boolean): Buffer {
  const iv = Buffer.alloc(12)
  iv.writeUIntBE(count, 5, 6)
  iv[11] = last ? 1 : 0
  return iv
}

/** The stream cut anew: each piece `size` long but the last, which may be empty only where the stream is; the first `head` long. */
async function* pieces(
  source: Bytes,
  size: number,
  head = size,
): AsyncGenerator<{ piece: Buffer; last: boolean }> {
  let wanted = head
  let held: Buffer[] = []
  let length = 0
  for await (const part of source) {
    held.push(part)
    length += part.length
    if (length <= wanted) continue
    let all = Buffer.concat(held)
    // The last one is kept back until it is known whether more follows.
    while (all.length > wanted) {
      yield { piece: all.subarray(0, wanted), last: false }
      all = all.subarray(wanted)
      wanted = size
    }
    held = [Buffer.from(all)]
    length = all.length
  }
  yield { piece: Buffer.concat(held), last: true }
}
