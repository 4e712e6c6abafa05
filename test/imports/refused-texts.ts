// Tables of text that are turned away whole, each with the code and the row that the refusal names.
import { gb18030, utf16 } from './corpus.ts'
import { refused, type RefusedFile } from './refused-files.ts'

const chinese = '反映小区物业管理问题要求相关部门核实处理并回复谢谢'
const line = (content: string) => Buffer.from(`${content}\r\n`)
const gbk = (content: string) => gb18030(`${content}\r\n`)

export const refusedTexts: readonly RefusedFile[] = [
  refused('no-rows', 'a CSV of blank lines', () => Buffer.from('\r\n \r\n,,\r\n')),
  refused('no-rows', 'only a byte order mark', () => Buffer.from('\ufeff')),
  refused(
    'quotes',
    'quotes that are never closed',
    () => Buffer.from('编号,内容\r\n1,a\r\n2,"b\r\n3,c\r\n'),
    { row: 3 },
  ),
  refused(
    'quotes',
    'quotes never closed in a large file',
    () => Buffer.from(`编号,内容\r\n1,"b\r\n${'3,c\r\n'.repeat(500_000)}`),
    { row: 2 },
  ),
  refused('quotes', 'quotes that close in a later row', () => Buffer.from('编号,内容\r\n1,"b\r\n2,"c"\r\n'), {
    row: 2,
  }),
  refused('quotes', 'text after closing quotes', () => Buffer.from('编号,内容\r\n1,"b"c\r\n'), { row: 2 }),
  refused(
    'quotes',
    'quotes inside plain text',
    () => Buffer.from('编号,内容\r\n1,"x\r\ny"\r\n2,24"屏幕\r\n'),
    { row: 3 },
  ),
  refused(
    'encoding',
    'neither UTF-8 nor GB18030',
    () => Buffer.concat([line('a,b'), Buffer.from('313220ff0d0a', 'hex')]),
    { row: 2 },
  ),
  refused('encoding', 'GB18030 that ends inside a character', () => gbk(`${chinese}重`).subarray(0, -3), {
    row: 1,
  }),
  refused(
    'encoding',
    'UTF-8, then a row in GBK',
    () => Buffer.concat([line(`编号,${chinese}`), line('1,a'), gbk(`2,${chinese}`)]),
    { row: 3 },
  ),
  refused(
    'encoding',
    'GBK, then a row in UTF-8',
    () => Buffer.concat([gbk(`编号,${chinese}`), gbk('1,好'), line(`2,${chinese}谢`)]),
    { row: 3 },
  ),
  refused(
    'encoding',
    'a UTF-8 mark and a row in GBK',
    () => Buffer.concat([line('\ufeff编号,内容'), gbk('2,好的')]),
    { row: 2 },
  ),
  refused('encoding', 'UTF-16 with half a character at its end', () =>
    utf16('编号,内容\r\n').subarray(0, -1),
  ),
  refused('encoding', 'UTF-16 with half a surrogate pair', () => utf16('编号,\ud842\r\n'), { row: 1 }),
  refused('unsupported-type', 'UTF-16 without its mark', () => utf16('id,name\r\n').subarray(2)),
  refused('unsupported-type', 'a zero byte in a CSV', () => Buffer.from('a,b\r\n1,\0\r\n')),
  refused('unsupported-type', 'a zero byte in a GBK CSV', () => gb18030('编号,内容\r\n1,\0\r\n')),
  refused(
    'too-many-columns',
    'a CSV with a value in column 201',
    () => Buffer.from(`${'a,'.repeat(200)}b\r\n`),
    { row: 1 },
  ),
  refused(
    'too-many-columns',
    'a row of 100,000 commas',
    () => Buffer.from(`a,b\r\n${','.repeat(100_000)}\r\n`),
    { row: 2 },
  ),
  refused('row-too-long', 'a row of 5,000,000 commas', () => Buffer.from(`a,b\r\n${','.repeat(5_000_000)}`)),
  refused(
    'cell-too-long',
    'a CSV cell of 40,000 characters',
    () => Buffer.from(`a,b\r\n1,${'b'.repeat(40_000)}\r\n`),
    { row: 2, cell: 'B2' },
  ),
  refused(
    'row-too-long',
    'a CSV row of 1,200,000 characters',
    () => Buffer.from(`a\r\n${`${'b'.repeat(30_000)},`.repeat(40)}\r\n`),
    { row: 2 },
  ),
  refused('too-many-rows', 'more CSV rows than allowed', () => Buffer.from('a\r\n'.repeat(11)), {
    limits: { rows: 10 },
  }),
]
