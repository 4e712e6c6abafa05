// A figure as a report states it, wherever it comes from: read from a text, entered by a person, or counted by the system.
//
// Whoever has figures makes them `Stated` (`statedOf`), gives each the catalogue's id of what it counts (`metric`, see
// `catalogue.ts`), and calls `checkFigures` of `checks.ts`: relations between them follow from the ids. Figures of one
// `paragraph` (and period) belong together; a set that was counted at once has one paragraph for all.
import type { Day, Instant } from '../platform/clock.ts'

export const statedUnits = [
  ...(['批', '人次', '件', '人', '个', '次', '天', '条', '辆', '台', '元', '万元', '%', '个百分点'] as const),
] as const
export type StatedUnit = (typeof statedUnits)[number]

export interface Place {
  /** From 1: of the text, or of the list of figures. */
  line: number
  /** Characters before it in the line, from 0. */
  column: number
  /** The words around it. */
  excerpt: string
}

/** `上升42%`: printed as a change against the year before. */
export interface StatedChange {
  direction: 'up' | 'down'
  percent: number
  decimals: number
  /** The text says of which unit it is: 批次下降, 人次下降. */
  named: boolean
}

export interface Stated {
  /** Its identity among those it is checked with. */
  id: string
  /** Whether the system counted it or somebody states it. */
  source: 'computed' | 'declared'
  /** The catalogue's id of what it counts, where that is known. */
  metric?: string
  /** Which part of the office's work it is of (`reading/words.ts`); '' where that is not known. */
  scope: string
  /** What it is called. */
  name: string
  /** As printed, without separators: digits of any length stay exact. */
  digits: string
  /** In `unit`. */
  value: number
  decimals: number
  unit: StatedUnit
  /** The word for the unit: 名 for 人, 起 for 件. */
  printed: string
  /** 500—2000元: the lower end; `value` is the upper one. */
  least?: number
  /** 余、多、以上: at least so much. */
  atLeast: boolean
  /** 达到、不低于 in a column of goals: wanted, not reached. */
  goal: boolean
  /** “零”…、无…: said in words. */
  claim: boolean
  period?: { from: Day; to: Day }
  asOf?: Instant
  /** Of a rate: its two counts, where they are known. */
  of?: { numerator: number; denominator: number }
  /** The same count of the year before, where it is known. */
  previous?: number
  change?: StatedChange
  paragraph: number
  /** The words right behind it in the text. */
  behind?: string
  place: Place
}

/** What has to be said of a figure that was not read from a text. `digits` as printed: 7708, 97, 6.2. */
export interface GivenFigure extends Partial<
  Pick<Stated, 'id' | 'metric' | 'scope' | 'period' | 'asOf' | 'of' | 'previous' | 'change' | 'source'>
> {
  /** Its line in the list that it stands in, from 1. */
  line: number
  name: string
  digits: string
  unit: StatedUnit
}

export function statedOf({ line, name, digits, unit, ...given }: GivenFigure): Stated {
  return {
    ...{ id: String(line), source: 'declared', scope: '', claim: false, goal: false, atLeast: false },
    ...given,
    ...{ name, digits, unit, printed: unit, value: Number(digits), decimals: decimalsOf(digits) },
    ...{ paragraph: 0, place: { line, column: 0, excerpt: `${name}${digits}${unit}` } },
  }
}

function decimalsOf(digits: string): number {
  return digits.split('.')[1]?.length ?? 0
}

/** `7708件`, as findings write it. */
export function shown({ digits, value, unit, least }: Stated): string {
  const plain = Number(digits) === value ? digits : String(value)
  const number = plain.length > 24 ? `${plain.slice(0, 24)}…` : plain
  return `${least === undefined ? '' : `${least}—`}${number}${unit}`
}

export function labelOf({ name, unit }: Stated): string {
  return name === '' ? unit : name
}
