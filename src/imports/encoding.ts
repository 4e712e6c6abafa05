// Finds the encoding of a text file by trying strictly, never by statistics, and names the first row that does not fit.
import { isUtf8 } from 'node:buffer'
import { closeSync, openSync, readSync } from 'node:fs'
import type { Meter } from './package-parts.ts'
import { refuse } from './refusal.ts'
import type { About } from './sheet.ts'

export interface TextEncoding {
  name: NonNullable<About['encoding']>
  /** Bytes of the byte order mark. */
  skip: number
}

const PIECE = 1_048_576
const LINE = 10
/** A line of GB18030 Chinese that long is not valid UTF-8 by chance (about 0.2 a character, 20 characters). */
const TELLING_BYTES = 40

/** A byte order mark decides; else strict UTF-8; else strict GB18030. */
export function encodingOf(path: string, meter: Meter): TextEncoding {
  const file = openSync(path, 'r')
  try {
    const mark = Buffer.alloc(3)
    readSync(file, mark, 0, 3, 0)
    if (mark[0] === 0xff && mark[1] === 0xfe) return checked(file, { name: 'utf-16le', skip: 2 }, meter)
    if (mark[0] === 0xfe && mark[1] === 0xff) return checked(file, { name: 'utf-16be', skip: 2 }, meter)
    if (mark[0] === 0xef && mark[1] === 0xbb && mark[2] === 0xbf) return checkedUtf8(file, 3, meter)
    if (badUtf8Line(file, 0, meter) === undefined) return { name: 'utf-8', skip: 0 }
    return checkedGb18030(file, meter)
  } finally {
    closeSync(file)
  }
}

function checkedUtf8(file: number, skip: number, meter: Meter): TextEncoding {
  const line = badUtf8Line(file, skip, meter)
  if (line !== undefined)
    badRow(line, `第 ${line} 行不是有效的 UTF-8 文字`, 'UTF-8 by its mark, but not here')
  return { name: 'utf-8', skip }
}

function checked(file: number, encoding: TextEncoding, meter: Meter): TextEncoding {
  const decoder = new TextDecoder(encoding.name, { fatal: true })
  let line = 1
  for (const piece of pieces(file, encoding.skip)) {
    meter.tick(piece.length)
    let text: string
    try {
      text = decoder.decode(piece, { stream: true })
    } catch {
      badRow(
        line,
        `第 ${line} 行或其后不是有效的 UTF-16 文字`,
        `${encoding.name} by its mark, but not at or after here`,
      )
    }
    if (text.includes('\0')) binary(line)
    line += text.split('\n').length - 1
  }
  try {
    decoder.decode()
  } catch {
    badRow(line, `第 ${line} 行不完整`, 'ends inside a character')
  }
  return encoding
}

/** GB18030 accepts much, also many UTF-8 texts: a line that is plainly UTF-8 means two encodings in one file. */
function checkedGb18030(file: number, meter: Meter): TextEncoding {
  let firstChinese: 'utf-8' | 'gb18030' | undefined
  for (const { line, n } of lines(file, meter)) {
    if (line.includes(0)) binary(n)
    const asUtf8 = isUtf8(line)
    const kind = asUtf8 && highBytes(line) >= TELLING_BYTES ? 'utf-8' : asUtf8 ? undefined : 'gb18030'
    if (kind === 'gb18030' && !isGb18030(line)) {
      badRow(n, `第 ${n} 行的文字编码无法识别（既不是 UTF-8，也不是 GB18030）`, 'neither UTF-8 nor GB18030')
    }
    if (kind !== undefined && firstChinese !== undefined && kind !== firstChinese) {
      badRow(n, `第 ${n} 行的文字编码与前面的行不同`, `${kind} after lines in ${firstChinese}`)
    }
    firstChinese ??= kind
  }
  return { name: 'gb18030', skip: 0 }
}

function badRow(row: number, message: string, detail: string): never {
  return refuse({ code: 'import/encoding', message, detail: `line ${row}: ${detail}`, row })
}

function binary(row: number): never {
  return refuse({
    code: 'import/unsupported-type',
    detail: `zero bytes at or after line ${row}: binary, or UTF-16 without its mark`,
  })
}

function* pieces(file: number, from: number): Generator<Buffer> {
  const piece = Buffer.alloc(PIECE)
  for (let at = from; ;) {
    const length = readSync(file, piece, 0, PIECE, at)
    if (length === 0) return
    yield piece.subarray(0, length)
    at += length
  }
}

/** Lines without their ends, counted from 1; a longer line comes in parts of at most a piece. */
function* lines(file: number, meter: Meter): Generator<{ line: Buffer; n: number }> {
  let rest = Buffer.alloc(0)
  let n = 1
  for (const piece of pieces(file, 0)) {
    meter.tick(piece.length)
    const both = Buffer.concat([rest, piece])
    let start = 0
    for (let end = both.indexOf(LINE); end !== -1; end = both.indexOf(LINE, start)) {
      yield { line: both.subarray(start, end), n }
      start = end + 1
      n += 1
    }
    rest = both.subarray(start)
    if (rest.length > 4 * PIECE)
      refuse({ code: 'import/row-too-long', detail: 'a line of more than 4 MiB', row: n })
  }
  yield { line: rest, n }
}

/** The number of the first line that is not UTF-8; undefined when all are. Refuses binary content. */
function badUtf8Line(file: number, from: number, meter: Meter): number | undefined {
  let rest = Buffer.alloc(0)
  let before = 0
  for (const piece of pieces(file, from)) {
    meter.tick(piece.length)
    if (piece.includes(0)) binary(before + 1)
    const both = Buffer.concat([rest, piece])
    const end = both.length - cutOff(both)
    if (!isUtf8(both.subarray(0, end))) return before + firstBadLine(both.subarray(0, end))
    before += countLines(both.subarray(0, end))
    rest = both.subarray(end)
  }
  return rest.length === 0 ? undefined : before + 1
}

/** Bytes at the end that may begin a character: a lead byte with too few bytes after it. */
function cutOff(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
    if (byte < 0x80) return 0
  }
  return 0
}

function countLines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(LINE); at !== -1; at = bytes.indexOf(LINE, at + 1)) count += 1
  return count
}

function firstBadLine(bytes: Buffer): number {
  let n = 1
  for (let start = 0; ; n++) {
    const end = bytes.indexOf(LINE, start)
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return n
    start = end + 1
  }
}

function highBytes(bytes: Buffer): number {
  let count = 0
  for (const byte of bytes) if (byte >= 0x80) count += 1
  return count
}

const gb18030 = new TextDecoder('gb18030', { fatal: true })

function isGb18030(bytes: Buffer): boolean {
  try {
    gb18030.decode(bytes)
    return true
  } catch {
    return false
  }
}
