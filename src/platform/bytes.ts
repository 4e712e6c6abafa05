// Bytes that grow at their end: what is sent to the database in many small pieces, outside of the heap.

/** Numbers are written as the network has them. `end` may be set back, to fill the memory again. */
export class Bytes {
  #bytes = Buffer.allocUnsafe(65_536)
  end = 0

  constructor(head: Buffer = Buffer.alloc(0)) {
    this.end = head.copy(this.#bytes)
  }

  #reserve(more: number): void {
    const needed = this.end + more
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, needed))
    this.#bytes.copy(grown, 0, 0, this.end)
    this.#bytes = grown
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.end++] = value
  }

  int16(value: number): void {
    this.#reserve(2)
    this.end = this.#bytes.writeInt16BE(value, this.end)
  }

  int32(value: number): void {
    this.#reserve(4)
    this.end = this.#bytes.writeInt32BE(value, this.end)
  }

  /** A safe integer, in eight bytes. */
  int64(value: number): void {
    const high = Math.floor(value / 2 ** 32)
    this.int32(high)
    this.int32((value - high * 2 ** 32) | 0)
  }

  /** Without their length. */
  text(text: string, encoding: 'utf8' | 'base64' = 'utf8'): void {
    this.#reserve(3 * text.length)
    this.end += this.#bytes.write(text, this.end, encoding)
  }

  bytes(bytes: Buffer): void {
    this.#reserve(bytes.length)
    this.end += bytes.copy(this.#bytes, this.end)
  }

  /** Throws a TypeError when the text is no id. */
  uuid(text: string): void {
    this.#reserve(16)
    let wrong = text.length - 36
    for (let at = 0, n = 0; n < 16; n++) {
      if (at === 8 || at === 13 || at === 18 || at === 23) wrong |= text.charCodeAt(at++) - HYPHEN
      const [high, low] = [half(text, at++), half(text, at++)]
      wrong |= (high | low) & ~15
      this.#bytes[this.end++] = (high << 4) | low
    }
    if (wrong !== 0) throw new TypeError('not an id')
  }

  /** What `write` writes, behind its length. */
  measured(write: () => void): void {
    const start = this.end
    this.int32(0)
    write()
    this.#bytes.writeInt32BE(this.end - start - 4, start)
  }

  /** What was written, until it is written over. */
  whole(): Buffer {
    return this.#bytes.subarray(0, this.end)
  }
}

const HYPHEN = 45
/** The value of a hexadecimal digit by its character code; -1 for what is none. */
const HALVES = Int8Array.from({ length: 128 }, (_, code) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase()),
)
function half(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code < 128 ? (HALVES[code] ?? -1) : -1
}
