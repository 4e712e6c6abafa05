// Writes orders as the city platform's workbooks: a file for each half-year, in the layout that the platform had then.
import { writeXlsx, type CellValue } from 'hucre'
import { columnOf, fieldIds, type FieldId } from '../../src/imports/columns.ts'
import type { Instant } from '../../src/platform/clock.ts'
import type { DemoOrder } from './orders.ts'
import type { YearRecipe } from './recipe.ts'

export interface Workbook {
  name: string
  orders: number
  bytes: Uint8Array<ArrayBuffer>
}

/** One for each half-year of dispatch. */
export function workbookNames({ year }: YearRecipe): string[] {
  return ['上', '下'].map((half) => `12345热线工单-${year}年${half}半年.xlsx`)
}

/** The same orders give the same bytes. */
export async function workbooksOf(recipe: YearRecipe, orders: readonly DemoOrder[]): Promise<Workbook[]> {
  const halves = [
    { name: '上半年', orders: orders.filter(({ dispatchedAt }) => dispatchedAt.slice(5, 7) <= '06') },
    { name: '下半年', orders: orders.filter(({ dispatchedAt }) => dispatchedAt.slice(5, 7) > '06') },
  ]
  const written: Workbook[] = []
  for (const [i, half] of halves.entries()) {
    const rows = layouts[recipe.layout](half.orders, `${recipe.year}年${half.name}`)
    const created = new Date(recipe.exportedAt)
    const bytes = await writeXlsx({
      sheets: [{ name: '工单', rows }],
      properties: { creator: '12345政务服务热线平台', created, modified: created },
    })
    written.push({
      name: workbookNames(recipe)[i] ?? '',
      orders: half.orders.length,
      bytes: new Uint8Array(bytes),
    })
  }
  return written
}

type Layout = (orders: readonly DemoOrder[], title: string) => CellValue[][]

/** The export of 2019 had a title, other headings, real dates, and told no deadlines. */
const earlierHeadings: Partial<Record<FieldId, string>> = {
  externalNo: '诉求编号',
  receivedAt: '来电时间',
  dispatchedAt: '交办时间',
  leadUnit: '办理单位',
  coUnits: '会办单位',
  category: '来电类型',
  title: '诉求标题',
  content: '来电内容',
  topic: '问题分类',
  callerName: '诉求人',
  callerPhone: '来电号码',
  callerIdNo: '身份证号码',
  address: '诉求人地址',
  area: '所属镇街',
  signedAt: '接收时间',
  repliedAt: '办结时间',
  reply: '办理结果',
  resolved: '问题是否解决',
  redone: '是否二次办理',
}
const notToldEarlier: ReadonlySet<FieldId> = new Set(['dueAt', 'signDueAt'])

const layouts: Record<YearRecipe['layout'], Layout> = {
  present: (orders) => {
    const fields = fieldIds.filter((field) => field !== 'signDueAt')
    return [
      fields.map((field) => columnOf(field).label),
      ...orders.map((order) => fields.map((field) => textCell(field, order))),
    ]
  },
  earlier: (orders, title) => {
    const fields = fieldIds.filter((field) => !notToldEarlier.has(field))
    return [
      [`广元市12345政务服务热线工单明细表(${title})`],
      ['序号', ...fields.map((field) => earlierHeadings[field] ?? columnOf(field).label)],
      ...orders.map((order, i) => [i + 1, ...fields.map((field) => dateCell(field, order))]),
    ]
  },
}

const isMoment = (field: FieldId) => /^(?:moment|deadline)$/.test(columnOf(field).read)

function textCell(field: FieldId, order: DemoOrder): CellValue {
  const value = order[field]
  if (value === undefined) return null
  return isMoment(field) ? shown(value) : value
}

function dateCell(field: FieldId, order: DemoOrder): CellValue {
  const value = order[field]
  if (value === undefined) return null
  // A spreadsheet's date knows no zone: it shows the local time.
  return isMoment(field) ? new Date(`${shown(value).replace(' ', 'T')}Z`) : value
}

/** `2020-08-14 09:03:07` */
function shown(at: Instant): string {
  return at.slice(0, 19).replace('T', ' ')
}
