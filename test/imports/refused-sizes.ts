// Workbooks that are too large in one way or another: bombs, long texts, too many rows, columns or merges; or empty.
import * as c from './corpus.ts'
import { refused, type RefusedFile } from './refused-files.ts'

const SHEET1 = 'xl/worksheets/sheet1.xml'
const good = () => c.ofRows(c.row(1, c.text('A1', 'a')))
const cellsOf = (count: number, value: string) =>
  Array.from({ length: count }, () => `<c t="inlineStr"><is><t>${value}</t></is></c>`)

const bombOf = (name: string, before: string, after: string) =>
  c.withPart(name, c.bomb(before, 2047, after), { shared: '', styles: '' })

export const refusedSizes: readonly RefusedFile[] = [
  refused('file-too-large', 'a file above the limit', good, { limits: { fileBytes: 100 } }),
  refused('unpacks-too-large', 'one cell of 2 GiB in 2 MB', () =>
    bombOf(
      SHEET1,
      '<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>',
      '</v></c></row></sheetData></worksheet>',
    ),
  ),
  refused('cell-too-long', 'one shared text of 2 GiB', () =>
    bombOf('xl/sharedStrings.xml', '<sst><si><t>', '</t></si></sst>'),
  ),
  refused('unpacks-too-large', 'blanks of 2 GiB among the styles', () =>
    bombOf('xl/styles.xml', '<styleSheet>', '</styleSheet>'),
  ),
  refused('unpacks-too-large', 'a bomb behind the rows', () =>
    bombOf(SHEET1, '<worksheet><sheetData></sheetData>', '</worksheet>'),
  ),
  refused('damaged', 'a bomb that admits a small size', () =>
    c.withPart(SHEET1, { ...c.bomb('<worksheet>', 200, '</worksheet>'), size: 1000 }),
  ),
  refused(
    'unpacks-too-large',
    'parts that are too large together',
    () => c.ofRows(c.row(1, c.text('A1', 'a'.repeat(9000)))),
    { limits: { inflatedBytes: 8000 } },
  ),
  refused(
    'unpacks-too-large',
    'shared texts above their limit',
    () => c.ofRows('', { shared: `<si><t>${'a'.repeat(9000)}</t></si>` }),
    { limits: { stringBytes: 5000 } },
  ),
  refused(
    'unpacks-too-large',
    'one long shared text in every cell',
    () =>
      c.ofRows(
        Array.from({ length: 3000 }, (_, i) =>
          c.row(i + 1, ...Array.from({ length: 30 }, () => '<c t="s"><v>0</v></c>')),
        ).join(''),
        { shared: `<si><t>${'长'.repeat(32_000)}</t></si>` },
      ),
    { limits: { textChars: 50_000_000 } },
  ),
  refused(
    'cell-too-long',
    'a cell of 32,768 characters',
    () => c.ofRows(c.row(2, c.text('C2', 'a'.repeat(32_768)))),
    { row: 2, cell: 'C2' },
  ),
  refused('cell-too-long', 'a shared text of 32,768 characters', () =>
    c.ofRows('', { shared: `<si><t>${'a'.repeat(32_768)}</t></si>` }),
  ),
  refused(
    'row-too-long',
    'a row of more than a million characters',
    () => c.ofRows(c.row(4, ...cellsOf(40, 'a'.repeat(32_000)))),
    { row: 4 },
  ),
  refused('too-many-columns', 'a value in column 201', () => c.ofRows(c.row(7, ...cellsOf(201, 'a'))), {
    row: 7,
    cell: 'GS7',
  }),
  refused('too-many-columns', '16,384 columns', () => c.ofRows(c.row(1, ...cellsOf(16_384, 'a'))), {
    row: 1,
  }),
  refused(
    'too-many-rows',
    'more rows than allowed',
    () => c.ofRows(Array.from({ length: 11 }, (_, i) => c.row(i + 1, c.number(`A${i + 1}`, i))).join('')),
    { limits: { rows: 10 }, row: 11 },
  ),
  refused(
    'too-many-merges',
    'more merged ranges than allowed',
    () =>
      c.workbook({
        sheets: [
          {
            behind: `<mergeCells>${Array.from({ length: 30 }, (_, i) => `<mergeCell ref="A${i * 2 + 1}:A${i * 2 + 2}"/>`).join('')}</mergeCells>`,
          },
        ],
      }),
    { limits: { merges: 20 } },
  ),
  refused(
    'damaged',
    'merged ranges upon each other',
    () =>
      c.workbook({
        sheets: [
          {
            rows: c.row(1, c.text('A1', 'a')),
            behind: `<mergeCells>${'<mergeCell ref="A1:B1000"/>'.repeat(300)}</mergeCells>`,
          },
        ],
      }),
    { row: 1 },
  ),
  refused('no-rows', 'only hidden sheets', () =>
    c.workbook({
      sheets: [
        { state: 'hidden', rows: c.row(1, c.text('A1', 'a')) },
        { state: 'veryHidden', rows: c.row(1, c.text('A1', 'a')) },
      ],
    }),
  ),
  refused('no-rows', 'a workbook without a value', () => c.workbook({})),
  refused('no-rows', 'only styled cells and blanks', () =>
    c.ofRows('<row r="1"><c r="A1" s="1"/><c r="B1"><v></v></c></row>' + c.row(2, c.text('A2', '  '))),
  ),
  refused('no-rows', 'only a chart', () =>
    c.workbook({ sheets: [{ kind: 'chartsheet', xml: '<chartsheet/>' }] }),
  ),
]
