// The zip package of a workbook: its parts, unpacked piece by piece while the bytes are counted, for headers may lie.
import { pipeline } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import yauzl from 'yauzl'
import type { ImportLimits } from './limits.ts'
import { damaged, refusalOf, refuse } from './refusal.ts'

export interface Parts {
  /** Names in lower case: they are compared without regard to case (ECMA-376 part 2, 6.2.2.3). */
  names: ReadonlySet<string>
  /** Pieces of one part; checks size and checksum at its end. May be read more than once. */
  read(name: string): AsyncGenerator<Buffer>
  close(): void
}

/** Told of every piece of work, so that it can watch the time and give signs of life. */
export interface Meter {
  tick(bytes: number): void
}

const PIECE = 131_072
const RATIO_FROM = 10_000_000

export async function openParts(path: string, limits: ImportLimits, meter: Meter): Promise<Parts> {
  const zip = await guarded(yauzl.openPromise(path, { autoClose: false, validateEntrySizes: false }))
  const entries = new Map<string, yauzl.Entry>()
  const inflated = new Map<string, number>()

  /** Parts read twice count once. */
  function count(entry: yauzl.Entry, bytes: number, packed: number): void {
    if (bytes > entry.uncompressedSize) damaged(`${entry.fileName} is larger than its header says`)
    const before = inflated.get(entry.fileName) ?? 0
    if (bytes <= before) return
    inflated.set(entry.fileName, bytes)
    let total = 0
    for (const part of inflated.values()) total += part
    if (total > limits.inflatedBytes) {
      refuse({
        code: 'import/unpacks-too-large',
        detail: `unpacks to more than ${limits.inflatedBytes} bytes`,
      })
    }
    if (bytes > RATIO_FROM && bytes > limits.inflateRatio * Math.max(packed, 1)) {
      const detail = `${entry.fileName} unpacks to more than ${limits.inflateRatio} times its size`
      refuse({ code: 'import/unpacks-too-large', detail })
    }
  }

  async function collect(): Promise<void> {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName.toLowerCase()
      if (entries.has(name)) damaged(`${entry.fileName} is there twice`)
      if (entry.isEncrypted())
        refuse({ code: 'import/encrypted', detail: 'the package is a zip with a password' })
      entries.set(name, entry)
    }
  }

  async function* read(name: string): AsyncGenerator<Buffer> {
    const entry = entries.get(name.toLowerCase())
    if (entry === undefined) return damaged(`${name} is missing`)
    if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
      damaged(`${entry.fileName} is packed by method ${entry.compressionMethod}`)
    }
    const packed = await guarded(zip.openReadStreamPromise(entry, { decodeFileData: false }))
    const inflate = entry.compressionMethod === 8 ? createInflateRaw({ chunkSize: PIECE }) : undefined
    // Errors arrive through the iteration below; destroying the last stream destroys the first.
    const unpacked = inflate === undefined ? packed : pipeline(packed, inflate, () => undefined)
    let bytes = 0
    let checksum = 0
    try {
      for await (const piece of unpacked as AsyncIterable<Buffer>) {
        bytes += piece.length
        meter.tick(piece.length)
        count(entry, bytes, inflate?.bytesWritten ?? bytes)
        checksum = crc32(piece, checksum)
        yield piece
      }
    } catch (error) {
      if (refusalOf(error) !== undefined) throw error
      damaged(`${entry.fileName}: ${error instanceof Error ? error.message : 'cannot be unpacked'}`)
    } finally {
      unpacked.destroy()
      packed.destroy()
    }
    if (bytes !== entry.uncompressedSize) damaged(`${entry.fileName} is smaller than its header says`)
    if (checksum !== entry.crc32) damaged(`${entry.fileName} does not match its checksum`)
  }

  try {
    if (zip.entryCount > limits.entries) {
      refuse({ code: 'import/too-many-parts', detail: `${zip.entryCount} parts, at most ${limits.entries}` })
    }
    await guarded(collect())
  } catch (error) {
    zip.close()
    throw error
  }
  return { names: new Set(entries.keys()), read, close: () => zip.close() }
}

/** What the zip reader objects to is damage of the file. */
async function guarded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (refusalOf(error) !== undefined) throw error
    const detail = error instanceof Error ? error.message : 'not a zip package'
    if (/encrypt/i.test(detail)) refuse({ code: 'import/encrypted', detail })
    return damaged(detail)
  }
}
