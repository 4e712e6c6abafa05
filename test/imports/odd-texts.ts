// Tables of text that are odd but readable, each with the rows that reading it gives.
import type { About } from '../../src/imports/sheet.ts'
import { gb18030, utf16 } from './corpus.ts'
import { cell, type ExpectedRow, type OddFile } from './odd-workbooks.ts'

const csv = (about: Partial<About>, rows: ExpectedRow[], name: string, build: () => Buffer): OddFile => ({
  name,
  build,
  rows,
  sheet: 'CSV',
  about: { format: 'csv', ...about },
})
const table = '编号,内容\r\n1,好\r\n'
const TABLE: ExpectedRow[] = [
  [1, '编号', '内容'],
  [2, '1', '好'],
]

export const oddTexts: readonly OddFile[] = [
  csv({ encoding: 'utf-8', delimiter: ',' }, TABLE, 'UTF-8', () => Buffer.from(table)),
  csv({ encoding: 'utf-8' }, TABLE, 'UTF-8 with a mark', () => Buffer.from(`\ufeff${table}`)),
  csv({ encoding: 'gb18030' }, TABLE, 'GBK', () => gb18030(table)),
  csv({ encoding: 'gb18030' }, [[1, '姓名', '𠮷野家']], 'GB18030 in four bytes', () =>
    gb18030('姓名,𠮷野家'),
  ),
  csv({ encoding: 'utf-16le' }, TABLE, 'UTF-16 little-endian', () => utf16(table)),
  csv({ encoding: 'utf-16be' }, TABLE, 'UTF-16 big-endian', () => utf16(table, true)),
  csv({ encoding: 'utf-16le', delimiter: '\t' }, TABLE, 'Unicode text as Excel saves it', () =>
    utf16(table.replaceAll(',', '\t')),
  ),
  csv(
    { delimiter: '\t' },
    [
      [1, 'a', 'b'],
      [2, '1', 'x,y,z'],
    ],
    'tabs, with commas in the text',
    () => Buffer.from('a\tb\r\n1\tx,y,z\r\n'),
  ),
  csv(
    { delimiter: ';' },
    [
      [1, 'a', 'b'],
      [2, '1,5', '2,5'],
    ],
    'semicolons',
    () => Buffer.from('a;b\n1,5;2,5\n'),
  ),
  csv({ delimiter: ';' }, [[2, 'a', 'b,c']], 'a line that names the delimiter', () =>
    Buffer.from('sep=;\r\na;b,c\r\n'),
  ),
  csv({ delimiter: ',' }, [[1, 'a', 'b;c;d;e']], 'delimiters inside quotes', () =>
    Buffer.from('a,"b;c;d;e"'),
  ),
  csv(
    {},
    [
      [1, 'a', 'b'],
      [2, '1', '2'],
    ],
    'lone carriage returns',
    () => Buffer.from('a,b\r1,2\r'),
  ),
  csv(
    {},
    [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
      [4, 'd'],
    ],
    'three kinds of line ends',
    () => Buffer.from('a\r\nb\nc\rd'),
  ),
  csv(
    {},
    [
      [1, 'a', 'x\r\ny'],
      [2, 'b', '"q"'],
    ],
    'lines and quotes inside quotes',
    () => Buffer.from('a,"x\r\ny"\r\nb,"""q"""\r\n'),
  ),
  csv(
    {},
    [
      [1, 'a'],
      [4, 'b'],
    ],
    'blank lines, which Excel counts',
    () => Buffer.from('a\n\n , \nb\n\n\n'),
  ),
  csv(
    {},
    [
      [1, 'a', 'b', 'c'],
      [2, '1'],
      [3, '1', '2', '3', '4'],
    ],
    'rows of different lengths',
    () => Buffer.from('a,b,c\n1,,\n1,2,3,4'),
  ),
  csv({}, [[1, cell('formula', '0012'), 'a']], 'codes kept from becoming numbers', () =>
    Buffer.from('"=""0012""",a'),
  ),
  csv({}, [[1, '\t510802199001011234', '3.20123E+17']], 'long numbers as text', () =>
    Buffer.from('\t510802199001011234,3.20123E+17'),
  ),
  csv(
    { delimiter: ',' },
    [
      [1, '编号'],
      [2, '1'],
    ],
    'a single column',
    () => Buffer.from('编号\n1'),
  ),
  csv({}, [[1, 'a']], 'many trailing delimiters', () => Buffer.from(`a${','.repeat(5000)}`)),
  csv({}, [[1, '=cmd|x!A0', '@SUM(1)']], 'formulas of a spreadsheet program', () =>
    Buffer.from('=cmd|x!A0,@SUM(1)'),
  ),
]
