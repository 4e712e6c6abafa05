// What is counted, each condition once: numerators and denominators of the metrics, and the columns of the rollup.
import type { MovingFact, SettledFact } from '../matters/facts.ts'

export type FactName = SettledFact | MovingFact

/** Holds when all of `all`, none of `none` and, where given, at least one of `any` hold as of the instant asked for. */
export interface Condition {
  all?: readonly FactName[]
  any?: readonly FactName[]
  none?: readonly FactName[]
}

/**
 * `by` tells what one more is: a matter, counted at the unit that leads it now (the default); a matter and a unit with a
 * late lead leg on it (there `leadLate` means that unit's leg); a matter with a late co-handling leg; such a matter and
 * the co-handling unit.
 */
export interface Part extends Condition {
  label: string
  by?: 'late-unit' | 'late-co' | 'late-co-unit'
}

const away = ['merged', 'withdrawn'] as const
const accepted = <F extends FactName>(...all: F[]) => ({ all: ['dispatched', ...all] as const, none: away })

export const parts = {
  dispatched: { label: '交办（含并单）', all: ['dispatched'], none: ['withdrawn'] },
  accepted: { label: '交办', ...accepted() },
  done: { label: '已办', ...accepted('done') },
  open: { label: '在办', all: ['dispatched'], none: [...away, 'done'] },
  signedInTime: { label: '按期签收', all: ['dispatched', 'signed'], none: [...away, 'signLate'] },
  signCounted: { label: '已签收或签收已超期', ...accepted(), any: ['signed', 'signLate'] },
  leadSignedInTime: {
    label: '现承办单位按期签收',
    all: ['dispatched', 'leadSigned'],
    none: [...away, 'leadSignLate'],
  },
  leadSignCounted: {
    label: '现承办单位已签收或签收已超期',
    ...accepted(),
    any: ['leadSigned', 'leadSignLate'],
  },
  replied: { label: '已回复', ...accepted('replied') },
  repliedOnTime: { label: '按期回复', ...accepted('replied', 'repliedOnTime') },
  repliedOrLate: { label: '已回复或已超期', ...accepted(), any: ['replied', 'late'] },
  extended: { label: '已延期', ...accepted('extended') },
  late: { label: '超期', all: ['dispatched', 'late'] },
  lateDone: { label: '已办超期', all: ['dispatched', 'late', 'done'] },
  lateOpen: { label: '在办超期', all: ['dispatched', 'late'], none: [...away, 'done'] },
  lateAway: { label: '并单、撤回前已超期', all: ['dispatched', 'late'], any: away, none: ['done'] },
  unitLate: { label: '本单位超期', by: 'late-unit', all: ['dispatched', 'leadLate'] },
  unitLateDone: { label: '本单位超期且已办', by: 'late-unit', all: ['dispatched', 'leadLate', 'done'] },
  unitLateOpen: {
    label: '本单位超期且在办',
    by: 'late-unit',
    all: ['dispatched', 'leadLate'],
    none: [...away, 'done'],
  },
  unitLateAway: {
    label: '本单位超期后并单、撤回',
    by: 'late-unit',
    all: ['dispatched', 'leadLate'],
    any: away,
    none: ['done'],
  },
  coLate: { label: '协办超期', by: 'late-co', all: ['dispatched'] },
  unitCoLate: { label: '本单位协办超期', by: 'late-co-unit', all: ['dispatched'] },
  calledBack: { label: '已回访', ...accepted('calledBack') },
  repliedCalledBack: { label: '已回复并回访', ...accepted('replied', 'calledBack') },
  calledBackRated: { label: '回访并评价', ...accepted('calledBack', 'rated') },
  rated: { label: '有效评价', ...accepted('rated') },
  pleased: { label: '满意或基本满意', ...accepted('rated', 'pleased') },
  ratedKept: { label: '甄别后有效评价', all: ['dispatched', 'rated'], none: [...away, 'screenedOut'] },
  pleasedKept: {
    label: '甄别后满意或基本满意',
    all: ['dispatched', 'rated', 'pleased'],
    none: [...away, 'screenedOut'],
  },
  answerable: {
    label: '甄别后已回复或已评价',
    all: ['dispatched'],
    any: ['replied', 'rated'],
    none: [...away, 'screenedOut'],
  },
  notCalledBack: {
    label: '已回复未回访',
    all: ['dispatched', 'replied'],
    none: [...away, 'calledBack', 'rated'],
  },
  notReached: {
    label: '回访未接通',
    all: ['dispatched', 'replied', 'calledBack'],
    none: [...away, 'reached', 'rated'],
  },
  notRated: { label: '接通未评价', all: ['dispatched', 'replied', 'reached'], none: [...away, 'rated'] },
  screenedOut: { label: '甄别剔除', ...accepted('rated', 'screenedOut') },
  contacted: { label: '按期联系', ...accepted('contacted') },
  reached: { label: '回访接通', ...accepted('reached') },
  resolved: { label: '诉求解决', ...accepted('reached', 'resolved') },
  returned: { label: '已退单', ...accepted('returned') },
  redone: { label: '已回复并重办', ...accepted('replied', 'redone') },
} as const satisfies Record<string, Part>

export type PartName = keyof typeof parts

export const partNames = Object.keys(parts) as PartName[]

export function partOf(name: PartName): Part {
  return parts[name]
}

/** The rollup's column of a part: `repliedOnTime` → `replied_on_time`. */
export function columnOf(name: PartName): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
