// What is odd but readable is read as it was meant: formats, encodings, sheets, dates, merges.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { importLimits } from '../../src/imports/limits.ts'
import { readTable } from '../../src/imports/read.ts'
import { columnIndex, columnLetters, unmerge, type About, type SheetRow } from '../../src/imports/sheet.ts'
import { number, ofRows, row, sharedText, sheetXml, text, workbook } from './corpus.ts'
import { oddTexts } from './odd-texts.ts'
import { oddValues } from './odd-values.ts'
import { oddWorkbooks, type ExpectedRow } from './odd-workbooks.ts'

const folder = mkdtempSync(join(tmpdir(), 'banjian-odd-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function read(bytes: Buffer, limits = {}) {
  const path = join(folder, 'file')
  writeFileSync(path, bytes)
  const options = { limits: importLimits.parse(limits), meter: { tick: () => undefined }, scratch: folder }
  const rows: SheetRow[] = []
  const abouts: About[] = []
  const sheets = new Set<string>()
  for await (const batch of readTable(path, options)) {
    rows.push(...batch.rows)
    sheets.add(batch.sheet)
    if (batch.about !== undefined) abouts.push(batch.about)
  }
  return { rows, abouts, sheets: [...sheets] }
}

const asRow = ([n, ...cells]: ExpectedRow) => ({
  n,
  cells: cells.map((cell) => (typeof cell === 'string' ? { v: cell, kind: 'text' } : cell)),
})

const oddFiles = [...oddWorkbooks, ...oddValues, ...oddTexts]

describe('read:', () => {
  test.each(oddFiles)('$name', async ({ build, rows, sheet, about, hidden, merged }) => {
    const found = await read(build())
    expect(found.rows.map(({ n, cells }) => ({ n, cells }))).toEqual(rows.map(asRow))
    expect(found.sheets).toEqual([sheet ?? 'Sheet1'])
    expect(found.abouts).toHaveLength(1)
    expect(found.abouts[0]).toMatchObject(about ?? { format: 'xlsx' })
    expect(found.rows.filter((r) => r.hidden === true).map((r) => r.n)).toEqual(hidden ?? [])
    const touched = found.rows.flatMap((r) => (r.merged === undefined ? [] : [[r.n, r.merged]]))
    expect(Object.fromEntries(touched)).toEqual(merged ?? {})
  })

  test('no two files have the same name', () => {
    expect(new Set(oddFiles.map((file) => file.name)).size).toBe(oddFiles.length)
  })
})

describe('rows', () => {
  test('65,000 declared rows of which 500 hold data are 500 rows', async () => {
    const empty = (n: number) =>
      `<row r="${n}" s="1" customFormat="1"><c r="A${n}" s="1"/><c r="B${n}" s="1"/></row>`
    const rows = Array.from({ length: 65_000 }, (_, i) =>
      i < 500 ? row(i + 1, number(`A${i + 1}`, i)) : empty(i + 1),
    )
    const found = await read(workbook({ sheets: [{ xml: sheetXml(rows.join('')) }] }))
    expect(found.rows).toHaveLength(500)
    expect(found.rows.at(-1)).toEqual({ n: 500, cells: [{ v: 499, kind: 'number' }] })
  })

  test('a merged header gives its value to every cell it covers', async () => {
    const two =
      row(1, text('A1', '编号'), text('B1', '时间')) + row(2, text('B2', '受理'), text('C2', '办结'))
    const behind = '<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/></mergeCells>'
    const { rows } = await read(workbook({ sheets: [{ rows: two, behind }] }))
    const texts = unmerge(rows).map((header) => header.cells.map((cell) => cell?.v ?? null))
    expect(texts).toEqual([
      ['编号', '时间', '时间'],
      ['编号', '受理', '办结'],
    ])
  })

  test('shared texts beyond the memory they may take come back from the scratch file', async () => {
    const texts = Array.from({ length: 3000 }, (_, i) => `第${i}件 ${'诉求内容'.repeat(100)}`)
    const shared = texts.map((content) => `<si><t>${content}</t></si>`).join('')
    const order = Array.from({ length: 3000 }, (_, i) => (i * 1999) % 3000)
    const rows = order.map((index, i) => row(i + 1, sharedText(`A${i + 1}`, index))).join('')
    const found = await read(ofRows(rows, { shared }), { stringMemory: 300_000 })
    expect(found.rows.map((r) => r.cells[0]?.v)).toEqual(order.map((index) => texts[index]))
  })

  test('the batches of a file are bounded, and only the first tells how it was understood', async () => {
    const path = join(folder, 'many')
    writeFileSync(path, `编号,内容\n${'1,诉求\n'.repeat(2000)}`)
    const options = { limits: importLimits.parse({}), meter: { tick: () => undefined }, scratch: folder }
    const batches = await Array.fromAsync(readTable(path, options))
    expect(batches.map((batch) => batch.rows.length)).toEqual([500, 500, 500, 500, 1])
    expect(batches.map((batch) => batch.about !== undefined)).toEqual([true, false, false, false, false])
  })
})

test('columns have letters and letters have columns', () => {
  expect([0, 25, 26, 701, 702, 16_383].map(columnLetters)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA', 'XFD'])
  for (let column = 0; column < 16_384; column += 7) expect(columnIndex(columnLetters(column))).toBe(column)
})
