// The shared texts of a workbook: in memory up to a bound, the rest in a scratch file that is already unlinked.
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { refuse } from './refusal.ts'

export interface StringTable {
  add(text: string): void
  /** undefined beyond the end. */
  at(index: number): string | undefined
  close(): void
}

const PAGE = 262_144
const BLOCK = 65_536
const PAGES_READ_BACK = 64
const RECENT = 4096
const RECENT_CHARS = 256

/**
 * Texts are kept as UTF-8, each after its length, and never across two pages: outside the heap, and cheap to spill.
 * Workbooks number their texts in the order of their cells, so pages are read back about once.
 */
export function stringTable(options: { memory: number; max: number; scratch: string }): StringTable {
  const kept: Buffer[] = []
  const keptPages = Math.max(1, Math.floor(options.memory / PAGE))
  const readBack = new Map<number, Buffer>()
  const starts: Uint32Array[] = []
  const recentIndex = new Int32Array(RECENT).fill(-1)
  const recentText: string[] = []
  let size = 0
  let page = Buffer.allocUnsafeSlow(PAGE)
  let pageNumber = 0
  let used = 0
  let file: number | undefined

  function turnPage(): void {
    if (pageNumber < keptPages) {
      kept.push(page)
      page = Buffer.allocUnsafeSlow(PAGE)
    } else {
      file ??= openScratch(options.scratch)
      writeSync(file, page, 0, PAGE, (pageNumber - keptPages) * PAGE)
    }
    pageNumber += 1
    used = 0
  }

  function pageOf(number: number): Buffer {
    if (number === pageNumber) return page
    const inMemory = kept[number] ?? readBack.get(number)
    if (inMemory !== undefined) return inMemory
    if (file === undefined) throw new Error('a page of texts is missing')
    const [oldest] = readBack.keys()
    const reused = readBack.size >= PAGES_READ_BACK && oldest !== undefined ? readBack.get(oldest) : undefined
    if (reused !== undefined && oldest !== undefined) readBack.delete(oldest)
    const buffer = reused ?? Buffer.allocUnsafeSlow(PAGE)
    readSync(file, buffer, 0, PAGE, (number - keptPages) * PAGE)
    readBack.set(number, buffer)
    return buffer
  }

  return {
    add(text) {
      const length = Buffer.byteLength(text)
      if (used + 4 + length > PAGE) turnPage()
      const start = pageNumber * PAGE + used
      if (start + length > options.max) {
        const detail = `the shared texts are larger than ${options.max} bytes`
        refuse({ code: 'import/unpacks-too-large', detail })
      }
      const block = (starts[Math.floor(size / BLOCK)] ??= new Uint32Array(BLOCK))
      block[size % BLOCK] = start
      size += 1
      page.writeUInt32LE(length, used)
      page.write(text, used + 4)
      used += 4 + length
    },
    at(index) {
      if (!(index >= 0 && index < size)) return undefined
      const slot = index % RECENT
      if (recentIndex[slot] === index) return recentText[slot]
      const start = starts[Math.floor(index / BLOCK)]?.[index % BLOCK] ?? 0
      const buffer = pageOf(Math.floor(start / PAGE))
      const from = (start % PAGE) + 4
      const text = buffer.toString('utf8', from, from + buffer.readUInt32LE(from - 4))
      if (text.length <= RECENT_CHARS) {
        recentIndex[slot] = index
        recentText[slot] = text
      }
      return text
    },
    close() {
      if (file !== undefined) closeSync(file)
      file = undefined
    },
  }
}

/** Personal data may lie in it, so it has no name: whatever happens to this process, nothing stays behind. */
function openScratch(folder: string): number {
  const path = join(folder, 'texts')
  const file = openSync(path, 'wx+', 0o600)
  unlinkSync(path)
  return file
}
