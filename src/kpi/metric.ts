// The shape of a metric, and how one is written down: as a count, or as a rate of two.
import type { PartName } from './parts.ts'

interface Words {
  zh: string
  en: string
}

/** Numerator and denominator; a count has no denominator. */
export interface Formula {
  numerator: PartName
  denominator: PartName | null
}

export interface Metric extends Words {
  id: string
  definition: Words
  /** Raised whenever the same matters would give another number. */
  version: number
  unit: '件' | '%'
  /** Which matters belong to a period: those first dispatched on its days (Asia/Shanghai). */
  cohort: 'dispatched'
  formula: Formula
  /** Where units are asked about, each answers for its own legs: a matter may then count at two of them. */
  ofUnits?: Formula
  /** Least decimals of a rate; `rules.ts` adds some rather than print 100 % or 0 % that it is not. */
  decimals: number
  /** Printed beside the figure. */
  settings: Readonly<Record<string, string | boolean>>
  /** Which end of a rate is the good one. */
  better: 'high' | 'low'
  note?: Words
  source: string
}

const OFFICE = '12345热线业务统计口径'
type Given = Omit<
  Metric,
  'version' | 'cohort' | 'settings' | 'unit' | 'formula' | 'decimals' | 'source' | 'better'
> &
  Partial<Pick<Metric, 'version' | 'settings' | 'decimals' | 'source' | 'better'>>

const shared: Omit<Metric, 'id' | 'zh' | 'en' | 'definition' | 'unit' | 'formula'> = {
  version: 1,
  cohort: 'dispatched',
  decimals: 0,
  settings: {},
  better: 'high',
  source: OFFICE,
}

export const count = ({
  counted,
  ofUnit,
  ...given
}: Given & { counted: PartName; ofUnit?: PartName }): Metric => ({
  ...shared,
  ...given,
  unit: '件',
  formula: { numerator: counted, denominator: null },
  ...(ofUnit === undefined ? {} : { ofUnits: { numerator: ofUnit, denominator: null } }),
})

export const rate = ({
  of: [numerator, denominator],
  ...given
}: Given & { of: [PartName, PartName] }): Metric => ({
  ...shared,
  ...given,
  unit: '%',
  formula: { numerator, denominator },
})

/** The formula for the office as a whole, or for units asked about. */
export function formulaFor(metric: Metric, units: boolean): Formula {
  return units ? (metric.ofUnits ?? metric.formula) : metric.formula
}
