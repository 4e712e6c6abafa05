// Reads a Word document as a person would: its parts, and its text paragraph by paragraph.
import { inflateRawSync } from 'node:zlib'

function partOf(zip: Buffer, name: string): string {
  // The central directory tells where each part lies and how long it is.
  for (let at = zip.indexOf('PK\u0001\u0002'); at !== -1; at = zip.indexOf('PK\u0001\u0002', at + 4)) {
    const length = zip.readUInt16LE(at + 28)
    if (zip.toString('utf8', at + 46, at + 46 + length) !== name) continue
    const local = zip.readUInt32LE(at + 42)
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const bytes = zip.subarray(from, from + zip.readUInt32LE(at + 20))
    return (zip.readUInt16LE(at + 10) === 0 ? bytes : inflateRawSync(bytes)).toString('utf8')
  }
  throw new Error(`no part ${name}`)
}

export function paragraphsOf(docx: Buffer): string[] {
  return [...partOf(docx, 'word/document.xml').matchAll(/<w:p[ >].*?<\/w:p>/gs)].map(([p]) =>
    [...p.matchAll(/<w:t[^>]*>([^<]*)<\/w:t>/g)].map(([, t = '']) => t).join(''),
  )
}
