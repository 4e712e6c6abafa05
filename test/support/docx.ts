// Reads a Word document or a workbook as a person would: its parts, and its text paragraph by paragraph.
import { inflateRawSync } from 'node:zlib'

function* partsOf(zip: Buffer): Generator<{ name: string; text: string }> {
  // The central directory tells where each part lies and how long it is.
  for (let at = zip.indexOf('PK\u0001\u0002'); at !== -1; at = zip.indexOf('PK\u0001\u0002', at + 4)) {
    const length = zip.readUInt16LE(at + 28)
    const name = zip.toString('utf8', at + 46, at + 46 + length)
    const local = zip.readUInt32LE(at + 42)
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const bytes = zip.subarray(from, from + zip.readUInt32LE(at + 20))
    yield { name, text: (zip.readUInt16LE(at + 10) === 0 ? bytes : inflateRawSync(bytes)).toString('utf8') }
  }
}

function partOf(zip: Buffer, wanted: string): string {
  for (const { name, text } of partsOf(zip)) if (name === wanted) return text
  throw new Error(`no part ${wanted}`)
}

/** All that is written in it, with the marks between. */
export function everythingIn(zip: Buffer): string {
  return [...partsOf(zip)].map(({ text }) => text).join('\n')
}

export function paragraphsOf(docx: Buffer): string[] {
  return [...partOf(docx, 'word/document.xml').matchAll(/<w:p[ >].*?<\/w:p>/gs)].map(([p]) =>
    [...p.matchAll(/<w:t[^>]*>([^<]*)<\/w:t>/g)].map(([, t = '']) => t).join(''),
  )
}
