// Every file that cannot be read is refused as a whole, with a code, a place and words for the clerk.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { importLimits } from '../../src/imports/limits.ts'
import { asProblem } from '../../src/imports/parse.ts'
import { readTable } from '../../src/imports/read.ts'
import { refusalOf } from '../../src/imports/refusal.ts'
import { refusedFiles, type RefusedFile } from './refused-files.ts'
import { refusedSizes } from './refused-sizes.ts'
import { refusedTexts } from './refused-texts.ts'

const folder = mkdtempSync(join(tmpdir(), 'banjian-refused-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function refusalFor({ build, limits }: RefusedFile) {
  const path = join(folder, 'file')
  writeFileSync(path, build())
  try {
    const options = {
      limits: importLimits.parse(limits ?? {}),
      meter: { tick: () => undefined },
      scratch: folder,
    }
    for await (const { rows } of readTable(path, options)) expect(rows.length).toBeGreaterThan(0)
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal === undefined) throw error
    return refusal
  }
  return undefined
}

const all = [...refusedFiles, ...refusedSizes, ...refusedTexts]

describe('refused:', () => {
  test.each(all)('$name', async (file) => {
    const refusal = await refusalFor(file)
    expect(refusal).toMatchObject({ code: file.code, detail: expect.stringMatching(/\S/), ...file.where })
    if (refusal === undefined) return
    const problem = asProblem(refusal)
    expect(problem.options.errors?.[0]?.message).toMatch(/[\u4e00-\u9fff]/)
    expect(problem.status).toBeGreaterThanOrEqual(413)
  })

  test('no two files of the corpus have the same name', () => {
    expect(new Set(all.map((file) => file.name)).size).toBe(all.length)
  })
})
