// Tells by content what an uploaded table is; its name counts for nothing.
import { openSync, closeSync, fstatSync, readSync } from 'node:fs'
import type { ImportLimits } from './limits.ts'
import { refuse } from './refusal.ts'

const HEAD = 8192
const PIECE = 1_048_576
const ENCRYPTED = Buffer.from('EncryptedPackage', 'utf16le')

const SAVE_AS = '请用 Excel 打开后另存为 .xlsx，再上传'

/** Beginnings of files that people upload by mistake. */
const OTHERS: readonly { magic: string; what: string; message: string }[] = [
  { magic: '%PDF-', what: 'PDF', message: '这是 PDF 文件，请上传 .xlsx 或 .csv' },
  { magic: 'Rar!', what: 'RAR archive', message: '这是压缩包，请解压后上传其中的 .xlsx 或 .csv 文件' },
  { magic: '7z\xbc\xaf', what: '7z archive', message: '这是压缩包，请解压后上传其中的 .xlsx 或 .csv 文件' },
  { magic: '\x1f\x8b', what: 'gzip archive', message: '这是压缩包，请解压后上传其中的 .xlsx 或 .csv 文件' },
  { magic: '\x89PNG', what: 'picture', message: '这是图片，请上传 .xlsx 或 .csv' },
  { magic: '\xff\xd8\xff', what: 'picture', message: '这是图片，请上传 .xlsx 或 .csv' },
  { magic: '{\\rtf', what: 'RTF document', message: '这是文档，请上传 .xlsx 或 .csv' },
]

/** `xlsx` for any zip package, `csv` for any text; refuses what is neither, and says what it is. */
export function sniff(path: string, limits: ImportLimits): 'xlsx' | 'csv' {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    if (size === 0) refuse({ code: 'import/file-empty', detail: '0 bytes' })
    if (size > limits.fileBytes) {
      refuse({ code: 'import/file-too-large', detail: `${size} bytes, at most ${limits.fileBytes}` })
    }
    const head = Buffer.alloc(HEAD)
    const bytes = head.subarray(0, readSync(file, head, 0, HEAD, 0))
    const latin = bytes.toString('latin1')
    if (latin.startsWith('PK\x03\x04') || latin.startsWith('PK\x05\x06')) return 'xlsx'
    if (latin.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) refuseCompound(file)
    const other = OTHERS.find(({ magic }) => latin.startsWith(magic))
    if (other !== undefined)
      refuse({ code: 'import/unsupported-type', message: other.message, detail: other.what })
    refuseMarkup(bytes)
    return 'csv'
  } finally {
    closeSync(file)
  }
}

/** OLE compound files: old workbooks, and new ones under a password ([MS-OFFCRYPTO] 2.3.4.4). */
function refuseCompound(file: number): never {
  const piece = Buffer.alloc(PIECE)
  const overlap = ENCRYPTED.length
  for (let at = 0; ; at += PIECE - overlap) {
    const length = readSync(file, piece, 0, PIECE, at)
    if (piece.subarray(0, length).includes(ENCRYPTED)) {
      refuse({ code: 'import/encrypted', detail: 'a compound file with an EncryptedPackage' })
    }
    if (length < PIECE) refuse({ code: 'import/old-workbook', detail: 'an OLE compound file' })
  }
}

/** Platforms export web pages and SpreadsheetML 2003 under the name .xls. */
function refuseMarkup(bytes: Buffer): void {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  const start = bytes
    .toString(utf16 ? 'utf16le' : 'latin1', 0, 2048)
    .replace(/^(?:\u00ef\u00bb\u00bf|\ufeff)/, '')
    .trimStart()
  if (start.startsWith('<')) refuse({ code: 'import/web-page', detail: 'begins with a tag' })
  if (/^(?:mime-version|from|content-type):/i.test(start)) {
    refuse({ code: 'import/web-page', message: `这是网页文件，${SAVE_AS}`, detail: 'a web archive (MHTML)' })
  }
}
