// The kinds of files the office takes, and how a kind is told from the content rather than from the name.
import { open } from 'node:fs/promises'
import { fileTypeFromFile } from 'file-type'
import { CONTROLS } from './controls.ts'

const OOXML = 'application/vnd.openxmlformats-officedocument'

/** kind → media type, and the name endings that may carry it (`wps` and `et` are what WPS calls doc and xls). */
export const fileKinds = {
  pdf: { type: 'application/pdf', endings: ['pdf'] },
  docx: { type: `${OOXML}.wordprocessingml.document`, endings: ['docx'] },
  xlsx: { type: `${OOXML}.spreadsheetml.sheet`, endings: ['xlsx'] },
  pptx: { type: `${OOXML}.presentationml.presentation`, endings: ['pptx'] },
  doc: { type: 'application/msword', endings: ['doc', 'wps'] },
  xls: { type: 'application/vnd.ms-excel', endings: ['xls', 'et'] },
  ppt: { type: 'application/vnd.ms-powerpoint', endings: ['ppt', 'dps'] },
  csv: { type: 'text/csv', endings: ['csv'] },
  txt: { type: 'text/plain', endings: ['txt'] },
  json: { type: 'application/json', endings: ['json'] },
  jpeg: { type: 'image/jpeg', endings: ['jpg', 'jpeg'] },
  png: { type: 'image/png', endings: ['png'] },
  gif: { type: 'image/gif', endings: ['gif'] },
  bmp: { type: 'image/bmp', endings: ['bmp'] },
  webp: { type: 'image/webp', endings: ['webp'] },
  tiff: { type: 'image/tiff', endings: ['tif', 'tiff'] },
  heic: { type: 'image/heic', endings: ['heic'] },
  mp3: { type: 'audio/mpeg', endings: ['mp3'] },
  wav: { type: 'audio/wav', endings: ['wav'] },
  amr: { type: 'audio/amr', endings: ['amr'] },
  m4a: { type: 'audio/x-m4a', endings: ['m4a'] },
  mp4: { type: 'video/mp4', endings: ['mp4'] },
} as const satisfies Record<string, { type: string; endings: readonly string[] }>

export type FileKind = keyof typeof fileKinds

/** The name ending without its dot, in lower case; '' when there is none. */
function endingOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot < 1 ? '' : name.slice(dot + 1).toLowerCase()
}

export function endingFits(kind: FileKind, name: string): boolean {
  const endings: readonly string[] = fileKinds[kind].endings
  return endings.includes(endingOf(name))
}

/** The kind that the content shows; undefined for anything the office does not take. The name only decides csv, txt or json. */
export async function kindOf(path: string, name: string): Promise<FileKind | 'encrypted' | undefined> {
  const ending = endingOf(name)
  // Before the magic bytes: a table that begins with "BM" would pass for a bitmap.
  if (ending === 'csv' || ending === 'txt' || ending === 'json')
    return (await isText(path)) ? ending : undefined
  const detected = (await fileTypeFromFile(path))?.ext
  if (detected === 'cfb') return kindOfCompound(path)
  if (detected === 'jpg') return 'jpeg'
  if (detected === 'tif') return 'tiff'
  return detected !== undefined && Object.hasOwn(fileKinds, detected) ? (detected as FileKind) : undefined
}

const SAMPLE = 65_536
const MARKUP = /^\s*(?:<(?:!doctype|!--|\?xml|html|head|body|meta|script|style|svg|table)|%PDF-)/i

/** Whether the beginning of a file reads as plain text in an encoding that Chinese offices use. */
async function isText(path: string): Promise<boolean> {
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SAMPLE), 0, SAMPLE, 0)
    const text = decode(buffer.subarray(0, bytesRead))
    return text !== undefined && !CONTROLS.test(text) && !MARKUP.test(text)
  } finally {
    await handle.close()
  }
}

function decode(sample: Buffer): string | undefined {
  const mark = sample.toString('latin1', 0, 2)
  const encodings =
    mark === '\xff\xfe' ? ['utf-16le'] : mark === '\xfe\xff' ? ['utf-16be'] : ['utf-8', 'gb18030']
  for (const encoding of encodings) {
    try {
      // stream: the sample may end inside a character.
      return new TextDecoder(encoding, { fatal: true }).decode(sample, { stream: true })
    } catch {
      continue // not this encoding
    }
  }
  return undefined
}

// Streams that tell what an OLE compound file is ([MS-CFB] 2.6.1: directory entries are 128 bytes on 128-byte bounds,
// the name in UTF-16, its length with the final zero at 64, the object type at 66, 2 = stream).
const ENTRY = 128
const STREAMS: readonly [string, FileKind | 'encrypted'][] = [
  ['EncryptedPackage', 'encrypted'],
  ['WordDocument', 'doc'],
  ['Workbook', 'xls'],
  ['Book', 'xls'],
  ['PowerPoint Document', 'ppt'],
]

async function kindOfCompound(path: string): Promise<FileKind | 'encrypted' | undefined> {
  const names = STREAMS.map(([name, kind]) => ({ bytes: Buffer.from(`${name}\0`, 'utf16le'), kind }))
  const handle = await open(path)
  try {
    const part = Buffer.alloc(SAMPLE)
    for (let at = 0; ; at += SAMPLE) {
      const { bytesRead } = await handle.read(part, 0, SAMPLE, at)
      for (let entry = 0; entry + ENTRY <= bytesRead; entry += ENTRY) {
        if (part[entry + 66] !== 2) continue
        const length = part.readUInt16LE(entry + 64)
        const hit = names.find(
          (n) => n.bytes.length === length && part.compare(n.bytes, 0, length, entry, entry + length) === 0,
        )
        if (hit) return hit.kind
      }
      if (bytesRead < SAMPLE) return undefined
    }
  } finally {
    await handle.close()
  }
}
