// Why a limit ends on that day: the days from its beginning to its end, each with what it counts for.
import { dayOf, epochMs, instantOf, type Day, type Instant } from '../platform/clock.ts'
import { dayAt, indexOf, isWorking, weekdayOf, type Calendar, type DayKind, type Weekday } from './days.ts'
import { OFFICE_HOURS, officeTimeBetween, timeOfDay, type OfficeHours } from './office-hours.ts'
import { due, isWorkday, type Limit } from './rules.ts'

export interface ExplainedDay {
  day: Day
  weekday: Weekday
  kind: DayKind
  name: string | null
  provisional: boolean
  /** How much of the limit is used up at the end of this day, in the limit's unit: 0 … n. Hours to two decimals. */
  counted: number
  /** In the words of the office. */
  note: string
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/**
 * 为何此日到期: from the day of `from` through the day on which `due` ends, in order. Throws what `due` throws, and
 * `calendar/day-not-covered` for hours of the clock outside the calendar.
 */
export function explain(
  calendar: Calendar,
  from: Instant,
  limit: Limit,
  office: OfficeHours = OFFICE_HOURS,
): ExplainedDay[] {
  const span = { calendar, from, limit, office, dueAt: due(calendar, from, limit, office).dueAt }
  const first = indexOf(calendar, dayOf(from))
  const last = indexOf(calendar, dayOf(span.dueAt))
  const explained: ExplainedDay[] = []
  let counted = 0
  for (let index = first; index <= last; index++) {
    const day = dayAt(calendar, index)
    const { kind, name, provisional } = isWorkday(calendar, day)
    const facts = { day, kind, name, passed: index - first, last: index === last }
    const used = usedBy(span, facts)
    counted = Math.round((counted + used) * 1e6) / 1e6
    const note = `${noteOf(span, facts, used, counted)}${provisional ? '（暂定）' : ''}`
    explained.push({
      day,
      weekday: weekdayOf(day),
      kind,
      name,
      provisional,
      counted: twoDecimals(counted),
      note,
    })
  }
  return explained
}

interface Span {
  calendar: Calendar
  from: Instant
  limit: Limit
  office: OfficeHours
  dueAt: Instant
}

interface Facts {
  day: Day
  kind: DayKind
  name: string | null
  /** Days since the day of `from`. */
  passed: number
  last: boolean
}

/** What this day takes from the limit, in its unit. */
function usedBy({ from, limit, office, dueAt }: Span, { day, kind, passed, last }: Facts): number {
  if (limit.unit === 'workday') return passed > 0 && isWorking(kind) ? 1 : 0
  if (limit.unit === 'day') return passed > 0 && passed <= limit.n ? 1 : 0
  const opens = passed === 0 ? timeOfDay(from) : 0
  const closes = last ? epochMs(dueAt) - epochMs(instantOf(day)) : DAY_MS
  if (limit.unit === 'hour') return (closes - opens) / HOUR_MS
  return isWorking(kind) ? officeTimeBetween(office, opens, closes) / HOUR_MS : 0
}

function noteOf({ from, limit, dueAt }: Span, facts: Facts, used: number, counted: number): string {
  const { kind, passed, last } = facts
  if (limit.unit === 'hour' || limit.unit === 'workhour') {
    const parts = [
      ...(passed === 0 ? [`自 ${clockTime(from)} 起算`] : []),
      used === 0 ? `${reason(facts)}，不计` : `计 ${twoDecimals(used)} 小时`,
      ...(last ? [`${clockTime(dueAt)} 期满`] : []),
    ]
    return parts.join('，')
  }
  if (passed === 0) return '当日不计'
  const end = last ? '，24:00 期满' : ''
  if (limit.unit === 'workday') {
    if (!isWorking(kind)) return `${reason(facts)}，不计`
    return `第 ${counted} 个工作日${kind === 'makeup' ? `（${reason(facts)}）` : ''}${end}`
  }
  if (passed < limit.n || (passed === limit.n && last)) return `第 ${passed} 日${end}`
  if (passed === limit.n) return `第 ${passed} 日，${reason(facts)}，顺延至下一工作日`
  return last
    ? `顺延后的工作日${kind === 'makeup' ? `（${reason(facts)}）` : ''}${end}`
    : `${reason(facts)}，顺延`
}

function reason({ kind, name }: Facts): string {
  if (kind === 'holiday') return `${name ?? '节假日'}放假`
  if (kind === 'makeup') return `${name ?? ''}调休上班`
  return kind === 'restday' ? '周末' : '非办公时间'
}

function clockTime(instant: Instant): string {
  return instant.slice(11, 16)
}

function twoDecimals(hours: number): number {
  return Math.round(hours * 100) / 100
}
