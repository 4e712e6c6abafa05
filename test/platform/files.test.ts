// Files are kept whole or not at all, told by their content, and never trusted by their name.
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { writeXlsx } from 'hucre'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { instantFromMs } from '../../src/platform/clock.ts'
import { fileKinds, type FileKind } from '../../src/platform/file-kinds.ts'
import { checkFileName, contentDisposition } from '../../src/platform/file-names.ts'
import { openFiles, type Files } from '../../src/platform/files.ts'
import { Problem } from '../../src/platform/problems.ts'

const folder = mkdtempSync(join(tmpdir(), 'banjian-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let dir = ''
let files: Files
let opened = 0
beforeEach(async () => {
  dir = join(folder, String(++opened))
  files = await openFiles({ dir })
})

const all = Object.keys(fileKinds) as FileKind[]
const csv = { name: '台账.csv', maxBytes: 1_000_000, allow: ['csv'] as const }
const everything = () => readdirSync(dir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile())
const codeOf = async (work: Promise<unknown>) => {
  try {
    await work
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
  return 'no problem'
}

describe('keeping content', () => {
  test('a file comes back byte for byte under the hash of its bytes', async () => {
    const content = Buffer.from('编号,标题\n1,路灯不亮\n')
    const stored = await files.store(Readable.from([content.subarray(0, 5), content.subarray(5)]), csv)
    const hash = createHash('sha256').update(content).digest('hex')
    expect(stored).toEqual({ hash, size: content.length, type: 'text/csv', name: '台账.csv' })
    expect(await text(await files.open(hash))).toBe(content.toString())
    expect(files.path(hash)).toBe(join(dir, hash.slice(0, 2), hash.slice(2, 4), hash))
    expect(everything()).toHaveLength(1)
  })

  test('equal content is kept once, also when it arrives many times at the same moment', async () => {
    const stored = await Promise.all(Array.from({ length: 20 }, () => files.store(Buffer.from('a,b\n'), csv)))
    expect(new Set(stored.map((s) => s.hash)).size).toBe(1)
    expect(everything()).toHaveLength(1)
  })

  test('a removed file is gone; removing it again changes nothing', async () => {
    const { hash } = await files.store(Buffer.from('a,b\n'), csv)
    await files.remove(hash)
    await files.remove(hash)
    expect(await codeOf(files.open(hash))).toBe('file/not-found')
  })

  test.each(['', '../../etc/passwd', 'A'.repeat(64), `${'a'.repeat(63)}/`, `${'a'.repeat(64)}\n`])(
    'what is no hash opens nothing: %j',
    async (hash) => {
      expect(await codeOf(files.open(hash))).toBe('file/not-found')
      expect(() => files.path(hash)).toThrow(Problem)
    },
  )
})

describe('refusing leaves nothing behind', () => {
  test('a byte too many, however the stream is cut', async () => {
    const limit = { ...csv, maxBytes: 10 }
    expect((await files.store(Buffer.from('0123456789'), limit)).size).toBe(10)
    await files.remove(createHash('sha256').update('0123456789').digest('hex'))
    for (const parts of [['01234567890'], ['0123456789', '0'], Array.from('01234567890')]) {
      const source = Readable.from(parts.map((p) => Buffer.from(p)))
      expect(await codeOf(files.store(source, limit))).toBe('file/too-large')
      expect(source.destroyed).toBe(true)
    }
    expect(everything()).toEqual([])
  })

  test('an endless stream is cut off at the limit', async () => {
    let sent = 0
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc((sent += 65_536) && 65_536, 0x61)
      })(),
    )
    expect(await codeOf(files.store(endless, csv))).toBe('file/too-large')
    expect(sent).toBeLessThan(4_000_000)
    expect(everything()).toEqual([])
  })

  test('a source that its parser has cut short', async () => {
    const source = Object.assign(Readable.from([Buffer.from('a,b\n')]), { truncated: true })
    expect(await codeOf(files.store(source, csv))).toBe('file/too-large')
    expect(everything()).toEqual([])
  })

  test('an empty file, and a connection that breaks', async () => {
    expect(await codeOf(files.store(Buffer.alloc(0), csv))).toBe('file/empty')
    const broken = Readable.from(
      (function* () {
        yield Buffer.from('a,b\n')
        throw new Error('aborted')
      })(),
    )
    await expect(files.store(broken, csv)).rejects.toThrow('aborted')
    expect(everything()).toEqual([])
  })

  test('a process killed while it writes shows nothing, and the sweep clears its rest after a day', async () => {
    const script = `
      import { Readable } from 'node:stream'
      import { openFiles } from ${JSON.stringify(new URL('../../src/platform/files.ts', import.meta.url).href)}
      const files = await openFiles({ dir: ${JSON.stringify(dir)} })
      async function* slowly() {
        for (let i = 0; ; i++) {
          yield Buffer.alloc(65536, 0x61)
          if (i === 3) process.stdout.write('writing')
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      }
      await files.store(Readable.from(slowly()), { name: 'a.csv', maxBytes: 1e12, allow: ['csv'] })`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended

    const left = everything()
    expect(left).toHaveLength(1)
    expect(left[0]?.parentPath).toBe(join(dir, 'tmp'))
    const rest = join(dir, 'tmp', left[0]?.name ?? '')

    const morning = Date.parse('2020-08-14T01:00:00Z')
    utimesSync(rest, morning / 1000, morning / 1000)
    expect(await files.sweep(instantFromMs(morning + 23 * 3_600_000))).toBe(0)
    expect(await files.sweep(instantFromMs(morning + 25 * 3_600_000))).toBe(1)
    expect(everything()).toEqual([])
  }, 60_000)

  test('the sweep never touches what is kept', async () => {
    await files.store(Buffer.from('a,b\n'), csv)
    expect(await files.sweep('2100-01-01T00:00:00.000+08:00')).toBe(0)
    expect(everything()).toHaveLength(1)
  })
})

/** A compound file with one named stream, as small as can be. */
function compound(stream: string): Buffer {
  const file = Buffer.alloc(1024)
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(file)
  file.write(stream, 512 + 128, 'utf16le')
  file.writeUInt16LE(stream.length * 2 + 2, 512 + 128 + 64)
  file[512 + 128 + 66] = 2
  return file
}

describe('telling the kind', () => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  const store = (name: string, content: Uint8Array, allow = all) =>
    files.store(content, { name, maxBytes: 1e6, allow })

  test('from the content, for each kind the office meets', async () => {
    const xlsx = await writeXlsx({ sheets: [{ name: '台账', rows: [['编号'], [1]] }] })
    const gbk = Buffer.from('b1e0bac52cb1eaccd60a', 'hex')
    const samples: [string, Uint8Array, FileKind][] = [
      ['表.xlsx', xlsx, 'xlsx'],
      ['照片.PNG', png, 'png'],
      ['旧表.xls', compound('Workbook'), 'xls'],
      ['旧表.et', compound('Book'), 'xls'],
      ['公文.doc', compound('WordDocument'), 'doc'],
      ['公文.wps', compound('WordDocument'), 'doc'],
      ['意见书.pdf', Buffer.from('%PDF-1.7\n1 0 obj\n'), 'pdf'],
      ['utf8.csv', Buffer.from('编号,标题\n'), 'csv'],
      ['bom.csv', Buffer.from('\ufeff编号,标题\n'), 'csv'],
      ['gbk.csv', gbk, 'csv'],
      ['utf16.csv', Buffer.from('\ufeff编号\t标题\n', 'utf16le'), 'csv'],
      ['bm.csv', Buffer.from('BM,编号\n1,2\n'), 'csv'],
      ['说明.txt', Buffer.from('情况说明'), 'txt'],
    ]
    for (const [name, content, kind] of samples) {
      expect([name, (await store(name, content)).type]).toEqual([name, fileKinds[kind].type])
    }
  })

  test('a text cut inside a character by the sample is still a text', async () => {
    expect((await store('长.csv', Buffer.from(`x${'汉'.repeat(40_000)}`))).type).toBe('text/csv')
  })

  test.each([
    ['a programme called csv', 'a.csv', Buffer.from('7f454c4602010100000000', 'hex')],
    ['random bytes called csv', 'a.csv', randomBytes(4096)],
    ['a web page called csv', 'a.csv', Buffer.from(' <!DOCTYPE html><script>alert(1)</script>')],
    ['a web page called xls', 'a.xls', Buffer.from('<html><table></table></html>')],
    [
      'a drawing with script',
      'a.png',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
    ],
    ['a plain archive', 'a.xlsx', Buffer.from('504b0506000000000000000000000000000000000000', 'hex')],
    ['a compound file of unknown sort', 'a.doc', compound('Mystery')],
    ['a programme', 'a.exe', Buffer.from('4d5a90000300000004000000ffff0000', 'hex')],
  ])('%s is refused', async (_what, name, content) => {
    expect(await codeOf(store(name, content))).toBe('file/type-not-allowed')
    expect(everything()).toEqual([])
  })

  test('a kind that this use does not take is refused', async () => {
    expect(await codeOf(store('a.png', png, ['xlsx', 'csv']))).toBe('file/type-not-allowed')
  })

  test.each(['a.jpg', 'a.pdf', 'a', 'a.png.exe', '.png'])(
    'content and name must agree: a picture as %s',
    async (name) => {
      expect(await codeOf(store(name, png))).toBe('file/ending-differs')
    },
  )

  test('a spreadsheet locked by a password is named as such', async () => {
    expect(await codeOf(store('a.xlsx', compound('EncryptedPackage')))).toBe('file/encrypted')
  })

  test('a file cut off anywhere never breaks the detection', async () => {
    const xlsx = await writeXlsx({ sheets: [{ name: '台账', rows: [['编号'], [1]] }] })
    for (let end = 1; end < xlsx.length; end += 37) {
      expect(await codeOf(store('a.xlsx', xlsx.subarray(0, end)))).toMatch(/^no problem$|^file\//)
    }
  })
})

describe('names from outside', () => {
  const hostile = [
    '',
    '   ',
    '.',
    '..',
    '../a.csv',
    '..\\a.csv',
    '/etc/a.csv',
    'C:\\a.csv',
    'a\0.csv',
    'a\r\nSet-Cookie: x.csv',
    'a\u0085.csv',
    'a\u202Evsc.exe',
    'a\u2066.csv',
    'a\u200B.csv',
    'a\uFEFF.csv',
    'a\uD800.csv',
    `${'长'.repeat(197)}.csv`,
  ]
  test.each(hostile)('%j is refused and nothing is read', async (name) => {
    const source = Readable.from([Buffer.from('a,b\n')])
    expect(await codeOf(files.store(source, { ...csv, name }))).toBe('file/name-invalid')
    expect(everything()).toEqual([])
  })

  test.each(['台账.csv', '王\'s "表" 100%.csv', '𠮷野家.csv', 'a;b=c,d.csv', `${'长'.repeat(196)}.csv`])(
    '%j is taken as it is',
    (name) => expect(checkFileName(name)).toBe(name),
  )

  test('decomposed names are composed', () => expect(checkFileName(' e\u0301.csv ')).toBe('é.csv'))

  test('a download names the file for old and new browsers alike, and nothing can break out of the header', () => {
    expect(contentDisposition('2020年"台账" (终).csv')).toBe(
      `attachment; filename="2020_____ (_).csv"; filename*=UTF-8''2020%E5%B9%B4%22%E5%8F%B0%E8%B4%A6%22%20%28%E7%BB%88%29.csv`,
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (name) => {
        const header = contentDisposition(name)
        expect(header).toMatch(/^attachment; filename="[ !#$&-[\]-~]*"; filename\*=UTF-8''[\w!#$&+.^`|~%-]*$/)
        expect(decodeURIComponent(header.slice(header.lastIndexOf("''") + 2))).toBe(name.toWellFormed())
      }),
    )
  })
})

test('a torn file is healed when the same content comes again', async () => {
  const { hash } = await files.store(Buffer.from('a,b\n'), csv)
  writeFileSync(files.path(hash), '')
  await files.store(Buffer.from('a,b\n'), csv)
  expect(readFileSync(files.path(hash), 'utf8')).toBe('a,b\n')
})
