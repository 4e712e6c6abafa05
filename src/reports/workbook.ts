// Every figure of a report as a workbook, also those that no sentence names: with definition, version, settings and list.
import { buffer } from 'node:stream/consumers'
import { writeSheet } from '../platform/spreadsheets.ts'
import { settingsInWords } from './document.ts'
import type { Fact } from './fact.ts'
import type { Summary } from './summary.ts'

/** `number` is that of the export or publication; every row carries it. */
export function reportXlsx(
  { facts, period }: Pick<Summary, 'facts' | 'period'>,
  number: string,
): Promise<Buffer> {
  const sheet = writeSheet<Fact>(
    'xlsx',
    `${period.id}指标`,
    [
      { header: '编号', width: 34, cell: ({ key }) => key },
      { header: '指标', width: 28, cell: ({ name }) => name },
      { header: '数', width: 14, cell: ({ text }) => text },
      { header: '单位', width: 6, cell: ({ unit }) => unit },
      { header: '分子', width: 12, cell: ({ numerator }) => numerator },
      { header: '分母', width: 12, cell: ({ denominator }) => denominator },
      { header: '去年同期', width: 14, cell: ({ previous }) => previous },
      { header: '与去年同期相比', width: 22, cell: ({ change }) => change },
      { header: '与上期相比', width: 22, cell: ({ pace }) => pace },
      { header: '口径', width: 60, cell: ({ definition }) => definition },
      { header: '口径版本', width: 8, cell: ({ version }) => version },
      { header: '设置', width: 30, cell: ({ settings }) => settingsInWords(settings) },
      { header: '清单', width: 60, cell: ({ list }) => list },
      { header: '分母清单', width: 60, cell: ({ denominatorList }) => denominatorList },
    ],
    [facts],
    number,
  )
  return buffer(sheet)
}
