// Files are read in a process of their own: it may be killed, starved or flooded, and the service only hears of it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { writeXlsx, writeXlsxStream } from 'hucre/xlsx'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { ImportLimits } from '../../src/imports/limits.ts'
import { parseFile } from '../../src/imports/parse.ts'
import type { Batch } from '../../src/imports/sheet.ts'
import { Problem } from '../../src/platform/problems.ts'
import { bomb, checksumOfBomb, compound, ofRows, row, text, withPart, workbook } from './corpus.ts'

const folder = mkdtempSync(join(tmpdir(), 'banjian-process-'))
// Folders that other imports make at the same time are none of ours.
process.env['TMPDIR'] = folder
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0

function file(content: string | Uint8Array): string {
  const path = join(folder, `file-${++files}`)
  writeFileSync(path, content)
  return path
}

const MEGABYTE = 1_000_000

function reading(path: string, limits: Partial<ImportLimits> = {}, signal?: AbortSignal) {
  const state = { pid: 0, rows: 0, warnings: 0, childPeak: 0 }
  const log = {
    info(values: object) {
      if ('pid' in values) state.pid = Number(values.pid)
    },
    warn() {
      state.warnings += 1
    },
  }
  const batches = parseFile(path, { log, limits, ...(signal === undefined ? {} : { signal }) })
  return { state, batches }
}

/** Reads to the end; the Problem that ended it, or the number of rows. */
async function outcome(path: string, limits: Partial<ImportLimits> = {}) {
  const { batches, state } = reading(path, limits)
  try {
    for await (const batch of batches) state.rows += batch.rows.length
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  return state.rows
}

const running = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
/** Processor time so far, in hundredths of a second, where the system tells it; elsewhere it is taken for busy. */
function ticksOf(pid: number): number {
  const path = `/proc/${pid}/stat`
  if (!existsSync(path)) return 10
  const fields = readFileSync(path, 'latin1').split(') ').at(-1)?.split(' ') ?? []
  return Number(fields[11]) + Number(fields[12])
}
const scratchFolders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('banjian-import-'))

const header = Array.from({ length: 25 }, (_, i) => `第${i + 1}列`).join(',')
const record = (i: number) =>
  [
    `GD2020${i}`,
    '2020/4/5 9:03:07',
    `"反映第${i}号小区,物业管理问题"`,
    ...Array.from({ length: 22 }, (_, c) => `值${c}`),
  ].join(',')

function largeCsv(rows: number): string {
  const lines = [header]
  for (let i = 0; i < rows; i++) lines.push(record(i))
  return file(lines.join('\r\n'))
}

const huge = largeCsv(200_000)

/** Most resident memory of the process so far, in bytes, where the system tells it. */
function peakOf(pid: number): number {
  const status = `/proc/${pid}/status`
  const found = existsSync(status) ? /VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8')) : null
  return Number(found?.[1] ?? 0) * 1024
}

describe('what arrives', () => {
  test('is what the file holds, cell by cell', async () => {
    const bytes = await writeXlsx({
      sheets: [
        {
          name: '工单',
          columns: [{}, { numFmt: 'yyyy-mm-dd hh:mm' }],
          rows: [
            ['编号', '时间', '件数'],
            ['GD1', new Date('2020-04-05T09:03:00Z'), 3],
            ['GD2', null, true],
          ],
          merges: [{ startRow: 1, startCol: 2, endRow: 2, endCol: 2 }],
        },
      ],
    })
    const batches: Batch[] = []
    for await (const batch of reading(file(bytes)).batches) batches.push(batch)
    expect(batches).toEqual([
      {
        sheet: '工单',
        about: { format: 'xlsx', ignored: [] },
        rows: [
          { n: 1, cells: ['编号', '时间', '件数'].map((v) => ({ v, kind: 'text' })) },
          {
            n: 2,
            cells: [
              { v: 'GD1', kind: 'text' },
              { v: '2020-04-05 09:03:00', kind: 'date' },
              { v: 3, kind: 'number' },
            ],
            merged: ['C2:C3'],
          },
          { n: 3, cells: [{ v: 'GD2', kind: 'text' }, null, { v: true, kind: 'bool' }], merged: ['C2:C3'] },
        ],
      },
    ])
  })

  test('is all of it, from a streamed workbook of 20,000 rows', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => [`GD${i}`, i, '诉求', null, `内容 ${i}`])
    const stream = writeXlsxStream(rows, { name: '工单' })
    const path = file(Buffer.concat(await Array.fromAsync(stream)))
    let next = 0
    for await (const { rows: found } of reading(path).batches) {
      for (const { n, cells } of found) {
        expect(n).toBe(next + 1)
        expect(cells[4]?.v).toBe(`内容 ${next}`)
        next += 1
      }
    }
    expect(next).toBe(20_000)
  })

  test('comes from two files at once without mixing', async () => {
    const one = file('a\n1\n2')
    const two = file('b\n3\n4\n5')
    expect(await Promise.all([outcome(one), outcome(two)])).toEqual([3, 4])
  })
})

describe('a refusal', () => {
  test('reaches the caller with its code, words and place', async () => {
    const problem = await outcome(file('编号,内容\n1,a\n2,"b\n'))
    expect(problem).toMatchObject({
      code: 'import/quotes',
      status: 422,
      options: {
        errors: [{ pointer: '/row/3', code: 'import/quotes', message: '第 3 行的双引号没有闭合' }],
        extras: { row: 3 },
      },
    })
  })

  test('of a workbook that a password protects says what to do', async () => {
    const protectedWorkbook = await writeXlsx({
      sheets: [{ name: '工单', rows: [['编号']] }],
      encryption: { password: 'generated', spinCount: 1000 },
    })
    for (const bytes of [protectedWorkbook, compound('EncryptedPackage')]) {
      const message = '工作簿已加密，请另存为不加密的 .xlsx 后再上传'
      expect(await outcome(file(bytes))).toMatchObject({
        code: 'import/encrypted',
        options: { errors: [{ pointer: '/file', code: 'import/encrypted', message }] },
      })
    }
  })

  test('leaves no process and no folder behind', async () => {
    const before = scratchFolders().length
    const { batches, state } = reading(file(ofRows(row(1, text('A1', 'a'.repeat(40_000))))))
    await expect(Array.fromAsync(batches)).rejects.toMatchObject({ code: 'import/cell-too-long' })
    expect(state.warnings).toBe(1)
    expect(running(state.pid)).toBe(false)
    expect(scratchFolders()).toHaveLength(before)
  })
})

describe('a bomb', () => {
  const cell = '<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>'
  const end = '</v></c></row></sheetData></worksheet>'
  const sheet1 = 'xl/worksheets/sheet1.xml'

  async function memoryOf(path: string, limits: Partial<ImportLimits>) {
    const before = process.memoryUsage().rss
    const { batches, state } = reading(path, limits)
    let childPeak = 0
    const watch = setInterval(() => {
      childPeak = Math.max(childPeak, peakOf(state.pid))
    }, 5)
    const error: unknown = await Array.fromAsync(batches).catch((caught: unknown) => caught)
    clearInterval(watch)
    return {
      code: error instanceof Problem ? error.code : error,
      childPeak,
      growth: process.memoryUsage().rss - before,
    }
  }

  test('of 2 GiB in 2 MB is refused before it unfolds', async () => {
    const path = file(withPart(sheet1, bomb(cell, 2047, end)))
    const { code, childPeak, growth } = await memoryOf(path, {})
    expect(code).toBe('import/unpacks-too-large')
    expect(childPeak).toBeLessThan(300 * MEGABYTE)
    expect(growth).toBeLessThan(100 * MEGABYTE)
  })

  test('that unpacks slowly enough to pass is still only one cell that is too long', async () => {
    const path = file(withPart(sheet1, { ...bomb(cell, 300, end), crc: checksumOfBomb(cell, 300, end) }))
    const { code, childPeak, growth } = await memoryOf(path, { inflateRatio: 1100 })
    expect(code).toBe('import/cell-too-long')
    expect(childPeak).toBeLessThan(300 * MEGABYTE)
    expect(growth).toBeLessThan(100 * MEGABYTE)
  })
})

describe('a reading process', () => {
  const large = largeCsv(30_000)

  test('that is killed leaves a clear error', async () => {
    const { batches, state } = reading(large)
    const whole = (async () => {
      for await (const batch of batches) {
        if (state.rows === 0) process.kill(state.pid, 'SIGKILL')
        state.rows += batch.rows.length
      }
    })()
    await expect(whole).rejects.toMatchObject({ code: 'import/interrupted', status: 503 })
    expect(state.rows).toBeLessThan(30_000)
  })

  test('that shows no sign of life is ended', async () => {
    const { batches, state } = reading(large, { silentSeconds: 1 })
    const whole = (async () => {
      for await (const batch of batches) {
        if (state.rows === 0) process.kill(state.pid, 'SIGSTOP')
        state.rows += batch.rows.length
      }
    })()
    await expect(whole).rejects.toMatchObject({ code: 'import/too-slow' })
    expect(running(state.pid)).toBe(false)
  })

  test('that takes too much processor time ends itself', async () => {
    expect(await outcome(huge, { cpuSeconds: 1 })).toMatchObject({ code: 'import/too-slow' })
  })

  test('that outgrows its heap is refused as too complex', async () => {
    const merges = Array.from({ length: 1_000_000 }, (_, i) => `<mergeCell ref="A${i + 1}:B${i + 1}"/>`)
    const path = file(workbook({ sheets: [{ behind: `<mergeCells>${merges.join('')}</mergeCells>` }] }))
    const result = await outcome(path, { heapMegabytes: 32, merges: 1_000_000 })
    expect(result).toMatchObject({ code: 'import/too-much-memory' })
  })

  test('waits for a slow caller, and that time does not count', async () => {
    const { batches, state } = reading(large, { silentSeconds: 4 })
    const before = process.memoryUsage().rss
    for await (const batch of batches) {
      if (state.rows === 0) {
        await wait(4500)
        expect(process.memoryUsage().rss - before).toBeLessThan(50 * MEGABYTE)
        expect(running(state.pid)).toBe(true)
      }
      state.rows += batch.rows.length
    }
    expect(state.rows).toBe(30_001)
  })

  test('ends when the caller stops early', async () => {
    const before = scratchFolders().length
    const { batches, state } = reading(large)
    for await (const batch of batches) {
      expect(batch.rows.length).toBeGreaterThan(0)
      break
    }
    expect(running(state.pid)).toBe(false)
    expect(scratchFolders()).toHaveLength(before)
  })

  test('ends when the caller aborts, with the reason of the caller', async () => {
    const controller = new AbortController()
    const { batches, state } = reading(large, {}, controller.signal)
    const whole = (async () => {
      for await (const batch of batches) {
        state.rows += batch.rows.length
        controller.abort(new Error('the import was cancelled'))
      }
    })()
    await expect(whole).rejects.toThrow('the import was cancelled')
    expect(running(state.pid)).toBe(false)
    await expect(Array.fromAsync(reading(large, {}, controller.signal).batches)).rejects.toThrow('cancelled')
  })

  test('ends with a service that is killed, though it reads ahead of it', async () => {
    const parse = JSON.stringify(new URL('../../src/imports/parse.ts', import.meta.url).href)
    const script = `import { parseFile } from ${parse}
      const log = { info: ({ pid }) => console.log(pid), warn: () => undefined }
      for await (const _ of parseFile(${JSON.stringify(huge)}, { log })) await new Promise(() => setInterval(() => 0, 1000))`
    const service = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(service, 'exit')
    const [said] = (await once(service.stdout, 'data')) as [Buffer]
    const pid = Number(said)
    try {
      // Until it has read as far ahead as it may.
      for (let [before, now] = [-1, ticksOf(pid)]; now !== before || now < 10;) {
        await wait(500)
        ;[before, now] = [now, ticksOf(pid)]
      }
      expect(running(pid)).toBe(true)
      service.kill('SIGKILL')
      await ended
      await vi.waitFor(() => expect(running(pid)).toBe(false), { timeout: 10_000, interval: 50 })
    } finally {
      service.kill('SIGKILL')
      if (running(pid)) process.kill(pid, 'SIGKILL')
    }
  })

  test('knows no environment and starts without network and processes', async () => {
    const { batches, state } = reading(large)
    for await (const batch of batches) {
      expect(batch.rows.length).toBeGreaterThan(0)
      const proc = `/proc/${state.pid}`
      if (existsSync(proc)) {
        expect(readFileSync(`${proc}/environ`, 'utf8')).toBe('')
        const given = readFileSync(`${proc}/cmdline`, 'utf8').split('\0')
        expect(given).toContain('--permission')
        expect(given.filter((flag) => flag.startsWith('--allow') && !flag.startsWith('--allow-fs-'))).toEqual(
          [],
        )
      }
      break
    }
  })
})

test('200,000 rows of 25 columns pass in bounded memory and at a steady pace', async () => {
  const before = process.memoryUsage().rss
  const { batches, state } = reading(huge)
  let peak = 0
  let childPeak = 0
  const started = performance.now()
  for await (const batch of batches) {
    if (state.rows % 10_000 === 0) {
      peak = Math.max(peak, process.memoryUsage().rss)
      childPeak = Math.max(childPeak, peakOf(state.pid))
    }
    state.rows += batch.rows.length
  }
  expect(state.rows).toBe(200_001)
  expect(state.rows / ((performance.now() - started) / 1000)).toBeGreaterThan(4000)
  expect(peak - before).toBeLessThan(200 * MEGABYTE)
  expect(childPeak).toBeLessThan(300 * MEGABYTE)
})

test('a file that is not there is an error of the service, not of a clerk', async () => {
  await expect(Array.fromAsync(reading(join(folder, 'missing')).batches)).rejects.toMatchObject({
    code: 'ENOENT',
  })
})
