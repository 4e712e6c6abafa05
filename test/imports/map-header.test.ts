// The header of an export is found wherever it stands, and what cannot be told apart is refused with a reason.
import { describe, expect, test } from 'vitest'
import { columns, fieldIds } from '../../src/imports/columns.ts'
import { resolveHeader } from '../../src/imports/header.ts'
import { cell } from './map-support.ts'

const row = (n: number, texts: (string | null)[], merged?: string[]) => ({
  n,
  cells: texts.map(cell),
  ...(merged === undefined ? {} : { merged }),
})
const least = ['工单编号', '受理时间', '派单时间', '承办单位', '诉求类型', '诉求内容', '签收时间', '回复时间']

function found(...rows: ReturnType<typeof row>[]) {
  const result = resolveHeader(rows)
  if (!('header' in result)) throw new Error(result.errors.map(({ message }) => message).join('; '))
  const { lastRow, at, ignored } = result.header
  return { lastRow, at: Object.fromEntries(at), ignored }
}

test('every label and every alias names one field only', () => {
  const names = fieldIds.flatMap((field) => [columns[field].label, ...columns[field].aliases])
  expect(new Set(names).size).toBe(names.length)
})

test('titles and notes above the header are passed over', () => {
  const header = found(
    row(1, ['2020年度热线工单']),
    row(2, ['导出时间:2021-01-04']),
    row(4, least),
    row(5, ['GY1']),
  )
  expect(header).toMatchObject({ lastRow: 4, at: { externalNo: 0, repliedAt: 7 }, ignored: [] })
})

test('full-width letters, spaces, non-breaking spaces, stars and hints do not hide a heading', () => {
  const odd = [
    '工单编号*',
    ' 受 理\u00a0时间 ',
    '派单时间(年月日)',
    '主办单位',
    '诉求类型【必填】',
    '诉求内容:',
    '签收\u3000时间',
    '★回复时间',
  ]
  expect(found(row(1, odd)).at).toMatchObject({
    externalNo: 0,
    receivedAt: 1,
    dispatchedAt: 2,
    leadUnit: 3,
    category: 4,
    content: 5,
  })
})

test('aliases are understood', () => {
  const other = [
    '诉求编号',
    '来电时间',
    '交办时间',
    '办理单位',
    '类别',
    '内容',
    '签收日期',
    '办结时间',
    '截止时间',
    '手机号',
    '工单状态',
  ]
  expect(found(row(1, other)).at).toMatchObject({
    externalNo: 0,
    repliedAt: 7,
    dueAt: 8,
    callerPhone: 9,
    state: 10,
  })
})

test('two rows of headings are read together, groups over merged cells included', () => {
  const upper = [...least, '回访', null, null, '诉求人', null]
  const lower = [...least.map(() => null), '时间', '结果', '满意度', '姓名', '联系电话']
  const header = found(row(1, upper, ['I1:K1', 'L1:M1']), row(2, lower), row(3, ['GY1']))
  expect(header.lastRow).toBe(2)
  expect(header.at).toMatchObject({
    calledBackAt: 8,
    callResult: 9,
    rating: 10,
    callerName: 11,
    callerPhone: 12,
  })
})

test('headings merged down over two rows count once', () => {
  const ranges = least.map((_, i) => `${String.fromCharCode(65 + i)}1:${String.fromCharCode(65 + i)}2`)
  const upper = row(1, [...least, '评价', null], [...ranges, 'I1:J1'])
  const header = found(upper, row(2, [...least.map(() => null), '满意度', '是否解决'], ranges))
  expect(header).toMatchObject({ lastRow: 2, at: { externalNo: 0, repliedAt: 7, rating: 8, resolved: 9 } })
})

test('unknown headings are told as ignored', () => {
  expect(found(row(1, [...least, '坐席工号', '录音编号'])).ignored).toEqual(['坐席工号', '录音编号'])
})

test('an exact heading beats an alias of the same field, which is told as ignored', () => {
  expect(found(row(1, [...least, '办结时间']))).toMatchObject({ at: { repliedAt: 7 }, ignored: ['办结时间'] })
})

describe('refused with a reason:', () => {
  const errors = (...rows: ReturnType<typeof row>[]) => {
    const result = resolveHeader(rows)
    return 'errors' in result ? result.errors : []
  }
  test('no header at all', () => {
    expect(errors(row(1, ['a', 'b']))).toMatchObject([{ code: 'header/missing' }])
  })
  test('missing columns, each by name with its other names', () => {
    const missing = errors(
      row(
        1,
        least.filter((name) => name !== '签收时间' && name !== '诉求内容'),
      ),
    )
    expect(missing.map(({ message }) => message)).toEqual([
      expect.stringContaining('“诉求内容”'),
      expect.stringContaining('“签收时间”'),
    ])
  })
  test('one heading twice, with the letters of the columns', () => {
    expect(errors(row(1, [...least, '工单编号']))).toMatchObject([
      { code: 'header/column-twice', message: expect.stringContaining('A列“工单编号”、I列“工单编号”') },
    ])
  })
  test('two aliases of one field', () => {
    const two = [...least.map((name) => (name === '回复时间' ? '答复时间' : name)), '办结时间']
    expect(errors(row(1, two))).toMatchObject([{ code: 'header/column-twice' }])
  })
})
