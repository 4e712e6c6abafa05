// What a report's figures can be figures of, by id: the metrics, tallies, ledger, meetings, relief and registers, each with its unit.
import { metrics } from '../kpi/metrics.ts'
import { flows, type Flow } from '../kpi/stock.ts'
import { tallies } from '../kpi/tallies.ts'
import { levels, statuses } from '../ledger/workflow.ts'
import { topics } from '../matters/terms.ts'
import { registers } from '../registers/columns.ts'
import type { Register } from '../registers/register.ts'
import { statedUnits, type StatedUnit } from './figures.ts'

export interface Countable {
  id: string
  name: string
  unit: StatedUnit
  /** In words: what is counted, or which of two counts is divided by which. */
  definition: string
}

const of = (
  id: string,
  name: string,
  unit: StatedUnit = '件',
  definition = `期间内的${name}`,
): Countable => ({
  ...{ id, name, unit, definition },
})

const ledger = [
  of('ledger.total', '排查事项'),
  of('ledger.involved', '排查事项涉及人数', '人'),
  ...Object.entries(levels).map(([level, label]) => of(`ledger.level.${level}`, `排查事项：${label}`)),
  ...Object.entries(statuses).flatMap(([status, { label }]) => [
    of(`ledger.status.${status}`, `排查事项：${label}`),
    ...Object.entries(levels).map(([level, name]) =>
      of(`ledger.status.${status}.${level}`, `排查事项：${label}（${name}）`),
    ),
  ]),
]

const meetings = [
  of('meetings', '联席会议', '次'),
  of('meetings.by-district-leaders', '区级领导召集的联席会议', '次'),
  of('meetings.subjects', '联席会议协调的信访事项', '个'),
]

const relief = [
  of('relief.people', '困难救助人数', '人'),
  of('relief.sum', '困难救助金额', '元'),
  of('relief.least', '困难救助金额每人最低', '元'),
  of('relief.most', '困难救助金额每人最高', '元'),
]

const registered = (Object.values(registers) as Register[]).flatMap(({ figures }) =>
  figures.flatMap(({ id, name, unit }) => {
    const stated = unitOfRegister(unit)
    return stated === undefined ? [] : [of(id, name, stated)]
  }),
)

/** 名 and 分 of the registers are 人 and 元 here; 人·天 no report prints. */
function unitOfRegister(unit: string): StatedUnit | undefined {
  return unit === '名' ? '人' : unit === '分' ? '元' : statedUnits.find((each) => each === unit)
}

const stock = (Object.keys(flows) as Flow[]).map((flow) =>
  of(`stock.${flow}`, flows[flow], '件', `热线${flows[flow]}：期初在办 + 新派 − 办结、并单、撤回 = 期末在办`),
)

const repeats = of('hotline.repeat-rate', '热线重复交办率', '%', '热线重复交办 ÷ M01')
const overdue = of('overdue.open', '全部在办超期', '件', '不论何时派单，截至时尚未办结且已超期的')

export const catalogue: readonly Countable[] = [
  ...metrics.map(({ id, zh, unit, definition }) => of(id, `12345热线${zh}`, unit, definition.zh)),
  ...tallies.map(({ id, zh, unit, definition }) => of(id, zh, unit, definition)),
  ...ledger,
  ...meetings,
  ...relief,
  ...registered,
  ...stock,
  overdue,
  repeats,
]

const nameable = new Set([
  ...catalogue.map(({ id }) => id),
  ...Object.keys(topics).map((topic) => `topic.${topic}`),
  ...(Object.values(registers) as Register[]).flatMap(({ figures }) => figures.map(({ id }) => id)),
])

const byId = new Map(catalogue.map((countable) => [countable.id, countable]))

/** What a wording may name: all of these, topics, and every figure of the registers. */
export function isNameable(id: string): boolean {
  return nameable.has(id)
}

export function findCountable(id: string): Countable | undefined {
  return byId.get(id)
}
