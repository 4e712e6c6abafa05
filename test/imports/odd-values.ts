// Cells of every kind, each with the value that reading it gives: numbers, dates of both systems, formulas.
import * as c from './corpus.ts'
import { cell, odd, type OddFile } from './odd-workbooks.ts'

const date = (v: string) => cell('date', v)
const formats = (...codes: string[]) =>
  `<numFmts>${codes.map((code, i) => `<numFmt numFmtId="${170 + i}" formatCode="${code}"/>`).join('')}</numFmts>` +
  `<cellXfs><xf numFmtId="0"/>${codes.map((_, i) => `<xf numFmtId="${170 + i}"/>`).join('')}<xf numFmtId="14"/><xf numFmtId="31"/></cellXfs>`
const serial = (value: string | number, code: string, properties = '') =>
  c.ofRows(c.row(1, c.number('A1', value, 1)), { styles: formats(code), properties })

export const oddValues: readonly OddFile[] = [
  odd(
    'numbers, truth values and errors',
    () =>
      c.ofRows(
        c.row(
          1,
          c.number('A1', 12.5),
          c.number('B1', '-3'),
          '<c r="C1" t="b"><v>1</v></c>',
          '<c r="D1" t="e"><v>#N/A</v></c>',
          '<c r="E1"><v>1e999</v></c>',
        ),
      ),
    [
      [
        1,
        cell('number', 12.5),
        cell('number', -3),
        cell('bool', true),
        cell('error', '#N/A'),
        cell('error', '1e999'),
      ],
    ],
  ),
  odd(
    'numbers that may have lost digits',
    () =>
      c.ofRows(
        c.row(
          1,
          c.number('A1', '510802199001011234'),
          c.number('B1', '3.20123E+17'),
          c.number('C1', '0.30000000000000004'),
          c.number('D1', '123456789012345'),
          c.number('E1', '0.00012345'),
        ),
      ),
    [
      [
        1,
        cell('number', Number('510802199001011234'), '510802199001011234'),
        cell('number', 3.20123e17, '3.20123E+17'),
        cell('number', 0.30000000000000004, '0.30000000000000004'),
        cell('number', 123456789012345),
        cell('number', 0.00012345),
      ],
    ],
  ),
  odd('text where a number should be', () => c.ofRows(c.row(1, c.number('A1', 'abc'))), [[1, 'abc']]),
  odd(
    'formulas with and without their values',
    () =>
      c.ofRows(
        c.row(
          1,
          '<c r="A1"><f>1+1</f><v>2</v></c>',
          '<c r="B1" t="str"><f>A1&amp;"x"</f><v>2x</v></c>',
          '<c r="C1"><f>NOW()</f></c>',
          '<c r="D1" t="b"><f>TRUE()</f><v>1</v></c>',
          '<c r="E1" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
          '<c r="F1" t="str"><f>""</f><v></v></c>',
        ),
      ),
    [
      [
        1,
        cell('formula', 2),
        cell('formula', '2x'),
        cell('formula', null),
        cell('formula', true),
        cell('error', '#DIV/0!'),
        cell('formula', ''),
      ],
    ],
  ),
  odd(
    'a formula that calls a program',
    () => c.ofRows(c.row(1, '<c r="A1" t="str"><f>cmd|\'/c calc\'!A0</f><v>x</v></c>', c.text('B1', '=1+1'))),
    [[1, cell('formula', 'x'), '=1+1']],
  ),
  odd(
    'dates in Chinese formats',
    () =>
      c.ofRows(
        c.row(
          1,
          c.number('A1', '43560.3771643519', 1),
          c.number('B1', 43560, 2),
          c.number('C1', 43560, 3),
          c.number('D1', 43560, 4),
          '<c r="E1" s="1"><f>NOW()</f><v>43560.5</v></c>',
        ),
        {
          styles: formats(
            'yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot; h:mm',
            '[$-804]上午/下午h&quot;时&quot;mm&quot;分&quot;;@',
          ),
        },
      ),
    [
      [
        1,
        date('2019-04-05 09:03:07'),
        date('2019-04-05 00:00:00'),
        date('2019-04-05 00:00:00'),
        date('2019-04-05 00:00:00'),
        cell('formula', '2019-04-05 12:00:00'),
      ],
    ],
  ),
  odd('dates counted from 1904', () => serial(42098.5, 'yyyy-mm-dd', 'date1904="1"'), [
    [1, date('2019-04-05 12:00:00')],
  ]),
  odd('the day before the day that never was', () => serial(59, 'yyyy-mm-dd'), [
    [1, date('1900-02-28 00:00:00')],
  ]),
  odd('the day that never was', () => serial(60, 'yyyy-mm-dd'), [[1, date('1900-02-29 00:00:00')]]),
  odd('a time that rounds up to midnight', () => serial('43560.999999', 'yyyy-mm-dd hh:mm'), [
    [1, date('2019-04-06 00:00:00')],
  ]),
  odd('a time without a day', () => serial('0.377164', 'h:mm:ss'), [[1, date('09:03:07')]]),
  odd('a negative date', () => serial(-5, 'yyyy-mm-dd'), [[1, cell('number', -5)]]),
  odd('a date after the year 9999', () => serial(2_958_466, 'yyyy-mm-dd'), [[1, cell('number', 2_958_466)]]),
  odd('a duration', () => serial(1.5, '[h]:mm:ss'), [[1, cell('number', 1.5)]]),
  odd('money in red', () => serial(43560, '#,##0.00_);[Red]\\(#,##0.00\\)'), [[1, cell('number', 43560)]]),
  odd('a unit with the letters of a date', () => serial(43560, 'General&quot; days&quot;'), [
    [1, cell('number', 43560)],
  ]),
  odd('a date in ISO 8601', () => c.ofRows(c.row(1, '<c r="A1" t="d"><v>2019-04-05T09:03:07.000Z</v></c>')), [
    [1, date('2019-04-05 09:03:07')],
  ]),
]
