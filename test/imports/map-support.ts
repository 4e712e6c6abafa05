// Rows of the platform's export for the tests of mapping: a plain order, changed cell by cell.
import { checkRow, type Checked } from '../../src/imports/checks.ts'
import { columnOf, fieldIds, type FieldId } from '../../src/imports/columns.ts'
import { resolveHeader, type Header } from '../../src/imports/header.ts'
import type { Order } from '../../src/imports/order.ts'
import { placesOf } from '../../src/imports/places.ts'
import type { RawCell, SheetRow } from '../../src/imports/sheet.ts'
import { shippedRegions } from '../../src/orgs/regions.data.ts'
import { shippedCalendar } from '../calendar/calendars.ts'

export const calendar = shippedCalendar()

const unit = (n: number, name: string, shortName: string, more: object = {}) => ({
  id: `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`,
  name,
  shortName,
  kind: 'department',
  validFrom: '1990-01-01',
  validTo: null,
  successorId: null,
  parentId: null,
  ...more,
})

export const urban = unit(1, '广元市利州区综合行政执法局', '综合执法局')
export const housing = unit(2, '利州区住房和城乡建设局', '住建局')
export const dongba = unit(3, '东坝街道办事处', '东坝街道')
const oldTown = unit(4, '工农镇人民政府', '工农镇', { validTo: '2019-12-24', successorId: dongba.id })
export const team = unit(5, '综合执法局一大队', '一大队', { parentId: urban.id })
const office = unit(6, '利州区群众工作局', '群工局', { kind: 'office' })

const places = placesOf([urban, housing, dongba, oldTown, team, office], shippedRegions)

const NOW = '2021-01-10T12:00:00.000+08:00'

export function cell(value: string | number | RawCell | null): RawCell | null {
  if (value === null || value === '') return null
  if (typeof value === 'object') return value
  return typeof value === 'string' ? { v: value, kind: 'text' } : { v: value, kind: 'number' }
}

export type Cells = Partial<Record<FieldId, string | number | RawCell | null>>

/** Dispatched on a Monday, due in seven working days: Wednesday 2020-08-26, 24:00; answered, reached, content. */
const plainOrder: Cells = {
  externalNo: 'GY202008170001',
  receivedAt: '2020-08-17 09:00:00',
  dispatchedAt: '2020-08-17 10:00:00',
  leadUnit: '综合执法局',
  category: '求助',
  content: '夜间施工噪声扰民\n请求处理',
  signedAt: '2020-08-17 15:00:00',
  repliedAt: '2020-08-20 16:00:00',
  calledBackAt: '2020-08-21 10:00:00',
  rating: '满意',
}

const header: Header = (() => {
  const found = resolveHeader([{ n: 1, cells: fieldIds.map((field) => cell(columnOf(field).label)) }])
  if (!('header' in found)) throw new Error('every label is a heading')
  // Without a column of reviews a reply counts as accepted.
  return {
    ...found.header,
    at: new Map(
      [...found.header.at].filter(([field]) => field !== 'reviewedAt' && field !== 'extensionGrantedAt'),
    ),
  }
})()

export const fullHeader: Header = { ...header, at: new Map(fieldIds.map((field, i) => [field, i])) }

function rowOf(cells: Cells, n = 2): SheetRow {
  return { n, cells: fieldIds.map((field) => cell(cells[field] ?? null)) }
}

export function check(
  cells: Cells,
  options: { now?: string; header?: Header; row?: Partial<SheetRow> } = {},
): Checked {
  const row = { ...rowOf({ ...plainOrder, ...cells }), ...options.row }
  return checkRow(row, { header: options.header ?? header, now: options.now ?? NOW, calendar, places })
}

/** The order of a row without errors. */
export function orderOf(cells: Cells = {}, options: Parameters<typeof check>[1] = {}): Order {
  const { order, errors } = check(cells, options)
  if (order === null) throw new Error(errors.map(({ column, message }) => `${column}: ${message}`).join('; '))
  return order
}

export const codesOf = (findings: readonly { code: string }[]) => findings.map(({ code }) => code)
