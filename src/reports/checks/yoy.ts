// YOY_FEASIBLE: some count of the year before gives the printed change, and it is the one on record.
import { findCountable } from '../catalogue.ts'
import { changeFits, changeWords, percentOf, previousOf, shareOf } from '../exact.ts'
import { labelOf, shown, type Stated, type StatedChange } from '../figures.ts'
import { findingAt, type Finding, type Given } from '../finding.ts'

export function yoy({ figures, impossible }: Given): Finding[] {
  return figures.flatMap((stated) => {
    const { change, value } = stated
    if (change === undefined || impossible.has(stated.id) || stated.atLeast) return []
    // Amounts are not counted; falling by more than all is told as that.
    if (stated.unit.endsWith('元') || (change.direction === 'down' && change.percent > 100)) return []
    if (change.percent === 0) return []
    const possible = previousOf(value, change)
    if (possible === undefined) return [unfeasible(stated, change)]
    return stated.previous === undefined ? [] : onRecord(stated, change, stated.previous)
  })
}

function unfeasible(stated: Stated, change: StatedChange): Finding {
  const cut = previousOf(stated.value, change, 'cut')
  const zh = `没有一个上年数能使“${labelOf(stated)}”${shown(stated)}${changeWords(change)}`
  const en = 'no count of the year before gives this change'
  if (cut === undefined) return findingAt('YOY_FEASIBLE', stated, zh, en)
  return findingAt(
    'YOY_FEASIBLE',
    stated,
    `${zh}（截尾时上年为${cut.from}${stated.unit}）`,
    `${en}, unless it was cut off`,
    {
      severity: 'warning',
    },
  )
}

function onRecord(stated: Stated, change: StatedChange, previous: number): Finding[] {
  if (changeFits(stated.value, previous, change)) return []
  const right = rightWords(stated.value, previous, change.decimals)
  const name =
    stated.metric === undefined ? labelOf(stated) : (findCountable(stated.metric)?.name ?? labelOf(stated))
  const zh = `“${name}”${changeWords(change)}，而系统所存上年数为${previous}${stated.unit}，应为${right}`
  return [
    findingAt('YOY_FEASIBLE', stated, zh, `the year before was ${previous}`, {
      severity: 'warning',
      proposal: right,
    }),
  ]
}

function rightWords(current: number, previous: number, decimals: number): string {
  if (previous === 0) return '不作比较'
  if (current === previous) return '持平'
  const units = shareOf(BigInt(Math.abs(current - previous)), BigInt(previous), decimals) ?? 0n
  return `${current > previous ? '上升' : '下降'}${percentOf(units, decimals)}`
}
