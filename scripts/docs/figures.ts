// Blocks about figures and imports: metrics with their formulas in words, columns of the platform's export.
import { columns, type Column } from '../../src/imports/columns.ts'
import { mailColumns } from '../../src/imports/mail-columns.ts'
import { formulaFor, type Formula, type Metric } from '../../src/kpi/metric.ts'
import { findMetric, metrics } from '../../src/kpi/metrics.ts'
import { partOf } from '../../src/kpi/parts.ts'
import { findTally } from '../../src/kpi/tallies.ts'
import { catalogue } from '../../src/reports/catalogue.ts'
import type { Columns } from '../../src/platform/column-kinds.ts'
import { checks } from '../../src/reports/checks.data.ts'
import { code, table, type Row } from './tables.ts'
import type { Language } from './workflow.ts'

function inWords({ numerator, denominator }: Formula): string {
  const top = partOf(numerator).label
  return denominator === null ? top : `${top} ÷ ${partOf(denominator).label}`
}

/** The formula of the office, and the one of units where it is another. */
function formulas(metric: Metric): string {
  const [office, unit] = [inWords(formulaFor(metric, false)), inWords(formulaFor(metric, true))]
  return office === unit ? office : `${office}；各单位：${unit}`
}

export function metricsTable(language: Language): string {
  const zh = language === 'zh'
  const head = zh
    ? ['编号', '指标', '定义', '分子 ÷ 分母', '来源']
    : ['id', '中文', 'English', 'definition', 'counted (numerator ÷ denominator)', 'source']
  const rows = metrics.map((metric): Row => {
    const note = metric.note === undefined ? '' : ` ${metric.note[language]}`
    const definition = `${metric.definition[language]}${note}`
    return zh
      ? [code(metric.id), metric.zh, definition, formulas(metric), metric.source]
      : [code(metric.id), metric.zh, metric.en, definition, formulas(metric), metric.source]
  })
  return table(head, rows)
}

export function catalogueTable(): string {
  const others = catalogue.filter(({ id }) => findMetric(id) === undefined)
  return table(
    ['id', '中文', 'unit', '定义', 'definition'],
    others.map(({ id, name, unit, definition }): Row => [
      code(id),
      name,
      unit,
      definition,
      findTally(id)?.en ?? '',
    ]),
  )
}

export function checksTable(): string {
  return table(
    ['check', 'holds that', '中文', 'a breach is', 'ground'],
    Object.entries(checks).map(([id, { zh, en, severity, source }]): Row => [
      code(id),
      en,
      zh,
      severity,
      source,
    ]),
  )
}

const needed = {
  en: { column: 'the column', value: 'in every row' },
  zh: { column: '须有此列', value: '每行必填' },
}

export const mailColumnsTable = (language: Language): string => columnsTable(mailColumns, language)

export function importColumnsTable(language: Language): string {
  return columnsTable(columns, language)
}

/** Of a sheet of the registers: there a column is needed whose cells may not be empty, or that heads others. */
export function sheetColumnsTable(of: Columns): string {
  return columnsTable(
    Object.fromEntries(
      Object.entries(of).map(([key, { label, aliases = [], shape, heading, personal }]) => {
        const value = shape.safeParse(undefined).success ? undefined : ('value' as const)
        const required = heading === true ? ('column' as const) : value
        return [key, { label, aliases, ...(required && { required }), ...(personal && { personal }) }]
      }),
    ),
    'en',
  )
}

function columnsTable(of: Record<string, Omit<Column, 'read'>>, language: Language): string {
  const zh = language === 'zh'
  const head = zh
    ? ['列', '也认得的列名', '必需', '个人信息']
    : ['column', 'also known as', 'required', 'personal']
  const rows = Object.values(of).map(({ label, aliases, required, personal }): Row => {
    const must = required === undefined ? '' : needed[language][required]
    return [label, aliases.join('、'), must, personal === undefined ? '' : zh ? '是' : 'yes']
  })
  return table(head, rows)
}
