// Reads the texts, codes and times that people and platforms write into cells. Pure; called for every cell of an import.
import type { Instant } from '../platform/clock.ts'
import { dayText, daysOf, MAX_SERIAL, serialText, two } from './serial.ts'
import type { RawCell } from './sheet.ts'

/** A cell that cannot be read: a code for tests and counts, and what to tell the clerk, in Chinese. */
export interface CellError {
  code:
    | 'blank'
    | 'not-a-date'
    | 'no-such-day'
    | 'no-such-time'
    | 'year-out-of-range'
    | 'ambiguous-date'
    | 'time-only'
  error: string
}

const ERRORS: Record<CellError['code'], CellError> = {
  blank: { code: 'blank', error: '日期为空' },
  'not-a-date': { code: 'not-a-date', error: '无法识别的日期，请写成 2020-08-14 09:03 的形式' },
  'no-such-day': { code: 'no-such-day', error: '日期不存在' },
  'no-such-time': { code: 'no-such-time', error: '时间不存在' },
  'year-out-of-range': { code: 'year-out-of-range', error: '年份应在 1990 至 2100 之间' },
  'ambiguous-date': { code: 'ambiguous-date', error: '无法判断年、月、日的先后，请写成 2020-08-14 的形式' },
  'time-only': { code: 'time-only', error: '只有时间，没有日期' },
}

const FIRST_YEAR = 1990
const LAST_YEAR = 2100
/** Serial numbers from 1990-01-01 to 2100-12-31 in the 1900 system. */
const FIRST_SERIAL = 32_874
const LAST_SERIAL = 73_415

/** What the cell shows, unchanged: numbers with all their stored digits, '' for an empty cell. */
export function textOf(cell: RawCell | null): string {
  if (cell === null || cell.v === null) return ''
  if (typeof cell.v === 'string') return cell.v
  if (typeof cell.v === 'boolean') return cell.v ? 'TRUE' : 'FALSE'
  return cell.raw ?? String(cell.v)
}

// Zero-width and direction marks, soft hyphen, control characters but tab and line ends; a joiner stays inside an emoji.
const INVISIBLE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]|\u200d(?!\p{Extended_Pictographic})/gu
const SPACES = /[\u00a0\u1680\u2000-\u200a\u202f\u205f]/g

/** Free text: trimmed, without invisible characters, line ends as `\n`. Full-width punctuation is left as written. */
export function cleanText(value: RawCell | string | null): string {
  const text = typeof value === 'string' ? value : textOf(value)
  if (isPlain(text)) return text.trim()
  return text
    .replace(INVISIBLE, '')
    .replace(SPACES, ' ')
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .toWellFormed()
    .trim()
}

/** Codes, numbers and names of options: `cleanText`, and full-width letters, digits and signs become half-width. */
export function cleanCode(value: RawCell | string | null): string {
  const text = cleanText(value)
  return isPlain(text) ? text : text.replace(/[\uff01-\uff5e\u3000]/g, halfWidth).trim()
}

function halfWidth(character: string): string {
  return character === '\u3000' ? ' ' : String.fromCharCode(character.charCodeAt(0) - 0xfee0)
}

/** Nothing to clean but the ends: no controls, and only ASCII, common Han and the punctuation between them. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    const plain = (c >= 32 && c < 127) || (c >= 0x3001 && c <= 0x9fff) || c === 10 || c === 9
    if (!plain) return false
  }
  return true
}

export interface ReadInstantOptions {
  /** Shanghai time of day, `HH:mm` or `HH:mm:ss`, for a cell that holds only a day. */
  dayOnlyAs: string
}

/**
 * A moment in Shanghai time. Takes `2019/4/5 9:03:07`, `2019-4-5`, `2019.4.5`, `2019年4月5日 9时3分`, `20190405`,
 * `20190405090307`, 上午/下午 and AM/PM, a weekday after the day, ISO 8601 with or without offset, cells with a date
 * format and the serial numbers behind them (1900 system), all also in full-width digits.
 */
export function readInstant(cell: RawCell | string | null, options: ReadInstantOptions): Instant | CellError {
  if (cell === null) return ERRORS.blank
  if (typeof cell === 'string') return instantOfText(cell, options.dayOnlyAs, false)
  const { v, kind } = cell
  if (typeof v === 'string') return instantOfText(v, options.dayOnlyAs, kind === 'date' || kind === 'formula')
  if (typeof v === 'number') return instantOfNumber(v, options.dayOnlyAs)
  return v === null ? ERRORS.blank : ERRORS['not-a-date']
}

// Year first, one kind of separator; what `usual` makes of any other form is read by it again.
const USUAL =
  /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?(?: ?(Z|[+-]\d\d:?\d\d))?)?$/i
const CHINESE =
  /^(\d{4})年(\d{1,2})月(\d{1,2})日(?: ?(\d{1,2})[时:](\d{1,2})(?:分(?:(\d{1,2})秒)?|:(\d{1,2}))?)?$/
const COMPACT = /^(\d{4})(\d\d)(\d\d)$/
const SERIAL = /^\d{5}(?:\.\d{1,15})?$/
const LONGEST = 60
/** As platforms and date cells have nearly all of them; the last days of a month and midnight take a closer look. */
const COMMON =
  /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8]) (?!00:00:00)(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/

function instantOfText(text: string, dayOnlyAs: string, midnightIsDay: boolean): Instant | CellError {
  if (COMMON.test(text)) return `${text.slice(0, 10)}T${text.slice(11)}.000+08:00`
  if (text.length > LONGEST) return ERRORS['not-a-date']
  const parts = usualParts(text, 0) ?? chineseParts(text) ?? compactParts(text)
  if (parts !== undefined) return instantOfParts(parts, dayOnlyAs, midnightIsDay)
  const clean = cleanCode(text)
  if (clean === '') return ERRORS.blank
  if (SERIAL.test(clean)) return instantOfNumber(Number(clean), dayOnlyAs)
  const { rewritten, half } = asUsual(clean)
  const unusual = usualParts(rewritten, half)
  if (unusual !== undefined) return instantOfParts(unusual, dayOnlyAs, midnightIsDay)
  if (/^\d{1,2}[-/.]\d{1,2}[-/.]\d{1,4}(?!\d)/.test(rewritten)) return ERRORS['ambiguous-date']
  return /^\d{1,2}:\d{1,2}/.test(rewritten) ? ERRORS['time-only'] : ERRORS['not-a-date']
}

/** Digits as written; a moment without `hour` is a day. */
interface Parts {
  year: string | undefined
  month: string | undefined
  day: string | undefined
  hour: string | undefined
  minute: string | undefined
  second: string | undefined
  fraction: string | undefined
  offset: string | undefined
  half: Half
}

const NO_TIME = {
  hour: undefined,
  minute: undefined,
  second: undefined,
  fraction: undefined,
  offset: undefined,
}

function usualParts(text: string, half: Half): Parts | undefined {
  const found = USUAL.exec(text)
  if (found === null) return undefined
  const [, year, , month, day, hour, minute, second, fraction, offset] = found
  return { year, month, day, hour, minute, second, fraction, offset, half }
}

function chineseParts(text: string): Parts | undefined {
  const found = CHINESE.exec(text)
  if (found === null) return undefined
  const [, year, month, day, hour, minute, afterMinute, afterColon] = found
  return { ...NO_TIME, year, month, day, hour, minute, second: afterMinute ?? afterColon, half: 0 }
}

function compactParts(text: string): Parts | undefined {
  const found = COMPACT.exec(text)
  return found === null ? undefined : { ...NO_TIME, year: found[1], month: found[2], day: found[3], half: 0 }
}

/** Half of the day that a text names: 0 none, 1 上午, 2 下午. */
type Half = 0 | 1 | 2

/** Any other way of writing a moment, rewritten in the usual form. */
function asUsual(clean: string): { rewritten: string; half: Half } {
  const half: Half = /上午|am/i.test(clean) ? 1 : /下午|pm/i.test(clean) ? 2 : 0
  const rewritten = clean
    .replace(/上午|下午|[ap]m$/i, ' ')
    .replace(/[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?/, ' ')
    .replace(/[年月]/g, '-')
    .replace(/[日号]/, ' ')
    .replace(/[时点]|分(?=[\s\d])/g, ':')
    .replace(/[分秒]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([-/.:]) ?/g, '$1')
    .trim()
    .replace(/( \d{1,2}):$/, '$1:00')
    .replace(/:$/, '')
    .replace(/^(\d{4})(\d\d)(\d\d)(?=$|[ T]|\d{4}(?:\d\d)?$)/, '$1-$2-$3 ')
    .replace(
      / [ T]?(\d\d)(\d\d)(\d\d)?(?=$|[Z+-])/i,
      (_, h: string, m: string, s?: string) => ` ${h}:${m}:${s ?? '00'}`,
    )
    .trim()
  return { rewritten, half }
}

function instantOfParts(parts: Parts, dayOnlyAs: string, midnightIsDay: boolean): Instant | CellError {
  const { half, fraction, offset } = parts
  const year = Number(parts.year)
  const month = Number(parts.month)
  const day = Number(parts.day)
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return ERRORS['no-such-day']
  let hour = Number(parts.hour ?? 0)
  const minute = Number(parts.minute ?? 0)
  const second = Number(parts.second ?? 0)
  if (hour > 23 || minute > 59 || second > 59 || (half === 1 && hour > 12)) return ERRORS['no-such-time']
  if (half !== 0 && hour <= 12) hour = (hour % 12) + (half === 2 ? 12 : 0)
  const rest = `:${two(second)}.${fraction === undefined ? '000' : `${fraction}00`.slice(0, 3)}+08:00`
  if (offset !== undefined && offset !== '+08:00') {
    return shifted(daysOf(year, month, day) * 1440 + hour * 60 + minute, offset, rest)
  }
  if (year < FIRST_YEAR || year > LAST_YEAR) return ERRORS['year-out-of-range']
  const date = `${year}-${two(month)}-${two(day)}`
  const isDay = parts.hour === undefined || (midnightIsDay && hour === 0 && minute === 0 && second === 0)
  if (isDay) return `${date}T${dayOnlyAs.length === 5 ? `${dayOnlyAs}:00` : dayOnlyAs}.000+08:00`
  return `${date}T${two(hour)}:${two(minute)}${rest}`
}

function shifted(minutes: number, offset: string, rest: string): Instant | CellError {
  const [hours, past] = offset.length === 1 ? [0, 0] : [Number(offset.slice(1, 3)), Number(offset.slice(-2))]
  if (hours > 14 || past > 59) return ERRORS['no-such-time']
  const east = (hours * 60 + past) * (offset.startsWith('-') ? -1 : 1)
  const shanghai = minutes - east + 480
  const days = Math.floor(shanghai / 1440)
  const ofDay = shanghai - days * 1440
  const date = dayText(days)
  const year = Number(date.slice(0, 4))
  if (year < FIRST_YEAR || year > LAST_YEAR) return ERRORS['year-out-of-range']
  return `${date}T${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}${rest}`
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

function instantOfNumber(value: number, dayOnlyAs: string): Instant | CellError {
  if (Number.isInteger(value) && value >= 10_000_101 && value <= 99_991_231) {
    return instantOfText(String(value), dayOnlyAs, false)
  }
  if (value >= 0 && value < 1) return ERRORS['time-only']
  if (!(value >= FIRST_SERIAL && value < LAST_SERIAL + 1)) {
    return value >= 1 && value <= MAX_SERIAL ? ERRORS['year-out-of-range'] : ERRORS['not-a-date']
  }
  const text = serialText(value, false)
  return text === undefined ? ERRORS['not-a-date'] : instantOfText(text, dayOnlyAs, true)
}
