// The periods that reports are written of: years, months and weeks, each with what it is compared with.
import { instantOf, plusDays, weekdayOf, type Day, type Instant } from '../platform/clock.ts'

export const reportKinds = { year: '年度总结', month: '月通报', week: '周通报' } as const
export type ReportKind = keyof typeof reportKinds
export const kindNames = Object.keys(reportKinds) as [ReportKind, ...ReportKind[]]

export interface ReportPeriod {
  /** `2020`, `2020-11`, `2020-W46` (ISO 8601). */
  id: string
  kind: ReportKind
  /** 2020年, 2020年11月, 2020年第46周（11月9日—11月15日） */
  label: string
  from: Day
  /** Its last day. */
  to: Day
  /** 环比: the period before. For a year it is last year. */
  before: { id: string; from: Day; to: Day; called: '去年' | '上月' | '上周' }
}

/** Undefined for what is no period: `2020-13`, `2020-W54`. */
export function periodOf(id: string): ReportPeriod | undefined {
  const [, year, month, week] = /^(\d{4})(?:-(\d\d)|-W(\d\d))?$/.exec(id) ?? []
  if (year === undefined || year < '1990' || year > '2199') return undefined
  if (month !== undefined) return month >= '01' && month <= '12' ? monthOf(year, month) : undefined
  if (week !== undefined) return weekOf(year, week)
  const before = String(Number(year) - 1)
  return {
    ...{ id, kind: 'year', label: `${year}年`, from: `${year}-01-01`, to: `${year}-12-31` },
    before: { id: before, from: `${before}-01-01`, to: `${before}-12-31`, called: '去年' },
  }
}

function monthOf(year: string, month: string): ReportPeriod {
  const first = `${year}-${month}-01`
  const last = plusDays(monthStart(plusDays(first, 31)), -1)
  const end = plusDays(first, -1)
  return {
    ...{ id: `${year}-${month}`, kind: 'month', label: `${year}年${Number(month)}月`, from: first, to: last },
    before: { id: end.slice(0, 7), from: monthStart(end), to: end, called: '上月' },
  }
}

const monthStart = (day: Day): Day => `${day.slice(0, 7)}-01`

function weekOf(year: string, week: string): ReportPeriod | undefined {
  const monday = plusDays(firstMonday(year), 7 * (Number(week) - 1))
  const id = weekOn(monday)
  if (id !== `${year}-W${week}`) return undefined
  const [from, to] = [monday, plusDays(monday, 6)]
  const before = plusDays(monday, -7)
  return {
    ...{ id, kind: 'week', from, to },
    label: `${year}年第${Number(week)}周（${dayInWords(from)}—${dayInWords(to)}）`,
    before: { id: weekOn(before), from: before, to: plusDays(before, 6), called: '上周' },
  }
}

/** Of the week that holds 4 January: ISO 8601's first. */
function firstMonday(year: string): Day {
  const fourth = `${year}-01-04`
  return plusDays(fourth, -weekdayOf(fourth))
}

/** The ISO week of a day; its year is that of the week's Thursday. */
function weekOn(day: Day): string {
  const year = plusDays(day, 3 - weekdayOf(day)).slice(0, 4)
  const days = (Date.parse(day) - Date.parse(firstMonday(year))) / 86_400_000
  return `${year}-W${String(Math.floor(days / 7) + 1).padStart(2, '0')}`
}

/** The period of a kind that holds a day. */
export function periodOn(kind: ReportKind, day: Day): ReportPeriod {
  const id = kind === 'year' ? day.slice(0, 4) : kind === 'month' ? day.slice(0, 7) : weekOn(day)
  const period = periodOf(id)
  if (period === undefined) throw new RangeError(`no ${kind} holds ${day}`)
  return period
}

/** The last millisecond of the period, or now where it is not over. */
export function endOf({ to }: Pick<ReportPeriod, 'to'>, now: Instant): Instant {
  const end = instantOf(to, '23:59:59.999')
  return end < now ? end : now
}

function dayInWords(day: Day): string {
  return `${Number(day.slice(5, 7))}月${Number(day.slice(8, 10))}日`
}

/** 2020年11月15日 */
export function dateInWords(instant: Instant): string {
  return `${instant.slice(0, 4)}年${dayInWords(instant.slice(0, 10))}`
}
