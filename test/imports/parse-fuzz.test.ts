// Whatever bytes arrive, reading ends soon, with rows or with a refusal: never with another error.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { importLimits } from '../../src/imports/limits.ts'
import { readTable } from '../../src/imports/read.ts'
import { refusalOf } from '../../src/imports/refusal.ts'
import type { SheetRow } from '../../src/imports/sheet.ts'
import { gb18030, number, row, sharedText, text, workbook } from './corpus.ts'

const folder = mkdtempSync(join(tmpdir(), 'banjian-fuzz-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const limits = importLimits.parse({})
let files = 0

/** The rows, or the code of the refusal; throws whatever else happened. */
async function read(bytes: Uint8Array): Promise<SheetRow[] | string> {
  const path = join(folder, `file-${(files += 1)}`)
  writeFileSync(path, bytes)
  const rows: SheetRow[] = []
  try {
    for await (const batch of readTable(path, {
      limits,
      meter: { tick: () => undefined },
      scratch: folder,
    })) {
      rows.push(...batch.rows)
    }
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal === undefined) throw error
    return refusal.code
  } finally {
    rmSync(path)
  }
  return rows
}

/** The number of rows, or the code of the refusal. */
async function outcome(bytes: Uint8Array): Promise<number | string> {
  const rows = await read(bytes)
  return typeof rows === 'string' ? rows : rows.length
}

const cells = (n: number) =>
  row(
    n,
    sharedText(`A${n}`, n % 3),
    number(`B${n}`, 43_560 + n / 7, 1),
    text(`C${n}`, `诉求 &amp; 内容 ${n}`),
  )
const spec = {
  sheets: [
    {
      rows: Array.from({ length: 60 }, (_, i) => cells(i + 1)).join(''),
      behind: '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>',
    },
  ],
  shared: '<si><t>咨询</t></si><si><r><t>投</t></r><r><t>诉</t></r></si><si><t>求助</t></si>',
  styles:
    '<numFmts><numFmt numFmtId="170" formatCode="yyyy-mm-dd"/></numFmts><cellXfs><xf/><xf numFmtId="170"/></cellXfs>',
}
const packed = workbook(spec)
const table = `编号,内容,时间\r\n${Array.from({ length: 60 }, (_, i) => `${i},"诉求,""内容""",2020/4/5 9:03\r\n`).join('')}`
const csv = Buffer.from(table)
const gbk = gb18030(table)

test('the untouched files are read', async () => {
  expect(await outcome(packed)).toBe(60)
  expect(await outcome(csv)).toBe(61)
  expect(await outcome(gbk)).toBe(61)
})

describe('cut off', () => {
  test('a workbook cut anywhere is refused', async () => {
    for (let percent = 0; percent < 100; percent++) {
      const length = Math.floor((packed.length * percent) / 100)
      expect(await outcome(packed.subarray(0, length))).toMatch(
        length === 0 ? 'import/file-empty' : 'import/',
      )
    }
    for (let back = 1; back < 100; back++) {
      expect(await outcome(packed.subarray(0, packed.length - back))).toBe('import/damaged')
    }
  })

  test.each([
    ['UTF-8', csv],
    ['GBK', gbk],
  ])('a table in %s cut anywhere gives rows or a refusal', async (_, bytes) => {
    for (let length = 1; length < bytes.length; length += 19) {
      const result = await outcome(bytes.subarray(0, length))
      if (typeof result === 'string') expect(['import/quotes', 'import/encoding']).toContain(result)
      else expect(result).toBeLessThanOrEqual(61)
    }
  })
})

const flips = fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1, maxLength: 4 })

function flipped(bytes: Buffer, at: [number, number][]): Buffer {
  const copy = Buffer.from(bytes)
  for (const [byte, bit] of at) copy[byte % copy.length] = (copy[byte % copy.length] ?? 0) ^ (1 << bit)
  return copy
}

describe('altered', () => {
  test('bits flipped in a workbook', async () => {
    const property = fc.asyncProperty(flips, async (at) => {
      expect(await outcome(flipped(packed, at))).toSatisfy((r) => r === 60 || typeof r === 'string')
    })
    await fc.assert(property, { numRuns: 200 })
  })

  test.each([
    ['UTF-8', csv],
    ['GBK', gbk],
  ])('bits flipped in a table in %s', async (_, bytes) => {
    await fc.assert(
      fc.asyncProperty(flips, async (at) => void (await outcome(flipped(bytes, at)))),
      { numRuns: 80 },
    )
  })

  // With checksums that fit, so that the damage reaches the scanner of every part.
  test('bits flipped inside the parts of a workbook', async () => {
    const property = fc.asyncProperty(fc.nat(), flips, async (which, at) => {
      let index = 0
      const change = <T extends { data: string | Buffer }>(part: T): T =>
        index++ === which % 7 ? { ...part, data: flipped(Buffer.from(part.data), at) } : part
      await outcome(workbook({ ...spec, change }))
    })
    await fc.assert(property, { numRuns: 200 })
  })

  const pieces = [
    '<',
    '>',
    '/',
    '"',
    "'",
    '&',
    ';',
    '<c>',
    '</c>',
    '<row r="1">',
    '</row>',
    '<v>',
    '<!--',
    ']]>',
  ]
  test('tags, quotes and entities put where they do not belong', async () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.constantFrom(...pieces)), {
      minLength: 1,
      maxLength: 5,
    })
    const property = fc.asyncProperty(fc.nat(), edits, async (which, at) => {
      let index = 0
      const change = <T extends { data: string | Buffer }>(part: T): T => {
        if (index++ !== which % 7) return part
        let data = part.data.toString()
        for (const [place, dropped, piece] of at) {
          const from = place % data.length
          data = data.slice(0, from) + piece + data.slice(from + dropped)
        }
        return { ...part, data }
      }
      await outcome(workbook({ ...spec, change }))
    })
    await fc.assert(property, { numRuns: 200 })
  })

  test('any bytes, with and without magic', async () => {
    const magics = fc.constantFrom(
      '',
      'PK\x03\x04',
      '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
      '\xff\xfe',
      '\xef\xbb\xbf',
      '"',
      '<',
    )
    const property = fc.asyncProperty(magics, fc.uint8Array({ maxLength: 400 }), async (magic, bytes) => {
      await outcome(Buffer.concat([Buffer.from(magic, 'latin1'), bytes]))
    })
    await fc.assert(property, { numRuns: 200 })
  })
})

test('cells written as Excel and POI write them are read like the same cells written otherwise', async () => {
  const typed = fc.constantFrom(
    ...['', ' t="n"', ' t="str"', ' t="inlineStr"', ' t="b"', ' t="e"', ' t="d"'].map((type) => ({
      type,
      values: ['', '1', '43560.25', '-1e9', '12345678901234567', ' 咨询 ', '诉&amp;求'],
    })),
    { type: ' t="s"', values: ['0', '1', '2'] },
  )
  const cell = typed.chain(({ type, values }) =>
    fc.record({
      type: fc.constant(type),
      style: fc.constantFrom('', ' s="1"', ' s="999999999"'),
      inside: fc.oneof(
        fc.constantFrom(...values).map((v) => `<v>${v}</v>`),
        fc.constantFrom(...values).map((v) => `<is><t>${v}</t></is>`),
        fc.constantFrom(...values).map((v) => `<f>A1</f><v>${v}</v>`),
        fc.constantFrom('', undefined),
      ),
    }),
  )
  const columns = fc.subarray(['A', 'B', 'C', 'AB', 'GR'])
  const odd = fc.constantFrom(
    ...[
      '<c{}r="A1"><v>1</v></c>',
      '<c{}r="XFE1"><v>1</v></c>',
      '<c{}r="AAAA1"><v>1</v></c>',
      '<c{}r="HZ1" t="s"><v>3</v></c>',
    ],
    ...[
      '<c{}r="HZ1" t="odd"><v>1</v></c>',
      `<c{}r="HZ1"><v>${'1'.repeat(limits.cellChars + 1)}</v></c>`,
      '<c{}><v>1</v></c>',
    ],
  )
  const rows = fc.array(fc.tuple(columns, fc.array(cell, { minLength: 5, maxLength: 5 })), { maxLength: 4 })
  const outcomes = { read: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(rows, fc.option(odd, { freq: 8 }), async (table, last) => {
      const xml = table.map(([places, cells], n) =>
        places
          .map((place, i) => {
            const { type = '', style = '', inside } = cells[i] ?? {}
            const head = `<c{}r="${place}${n + 1}"${style}${type}`
            return inside === undefined ? `${head}/>` : `${head}>${inside}</c>`
          })
          .join(''),
      )
      const [usual, otherwise] = await Promise.all(
        [' ', '  '].map((gap) => {
          const written = [...xml, ...(last === null ? [] : [last])].map(
            (each) => `<row>${each.replaceAll('{}', gap)}</row>`,
          )
          return read(workbook({ ...spec, sheets: [{ rows: written.join('') }] }))
        }),
      )
      outcomes[typeof usual === 'string' ? 'refused' : 'read'] += 1
      expect(usual).toEqual(otherwise)
    }),
    { numRuns: 400 },
  )
  expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(20)
})

test('however a table is cut into pieces, its rows are the same', async () => {
  // Longer than the pieces in which files are read, with Chinese at every boundary.
  const line = (i: number) => `${i},"${'反映小区物业管理问题'.repeat(i % 40)}",2020/4/5 9:03`
  const long = Array.from({ length: 6000 }, (_, i) => line(i)).join('\n')
  expect(await outcome(Buffer.from(long))).toBe(6000)
  expect(await outcome(gb18030(long))).toBe(6000)
})
