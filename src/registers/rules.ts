// What must hold in a row beyond its single columns.
import type { Day } from '../platform/clock.ts'
import type { RowFinding } from '../platform/references.ts'
import { indicatorKinds, metricKinds } from './terms.ts'

export const orderly = (row: Record<string, unknown>): RowFinding[] =>
  String(row['toDay'] ?? row['fromDay']) < String(row['fromDay'])
    ? [{ column: 'toDay', message: '结束日期不能早于开始日期' }]
    : []

export const happened = (column: string, row: Record<string, unknown>, today: Day): RowFinding[] =>
  String(row[column]) > today ? [{ column, message: '日期不能晚于今天' }] : []

/** An indicator is measured by a metric of its own kind, or declared with its source; never both. */
export const measurable = (row: Record<string, unknown>): RowFinding[] => {
  const metric = row['metric']
  const measured = typeof metric === 'string' ? metricKinds[metric] : undefined
  if (typeof metric === 'string' && measured === undefined) {
    return [{ column: 'metric', message: '没有这个统计指标，或它不能衡量绩效' }]
  }
  if (measured !== undefined && measured !== row['kind']) {
    const [is, wants] = [indicatorKinds[measured], indicatorKinds[row['kind'] as keyof typeof indicatorKinds]]
    return [{ column: 'metric', message: `${wants}不能用${is}的统计指标衡量` }]
  }
  if (metric !== undefined && row['actual'] !== undefined) {
    return [{ column: 'actual', message: '由统计指标衡量的，实际值不另填写' }]
  }
  return (row['actual'] === undefined) === (row['source'] === undefined)
    ? []
    : [{ column: 'source', message: '实际值须注明来源' }]
}
