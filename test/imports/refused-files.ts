// Packages and other binary files that are turned away whole, each with the code and the place that the refusal names.
import type { ImportLimits } from '../../src/imports/limits.ts'
import type { ImportFileCode } from '../../src/imports/refusal.ts'
import * as c from './corpus.ts'

export interface RefusedFile {
  code: ImportFileCode
  name: string
  build(): Buffer
  where: { row?: number; cell?: string }
  limits?: Partial<ImportLimits>
}

type Code = ImportFileCode extends `import/${infer Name}` ? Name : never

export function refused(
  code: Code,
  name: string,
  build: () => Buffer,
  { limits, ...where }: RefusedFile['where'] & Pick<RefusedFile, 'limits'> = {},
): RefusedFile {
  return { code: `import/${code}`, name, build, where, ...(limits === undefined ? {} : { limits }) }
}

const sheet1 = 'xl/worksheets/sheet1.xml'
const good = () => c.ofRows(c.row(1, c.text('A1', 'a')))
const xml = (content: string | Buffer) => c.workbook({ sheets: [{ xml: content }] })
const ms = 'application/vnd.ms-excel'
const ooxml = 'application/vnd.openxmlformats-officedocument'
const part = (name: string, data = 'x'): c.ZipPart => ({ name, data })

const formats: RefusedFile[] = [
  refused('file-empty', 'no bytes at all', () => Buffer.alloc(0)),
  refused('encrypted', 'a workbook under a password', () =>
    c.compound('Root Entry', 'DataSpaces', 'EncryptionInfo', 'EncryptedPackage'),
  ),
  refused('old-workbook', 'an old .xls renamed .xlsx', () => c.compound('Root Entry', 'Workbook')),
  refused('old-workbook', 'an .xls cut off after its magic bytes', () => c.compound().subarray(0, 8)),
  refused('web-page', 'a web page renamed .xls', () =>
    Buffer.from('<html><body><table><tr><td>工单编号</td></tr></table></body></html>'),
  ),
  refused('web-page', 'a web page after a mark and blank lines', () =>
    Buffer.from('\ufeff\r\n  <!DOCTYPE html><table></table>'),
  ),
  refused('web-page', 'a bare table', () => Buffer.from('<table border=1><tr><td>1</td></tr></table>')),
  refused('web-page', 'a web page in UTF-16', () => c.utf16('<html></html>')),
  refused('web-page', 'SpreadsheetML 2003', () =>
    Buffer.from('<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'),
  ),
  refused('web-page', 'a web archive', () =>
    Buffer.from('MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n'),
  ),
  refused('unsupported-type', 'a PDF', () => Buffer.from('%PDF-1.7\n%âãÏÓ')),
  refused('unsupported-type', 'a PNG', () => Buffer.from('89504e470d0a1a0a0000000d', 'hex')),
  refused('unsupported-type', 'a JPEG', () => Buffer.from('ffd8ffe000104a464946', 'hex')),
  refused('unsupported-type', 'a RAR archive', () => Buffer.from('Rar!\x1a\x07\x00', 'latin1')),
  refused('unsupported-type', 'a 7z archive', () => Buffer.from('377abcaf271c0004', 'hex')),
  refused('unsupported-type', 'a gzip archive', () => Buffer.from('1f8b0800000000000003', 'hex')),
  refused('unsupported-type', 'an RTF document', () => Buffer.from('{\\rtf1\\ansi}')),
  refused('unsupported-type', 'binary content', () => Buffer.from([1, 2, 0, 3, 255, 254, 0, 9])),
  refused('unsupported-type', 'a zip with a workbook inside', () =>
    c.zip([{ name: '工单.xlsx', data: good() }]),
  ),
  refused('unsupported-type', 'zips nested in zips', () =>
    [1, 2, 3, 4, 5].reduce((inner) => c.zip([{ name: 'a.zip', data: inner }]), good()),
  ),
  refused('unsupported-type', 'an empty zip', () => c.zip([])),
  refused('unsupported-type', 'an OpenDocument spreadsheet', () =>
    c.zip([part('mimetype'), part('content.xml')]),
  ),
  refused('unsupported-type', 'a Word document', () =>
    c.workbook({ type: `${ooxml}.wordprocessingml.document.main+xml` }),
  ),
  refused('unsupported-type', 'a binary workbook', () =>
    c.workbook({ type: `${ms}.sheet.binary.macroEnabled.main` }),
  ),
  refused('macros', 'a macro workbook', () => c.workbook({ type: `${ms}.sheet.macroEnabled.main+xml` })),
  refused('macros', 'a macro workbook that says it is none', () =>
    c.workbook({ extra: [part('xl/vbaProject.bin')] }),
  ),
  refused('macros', 'Excel 4 macros', () => c.workbook({ extra: [part('xl/macrosheets/sheet1.xml')] })),
  refused('external-links', 'links to other workbooks, or DDE', () =>
    c.workbook({ extra: [part('xl/externalLinks/externalLink1.xml')] }),
  ),
]

const laughs = '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'

const documents: RefusedFile[] = [
  refused('unsafe-xml', 'a billion laughs in a sheet', () =>
    xml(`${laughs}<worksheet><sheetData/></worksheet>`),
  ),
  refused('unsafe-xml', 'an external entity in the workbook', () =>
    c.withPart('xl/workbook.xml', { data: '<!DOCTYPE w SYSTEM "file:///etc/passwd"><workbook/>' }),
  ),
  refused('unsafe-xml', 'a document type in the shared texts', () =>
    c.withPart('xl/sharedStrings.xml', { data: `${laughs}<sst/>` }, { shared: '' }),
  ),
  refused('damaged', 'an unknown entity', () => c.ofRows(c.row(1, c.text('A1', '&nbsp;')))),
  refused('damaged', 'a bare ampersand', () => c.ofRows(c.row(1, c.text('A1', 'a & b')))),
  refused('damaged', 'a reference to half a character', () => c.ofRows(c.row(1, c.text('A1', '&#xD800;')))),
  refused('damaged', 'a reference to no character', () => c.ofRows(c.row(1, c.text('A1', '&#0;')))),
  refused('damaged', 'a sheet that is not UTF-8', () =>
    xml(Buffer.from(c.sheetXml(c.row(1, c.text('A1', '\xb0\xa1'))), 'latin1')),
  ),
  refused('damaged', 'a sheet in UTF-16', () => xml(c.utf16(c.sheetXml(c.row(1, c.text('A1', 'a')))))),
  refused('damaged', 'tags that do not match', () => c.ofRows('<row r="1"><c r="A1"><v>1</c></v></row>')),
  refused('damaged', 'a sheet that ends in the middle', () =>
    xml(c.sheetXml(c.row(1, c.text('A1', 'abc'))).slice(0, -60)),
  ),
  refused('damaged', 'a thousand nested tags', () => xml(`${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}`)),
  refused('damaged', 'a tag of a megabyte', () => c.ofRows(`<row r="1" x="${'y'.repeat(1_000_000)}"></row>`)),
  refused('damaged', 'a comment of a megabyte', () => c.ofRows(`<!--${'y'.repeat(1_000_000)}-->`)),
  refused('damaged', 'text instead of XML', () => c.withPart('[Content_Types].xml', { data: 'not XML <' })),
  refused('damaged', 'a package without relations', () =>
    c.workbook({ change: (p) => (p.name === '_rels/.rels' ? undefined : p) }),
  ),
  refused('damaged', 'a package without its workbook', () =>
    c.workbook({ change: (p) => (p.name === 'xl/workbook.xml' ? undefined : p) }),
  ),
  refused('damaged', 'a workbook without its sheet', () =>
    c.workbook({ change: (p) => (p.name === sheet1 ? undefined : p) }),
  ),
  refused(
    'damaged',
    'a shared text that is not there',
    () => c.ofRows(c.row(1, c.sharedText('A1', 7)), { shared: '<si><t>a</t></si>' }),
    { row: 1, cell: 'A1' },
  ),
  refused(
    'damaged',
    'a cell of an unknown type',
    () => c.ofRows('<row r="3"><c r="B3" t="zz"><v>1</v></c></row>'),
    { row: 3, cell: 'B3' },
  ),
  refused(
    'damaged',
    'rows out of order',
    () => c.ofRows(c.row(5, c.text('A5', 'a')) + c.row(4, c.text('A4', 'a'))),
    { row: 5 },
  ),
  refused('damaged', 'the same row twice', () => c.ofRows(c.row(5, c.text('A5', 'a')).repeat(2)), { row: 5 }),
  refused('damaged', 'row 1,048,577', () => c.ofRows(c.row(1_048_577, c.text('A1', 'a')))),
  refused('damaged', 'a row number that is none', () => c.ofRows('<row r="1e3x"></row>')),
  refused('damaged', 'cells out of order', () => c.ofRows(c.row(1, c.text('B1', 'a'), c.text('A1', 'b'))), {
    row: 1,
  }),
  refused('damaged', 'a column beyond XFD', () => c.ofRows(c.row(1, c.text('XFE1', 'a'))), { row: 1 }),
  refused('damaged', 'a merged range that is none', () =>
    c.workbook({ sheets: [{ behind: '<mergeCells><mergeCell ref="A:B"/></mergeCells>' }] }),
  ),
]

const zips: RefusedFile[] = [
  refused('damaged', 'a zip without its end', () => good().subarray(0, -22)),
  refused('damaged', 'a zip cut in half', () => good().subarray(0, good().length / 2)),
  refused('damaged', 'only the magic bytes of a zip', () => Buffer.from('PK\x03\x04', 'latin1')),
  refused('damaged', 'a directory that lies elsewhere', () => c.workbook({ zip: { directoryOffset: 5 } })),
  refused('damaged', 'a directory beyond the file', () =>
    c.workbook({ zip: { directoryOffset: 0x7fffffff } }),
  ),
  refused('damaged', 'a directory of something else', () => c.workbook({ zip: { directorySignature: 1 } })),
  refused('damaged', 'a directory with fewer entries than it says', () =>
    c.workbook({ zip: { entryCount: 100 } }),
  ),
  refused('damaged', 'bytes behind the end', () => Buffer.concat([good(), Buffer.alloc(40)])),
  refused('damaged', 'a part header that is none', () => c.withPart(sheet1, { localSignature: 7 })),
  refused('damaged', 'a wrong checksum', () => c.withPart(sheet1, { crc: 1 })),
  refused('damaged', 'a part larger than its header says', () => c.withPart(sheet1, { size: 20 })),
  refused('damaged', 'a part smaller than its header says', () =>
    c.withPart(sheet1, { size: 4_000_000_000 }),
  ),
  refused('damaged', 'a packed size beyond the file', () =>
    c.withPart(sheet1, { packedSize: 4_000_000_000 }),
  ),
  refused('damaged', 'a packed size too short', () => c.withPart(sheet1, { packedSize: 10 })),
  refused('damaged', 'packed bytes that are none', () =>
    c.withPart(sheet1, { packed: Buffer.alloc(100, 0xff) }),
  ),
  refused('damaged', 'an unknown packing method', () => c.withPart(sheet1, { method: 12 })),
  refused('encrypted', 'parts under a password', () => c.withPart(sheet1, { flags: 0x801 })),
  refused('encrypted', 'parts under strong encryption', () => c.withPart(sheet1, { flags: 0x841 })),
  refused('damaged', 'the same part twice', () => c.workbook({ extra: [part('XL/workbook.xml')] })),
  refused('damaged', 'a part outside the folder', () => c.workbook({ extra: [part('../../etc/cron.d/x')] })),
  refused('damaged', 'a part with an absolute name', () => c.workbook({ extra: [part('/etc/passwd')] })),
  refused('too-many-parts', 'more than 200 parts', () =>
    c.workbook({ extra: Array.from({ length: 250 }, (_, i) => part(`a${i}`)) }),
  ),
]

export const refusedFiles: readonly RefusedFile[] = [...formats, ...documents, ...zips]
