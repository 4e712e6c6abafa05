// Each table of figures as csv and xlsx: the rows of its JSON answer, no formula among them, and on record.
import { parse } from 'csv-parse/sync'
import { readXlsx } from 'hucre/xlsx'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statement } from '../../src/platform/db.ts'
import { openDesk, type Desk } from '../matters/desk.ts'
import { inputs } from '../matters/scenes.ts'

const EVIL = '=HYPERLINK("http://x")镇'
const DEFUSED = `'${EVIL}`
const MONTH = 'from=2020-08-01&to=2020-08-31'

let desk: Desk
let evil: string
beforeAll(async () => {
  desk = await openDesk()
  evil = await desk.unit(EVIL, { kind: 'township' })
  const dispatched = async (leadUnitId: string) => {
    const { id } = await desk.register({ topic: 'environment' })
    await desk.does('dispatcher', id, 'dispatch', { leadUnitId })
    return id
  }
  const answered = await dispatched(desk.township)
  await desk.does('liaison', answered, 'sign')
  await desk.does('liaison', answered, 'reply', inputs(desk).reply)
  await desk.does('reviewer', answered, 'approve')
  await dispatched(evil)
  desk.clock.forward({ days: 40 })
})
afterAll(() => desk.close())

type Row = Record<string, string>
interface Figure {
  metric: string
  numerator: number
  denominator: number | null
  text: string
  asOf: string
  period: { from: string; to: string }
  group: { label: string } | null
}
type Value = string | number | null | undefined
const text = (value: Value) => String(value ?? '')
/** What all of them say of a figure, as it stands in a sheet. */
const said = ({ metric, numerator, denominator, text: shown, period, group }: Figure) => ({
  ...{ 指标编号: metric, 分子: text(numerator), 分母: text(denominator), 显示: shown },
  ...{ 起始日期: period.from, 截止日期: period.to },
  分组: group?.label === EVIL ? DEFUSED : text(group?.label),
})

interface Board {
  periods: { current: { from: string; to: string }; periodBefore: { from: string } }
  metrics: { metric: string }[]
  rows: {
    group: { label: string }
    cells: (Figure & { yearBefore: Figure & { change: string }; periodBefore: Figure & { change: string } })[]
  }[]
}

/** How each is asked, the rows that its answer should make, and the column in which the name of the unit stands. */
const tables: [url: string, named: string | undefined, rows: (body: never) => Partial<Row>[]][] = [
  [`/api/kpi?${MONTH}&groupBy=unit`, '分组', ({ figures }: { figures: Figure[] }) => figures.map(said)],
  [
    `/api/kpi/board?${MONTH}&groupBy=unit`,
    '分组',
    ({ rows, metrics, periods: { current, periodBefore } }: Board) =>
      rows.flatMap(({ group, cells }) =>
        cells.map((cell, i) => ({
          ...said({ ...cell, metric: metrics[i]?.metric ?? '', period: current, group }),
          去年同期分子: text(cell.yearBefore.numerator),
          去年同期分母: text(cell.yearBefore.denominator),
          去年同期显示: cell.yearBefore.text,
          与去年同期相比: cell.yearBefore.change,
          上期起始日期: periodBefore.from,
          与上期相比: cell.periodBefore.change,
        })),
      ),
  ],
  [
    `/api/kpi/rankings?${MONTH}&metric=M14&floor=1`,
    '分组',
    ({
      classes,
    }: {
      classes: { class: { label: string }; ranked: (Figure & { rank: number })[]; belowFloor: Figure[] }[]
    }) =>
      classes.flatMap((of) => [
        ...of.ranked.map((f) => ({ ...said(f), 类别: of.class.label, 名次: text(f.rank) })),
        ...of.belowFloor.map((f) => ({ ...said(f), 类别: of.class.label, 名次: '不排名' })),
      ]),
  ],
  [
    `/api/kpi/hot-spots?${MONTH}&floor=1`,
    undefined,
    ({ items }: { items: { figure: Figure; growth: number; before: Figure }[] }) =>
      items.map(({ figure, growth, before }) => ({
        ...said(figure),
        ...{ 增加: text(growth), 上期分子: text(before.numerator), 上期起始日期: before.period.from },
      })),
  ],
  [
    `/api/kpi/stock?${MONTH}&unit=EVIL`,
    '范围',
    ({ days }: { days: Record<'day' | 'opening' | 'received' | 'closed' | 'closing', number>[] }) =>
      days.map((d) => ({
        ...{
          日期: text(d.day),
          渠道: '12345政务服务热线',
          期初在办: text(d.opening),
          新派: text(d.received),
        },
        ...{ '办结、并单、撤回': text(d.closed), 期末在办: text(d.closing) },
        ...{ 起始日期: '2020-08-01', 截止日期: '2020-08-31' },
      })),
  ],
  [
    '/api/kpi/ageing?unit=EVIL',
    '范围',
    ({ ages }: { ages: { label: string; figures: Figure[] }[] }) =>
      ages.flatMap(({ label, figures }) => figures.map((f) => ({ ...said(f), 时长: label }))),
  ],
  [
    `/api/kpi/holding?${MONTH}`,
    '单位',
    ({ items }: { items: { unit: { name: string }; matters: number; days: { total: string } }[] }) =>
      items.map(({ unit, matters, days }) => ({
        ...{ 单位: unit.name === EVIL ? DEFUSED : unit.name, 件数: text(matters) },
        ...{ 合计天数: text(Number(days.total)), 起始日期: '2020-08-01', 截止日期: '2020-08-31' },
      })),
  ],
  [
    `/api/kpi/tallies?${MONTH}`,
    undefined,
    ({ figures }: { figures: (Figure & { tally: string; previous: Figure; change: string })[] }) =>
      figures.map(({ tally, previous, change, ...f }) => {
        const { 分组: _, ...cells } = said({ ...f, metric: tally, group: null })
        return {
          ...{ ...cells, 去年同期分子: text(previous.numerator), 去年同期分母: text(previous.denominator) },
          ...{ 去年同期显示: previous.text, 与去年同期相比: change },
        }
      }),
  ],
]

const lastExport = statement<{ canon: string }>(
  'test.last-export',
  `select canon from events where type = 'kpi.exported' and actor_id = $1 order by seq desc limit 1`,
)

describe.each(tables)('%s', (path, named, rowsOf) => {
  const url = () => path.replace('EVIL', evil)
  const fileUrl = (format: string) => url().replace(/\?|$/, `.${format}$&`)
  const file = async (format: string) => {
    const { statusCode, rawPayload, headers } = await desk.ask(desk.staff.leader, 'GET', fileUrl(format))
    expect(statusCode).toBe(200)
    expect(headers['content-disposition']).toContain(`.${format}`)
    return rawPayload
  }

  it('has in its files the rows of its answer, as of the same instant, and nothing that begins a formula', async () => {
    const { status, body } = await desk.call('leader', 'GET', url())
    expect([status, body.code]).toEqual([200, undefined])
    const csv = parse<Row>((await file('csv')).toString('utf8'), { bom: true, columns: true })
    const wanted = rowsOf(body as never)
    expect(wanted.length).toBeGreaterThan(0)
    expect(csv).toMatchObject(wanted)
    expect(csv).toHaveLength(wanted.length)
    const asOf = desk.clock.now().slice(0, 19).replace('T', ' ')
    expect(new Set(csv.map((row) => row['截至时间']))).toEqual(new Set([asOf]))
    expect(csv.flatMap(Object.values).filter((cell) => /^[=+@＝＋－＠]/.test(cell as string))).toEqual([])
    if (named !== undefined) expect(csv.map((row) => row[named])).toContain(DEFUSED)

    const [header = [], ...lines] = (await readXlsx(await file('xlsx'))).sheets[0]?.rows ?? []
    const book = lines.map((line): Row =>
      Object.fromEntries(header.map((name, i) => [text(name as Value), text(line[i] as Value)])),
    )
    const apart = (row: Row) => ({ ...row, 导出编号: '' })
    expect(book.map(apart)).toEqual(csv.map(apart))
  })

  it('is taken away by whoever may export, and the export is on record under the number that its rows carry', async () => {
    for (const format of ['csv', 'xlsx']) {
      const { status, body } = await desk.call('liaison', 'GET', fileUrl(format))
      expect([status, body.code]).toEqual([403, 'access/forbidden'])
    }
    const csv = parse<Row>((await file('csv')).toString('utf8'), { bom: true, columns: true })
    const [event] = await lastExport(desk.deps.db, [desk.staff.leader.id])
    const { id, data } = JSON.parse(event?.canon ?? '') as { id: string; data: object }
    expect(data).toMatchObject({ format: 'csv', url: fileUrl('csv') })
    expect(new Set(csv.map((row) => row['导出编号']))).toEqual(new Set([id]))
  })
})

it('a question that makes no sense is refused as for the table itself, and nothing is on record', async () => {
  const before = await lastExport(desk.deps.db, [desk.staff.leader.id])
  for (const url of [`rankings.csv?${MONTH}&metric=M07`, `board.xlsx?${MONTH}&metrics=M99`, 'stock.csv']) {
    const { status } = await desk.call('leader', 'GET', `/api/kpi/${url}`)
    expect([url, status]).toEqual([url, 422])
  }
  expect(await lastExport(desk.deps.db, [desk.staff.leader.id])).toEqual(before)
})
