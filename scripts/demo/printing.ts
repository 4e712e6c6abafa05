// What the demonstration prints for people: the tables of a year, the lists, and how to look around.
import type { DeskChecked } from './casework/run.ts'
import type { Checked } from './figures.ts'
import { loginOfUnit, officePeople } from './office.ts'
import type { Report, YearReport } from './run.ts'
import { tableOf } from './table.ts'
import { departments, handlingUnits, townships } from './units.data.ts'

export function reportText(report: Report): string {
  const desk = report.desk.length === 0 ? [] : [deskText(report.desk)]
  return [...report.years.map(yearText), ...desk].join('\n\n')
}

function yearText(year: YearReport): string {
  const asOf = year.asOf.slice(0, 16).replace('T', ' ')
  const heading = `${year.year}年12345热线办理情况（${year.year}-01-01 至 ${year.year}-12-31 派单，截至 ${asOf}）`
  const note = year.reported ? '' : '（无该年年报可比：数据为演示生成，仅与生成配方核对）'
  const parts = [heading + note, tableOf([head, ...year.figures.map(line)], [1, 2, 4])]
  if (year.topics.length > 0)
    parts.push('', '涉疫交办件', tableOf([head, ...year.topics.map(line)], [1, 2, 4]))
  const lists = [...year.figures, ...year.topics].map(({ label, list }) => [label.trim(), list])
  parts.push('', '清单（服务运行时以任一可查看指标的账号打开）', tableOf([['指标', '地址'], ...lists]))
  return parts.join('\n')
}

function deskText(figures: readonly DeskChecked[]): string {
  const rows = figures.map(({ label, text, change, reported, reportedChange, listed, agrees }) => [
    ...[label, text, reportedChange === null ? '' : (change ?? ''), reported, reportedChange ?? ''],
    ...[String(listed), agrees ? '✓' : '✗ 不符'],
  ])
  const titles = ['指标', '系统计算', '与去年相比', '年报', '年报称', '清单合计', '核对']
  const lists = figures.map(({ label, list }) => [label.trim(), list])
  return [
    '走访、信件、信箱、复查、台账、会议、救助和登记簿',
    ...[tableOf([titles, ...rows], [1, 5]), '', '清单', tableOf([['指标', '地址'], ...lists])],
  ].join('\n')
}

const head = ['指标', '系统计算', '年报', '算式', '清单件数', '核对']

function line({ label, text, reported, numerator, denominator, listed, agrees }: Checked): string[] {
  const formula = denominator === null ? String(numerator) : `${numerator} ÷ ${denominator}`
  return [label, text, reported ?? '—', formula, String(listed), agrees ? '✓' : '✗ 不符']
}

export interface LookAround {
  /** As it is typed before the command. */
  environment: string
  /** Undefined when nobody knows it any more. */
  password: string | undefined
  passwordFile: string
}

export function lookAroundText({ environment, password, passwordFile }: LookAround): string {
  const start = `${environment}${environment === '' ? '' : ' '}npm start`
  const secret =
    password === undefined
      ? `见 ${passwordFile}（已删除则用 --fresh 重来）`
      : `${password}   （另存于 ${passwordFile}）`
  return [
    `四处看看：  ${start}   然后打开 http://127.0.0.1:3200/docs/`,
    `年终总结：  ${environment}${environment === '' ? '' : ' '}npm run summary -- --year 2020 --out 总结.docx`,
    `演示账号的密码都是  ${secret}`,
    tableOf([['账号', '角色'], ...people]),
    '例： curl -c bj.txt -H "content-type: application/json" -d \'{"login":"leader","password":"…"}\' http://127.0.0.1:3200/api/session',
    '     curl -b bj.txt "http://127.0.0.1:3200/api/kpi?from=2020-01-01&to=2020-12-31&asOf=2021-01-01T00:00:00%2B08:00"',
  ].join('\n')
}

const people: string[][] = [
  ...officePeople.map(({ login, name }) => [login, name.replace('演示', '')]),
  ...[townships, departments].map((units) => {
    const [first = 0, last = 0] = [units.at(0), units.at(-1)].map((unit) =>
      handlingUnits.findIndex((u) => u === unit),
    )
    const names = `${handlingUnits[first]?.shortName ?? ''} … ${handlingUnits[last]?.shortName ?? ''}`
    return [`${loginOfUnit(first)} … ${loginOfUnit(last)}`, `承办单位经办人：${names}；审核人为 chief-…`]
  }),
]
