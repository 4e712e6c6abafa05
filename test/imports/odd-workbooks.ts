// Workbooks that are odd but readable, each with the rows that reading it gives.
import type { About, CellKind, RawCell } from '../../src/imports/sheet.ts'
import * as c from './corpus.ts'

/** `n` and cells; texts stand for themselves. */
export type ExpectedRow = [number, ...(RawCell | string | null)[]]

export interface OddFile {
  name: string
  build(): Buffer
  rows: ExpectedRow[]
  sheet?: string
  about?: Partial<About>
  hidden?: number[]
  merged?: Record<number, string[]>
}

export const odd = (
  name: string,
  build: () => Buffer,
  rows: ExpectedRow[],
  more: Omit<OddFile, 'name' | 'build' | 'rows'> = {},
): OddFile => ({ name, build, rows, ...more })

export const cell = (kind: CellKind, v: RawCell['v'], raw?: string): RawCell =>
  raw === undefined ? { v, kind } : { v, kind, raw }
const xml = (content: string) => c.workbook({ sheets: [{ xml: content }] })
const ab = c.row(1, c.text('A1', 'a'), c.text('B1', 'b'))
const AB: ExpectedRow[] = [[1, 'a', 'b']]
const merge = (...ranges: string[]) =>
  `<mergeCells>${ranges.map((range) => `<mergeCell ref="${range}"/>`).join('')}</mergeCells>`
const strict = (content: string | Buffer) =>
  content
    .toString()
    .replaceAll(
      'http://schemas.openxmlformats.org/officeDocument/2006/relationships',
      'http://purl.oclc.org/ooxml/officeDocument/relationships',
    )

const documents: OddFile[] = [
  odd('texts in the cells', () => c.ofRows(ab), AB),
  odd(
    'shared texts',
    () =>
      c.ofRows(c.row(1, c.sharedText('A1', 1), c.sharedText('B1', 0), c.sharedText('C1', 1)), {
        shared: '<si><t>b</t></si><si><t>a</t></si>',
      }),
    [[1, 'a', 'b', 'a']],
  ),
  odd(
    'texts in several fonts',
    () =>
      c.ofRows(
        c.row(
          1,
          c.sharedText('A1', 0),
          '<c r="B1" t="inlineStr"><is><r><t>工</t></r><r><rPr><b/></rPr><t>单</t></r></is></c>',
        ),
        { shared: '<si><r><t>编</t></r><r><t xml:space="preserve">号 </t></r></si>' },
      ),
    [[1, '编号 ', '工单']],
  ),
  odd(
    'phonetic hints',
    () =>
      c.ofRows(c.row(1, c.sharedText('A1', 0)), {
        shared: '<si><t>重庆</t><rPh sb="0" eb="1"><t>chongqing</t></rPh></si>',
      }),
    [[1, '重庆']],
  ),
  odd(
    'escaped characters',
    () =>
      c.ofRows(
        c.row(1, c.text('A1', 'a_x000D_&#10;b &lt;&amp;&#x597D;&gt; _x005F_x'), c.text('B1', '_x0000_')),
      ),
    [[1, 'a\r\nb <&好> _x', '\ufffd']],
  ),
  odd('rare characters', () => c.ofRows(c.row(1, c.text('A1', '𠮷&#x20BB7;'), c.text('B1', '阿·迪力'))), [
    [1, '𠮷𠮷', '阿·迪力'],
  ]),
  odd(
    'a prefix on every tag',
    () =>
      xml(
        '<x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref="A1:B1"/></x:mergeCells></x:worksheet>',
      ),
    [[1, 'a']],
    { merged: { 1: ['A1:B1'] } },
  ),
  odd(
    'CDATA, comments and instructions',
    () =>
      c.ofRows(
        `<?x y?><!-- <row r="9"> -->${c.row(1, '<c r="A1" t="str"><v><![CDATA[a<b]]>&amp;c</v></c>')}`,
      ),
    [[1, 'a<b&c']],
  ),
  odd(
    'attributes in single quotes and with blanks',
    () => c.ofRows(`<row  r = '2' ><c\nr='B2' t = "str" x='r="C9"'><v>1 > 0</v></c></row>`),
    [[2, null, '1 > 0']],
  ),
  odd('a mark at the beginning of a part', () => xml(`\ufeff${c.sheetXml(ab)}`), AB),
  odd(
    'rows and cells without numbers',
    () =>
      c.ofRows(
        '<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row><row></row><row><c><v>1</v></c></row>',
      ),
    [...AB, [3, cell('number', 1)]],
  ),
  odd(
    'gaps between cells and rows',
    () => c.ofRows(c.row(3, c.text('C3', 'a')) + c.row(1_048_576, c.text('A1048576', 'z'))),
    [
      [3, null, null, 'a'],
      [1_048_576, 'z'],
    ],
  ),
  odd(
    'styled cells out to column XFD',
    () => c.ofRows(c.row(1, c.text('A1', 'a'), c.text('B1', 'b'), '<c r="XFD1" s="0"/>')),
    AB,
  ),
  odd(
    'the strict kind of workbook',
    () => c.workbook({ sheets: [{ rows: ab }], change: (part) => ({ ...part, data: strict(part.data) }) }),
    AB,
  ),
  odd(
    'a link to a web page',
    () =>
      c.ofRows(ab, {
        relations:
          '<Relationship Id="rId9" Type="x/hyperlink" Target="https://example.org/" TargetMode="External"/>',
      }),
    AB,
  ),
  odd(
    'comments with a script',
    () =>
      c.ofRows(ab, {
        extra: [
          { name: 'xl/comments1.xml', data: '<comments><text><t>&lt;script&gt;</t></text></comments>' },
        ],
      }),
    AB,
  ),
  odd(
    'a filter and a printed title',
    () =>
      c.workbook({ sheets: [{ rows: ab, behind: '<autoFilter ref="A1:B1"/><pageMargins left="0.7"/>' }] }),
    AB,
  ),
]

const packages: OddFile[] = [
  odd(
    'parts that are not packed',
    () => c.workbook({ sheets: [{ rows: ab }], change: (part) => ({ ...part, method: 0 }) }),
    AB,
  ),
  odd(
    'sizes behind the parts',
    () => c.workbook({ sheets: [{ rows: ab }], change: (part) => ({ ...part, flags: 0x808 }) }),
    AB,
  ),
  odd(
    'names in other capitals',
    () =>
      c.workbook({ sheets: [{ rows: ab }], change: (part) => ({ ...part, name: part.name.toUpperCase() }) }),
    AB,
  ),
  odd(
    'a comment on the zip',
    () => c.workbook({ sheets: [{ rows: ab }], zip: { comment: 'exported 2020' } }),
    AB,
  ),
  odd('folders as parts', () => c.ofRows(ab, { extra: [{ name: 'xl/media/', data: '' }] }), AB),
]

const sheets: OddFile[] = [
  odd(
    'a hidden sheet before the data',
    () =>
      c.workbook({
        sheets: [
          { name: '字典', state: 'hidden', rows: c.row(1, c.text('A1', 'x')) },
          { name: '工单 &amp; 回访', rows: ab },
          { name: '说明' },
        ],
      }),
    AB,
    {
      sheet: '工单 & 回访',
      about: {
        format: 'xlsx',
        ignored: [
          { sheet: '字典', hidden: true },
          { sheet: '说明', hidden: false },
        ],
      },
    },
  ),
  odd('an empty sheet before the data', () => c.workbook({ sheets: [{}, { rows: ab }] }), AB, {
    sheet: 'Sheet2',
    about: { ignored: [{ sheet: 'Sheet1', hidden: false }] },
  }),
  odd(
    'a chart before the data',
    () => c.workbook({ sheets: [{ kind: 'chartsheet', xml: '<chartsheet/>' }, { rows: ab }] }),
    AB,
    { sheet: 'Sheet2', about: { ignored: [] } },
  ),
  odd(
    'rows that a filter hides',
    () => c.ofRows(`<row r="1">${c.text('A1', 'a')}</row><row r="2" hidden="1">${c.text('A2', 'b')}</row>`),
    [
      [1, 'a'],
      [2, 'b'],
    ],
    { hidden: [2] },
  ),
  odd(
    'a title and a header of two rows, merged',
    () =>
      c.workbook({
        sheets: [
          {
            rows:
              c.row(1, c.text('A1', '工单导出')) +
              c.row(2, c.text('A2', '编号'), c.text('B2', '时间')) +
              c.row(3, c.text('B3', '受理'), c.text('C3', '办结')),
            behind: merge('A1:C1', 'A2:A3', 'B2:C2'),
          },
        ],
      }),
    [
      [1, '工单导出'],
      [2, '编号', '时间'],
      [3, null, '受理', '办结'],
    ],
    { merged: { 1: ['A1:C1'], 2: ['A2:A3', 'B2:C2'], 3: ['A2:A3'] } },
  ),
  odd(
    'merged cells in the data',
    () =>
      c.workbook({
        sheets: [
          {
            rows: [1, 5, 6, 7].map((n) => c.row(n, c.text(`B${n}`, 'x'))).join(''),
            behind: merge('A5:A6', 'B9:B9'),
          },
        ],
      }),
    [1, 5, 6, 7].map((n) => [n, null, 'x']),
    { merged: { 5: ['A5:A6'], 6: ['A5:A6'] } },
  ),
]

export const oddWorkbooks: readonly OddFile[] = [...documents, ...packages, ...sheets]
