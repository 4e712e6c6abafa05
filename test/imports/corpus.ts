// Builds spreadsheets part by part, well-formed or hostile: zip packages with every header field open to lies.
import { constants, crc32, deflateRawSync } from 'node:zlib'

export interface ZipPart {
  name: string
  data: string | Buffer
  /** 8 deflate (default), 0 stored, or a method that nobody knows. */
  method?: number
  flags?: number
  /** Lies: what the headers say instead of the truth. */
  crc?: number
  size?: number
  packedSize?: number
  /** Packed bytes as they are, instead of packing `data`. */
  packed?: Buffer
  localSignature?: number
}

export interface ZipLies {
  entryCount?: number
  directoryOffset?: number
  comment?: string
  directorySignature?: number
}

const LOCAL = 0x04034b50
const DIRECTORY = 0x02014b50
const END = 0x06054b50

export function zip(parts: readonly ZipPart[], lies: ZipLies = {}): Buffer {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const part of parts) {
    const data = Buffer.from(part.data)
    const method = part.method ?? 8
    const packed = part.packed ?? (method === 0 ? data : deflateRawSync(data))
    const name = Buffer.from(part.name)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(part.flags ?? 0x800, 2)
    fields.writeUInt16LE(method, 4)
    fields.writeUInt32LE(part.crc ?? crc32(data), 10)
    fields.writeUInt32LE(part.packedSize ?? packed.length, 14)
    fields.writeUInt32LE(part.size ?? data.length, 18)
    fields.writeUInt16LE(name.length, 22)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    bodies.push(uint32(part.localSignature ?? LOCAL), fields, name, packed)
    directory.push(uint32(lies.directorySignature ?? DIRECTORY), Buffer.from([20, 0]), fields, tail, name)
    offset += 30 + name.length + packed.length
  }
  const entries = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(lies.entryCount ?? parts.length, 4)
  end.writeUInt16LE(lies.entryCount ?? parts.length, 6)
  end.writeUInt32LE(entries.length, 8)
  end.writeUInt32LE(lies.directoryOffset ?? offset, 12)
  const comment = Buffer.from(lies.comment ?? '')
  end.writeUInt16LE(comment.length, 16)
  return Buffer.concat([...bodies, entries, uint32(END), end, comment])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** A part that unpacks to `before`, then `mebibytes` of one letter, then `after`; about 1 kB a mebibyte. */
export function bomb(before: string, mebibytes: number, after: string): Pick<ZipPart, 'packed' | 'size'> {
  const flush = { finishFlush: constants.Z_FULL_FLUSH }
  const block = deflateRawSync(LETTERS, flush)
  const middle = Array.from({ length: mebibytes }, () => block)
  const packed = [deflateRawSync(Buffer.from(before), flush), ...middle, deflateRawSync(Buffer.from(after))]
  return { packed: Buffer.concat(packed), size: before.length + mebibytes * LETTERS.length + after.length }
}

const LETTERS = Buffer.alloc(1_048_576, 'A')

/** The checksum of such a part; takes a second for 2 GiB. */
export function checksumOfBomb(before: string, mebibytes: number, after: string): number {
  let checksum = crc32(before)
  for (let i = 0; i < mebibytes; i++) checksum = crc32(LETTERS, checksum)
  return crc32(after, checksum)
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

const WORKSHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'

export interface SheetSpec {
  name?: string
  state?: 'hidden' | 'veryHidden'
  /** The part itself; `rows` and `behind` are wrapped into one otherwise. */
  xml?: string | Buffer
  rows?: string
  /** What stands behind the rows, such as merged cells. */
  behind?: string
  /** `worksheet` unless it is a chart sheet. */
  kind?: string
}

export interface WorkbookSpec {
  sheets?: SheetSpec[]
  /** Content of the shared texts. */
  shared?: string
  /** The parts of styles.xml inside its root. */
  styles?: string
  /** Attributes of workbookPr. */
  properties?: string
  type?: string
  relations?: string
  extra?: ZipPart[]
  /** Last word on every part. */
  change?: (part: ZipPart) => ZipPart | undefined
  zip?: ZipLies
}

export function sheetXml(rows: string, behind = ''): string {
  return `${XML}<worksheet xmlns="${MAIN}"><dimension ref="A1"/><sheetData>${rows}</sheetData>${behind}</worksheet>`
}

export function workbook(spec: WorkbookSpec): Buffer {
  const sheets = spec.sheets ?? [{}]
  const relation = (id: string, kind: string, target: string) =>
    `<Relationship Id="${id}" Type="${OFFICE}/${kind}" Target="${target}"/>`
  const relations = [
    ...sheets.map((sheet, i) =>
      relation(`rId${i + 1}`, sheet.kind ?? 'worksheet', `worksheets/sheet${i + 1}.xml`),
    ),
    ...(spec.shared === undefined ? [] : [relation('rIdT', 'sharedStrings', 'sharedStrings.xml')]),
    ...(spec.styles === undefined ? [] : [relation('rIdS', 'styles', 'styles.xml')]),
    spec.relations ?? '',
  ]
  const listed = sheets.map((sheet, i) => {
    const state = sheet.state === undefined ? '' : ` state="${sheet.state}"`
    return `<sheet name="${sheet.name ?? `Sheet${i + 1}`}" sheetId="${i + 1}"${state} r:id="rId${i + 1}"/>`
  })
  const wrap = (root: string, content: string) =>
    `${XML}<${root} xmlns="${MAIN}" xmlns:r="${OFFICE}">${content}</${root}>`
  const parts: ZipPart[] = [
    {
      name: '[Content_Types].xml',
      data: `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${spec.type ?? WORKSHEET_TYPE}"/></Types>`,
    },
    {
      name: '_rels/.rels',
      data: `${XML}<Relationships xmlns="${PACKAGE}/relationships">${relation('rId1', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    },
    {
      name: 'xl/workbook.xml',
      data: wrap('workbook', `<workbookPr ${spec.properties ?? ''}/><sheets>${listed.join('')}</sheets>`),
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      data: `${XML}<Relationships xmlns="${PACKAGE}/relationships">${relations.join('')}</Relationships>`,
    },
    ...(spec.styles === undefined ? [] : [{ name: 'xl/styles.xml', data: wrap('styleSheet', spec.styles) }]),
    ...(spec.shared === undefined ? [] : [{ name: 'xl/sharedStrings.xml', data: wrap('sst', spec.shared) }]),
    ...sheets.map((sheet, i) => ({
      name: `xl/worksheets/sheet${i + 1}.xml`,
      data: sheet.xml ?? sheetXml(sheet.rows ?? '', sheet.behind),
    })),
    ...(spec.extra ?? []),
  ]
  const changed = parts.flatMap((part) => (spec.change === undefined ? part : (spec.change(part) ?? [])))
  return zip(changed, spec.zip)
}

/** A workbook of one sheet with these rows of XML. */
export const ofRows = (rows: string, more: WorkbookSpec = {}) => workbook({ ...more, sheets: [{ rows }] })

/** A workbook whose one part is not what it should be. */
export const withPart = (name: string, change: Partial<ZipPart>, more: WorkbookSpec = {}) =>
  workbook({
    sheets: [{ rows: row(1, text('A1', 'a')) }],
    ...more,
    change: (part) => (part.name === name ? { ...part, ...change } : part),
  })

export const row = (n: number, ...cells: string[]) => `<row r="${n}">${cells.join('')}</row>`
export const text = (at: string, value: string) => `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`
export const number = (at: string, value: string | number, style = 0) =>
  `<c r="${at}" s="${style}"><v>${value}</v></c>`
export const sharedText = (at: string, index: number) => `<c r="${at}" t="s"><v>${index}</v></c>`

/** An OLE compound file with these stream names ([MS-CFB] 2.6.1), enough to be told by. */
export function compound(...names: string[]): Buffer {
  const head = Buffer.alloc(512)
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(head)
  const entries = names.map((name) => {
    const entry = Buffer.alloc(128)
    entry.write(name, 'utf16le')
    entry.writeUInt16LE(name.length * 2 + 2, 64)
    entry.writeUInt8(2, 66)
    return entry
  })
  return Buffer.concat([head, ...entries])
}

export const utf16 = (content: string, bigEndian = false) => {
  const bytes = Buffer.from(`\ufeff${content}`, 'utf16le')
  return bigEndian ? bytes.swap16() : bytes
}

let toGbk: Map<string, number> | undefined

/** Node only decodes GB18030: two-byte codes by reversing its table, beyond the basic plane by the standard's formula. */
export function gb18030(content: string): Buffer {
  toGbk ??= gbkTable()
  const bytes: number[] = []
  for (const character of content) {
    const code = character.codePointAt(0) ?? 0
    const pair = toGbk.get(character)
    if (code < 0x80) bytes.push(code)
    else if (pair !== undefined) bytes.push(pair >> 8, pair & 0xff)
    else if (code < 0x10000) throw new Error(`no two-byte code for ${character}`)
    else {
      const linear = code - 0x10000 + 189_000
      bytes.push(0x81 + Math.floor(linear / 12_600), 0x30 + (Math.floor(linear / 1260) % 10))
      bytes.push(0x81 + (Math.floor(linear / 10) % 126), 0x30 + (linear % 10))
    }
  }
  return Buffer.from(bytes)
}

function gbkTable(): Map<string, number> {
  const decoder = new TextDecoder('gb18030')
  const table = new Map<string, number>()
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const character = decoder.decode(Uint8Array.of(lead, trail))
      if (trail !== 0x7f && character.length === 1) table.set(character, (lead << 8) | trail)
    }
  }
  return table
}
